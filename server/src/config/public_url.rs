//! The address people and clients reach the server by.

use std::{
    fmt,
    net::{IpAddr, SocketAddr, UdpSocket},
};

use url::{Host, Url};

/// The origin (RFC 6454) under which this server is reached: `https://packages.example.com`.
///
/// Absolute links, cookie flags and the check against requests from other sites come from it, never
/// from a request's headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads an address without path, query or credentials.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| format!("“{text}”: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("“{text}” begins with neither https:// nor http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not hold a name or password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(format!(
                "“{text}” goes on after the host; Latchkey needs a host of its own"
            ));
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// The address to assume when none was set and the server listens on `bound`, with TLS or
    /// without. For a socket on every address it is the one this machine uses to reach others.
    pub fn of_socket(bound: SocketAddr, has_tls: bool) -> Self {
        let host = if bound.ip().is_unspecified() { outward(bound) } else { bound };
        Self(format!("{}://{host}", if has_tls { "https" } else { "http" }))
    }

    /// The host by itself: a name, or an address without brackets.
    pub fn host(&self) -> String {
        match Url::parse(&self.0).as_ref().map(Url::host) {
            Ok(Some(Host::Domain(name))) => name.to_owned(),
            Ok(Some(Host::Ipv4(address))) => address.to_string(),
            Ok(Some(Host::Ipv6(address))) => address.to_string(),
            Ok(None) | Err(_) => String::new(),
        }
    }

    /// The origin, without a slash at its end.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// The absolute address of a path that begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether what people send stays on this machine or is encrypted, as far as the address tells.
    pub fn is_protected(&self) -> bool {
        let host = self.host();
        let is_here = host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
        self.is_https() || is_here
    }

    /// Whether browsers reach the server over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of this machine as others see it. Connecting a datagram socket sends nothing; it only
/// asks the routing table.
fn outward(bound: SocketAddr) -> SocketAddr {
    let (any, other) =
        if bound.is_ipv4() { ("0.0.0.0:0", "192.0.2.1:9") } else { ("[::]:0", "[2001:db8::1]:9") };
    let found = UdpSocket::bind(any).and_then(|socket| {
        socket.connect(other)?;
        socket.local_addr()
    });
    let ip = match found {
        Ok(address) if !address.ip().is_unspecified() => address.ip(),
        _ if bound.is_ipv4() => std::net::Ipv4Addr::LOCALHOST.into(),
        _ => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, bound.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_an_origin_as_browsers_write_it() {
        for (text, origin) in [
            ("https://Packages.Example.com/", "https://packages.example.com"),
            ("https://packages.example.com:443", "https://packages.example.com"),
            ("http://feeds.lan:3000", "http://feeds.lan:3000"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().origin(), origin);
        }
        assert_eq!(
            PublicUrl::parse("https://a.example").unwrap().join("/setup"),
            "https://a.example/setup"
        );
    }

    #[test]
    fn refuses_what_is_more_than_an_origin() {
        for text in [
            "packages.example.com",
            "ftp://packages.example.com",
            "https://packages.example.com/latchkey",
            "https://packages.example.com/?a=b",
            "https://packages.example.com/#a",
            "https://",
            "",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
        let refusal = PublicUrl::parse("https://me:secret@packages.example.com").unwrap_err();
        assert!(!refusal.contains("secret"), "{refusal}");
    }

    #[test]
    fn comes_from_the_socket_when_not_set() {
        let of = |socket: &str| PublicUrl::of_socket(socket.parse().unwrap(), false).to_string();
        assert_eq!(of("127.0.0.1:3000"), "http://127.0.0.1:3000");
        assert_eq!(of("[::1]:3000"), "http://[::1]:3000");
        assert!(!of("0.0.0.0:3000").contains("0.0.0.0"));
        let with_tls = PublicUrl::of_socket("127.0.0.1:3000".parse().unwrap(), true);
        assert_eq!(with_tls.to_string(), "https://127.0.0.1:3000");
    }

    #[test]
    fn only_over_https_or_on_this_machine_is_it_protected() {
        for (url, is_protected) in [
            ("https://feeds.lan", true),
            ("http://localhost:3000", true),
            ("http://127.9.9.9:3000", true),
            ("http://[::1]:3000", true),
            ("http://feeds.lan", false),
            ("http://10.0.0.1:3000", false),
        ] {
            assert_eq!(PublicUrl::parse(url).unwrap().is_protected(), is_protected, "{url}");
        }
    }

    #[test]
    fn its_host_is_what_a_certificate_names() {
        for (url, host) in [
            ("https://packages.example.com:8443", "packages.example.com"),
            ("https://127.0.0.1:3000", "127.0.0.1"),
            ("https://[::1]:3000", "::1"),
        ] {
            assert_eq!(PublicUrl::parse(url).unwrap().host(), host);
        }
    }
}
