//! What another site makes a browser send.

use crate::support::Server;

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
