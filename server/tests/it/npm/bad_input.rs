//! Requests that are wrong: each gets a sentence, and nothing half-done is left.

use axum::body::Body;
use serde_json::{Value, json};

use super::world::{Reply, World, document};

type Change = fn(&mut Value);

/// Publishes what `change` makes of a good document, and says what came back.
async fn refused(world: &World, ana: &str, change: impl FnOnce(&mut Value)) -> Reply {
    let mut sent = document("demo", "1.0.0", "latest", b"archive");
    change(&mut sent);
    world.ask("PUT", "main/npm/demo", ana, &[], sent.to_string()).await
}

async fn assert_nothing_is_left(world: &World, ana: &str, of: &str) {
    assert!(world.files().is_empty(), "{of}");
    assert_eq!(world.get("main/npm/demo", ana).await.status, 404, "{of}");
}

#[tokio::test]
async fn bodies_that_are_no_document() {
    let world = World::new().await;
    let ana = world.everything().await;
    let good = document("demo", "1.0.0", "latest", b"archive").to_string();
    let deep = format!("{{\"a\":{}", "[".repeat(100));
    for (body, words) in [
        ("", "cut short"),
        ("{", "cut short"),
        (&good[..good.len() - 1], "cut short"),
        ("<html>", "not valid JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("\"text\"", "not a JSON object"),
        ("{}", "name is missing"),
        ("{\"name\": 1}", "name must be a string"),
        ("{\"name\": \"demo\", \"name\": \"demo\"}", "twice"),
        ("{\"name\": \"\\ud800\"}", "name must be a string"),
        ("{\"a\": 01x}", "not valid JSON"),
        (&format!("{good}x"), "not valid JSON"),
        (&format!("{good}{good}"), "not valid JSON"),
        (&deep, "deeper than 64 levels"),
        ("\u{1f}\u{8b}\u{8}", "not valid JSON"),
    ] {
        let reply = world.ask("PUT", "main/npm/demo", &ana, &[], body.to_owned()).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.sentence().contains(words), "{body}: {}", reply.sentence());
        assert_nothing_is_left(&world, &ana, body).await;
    }
}

#[tokio::test]
async fn archives_that_are_not_what_they_claim() {
    let world = World::new().await;
    let ana = world.everything().await;
    let file = "demo-1.0.0.tgz";
    for (field, value, words) in [
        ("data", json!("YXJj!GFyY2g="), "not valid base64"),
        ("data", json!("YXJjaGl2Z"), "padding"),
        ("data", json!("YXJjaGl2ZQ"), "padding"),
        ("data", json!("YQ==YQ=="), "goes on after its base64 padding"),
        ("data", json!("YXJj aGl2ZQ=="), "not valid base64"),
        ("data", json!("-_-_"), "not valid base64"),
        ("data", json!(7), "not a string"),
        ("data", json!({}), "not a string"),
        ("data", json!(null), "not a string"),
        ("data", json!("b3RoZXIhIQ=="), "does not have the SHA-1"),
        ("data", json!(""), "has 0 bytes, but _attachments declares 7"),
        ("length", json!(8), "has 7 bytes, but _attachments declares 8"),
        ("length", json!(-1), "_attachments must be an object"),
    ] {
        let reply =
            refused(&world, &ana, |sent| sent["_attachments"][file][field] = value.clone()).await;
        assert_eq!(reply.status, 400, "{field} {value}");
        assert!(reply.sentence().contains(words), "{value}: {}", reply.sentence());
        assert_nothing_is_left(&world, &ana, words).await;
    }
    for (field, value, words) in [
        ("shasum", json!("0".repeat(40)), "SHA-1 that dist.shasum declares"),
        ("shasum", json!("none"), "SHA-1 that dist.shasum declares"),
        ("integrity", json!("sha512-AAAA"), "SHA-512 that dist.integrity declares"),
        ("integrity", json!("sha1-AAAA"), "SHA-1 that dist.integrity declares"),
        ("integrity", json!(["sha512-AAAA"]), "dist.integrity must be a string"),
    ] {
        let reply = refused(&world, &ana, |sent| {
            sent["versions"]["1.0.0"]["dist"][field] = value.clone();
        })
        .await;
        assert_eq!(reply.status, 400, "{field} {value}");
        assert!(reply.sentence().contains(words), "{value}: {}", reply.sentence());
        assert_nothing_is_left(&world, &ana, words).await;
    }
}

#[tokio::test]
async fn documents_that_contradict_themselves() {
    let world = World::new().await;
    let ana = world.everything().await;
    let changes: [(Change, &str); 15] = [
        (|sent| sent["name"] = json!("other"), "the address names another package"),
        (|sent| sent["name"] = json!("Demo"), "capital letters"),
        (|sent| sent["name"] = json!("../demo"), "may only have letters"),
        (|sent| sent["_id"] = json!("other"), "the address names another package"),
        (|sent| sent["versions"]["1.0.0"]["name"] = json!("other"), "names another package"),
        (|sent| sent["versions"]["1.0.0"]["version"] = json!("1.0.1"), "make the two agree"),
        (|sent| sent["versions"] = json!({}), "does not have"),
        (|sent| sent["versions"] = json!([]), "must be an object"),
        (|sent| sent["versions"] = Value::Null, "versions is missing"),
        (|sent| sent["dist-tags"] = json!({ "../x": "1.0.0" }), "must begin with a letter"),
        (|sent| sent["dist-tags"] = json!({ "1.x": "1.0.0" }), "reads as a range"),
        (|sent| sent["dist-tags"] = json!({ "latest": 1 }), "must be an object of strings"),
        (
            |sent| sent["_attachments"]["demo-1.0.0.sigstore"] = json!({}),
            "more than one attachment",
        ),
        (|sent| sent["_attachments"] = json!({}), "no archive attached"),
        (|sent| sent["_attachments"] = json!({ "demo-1.0.0.tgz": {} }), "data is missing"),
    ];
    for (change, words) in changes {
        let reply = refused(&world, &ana, change).await;
        assert_eq!(reply.status, 400, "{words}");
        assert!(reply.sentence().contains(words), "{words}: {}", reply.sentence());
        assert_nothing_is_left(&world, &ana, words).await;
    }
    for (file, words) in [
        ("../../etc/passwd", "not named after the package"),
        ("other-1.0.0.tgz", "not named after the package"),
        ("demo-../../x.tgz", "versions does not have"),
        ("demo-1.0.1.tgz", "versions does not have"),
    ] {
        let reply = refused(&world, &ana, |sent| {
            let attachment = sent["_attachments"]["demo-1.0.0.tgz"].take();
            sent["_attachments"] = json!({ file: attachment });
        })
        .await;
        assert_eq!(reply.status, 400, "{file}");
        assert!(reply.sentence().contains(words), "{file}: {}", reply.sentence());
        assert_nothing_is_left(&world, &ana, file).await;
    }
    for version in
        ["1.0", "v1.0.0", "01.0.0", "1.0.0+build", "latest", "", "../1.0.0", "9007199254740992.0.0"]
    {
        let sent = document("demo", version, "latest", b"archive");
        let reply = world.put("main", &ana, &sent).await;
        assert_eq!(reply.status, 400, "{version}");
        reply.sentence();
        assert_nothing_is_left(&world, &ana, version).await;
    }
}

#[tokio::test]
async fn paths_that_lead_elsewhere() {
    let world = World::new().await;
    let ana = world.everything().await;
    world.publish("side", &ana, "demo", "1.0.0").await;
    let (files, database) = (world.files(), world.database().await);
    for path in [
        "..",
        "../side/npm/demo",
        "%2e%2e/demo",
        "demo/..",
        "demo/-/..",
        "demo/-/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "demo/-/..%5c..%5cx",
        "demo%00",
        "demo/-/demo-1.0.0.tgz%00",
        "demo%0d%0aset-cookie:a",
        "demo%",
        "demo%2",
        "demo%zz",
        "%ff%fe",
        "caf%c3%a9",
        "//demo",
        "demo/",
        "demo//1.0.0",
        "@acme",
        "@acme/",
        "@acme%2f",
        "@/demo",
        "@acme%252fdemo",
        "node_modules",
        "favicon.ico",
        ".git/config",
        "_all_docs",
        "DEMO",
        "Demo",
        "-demo",
        "-/",
        "-/all",
        "a%20b",
        "a%3fb",
        "a%23b",
        "~demo",
        "demo;x",
        "<script>",
        "%3Cscript%3E",
        "a:b",
        "a*",
        "a'b",
        "-/package/%2e%2e/dist-tags",
    ] {
        for (method, body) in
            [("GET", ""), ("HEAD", ""), ("PUT", "{}"), ("DELETE", ""), ("POST", "{}")]
        {
            // What no request line can hold does not come this far.
            if format!("/F/main/npm/{path}").parse::<axum::http::Uri>().is_err() {
                continue;
            }
            let path = format!("main/npm/{path}");
            let reply = world.ask(method, &path, &ana, &[], body).await;
            assert!(matches!(reply.status, 400 | 404 | 405), "{method} {path}: {}", reply.status);
            if method != "HEAD" && reply.status != 404 {
                reply.sentence();
            }
            // Nobody learns more without a credential than that one is needed.
            let anonymous = world.ask(method, &path, "", &[], body).await;
            assert_eq!(anonymous.status, 401, "{method} {path}");
        }
    }
    assert_eq!(world.files(), files);
    assert!(world.database().await == database, "something was written");
}

#[tokio::test]
async fn what_is_too_large() {
    let flags = ["--max-package-size", "10kB", "--max-document-size", "64kB"];
    let world = World::with(&flags).await;
    let ana = world.everything().await;
    let put = async |document: &Value| world.put("main", &ana, document).await;
    let too_large = |reply: &Reply, words: &[&str]| {
        assert_eq!(reply.status, 413);
        let sentence = reply.sentence();
        assert!(words.iter().all(|word| sentence.contains(word)), "{sentence}");
    };
    let archive = put(&document("demo", "1.0.0", "latest", &[7; 10_001])).await;
    too_large(&archive, &["10 kB", "max_package_size"]);
    let mut long = document("demo", "1.0.0", "latest", b"archive");
    long["readme"] = json!("x".repeat(64_000));
    too_large(&put(&long).await, &["64 kB", "max_document_size"]);
    assert_nothing_is_left(&world, &ana, "parts").await;

    let blank = Body::from(vec![b' '; 13_336 + 64_001]);
    let reply = world.ask("PUT", "main/npm/demo", &ana, &[("expect", "100-continue")], blank).await;
    too_large(&reply, &["10 kB", "max_package_size", "64 kB", "max_document_size"]);
    assert_eq!(reply.header("connection"), "close");
    assert_nothing_is_left(&world, &ana, "a whole").await;
    // Exactly as large as allowed is not too large.
    assert_eq!(put(&document("demo", "1.0.0", "latest", &[7; 10_000])).await.status, 201);
}

#[tokio::test]
async fn compressed_uploads() {
    let world = World::new().await;
    let ana = world.everything().await;
    let sent = document("demo", "1.0.0", "latest", b"archive").to_string();
    for coding in ["gzip", "br", "deflate, gzip", ""] {
        let headers = [("content-encoding", coding)];
        let reply = world.ask("PUT", "main/npm/demo", &ana, &headers, sent.clone()).await;
        assert_eq!(reply.status, 415, "{coding}");
        assert!(reply.sentence().contains("Content-Encoding"));
    }
    assert_nothing_is_left(&world, &ana, "codings").await;
    let headers = [("content-encoding", "Identity")];
    assert_eq!(world.ask("PUT", "main/npm/demo", &ana, &headers, sent).await.status, 201);
}

#[tokio::test]
async fn damaged_documents_never_break_anything() {
    let world = World::new().await;
    let ana = world.everything().await;
    let good = document("demo", "1.0.0", "latest", &[9; 300]).to_string().into_bytes();
    let mut state = 7_usize;
    for _ in 0..1500 {
        let mut bad = good.clone();
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (state >> 33) % bad.len();
        match state >> 20 & 3 {
            0 => bad[at] = b'"',
            1 => bad[at] = u8::try_from(state >> 24 & 0xff).unwrap(),
            2 => drop(bad.remove(at)),
            _ => bad.truncate(at),
        }
        let shown = String::from_utf8_lossy(&bad).into_owned();
        let reply = world.ask("PUT", "main/npm/demo", &ana, &[], bad).await;
        assert!(matches!(reply.status, 201 | 400 | 403), "{}: {shown}", reply.status);
        if reply.status != 201 {
            reply.sentence();
        }
    }
    assert!(world.files().iter().all(|file| !file.contains("staging")));
}
