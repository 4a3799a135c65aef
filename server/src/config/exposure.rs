//! Whether the server may start on an address: secrets must not cross a network in the clear by
//! oversight.

use std::{fmt, net::SocketAddr};

use model::network::Network;

use super::public_url::PublicUrl;

/// Who can reach the server, and what protects what they send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Only programs on this machine.
    Loopback,
    /// Others, over TLS.
    Encrypted,
    /// Others, through a named proxy that speaks TLS with them.
    Proxied,
    /// Others, unencrypted, because the operator said so.
    Insecure,
}

/// What the decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Situation<'a> {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<&'a PublicUrl>,
    pub(super) has_tls: bool,
    pub(super) trusted_proxies: &'a [Network],
    pub(super) insecure_http: bool,
    /// The data folder, for the commands of a refusal.
    pub(super) data: &'a str,
}

/// The refusal, with the ways out as whole commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    listen: SocketAddr,
    https_url: String,
    proxy: String,
    data: String,
}

/// Decides whether the server may start.
pub(super) fn judge(situation: &Situation<'_>) -> Result<Exposure, Box<Refusal>> {
    let Situation { listen, public_url, has_tls, trusted_proxies, insecure_http, data } = situation;
    let https_url = public_url.filter(|url| url.is_https());
    if listen.ip().to_canonical().is_loopback() {
        return Ok(Exposure::Loopback);
    }
    if *has_tls {
        return Ok(Exposure::Encrypted);
    }
    if https_url.is_some() && !trusted_proxies.is_empty() {
        return Ok(Exposure::Proxied);
    }
    if *insecure_http {
        return Ok(Exposure::Insecure);
    }
    Err(Box::new(Refusal {
        listen: *listen,
        https_url: https_url.map_or_else(
            || "https://packages.example.com".to_owned(),
            |url| url.origin().to_owned(),
        ),
        proxy: trusted_proxies.first().map_or_else(|| "10.0.0.2".to_owned(), Network::to_string),
        data: quoted(data),
    }))
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { listen, https_url, proxy, data } = self;
        let port = listen.port();
        write!(
            f,
            "{listen} can be reached from other machines, and passwords and tokens would cross the \
             network in the clear.\nStart it in one of these ways:\n\n\
             With a certificate for its name and the key of that:\n  \
             latchkey serve --data {data} --listen {listen} --public-url {https_url} \
             --tls-cert cert.pem --tls-key key.pem\n\n\
             Behind a proxy that speaks https with your users; name the proxy's own address:\n  \
             latchkey serve --data {data} --listen {listen} --public-url {https_url} --trusted-proxy {proxy}\n\n\
             Unencrypted, in a network you trust; every page says so:\n  \
             latchkey serve --data {data} --listen {listen} --insecure-http\n\n\
             For this machine alone:\n  \
             latchkey serve --data {data} --listen 127.0.0.1:{port}"
        )
    }
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(
        listen: &str,
        url: Option<&str>,
        proxy: Option<&str>,
        insecure_http: bool,
    ) -> Result<Exposure, String> {
        judged_with(false, listen, url, proxy, insecure_http)
    }

    fn judged_with(
        has_tls: bool,
        listen: &str,
        url: Option<&str>,
        proxy: Option<&str>,
        insecure_http: bool,
    ) -> Result<Exposure, String> {
        let url = url.map(|url| PublicUrl::parse(url).unwrap());
        let trusted_proxies: Vec<Network> = proxy.map(|p| p.parse().unwrap()).into_iter().collect();
        judge(&Situation {
            listen: listen.parse().unwrap(),
            public_url: url.as_ref(),
            has_tls,
            trusted_proxies: &trusted_proxies,
            insecure_http,
            data: "./my data",
        })
        .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn loopback_needs_nothing() {
        for listen in ["127.0.0.1:3000", "127.9.9.9:0", "[::1]:3000", "[::ffff:127.0.0.1]:3000"] {
            assert_eq!(judged(listen, None, None, false), Ok(Exposure::Loopback), "{listen}");
        }
    }

    #[test]
    fn others_reach_it_only_through_a_proxy_or_on_request() {
        let https = Some("https://p.example");
        let proxy = Some("10.0.0.2");
        for listen in ["0.0.0.0:3000", "10.0.0.1:3000", "[::]:3000"] {
            assert_eq!(judged(listen, https, proxy, false), Ok(Exposure::Proxied));
            assert_eq!(judged(listen, https, proxy, true), Ok(Exposure::Proxied));
            assert_eq!(judged(listen, None, None, true), Ok(Exposure::Insecure));
            assert!(judged(listen, None, None, false).is_err());
            assert!(judged(listen, https, None, false).is_err());
            assert!(judged(listen, Some("http://p.example"), proxy, false).is_err());
            assert!(judged(listen, None, proxy, false).is_err());
        }
    }

    #[test]
    fn with_tls_nothing_else_is_needed() {
        for (proxy, insecure_http) in [(None, false), (Some("10.0.0.2"), false), (None, true)] {
            for url in [None, Some("https://p.example")] {
                let exposure = judged_with(true, "0.0.0.0:3000", url, proxy, insecure_http);
                assert_eq!(exposure, Ok(Exposure::Encrypted));
            }
        }
        let here = judged_with(true, "127.0.0.1:3000", None, None, false);
        assert_eq!(here, Ok(Exposure::Loopback));
    }

    #[test]
    fn the_refusal_gives_whole_commands() {
        let refusal = judged("0.0.0.0:3000", Some("https://p.example"), None, false).unwrap_err();
        let first = refusal.lines().find(|line| line.contains("latchkey serve")).unwrap();
        assert!(first.ends_with("--tls-cert cert.pem --tls-key key.pem"), "{refusal}");
        for command in [
            "latchkey serve --data './my data' --listen 0.0.0.0:3000 --public-url https://p.example --tls-cert cert.pem --tls-key key.pem",
            "latchkey serve --data './my data' --listen 0.0.0.0:3000 --public-url https://p.example --trusted-proxy 10.0.0.2",
            "latchkey serve --data './my data' --listen 0.0.0.0:3000 --insecure-http",
            "latchkey serve --data './my data' --listen 127.0.0.1:3000",
        ] {
            assert!(refusal.lines().any(|line| line.trim() == command), "{refusal}");
        }
    }
}
