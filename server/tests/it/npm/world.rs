//! A server with people and feeds, and the requests npm's clients send to it.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use axum::{
    body::Body,
    http::{HeaderMap, Request},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http_body_util::BodyExt as _;
use hyper::ext::ReasonPhrase;
use model::{
    action::{Action, ActionSet},
    id::{AccountId, FeedId, TokenId},
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope},
    token_form::TokenDraft,
};
use registry::{Actor, accounts::NewAccount, feeds::NewFeed, sessions::PasswordText};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha512;

use crate::support::Server;

pub(crate) const PASSWORD: &str = "correct horse battery sta\u{eb}ple";

/// `ana` owns the private feeds `main` and `side` and the public feed `open`; `rob` reads `main`;
/// `eve` is a member of nothing but her own feed.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) ana: AccountId,
    pub(crate) rob: AccountId,
    pub(crate) eve: AccountId,
    pub(crate) main: FeedId,
    pub(crate) side: FeedId,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value; empty if it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The one sentence of a refusal, after checking that every client finds it.
    pub(crate) fn sentence(&self) -> String {
        let body = self.json();
        let sentence = body["error"].as_str().unwrap().to_owned();
        assert_eq!(body, json!({ "error": sentence }));
        assert_eq!(self.header("npm-notice"), sentence);
        assert_eq!(self.reason, sentence);
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(sentence.len() <= 200 && sentence.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        sentence
    }

    /// Status and code of a denial, after checking its challenge.
    pub(crate) fn denial(&self) -> (u16, String) {
        let sentence = self.sentence();
        let code = sentence.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let code = code.unwrap_or_else(|| panic!("no code: {sentence}")).0.to_owned();
        let challenge = self.header("www-authenticate");
        assert_eq!(challenge.starts_with("Bearer realm=\""), self.status == 401, "{challenge}");
        assert_eq!(self.headers.contains_key("retry-after"), self.status == 429);
        (self.status, code)
    }
}

pub(crate) fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// A rule that allows.
pub(crate) fn allow(actions: ActionSet, feeds: &[FeedId], patterns: &[&str]) -> Rule {
    let feeds = if feeds.is_empty() { FeedSet::All } else { FeedSet::Only(feeds.to_vec()) };
    let patterns = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
    Rule { effect: Effect::Allow, actions, feeds, patterns }
}

pub(crate) const READ_WRITE: ActionSet = ActionSet::READ.with(ActionSet::WRITE);

/// A token with these rules and nothing that limits it further.
pub(crate) fn draft(rules: Vec<Rule>) -> TokenDraft {
    TokenDraft {
        description: "CI".to_owned(),
        scope: Scope { rules },
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    }
}

/// What `npm publish` sends.
pub(crate) fn document(name: &str, version: &str, tag: &str, archive: &[u8]) -> Value {
    let base = name.rsplit('/').next().unwrap();
    json!({
        "_id": name,
        "name": name,
        "description": "d",
        "dist-tags": { tag: version },
        "versions": { version: {
            "name": name,
            "version": version,
            "main": "index.js",
            "dependencies": { "other": "^1.0.0" },
            "readme": format!("# {base}"),
            "dist": {
                "integrity": format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(archive))),
                "shasum": hexadecimal(&Sha1::digest(archive)),
                "tarball": format!("http://elsewhere/{name}/-/{name}-{version}.tgz"),
            },
        } },
        "access": null,
        "_attachments": { format!("{name}-{version}.tgz"): {
            "content_type": "application/octet-stream",
            "data": BASE64_STANDARD.encode(archive),
            "length": archive.len(),
        } },
    })
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A world whose server was started with these flags.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let server = Server::with(flags).await;
        let accounts = &server.services.accounts;
        let account = async |name: &str| {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: Some(PasswordText::new(PASSWORD)),
            };
            accounts.create(&operator(), new, name == "ana").await.unwrap().0
        };
        let (ana, rob, eve) = (account("ana").await, account("rob").await, account("eve").await);
        let feeds = &server.services.feeds;
        let feed = async |name: &str, owner, is_public| {
            let name = name.parse().unwrap();
            let new = NewFeed { name, description: String::new(), is_public };
            feeds.create_for(&operator(), owner, new).await.unwrap()
        };
        let (main, side) = (feed("main", ana, false).await, feed("side", ana, false).await);
        feed("open", ana, true).await;
        feed("eves", eve, false).await;
        feeds.set_member(&operator(), "main", "rob", Role::Reader).await.unwrap();
        Self { server, ana, rob, eve, main, side }
    }

    /// Makes a token: its id and its value.
    pub(crate) async fn make(&self, owner: AccountId, draft: TokenDraft) -> (TokenId, String) {
        let tokens = &self.server.services.tokens;
        let made = tokens.create_for(&operator(), owner, draft).await.unwrap();
        (made.id, made.secret.unwrap().expose().to_owned())
    }

    /// A token of `ana`'s that may do these things everywhere, as a header.
    pub(crate) async fn token(&self, actions: ActionSet) -> String {
        bearer(&self.make(self.ana, draft(vec![allow(actions, &[], &[])])).await.1)
    }

    pub(crate) async fn everything(&self) -> String {
        self.token(ActionSet::of(&Action::ALL)).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.server.send(request).await.into_parts();
        let reason = parts.extensions.get::<ReasonPhrase>();
        Reply {
            status: parts.status.as_u16(),
            reason: reason
                .map(|r| String::from_utf8(r.as_bytes().to_vec()).unwrap())
                .unwrap_or_default(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// A request to a feed; an empty credential is none.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        credential: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/F/{path}"))
            .header("host", "127.0.0.1:3000")
            .header("user-agent", "npm/11.19.1 node/v20.20.2 linux x64");
        if !credential.is_empty() {
            request = request.header("authorization", credential);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, credential: &str) -> Reply {
        self.ask("GET", path, credential, &[], Body::empty()).await
    }

    /// Puts a document to the package it names.
    pub(crate) async fn put(&self, feed: &str, credential: &str, document: &Value) -> Reply {
        let name = document["name"].as_str().unwrap().replace('/', "%2f");
        let path = format!("{feed}/npm/{name}");
        self.ask("PUT", &path, credential, &[], document.to_string()).await
    }

    /// Publishes a version whose archive says which it is.
    pub(crate) async fn publish(
        &self,
        feed: &str,
        credential: &str,
        name: &str,
        version: &str,
    ) -> Reply {
        let archive = archive_of(name, version);
        self.put(feed, credential, &document(name, version, "latest", &archive)).await
    }

    /// Every file among the blobs and the uploads in progress.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for folder in ["data/blobs", "data/staging"] {
            gather(&self.server.folder.path().join(folder), &mut found);
        }
        // Says which database the store belongs to.
        found.retain(|file| !file.ends_with("latchkey-store"));
        found
    }

    /// All that the database has written to the disk so far, its journal included.
    pub(crate) async fn database(&self) -> Vec<u8> {
        self.server.services.usage.flush().await.unwrap();
        self.server.services.denials.flush().await.unwrap();
        let data = self.server.folder.path().join("data");
        let files = ["latchkey.db", "latchkey.db-wal"].map(|name| std::fs::read(data.join(name)));
        files.map(Result::unwrap).concat()
    }
}

pub(crate) fn archive_of(name: &str, version: &str) -> Vec<u8> {
    format!("the archive of {name} {version}").into_bytes()
}

fn gather(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else {
            found.insert(path.display().to_string());
        }
    }
}
