//! A package with very many versions.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Body;
use model::{action::ActionSet, ecosystem::Ecosystem, policy::FixedSettings};
use registry::{
    Origin, Program, Services, Settings,
    access::{AccessRequest, Credential, Wanted},
    clock::SetClock,
    packages::Release,
};
use serde_json::json;

use super::world::{Reply, World, document};

const SHORT: (&str, &str) = ("accept", "application/vnd.npm.install-v1+json");
const PATH: &str = "main/npm/demo";

/// Publishes so many versions of `demo` with manifests and READMEs of usual size.
async fn publish(world: &World, credential: &str, count: u32) {
    let services = &world.server.services;
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let token = credential.strip_prefix("Bearer ").unwrap();
    for number in 0..count {
        let version = format!("1.{number}.0");
        let short = json!({
            "name": "demo", "version": version,
            "dependencies": { "a": "^1.0.0", "b": "~2.1.0", "c": ">=3" },
        });
        let mut whole = short.clone();
        whole["description"] = "x".repeat(100).into();
        whole["scripts"] = json!({ "test": "y".repeat(800) });
        let wanted = Wanted::Push(Ecosystem::Npm, "demo");
        let request = AccessRequest { feed: "main", wanted, origin: &origin };
        let credential = Credential::Token(token.to_owned());
        let grant = services.access.authorize(&credential, request).await.unwrap();
        let mut staging = services.packages.stage(&grant).unwrap();
        staging.write(b"archive").await.unwrap();
        let release = Release {
            name: "demo".to_owned(),
            version_key: version.clone(),
            manifest: whole.to_string(),
            manifest_short: short.to_string(),
            readme: "# demo\n".repeat(1000),
            tags: vec!["latest".to_owned()],
            file_name: format!("demo-{version}.tgz"),
            version,
        };
        let staged = staging.finish().await.unwrap();
        services.packages.publish(&grant, &release, &staged).await.unwrap();
    }
}

async fn ask(world: &World, credential: &str, headers: &[(&str, &str)]) -> Reply {
    let reply = world.ask("GET", PATH, credential, headers, Body::empty()).await;
    assert!(matches!(reply.status, 200 | 304), "{}", reply.status);
    reply
}

#[tokio::test]
async fn a_packument_comes_as_small_as_the_client_takes_it() {
    let world = World::new().await;
    let ana = world.everything().await;
    publish(&world, &ana, 20).await;
    let plain = ask(&world, &ana, &[SHORT]).await;
    assert_eq!(plain.header("content-encoding"), "");
    let mut etags = vec![plain.header("etag").to_owned()];
    for encoding in ["gzip", "br"] {
        let accept = ("accept-encoding", encoding);
        let reply = ask(&world, &ana, &[SHORT, accept]).await;
        assert_eq!(reply.header("content-encoding"), encoding);
        assert_eq!(reply.header("vary"), "Accept, Accept-Encoding, Authorization");
        assert!(reply.body.len() < plain.body.len() / 4, "{encoding}");
        let etag = reply.header("etag").to_owned();
        assert!(!etags.contains(&etag), "one tag for two representations");
        let known = ask(&world, &ana, &[SHORT, accept, ("if-none-match", &etag)]).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        assert_eq!(known.header("etag"), etag);
        let unknown = ask(&world, &ana, &[SHORT, accept, ("if-none-match", &etags[0])]).await;
        assert_eq!(unknown.status, 200);
        etags.push(etag);
    }
    // What changed is sent anew in every coding.
    world.publish("main", &ana, "demo", "2.0.0").await;
    for (encoding, etag) in ["identity", "gzip", "br"].into_iter().zip(&etags) {
        let headers = [SHORT, ("accept-encoding", encoding), ("if-none-match", etag)];
        assert_eq!(ask(&world, &ana, &headers).await.status, 200, "{encoding}");
    }
}

#[tokio::test]
async fn the_readme_is_that_of_latest_alone() {
    let world = World::new().await;
    let ana = world.everything().await;
    publish(&world, &ana, 3).await;
    let full = ask(&world, &ana, &[]).await.json();
    assert_eq!(full["readme"].as_str().unwrap().len(), 7000);
    assert_eq!(full["time"].as_object().unwrap().len(), 5);
    assert_eq!(ask(&world, &ana, &[SHORT]).await.json().get("readme"), None);
}

#[tokio::test]
async fn what_another_process_changes_is_seen_within_a_second() {
    let world = World::new().await;
    let ana = world.everything().await;
    publish(&world, &ana, 3).await;
    let here = &world.server;
    let there = Services::open(Settings {
        data: here.folder.path().join("data"),
        database: None,
        blobs: None,
        key_file: None,
        policy: FixedSettings::default(),
        providers: Vec::new(),
        limits: here.services.limits(),
        public_url: here.services.public_url().to_owned(),
        clock: Arc::<SetClock>::clone(&here.clock),
        program: Program::Command,
    })
    .await
    .unwrap();
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let wanted = Wanted::Unlist(Ecosystem::Npm, "demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let token = Credential::Token(ana.strip_prefix("Bearer ").unwrap().to_owned());
    let grant = there.access.authorize(&token, request).await.unwrap();
    let gzip = ("accept-encoding", "gzip");
    for number in 0..3 {
        let before = ask(&world, &ana, &[SHORT, gzip]).await.header("etag").to_owned();
        ask(&world, &ana, &[SHORT]).await;
        let version = format!("1.{number}.0");
        there.packages.deprecate(&grant, &[&version], Some("old")).await.unwrap();
        let known = [SHORT, gzip, ("if-none-match", &before)];
        // As with a change of who may do what: the server looks ten times a second.
        let began = Instant::now();
        while ask(&world, &ana, &known).await.status == 304 {
            assert!(began.elapsed() < Duration::from_secs(1), "{version} is seen too late");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let packument = ask(&world, &ana, &[SHORT]).await.json();
        assert_eq!(packument["versions"][&version]["deprecated"], "old");
    }
    there.close().await;
}

#[tokio::test]
async fn a_manifest_that_is_no_manifest_is_refused() {
    let world = World::new().await;
    let write = world.token(ActionSet::WRITE).await;
    let mut sent = document("demo", "1.0.0", "latest", b"x");
    sent["versions"]["1.0.0"]["data"] = "x".repeat(1_000_000).into();
    let refused = world.put("main", &write, &sent).await;
    assert_eq!(refused.status, 413);
    let sentence = refused.sentence();
    assert!(
        sentence.contains("package.json of demo 1.0.0") && sentence.contains("1 MB"),
        "{sentence}"
    );
    assert!(world.files().is_empty());
    sent["versions"]["1.0.0"]["data"] = "x".repeat(900_000).into();
    assert_eq!(world.put("main", &write, &sent).await.status, 201);
}

/// Says besides how long things take, with `-- --nocapture`; it asserts nothing about that.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_versions_are_served_whole_and_anew_when_one_more_came() {
    let world = World::new().await;
    let ana = world.everything().await;
    let began = Instant::now();
    publish(&world, &ana, 1000).await;
    println!("publishing 1000 versions: {:?}", began.elapsed());
    let (gzip, br) = (("accept-encoding", "gzip"), ("accept-encoding", "br"));
    for headers in [&[SHORT][..], &[SHORT, gzip], &[SHORT, br], &[], &[gzip]] {
        let mut etags = Vec::new();
        for time in ["first", "again"] {
            let began = Instant::now();
            let reply = ask(&world, &ana, headers).await;
            println!("{headers:?}, {time}: {:?}, {} bytes", began.elapsed(), reply.body.len());
            etags.push(reply.header("etag").to_owned());
        }
        assert_eq!(etags[0], etags[1], "{headers:?}");
    }
    let versions = async || {
        let packument = ask(&world, &ana, &[SHORT]).await.json();
        packument["versions"].as_object().unwrap().len()
    };
    assert_eq!(versions().await, 1000);
    for path in ["demo/1.500.0", "demo/latest", "demo/-/demo-1.500.0.tgz", "demo?write=true"] {
        let began = Instant::now();
        let reply = world.get(&format!("main/npm/{path}"), &ana).await;
        println!("{path}: {:?}, {} bytes", began.elapsed(), reply.body.len());
        assert_eq!(reply.status, 200, "{path}");
    }
    let began = Instant::now();
    assert_eq!(world.publish("main", &ana, "demo", "2.0.0").await.status, 201);
    println!("one more version: {:?}", began.elapsed());
    assert_eq!(versions().await, 1001);
}
