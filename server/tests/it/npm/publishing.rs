//! Publishing: one version once, whole or not at all.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::body::{Body, Bytes};
use futures::{StreamExt as _, future, stream};
use model::action::{Action, ActionSet};
use registry::tokens::OldSecret;
use serde_json::json;

use super::world::{
    PASSWORD, READ_WRITE, World, allow, archive_of, basic, bearer, document, draft, operator,
};
use crate::support::NOON;

#[tokio::test]
async fn a_version_stays_as_it_was_published() {
    let world = World::new().await;
    let ana = world.everything().await;
    assert_eq!(world.publish("main", &ana, "demo", "1.0.0").await.status, 201);
    let files = world.files();
    let other = document("demo", "1.0.0", "latest", b"something else");
    for _ in 0..2 {
        let refused = world.put("main", &ana, &other).await;
        assert_eq!(refused.denial(), (403, "LK-EXISTS".to_owned()));
        assert!(refused.sentence().contains("demo 1.0.0 exists in feed main"));
    }
    assert_eq!(world.files(), files);
    let archive = world.get("main/npm/demo/-/demo-1.0.0.tgz", &ana).await.body;
    assert_eq!(archive, archive_of("demo", "1.0.0"));
    // Another feed is another matter.
    assert_eq!(world.put("side", &ana, &other).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_wins() {
    let world = World::new().await;
    let ana = world.everything().await;
    let tries = (0..12).map(|number| {
        let archive = format!("archive {number}").into_bytes();
        let document = document("demo", "1.0.0", "latest", &archive);
        let (world, ana) = (&world, &ana);
        async move { (world.put("main", ana, &document).await, archive) }
    });
    let results = future::join_all(tries).await;
    let (won, lost): (Vec<_>, Vec<_>) = results.iter().partition(|(reply, _)| reply.status == 201);
    assert_eq!(won.len(), 1);
    for (reply, _) in lost {
        assert_eq!(reply.denial(), (403, "LK-EXISTS".to_owned()));
    }
    assert_eq!(world.get("main/npm/demo/-/demo-1.0.0.tgz", &ana).await.body, won[0].1);
    assert!(world.files().iter().all(|file| !file.contains("staging")));
}

#[tokio::test]
async fn only_the_version_it_brings_changes() {
    let world = World::new().await;
    let ana = world.everything().await;
    world.publish("main", &ana, "demo", "1.0.0").await;
    world.server.clock.advance(Duration::from_secs(1));
    let mut sent = document("demo", "2.0.0", "next", b"two");
    sent["dist-tags"] = json!({ "next": "2.0.0", "latest": "1.0.0", "stolen": "1.0.0" });
    sent["versions"]["1.0.0"] =
        json!({ "name": "demo", "version": "1.0.0", "scripts": { "install": "x" } });
    sent["versions"]["3.0.0"] = json!({ "name": "demo", "version": "3.0.0" });
    assert_eq!(world.put("main", &ana, &sent).await.status, 201);
    let packument = world.get("main/npm/demo", &ana).await.json();
    assert_eq!(packument["dist-tags"], json!({ "latest": "1.0.0", "next": "2.0.0" }));
    let versions: Vec<&String> = packument["versions"].as_object().unwrap().keys().collect();
    assert_eq!(versions, ["1.0.0", "2.0.0"]);
    assert_eq!(packument["versions"]["1.0.0"].get("scripts"), None);
}

#[tokio::test]
async fn who_only_writes_publishes_in_silence_and_reads_nothing() {
    let world = World::new().await;
    let writer = world.token(ActionSet::WRITE).await;
    let look = [("npm-command", "publish")];
    let path = "main/npm/demo";
    for headers in [&look[..], &[]] {
        let refused = world.ask("GET", path, &writer, headers, Body::empty()).await;
        assert_eq!(refused.status, 403);
        assert!(refused.json()["error"].as_str().unwrap().starts_with("[LK-SCOPE] token ending"));
        // npm would print it though the publish that follows goes well.
        assert_eq!(refused.headers.contains_key("npm-notice"), headers.is_empty());
        // Nor is it a refusal to hear of: no page tells of it.
        let said = refused.json()["error"].as_str().unwrap().to_owned();
        assert_eq!(said.contains("/denials/"), headers.is_empty(), "{said}");
    }
    let published = world.publish("main", &writer, "demo", "1.0.0").await;
    assert_eq!((published.status, published.header("npm-notice")), (201, ""));
    for path in ["demo", "demo/1.0.0", "demo/-/demo-1.0.0.tgz"] {
        let refused = world.get(&format!("main/npm/{path}"), &writer).await;
        assert_eq!(refused.denial(), (403, "LK-SCOPE".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn who_may_not_publish_either_is_refused_aloud() {
    let world = World::new().await;
    let other =
        bearer(&world.make(world.ana, draft(vec![allow(READ_WRITE, &[], &["other"])])).await.1);
    let look = [("npm-command", "publish")];
    let refused = world.ask("GET", "main/npm/demo", &other, &look, Body::empty()).await;
    let said = refused.json()["error"].as_str().unwrap().to_owned();
    assert!(said.starts_with("[LK-PACKAGE]") && said.contains("/denials/"), "{said}");
}

#[tokio::test]
async fn new_packages_and_new_versions_are_told_apart() {
    let world = World::new().await;
    let first = world.token(ActionSet::of(&[Action::PushNew])).await;
    let next = world.token(ActionSet::of(&[Action::PushVersion])).await;
    assert_eq!(world.publish("main", &next, "demo", "1.0.0").await.denial().1, "LK-SCOPE");
    assert_eq!(world.publish("main", &first, "demo", "1.0.0").await.status, 201);
    assert_eq!(world.publish("main", &first, "demo", "1.1.0").await.denial().1, "LK-SCOPE");
    assert_eq!(world.publish("main", &next, "demo", "1.1.0").await.status, 201);
}

#[tokio::test]
async fn names_that_could_be_taken_for_another_are_refused() {
    let world = World::new().await;
    let ana = world.everything().await;
    for name in ["acme-core", "@acme/a.b"] {
        assert_eq!(world.publish("main", &ana, name, "1.0.0").await.status, 201);
    }
    let files = world.files();
    for (name, other) in [
        ("acme_core", "acme-core"),
        ("acme.core", "acme-core"),
        ("@acme/a-b", "@acme/a.b"),
        ("@acme/a_b", "@acme/a.b"),
    ] {
        let refused = world.publish("main", &ana, name, "1.0.0").await;
        assert_eq!(refused.status, 403, "{name}");
        let sentence = refused.sentence();
        assert!(sentence.contains(&format!("feed main has {other}, which {name}")), "{sentence}");
        assert_eq!(world.get(&format!("main/npm/{name}"), &ana).await.status, 404, "{name}");
    }
    let staged = world.files().into_iter().filter(|file| file.contains("staging")).count();
    assert_eq!((staged, files.len()), (0, 2));
    for name in ["Acme-Core", "ACME-CORE"] {
        let path = format!("main/npm/{name}");
        let sent = document(name, "1.0.0", "latest", b"x").to_string();
        let refused = world.ask("PUT", &path, &ana, &[], sent).await;
        assert_eq!(refused.status, 400, "{name}");
        assert!(refused.sentence().contains("has capital letters"), "{name}");
    }
}

#[tokio::test]
async fn who_publishes_or_installs_learns_that_the_token_ends() {
    let world = World::new().await;
    let mut expiring = draft(vec![allow(READ_WRITE, &[], &[])]);
    expiring.expires_at = Some(NOON.plus(Duration::from_hours(24 * 3)));
    let (_, token) = world.make(world.ana, expiring).await;
    let notice = format!("token ending {} expires in 3 days (25 Feb 2027).", &token[36..]);
    let token = bearer(&token);
    let published = world.publish("main", &token, "demo", "1.0.0").await;
    assert_eq!((published.status, published.header("npm-notice")), (201, notice.as_str()));
    let read = world.get("main/npm/demo", &token).await;
    assert_eq!((read.status, read.header("npm-notice")), (200, notice.as_str()));
    let known = [("if-none-match", read.header("etag"))];
    let unchanged = world.ask("GET", "main/npm/demo", &token, &known, Body::empty()).await;
    assert_eq!((unchanged.status, unchanged.header("npm-notice")), (304, notice.as_str()));
    let audit = "main/npm/-/npm/v1/security/advisories/bulk";
    let audited = world.ask("POST", audit, &token, &[], "{}").await;
    assert_eq!((audited.status, audited.header("npm-notice")), (200, notice.as_str()));

    let (id, old) = world.make(world.ana, draft(vec![allow(READ_WRITE, &[], &[])])).await;
    let grace = OldSecret::StopsAfter(Duration::from_hours(24));
    world.server.services.tokens.regenerate_any(&operator(), id, grace).await.unwrap();
    let read = world.get("main/npm/demo", &bearer(&old)).await;
    assert_eq!(read.status, 200);
    assert!(read.header("npm-notice").contains("was replaced"), "{}", read.header("npm-notice"));
}

/// A body that tells whether anybody asked for it.
fn watched(length: usize) -> (Body, Arc<AtomicBool>) {
    let asked = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&asked);
    let pieces = stream::once(async move {
        told.store(true, Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from(vec![b' '; length]))
    });
    (Body::from_stream(pieces), asked)
}

#[tokio::test]
async fn nothing_is_read_before_it_is_allowed() {
    let world = World::new().await;
    let ana = world.everything().await;
    let reader = world.token(ActionSet::READ).await;
    let password = basic("ana", PASSWORD);
    let waits = ("expect", "100-continue");
    for (credential, headers, status) in [
        ("", &[waits][..], 401),
        ("Bearer nonsense", &[waits], 401),
        (&reader, &[waits], 403),
        (&password, &[waits], 403),
        (&ana, &[waits, ("content-encoding", "gzip")], 415),
    ] {
        let (body, asked) = watched(1);
        let refused = world.ask("PUT", "main/npm/demo", credential, headers, body).await;
        assert_eq!(refused.status, status);
        assert!(!asked.load(Ordering::Relaxed), "{status}");
    }
    let (body, asked) = watched(1);
    let refused = world.ask("PUT", "main/npm/demo", &ana, &[waits], body).await;
    assert_eq!((refused.status, asked.load(Ordering::Relaxed)), (400, true));
}

#[tokio::test]
async fn an_upload_outlives_no_token() {
    let world = World::new().await;
    let files = world.files();
    let (id, token) = world.make(world.ana, draft(vec![allow(READ_WRITE, &[], &[])])).await;
    let sent = document("demo", "1.0.0", "latest", b"slow").to_string().into_bytes();
    let (first, rest) = sent.split_at(sent.len() / 2);
    let (first, rest) = (Bytes::copy_from_slice(first), Bytes::copy_from_slice(rest));
    let services = Arc::clone(&world.server.services);
    let body = stream::once(future::ready(first)).chain(stream::once(async move {
        services.tokens.revoke_any(&operator(), id).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1100)).await;
        rest
    }));
    let body = Body::from_stream(body.map(Ok::<_, Infallible>));
    let refused = world.ask("PUT", "main/npm/demo", &bearer(&token), &[], body).await;
    assert_eq!(refused.denial(), (401, "LK-REVOKED".to_owned()));
    assert_eq!(world.files(), files);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let ana = world.everything().await;
    let (files, nothing) = (world.files(), BTreeSet::new());
    assert_eq!(files, nothing);
    // More than is gathered before it is written to the disk.
    let sent = document("demo", "1.0.0", "latest", &vec![7; 2_000_000]).to_string().into_bytes();
    let half = Bytes::copy_from_slice(&sent[..sent.len() / 2]);
    let broken = stream::iter([Ok(half.clone()), Err(std::io::Error::other("gone"))]);
    let refused = world.ask("PUT", "main/npm/demo", &ana, &[], Body::from_stream(broken)).await;
    assert_eq!(refused.status, 400);
    assert!(refused.sentence().contains("cut short"));
    let short = world.ask("PUT", "main/npm/demo", &ana, &[], half).await;
    assert_eq!(short.status, 400);
    assert!(short.sentence().contains("cut short"));
    assert_eq!(world.files(), nothing);
    assert_eq!(world.get("main/npm/demo", &ana).await.status, 404);
    // And one whose client has gone without a word.
    {
        let pieces = stream::iter([Ok::<_, Infallible>(Bytes::from(sent[..1_000_000].to_vec()))]);
        let body = Body::from_stream(pieces.chain(stream::pending()));
        let upload = world.ask("PUT", "main/npm/demo", &ana, &[], body);
        assert!(tokio::time::timeout(Duration::from_millis(300), upload).await.is_err());
    }
    assert_eq!(world.files(), nothing);
}
