//! ID tokens with one thing wrong with each.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::provider::{CLIENT, Provider, linked, server_for, sign_in};
use crate::support::{Answer, NOON, Server};

/// Asserts that nobody was signed in, that the page says so and leads to the password, and that the
/// log of acts has it.
async fn assert_not_believed(server: &Server, provider: &Provider, what: &str) {
    let (browser, answer) = sign_in(server, provider).await;
    assert_says(&answer, StatusCode::BAD_GATEWAY, "What Contoso answered cannot be trusted", what);
    assert!(browser.cookie("sid").is_none(), "{what}");
    assert!(!browser.is_signed_in().await, "{what}");
}

pub(super) fn assert_says(answer: &Answer, status: StatusCode, sentence: &str, what: &str) {
    let html = answer.text();
    assert_eq!(answer.status, status, "{what}: {html}");
    assert!(html.contains(sentence), "{what}: {html}");
    assert!(html.contains("action=\"/sign-in\"") && html.contains("<title>Error: "), "{what}");
    assert!(!html.contains("There is nothing here"), "{what}");
}

/// Asserts that a sign-in works.
pub(super) async fn assert_believed(server: &Server, provider: &Provider, what: &str) {
    let (browser, answer) = sign_in(server, provider).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/feeds"), "{what}");
    assert!(browser.is_signed_in().await, "{what}");
}

#[tokio::test]
async fn each_claim_is_checked() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let now = NOON.as_millis() / 1000;
    assert_believed(&server, &provider, "nothing is wrong").await;
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("aud", json!("another client")),
        ("aud", json!([CLIENT, "another client"])),
        ("azp", json!("another client")),
        ("exp", json!(now - 60)),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
        ("auth_time", json!(now + 61)),
        ("nonce", json!("of another sign-in")),
        ("nonce", Value::Null),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("at_hash", json!("b2YgYW5vdGhlciBvbmU")),
    ] {
        provider.claim(name, value.clone());
        assert_not_believed(&server, &provider, &format!("{name}: {value}")).await;
    }
    // As far as clocks may be apart.
    for (name, value) in [
        ("aud", json!([CLIENT])),
        ("azp", json!(CLIENT)),
        ("exp", json!(now - 59)),
        ("iat", json!(now + 60)),
        ("nbf", json!(now + 60)),
        ("auth_time", json!(now + 60)),
    ] {
        provider.claim(name, value.clone());
        assert_believed(&server, &provider, &format!("{name}: {value}")).await;
    }
}

#[tokio::test]
async fn only_the_providers_own_key_counts() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    for (algorithm, key, kid) in [
        ("none", 1, Some("key-1")),
        ("none", 1, None),
        ("HS256", 1, Some("key-1")),
        ("HS256", 1, None),
        ("EdDSA", 2, Some("key-1")),
        ("EdDSA", 2, Some("key-2")),
        ("EdDSA", 2, None),
        // What the header says is not what the key can do.
        ("RS256", 1, Some("key-1")),
        ("ES256", 1, Some("key-1")),
    ] {
        {
            let mut behaviour = provider.behave();
            (behaviour.algorithm, behaviour.key) = (algorithm, key);
            behaviour.kid = kid.map(str::to_owned);
        }
        assert_not_believed(&server, &provider, &format!("{algorithm} {key} {kid:?}")).await;
        server.clock.advance(Duration::from_secs(1));
    }
    {
        let mut behaviour = provider.behave();
        (behaviour.algorithm, behaviour.key, behaviour.kid) = ("EdDSA", 1, None);
    }
    assert_believed(&server, &provider, "without a kid").await;
}

#[tokio::test]
async fn a_new_key_is_looked_for_once_and_not_too_often() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let rotate = |key: u8| {
        let mut behaviour = provider.behave();
        behaviour.key = key;
        behaviour.kid = Some(format!("key-{key}"));
        behaviour.published = vec![key];
    };
    let looked = || provider.behave().asked["/jwks"];
    assert_eq!(looked(), 1);
    rotate(2);
    assert_believed(&server, &provider, "a new key").await;
    assert_eq!(looked(), 2);
    assert_believed(&server, &provider, "the same key").await;
    assert_eq!(looked(), 2);
    rotate(3);
    for _ in 0..3 {
        assert_not_believed(&server, &provider, "too soon").await;
    }
    assert_eq!(looked(), 2);
    server.clock.advance(Duration::from_secs(30));
    provider.claim("iat", json!(NOON.as_millis() / 1000));
    assert_believed(&server, &provider, "half a minute later").await;
    assert_eq!(looked(), 3);
    // The key that was taken back is good for nothing.
    {
        let mut behaviour = provider.behave();
        (behaviour.key, behaviour.kid) = (2, Some("key-2".to_owned()));
    }
    assert_not_believed(&server, &provider, "a key of the past").await;
}
