//! Providers that are down, refuse, or answer what cannot be trusted; browsers that bring what is not
//! theirs.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    bad_tokens::{assert_believed, assert_says},
    provider::{Provider, linked, query, server_for, sign_in},
};
use crate::{browser::Browser, support::Answer};

const BEGIN: &str = "/sign-in/with/contoso?next=/feeds";

fn assert_down(answer: &Answer) {
    let sentence = "Contoso cannot be reached at the moment";
    assert_says(answer, StatusCode::SERVICE_UNAVAILABLE, sentence, "down");
}

fn assert_not_trusted(answer: &Answer, what: &str) {
    assert_says(answer, StatusCode::BAD_GATEWAY, "What Contoso answered cannot be trusted", what);
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be_and_passwords_work() {
    let mut provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    provider.stop().await;
    server.set_up().await;
    let browser = Browser::new(&server);
    assert_down(&browser.get(BEGIN).await);
    let fields = [("login", "ada"), ("password", "correct horse battery staple")];
    assert_eq!(browser.post("/sign-in", &fields).await.status, 303);
    assert!(browser.is_signed_in().await);

    // It comes up; whoever was there a moment ago need not wait long.
    provider.start_again().await;
    assert_down(&browser.get(BEGIN).await);
    server.clock.advance(Duration::from_secs(3));
    assert_eq!(browser.get(BEGIN).await.status, 303);
    // What it said is known now; on the way back it is asked again.
    let address = browser.get(BEGIN).await.header("location").to_owned();
    provider.stop().await;
    assert_down(&browser.get(&provider.let_through(&address)).await);
}

#[tokio::test]
async fn what_a_provider_said_is_asked_again_after_an_hour_and_counts_until_then() {
    let mut provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    let asked = |provider: &Provider| provider.behave().asked["/.well-known/openid-configuration"];
    let browser = Browser::new(&server);
    for _ in 0..2 {
        assert_eq!(browser.get(BEGIN).await.status, 303);
    }
    assert_eq!(asked(&provider), 1);
    server.clock.advance(Duration::from_hours(1));
    assert_eq!(browser.get(BEGIN).await.status, 303);
    assert_eq!(asked(&provider), 2);
    provider.stop().await;
    server.clock.advance(Duration::from_hours(1));
    assert_eq!(browser.get(BEGIN).await.status, 303, "what it said before still counts");
    provider.start_again().await;
    server.clock.advance(Duration::from_secs(3));
    assert_eq!(browser.get(BEGIN).await.status, 303);
    assert_eq!(asked(&provider), 3);
}

/// What is wrong with a document.
type Change = fn(&mut Value);

#[tokio::test]
async fn documents_that_cannot_be_trusted_are_not() {
    let long = "x".repeat(1024 * 1024 + 1);
    for (path, status, body) in [
        ("/.well-known/openid-configuration", 200, "<html>".to_owned()),
        ("/.well-known/openid-configuration", 302, "{}".to_owned()),
        ("/.well-known/openid-configuration", 404, "{}".to_owned()),
        ("/.well-known/openid-configuration", 200, long),
        ("/jwks", 200, "[]".to_owned()),
    ] {
        let provider = Provider::start().await;
        let (server, _file) = server_for(&provider, &[]).await;
        server.set_up().await;
        let what = format!("{path} {status} {}", body.len());
        provider.behave().instead.insert(path, (status, body));
        assert_not_trusted(&Browser::new(&server).get(BEGIN).await, &what);
        assert!(!provider.behave().asked.contains_key("/elsewhere"), "redirects are not followed");
    }
    let changes: [(&str, Change); 3] = [
        ("another issuer", |document| document["issuer"] = json!("https://other.example")),
        ("in the clear", |document| {
            document["authorization_endpoint"] = json!("http://login.contoso.example/authorize");
        }),
        ("keys in the clear", |document| {
            document["jwks_uri"] = json!("http://login.contoso.example/jwks");
        }),
    ];
    for (what, change) in changes {
        let provider = Provider::start().await;
        let (server, _file) = server_for(&provider, &[]).await;
        server.set_up().await;
        provider.behave().discovery = Some(Box::new(change));
        assert_not_trusted(&Browser::new(&server).get(BEGIN).await, what);
    }
}

#[tokio::test]
async fn answers_at_the_end_of_the_way_are_checked_too() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    for (path, status, body, expected) in [
        ("/token", 200, "{}", 502),
        ("/token", 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", 502),
        ("/token", 400, "{\"error\":\"invalid_grant\"}", 502),
        ("/me", 500, "{}", 503),
        ("/me", 200, "{\"sub\":\"somebody else\"}", 502),
        ("/me", 200, "<html>", 502),
    ] {
        provider.behave().instead = [(path, (status, body.to_owned()))].into();
        let (browser, answer) = sign_in(&server, &provider).await;
        assert_eq!(answer.status, expected, "{path} {body}: {}", answer.text());
        assert!(browser.cookie("sid").is_none(), "{path} {body}");
    }
    provider.behave().instead.clear();
    assert_believed(&server, &provider, "nothing is wrong").await;
}

#[tokio::test]
async fn access_that_was_denied_is_said_to_be() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    let come_back = async |error: &str| {
        let browser = Browser::new(&server);
        let answer = browser.get(BEGIN).await;
        let state = query(answer.header("location"))["state"].clone();
        browser.get(&format!("/sign-in/with/contoso/callback?error={error}&state={state}")).await
    };
    let denied = come_back("access_denied").await;
    assert_says(&denied, StatusCode::FORBIDDEN, "access was denied there", "denied");
    assert!(denied.text().contains("name=\"next\" value=\"/feeds\""), "{}", denied.text());
    let down = come_back("temporarily_unavailable").await;
    assert_down(&down);
    let other = come_back("%3Cscript%3E").await;
    assert_not_trusted(&other, "an error that nobody knows");
    assert!(!other.text().contains("<script>alert"), "{}", other.text());
}

#[tokio::test]
async fn the_issuer_of_the_answer_is_checked_where_it_is_named_or_announced() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let come_back = async |more: String| {
        let browser = Browser::new(&server);
        let answer = browser.get(BEGIN).await;
        let back = provider.let_through(answer.header("location"));
        browser.get(&format!("{back}{more}")).await
    };
    let own = format!("&iss={}", provider.issuer);
    assert_eq!(come_back(own.clone()).await.status, 303);
    assert_not_trusted(&come_back("&iss=https://other.example".to_owned()).await, "another");
    server.clock.advance(Duration::from_hours(1));
    provider.claim("exp", json!(server.services.now().as_millis() / 1000 + 60));
    provider.behave().discovery = Some(Box::new(|document| {
        document["authorization_response_iss_parameter_supported"] = json!(true);
    }));
    assert_not_trusted(&come_back(String::new()).await, "announced and missing");
    assert_eq!(come_back(own).await.status, 303);
}

#[tokio::test]
async fn a_way_back_is_good_once_for_the_browser_that_left_and_for_ten_minutes() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let gone = "This sign-in was begun in another browser, or more than ten minutes ago";
    let browser = Browser::new(&server);
    let back = |answer: &Answer| provider.let_through(answer.header("location"));

    // Somebody else's address, as an attacker would send it.
    let others = back(&Browser::new(&server).get(BEGIN).await);
    assert_says(&browser.get(&others).await, StatusCode::BAD_REQUEST, gone, "never left");
    let own = back(&browser.get(BEGIN).await);
    assert_says(&browser.get(&others).await, StatusCode::BAD_REQUEST, gone, "another's state");
    // The way back of one provider is none of another's.
    let crossed = own.replace("/contoso/", "/github/");
    assert_says(&browser.get(&crossed).await, StatusCode::BAD_REQUEST, gone, "another provider");
    assert_eq!(browser.get(&own).await.status, 303);
    assert!(browser.cookie("attempt").is_none());
    assert_says(&browser.get(&own).await, StatusCode::BAD_REQUEST, gone, "a second time");

    let late = back(&browser.get(BEGIN).await);
    server.clock.advance(Duration::from_mins(10));
    assert_says(&browser.get(&late).await, StatusCode::BAD_REQUEST, gone, "too late");
    // A cookie that was changed is none.
    let changed = back(&browser.get(BEGIN).await);
    let mut cookie = browser.cookie("attempt").unwrap();
    let last = if cookie.pop() == Some('A') { 'B' } else { 'A' };
    browser.take(&format!("attempt={cookie}{last}; Path=/"));
    assert_says(&browser.get(&changed).await, StatusCode::BAD_REQUEST, gone, "changed");
    assert_eq!(browser.get("/sign-in/with/nobody").await.status, 404);
    assert_eq!(browser.get("/sign-in/with/nobody/callback").await.status, 404);
}
