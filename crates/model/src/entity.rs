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

/// The normalised form of an entity's value, by which two mentions are the same entity: mail
/// addresses and UPNs in lower case, IP addresses in their shortest form, all else (ARNs among
/// them) exactly as it stands.
pub fn normalise(kind: EntityKind, value: &str) -> Cow<'_, str> {
    match kind {
        EntityKind::Address => address(value),
        EntityKind::Actor | EntityKind::Session if is_mail(value) => lower(value),
        _ => Cow::Borrowed(value),
    }
}

/// An IP address in its canonical form (RFC 5952 for IPv6), a host name in lower case.
fn address(value: &str) -> Cow<'_, str> {
    match value.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => Cow::Borrowed(value),
        Ok(IpAddr::V6(ip)) => {
            let text = ip.to_string();
            if text == value {
                Cow::Borrowed(value)
            } else {
                Cow::Owned(text)
            }
        }
        Err(_) => lower(value),
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
        assert_eq!(
            same(EntityKind::Address, "EC2.amazonaws.com"),
            "ec2.amazonaws.com"
        );
    }
}
