//! Credentials as clients send them, good and bad.

use std::time::{Duration, Instant};

use axum::body::Body;
use model::action::ActionSet;

use super::world::{PASSWORD, World, basic, bearer};

#[tokio::test]
async fn a_token_in_every_form_reads_and_publishes() {
    let world = World::new().await;
    let header = world.everything().await;
    let token = header.strip_prefix("Bearer ").unwrap();
    let forms = [
        header.clone(),
        format!("bearer {token}"),
        format!("token {token}"),
        token.to_owned(),
        basic("anyone", token),
        basic("__token__", token),
        basic("", token),
        basic(token, ""),
    ];
    for (number, form) in forms.iter().enumerate() {
        let version = format!("1.0.{number}");
        let published = world.publish("main", form, "demo", &version).await;
        assert_eq!(published.status, 201, "{form}");
        assert_eq!(world.get("main/npm/demo", form).await.status, 200, "{form}");
        let whoami = world.get("main/npm/-/whoami", form).await;
        assert_eq!(whoami.json()["username"], "ana", "{form}");
    }
}

#[tokio::test]
async fn one_credential_decides() {
    let world = World::new().await;
    let (reader, writer) =
        (world.token(ActionSet::READ).await, world.token(ActionSet::WRITE).await);
    let key = [("x-nuget-apikey", writer.strip_prefix("Bearer ").unwrap())];
    let sent = super::world::document("demo", "1.0.0", "latest", b"x").to_string();
    let put = async |headers: &[(&str, &str)]| {
        world.ask("PUT", "main/npm/demo", &reader, headers, sent.clone()).await.status
    };
    assert_eq!(put(&[]).await, 403);
    assert_eq!(put(&key).await, 201);
    // It says nothing about a read.
    assert_eq!(world.ask("GET", "main/npm/demo", "", &key, Body::empty()).await.status, 401);
    assert_eq!(world.ask("GET", "main/npm/demo", &reader, &key, Body::empty()).await.status, 200);
    // Two are none, and a cookie is none either.
    let twice = [("authorization", reader.as_str())];
    let refused = world.ask("GET", "main/npm/demo", &reader, &twice, Body::empty()).await;
    assert_eq!(refused.denial(), (401, "LK-UNKNOWN".to_owned()));
    let origin = registry::Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let password = registry::sessions::PasswordText::new(PASSWORD);
    let session = world.server.services.sessions.sign_in("ana", &password, &origin).await.unwrap();
    let cookie = format!("sid={}", session.expose());
    let signed_in = [("cookie", cookie.as_str())];
    let refused = world.ask("GET", "main/npm/demo", "", &signed_in, Body::empty()).await;
    assert_eq!(refused.denial(), (401, "LK-MISSING".to_owned()));
}

#[tokio::test]
async fn a_thousand_malformed_credentials_cost_nothing() {
    let world = World::new().await;
    let ana = world.everything().await;
    world.publish("open", &ana, "demo", "1.0.0").await;
    let before = world.database().await;
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let schemes = [
        "Bearer ",
        "bearer",
        "token ",
        "Basic ",
        "Basic\t",
        "Digest ",
        "",
        "lka_",
        "lkp_",
        "Bearer lka_",
    ];
    let started = Instant::now();
    for number in 0..1000_usize {
        let length = random() % 80;
        let text: String =
            (0..length).map(|_| char::from(u8::try_from(33 + random() % 94).unwrap())).collect();
        let credential = format!("{}{text}", schemes[number % schemes.len()]);
        let credential = if credential.is_empty() { "x" } else { &credential };
        // A pair that can be read would be somebody's password, which is another matter.
        if credential.starts_with("Basic ") && text.len() % 4 != 1 {
            continue;
        }
        let feed = ["main", "open", "none"][number % 3];
        let reply = world.get(&format!("{feed}/npm/demo"), credential).await;
        let (status, code) = reply.denial();
        assert_eq!(status, 401, "{credential}");
        assert!(matches!(code.as_str(), "LK-UNKNOWN" | "LK-CHECKSUM"), "{credential} {code}");
        let body = String::from_utf8(reply.body).unwrap();
        assert!(text.len() < 8 || !body.contains(&text), "{body}");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(world.database().await == before, "the database was written to");
    let long = bearer(&"a".repeat(100_000));
    assert_eq!(world.get("open/npm/demo", &long).await.denial().0, 401);
}

#[tokio::test]
async fn every_single_character_of_a_token_matters() {
    let world = World::new().await;
    let header = world.token(ActionSet::READ).await;
    let token = header.strip_prefix("Bearer ").unwrap();
    assert_eq!(world.get("main/npm/-/ping", &header).await.status, 200);
    let before = world.database().await;
    let digits = ('0'..='9').chain('A'..='Z').chain('a'..='z').chain("_-. ~!é".chars());
    let digits: Vec<char> = digits.collect();
    let mut tried = 0;
    for at in 0..token.len() {
        for digit in &digits {
            let changed = format!("{}{digit}{}", &token[..at], &token[at + 1..]);
            if changed == token || (at == 0 && *digit == ' ') {
                continue;
            }
            let (status, code) = world.get("main/npm/-/ping", &bearer(&changed)).await.denial();
            assert_eq!(status, 401, "{changed}");
            // What no longer begins like one of ours is unknown; anything else looks mistyped.
            let expected = match at {
                0..4 => ["LK-UNKNOWN", "LK-CHECKSUM"].as_slice(),
                _ if *digit == 'é' => &["LK-UNKNOWN"],
                _ if *digit == ' ' && at + 1 == token.len() => &["LK-CHECKSUM"],
                _ => &["LK-CHECKSUM"],
            };
            assert!(expected.contains(&code.as_str()), "{changed} {code}");
            tried += 1;
        }
    }
    assert!(tried > 2600, "{tried}");
    for changed in [&token[1..], &token[..39], &format!("{token}0"), &token.to_uppercase()] {
        assert_eq!(world.get("main/npm/-/ping", &bearer(changed)).await.denial().0, 401);
    }
    assert!(world.database().await == before, "the database was written to");
}
