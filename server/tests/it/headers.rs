//! The headers of ui.md §2.4, on every response there is.

use std::collections::BTreeSet;

use latchkey_server::web;
use model::action::ActionSet;

use crate::{
    authorization::{World, addresses, body, session},
    support::{Answer, Server},
};

const ALWAYS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "geolocation=(), camera=(), microphone=(), clipboard-read=(), \
         publickey-credentials-get=(self), publickey-credentials-create=(self)",
    ),
];

/// The nonce that a page's policy names.
fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

fn assert_page(answer: &Answer) {
    let nonce = nonce(answer);
    assert_eq!(
        answer.header("content-security-policy"),
        format!(
            "default-src 'none'; script-src http://127.0.0.1:3000/assets/ 'nonce-{nonce}' \
             'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
             object-src 'none'"
        )
    );
    assert!(nonce.len() >= 22, "{nonce}");
    assert_eq!(answer.header("cache-control"), "no-store");
    // A page that could have been compressed says so in a line of its own.
    let varies = answer.headers.get_all("vary");
    assert!(varies.iter().any(|line| line == "Sec-Fetch-Site, Origin, Cookie"), "{varies:?}");
}

/// What every response to a path has, whatever was asked and however it was answered.
fn assert_protected(path: &str, answer: &Answer, what: &str) {
    let what = format!("{what} {path} {}", answer.status);
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), value, "{what}");
    }
    let referrer = match path {
        path if path.contains("/auth/") => "no-referrer",
        path if ["/login/", "/invite/", "/reset/"].iter().any(|code| path.starts_with(code)) => {
            "strict-origin"
        }
        _ => "same-origin",
    };
    assert_eq!(answer.header("referrer-policy"), referrer, "{what}");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
    assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{what}");
    assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1, "{what}");
    // `nosniff` is worth nothing to an answer that does not say what it is.
    assert!(answer.body.is_empty() || !answer.header("content-type").is_empty(), "{what}");
    let policy = answer.header("content-security-policy");
    let is_kept = answer.header("cache-control") != "no-store";
    match path.split('/').nth(1) {
        Some("F") => {
            assert_eq!(policy, "default-src 'none'; sandbox", "{what}");
            assert!(!is_kept || answer.status.is_success() || answer.status == 304, "{what}");
        }
        Some("api" | "_fn" | "healthz" | "readyz") => {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{what}");
            assert!(!is_kept, "{what}");
        }
        Some("assets" | "favicon.ico") => {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{what}");
            assert!(!is_kept || answer.status == 200, "{what}");
        }
        _ => assert_page(answer),
    }
}

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/// Addresses that no route has, in every part of the address space.
const NOWHERE: [&str; 8] = [
    "/nowhere",
    "/F",
    "/F/",
    "/F/main/nothing",
    "/api/v1/nothing",
    "/_fn/nothing",
    "/assets/nothing",
    "/%ff",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_method_with_its_headers() {
    let world = World::new().await;
    for entry in web::table() {
        let victim = world.token(world.ana, ActionSet::READ).await.0;
        let (kind, body) = body(&entry.path, victim);
        let addresses = addresses(&entry.path, victim);
        for path in &addresses {
            let cookie = session(&world.server, "ana").await;
            for method in METHODS {
                let is_own = method == entry.method.as_str();
                let headers: &[&[(&str, &str)]] = &[
                    &[("sec-fetch-site", "cross-site"), ("content-type", kind)],
                    &[("sec-fetch-site", "same-origin"), ("content-type", kind)],
                    &[
                        ("sec-fetch-site", "same-origin"),
                        ("content-type", kind),
                        ("cookie", &cookie),
                    ],
                    &[("content-type", "image/png"), ("content-length", "x")],
                ];
                // Only what the route takes can be answered in more than one way.
                for headers in if is_own { headers } else { &headers[..1] } {
                    let answer = world.server.ask_with(method, path, headers, &body).await;
                    assert_protected(path, &answer, &format!("{method} {headers:?}"));
                }
            }
        }
    }
    for path in NOWHERE {
        for method in METHODS {
            assert_protected(path, &world.server.ask(method, path, &[]).await, method);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_set_up_or_broken_sends_them_too() {
    let server = Server::new().await;
    server.build_site();
    let everywhere = async |server: &Server, what: &str| {
        let mut statuses = BTreeSet::new();
        for entry in web::table() {
            let path = entry.path.replace(['{', '}', '*'], "");
            let headers = [("sec-fetch-site", "same-origin")];
            let answer = server.ask(entry.method.as_str(), &path, &headers).await;
            assert_protected(&path, &answer, &format!("{} {what}", entry.method));
            statuses.insert(answer.status.as_u16());
        }
        for path in NOWHERE {
            assert_protected(path, &server.get(path).await, what);
        }
        statuses
    };
    let statuses = everywhere(&server, "before the set-up").await;
    assert!(statuses.contains(&503) && statuses.contains(&303), "{statuses:?}");
    server.set_up().await;
    server.get("/").await;
    server.services.close().await;
    let statuses = everywhere(&server, "without a database").await;
    assert!(statuses.contains(&503) && !statuses.contains(&500), "{statuses:?}");
}

#[tokio::test]
async fn the_page_and_its_policy_name_one_nonce_and_never_the_same_twice() {
    let server = Server::new().await;
    server.build_site();
    server.set_up().await;
    let (first, second) = (server.get("/sign-in").await, server.get("/sign-in").await);
    for answer in [&first, &second] {
        let nonce = nonce(answer);
        let text = answer.text();
        let nonces = text.matches("nonce=\"").count();
        assert!(nonces > 0, "{text}");
        assert_eq!(text.matches(&format!("nonce=\"{nonce}\"")).count(), nonces, "{text}");
    }
    assert_ne!(nonce(&first), nonce(&second));
}

#[tokio::test]
async fn strict_transport_security_is_sent_only_when_asked_for() {
    let name = "strict-transport-security";
    assert_eq!(Server::new().await.get("/").await.header(name), "");
    let url = "https://packages.example.com";
    let server = Server::with(&["--public-url", url]).await;
    assert_eq!(server.get("/").await.header(name), "");
    let server = Server::with(&["--public-url", url, "--strict-transport-security"]).await;
    assert_eq!(server.get("/").await.header(name), "max-age=31536000; includeSubDomains");
}
