//! Addresses that carry their credential, for every protocol.

use std::{io::Write as _, net::TcpStream};

use axum::body::Body;
use model::{
    action::{Action, ActionSet},
    id::{FeedId, TokenId},
    token_form::TokenDraft,
};

use crate::{
    npm::world::{Reply, World, allow, basic, bearer, draft, operator},
    nuget::world::{form, nupkg, push},
    support::Run,
};

/// What every protocol reads, below the feed.
const READS: [&str; 12] = [
    "npm/demo",
    "npm/demo/1.0.0",
    "npm/demo/-/demo-1.0.0.tgz",
    "npm/-/ping",
    "npm/-/whoami",
    "npm/-/v1/search?text=demo",
    "api/v3/registration/demo.pkg/index.json",
    "api/v3/flatcontainer/demo.pkg/1.0.0/demo.pkg.1.0.0.nupkg",
    "api/v3/query?q=demo",
    "api/v2/FindPackagesById()?id='Demo.Pkg'",
    "api/v2/package/Demo.Pkg/1.0.0",
    "bower/packages/demo",
];

fn for_urls(feed: FeedId) -> TokenDraft {
    TokenDraft { is_pre_authenticated: true, ..draft(vec![allow(ActionSet::READ, &[feed], &[])]) }
}

/// A world in which `main` has a package of each kind.
async fn world() -> World {
    let world = World::new().await;
    let all = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    let all = world.make(world.ana, all).await.1;
    assert_eq!(world.publish("main", &bearer(&all), "demo", "1.0.0").await.status, 201);
    let package = nupkg("Demo.Pkg", "1.0.0", "", &[]);
    assert_eq!(push(&world, "main", &all, &package).await.status, 201);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = "name=demo&url=git%3A%2F%2Fh%2Fa";
    let done = world.ask("POST", "main/bower/packages", &bearer(&all), &headers, body).await;
    assert_eq!(done.status, 201);
    world
}

async fn made(world: &World) -> (TokenId, String) {
    world.make(world.ana, for_urls(world.main)).await
}

async fn read(world: &World, feed: &str, token: &str, path: &str) -> Reply {
    world.get(&format!("{feed}/auth/{token}/{path}"), "").await
}

/// The code of a refusal, wherever it stands in the body.
fn code(reply: &Reply) -> (u16, String) {
    let body = String::from_utf8(reply.body.clone()).unwrap();
    let at = body.find("[LK-").unwrap_or_else(|| panic!("no code: {} {body}", reply.status));
    let code = body[at + 1..].split(']').next().unwrap().to_owned();
    assert!(reply.reason.starts_with(&format!("[{code}]")), "{}", reply.reason);
    (reply.status, code)
}

#[tokio::test]
async fn every_protocol_reads_by_a_token_in_the_address() {
    let world = world().await;
    let token = made(&world).await.1;
    for path in READS {
        let reply = read(&world, "main", &token, path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.reason);
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        let kept = reply.header("cache-control");
        assert!(kept == "no-store" || kept.starts_with("private"), "{path}: {kept}");
    }
    let path = format!("main/auth/{token}/npm/-/npm/v1/security/advisories/bulk");
    let audit = world.ask("POST", &path, "", &[], "{}").await;
    assert_eq!(audit.status, 200, "an installation asks for advisories");
}

#[tokio::test]
async fn documents_lead_on_by_the_same_address_and_to_nobody_elses() {
    let world = world().await;
    let (first, second) = (made(&world).await.1, made(&world).await.1);
    let header = world.token(ActionSet::READ).await;
    let text = |reply: &Reply| {
        assert_eq!(reply.status, 200, "{}", reply.reason);
        String::from_utf8(reply.body.clone()).unwrap()
    };
    for (path, link) in [
        ("npm/demo", "npm/demo/-/demo-1.0.0.tgz"),
        ("npm/demo/1.0.0", "npm/demo/-/demo-1.0.0.tgz"),
        ("api/v3/index.json", "api/v3/flatcontainer/"),
        ("api/v3/registration/demo.pkg/index.json", "api/v3/flatcontainer/demo.pkg/1.0.0/"),
        ("api/v3/query?q=demo", "api/v3/registration"),
        ("api/v2/", "api/v2/"),
        ("api/v2/FindPackagesById()?id='Demo.Pkg'", "api/v2/package/Demo.Pkg/1.0.0"),
    ] {
        // Whoever asks first, and again from what is kept.
        for _ in 0..2 {
            for (mine, other) in [(&first, &second), (&second, &first)] {
                let found = text(&read(&world, "main", mine, path).await);
                let here = format!("http://127.0.0.1:3000/F/main/auth/{mine}/{link}");
                assert!(found.contains(&here), "{path}: {found}");
                assert!(!found.contains(other.as_str()), "{path}");
                assert!(
                    !found.contains("/F/main/npm/") && !found.contains("/F/main/api/"),
                    "{path}"
                );
            }
            let plain = text(&world.get(&format!("main/{path}"), &header).await);
            assert!(plain.contains(&format!("http://127.0.0.1:3000/F/main/{link}")), "{path}");
            assert!(!plain.contains("/auth/"), "{path}: {plain}");
        }
    }
}

#[tokio::test]
async fn nothing_is_changed_by_such_an_address() {
    let world = world().await;
    let token = made(&world).await.1;
    let all = bearer(
        &world.make(world.ana, draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])])).await.1,
    );
    let package = form(&nupkg("Demo.Pkg", "2.0.0", "", &[]));
    for (method, path, body) in [
        ("PUT", "npm/demo", b"{}".to_vec()),
        ("DELETE", "npm/demo/-rev/1", Vec::new()),
        ("PUT", "npm/-/package/demo/dist-tags/next", b"\"1.0.0\"".to_vec()),
        ("PUT", "npm/-/user/org.couchdb.user:ana", b"{}".to_vec()),
        ("POST", "npm/-/v1/login", b"{}".to_vec()),
        ("POST", "npm/-/npm/v1/tokens", b"{}".to_vec()),
        ("PUT", "api/v2/package/", package),
        ("DELETE", "api/v2/package/Demo.Pkg/1.0.0", Vec::new()),
        ("POST", "bower/packages", b"name=x&url=git://h/a".to_vec()),
        ("DELETE", "bower/packages/demo", Vec::new()),
    ] {
        let path = format!("main/auth/{token}/{path}");
        // Also with a header whose token may do it all.
        for credential in ["", &all] {
            let reply = world.ask(method, &path, credential, &[], Body::from(body.clone())).await;
            assert_eq!(code(&reply), (403, "LK-SCOPE".to_owned()), "{method} {path}");
            assert!(reply.reason.contains("only reads"), "{}", reply.reason);
            assert_eq!(reply.header("npm-notice"), reply.reason);
            assert_eq!(reply.header("x-nuget-warning"), reply.reason);
        }
    }
    // Nor is anything handed out that is no package.
    for path in ["npm/-/v1/done/0123456789abcdefghijkl", "npm/-/npm/v1/tokens", "npm/-/npm/v1/user"]
    {
        let reply = read(&world, "main", &token, path).await;
        assert_eq!(code(&reply), (403, "LK-SCOPE".to_owned()), "{path}");
    }
    for path in READS {
        assert_eq!(read(&world, "main", &token, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_token_works_in_an_address_only_if_it_was_made_for_that() {
    let world = world().await;
    let plain =
        world.make(world.ana, draft(vec![allow(ActionSet::READ, &[world.main], &[])])).await.1;
    let (id, token) = made(&world).await;
    let side = world.make(world.ana, for_urls(world.side)).await.1;
    for path in READS {
        let refused = read(&world, "main", &plain, path).await;
        assert_eq!(code(&refused), (403, "LK-SCOPE".to_owned()), "{path}");
        assert!(refused.reason.contains("may not stand in a URL"), "{}", refused.reason);
        // In a header it works as ever, and so does the one for addresses.
        for token in [&plain, &token] {
            let reply = world.get(&format!("main/{path}"), &basic("x", token)).await;
            assert_eq!(reply.status, 200, "{path}");
        }
        // A token that was not presented is one that nobody knows.
        for (wrong, expected) in [("lka_mistyped", "LK-CHECKSUM"), ("anything", "LK-UNKNOWN")] {
            assert_eq!(code(&read(&world, "main", wrong, path).await).1, expected, "{path}");
            assert_eq!(code(&read(&world, "open", wrong, path).await).1, expected, "{path}");
        }
        // A header decides before the address.
        let both = world.get(&format!("main/auth/{token}/{path}"), "Bearer lka_wrong").await;
        assert_eq!(code(&both), (401, "LK-CHECKSUM".to_owned()), "{path}");
        let both = world.get(&format!("main/auth/{plain}/{path}"), &bearer(&token)).await;
        assert_eq!(both.status, 200, "{path}");
        if path != "npm/-/whoami" {
            assert_eq!(code(&read(&world, "main", &side, path).await).1, "LK-FEED", "{path}");
            assert_eq!(code(&read(&world, "eves", &token, path).await).1, "LK-FEED", "{path}");
        }
    }
    world.server.services.tokens.revoke_any(&operator(), id).await.unwrap();
    for path in READS {
        assert_eq!(code(&read(&world, "main", &token, path).await), (401, "LK-REVOKED".to_owned()));
    }
}

#[tokio::test]
async fn only_a_reading_token_for_named_feeds_can_be_made_for_addresses() {
    let world = World::new().await;
    let tokens = &world.server.services.tokens;
    for rules in [
        vec![allow(ActionSet::READ, &[], &[])],
        vec![allow(ActionSet::WRITE, &[world.main], &[])],
        vec![
            allow(ActionSet::READ, &[world.main], &[]),
            allow(ActionSet::WRITE, &[world.main], &[]),
        ],
    ] {
        let draft = TokenDraft { is_pre_authenticated: true, ..draft(rules) };
        assert!(tokens.create_for(&operator(), world.ana, draft).await.is_err());
    }
    let (id, _) = made(&world).await;
    let (_, before) = tokens.as_draft(id).await.unwrap();
    assert!(before.is_pre_authenticated);
    let wider =
        TokenDraft { scope: draft(vec![allow(ActionSet::READ, &[], &[])]).scope, ..before.clone() };
    assert!(tokens.edit_any(&operator(), id, &before, wider).await.is_err());
    let off = TokenDraft { is_pre_authenticated: false, ..before.clone() };
    assert!(tokens.edit_any(&operator(), id, &before, off.clone()).await.unwrap().is_empty());
    let said = tokens.edit_any(&operator(), id, &off, before).await.unwrap();
    assert_eq!(said, ["It works in a URL, which lock files and the logs of proxies will hold."]);
    let primary = tokens
        .list(world.ana)
        .await
        .unwrap()
        .into_iter()
        .find(|token| token.kind == model::token::TokenKind::Primary);
    let primary = primary.unwrap().id;
    let (_, before) = tokens.as_draft(primary).await.unwrap();
    let changed = TokenDraft {
        is_pre_authenticated: true,
        scope: for_urls(world.main).scope,
        ..before.clone()
    };
    assert!(tokens.edit_any(&operator(), primary, &before, changed).await.is_err());
}

/// The log of a real server at its most talkative, with requests by header, address and query.
#[test]
fn no_log_holds_the_token() {
    const TOKEN: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";
    let mut run = Run::serve(&["--log", "debug"]);
    for line in [
        format!("GET /F/main/auth/{TOKEN}/npm/demo"),
        format!("GET /F/main/auth/{TOKEN}/api/v3/index.json"),
        format!("PUT /F/main/auth/{TOKEN}/npm/demo"),
        format!("GET /F/main/auth/{TOKEN}/bower/packages/demo?access_token={TOKEN}"),
        format!("DELETE /F/main/bower/packages/demo?access_token={TOKEN}"),
    ] {
        let mut stream = TcpStream::connect(run.address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        std::io::Read::read_to_end(&mut stream, &mut Vec::new()).unwrap();
    }
    run.signal("TERM");
    assert!(run.ends_within(std::time::Duration::from_secs(10)).success());
    let log = run.log();
    assert!(log.contains("/F/main/auth/…/npm/demo"), "{log}");
    assert!(!log.contains("0123456789"), "{log}");
}
