//! Who and what events speak of: actors, sessions, credentials, addresses, resources, accounts.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The kinds of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum EntityKind {
    /// A person, role, application or service that acts.
    Actor = 1,
    /// One signed-in stretch of an actor's acts.
    Session = 2,
    /// A key, token or certificate that was used.
    Credential = 3,
    /// A network address or host name.
    Address = 4,
    /// What was acted upon.
    Resource = 5,
    /// An account, subscription, project or tenant.
    Account = 6,
}

/// Which rules brought a row into the form that is stored. The custody entry of an import states
/// it, so that the rows of an older case can be made anew as they were made then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum NormalForm {
    /// Host names in lower case, IPv6 addresses as they are. Entries that state none mean this.
    First = 1,
    /// What is no IP address stands as the record writes it; an IPv4 address that is written as an
    /// IPv6 one (`::ffff:10.0.0.1`) is the IPv4 address.
    #[default]
    Second = 2,
}

impl NormalForm {
    /// The form with this number; none for one that this program does not know.
    pub fn from_number(number: i64) -> Option<NormalForm> {
        match number {
            1 => Some(NormalForm::First),
            2 => Some(NormalForm::Second),
            _ => None,
        }
    }
}

/// The normalised form of an entity's value, by which two mentions are the same entity: mail
/// addresses and UPNs in lower case, IP addresses in their shortest form, all else (ARNs among
/// them) exactly as it stands.
pub fn normalise(kind: EntityKind, value: &str) -> Cow<'_, str> {
    normalise_in(NormalForm::default(), kind, value)
}

/// The same by the rules of a form.
pub fn normalise_in(form: NormalForm, kind: EntityKind, value: &str) -> Cow<'_, str> {
    match kind {
        EntityKind::Address => address(form, value),
        EntityKind::Actor | EntityKind::Session if is_mail(value) => lower(value),
        _ => Cow::Borrowed(value),
    }
}

/// An IP address in its canonical form (RFC 5952 for IPv6), a host name as the form has it.
fn address(form: NormalForm, value: &str) -> Cow<'_, str> {
    match value.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Cow::Borrowed(value),
        Ok(ip) => {
            let text = match form {
                NormalForm::First => ip.to_string(),
                NormalForm::Second => ip.to_canonical().to_string(),
            };
            if text == value {
                Cow::Borrowed(value)
            } else {
                Cow::Owned(text)
            }
        }
        Err(_) if form == NormalForm::First => lower(value),
        Err(_) => Cow::Borrowed(value),
    }
}

fn lower(value: &str) -> Cow<'_, str> {
    if value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(value.to_ascii_lowercase());
    }
    Cow::Borrowed(value)
}

fn is_mail(value: &str) -> bool {
    value.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !value.contains(['/', ':', ' '])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_mentions_meet() {
        let same = |kind, value| normalise(kind, value).into_owned();
        assert_eq!(
            same(EntityKind::Actor, "Mira.Kovac@Aurelia.example"),
            "mira.kovac@aurelia.example"
        );
        assert_eq!(
            same(EntityKind::Actor, "arn:aws:iam::1:user/Bob"),
            "arn:aws:iam::1:user/Bob"
        );
        assert_eq!(same(EntityKind::Address, "2001:DB8:0:0::1"), "2001:db8::1");
        assert_eq!(same(EntityKind::Address, "::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(same(EntityKind::Address, "::FFFF:A00:1"), "10.0.0.1");
    }

    #[test]
    fn what_is_no_address_stands_as_it_is_written() {
        for name in ["AWS Internal", "EC2.amazonaws.com"] {
            assert_eq!(normalise(EntityKind::Address, name), name);
        }
    }

    #[test]
    fn the_first_form_stays_as_older_cases_were_made() {
        let first = |value| normalise_in(NormalForm::First, EntityKind::Address, value);
        assert_eq!(first("EC2.amazonaws.com"), "ec2.amazonaws.com");
        assert_eq!(first("::FFFF:10.0.0.1"), "::ffff:10.0.0.1");
        assert_eq!(NormalForm::from_number(1), Some(NormalForm::First));
        let now = NormalForm::default();
        assert_eq!(NormalForm::from_number(i64::from(now as u8)), Some(now));
        assert_eq!(NormalForm::from_number(3), None);
    }
}
