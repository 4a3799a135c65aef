//! Every route, asked with every kind of credential. The answers stand in `authorization.txt`, where
//! they are reviewed like code; a route that is not in it fails the test.
//!
//! `LATCHKEY_BLESS=1 cargo test -p latchkey --test it authorization` writes the file anew.

use std::{fmt::Write as _, time::Duration};

use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::STANDARD};
use latchkey_server::web::{self, Entry};
use model::{
    action::ActionSet,
    id::{AccountId, TokenId},
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope},
    token_form::{TokenDraft, TokenForm},
};
use registry::{
    Actor, Origin, accounts::NewAccount, feeds::NewFeed, packages::Release, sessions::PasswordText,
};
use serde_json::json;

use crate::{
    npm::world::READ_WRITE,
    support::{Answer, Server, write},
};

const PASSWORD: &str = "correct horse battery staple";
/// One use of the form that makes a token.
const FORM: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
/// That of the page that connects clients.
const CONNECT_FORM: &str = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d12";

/// The beginning of addresses that carry their credential, and a token that they could carry.
const IN_URLS: &str = "/F/{feed}/auth/{token}/";
const NOBODYS: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anonymous,
    /// The owner of the feed and of the token that paths name, signed in and confirmed.
    Session,
    /// The same, signed in too long ago.
    Unconfirmed,
    /// A member of the feed who reads, signed in.
    ReadersSession,
    /// Somebody without any part in them, signed in.
    StrangersSession,
    /// An administrator without any part in them, signed in and confirmed.
    AdminsSession,
    /// The same, signed in too long ago.
    UnconfirmedAdmin,
    Password,
    ReadToken,
    WriteToken,
    /// A token that may do everything its owner may.
    WholeToken,
    Expired,
    Revoked,
    Mistyped,
    /// A token of a member who reads.
    MembersToken,
    /// A token of somebody without any part in the feed.
    StrangersToken,
}

const EVERYBODY: [Who; 16] = [
    Who::Anonymous,
    Who::Session,
    Who::Unconfirmed,
    Who::ReadersSession,
    Who::StrangersSession,
    Who::AdminsSession,
    Who::UnconfirmedAdmin,
    Who::Password,
    Who::ReadToken,
    Who::WriteToken,
    Who::WholeToken,
    Who::Expired,
    Who::Revoked,
    Who::Mistyped,
    Who::MembersToken,
    Who::StrangersToken,
];

/// A server with a feed, a package in it, three people and their tokens, and an administrator.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) ana: AccountId,
    tokens: Vec<(Who, String)>,
}

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

fn origin() -> Origin {
    Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() }
}

impl World {
    pub(crate) async fn new() -> Self {
        // A provider that is down: whoever goes there is told so.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("latchkey.toml");
        let settings = "issuer = \"http://127.0.0.1:1\"\nclient_id = \"latchkey\"";
        write(&file, format!("[provider.contoso]\n{settings}\n"));
        let server = Server::with(&["--config", file.to_str().unwrap()]).await;
        let mut ids = Vec::new();
        for name in ["ana", "ben", "eve"] {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: Some(PasswordText::new(PASSWORD)),
            };
            ids.push(server.services.accounts.create(&operator(), new, false).await.unwrap().0);
        }
        // Tom is whom administrators act on, and who has been invited and never came.
        for (name, password, is_admin) in [("kim", Some(PASSWORD), true), ("tom", None, false)] {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: password.map(PasswordText::new),
            };
            server.services.accounts.create(&operator(), new, is_admin).await.unwrap();
        }
        let [ana, ben, eve] = ids[..] else { panic!("three people") };
        let name = "main".parse().unwrap();
        let feed = NewFeed { name, description: String::new(), is_public: false };
        server.services.feeds.create_for(&operator(), ana, feed).await.unwrap();
        server.services.feeds.set_member(&operator(), "main", "ben", Role::Reader).await.unwrap();
        server.build_site();
        let mut world = Self { server, ana, tokens: Vec::new() };

        for (who, owner, actions) in [
            (Who::ReadToken, ana, ActionSet::READ),
            (Who::WriteToken, ana, ActionSet::WRITE),
            (Who::WholeToken, ana, ActionSet::ALL),
            (Who::Revoked, ana, READ_WRITE),
            (Who::MembersToken, ben, READ_WRITE),
            (Who::StrangersToken, eve, READ_WRITE),
        ] {
            let (id, value) = world.token(owner, actions).await;
            if who == Who::Revoked {
                world.server.services.tokens.revoke_any(&operator(), id).await.unwrap();
            }
            world.tokens.push((who, value));
        }
        let mut draft = draft(READ_WRITE);
        draft.expires_at = Some(world.server.services.now().plus(Duration::from_mins(1)));
        let made = world.server.services.tokens.create_for(&operator(), ana, draft).await.unwrap();
        world.tokens.push((Who::Expired, made.secret.unwrap().expose().to_owned()));
        world.publish().await;
        world.server.clock.advance(Duration::from_mins(2));
        world
    }

    pub(crate) async fn token(&self, owner: AccountId, actions: ActionSet) -> (TokenId, String) {
        let tokens = &self.server.services.tokens;
        let made = tokens.create_for(&operator(), owner, draft(actions)).await.unwrap();
        (made.id, made.secret.unwrap().expose().to_owned())
    }

    fn value(&self, who: Who) -> String {
        if who == Who::Mistyped {
            let mut value = self.value(Who::ReadToken);
            let last = if value.ends_with('x') { 'y' } else { 'x' };
            value.pop();
            value.push(last);
            return value;
        }
        self.tokens.iter().find(|(owner, _)| *owner == who).unwrap().1.clone()
    }

    /// Puts `demo` 1.0.0 into the feed.
    async fn publish(&self) {
        use model::ecosystem::Ecosystem;
        use registry::access::{AccessRequest, Credential, Wanted};
        let origin = origin();
        let services = &self.server.services;
        let wanted = Wanted::Push(Ecosystem::Npm, "demo");
        let request = AccessRequest { feed: "main", wanted, origin: &origin };
        let credential = Credential::Token(self.value(Who::WriteToken));
        let grant = services.access.authorize(&credential, request).await.unwrap();
        let mut staging = services.packages.stage(&grant).unwrap();
        staging.write(b"archive").await.unwrap();
        let release = Release {
            name: "demo".to_owned(),
            version: "1.0.0".to_owned(),
            version_key: "1.0.0".to_owned(),
            manifest: "{\"name\":\"demo\",\"version\":\"1.0.0\"}".to_owned(),
            manifest_short: "{\"name\":\"demo\",\"version\":\"1.0.0\"}".to_owned(),
            readme: String::new(),
            tags: vec!["latest".to_owned()],
            file_name: "demo-1.0.0.tgz".to_owned(),
        };
        let staged = staging.finish().await.unwrap();
        services.packages.publish(&grant, &release, &staged).await.unwrap();
    }

    async fn ask(&self, entry: &Entry, path: &str, victim: TokenId, who: Who) -> Answer {
        let is_for_programs = path.starts_with("/F/") || path.starts_with("/api/");
        let mut request = Request::builder().method(entry.method.clone()).uri(path);
        request = request.header("host", "127.0.0.1:3000");
        if !is_for_programs {
            request = request.header("sec-fetch-site", "same-origin");
        }
        let (kind, body) = body(&entry.path, victim);
        request = request.header("content-type", kind);
        request = match who {
            Who::Anonymous => request,
            Who::Session => request.header("cookie", session(&self.server, "ana").await),
            Who::ReadersSession => request.header("cookie", session(&self.server, "ben").await),
            Who::StrangersSession => request.header("cookie", session(&self.server, "eve").await),
            Who::AdminsSession => request.header("cookie", session(&self.server, "kim").await),
            Who::Unconfirmed | Who::UnconfirmedAdmin => {
                let name = if who == Who::Unconfirmed { "ana" } else { "kim" };
                let cookie = session(&self.server, name).await;
                self.server.clock.advance(Duration::from_hours(3));
                request.header("cookie", cookie)
            }
            Who::Password => {
                let pair = STANDARD.encode(format!("ana:{PASSWORD}"));
                request.header("authorization", format!("Basic {pair}"))
            }
            _ => request.header("authorization", format!("Bearer {}", self.value(who))),
        };
        Answer::of(self.server.send(request.body(Body::from(body)).unwrap()).await).await
    }
}

fn draft(actions: ActionSet) -> TokenDraft {
    let rule = Rule { effect: Effect::Allow, actions, feeds: FeedSet::All, patterns: Vec::new() };
    TokenDraft {
        description: "test".to_owned(),
        scope: Scope { rules: vec![rule] },
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    }
}

pub(crate) async fn session(server: &Server, name: &str) -> String {
    let password = PasswordText::new(PASSWORD);
    let secret = server.services.sessions.sign_in(name, &password, &origin()).await.unwrap();
    format!("sid={}", secret.expose())
}

/// Concrete addresses for a route: what stands for each part is there and is ana's.
pub(crate) fn addresses(path: &str, victim: TokenId) -> Vec<String> {
    // Nobody's token: it decides where no header does.
    if let Some(rest) = path.strip_prefix(IN_URLS) {
        let plain = addresses(&format!("/F/{{feed}}/{rest}"), victim);
        let place = format!("/F/main/auth/{NOBODYS}/");
        return plain.iter().map(|path| path.replacen("/F/main/", &place, 1)).collect();
    }
    let victim = victim.to_string();
    let path = path.replace("{provider}", "contoso");
    let path = path.replace("{feed}", "main").replace("{code}", "0123456789abcdefghijkl");
    let path = path.replace("{username}", "tom");
    let path = path.replace("{user}", "org.couchdb.user:ana");
    let path = path.replace("/{ecosystem}/{name}", "/npm/demo");
    let path = path.replace("/packages/{name}", "/packages/demo").replace("{words}", "demo");
    let path = path.replace("/npm/demo/{version}", "/npm/demo/1.0.0");
    let path = path.replace("/tokens/token/{token}", &format!("/tokens/token/{victim}"));
    let path = match path.as_str() {
        "/denials/{id}" => path.replace("{id}", "0123456789abcdefg"),
        _ if path.starts_with("/F/main/api/") => {
            path.replace("{id}", "demo").replace("{version}", "1.0.0")
        }
        _ => path.replace("{id}", &victim),
    };
    if path.starts_with("/assets/") {
        return vec!["/assets/0123456789abcdef/latchkey.js".to_owned()];
    }
    if let Some(base) = path.strip_suffix("v3/{*path}") {
        return [
            "flatcontainer/absent/index.json",
            "flatcontainer/absent/1.0.0/absent.1.0.0.nupkg",
            "registration/absent/index.json",
            "query",
            "autocomplete",
            "vulnerabilities/index.json",
            "nothing",
        ]
        .map(|rest| format!("{base}v3/{rest}"))
        .to_vec();
    }
    if let Some(base) = path.strip_suffix("maven/{*path}") {
        return [
            "org/acme/absent/1.0/absent-1.0.jar",
            "org/acme/absent/1.0/absent-1.0.pom.sha1",
            "org/acme/absent/maven-metadata.xml",
            "nothing",
        ]
        .map(|rest| format!("{base}maven/{rest}"))
        .to_vec();
    }
    if let Some(base) = path.strip_suffix("v2/{*path}") {
        return [
            "$metadata",
            "Search()?searchTerm=''",
            "FindPackagesById()?id='absent'",
            "Packages(Id='absent',Version='1.0.0')",
            "GetUpdates()?packageIds='absent'&versions='1.0.0'",
            "Search()?searchTerm=unquoted",
            "nothing",
        ]
        .map(|rest| format!("{base}v2/{rest}"))
        .to_vec();
    }
    if path.ends_with("{*path}") {
        let base = path.trim_end_matches("{*path}");
        return [
            "demo",
            "absent",
            "demo/1.0.0",
            "demo/-/demo-1.0.0.tgz",
            "-/package/demo/dist-tags",
            "-/package/demo/dist-tags/next",
            "-/v1/search",
            "demo/-rev/1-0",
            "demo/-/demo-1.0.0.tgz/-rev/1-0",
        ]
        .map(|rest| format!("{base}{rest}"))
        .to_vec();
    }
    vec![path]
}

fn token_form() -> TokenForm {
    TokenForm::from_pairs([("form", FORM), ("description", "made")])
}

/// A body that the route can read, so that the answer is about who asks.
pub(crate) fn body(path: &str, victim: TokenId) -> (&'static str, String) {
    const FIELDS: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";
    if let Some(rest) = path.strip_prefix(IN_URLS) {
        return body(&format!("/F/{{feed}}/{rest}"), victim);
    }
    match path {
        "/_fn/tokens/detail" | "/_fn/tokens/begin-regenerate" => (FIELDS, format!("id={victim}")),
        "/_fn/audit/recent" => (JSON, "{}".to_owned()),
        "/_fn/audit/page" | "/_fn/tokens/list" | "/_fn/feeds/list" => {
            (JSON, "{\"query\":{}}".to_owned())
        }
        "/_fn/tokens/reveal" => (JSON, json!({ "id": victim, "to": "screen" }).to_string()),
        "/_fn/tokens/revoke"
        | "/_fn/tokens/stop-old"
        | "/_fn/tokens/suspend"
        | "/_fn/tokens/resume" => (JSON, format!("{{\"id\":\"{victim}\"}}")),
        // Another value than this was given meanwhile; who may replace it is told so.
        "/_fn/tokens/regenerate" => (
            JSON,
            format!(
                "{{\"id\":\"{victim}\",\"form\":\"{FORM}\",\"replaces\":\"{FORM}\",\"old\":\"now\"}}"
            ),
        ),
        "/profile/tokens/{id}/regenerate" => (FIELDS, format!("form={FORM}&replaces={FORM}")),
        "/_fn/tokens/form" => (JSON, "{\"asked\":[]}".to_owned()),
        "/_fn/tokens/preview" => (JSON, json!({ "id": null, "form": token_form() }).to_string()),
        "/_fn/tokens/edit" => (JSON, json!({ "id": victim, "form": token_form() }).to_string()),
        "/_fn/tokens/edit-form" => (JSON, json!({ "id": victim, "asked": [] }).to_string()),
        "/_fn/tokens/create" => (JSON, json!({ "form": token_form() }).to_string()),
        "/_fn/sessions/confirm" => (JSON, format!("{{\"password\":\"{PASSWORD}\"}}")),
        "/_fn/feeds/page" => (JSON, "{\"feed\":\"main\",\"query\":{}}".to_owned()),
        "/_fn/feeds/name" => (JSON, "{\"name\":\"next\"}".to_owned()),
        "/_fn/feeds/settings" => (JSON, "{\"feed\":\"main\"}".to_owned()),
        "/_fn/feeds/act" => (JSON, "{\"feed\":\"main\",\"act\":\"close\"}".to_owned()),
        "/_fn/feeds/members" => (JSON, "{\"feed\":\"main\",\"page\":1}".to_owned()),
        "/_fn/feeds/members/change" => {
            let body = "{\"feed\":\"main\",\"member\":\"nobody\",\"change\":\"remove\"}";
            (JSON, body.to_owned())
        }
        "/_fn/packages/page" => {
            let query = "{\"feed\":\"main\",\"ecosystem\":\"npm\",\"name\":\"demo\",\"version\":\"\",\"page\":1,\"deleted\":\"\"}";
            (JSON, format!("{{\"query\":{query}}}"))
        }
        "/_fn/packages/deletion" => {
            let body =
                "{\"feed\":\"main\",\"ecosystem\":\"npm\",\"name\":\"demo\",\"version\":\"1.0.0\"}";
            (JSON, body.to_owned())
        }
        // Nothing is deleted: the others ask after it.
        _ if path.ends_with("/{version}/delete") => (FIELDS, "phrase=wrong".to_owned()),
        _ if path.ends_with("/{version}/deprecate") => (FIELDS, "which=this&reason=".to_owned()),
        _ if path.ends_with("/{version}/tag") => (FIELDS, "tag=next".to_owned()),
        _ if path.ends_with("/{version}/untag") => (FIELDS, "tag=next".to_owned()),
        "/_fn/connect/page" => (JSON, "{\"query\":{\"feed\":\"main\"}}".to_owned()),
        "/_fn/connect/seen" => {
            (JSON, json!({ "token": victim, "feed": "main", "since": 0 }).to_string())
        }
        "/connect" => (FIELDS, format!("feed=main&client=npm&form={CONNECT_FORM}")),
        "/_fn/denials/page" => (FIELDS, "id=0123456789abcdefg".to_owned()),
        "/_fn/logins/page" => (JSON, "{\"code\":\"0123456789abcdefghijkl\"}".to_owned()),
        "/login/{code}" => (FIELDS, "decision=approve&access=read&expires=7d".to_owned()),
        "/F/{feed}/npm/-/user/{user}" => {
            (JSON, format!("{{\"name\":\"ana\",\"password\":\"{PASSWORD}\"}}"))
        }
        "/F/{feed}/npm/-/npm/v1/tokens" => (JSON, format!("{{\"password\":\"{PASSWORD}\"}}")),
        "/_fn/people/list" | "/_fn/people/tokens" => (JSON, "{\"query\":{}}".to_owned()),
        "/_fn/people/page" => (JSON, "{\"username\":\"tom\"}".to_owned()),
        "/_fn/people/invite" => {
            let person =
                json!({ "username": "fay", "email": "fay@example.com", "is_admin": false });
            (JSON, json!({ "person": person }).to_string())
        }
        "/_fn/people/link" => (JSON, "{\"username\":\"tom\",\"act\":\"invite\"}".to_owned()),
        "/_fn/people/may-invite" | "/_fn/policy/page" => (JSON, "{}".to_owned()),
        "/admin/people/new" => (FIELDS, "username=gus&email=gus@example.com".to_owned()),
        "/_fn/accounts/invited" | "/_fn/accounts/resetting" => {
            (FIELDS, "code=0123456789abcdefghijkl".to_owned())
        }
        "/_fn/identities/list" | "/_fn/identities/ways" | "/_fn/identities/arrived" => {
            (JSON, "{}".to_owned())
        }
        "/sign-in" => (FIELDS, format!("login=ana&password={PASSWORD}").replace(' ', "+")),
        "/confirm" => (FIELDS, format!("password={PASSWORD}").replace(' ', "+")),
        "/profile/tokens" => (FIELDS, format!("form={FORM}&description=made")),
        "/profile/security" => (FIELDS, "current=wrong&new=wrong".to_owned()),
        "/profile/security/sessions/end" => (FIELDS, format!("session={FORM}")),
        // She is the only owner of the feed: nothing is deleted.
        "/profile/delete" => (FIELDS, "confirm=ana".to_owned()),
        "/feeds/{feed}/settings" => (FIELDS, "description=".to_owned()),
        "/feeds/{feed}/settings/readers" => (FIELDS, "visibility=private".to_owned()),
        "/feeds/{feed}/settings/delete" => (FIELDS, "confirm=wrong".to_owned()),
        _ if path.starts_with("/feeds/{feed}/members") => {
            (FIELDS, "username=nobody&role=reader".to_owned())
        }
        "/feeds/new" | "/feeds" => (FIELDS, "name=bad+name&visibility=private".to_owned()),
        "/theme" => (FIELDS, "theme=dark&next=/feeds".to_owned()),
        "/F/{feed}/bower/packages" => (FIELDS, "name=made&url=git://h/a".to_owned()),
        _ if path.starts_with("/F/") => (JSON, "{}".to_owned()),
        _ => (FIELDS, String::new()),
    }
}

/// Status, code, and where a redirect leads.
fn summary(answer: &Answer) -> String {
    let mut text = answer.status.as_u16().to_string();
    let body = String::from_utf8_lossy(&answer.body);
    if let Some(at) = body.find("[LK-") {
        let code: String =
            body[at + 1..].chars().take_while(|c| c.is_ascii_uppercase() || *c == '-').collect();
        text.push(' ');
        text.push_str(code.trim_end_matches('-'));
    }
    let target = answer.header("location").split('?').next().unwrap_or_default();
    if !target.is_empty() {
        text.push_str(" to ");
        text.push_str(target);
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_everybody_as_reviewed() {
    let world = World::new().await;
    let mut lines = String::new();
    let mut table = web::table();
    table.sort_by_key(|entry| (entry.path.clone(), entry.method.to_string()));
    for entry in table {
        // Each route has a token of its own to act on: another may have ended the last one.
        let victim = world.token(world.ana, ActionSet::ALL).await.0;
        for path in addresses(&entry.path, victim) {
            let shown = path.replace(&victim.to_string(), "{id}");
            writeln!(lines, "{} {shown}  ({:?})", entry.method, entry.access).unwrap();
            let mut groups: Vec<(String, Vec<Who>)> = Vec::new();
            for who in EVERYBODY {
                let answer = summary(&world.ask(&entry, &path, victim, who).await);
                let answer = answer.replace(&victim.to_string(), "{id}");
                match groups.iter_mut().find(|(known, _)| *known == answer) {
                    Some((_, people)) => people.push(who),
                    None => groups.push((answer, vec![who])),
                }
            }
            for (answer, people) in groups {
                writeln!(lines, "    {answer}: {people:?}").unwrap();
            }
        }
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/authorization.txt");
    if std::env::var_os("LATCHKEY_BLESS").is_some() {
        std::fs::write(file, &lines).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    for (number, (is, should)) in lines.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(is, should, "line {} of authorization.txt", number + 1);
    }
    assert_eq!(
        lines.lines().count(),
        reviewed.lines().count(),
        "authorization.txt has other routes"
    );
}
