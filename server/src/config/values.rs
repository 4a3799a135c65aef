//! How the texts of settings are read: sizes, addresses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use model::network::Network;

/// Units of sizes, decimal (SI) and binary (IEC 80000-13), in lower case.
const SIZES: [(&str, u64); 7] = [
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

/// Reads `100MB`, `100 MiB` or a plain number of bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    amount(text).ok_or_else(|| format!("“{text}” is not a size"))
}

/// A whole number and a unit; without one it counts bytes.
fn amount(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start();
    let worth = match unit {
        "" => 1,
        _ => SIZES.iter().find(|(name, _)| *name == unit)?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(worth)
}

/// Reads `127.0.0.1:3000`, `[::1]:3000` or `localhost:3000`.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if let Some(port) = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    if text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(format!("“{text}” has no port"));
    }
    Err(format!("“{text}” is not an IP address with a port"))
}

/// Reads `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("“{text}” is neither true nor false"))
}

/// Reads a proxy's address or network. One that holds every address is refused: anybody could then
/// claim to be anybody.
pub(super) fn proxy(text: &str) -> Result<Network, String> {
    let network: Network =
        text.parse().map_err(|_| format!("“{text}” is not an address or a network"))?;
    if network.to_string().ends_with("/0") {
        return Err(format!("“{text}” would let every client choose its own address"));
    }
    Ok(network)
}

/// Reads the address of a database. Its text may hold a password and is never repeated.
pub(super) fn database(text: &str) -> Result<String, String> {
    let known = ["sqlite://", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("this is not the address of a database".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sizes() {
        for (text, bytes) in [
            ("0", 0),
            ("1048576", 1_048_576),
            ("100MB", 100_000_000),
            ("100 MiB", 104_857_600),
            ("1kb", 1_000),
            ("2GiB", 2_147_483_648),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5MB", "-1", "1TB", "100 M B", "99999999999GB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_addresses_to_listen_on() {
        assert_eq!(listen("[::1]:0").unwrap().to_string(), "[::1]:0");
        assert_eq!(listen("localhost:3000").unwrap().to_string(), "127.0.0.1:3000");
        assert!(listen("127.0.0.1").unwrap_err().contains("no port"));
        assert!(listen("::1").unwrap_err().contains("no port"));
        assert!(listen("feeds.lan:3000").unwrap_err().contains("not an IP address"));
        assert!(listen("127.0.0.1:70000").is_err());
    }

    #[test]
    fn a_proxy_is_not_everybody() {
        assert!(proxy("10.0.0.2").is_ok());
        assert!(proxy("10.0.0.0/8").is_ok());
        assert!(proxy("0.0.0.0/0").is_err());
        assert!(proxy("::/0").is_err());
        assert!(proxy("proxy.lan").is_err());
    }

    #[test]
    fn a_database_address_is_not_repeated() {
        assert!(database("postgres://u:secret@host/db").is_ok());
        let refusal = database("mysql://u:secret@host/db").unwrap_err();
        assert!(!refusal.contains("secret"), "{refusal}");
    }
}
