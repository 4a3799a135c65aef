//! The address a request comes from: the socket's, unless a trusted proxy says whose it passes on.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use http::{HeaderMap, header};
use model::network::Network;
use registry::Origin;

use super::steps::Then;

/// Puts the [`Origin`] of a request into its extensions: address and `User-Agent`.
pub(crate) async fn find(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: impl Then,
) -> Response {
    // Without a socket, as in a test that calls the router, nobody is there to be believed.
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(socket)| socket.ip());
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    let address = client_address(peer, request.headers(), &trusted);
    request.extensions_mut().insert(Origin { address, user_agent });
    next.run(request).await
}

/// The rightmost address of `X-Forwarded-For` that is no trusted proxy's, as long as everyone from
/// the socket up to it is one. What stands further left was written by the client and is never
/// believed; neither is anything if the socket's peer is not trusted.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops {
        if !is_trusted(address) {
            break;
        }
        // A proxy that writes no address tells nothing about who came to it.
        let Some(hop) = std::str::from_utf8(hop).ok().and_then(parse) else { break };
        address = hop;
    }
    address
}

/// Reads `10.1.2.3`, `10.1.2.3:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address = hop
        .parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| hop.trim_start_matches('[').trim_end_matches(']').parse());
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    const PROXIES: &[&str] = &["10.0.0.0/24", "fd00::1"];

    #[test]
    fn without_a_trusted_proxy_the_header_means_nothing() {
        assert_eq!(found("203.0.113.9", &["1.2.3.4"], &[]), "203.0.113.9");
        assert_eq!(found("203.0.113.9", &["1.2.3.4"], PROXIES), "203.0.113.9");
        assert_eq!(found("203.0.113.9", &["10.0.0.1, 10.0.0.2"], PROXIES), "203.0.113.9");
        assert_eq!(found("::ffff:203.0.113.9", &[], PROXIES), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_stranger_is_the_client() {
        assert_eq!(found("10.0.0.1", &["203.0.113.9"], PROXIES), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["203.0.113.9, 10.0.0.2"], PROXIES), "203.0.113.9");
        assert_eq!(found("fd00::1", &["203.0.113.9:4711"], PROXIES), "203.0.113.9");
        assert_eq!(found("::ffff:10.0.0.1", &["[2001:db8::7]:443"], PROXIES), "2001:db8::7");
        assert_eq!(found("10.0.0.1", &["[2001:db8::7]"], PROXIES), "2001:db8::7");
    }

    #[test]
    fn what_a_client_forges_stays_left_of_what_the_proxy_wrote() {
        assert_eq!(found("10.0.0.1", &["127.0.0.1, 203.0.113.9"], PROXIES), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["127.0.0.1", "203.0.113.9"], PROXIES), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["10.0.0.3, 203.0.113.9, 10.0.0.2"], PROXIES), "203.0.113.9");
        assert_eq!(found("10.0.0.1", &["1.2.3.4, rubbish"], PROXIES), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["1.2.3.4, unknown, 10.0.0.2"], PROXIES), "10.0.0.2");
        assert_eq!(found("10.0.0.1", &[""], PROXIES), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &["10.0.0.9, 10.0.0.8"], PROXIES), "10.0.0.9");
    }
}
