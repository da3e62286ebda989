//! Addresses and networks in queries.

use std::net::IpAddr;

/// All addresses between two of the same family, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressRange {
    pub first: IpAddr,
    pub last: IpAddr,
}

impl AddressRange {
    /// Reads a network in CIDR form; bits beyond the prefix are ignored. One of IPv4 addresses
    /// that are written as IPv6 ones is the IPv4 network.
    pub fn network(text: &str) -> Option<AddressRange> {
        let (address, prefix) = text.split_once('/')?;
        if !(1..=3).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok()?;
        match address.parse().ok()? {
            IpAddr::V4(ip) => {
                let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
                let base = u32::from(ip) & !host;
                let range = AddressRange {
                    first: IpAddr::V4(base.into()),
                    last: IpAddr::V4((base | host).into()),
                };
                (prefix <= 32).then_some(range)
            }
            IpAddr::V6(ip) => {
                let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
                let base = u128::from(ip) & !host;
                if (96..=128).contains(&prefix) && ip.to_ipv4_mapped().is_some() {
                    return Some(AddressRange {
                        first: IpAddr::V6(base.into()).to_canonical(),
                        last: IpAddr::V6((base | host).into()).to_canonical(),
                    });
                }
                let range = AddressRange {
                    first: IpAddr::V6(base.into()),
                    last: IpAddr::V6((base | host).into()),
                };
                (prefix <= 128).then_some(range)
            }
        }
    }

    /// Whether it has this address; a text that is no address is in no range. An IPv4 address is
    /// one also where an older case keeps it as an IPv6 one.
    pub fn has(&self, value: &str) -> bool {
        let Ok(ip) = value.parse::<IpAddr>() else {
            return false;
        };
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.first.is_ipv4() && self.first <= ip && ip <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses_only() {
        let has = |network: &str, value| {
            AddressRange::network(network).is_some_and(|range| range.has(value))
        };
        assert!(has("10.0.0.0/8", "10.255.255.255"));
        assert!(has("10.1.2.3/8", "10.0.0.0"));
        assert!(!has("10.0.0.0/8", "11.0.0.0"));
        assert!(!has("10.0.0.0/8", "ec2.amazonaws.com"));
        assert!(has("0.0.0.0/0", "203.0.113.7"));
        assert!(!has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(has("::ffff:10.0.0.0/104", "10.255.0.1"));
        assert!(!has("::ffff:10.0.0.0/104", "11.0.0.1"));
        assert!(has("::ffff:0:0/96", "203.0.113.7"));
        assert!(has("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!has("2001:db8::/32", "2001:db9::"));
        assert!(has("192.0.2.1/32", "192.0.2.1") && !has("192.0.2.1/32", "192.0.2.2"));
        for bad in [
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "a/8",
            "10.0.0.0",
        ] {
            assert_eq!(AddressRange::network(bad), None, "{bad}");
        }
    }
}
