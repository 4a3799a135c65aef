//! What was done at one server holds at the other.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection};

use super::{
    client::ask,
    site::{Made, PASSWORD, Site, count},
};
use crate::support::Run;

/// What is promised for a revocation, and for whatever else changes authority.
const PROMISED: Duration = Duration::from_secs(1);
const WRONG: &str = "entirely different words in here";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_at_one_holds_at_the_other() {
    let site = Site::new().await;
    let token = site.settle().await;
    let (one, other) = (site.node(), site.node());
    let nginx = site.nginx(&[&one, &other]);
    publishing(&site, &token.value, one.address, other.address);
    revoking(&site, one.address, other.address).await;
    revoking_unheard(&site, one.address, other.address).await;
    sessions(&site, &one, &other);
    throttles(&site, one.address, other.address);
    let log = nginx.log();
    assert!(log.is_empty(), "{log}");
}

/// What one publishes is installed from the other at once, also of packages that this remembers.
fn publishing(site: &Site, token: &str, one: SocketAddr, other: SocketAddr) {
    let versions = count(8, 50);
    let mut slowest = Duration::ZERO;
    for number in 0..versions {
        // Small ones are remembered whole, one of the large ones is sent in parts.
        let archive = match number {
            3 => vec![b'x'; 20 << 20],
            _ => format!("archive {number}").into_bytes(),
        };
        let version = format!("1.0.{number}");
        let (to, from) = if number % 2 == 0 { (one, other) } else { (other, one) };
        let said = site.publish(to, token, ("demo", &version), &archive).unwrap();
        assert_eq!(said.status, 201, "{}", said.text());
        slowest = slowest.max(site.installs_soon(from, token, ("demo", &version), &archive));
        // What is remembered from now on must not outlive the next version.
        assert!(site.installs(to, token, ("demo", &version), &archive));
    }
    println!("{versions} versions published at one, installed from the other within {slowest:?}");
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
}

/// How long a token that was revoked goes on working at a server that used it all the time.
fn time_to_refusal(site: &Site, token: &Made, at: SocketAddr) -> Duration {
    let revoked = Instant::now();
    loop {
        let asked = Instant::now();
        match site.read(at, &token.value, "demo").unwrap().status {
            // It was asked when it was still allowed.
            200 => assert!(asked - revoked < PROMISED, "used {:?} later", asked - revoked),
            401 => return revoked.elapsed(),
            status => panic!("{status}"),
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Revoked at one, a token is refused by the other within a second.
async fn revoking(site: &Site, one: SocketAddr, other: SocketAddr) {
    let said = site.sign_in(one, "ana", PASSWORD);
    assert_eq!(said.status, 303, "{}", said.text());
    let cookie = said.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut times = Vec::new();
    for _ in 0..count(5, 50) {
        let token = site.token().await;
        assert_eq!(site.read(other, &token.value, "demo").unwrap().status, 200);
        let path = format!("/profile/tokens/{}/revoke", token.id);
        let said = site.post(one, &path, &cookie, "");
        assert_eq!(said.status, 303, "{}", said.text());
        times.push(time_to_refusal(site, &token, other));
    }
    println!("revoked at one, refused by the other after {times:?}");
}

/// The same if the notification is lost: with the connection that would have heard it, and with a
/// change that nobody was notified of.
async fn revoking_unheard(site: &Site, one: SocketAddr, other: SocketAddr) {
    let mut times = Vec::new();
    for round in 0..count(6, 40) {
        let token = site.token().await;
        for at in [one, other] {
            assert_eq!(site.read(at, &token.value, "demo").unwrap().status, 200);
        }
        let revoke = format!(
            "UPDATE tokens SET state = 'revoked' WHERE id = '{}';
             UPDATE change_counter SET value = value + 1;",
            token.id
        );
        if round % 2 == 0 {
            let deaf = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND query LIKE 'LISTEN%';";
            assert!(listeners(site).await >= 2, "nobody listens");
            site.sql(format!(
                "{deaf} BEGIN; {revoke} SELECT pg_notify('latchkey_changes', ''); COMMIT"
            ))
            .await;
        } else {
            site.sql(format!("BEGIN; {revoke} COMMIT")).await;
        }
        let at = if round % 4 < 2 { one } else { other };
        times.push(time_to_refusal(site, &token, at));
    }
    println!("revoked without a notification, refused after {times:?}");
}

async fn listeners(site: &Site) -> i64 {
    let mut connection = PgConnection::connect(&site.database).await.unwrap();
    let query = "SELECT COUNT(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    // Those that were cut off come back.
    let started = Instant::now();
    loop {
        let (count,): (i64,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        if count >= 2 || started.elapsed() > Duration::from_secs(30) {
            return count;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Who signed in by way of nginx is signed in at both, and signed out at both.
fn sessions(site: &Site, one: &Run, other: &Run) {
    let said = site.sign_in(site.front, "ana", PASSWORD);
    assert_eq!(said.status, 303, "{}", said.text());
    let cookie = said.header("set-cookie").split(';').next().unwrap().to_owned();
    let profile = |at: SocketAddr| {
        let head = format!("GET /profile HTTP/1.1\r\ncookie: {cookie}");
        ask(at, site.front, &head, b"").unwrap().status
    };
    let before = [one, other].map(|node| node.log().matches("path=\"/profile\"").count());
    for _ in 0..6 {
        assert_eq!(profile(site.front), 200);
    }
    // Both had their turn.
    let started = Instant::now();
    while [one, other]
        .iter()
        .zip(before)
        .any(|(node, before)| node.log().matches("path=\"/profile\"").count() == before)
    {
        assert!(started.elapsed() < Duration::from_secs(30), "{}", one.log());
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(site.post(one.address, "/sign-out", &cookie, "").status, 303);
    assert_eq!(profile(other.address), 303, "signed out at one, not at the other");
}

/// Wrong passwords count together, wherever they are tried.
fn throttles(site: &Site, one: SocketAddr, other: SocketAddr) {
    // Five cost nothing. Counted by each server for itself, ten would.
    let mut tried = 0;
    let refused = loop {
        let said = site.sign_in([one, other][tried % 2], "eve", WRONG);
        if said.status != 403 {
            break said;
        }
        tried += 1;
        assert!(tried < 10, "nobody waits");
    };
    println!("{tried} wrong passwords at two servers by turns were answered before the first wait");
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(tried >= 5 && !refused.header("retry-after").is_empty(), "{tried}");
}
