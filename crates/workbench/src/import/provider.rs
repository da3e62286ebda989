//! What the name under which a provider delivered a file says of it, and how the file was wrapped.
//! A name is a claim; nothing of it is checked here.

use vestige_model::time;
use vestige_store::Connection;
use vestige_store::evidence::{self, ItemRow, MemberAccount};

use crate::error::WorkError;
use crate::item;
use crate::wire::Fact;

/// Facts about an item: its acquisition, its delivery, its wrapping, its envelopes.
///
/// # Errors
/// What SQLite says.
pub(crate) fn facts(
    connection: &Connection,
    one: &ItemRow,
    members: &[MemberAccount],
) -> Result<Vec<Fact>, WorkError> {
    let mut facts = Vec::new();
    let acquired = evidence::acquisition(connection, one.acquisition);
    if let Some((started, reason)) = acquired.map_err(WorkError::database)? {
        facts.push(fact("acquired", time::format(started)));
        facts.push(fact("reason of the acquisition", reason));
    }
    if let Some(delivery) = Delivery::of(&one.name) {
        let digest = delivery.digest(connection)?;
        facts.extend(delivery.facts());
        facts.extend(digest.map(|digest| fact("next digest file in the case", digest)));
    }
    for (name, of) in [
        ("wrapped in", layers as fn(&MemberAccount) -> Option<&str>),
        ("envelope", envelope),
    ] {
        let mut values: Vec<&str> = members.iter().filter_map(of).collect();
        values.sort_unstable();
        values.dedup();
        if !values.is_empty() {
            facts.push(fact(name, values.join(", ")));
        }
    }
    Ok(facts)
}

fn layers(member: &MemberAccount) -> Option<&str> {
    Some(member.layers.as_str()).filter(|layers| !layers.is_empty())
}

fn envelope(member: &MemberAccount) -> Option<&str> {
    member.envelope.as_deref().filter(|word| !word.is_empty())
}

fn fact(name: &str, value: impl Into<String>) -> Fact {
    Fact {
        name: name.to_owned(),
        value: value.into(),
    }
}

/// What a name of AWS says: `ACCOUNT_CloudTrail_REGION_TIME_UNIQUE.json.gz` (CloudTrail user guide,
/// "CloudTrail log file name format"), `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_TIME.json.gz`
/// ("CloudTrail digest file structure"), `ACCOUNT_vpcflowlogs_REGION_FLOWLOG_TIME_HASH.log.gz` (VPC
/// user guide, "Flow log files").
#[derive(Debug, PartialEq, Eq)]
struct Delivery<'n> {
    account: &'n str,
    service: &'n str,
    region: &'n str,
    /// `20260911T0335Z`.
    time: &'n str,
    /// Trail or flow log.
    from: Option<&'n str>,
}

impl<'n> Delivery<'n> {
    fn of(name: &'n str) -> Option<Delivery<'n>> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let stem = file.split('.').next().unwrap_or(file);
        let parts: Vec<&str> = stem.split('_').collect();
        let (account, service, region, from, time) = match parts.as_slice() {
            [account, service @ "CloudTrail", region, time, _] => {
                (*account, *service, *region, None, *time)
            }
            // The name of a trail may have underscores.
            [account, service @ "CloudTrail-Digest", region, .., time] => {
                (*account, *service, *region, None, *time)
            }
            [account, service @ "vpcflowlogs", region, from, time, _] => {
                (*account, *service, *region, Some(*from), *time)
            }
            _ => return None,
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let minutes = time.get(..8).is_some_and(digits) && time.as_bytes().get(8) == Some(&b'T');
        (account.len() == 12 && digits(account) && minutes).then_some(Delivery {
            account,
            service,
            region,
            time,
            from,
        })
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            fact("delivered by (its name says)", self.service),
            fact("account (its name says)", self.account),
            fact("region (its name says)", self.region),
            fact("delivery time (its name says)", self.time),
        ];
        let from = self.from;
        facts.extend(from.map(|from| fact("flow log (its name says)", from)));
        facts
    }

    /// The first digest file of the same account and region that was made after this file was
    /// delivered.
    fn digest(&self, connection: &Connection) -> Result<Option<String>, WorkError> {
        if self.service != "CloudTrail" {
            return Ok(None);
        }
        let part = format!("{}_CloudTrail-Digest_{}_", self.account, self.region);
        let named = evidence::named(connection, &part).map_err(WorkError::database)?;
        let after = |name: &str| {
            Delivery::of(name)
                .filter(|digest| digest.time.get(..13) >= self.time.get(..13))
                .map(|digest| digest.time.to_owned())
        };
        let next = named
            .iter()
            .filter_map(|(id, name)| Some((after(name)?, *id)))
            .min();
        Ok(next.map(|(time, id)| {
            format!(
                "{} of {time}; whether it lists this file is not checked here",
                item::name(id)
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_provider_gives_say_something() {
        let name = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/11/111122223333_CloudTrail_eu-west-1_20260911T0335Z_AbCdEfGh.json.gz";
        let found = Delivery::of(name).unwrap();
        assert_eq!(
            (found.account, found.region, found.time),
            ("111122223333", "eu-west-1", "20260911T0335Z")
        );
        let digest =
            "111122223333_CloudTrail-Digest_eu-west-1_our_trail_eu-west-1_20260911T040731Z.json.gz";
        assert_eq!(Delivery::of(digest).unwrap().time, "20260911T040731Z");
        let flow = "111122223333_vpcflowlogs_eu-west-1_fl-0a1b_20260911T0335Z_1f2e.log.gz";
        assert_eq!(Delivery::of(flow).unwrap().from, Some("fl-0a1b"));
        for name in [
            "",
            "a.json",
            "11112222333_CloudTrail_eu-west-1_20260911T0335Z_x.json",
            "111122223333_CloudTrail_eu-west-1_yesterday_x.json",
            "111122223333_Config_eu-west-1_20260911T0335Z_x.json",
        ] {
            assert_eq!(Delivery::of(name), None, "{name}");
        }
    }
}
