//! Who may do what, and what is said to whom may not.

use std::time::Duration;

use model::action::{Action, ActionSet};

use super::world::{denial, deploy, everything, list, put, put_checked, with};
use crate::{
    npm::world::{PASSWORD, World, allow, basic, draft, operator},
    support::NOON,
};

const READS: [&str; 5] = [
    "maven/org/acme/demo/1.1/demo-1.1.jar",
    "maven/org/acme/demo/1.1/demo-1.1.pom.sha1",
    "maven/org/acme/demo/maven-metadata.xml",
    "maven/org/acme/demo/2-SNAPSHOT/maven-metadata.xml",
    "maven/org/acme/absent/1/absent-1.jar",
];

async fn world() -> World {
    let world = World::new().await;
    let ana = everything(&world).await;
    for feed in ["main", "open"] {
        assert_eq!(deploy(&world, feed, &ana, "demo", "1.1").await.status, 201);
    }
    world
}

#[tokio::test]
async fn who_comes_without_a_credential_is_asked_for_one() {
    let world = world().await;
    let wrong = basic("x", "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9S");
    for feed in ["main", "absent", "eves"] {
        for path in READS {
            for (credential, code) in [("", "LK-MISSING"), (wrong.as_str(), "LK-CHECKSUM")] {
                let reply = world.get(&format!("{feed}/{path}"), credential).await;
                assert_eq!(denial(&reply), (401, code.to_owned()), "{feed}/{path}");
                assert_eq!(reply.header("www-authenticate"), format!("Basic realm=\"{feed}\""));
            }
        }
        let reply = put(&world, &format!("{feed}/{}", READS[0]), "", "x").await;
        assert_eq!(denial(&reply), (401, "LK-MISSING".to_owned()));
    }
}

#[tokio::test]
async fn who_only_writes_reads_the_lists_and_nothing_else() {
    let world = world().await;
    let write = with(&world, ActionSet::WRITE, &["org.acme:*"]).await;
    let list_path = "main/maven/org/acme/demo/maven-metadata.xml";
    assert_eq!(world.get(list_path, &write).await.status, 200);
    assert_eq!(world.get(&format!("{list_path}.sha1"), &write).await.status, 200);
    let snapshot = "main/maven/org/acme/demo/2-SNAPSHOT/maven-metadata.xml";
    assert_eq!(world.get(snapshot, &write).await.status, 404);
    assert_eq!(world.get("main/maven/org/acme/new/maven-metadata.xml", &write).await.status, 404);
    assert_eq!(deploy(&world, "main", &write, "demo", "1.2").await.status, 201);
    assert_eq!(put(&world, list_path, &write, list("demo", &["1.1", "1.2"])).await.status, 201);
    for path in ["org/acme/demo/1.1/demo-1.1.jar", "org/acme/demo/1.1/demo-1.1.jar.sha1"] {
        let reply = world.get(&format!("main/maven/{path}"), &write).await;
        assert_eq!(denial(&reply), (403, "LK-SCOPE".to_owned()), "{path}");
    }
    let other = world.get("main/maven/com/other/demo/maven-metadata.xml", &write).await;
    assert_eq!(denial(&other).0, 403);
}

#[tokio::test]
async fn each_may_what_the_scope_says() {
    let world = world().await;
    let read = with(&world, ActionSet::READ, &[]).await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    let some = with(&world, ActionSet::of(&Action::ALL), &["maven|com.acme:*"]).await;
    let outcome = async |credential: &str, feed: &str| {
        let reply = deploy(&world, feed, credential, "demo", "2.0").await;
        if reply.status == 201 { "ok".to_owned() } else { denial(&reply).1 }
    };
    assert_eq!(outcome(&read, "main").await, "LK-SCOPE");
    assert_eq!(outcome(&some, "main").await, "LK-PACKAGE");
    assert_eq!(outcome(&write, "eves").await, "LK-FEED");
    assert_eq!(outcome(&write, "absent").await, "LK-FEED");
    assert_eq!(outcome(&basic("ana", PASSWORD), "main").await, "LK-PASSWORD-READONLY");
    assert_eq!(outcome(&write, "main").await, "ok");
    let robs = world.make(world.rob, draft(vec![allow(ActionSet::WRITE, &[], &[])])).await.1;
    assert_eq!(outcome(&basic("rob", &robs), "main").await, "LK-ROLE");
    for credential in [&read, &basic("ana", PASSWORD)] {
        assert_eq!(world.get(&format!("main/{}", READS[0]), credential).await.status, 200);
    }
    assert_eq!(denial(&world.get(&format!("main/{}", READS[0]), &some).await).1, "LK-PACKAGE");
    assert_eq!(denial(&world.get(&format!("main/{}", READS[2]), &some).await).1, "LK-PACKAGE");
    assert_eq!(world.get(&format!("open/{}", READS[0]), "").await.status, 200);
}

#[tokio::test]
async fn who_publishes_new_packages_only_finishes_what_it_began() {
    let world = world().await;
    let new = with(&world, ActionSet::of(&[Action::PushNew]), &["org.acme:*"]).await;
    let other = with(&world, ActionSet::of(&[Action::PushNew]), &["org.acme:*"]).await;
    let list_path = "main/maven/org/acme/fresh/maven-metadata.xml";
    assert_eq!(world.get(list_path, &new).await.status, 404);
    assert_eq!(deploy(&world, "main", &new, "fresh", "1.0").await.status, 201);
    assert_eq!(world.get(list_path, &new).await.status, 200);
    assert_eq!(put_checked(&world, list_path, &new, &list("fresh", &["1.0"])).await.status, 201);
    let scope = (403, "LK-SCOPE".to_owned());
    // Neither another version, nor another's package, nor what others may have found there by now.
    assert_eq!(denial(&deploy(&world, "main", &new, "fresh", "1.1").await), scope);
    assert_eq!(denial(&deploy(&world, "main", &new, "demo", "1.1").await), scope);
    assert_eq!(denial(&deploy(&world, "main", &other, "fresh", "1.0").await), scope);
    for path in [list_path, "main/maven/org/acme/demo/maven-metadata.xml"] {
        assert_eq!(
            denial(&put(&world, path, &other, list("fresh", &["9"])).await),
            scope,
            "{path}"
        );
        assert_eq!(denial(&world.get(path, &other).await), scope, "{path}");
    }
    let jar = "main/maven/org/acme/fresh/1.0/fresh-1.0.jar";
    assert_eq!(denial(&world.get(jar, &new).await), scope);
    assert_eq!(denial(&put(&world, jar, &new, "other").await), (409, "LK-EXISTS".to_owned()));

    let folder = "main/maven/org/acme/made/2-SNAPSHOT";
    let build = format!("{folder}/made-2-20261123.180132-1.jar");
    assert_eq!(put_checked(&world, &build, &new, "x").await.status, 201);
    let builds = "<metadata><groupId>org.acme</groupId><artifactId>made</artifactId></metadata>";
    let builds_path = format!("{folder}/maven-metadata.xml");
    assert_eq!(put_checked(&world, &builds_path, &new, builds).await.status, 201);
    world.server.clock.advance(Duration::from_mins(61));
    let later = build.replace("180132-1", "190132-2");
    assert_eq!(denial(&put(&world, &later, &new, "x").await), scope);
    assert_eq!(denial(&put(&world, &builds_path, &new, builds).await), scope);
    assert_eq!(denial(&world.get(list_path, &new).await), scope);
}

#[tokio::test]
async fn a_token_that_ended_is_told_why() {
    let world = world().await;
    let mut brief = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    brief.expires_at = Some(NOON.plus(Duration::from_hours(24)));
    let (id, token) = world.make(world.ana, brief).await;
    let token = basic("x", &token);
    assert_eq!(deploy(&world, "main", &token, "demo", "2.0").await.status, 201);
    let outcome = async || {
        let written = denial(&deploy(&world, "main", &token, "demo", "3.0").await);
        let read = denial(&world.get(&format!("main/{}", READS[0]), &token).await);
        assert_eq!(written, read);
        written
    };
    world.server.clock.advance(Duration::from_hours(25));
    assert_eq!(outcome().await, (401, "LK-EXPIRED".to_owned()));
    world.server.services.tokens.revoke_any(&operator(), id).await.unwrap();
    assert_eq!(outcome().await, (401, "LK-REVOKED".to_owned()));
}
