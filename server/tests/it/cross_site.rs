//! What another site makes a browser send.

use axum::{
    body::Body,
    http::{Method, Request},
};
use latchkey_server::web::{self, Entry};
use model::action::ActionSet;

use crate::{
    authorization::{World, addresses, body, session},
    stored::everything,
    support::{Answer, Server},
};

const OURS: &str = "http://127.0.0.1:3000";
const THEIRS: &str = "https://evil.example";

/// Whether a request was refused for where it came from.
async fn is_refused(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
    let answer = server.ask(method, path, headers).await;
    let is_ours = answer.text().contains("came from");
    assert_eq!(is_ours, answer.status == 403, "{method} {path} {}", answer.status);
    is_ours
}

#[tokio::test]
async fn what_changes_something_must_come_from_our_pages() {
    let server = Server::new().await;
    let cookie = server.set_up().await;
    let cookie = ("cookie", cookie.as_str());
    for path in ["/profile/nothing", "/_fn/nothing", "/F/main/npm/a", "/api/v1/token"] {
        for (headers, refused) in [
            (vec![("sec-fetch-site", "same-origin")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("sec-fetch-site", "cross-site")], true),
            (vec![("sec-fetch-site", "same-site")], true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", THEIRS)], true),
            (vec![("origin", OURS)], false),
            (vec![("origin", THEIRS)], true),
            (vec![("origin", "null")], true),
            (vec![("origin", "http://127.0.0.1:3001")], true),
            (vec![], false),
        ] {
            let what = format!("{path} {headers:?}");
            assert_eq!(is_refused(&server, "POST", path, &headers).await, refused, "{what}");
            assert_eq!(is_refused(&server, "PUT", path, &headers).await, refused, "{what}");
            assert!(!is_refused(&server, "GET", path, &headers).await, "{what}");

            // With a cookie a request that says nothing of its origin cannot be trusted.
            let says_nothing = headers.is_empty();
            let reads_cookies = !path.starts_with("/F/") && !path.starts_with("/api/");
            let headers = [headers, vec![cookie]].concat();
            let refused = refused || (says_nothing && reads_cookies);
            assert_eq!(is_refused(&server, "POST", path, &headers).await, refused, "{what}");
        }
    }
}

#[tokio::test]
async fn the_public_address_is_ours_whatever_host_the_proxy_names() {
    let server = Server::with(&["--public-url", "https://packages.example.com"]).await;
    server.set_up().await;
    for (origin, refused) in [
        ("https://packages.example.com", false),
        ("http://packages.example.com", true),
        ("https://packages.example.com.evil.example", true),
    ] {
        let headers = [("origin", origin)];
        assert_eq!(
            is_refused(&server, "POST", "/_fn/nothing", &headers).await,
            refused,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn programs_are_told_in_their_own_way() {
    let server = Server::new().await;
    let answer = server.ask("PUT", "/F/main/npm/a", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.text(),
        r#"{"error":"This request came from another site and was refused."}"#
    );
}

/// The routes that read cookies and may change something, or those that programs use.
fn routes(are_for_programs: bool) -> impl Iterator<Item = Entry> {
    web::table().into_iter().filter(move |entry| {
        let is_for_programs = entry.path.starts_with("/F/") || entry.path.starts_with("/api/");
        let is_safe = [Method::GET, Method::HEAD].contains(&entry.method);
        is_for_programs == are_for_programs && (is_for_programs || !is_safe)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_does_for_another_site_what_it_does_for_its_own() {
    let world = World::new().await;
    let mut count = 0;
    for entry in routes(false) {
        let victim = world.token(world.ana, ActionSet::ALL).await.0;
        let (kind, body) = body(&entry.path, victim);
        for path in addresses(&entry.path, victim) {
            let cookie = session(&world.server, "ana").await;
            let signed_in = [("cookie", cookie.as_str()), ("content-type", kind)];
            let ask = async |from: &[(&str, &str)]| {
                let headers = [&signed_in, from].concat();
                world.server.ask_with(entry.method.as_str(), &path, &headers, &body).await
            };
            let before = everything(&world.server).await;
            for from in [
                &[("sec-fetch-site", "cross-site")][..],
                &[("sec-fetch-site", "same-site")],
                &[("sec-fetch-site", "cross-site"), ("origin", THEIRS)],
                &[("origin", THEIRS)],
                &[("origin", "null")],
                // What a proxy is said to have been asked for means nothing.
                &[("origin", THEIRS), ("x-forwarded-host", "evil.example")],
                &[],
            ] {
                let answer = ask(from).await;
                let what = format!("{} {path} {from:?}", entry.method);
                assert_eq!(answer.status, 403, "{what} {}", answer.text());
                assert!(answer.text().contains("was refused."), "{what} {}", answer.text());
                assert_eq!(answer.header("set-cookie"), "", "{what}");
                count += 1;
            }
            let after = everything(&world.server).await;
            let changed: Vec<_> =
                after.iter().filter(|(table, rows)| before.get(*table) != Some(rows)).collect();
            assert!(changed.is_empty(), "{} {path} {changed:?}", entry.method);

            for from in [("sec-fetch-site", "same-origin"), ("origin", OURS)] {
                // What was asked for may have ended the session.
                let cookie = session(&world.server, "ana").await;
                let headers = [("cookie", cookie.as_str()), ("content-type", kind), from];
                let answer = world.server.ask_with(entry.method.as_str(), &path, &headers, &body);
                let answer = answer.await;
                assert!(!answer.text().contains("was refused."), "{path} {}", answer.text());
            }
        }
    }
    assert!(count > 300, "{count}");
}

/// What does not differ each time an answer is given.
fn comparable(answer: &Answer) -> (u16, Vec<String>, usize) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    (answer.status.as_u16(), headers, answer.body.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_use_looks_at_no_cookie() {
    let world = World::new().await;
    let cookie = session(&world.server, "ana").await;
    for entry in routes(true) {
        let victim = world.token(world.ana, ActionSet::ALL).await.0;
        let (kind, body) = body(&entry.path, victim);
        for path in addresses(&entry.path, victim) {
            let what = format!("{} {path}", entry.method);
            let method = entry.method.as_str();
            let nobody = [("content-type", kind)];
            let somebody = [("content-type", kind), ("cookie", cookie.as_str())];
            let without = world.server.ask_with(method, &path, &nobody, &body).await;
            let with = world.server.ask_with(method, &path, &somebody, &body).await;
            assert_eq!(comparable(&with), comparable(&without), "{what}");
            assert_eq!(with.header("set-cookie"), "", "{what}");
        }
    }
}

#[tokio::test]
async fn a_host_that_a_request_names_makes_no_origin_ours() {
    let server = Server::new().await;
    let cookie = server.set_up().await;
    for host in ["evil.example", "127.0.0.1:3000"] {
        let request = Request::post("/sign-out")
            .header("host", host)
            .header("origin", "http://evil.example")
            .header("cookie", &cookie);
        let answer = Answer::of(server.send(request.body(Body::empty()).unwrap()).await).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(answer.text().contains("address is http://127.0.0.1:3000."), "{}", answer.text());
    }
}
