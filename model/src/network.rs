//! Networks from which a token may be used.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A network in CIDR notation (RFC 4632, RFC 4291): `10.1.0.0/16`, `2001:db8::/32`; a bare address
/// is the network of that address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(IpNet);

/// Text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a network: write it like 10.1.0.0/16, 2001:db8::/32 or 10.1.2.3")]
pub struct NotANetwork(String);

impl Network {
    /// Whether `address` lies in the network. An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2)
    /// counts as the IPv4 address it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// The addresses of the network in words: `10.1.0.0 to 10.1.255.255`.
    pub fn in_words(&self) -> String {
        let (first, last) = (self.0.network(), self.0.broadcast());
        if first == last { format!("{first} alone") } else { format!("{first} to {last}") }
    }

    /// Whether every address of `other` lies in this network.
    pub fn holds(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let text = text.trim();
        let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        match address.or_else(|_| text.parse::<IpNet>()) {
            Ok(network) => Ok(Self(network.trunc())),
            Err(_) => Err(NotANetwork(text.chars().take(60).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn holds_its_addresses_and_no_others() {
        assert!(contains("10.1.0.0/16", "10.1.2.3"));
        assert!(contains("10.1.0.0/16", "::ffff:10.1.2.3"));
        assert!(!contains("10.1.0.0/16", "10.2.2.3"));
        assert!(contains("2001:db8::/32", "2001:db8::1"));
        assert!(!contains("2001:db8::/32", "10.1.2.3"));
        assert!(contains("10.1.2.3", "10.1.2.3"));
        assert!(!contains("10.1.2.3", "10.1.2.4"));
        assert!(contains("0.0.0.0/0", "10.1.2.4"));
    }

    #[test]
    fn holds_networks_that_lie_in_it() {
        let holds = |network: &str, other: &str| {
            network.parse::<Network>().unwrap().holds(&other.parse().unwrap())
        };
        assert!(holds("10.1.0.0/16", "10.1.2.0/24"));
        assert!(holds("10.1.0.0/16", "10.1.0.0/16"));
        assert!(!holds("10.1.2.0/24", "10.1.0.0/16"));
        assert!(!holds("10.1.0.0/16", "2001:db8::/32"));
    }

    #[test]
    fn says_its_addresses() {
        let words = |text: &str| text.parse::<Network>().unwrap().in_words();
        assert_eq!(words("10.1.2.3/16"), "10.1.0.0 to 10.1.255.255");
        assert_eq!(words("10.1.2.3"), "10.1.2.3 alone");
        assert_eq!(words("2001:db8::/126"), "2001:db8:: to 2001:db8::3");
    }

    #[test]
    fn refuses_what_is_no_network_and_drops_host_bits() {
        assert!("10.1.0.0/33".parse::<Network>().is_err());
        assert!("main".parse::<Network>().is_err());
        assert_eq!("10.1.2.3/16".parse::<Network>().unwrap().to_string(), "10.1.0.0/16");
    }
}
