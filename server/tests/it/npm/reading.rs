//! Packuments, versions, archives, and what else is read.

use axum::body::Body;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use model::action::ActionSet;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha512;

use super::world::{World, archive_of, document, hexadecimal};

const INSTALL: (&str, &str) =
    ("accept", "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*");

/// `@acme/demo` 1.0.0 and 1.1.0-rc.1 in `main`; the credential that published them.
async fn published(world: &World) -> String {
    let ana = world.everything().await;
    for (version, tag) in [("1.0.0", "latest"), ("1.1.0-rc.1", "next")] {
        let archive = archive_of("@acme/demo", version);
        let reply = world.put("main", &ana, &document("@acme/demo", version, tag, &archive)).await;
        assert_eq!(reply.status, 201);
        assert_eq!(reply.json(), json!({ "ok": true, "success": true }));
    }
    ana
}

fn dist(version: &str) -> Value {
    let archive = archive_of("@acme/demo", version);
    json!({
        "integrity": format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(&archive))),
        "shasum": hexadecimal(&Sha1::digest(&archive)),
        "tarball": format!("http://127.0.0.1:3000/F/main/npm/@acme/demo/-/demo-{version}.tgz"),
        "size": archive.len(),
    })
}

#[tokio::test]
async fn the_full_packument() {
    let world = World::new().await;
    let ana = published(&world).await;
    let reply = world.get("main/npm/@acme%2fdemo", &ana).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let mut packument = reply.json();
    let rev = packument["_rev"].take();
    assert!(rev.as_str().unwrap().starts_with("2-"), "{rev}");
    let manifest = |version: &str| {
        json!({
            "name": "@acme/demo", "version": version, "main": "index.js",
            "dependencies": { "other": "^1.0.0" }, "_id": format!("@acme/demo@{version}"),
            "dist": dist(version),
        })
    };
    let noon = "2027-02-22T12:00:00.000Z";
    assert_eq!(
        packument,
        json!({
            "_id": "@acme/demo", "_rev": null, "name": "@acme/demo",
            "dist-tags": { "latest": "1.0.0", "next": "1.1.0-rc.1" },
            "versions": { "1.0.0": manifest("1.0.0"), "1.1.0-rc.1": manifest("1.1.0-rc.1") },
            "time": { "created": noon, "modified": noon, "1.0.0": noon, "1.1.0-rc.1": noon },
            "readme": "# demo",
        })
    );
}

#[tokio::test]
async fn the_abbreviated_packument() {
    let world = World::new().await;
    let ana = published(&world).await;
    let reply = world.ask("GET", "main/npm/@acme%2fdemo", &ana, &[INSTALL], Body::empty()).await;
    assert_eq!(reply.header("content-type"), "application/vnd.npm.install-v1+json");
    assert_eq!(reply.header("vary"), "Accept, Accept-Encoding, Authorization");
    let packument = reply.json();
    assert_eq!(packument["modified"], "2027-02-22T12:00:00.000Z");
    assert_eq!(packument.get("time"), None);
    assert_eq!(
        packument["versions"]["1.0.0"],
        json!({
            "name": "@acme/demo", "version": "1.0.0", "dependencies": { "other": "^1.0.0" },
            "dist": dist("1.0.0"),
        })
    );
}

#[tokio::test]
async fn every_spelling_of_a_path_is_the_same() {
    let world = World::new().await;
    let ana = published(&world).await;
    let body = world.get("main/npm/@acme%2fdemo", &ana).await.body;
    for path in [
        "@acme%2Fdemo",
        "@acme/demo",
        "%40acme%2fdemo",
        "%40acme/%64emo",
        "@acme%2fdemo?write=false",
    ] {
        assert_eq!(world.get(&format!("main/npm/{path}"), &ana).await.body, body, "{path}");
    }
    // The feed as well, but its archives keep their one address.
    assert_eq!(world.get("MAIN/npm/@acme%2fdemo", &ana).await.body, body);
    let archive = archive_of("@acme/demo", "1.0.0");
    for path in [
        "@acme/demo/-/demo-1.0.0.tgz",
        "@acme%2fdemo/-/demo-1.0.0.tgz",
        "@acme/demo/-/@acme/demo-1.0.0.tgz",
        "@acme%2Fdemo/-/@acme%2Fdemo-1.0.0.tgz",
        "@acme/demo/%2d/demo-1.0.0.tgz",
    ] {
        assert_eq!(world.get(&format!("main/npm/{path}"), &ana).await.body, archive, "{path}");
    }
}

#[tokio::test]
async fn one_version_by_number_or_tag() {
    let world = World::new().await;
    let ana = published(&world).await;
    let packument = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    for (path, version) in [
        ("@acme%2fdemo/1.0.0", "1.0.0"),
        ("@acme/demo/latest", "1.0.0"),
        ("@acme/demo/next", "1.1.0-rc.1"),
    ] {
        let reply = world.get(&format!("main/npm/{path}"), &ana).await;
        assert_eq!(reply.json(), packument["versions"][version], "{path}");
        assert_eq!(reply.header("cache-control"), "private, no-cache");
        let known = [("if-none-match", reply.header("etag"))];
        let again =
            world.ask("GET", &format!("main/npm/{path}"), &ana, &known, Body::empty()).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
    for path in ["@acme/demo/2.0.0", "@acme/demo/beta", "@acme/demo/%22"] {
        let reply = world.get(&format!("main/npm/{path}"), &ana).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.json()["error"].as_str().unwrap().contains("@acme/demo has no version"));
    }
}

#[tokio::test]
async fn archives() {
    let world = World::new().await;
    let ana = published(&world).await;
    let path = "main/npm/@acme/demo/-/demo-1.0.0.tgz";
    let reply = world.get(path, &ana).await;
    let archive = archive_of("@acme/demo", "1.0.0");
    assert_eq!((reply.status, &reply.body), (200, &archive));
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-disposition", "attachment"),
        ("content-length", "31"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("vary", "Authorization"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    let sha256 = hexadecimal(&sha2::Sha256::digest(&archive));
    assert_eq!(reply.header("etag"), format!("\"{sha256}\""));
    let head = world.ask("HEAD", path, &ana, &[], Body::empty()).await;
    assert_eq!((head.status, head.body.len(), head.header("content-length")), (200, 0, "31"));
    let known = [("if-none-match", reply.header("etag"))];
    let again = world.ask("GET", path, &ana, &known, Body::empty()).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("cache-control"), "private, max-age=31536000, immutable");
    for file in ["demo-2.0.0.tgz", "other-1.0.0.tgz", "package.json", "-rev", "demo-1.0.0.tgz.sig"]
    {
        let reply = world.get(&format!("main/npm/@acme/demo/-/{file}"), &ana).await;
        assert_eq!(reply.status, 404, "{file}");
    }
}

#[tokio::test]
async fn a_large_archive_comes_in_pieces() {
    let world = World::new().await;
    let ana = world.everything().await;
    let archive: Vec<u8> = (0..=250_u8).cycle().take(3_000_000).collect();
    let document = document("big", "1.0.0", "latest", &archive);
    assert_eq!(world.put("main", &ana, &document).await.status, 201);
    let reply = world.get("main/npm/big/-/big-1.0.0.tgz", &ana).await;
    assert_eq!(reply.header("content-length"), "3000000");
    assert!(reply.body == archive);
    let head = world.ask("HEAD", "main/npm/big/-/big-1.0.0.tgz", &ana, &[], Body::empty()).await;
    assert_eq!((head.header("content-length"), head.body.len()), ("3000000", 0));
}

#[tokio::test]
async fn a_packument_is_sent_again_once_it_changed() {
    let world = World::new().await;
    let ana = published(&world).await;
    let path = "main/npm/@acme%2fdemo";
    let full = world.get(path, &ana).await.header("etag").to_owned();
    let short = world.ask("GET", path, &ana, &[INSTALL], Body::empty()).await;
    assert_ne!(short.header("etag"), full);
    let ask =
        async |headers: &[(&str, &str)]| world.ask("GET", path, &ana, headers, Body::empty()).await;
    let unchanged = ask(&[("if-none-match", &full)]).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), full);
    assert_eq!(unchanged.header("cache-control"), "private, no-cache");
    assert_eq!(ask(&[INSTALL, ("if-none-match", short.header("etag"))]).await.status, 304);
    assert_eq!(ask(&[INSTALL, ("if-none-match", &full)]).await.status, 200);
    let head = world.ask("HEAD", path, &ana, &[("if-none-match", &full)], Body::empty()).await;
    assert_eq!(head.status, 304);

    assert_eq!(world.publish("main", &ana, "@acme/demo", "1.2.0").await.status, 201);
    let changed = ask(&[("if-none-match", &full)]).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.json()["dist-tags"]["latest"], "1.2.0");
    assert_ne!(changed.header("etag"), full);
}

#[tokio::test]
async fn only_what_anyone_may_read_is_kept_by_others() {
    let world = World::new().await;
    let ana = world.everything().await;
    world.publish("open", &ana, "demo", "1.0.0").await;
    for (credential, by_whom) in [("", "public"), (ana.as_str(), "private")] {
        let packument = world.get("open/npm/demo", credential).await;
        assert_eq!(packument.header("cache-control"), format!("{by_whom}, no-cache"));
        let archive = world.get("open/npm/demo/-/demo-1.0.0.tgz", credential).await;
        let kept = format!("{by_whom}, max-age=31536000, immutable");
        assert_eq!(archive.header("cache-control"), kept);
        for reply in [packument, archive] {
            assert_eq!(reply.status, 200);
            assert!(reply.header("vary").ends_with("Authorization"));
        }
    }
}

#[tokio::test]
async fn what_is_absent_is_only_so_for_readers() {
    let world = World::new().await;
    let ana = world.everything().await;
    let reply = world.get("main/npm/nothing", &ana).await;
    assert_eq!(reply.json(), json!({ "error": "Feed main has no package nothing." }));
    assert_eq!((reply.status, reply.header("npm-notice")), (404, ""));
    for path in ["nothing", "nothing/1.0.0", "nothing/-/nothing-1.0.0.tgz", "-/nothing", "UPPER"] {
        assert_eq!(world.get(&format!("main/npm/{path}"), &ana).await.status, 404, "{path}");
        assert_eq!(world.get(&format!("open/npm/{path}"), "").await.status, 404, "{path}");
        assert_eq!(world.get(&format!("main/npm/{path}"), "").await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn ping_whoami_and_the_root() {
    let world = World::new().await;
    let ana = world.everything().await;
    for path in ["main/npm", "main/npm/", "main/npm/-/ping"] {
        let reply = world.get(path, &ana).await;
        assert_eq!((reply.status, reply.json()), (200, json!({})), "{path}");
        assert_eq!(world.get(path, "").await.denial(), (401, "LK-MISSING".to_owned()), "{path}");
        assert_eq!(world.get(&path.replace("main", "open"), "").await.status, 200, "{path}");
    }
    let reply = world.get("main/npm/-/whoami", &ana).await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "username": "ana" })));
    for feed in ["main", "open", "none"] {
        let reply = world.get(&format!("{feed}/npm/-/whoami"), "").await;
        assert_eq!(reply.denial(), (401, "LK-MISSING".to_owned()), "{feed}");
    }
}

#[tokio::test]
async fn audits_find_nothing() {
    let world = World::new().await;
    let ana = world.token(ActionSet::READ).await;
    let bulk = "main/npm/-/npm/v1/security/advisories/bulk";
    let gzip = [("content-encoding", "gzip")];
    let reply = world.ask("POST", bulk, &ana, &gzip, "\u{1f}compressed").await;
    assert_eq!((reply.status, reply.json()), (200, json!({})));
    for path in ["audits", "audits/quick"] {
        let path = format!("main/npm/-/npm/v1/security/{path}");
        let reply = world.ask("POST", &path, &ana, &[], "{}").await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["metadata"]["vulnerabilities"]["critical"], 0);
        assert_eq!(reply.json()["advisories"], json!({}));
    }
    assert_eq!(world.ask("POST", bulk, "", &[], "{}").await.denial().0, 401);
    let large = vec![b'x'; 8_000_001];
    let refused = world.ask("POST", bulk, &ana, &[], large).await;
    assert_eq!(refused.status, 413);
    assert!(refused.sentence().contains("8 MB"), "{}", refused.sentence());
}

#[tokio::test]
async fn commands_that_are_not_here_say_so() {
    let world = World::new().await;
    let ana = world.everything().await;
    for (method, path, words) in [
        ("GET", "-/package/demo/collaborators", "npm access"),
        ("PUT", "-/team/acme/all/package", "npm access"),
        ("POST", "-/npm/v1/hooks/hook", "npm hook"),
    ] {
        let path = format!("main/npm/{path}");
        let reply = world.ask(method, &path, &ana, &[], "{}").await;
        assert_eq!(reply.status, 404, "{method} {path}");
        assert!(reply.sentence().contains(words), "{method} {path}");
        assert_eq!(world.ask(method, &path, "", &[], "{}").await.denial().0, 401, "{path}");
    }
}

#[tokio::test]
async fn logging_out_revokes_nothing_and_says_so() {
    let world = World::new().await;
    let ana = world.everything().await;
    let token = ana.strip_prefix("Bearer ").unwrap();
    for (feed, credential) in [("main", ana.as_str()), ("none", ""), ("main", "Bearer nonsense")] {
        let path = format!("{feed}/npm/-/user/token/{token}");
        let reply = world.ask("DELETE", &path, credential, &[], Body::empty()).await;
        assert_eq!((reply.status, reply.json()), (200, json!({ "ok": true })));
        let notice = reply.header("npm-notice");
        assert!(notice.contains("revoked nothing") && !notice.contains(token), "{notice}");
    }
    assert_eq!(world.get("main/npm/-/ping", &ana).await.status, 200);
}

#[tokio::test]
async fn other_methods_are_named() {
    let world = World::new().await;
    let ana = world.everything().await;
    for (method, path, allow) in [
        ("DELETE", "demo", "GET, HEAD, PUT"),
        ("POST", "demo", "GET, HEAD, PUT"),
        ("PUT", "demo/1.0.0", "GET, HEAD"),
        ("PUT", "demo/-/demo-1.0.0.tgz", "GET, HEAD"),
        ("POST", "-/%70ing", "GET, HEAD"),
        ("POST", "demo/-rev/1-abc", "PUT, DELETE"),
        ("PUT", "demo/-/demo-1.0.0.tgz/-rev/1-abc", "DELETE"),
        ("PUT", "-/package/demo/dist-tags", "GET, HEAD"),
        ("GET", "-/package/demo/dist-tags/latest", "PUT, DELETE"),
        ("PUT", "-/v1/search", "GET, HEAD"),
        ("GET", "-/npm/v1/security/audits%2fquick", "POST"),
    ] {
        let reply = world.ask(method, &format!("main/npm/{path}"), &ana, &[], "{}").await;
        assert_eq!((reply.status, reply.header("allow")), (405, allow), "{method} {path}");
        assert!(reply.sentence().contains(allow));
    }
    for method in ["PATCH", "OPTIONS", "BREW"] {
        let reply = world.ask(method, "main/npm/demo", &ana, &[], "{}").await;
        assert_eq!(reply.status, 405, "{method}");
        assert!(reply.header("allow").contains("PUT"), "{method}");
        assert!(reply.sentence().contains(method), "{method}");
    }
    // Whoever asks.
    assert!(world.ask("PATCH", "none/npm/-/ping", "", &[], "").await.sentence().contains("PATCH"));
}
