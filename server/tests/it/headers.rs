//! The headers of ui.md §2.4, on every response there is.

use crate::support::{Answer, Server};

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

#[tokio::test]
async fn every_response_has_its_headers() {
    let server = Server::new().await;
    server.build_site();
    for is_set_up in [false, true] {
        if is_set_up {
            server.set_up().await;
        }
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/setup"),
            ("GET", "/profile/tokens"),
            ("GET", "/login/0123456789abcdefghijkl"),
            ("GET", "/nowhere"),
            ("DELETE", "/"),
            ("GET", "/F/main/npm/left-pad"),
            ("PUT", "/F/main/npm/left-pad"),
            ("GET", "/F/main/auth/lka_x/npm/left-pad"),
            ("GET", "/F"),
            ("GET", "/api/v1/nothing"),
            ("POST", "/_fn/nothing"),
            ("GET", "/assets/0123456789abcdef/latchkey.js"),
            ("GET", "/assets/nothing"),
            ("GET", "/favicon.ico"),
        ] {
            for site in ["same-origin", "cross-site"] {
                let answer = server.ask(method, path, &[("sec-fetch-site", site)]).await;
                let what = format!("{method} {path} {site} {}", answer.status);
                for (name, value) in ALWAYS {
                    assert_eq!(answer.header(name), value, "{what}");
                }
                let referrer = match path {
                    path if path.contains("/auth/") => "no-referrer",
                    path if path.starts_with("/login/") => "strict-origin",
                    _ => "same-origin",
                };
                assert_eq!(answer.header("referrer-policy"), referrer, "{what}");
                assert!(!answer.header("x-request-id").is_empty(), "{what}");
                assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1);
                let policy = answer.header("content-security-policy");
                match path.split('/').nth(1) {
                    Some("F") => {
                        assert_eq!(policy, "default-src 'none'; sandbox", "{what}");
                        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
                    }
                    Some("api" | "_fn") => {
                        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{what}");
                        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
                    }
                    Some("assets" | "favicon.ico") => {
                        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{what}");
                    }
                    _ => assert_page(&answer),
                }
            }
        }
    }
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
