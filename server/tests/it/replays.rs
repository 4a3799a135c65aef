//! The requests of clients that cannot run here, each as its client sends it: with a credential that is
//! right, with one that is wrong, and without.

mod maven;
mod nuget;

use axum::{body::Body, http::Request};
use model::action::{Action, ActionSet};

use crate::{
    npm::world::{Reply, World, allow, basic, draft},
    nuget::world::{PNG, nupkg, push},
};

/// Looks like a token, and is none that was ever made.
const MISTYPED: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9S";

/// Where a client puts its token.
#[derive(Clone, Copy)]
enum Shows {
    /// Into `Authorization: Basic`.
    Basic,
    /// Into `X-NuGet-ApiKey` when it writes, and into `Authorization: Basic` when it reads.
    Key,
    /// As Paket does: `Authorization: token`, and the key besides when it writes.
    Token,
}

/// A client.
struct Client {
    name: &'static str,
    /// What it sends with every request.
    headers: &'static [(&'static str, &'static str)],
    shows: Shows,
    steps: Vec<Step>,
}

/// A request, and its answer if the credential is right.
struct Step {
    method: &'static str,
    /// Below the feed.
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    status: u16,
    /// What the answer has: a header with the beginning of its value (`name: value`), a place in JSON
    /// (`/a/0/b`), or a text.
    has: Vec<&'static str>,
    /// Whether it is answered to anybody.
    is_open: bool,
}

impl Step {
    fn new(method: &'static str, path: impl Into<String>, status: u16) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            status,
            has: Vec::new(),
            is_open: false,
        }
    }

    fn get(path: impl Into<String>, has: &[&'static str]) -> Self {
        Self { has: has.to_vec(), ..Self::new("GET", path, 200) }
    }

    fn absent(path: impl Into<String>) -> Self {
        Self::new("GET", path, 404)
    }

    /// The one request to which anybody gets an answer: it tells nothing.
    fn index() -> Self {
        let has = ["/version", "/resources/0/@id", "/resources/0/@type"];
        Self { is_open: true, ..Self::get("api/v3/index.json", &has) }
    }
}

impl Client {
    async fn send(&self, world: &World, step: &Step, token: &str) -> Reply {
        let mut request = Request::builder()
            .method(step.method)
            .uri(format!("/F/main/{}", step.path.replace(' ', "%20")))
            .header("host", "127.0.0.1:3000");
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        for (name, value) in &step.headers {
            request = request.header(*name, value);
        }
        let is_write = !matches!(step.method, "GET" | "HEAD");
        if !token.is_empty() {
            if is_write && !matches!(self.shows, Shows::Basic) {
                request = request.header("x-nuget-apikey", token);
            }
            request = match self.shows {
                Shows::Token => request.header("authorization", format!("token {token}")),
                Shows::Key if is_write => request,
                _ => request.header("authorization", basic("ci", token)),
            };
        }
        world.send(request.body(Body::from(step.body.clone())).unwrap()).await
    }
}

/// Why a stranger is turned away, after checking that every client learns where to show a credential.
fn assert_asked(reply: &Reply, code: &str, what: &str) {
    assert_eq!(reply.status, 401, "{what}");
    assert_eq!(reply.header("www-authenticate"), "Basic realm=\"main\"", "{what}");
    assert!(reply.reason.starts_with(&format!("[{code}] ")), "{what}: {}", reply.reason);
    assert_eq!(reply.header("cache-control"), "no-store", "{what}");
}

fn assert_answered(reply: &Reply, step: &Step, what: &str) {
    assert_eq!(reply.status, step.status, "{what}: {}", reply.reason);
    assert!(reply.status >= 400 || reply.header("x-nuget-warning").is_empty(), "{what}");
    let text = String::from_utf8_lossy(&reply.body);
    for part in &step.has {
        if part.starts_with('/') {
            assert!(reply.json().pointer(part).is_some(), "{what} {part}: {text}");
        } else if let Some((name, value)) = part.split_once(": ") {
            assert!(reply.header(name).starts_with(value), "{what}: {:?}", reply.headers);
        } else {
            assert!(text.contains(part), "{what} {part}: {text}");
        }
    }
}

/// A world in which `main` has two versions of `Demo.Pkg`, with what a package may have.
async fn world() -> (World, String) {
    let world = World::new().await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    let more = "<tags>demo two</tags><readme>a.md</readme><icon>a.png</icon><dependencies>\
                <group targetFramework=\"net6.0\"><dependency id=\"Acme.Core\" version=\"[1.0,2.0)\"/></group></dependencies>";
    for version in ["1.0.0", "1.1.0-beta"] {
        let package = nupkg("Demo.Pkg", version, more, &[("a.md", b"# Demo"), ("a.png", PNG)]);
        assert_eq!(push(&world, "main", &token, &package).await.status, 201);
    }
    (world, token)
}

#[tokio::test]
async fn every_request_is_answered_as_its_client_needs() {
    for client in nuget::clients().into_iter().chain(maven::clients()) {
        let (world, token) = world().await;
        for step in &client.steps {
            let what = format!("{}: {} {}", client.name, step.method, step.path);
            for (shown, code) in [(MISTYPED, "LK-CHECKSUM"), ("", "LK-MISSING")] {
                let reply = client.send(&world, step, shown).await;
                if step.is_open {
                    assert_answered(&reply, step, &what);
                } else {
                    assert_asked(&reply, code, &what);
                }
            }
            let reply = client.send(&world, step, &token).await;
            assert_answered(&reply, step, &what);
        }
    }
}
