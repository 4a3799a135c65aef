//! Uploaded bytes that a browser would run: whatever was uploaded, opening it while signed in runs nothing.

use axum::http::HeaderMap;
use model::action::{Action, ActionSet};

use crate::{
    browser::Browser,
    maven,
    npm::world::{PASSWORD, World, allow, bearer, document, draft},
    nuget,
};

/// A page to a browser that guesses, and well-formed XML besides.
const PAGE: &str = "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>";
/// The kinds of files that browsers run, or show with what runs in them.
const ENDINGS: [&str; 14] = [
    "html", "htm", "xhtml", "shtml", "svg", "xml", "xsl", "js", "mjs", "css", "wasm", "pdf", "swf",
    "mht",
];
/// The types that a feed serves. None but pictures is shown by a browser, and no picture runs.
const HARMLESS: [&str; 7] = [
    "application/json",
    "application/octet-stream",
    "application/problem+json",
    "application/vnd.npm.install-v1+json",
    "image/png",
    "text/plain; charset=utf-8",
    "text/plain;charset=utf-8",
];
/// A document that is made here, in which everything uploaded is text. Only the sandbox counts.
const ATOM: &str = "application/atom+xml;";

/// Uploads through every protocol to a feed, and gives the addresses below it where it is served again.
async fn upload(world: &World, feed: &str, token: &str) -> Vec<String> {
    let mut sent = document("demo", "1.0.0", "latest", PAGE.as_bytes());
    sent["versions"]["1.0.0"]["readme"] = PAGE.into();
    sent["versions"]["1.0.0"]["description"] = PAGE.into();
    assert_eq!(world.put(feed, &bearer(token), &sent).await.status, 201);

    let picture = [nuget::world::PNG, PAGE.as_bytes()].concat();
    let escaped = PAGE.replace('<', "&lt;");
    let more = format!(
        "<title>{escaped}</title><readme>a.md</readme><icon>a.png</icon><license type=\"file\">a.txt</license>"
    );
    let files = [
        ("a.md", PAGE.as_bytes()),
        ("a.txt", PAGE.as_bytes()),
        ("a.png", &picture),
        ("content/index.html", PAGE.as_bytes()),
    ];
    let package = nuget::world::nupkg("Demo", "1.0.0", &more, &files);
    assert_eq!(nuget::world::push(world, feed, token, &package).await.status, 201);
    let kind = "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>";
    let symbols = nuget::world::nupkg("Demo", "1.0.0", kind, &[("a.pdb", PAGE.as_bytes())]);
    assert_eq!(nuget::world::push_symbols(world, feed, token, &symbols).await.status, 201);

    let mut paths: Vec<String> = [
        "npm/demo",
        "npm/demo/1.0.0",
        "npm/demo/-/demo-1.0.0.tgz",
        "npm/-/v1/search?text=demo",
        "api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.nupkg",
        "api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.snupkg",
        "api/v3/flatcontainer/demo/1.0.0/demo.nuspec",
        "api/v3/flatcontainer/demo/1.0.0/readme",
        "api/v3/flatcontainer/demo/1.0.0/icon",
        "api/v3/flatcontainer/demo/1.0.0/license",
        "api/v3/registration/demo/index.json",
        "api/v3/query?q=demo",
        "api/v2/package/Demo/1.0.0",
        "api/v2/FindPackagesById()?id='Demo'",
        "api/v2/Packages(Id='Demo',Version='1.0.0')",
    ]
    .map(str::to_owned)
    .into();
    for ending in ENDINGS {
        for name in [format!("demo-1.0.{ending}"), format!("demo-1.0-index.{ending}")] {
            let path = format!("maven/org/acme/demo/1.0/{name}");
            let reply =
                maven::world::put(world, &format!("{feed}/{path}"), &bearer(token), PAGE).await;
            assert_eq!(reply.status, 201, "{path}: {}", reply.reason);
            paths.push(path);
        }
    }
    let list = "<metadata><groupId>org.acme</groupId><artifactId>demo</artifactId>\
                <x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(1)</x:script></metadata>";
    let pom = maven::world::pom("demo", "1.0").replace("</project>", &format!("{PAGE}</project>"));
    for (path, body) in [
        ("maven/org/acme/demo/1.0/demo-1.0.pom", pom.as_str()),
        ("maven/org/acme/demo/maven-metadata.xml", list),
    ] {
        let reply = maven::world::put(world, &format!("{feed}/{path}"), &bearer(token), body).await;
        assert_eq!(reply.status, 201, "{path}: {}", reply.reason);
        paths.push(path.to_owned());
    }
    paths
}

/// That a browser runs nothing of an answer, however it came to it.
fn assert_harmless(headers: &HeaderMap, what: &str) {
    let header = |name| headers.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(!headers.contains_key("set-cookie") && !headers.contains_key("location"), "{what}");
    let kind = header("content-type");
    assert!(HARMLESS.contains(&kind) || kind.starts_with(ATOM), "{what}: {kind}");
    let is_file = matches!(kind, "application/octet-stream" | "image/png")
        || what.contains("/maven/") && kind.starts_with("text/");
    assert!(!is_file || header("content-disposition") == "attachment", "{what}");
}

#[tokio::test]
async fn what_is_uploaded_runs_nowhere() {
    let world = World::new().await;
    let all = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    let token = world.make(world.ana, all).await.1;
    let browser = Browser::new(&world.server);
    let answer = browser.post("/sign-in", &[("login", "ana"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    assert!(browser.is_signed_in().await);
    for feed in ["main", "open"] {
        for path in upload(&world, feed, &token).await {
            let what = format!("{feed}/{path}");
            // A session opens no feed: to it `main` is closed, and `open` is open to everybody.
            let opened = browser.get(&format!("/F/{what}")).await;
            assert_eq!(opened.status, if feed == "open" { 200 } else { 401 }, "{what}");
            assert_harmless(&opened.headers, &what);
            for method in ["GET", "HEAD"] {
                let reply = world.ask(method, &what, &bearer(&token), &[], "").await;
                assert_eq!(reply.status, 200, "{method} {what}: {}", reply.reason);
                assert_harmless(&reply.headers, &what);
                let condition = [("if-none-match", "*")];
                let known = world.ask(method, &what, &bearer(&token), &condition, "").await;
                assert_harmless(&known.headers, &what);
            }
        }
    }
}

#[tokio::test]
async fn names_of_pages_are_no_paths() {
    let world = World::new().await;
    let token = bearer(
        &world.make(world.ana, draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])])).await.1,
    );
    for path in [
        "maven/index.html",
        "maven/x.js",
        "maven/org/acme/demo/1.0/index.html",
        "maven/org/acme/demo/1.0/x.js",
        "maven/org/acme/demo/1.0/x.svg",
        "npm/demo/-/index.html",
        "npm/demo/-/x.svg",
        "api/v3/flatcontainer/demo/1.0.0/index.html",
        "api/v3/x.js",
        "api/v2/package/x.svg/index.html",
        "bower/x.js",
        "bower/packages/x/index.html",
        "index.html",
    ] {
        let path = format!("open/{path}");
        let put = world.ask("PUT", &path, &token, &[], PAGE).await;
        assert!(matches!(put.status, 400 | 404 | 405), "{path}: {}", put.status);
        let got = world.get(&path, &token).await;
        assert_eq!(got.status, 404, "{path}");
        assert_harmless(&got.headers, &path);
    }
    assert!(world.files().is_empty());
}
