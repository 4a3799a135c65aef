//! GitHub's OAuth: no ID token, a number for a name.

use std::time::Duration;

use serde_json::json;

use super::{
    accounts::invite,
    provider::{Provider, query, server_for},
};
use crate::{browser::Browser, support::Answer};

/// Goes there and comes back with a code.
async fn go(browser: &Browser<'_>, path: &str, code: &str) -> Answer {
    let answer = browser.get(path).await;
    let address = answer.header("location").to_owned();
    let asked = query(&address);
    assert!(address.contains("/gh/login/oauth/authorize?"), "{address}");
    assert_eq!(
        (asked["scope"].as_str(), asked["code_challenge_method"].as_str()),
        ("user:email", "S256")
    );
    let callback = "http://127.0.0.1:3000/sign-in/with/github/callback";
    assert_eq!(asked["redirect_uri"], callback);
    browser
        .get(&format!("/sign-in/with/github/callback?code={code}&state={}", asked["state"]))
        .await
}

fn people(provider: &Provider, id: u64, login: &str) {
    let addresses = json!([
        { "email": "other@example.com", "primary": false, "verified": true },
        { "email": "ada@example.com", "primary": true, "verified": true },
    ]);
    let user = json!({ "id": id, "login": login });
    provider.behave().instead = [
        ("/gh/api/v3/user", (200, user.to_string())),
        ("/gh/api/v3/user/emails", (200, addresses.to_string())),
    ]
    .into();
}

#[tokio::test]
async fn github_links_and_signs_in_by_the_number() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    people(&provider, 4711, "ada-l");
    let ada = Browser::of_ada(&server).await;
    let answer = go(&ada, "/sign-in/with/github?for=link", "good").await;
    assert_eq!(answer.header("location"), "/sign-in/finish", "{}", answer.text());
    assert!(ada.get("/sign-in/finish").await.text().contains("ada-l"));
    ada.post("/sign-in/finish", &[]).await;

    // Another name, the same number.
    people(&provider, 4711, "ada-byron");
    let browser = Browser::new(&server);
    let answer = go(&browser, "/sign-in/with/github?next=/feeds", "good").await;
    assert_eq!(answer.header("location"), "/feeds", "{}", answer.text());
    assert!(browser.get("/profile/security").await.text().contains("ada-byron"));
    // It says nothing of when, so nothing is confirmed by it.
    let answer = browser.get("/sign-in/with/contoso?for=link").await;
    assert!(answer.header("location").starts_with("/confirm"), "{}", answer.text());
    let page = browser.get("/confirm").await.text();
    assert!(page.contains("type=\"password\"") && !page.contains("Confirm with GitHub"), "{page}");

    // The same name, another number.
    people(&provider, 4712, "ada-l");
    let answer = go(&Browser::new(&server), "/sign-in/with/github", "good").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("This identity opens no account here"));
}

#[tokio::test]
async fn who_joins_by_github_is_told_what_it_cannot_do() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    people(&provider, 4713, "ben-b");
    let invitation = invite(&server, "ben").await;
    let code = invitation.strip_prefix("/invite/").unwrap();
    let ben = Browser::new(&server);
    go(&ben, &format!("/sign-in/with/github?invite={code}"), "good").await;
    let page = ben.get("/sign-in/finish").await.text();
    assert!(page.contains("GitHub cannot confirm later that it is you"), "{page}");
    assert_eq!(ben.post("/sign-in/finish", &[]).await.header("location"), "/profile/tokens");
    server.clock.advance(Duration::from_hours(3));
    let page = ben.get("/confirm?next=/feeds").await.text();
    assert!(page.contains("GitHub cannot confirm that it is you"), "{page}");
    assert!(page.contains("Ask an administrator for a link"), "{page}");
    assert!(!page.contains("type=\"password\""), "{page}");
}

#[tokio::test]
async fn what_github_refuses_or_cannot_say_opens_nothing() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    people(&provider, 4711, "ada-l");
    let answer = go(&Browser::new(&server), "/sign-in/with/github", "bad").await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    for (path, status, expected) in [
        ("/gh/api/v3/user", 200, 502),
        ("/gh/api/v3/user", 401, 502),
        ("/gh/api/v3/user/emails", 503, 503),
    ] {
        people(&provider, 4711, "ada-l");
        provider.behave().instead.insert(path, (status, "{}".to_owned()));
        let answer = go(&Browser::new(&server), "/sign-in/with/github", "good").await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.text());
        assert!(answer.text().contains("GitHub"), "{}", answer.text());
    }
}
