//! Every kind of rule a token can carry, and every state it can be in.

use std::time::Duration;

use axum::body::Body;
use model::{
    action::{Action, ActionSet},
    id::AccountId,
    scope::{Effect, Rule},
    token_form::TokenDraft,
};
use registry::tokens::OldSecret;

use super::world::{
    PASSWORD, READ_WRITE, Reply, World, allow, basic, bearer, document, draft, operator,
};
use crate::support::NOON;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A world in which `main`, `side` and `open` have `demo` 1.0.0.
async fn world() -> World {
    let world = World::new().await;
    let ana = world.everything().await;
    for feed in ["main", "side", "open"] {
        assert_eq!(world.publish(feed, &ana, "demo", "1.0.0").await.status, 201);
    }
    world
}

/// What becomes of reading `demo` from `main`: `ok`, or a code.
async fn reads(world: &World, token: &str) -> String {
    outcome(&world.get("main/npm/demo", &bearer(token)).await)
}

/// What becomes of publishing, without anything being published: a version that exists comes last
/// of all refusals.
async fn publishes(world: &World, token: &str, feed: &str, name: &str) -> String {
    let outcome = outcome(&world.publish(feed, &bearer(token), name, "1.0.0").await);
    if outcome == "LK-EXISTS" { "ok".to_owned() } else { outcome }
}

fn outcome(reply: &Reply) -> String {
    if reply.status < 300 { "ok".to_owned() } else { reply.denial().1 }
}

fn deny(actions: ActionSet, feeds: &[model::id::FeedId], patterns: &[&str]) -> Rule {
    Rule { effect: Effect::Deny, ..allow(actions, feeds, patterns) }
}

async fn with(world: &World, owner: AccountId, rules: Vec<Rule>) -> String {
    world.make(owner, draft(rules)).await.1
}

#[tokio::test]
async fn actions_feeds_and_packages() {
    let world = world().await;
    let (ana, main, side) = (world.ana, world.main, world.side);
    let all = || allow(ActionSet::of(&Action::ALL), &[], &[]);
    let (read, write) = (ActionSet::READ, ActionSet::WRITE);
    for (rules, expected) in [
        // Reading demo from main; publishing demo to main, demo to side, @acme/x to main.
        (vec![all()], ["ok", "ok", "ok", "ok"]),
        (vec![allow(read, &[], &[])], ["ok", "LK-SCOPE", "LK-SCOPE", "LK-SCOPE"]),
        (vec![allow(write, &[], &[])], ["LK-SCOPE", "ok", "ok", "ok"]),
        (vec![allow(write, &[main], &[])], ["LK-SCOPE", "ok", "LK-FEED", "ok"]),
        (
            vec![allow(read, &[], &[]), allow(write, &[side], &[])],
            ["ok", "LK-FEED", "ok", "LK-FEED"],
        ),
        (
            vec![allow(READ_WRITE, &[], &["@acme/*"])],
            ["LK-PACKAGE", "LK-PACKAGE", "LK-PACKAGE", "ok"],
        ),
        (vec![allow(READ_WRITE, &[], &["npm|d*o"])], ["ok", "ok", "ok", "LK-PACKAGE"]),
        (
            vec![allow(READ_WRITE, &[], &["nuget|demo"])],
            ["LK-PACKAGE", "LK-PACKAGE", "LK-PACKAGE", "LK-PACKAGE"],
        ),
        (vec![all(), deny(write, &[], &["@acme/*"])], ["ok", "ok", "ok", "LK-PACKAGE"]),
        (vec![deny(write, &[], &["demo"]), all()], ["ok", "LK-PACKAGE", "LK-PACKAGE", "ok"]),
        (vec![all(), deny(write, &[side], &[])], ["ok", "ok", "LK-FEED", "ok"]),
        (vec![all(), deny(read, &[], &[])], ["LK-SCOPE", "ok", "ok", "ok"]),
        (vec![], ["LK-SCOPE", "LK-SCOPE", "LK-SCOPE", "LK-SCOPE"]),
    ] {
        let token = with(&world, ana, rules.clone()).await;
        let found = [
            reads(&world, &token).await,
            publishes(&world, &token, "main", "demo").await,
            publishes(&world, &token, "side", "demo").await,
            publishes(&world, &token, "main", "@acme/x").await,
        ];
        assert_eq!(found, expected, "{rules:?}");
    }
}

#[tokio::test]
async fn a_scope_gives_nothing_its_owner_has_not() {
    let world = world().await;
    let everything = || vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let rob = with(&world, world.rob, everything()).await;
    assert_eq!(reads(&world, &rob).await, "ok");
    assert_eq!(publishes(&world, &rob, "main", "demo").await, "LK-ROLE");
    assert_eq!(publishes(&world, &rob, "side", "demo").await, "LK-FEED");
    let eve = with(&world, world.eve, everything()).await;
    assert_eq!(reads(&world, &eve).await, "LK-FEED");
    assert_eq!(publishes(&world, &eve, "main", "demo").await, "LK-FEED");
    assert_eq!(publishes(&world, &eve, "open", "demo").await, "LK-ROLE");
    assert_eq!(world.get("open/npm/demo", &bearer(&eve)).await.status, 200);
}

#[tokio::test]
async fn a_presented_credential_is_judged_on_public_feeds_too() {
    let world = world().await;
    let main = with(&world, world.ana, vec![allow(READ_WRITE, &[world.main], &[])]).await;
    for (credential, expected) in [
        ("Bearer nonsense".to_owned(), (401, "LK-UNKNOWN")),
        ("Bearer lka_nonsense".to_owned(), (401, "LK-CHECKSUM")),
        (basic("ana", "not the password of ana"), (401, "LK-UNKNOWN")),
        (bearer(&main), (403, "LK-FEED")),
    ] {
        for path in ["demo", "demo/-/demo-1.0.0.tgz", "-/ping"] {
            let (status, code) = world.get(&format!("open/npm/{path}"), &credential).await.denial();
            assert_eq!((status, code.as_str()), expected, "{credential} {path}");
        }
    }
    assert_eq!(world.get("open/npm/demo", "").await.status, 200);
}

#[tokio::test]
async fn networks() {
    let world = world().await;
    for (networks, expected) in [
        (&["127.0.0.0/8"][..], "ok"),
        (&["10.0.0.0/8", "127.0.0.1"], "ok"),
        (&["10.0.0.0/8", "2001:db8::/32"], "LK-NETWORK"),
        (&["127.0.0.2/32"], "LK-NETWORK"),
    ] {
        let draft = TokenDraft {
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            ..draft(vec![allow(READ_WRITE, &[], &[])])
        };
        let (_, token) = world.make(world.ana, draft).await;
        assert_eq!(reads(&world, &token).await, expected, "{networks:?}");
        assert_eq!(publishes(&world, &token, "main", "demo").await, expected, "{networks:?}");
    }
}

#[tokio::test]
async fn beginning_and_end() {
    let world = world().await;
    let draft = TokenDraft {
        not_before: Some(NOON.plus(HOUR)),
        expires_at: Some(NOON.plus(DAY)),
        ..draft(vec![allow(READ_WRITE, &[], &[])])
    };
    let (_, token) = world.make(world.ana, draft).await;
    assert_eq!(reads(&world, &token).await, "LK-NOTYET");
    world.server.clock.advance(HOUR);
    assert_eq!(reads(&world, &token).await, "ok");
    world.server.clock.advance(DAY);
    let refused = world.get("main/npm/demo", &bearer(&token)).await;
    assert_eq!(refused.denial(), (401, "LK-EXPIRED".to_owned()));
    assert!(refused.sentence().contains("expired on 23 Feb 2027"), "{}", refused.sentence());
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"main\"");
}

#[tokio::test]
async fn states() {
    let world = world().await;
    let tokens = &world.server.services.tokens;
    let (id, token) = world.make(world.ana, draft(vec![allow(READ_WRITE, &[], &[])])).await;
    assert_eq!(reads(&world, &token).await, "ok");
    tokens.set_suspended(&operator(), id, true).await.unwrap();
    assert_eq!(reads(&world, &token).await, "LK-SUSPENDED");
    tokens.set_suspended(&operator(), id, false).await.unwrap();
    assert_eq!(reads(&world, &token).await, "ok");

    tokens.mark_leaked(&operator(), id).await.unwrap();
    assert_eq!(reads(&world, &token).await, "LK-LEAKED");
    let grace = OldSecret::StopsAfter(DAY);
    let new = tokens.regenerate_any(&operator(), id, grace).await.unwrap();
    assert_eq!(reads(&world, new.expose()).await, "ok");
    assert_eq!(reads(&world, &token).await, "LK-ROTATED");

    tokens.revoke_any(&operator(), id).await.unwrap();
    assert_eq!(reads(&world, new.expose()).await, "LK-REVOKED");
    assert_eq!(publishes(&world, new.expose(), "main", "demo").await, "LK-REVOKED");
}

#[tokio::test]
async fn two_secrets() {
    let world = world().await;
    let tokens = &world.server.services.tokens;
    let clock = &world.server.clock;
    let make = async || world.make(world.ana, draft(vec![allow(READ_WRITE, &[], &[])])).await;

    let (id, old) = make().await;
    let new = tokens.regenerate_any(&operator(), id, OldSecret::StopsNow).await.unwrap();
    assert_eq!(reads(&world, &old).await, "LK-ROTATED");
    assert_eq!(reads(&world, new.expose()).await, "ok");

    let (id, old) = make().await;
    let new = tokens.regenerate_any(&operator(), id, OldSecret::StopsAfter(DAY)).await.unwrap();
    for token in [&old, new.expose()] {
        assert_eq!(reads(&world, token).await, "ok");
    }
    clock.advance(DAY.saturating_sub(Duration::from_millis(1)));
    assert_eq!(reads(&world, &old).await, "ok");
    clock.advance(Duration::from_millis(1));
    assert_eq!(reads(&world, &old).await, "LK-ROTATED");
    assert_eq!(reads(&world, new.expose()).await, "ok");

    let (id, old) = make().await;
    let after_first_use = OldSecret::StopsAfterFirstUse(HOUR);
    let new = tokens.regenerate_any(&operator(), id, after_first_use).await.unwrap();
    clock.advance(7 * DAY);
    assert_eq!(reads(&world, &old).await, "ok");
    assert_eq!(reads(&world, new.expose()).await, "ok");
    assert_eq!(reads(&world, &old).await, "ok");
    clock.advance(HOUR);
    assert_eq!(reads(&world, &old).await, "LK-ROTATED");

    // A third ends the first at once.
    let (id, first) = make().await;
    let second = tokens.regenerate_any(&operator(), id, OldSecret::StopsAfter(DAY)).await.unwrap();
    let third = tokens.regenerate_any(&operator(), id, OldSecret::StopsAfter(DAY)).await.unwrap();
    assert_eq!(reads(&world, &first).await, "LK-ROTATED");
    for token in [second.expose(), third.expose()] {
        assert_eq!(reads(&world, token).await, "ok");
    }
}

#[tokio::test]
async fn disabled_accounts() {
    let world = world().await;
    let accounts = &world.server.services.accounts;
    // One of them always can.
    accounts.set_admin(&operator(), "rob", true).await.unwrap();
    let token = with(&world, world.ana, vec![allow(READ_WRITE, &[], &[])]).await;
    let password = basic("ana", PASSWORD);
    for (disabled, by_token, by_password) in
        [(false, "ok", "ok"), (true, "LK-DISABLED", "LK-UNKNOWN")]
    {
        accounts.set_disabled(&operator(), "ana", disabled).await.unwrap();
        assert_eq!(reads(&world, &token).await, by_token);
        assert_eq!(outcome(&world.get("main/npm/demo", &password).await), by_password);
    }
    accounts.set_disabled(&operator(), "ana", false).await.unwrap();
    assert_eq!(reads(&world, &token).await, "ok");
}

#[tokio::test]
async fn passwords_read_and_never_publish() {
    let world = world().await;
    for name in ["ana", "ANA", "ana@example.com"] {
        let password = basic(name, PASSWORD);
        assert_eq!(world.get("main/npm/demo", &password).await.status, 200, "{name}");
        let whoami = world.get("main/npm/-/whoami", &password).await;
        assert_eq!(whoami.json()["username"], "ana");
        let refused = world.publish("main", &password, "demo", "1.0.1").await;
        assert_eq!(refused.denial(), (403, "LK-PASSWORD-READONLY".to_owned()));
    }
    // Typed on another keyboard, or sent by a client that knows no UTF-8, it is the same password.
    let decomposed = basic("ana", &PASSWORD.replace('\u{eb}', "e\u{308}"));
    assert_eq!(world.get("main/npm/demo", &decomposed).await.status, 200);
}

#[tokio::test]
async fn guessing_passwords_gets_slow() {
    let world = world().await;
    let guess = async |number: u32| {
        world.get("main/npm/demo", &basic("ana", &format!("wrong password {number}"))).await
    };
    let mut refused = guess(0).await;
    for number in 1..10 {
        if refused.status == 429 {
            break;
        }
        assert_eq!(refused.denial(), (401, "LK-UNKNOWN".to_owned()), "{number}");
        refused = guess(number).await;
    }
    assert_eq!(refused.denial(), (429, "LK-RATE".to_owned()));
    let wait = refused.header("retry-after").parse().unwrap();
    assert!((1..60).contains(&wait), "{wait}");
    // The right one has to wait too, but not for ever; tokens are no guesses.
    assert_eq!(world.get("main/npm/demo", &basic("ana", PASSWORD)).await.denial().0, 429);
    let token = with(&world, world.ana, vec![allow(READ_WRITE, &[], &[])]).await;
    assert_eq!(reads(&world, &token).await, "ok");
    world.server.clock.advance(Duration::from_secs(wait));
    assert_eq!(world.get("main/npm/demo", &basic("ana", PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn a_private_feed_and_an_absent_one_are_the_same() {
    let world = world().await;
    let eve = bearer(&with(&world, world.eve, vec![allow(READ_WRITE, &[], &[])]).await);
    let limited = bearer(&with(&world, world.eve, vec![allow(READ_WRITE, &[], &["x*"])]).await);
    let password = basic("eve", PASSWORD);
    let sent = document("demo", "1.0.0", "latest", b"x").to_string();
    for credential in ["", "Bearer nonsense", &eve, &limited, &password] {
        for (method, path) in [
            ("GET", "demo"),
            ("GET", "nothing"),
            ("HEAD", "demo"),
            ("GET", "demo/1.0.0"),
            ("GET", "demo/-/demo-1.0.0.tgz"),
            ("PUT", "demo"),
            ("PUT", "new"),
            ("PUT", "UPPER"),
            ("GET", "-/ping"),
            ("GET", ""),
            ("GET", "-/v1/search"),
            ("GET", "a/b/c/d"),
            ("GET", ".."),
            ("DELETE", "demo/-rev/1"),
            ("POST", "-/npm/v1/security/advisories/bulk"),
        ] {
            let ask = async |feed: &str| {
                let path = format!("{feed}/npm/{path}");
                let sent = Body::from(sent.clone());
                let reply = world.ask(method, &path, credential, &[], sent).await;
                assert!(matches!(reply.status, 401 | 403), "{method} {path} {}", reply.status);
                let mut headers = reply.headers.clone();
                headers.remove("x-request-id");
                let shown = format!(
                    "{} {} {headers:?} {}",
                    reply.status,
                    reply.reason,
                    String::from_utf8_lossy(&reply.body)
                );
                without_links(&shown).replace(feed, "FEED")
            };
            assert_eq!(ask("main").await, ask("nada").await, "{credential} {method} {path}");
        }
    }
}

/// Text without the random ids of denials.
fn without_links(text: &str) -> String {
    let mut parts = text.split("/denials/");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "/denials/ID" + part.get(17..).unwrap_or_default())
}
