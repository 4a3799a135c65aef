//! Back-channel logout: what a provider may end, and by which tokens.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use super::provider::{CLIENT, Provider, linked, server_for, sign_in};
use crate::support::{Answer, NOON, Server};

fn claims(provider: &Provider, id: &str) -> Value {
    let now = NOON.as_millis() / 1000;
    json!({
        "iss": provider.issuer,
        "aud": [CLIENT],
        "iat": now,
        "exp": now + 120,
        "jti": id,
        "sub": "ada-there",
        "sid": "session-there",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

async fn send(server: &Server, provider: &str, token: &str) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    let request = Request::post(format!("/sign-in/with/{provider}/logout"))
        .header("host", "127.0.0.1:3000")
        .header("content-type", "application/x-www-form-urlencoded");
    Answer::of(server.send(request.body(Body::from(body)).unwrap()).await).await
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "key-1", "typ": "logout+jwt" })
}

#[tokio::test]
async fn a_logout_token_ends_the_session_it_names() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let ada = linked(&server, &provider).await;
    let (browser, _) = sign_in(&server, &provider).await;
    provider.claim("sid", json!("another session"));
    let (other, _) = sign_in(&server, &provider).await;

    let token = provider.signed(&header(), &claims(&provider, "1"));
    let answer = send(&server, "contoso", &token).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert!(!browser.is_signed_in().await);
    assert!(other.is_signed_in().await && ada.is_signed_in().await);
    // Once means once.
    assert_eq!(send(&server, "contoso", &token).await.status, 400);
    // Without a session it means all that the identity began.
    let mut all = claims(&provider, "2");
    all.as_object_mut().unwrap().remove("sid");
    let plain = json!({ "alg": "EdDSA", "kid": "key-1" });
    assert_eq!(send(&server, "contoso", &provider.signed(&plain, &all)).await.status, 200);
    assert!(!other.is_signed_in().await);
    assert!(ada.is_signed_in().await, "her password began that one");
}

#[tokio::test]
async fn bad_logout_tokens_end_nothing() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let (browser, _) = sign_in(&server, &provider).await;
    let now = NOON.as_millis() / 1000;
    let refused = async |token: String, what: &str| {
        let answer = send(&server, "contoso", &token).await;
        assert_eq!(answer.status, 400, "{what}");
        assert_eq!(answer.text(), "{\"error\":\"invalid_request\"}", "{what}");
        assert!(browser.is_signed_in().await, "{what}");
    };
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("aud", json!("another client")),
        ("iat", json!(now + 61)),
        ("iat", json!(now - 601)),
        ("exp", json!(now - 60)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("events", json!({})),
        ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": true })),
        ("nonce", json!("as in an ID token")),
    ] {
        let mut changed = claims(&provider, "bad");
        changed[name] = value.clone();
        refused(provider.signed(&header(), &changed), &format!("{name}: {value}")).await;
    }
    let mut nobody = claims(&provider, "bad");
    nobody.as_object_mut().unwrap().retain(|name, _| name != "sub" && name != "sid");
    refused(provider.signed(&header(), &nobody), "nobody").await;
    let good = claims(&provider, "bad");
    for (header, what) in [
        (json!({ "alg": "none", "kid": "key-1" }), "not signed"),
        (json!({ "alg": "HS256", "kid": "key-1" }), "signed with the client's secret"),
        (json!({ "alg": "EdDSA", "kid": "key-1", "typ": "at+jwt" }), "another kind of token"),
        (json!({ "alg": "EdDSA", "kid": "key-9" }), "a key that nobody knows"),
        (json!({ "alg": "EdDSA", "kid": "key-1", "crit": ["x"] }), "something critical"),
    ] {
        refused(provider.signed(&header, &good), what).await;
    }
    provider.behave().key = 2;
    refused(provider.signed(&header(), &good), "another key").await;
    provider.behave().key = 1;
    for nonsense in ["", "a.b.c", "a.b", "…"] {
        refused(nonsense.to_owned(), nonsense).await;
    }
    let token = provider.signed(&header(), &good);
    assert_eq!(send(&server, "github", &token).await.status, 404);
    assert_eq!(send(&server, "nobody", &token).await.status, 404);
    // Nothing was wrong with the rest of it.
    assert_eq!(send(&server, "contoso", &token).await.status, 200);
    assert!(!browser.is_signed_in().await);
}
