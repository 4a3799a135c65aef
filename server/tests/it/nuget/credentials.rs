//! Who may do what, and what is said to whom may not.

use std::time::Duration;

use model::action::{Action, ActionSet};

use super::world::{ask, denial, form, get, nupkg, push, push_symbols, sentence};
use crate::{
    npm::world::{PASSWORD, World, allow, basic, bearer, draft, operator},
    support::NOON,
};

const READS: [&str; 9] = [
    "api/v3/flatcontainer/demo/index.json",
    "api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.nupkg",
    "api/v3/flatcontainer/demo/1.0.0/demo.nuspec",
    "api/v3/registration/demo/index.json",
    "api/v3/registration-gz-semver2/demo/1.0.0.json",
    "api/v3/query?q=demo",
    "api/v3/autocomplete?q=d",
    "api/v3/autocomplete?id=demo",
    "api/v3/nothing",
];

/// A world in which `main` and `open` have `Demo` 1.0.0.
async fn world() -> World {
    let world = World::new().await;
    let ana = everything(&world).await;
    for feed in ["main", "open"] {
        assert_eq!(push(&world, feed, &ana, &nupkg("Demo", "1.0.0", "", &[])).await.status, 201);
    }
    world
}

async fn with(world: &World, actions: ActionSet, patterns: &[&str]) -> String {
    world.make(world.ana, draft(vec![allow(actions, &[], patterns)])).await.1
}

async fn everything(world: &World) -> String {
    with(world, ActionSet::of(&Action::ALL), &[]).await
}

#[tokio::test]
async fn the_service_index_tells_nothing_and_needs_nothing() {
    let world = world().await;
    let of = async |feed: &str, credential: &str| {
        let reply =
            ask(&world, "GET", &format!("{feed}/api/v3/index.json"), ("", credential), "").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        String::from_utf8(reply.body).unwrap()
    };
    let main = of("main", "").await;
    assert!(main.contains("/F/main/api/v2/package\""));
    for feed in ["absent", "open", "eves"] {
        assert_eq!(of(feed, "").await.replace(feed, "main"), main, "{feed}");
    }
    assert_eq!(of("MAIN", "Basic Og==").await, main);
    assert_eq!(of("main", &bearer("lka_wrong")).await, main);
}

#[tokio::test]
async fn everything_else_asks_for_a_password_by_name() {
    let world = world().await;
    let mistyped = basic("x", "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9S");
    for feed in ["main", "absent", "eves"] {
        for path in READS {
            let path = format!("{feed}/{path}");
            for (credential, code) in
                [("", "LK-MISSING"), ("Basic Og==", "LK-MISSING"), (&mistyped, "LK-CHECKSUM")]
            {
                let reply = ask(&world, "GET", &path, ("", credential), "").await;
                assert_eq!(denial(&reply), (401, code.to_owned()), "{path} {credential}");
                let challenge = format!("Basic realm=\"{feed}\"");
                assert_eq!(reply.header("www-authenticate"), challenge);
            }
        }
        for (method, path) in [
            ("PUT", "api/v2/package/"),
            ("PUT", "api/v2/symbolpackage"),
            ("DELETE", "api/v2/package/demo/1.0.0"),
            ("POST", "api/v2/package/demo/1.0.0"),
        ] {
            let reply = ask(&world, method, &format!("{feed}/{path}"), ("", ""), form(b"")).await;
            assert_eq!(denial(&reply), (401, "LK-MISSING".to_owned()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn reading_takes_the_right_to_read() {
    let world = world().await;
    let read = with(&world, ActionSet::READ, &[]).await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    for path in READS {
        let path = format!("main/{path}");
        let expected = if path.ends_with("nothing") { 404 } else { 200 };
        for credential in [bearer(&read), basic("anybody", &read), basic("ana", PASSWORD)] {
            let reply = ask(&world, "GET", &path, ("", &credential), "").await;
            assert_eq!(reply.status, expected, "{path}: {}", reply.reason);
            if expected == 200 {
                assert!(reply.header("cache-control").starts_with("private"), "{path}");
            }
        }
        // The key counts for writing alone.
        assert_eq!(ask(&world, "GET", &path, (&read, ""), "").await.status, 401);
        if expected == 200 {
            let refused = get(&world, &path, &write).await;
            assert_eq!(denial(&refused), (403, "LK-SCOPE".to_owned()), "{path}");
        }
        let open = path.replace("main/", "open/");
        // nuget.exe sends an empty pair when it has nothing to send.
        for nothing in ["", "Basic Og=="] {
            assert_eq!(
                ask(&world, "GET", &open, ("", nothing), "").await.status,
                expected,
                "{open}"
            );
        }
    }
    let some = with(&world, ActionSet::READ, &["Acme.*"]).await;
    assert_eq!(denial(&get(&world, &format!("main/{}", READS[0]), &some).await).1, "LK-PACKAGE");
    assert_eq!(get(&world, "main/api/v3/query", &some).await.json()["totalHits"], 0);
}

#[tokio::test]
async fn pushing_takes_the_right_to_push() {
    let world = world().await;
    let read = with(&world, ActionSet::READ, &[]).await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    let new = with(&world, ActionSet::of(&[Action::PushNew]), &[]).await;
    let version = with(&world, ActionSet::of(&[Action::PushVersion]), &[]).await;
    let acme = with(&world, ActionSet::WRITE, &["Acme.*"]).await;
    let package = |id: &str, version: &str| nupkg(id, version, "", &[]);
    let outcome = async |key: &str, feed: &str, id: &str, version: &str| {
        let reply = push(&world, feed, key, &package(id, version)).await;
        if reply.status == 201 { "ok".to_owned() } else { denial(&reply).1 }
    };
    assert_eq!(outcome(&read, "main", "Demo", "2.0.0").await, "LK-SCOPE");
    assert_eq!(outcome(&new, "main", "Demo", "2.0.0").await, "LK-SCOPE");
    assert_eq!(outcome(&version, "main", "Other", "1.0.0").await, "LK-SCOPE");
    assert_eq!(outcome(&acme, "main", "Demo", "2.0.0").await, "LK-PACKAGE");
    assert_eq!(outcome(&write, "eves", "Demo", "1.0.0").await, "LK-FEED");
    assert_eq!(outcome(&write, "absent", "Demo", "1.0.0").await, "LK-FEED");
    assert_eq!(outcome(&version, "main", "demo", "2.0.0").await, "ok");
    assert_eq!(outcome(&new, "main", "Other", "1.0.0").await, "ok");
    assert_eq!(outcome(&acme, "main", "acme.core", "1.0.0").await, "ok");
    assert_eq!(outcome(&write, "open", "Demo", "2.0.0").await, "ok");
    // A password reads.
    let path = "main/api/v2/package/";
    let reply =
        ask(&world, "PUT", path, ("", &basic("ana", PASSWORD)), form(&package("X", "1"))).await;
    assert_eq!(denial(&reply), (403, "LK-PASSWORD-READONLY".to_owned()));
    // What a token may do stands in the header that decides.
    let reply = ask(&world, "PUT", path, (&read, &bearer(&write)), form(&package("X", "1"))).await;
    assert_eq!(denial(&reply), (403, "LK-SCOPE".to_owned()));
    let reply = ask(&world, "PUT", path, ("", &basic("x", &write)), form(&package("X", "1"))).await;
    assert_eq!(reply.status, 201);
    // A reader of the feed, whatever the token says.
    let robs = world.make(world.rob, draft(vec![allow(ActionSet::WRITE, &[], &[])])).await.1;
    assert_eq!(outcome(&robs, "main", "Demo", "3.0.0").await, "LK-ROLE");
    let unlist = ask(&world, "DELETE", "main/api/v2/package/Demo/1.0.0", (&write, ""), "").await;
    assert_eq!(denial(&unlist), (403, "LK-SCOPE".to_owned()));
    let symbols = push_symbols(&world, "main", &read, &package("X", "2")).await;
    assert_eq!(denial(&symbols), (403, "LK-SCOPE".to_owned()));
    let said = sentence(&push(&world, "main", &read, &package("X", "2")).await);
    assert!(
        said.contains("may not push to feed main: no rule of its scope allows push. Why: http"),
        "{said}"
    );
}

#[tokio::test]
async fn symbols_are_a_part_of_the_version_they_belong_to() {
    let world = world().await;
    let kind = "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>";
    let symbols = |id: &str, number: &str| nupkg(id, number, kind, &[("a.pdb", b"BSJB")]);
    let new = with(&world, ActionSet::of(&[Action::PushNew]), &[]).await;
    let version = with(&world, ActionSet::of(&[Action::PushVersion]), &[]).await;
    let acme = with(&world, ActionSet::WRITE, &["Acme.*"]).await;
    assert_eq!(push(&world, "main", &new, &nupkg("Fresh", "1.0.0", "", &[])).await.status, 201);
    assert_eq!(push(&world, "main", &version, &nupkg("Fresh", "2.0.0", "", &[])).await.status, 201);
    // What another token published is another's, whichever way it is written.
    for (key, id, number, expected) in [
        (&new, "Fresh", "2.0", "LK-SCOPE"),
        (&new, "Demo", "1.0.0", "LK-SCOPE"),
        (&acme, "Fresh", "1.0.0", "LK-PACKAGE"),
        (&new, "FRESH", "1.0", "ok"),
        (&version, "Fresh", "2.0.0", "ok"),
        (&version, "Demo", "1.0.0", "ok"),
        (&version, "Fresh", "1.0.0", "LK-EXISTS"),
    ] {
        let reply = push_symbols(&world, "main", key, &symbols(id, number)).await;
        let outcome = if reply.status == 201 { "ok".to_owned() } else { denial(&reply).1 };
        assert_eq!(outcome, expected, "{id} {number}");
    }
}

#[tokio::test]
async fn a_method_that_means_nothing_is_refused_in_this_protocol() {
    let world = world().await;
    let ana = everything(&world).await;
    for (method, path) in
        [("DELETE", "api/v2/package"), ("PUT", "api/v3/query"), ("PATCH", "api/v2")]
    {
        let reply = ask(&world, method, &format!("main/{path}"), (&ana, ""), "").await;
        assert_eq!((reply.status, reply.headers.contains_key("allow")), (405, true), "{path}");
        assert_eq!(sentence(&reply), format!("The method {method} means nothing here."));
        assert!(!reply.headers.contains_key("npm-notice"), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_ended_is_told_why() {
    let world = world().await;
    let mut brief = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    brief.expires_at = Some(NOON.plus(Duration::from_hours(24)));
    let (id, token) = world.make(world.ana, brief).await;
    let pushed = push(&world, "main", &token, &nupkg("Demo", "2.0.0", "", &[])).await;
    assert_eq!(pushed.status, 201);
    assert!(pushed.header("x-nuget-warning").contains("expires"), "a word before it ends");
    let outcome = async || {
        let pushed = denial(&push(&world, "main", &token, &nupkg("Demo", "3.0.0", "", &[])).await);
        let read = denial(&get(&world, "main/api/v3/registration/demo/index.json", &token).await);
        assert_eq!(pushed, read);
        pushed
    };
    world.server.clock.advance(Duration::from_hours(25));
    assert_eq!(outcome().await, (401, "LK-EXPIRED".to_owned()));
    world.server.services.tokens.revoke_any(&operator(), id).await.unwrap();
    assert_eq!(outcome().await, (401, "LK-REVOKED".to_owned()));
}
