//! The page of a package: what it shows to whom, and what owners do there.

use std::time::Duration;

use model::{
    action::ActionSet,
    ecosystem::Ecosystem::{self, Npm},
    links,
    role::Role,
    scope::{FeedSet, ScopeChoice},
    token_form::TokenDraft,
};
use registry::{
    Actor, Origin,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    feeds::NewFeed,
    packages::Release,
    sessions::PasswordText,
};

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";
/// What would run if anything were not escaped.
const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)>";

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

/// A server on which ada owns the private feed `main` and the public feed `open`, rob reads `main`,
/// and eve has no part in either.
struct World {
    server: Server,
    token: String,
}

impl World {
    async fn new() -> (Self, String) {
        let server = Server::new().await;
        let cookie = server.set_up().await;
        let ada = server.services.accounts.id_of("ada").await.unwrap();
        for (name, is_public) in [("main", false), ("open", true)] {
            let name = name.parse().unwrap();
            let feed = NewFeed { name, description: String::new(), is_public };
            server.services.feeds.create_for(&operator(), ada, feed).await.unwrap();
        }
        for name in ["rob", "eve"] {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: Some(PasswordText::new(PASSWORD)),
            };
            server.services.accounts.create(&operator(), new, false).await.unwrap();
        }
        server.services.feeds.set_member(&operator(), "main", "rob", Role::Reader).await.unwrap();
        let choice = ScopeChoice {
            read: Some(FeedSet::All),
            write: Some(FeedSet::All),
            patterns: Vec::new(),
            read_any_package: false,
            extras: ActionSet::NONE,
        };
        let draft = TokenDraft {
            description: "CI publish".to_owned(),
            scope: choice.into_scope().unwrap(),
            not_before: None,
            expires_at: None,
            networks: Vec::new(),
            is_pre_authenticated: false,
        };
        let made = server.services.tokens.create_for(&operator(), ada, draft).await.unwrap();
        let token = made.secret.unwrap().expose().to_owned();
        (Self { server, token }, cookie)
    }

    /// The same, with the browser of ada.
    fn with_ada(&self, cookie: &str) -> Browser<'_> {
        let browser = Browser::new(&self.server);
        browser.take(cookie);
        browser
    }

    async fn browser_of(&self, name: &str) -> Browser<'_> {
        let browser = Browser::new(&self.server);
        browser.post("/sign-in", &[("login", name), ("password", PASSWORD)]).await;
        browser
    }

    async fn publish(&self, feed: &str, name: &str, version: &str) {
        let manifest = format!("{{\"name\":\"{name}\",\"version\":\"{version}\"}}");
        self.publish_with(feed, name, version, manifest, "# Read me").await;
    }

    async fn publish_with(
        &self,
        feed: &str,
        name: &str,
        version: &str,
        manifest: String,
        readme: &str,
    ) {
        let release = Release {
            name: name.to_owned(),
            version: version.to_owned(),
            version_key: version.to_owned(),
            manifest_short: manifest.clone(),
            manifest,
            readme: readme.to_owned(),
            tags: vec!["latest".to_owned()],
            file_name: format!("{}-{version}.tgz", name.rsplit('/').next().unwrap()),
        };
        self.release(feed, Npm, release).await;
    }

    async fn release(&self, feed: &str, ecosystem: Ecosystem, release: Release) {
        let services = &self.server.services;
        let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
        let wanted = Wanted::Push(ecosystem, &release.name);
        let request = AccessRequest { feed, wanted, origin: &origin };
        let credential = Credential::Token(self.token.clone());
        let grant = services.access.authorize(&credential, request).await.unwrap();
        let mut staging = services.packages.stage(&grant).unwrap();
        staging.write(b"archive").await.unwrap();
        let staged = staging.finish().await.unwrap();
        services.packages.publish(&grant, &release, &staged).await.unwrap();
        self.server.clock.advance(Duration::from_secs(1));
    }
}

/// A page's own part, without the markers that stand between texts for the script.
fn main_of(answer: &Answer) -> String {
    let html = answer.text();
    let (_, main) = html.split_once("<main").unwrap();
    main.split_once("</main>").unwrap().0.replace("<!>", "")
}

#[tokio::test]
async fn a_page_shows_what_is_known_about_a_version() {
    let (world, cookie) = World::new().await;
    world.publish("main", "other", "1.0.0").await;
    world.publish("main", "@acme/demo", "1.0.0").await;
    let manifest = r#"{"description":"A thing","license":"MIT","repository":"github:acme/demo",
        "dependencies":{"other":"^1.0.0","absent":"2"}}"#;
    let readme = "# Demo\n\n![build](https://ci.example/b.svg) [site](https://demo.example)";
    world.publish_with("main", "@acme/demo", "1.1.0", manifest.to_owned(), readme).await;
    let ada = world.with_ada(&cookie);
    let answer = ada.get("/feeds/main/npm/@acme%2Fdemo").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("<title>@acme/demo 1.1.0 · Latchkey</title>"));
    let html = main_of(&answer);
    for part in [
        "A thing",
        "npm install @acme/demo@1.1.0",
        "pnpm add @acme/demo@1.1.0",
        "yarn add @acme/demo@1.1.0",
        "@acme:registry=http://127.0.0.1:3000/F/main/npm/\n//127.0.0.1:3000/F/main/npm/:_authToken=${LATCHKEY_TOKEN}",
        "npmScopes:\n  acme:\n    npmRegistryServer: \"http://127.0.0.1:3000/F/main/npm/\"",
        "<h3>Demo</h3>",
        "<a href=\"https://ci.example/b.svg\" rel=\"external nofollow noopener noreferrer\">build</a>",
        "<a href=\"/feeds/main/npm/other\">other</a>",
        "<span>absent</span>",
        "<dt>Licence</dt><dd><ul class=\"tags\"><li><span>MIT</span>",
        "href=\"https://github.com/acme/demo\"",
        "ebfb55f4432b592119a10592e4f26272cc72359e",
        "sha512-sRU36Ok1DOcSWqYvA3z8E7szGJ0jPd3ewR",
        "http://127.0.0.1:3000/F/main/npm/@acme/demo/-/demo-1.1.0.tgz",
        "being signed in here does not count there",
        " by ada with the token ",
        "CI publish</a>",
        "<a href=\"/feeds/main/npm/@acme%2Fdemo/1.0.0\"",
        "2 versions",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!answer.text().contains(&world.token));
    assert!(!html.contains("<img"), "pictures elsewhere are not loaded");

    // Another version, by its address and by the form.
    for path in ["/feeds/main/npm/@acme%2Fdemo/1.0.0", "/feeds/main/npm/@acme%2Fdemo?version=1.0.0"]
    {
        let html = main_of(&ada.get(path).await);
        assert!(html.contains("npm install @acme/demo@1.0.0"), "{html}");
        assert!(html.contains("<option value=\"1.0.0\" selected"), "{html}");
    }
}

#[tokio::test]
async fn nothing_that_was_published_runs() {
    let (world, cookie) = World::new().await;
    let text = serde_json::to_string(HOSTILE).unwrap();
    let manifest = format!(
        "{{\"description\":{text},\"license\":{text},\"homepage\":\"javascript:alert(1)\",\
         \"repository\":{{\"url\":{text}}},\"bugs\":{text},\"engines\":{{{text}:{text}}},\
         \"dependencies\":{{{text}:{text}}},\"peerDependencies\":{{{text}:1}}}}"
    );
    // Names are checked by the protocols; the pages do not depend on that.
    for (name, version) in [("demo", "1.0.0"), (HOSTILE, HOSTILE)] {
        world.publish_with("main", name, version, manifest.clone(), HOSTILE).await;
    }
    let ada = world.with_ada(&cookie);
    let hostile = links::version("main", Npm, HOSTILE, HOSTILE);
    ada.post(&format!("{hostile}/deprecate"), &[("which", "this"), ("reason", HOSTILE)]).await;
    for path in [
        "/feeds/main/npm/demo".to_owned(),
        links::package("main", Npm, HOSTILE),
        format!("{hostile}?done=tagged&tag={}", links::segment(HOSTILE)),
        format!("{hostile}/delete"),
    ] {
        let answer = ada.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        let html = answer.text();
        for bad in ["<script>alert", "<img src=x", "href=\"javascript", "</script><script>alert"] {
            assert!(!html.contains(bad), "{bad} on {path}: {html}");
        }
    }
    let html = main_of(&ada.get(&hostile).await);
    assert!(html.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "{html}");
}

#[tokio::test]
async fn a_package_out_of_reach_is_the_page_of_what_is_not_there() {
    let (world, cookie) = World::new().await;
    world.publish("main", "demo", "1.0.0").await;
    world.publish("open", "demo", "1.0.0").await;
    let (ada, rob) = (world.with_ada(&cookie), world.browser_of("rob").await);
    let (eve, nobody) = (world.browser_of("eve").await, Browser::new(&world.server));
    let absent = eve.get("/nowhere").await;
    assert_eq!(absent.status, 404);
    for path in [
        "/feeds/main/npm/demo",
        "/feeds/main/npm/demo/1.0.0",
        "/feeds/main/npm/demo/1.0.0/delete",
        "/feeds/main/npm/none",
        "/feeds/none/npm/demo",
        "/feeds/open/npm/none",
        "/feeds/open/npm/demo/2.0.0",
        "/feeds/open/nuget/demo",
        "/feeds/open/nonsense/demo",
        "/feeds/open/npm/demo/1.0.0/delete",
    ] {
        let answer = eve.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(main_of(&answer), main_of(&absent), "{path}");
    }
    // Without a session the hidden and the absent are the same sign-in.
    for path in ["/feeds/main/npm/demo", "/feeds/none/npm/demo", "/feeds/main/npm/demo/-/delete"] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/sign-in?next=%2Ffeeds%2F"));
    }
    // A public feed is for everybody to read, and for nobody else to change.
    for (browser, path) in [
        (&nobody, "/feeds/open/npm/demo"),
        (&eve, "/feeds/open/npm/demo"),
        (&rob, "/feeds/main/npm/demo"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200);
        let html = main_of(&answer);
        for control in ["Unlist", "Delete", "Manage", "Deprecate", "method=\"post\""] {
            assert!(!html.contains(control), "{control} on {path}: {html}");
        }
        assert!(html.contains("with a token of ada"), "{html}");
        assert!(!html.contains("CI publish"));
    }
    let html = main_of(&ada.get("/feeds/main/npm/demo").await);
    for control in ["Unlist", "Delete", "Manage", "Deprecate"] {
        assert!(html.contains(control), "{control}");
    }
    let open = main_of(&nobody.get("/feeds/open/npm/demo").await);
    assert!(!open.contains("_authToken") && !open.contains("LATCHKEY_TOKEN"), "{open}");
}

#[tokio::test]
async fn owners_unlist_deprecate_and_tag() {
    let (world, cookie) = World::new().await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        world.publish("main", "demo", version).await;
    }
    let ada = world.with_ada(&cookie);
    let page = "/feeds/main/npm/demo/1.0.0";
    let act = async |act: &str, fields: &[(&str, &str)]| {
        let answer = ada.post(&format!("{page}/{act}"), fields).await;
        assert_eq!(answer.status, 303, "{act}: {}", answer.text());
        let next = answer.header("location").to_owned();
        (main_of(&ada.get(&next).await), next)
    };
    let (html, next) = act("unlist", &[]).await;
    assert_eq!(next, format!("{page}?done=unlisted"));
    assert!(html.contains("1.0.0 is unlisted.") && html.contains("List again"), "{html}");
    let (html, _) = act("list", &[]).await;
    assert!(html.contains("1.0.0 is listed again."), "{html}");
    // The address alone claims nothing.
    let html = main_of(&ada.get(&format!("{page}?done=unlisted")).await);
    assert!(!html.contains("is unlisted."));
    assert!(
        !main_of(&ada.get("/feeds/main/npm/demo?deleted=9.9.9").await).contains("9.9.9 is deleted")
    );

    let (html, _) = act("deprecate", &[("which", "this"), ("reason", " Use 2 & up. ")]).await;
    assert!(html.contains("1.0.0 is deprecated.") && html.contains("Use 2 &amp; up."), "{html}");
    assert!(html.contains("The latest version is 2.0.0"));
    let (html, _) = act("deprecate", &[("which", "this"), ("reason", "")]).await;
    assert!(html.contains("1.0.0 is not deprecated any more."), "{html}");
    let chosen =
        [("which", "chosen"), ("version", "1.1.0"), ("version", "2.0.0"), ("reason", "bad")];
    let (html, next) = act("deprecate", &chosen).await;
    assert_eq!(next, "/feeds/main/npm/demo/1.1.0?done=deprecated");
    assert!(html.contains("1.1.0 is deprecated."), "{html}");
    assert!(!main_of(&ada.get(page).await).contains("<strong>Deprecated. </strong>"));
    let (html, _) = act("deprecate", &[("which", "all"), ("reason", "gone")]).await;
    assert_eq!(html.matches("<span class=\"badge warn\">Deprecated</span>").count(), 4, "{html}");
    let none =
        ada.post(&format!("{page}/deprecate"), &[("which", "chosen"), ("reason", "x")]).await;
    assert_eq!(none.status, 422);
    assert!(main_of(&none).contains("Choose at least one version."));
    let long = "x".repeat(1001);
    let long =
        ada.post(&format!("{page}/deprecate"), &[("which", "this"), ("reason", &long)]).await;
    assert_eq!(long.status, 422);
    assert!(main_of(&long).contains("at most 1000 characters"));

    let (html, _) = act("tag", &[("tag", "stable")]).await;
    assert!(html.contains("stable points to 1.0.0."), "{html}");
    let bad = ada.post(&format!("{page}/tag"), &[("tag", "1.x")]).await;
    assert_eq!(bad.status, 422);
    let html = main_of(&bad);
    assert!(html.contains("href=\"#tag\"") && html.contains("value=\"1.x\""), "{html}");
    let (html, _) = act("untag", &[("tag", "stable")]).await;
    assert!(html.contains("There is no tag stable any more."), "{html}");
    let latest = ada.post(&format!("{page}/untag"), &[("tag", "latest")]).await;
    assert_eq!(latest.status, 422);
    let opened = ada.get(&format!("{page}/unlist")).await;
    assert_eq!((opened.status.as_u16(), opened.header("location")), (303, page));
}

#[tokio::test]
async fn versions_are_changed_by_the_numbers_that_are_shown() {
    let (world, cookie) = World::new().await;
    for version in ["1.10.0+build.7", "1.9.0", "2.0.0-Beta.1"] {
        let release = Release {
            name: "Demo.Pkg".to_owned(),
            version: version.to_owned(),
            version_key: Ecosystem::Nuget.version_key(version),
            manifest: "{}".to_owned(),
            manifest_short: "{}".to_owned(),
            readme: String::new(),
            tags: Vec::new(),
            file_name: format!("demo.pkg.{version}.nupkg"),
        };
        world.release("main", Ecosystem::Nuget, release).await;
    }
    let ada = world.with_ada(&cookie);
    let html = main_of(&ada.get("/feeds/main/nuget/Demo.Pkg").await);
    let (_, list) = html.split_once("Versions of Demo.Pkg, newest first").unwrap();
    let places: Vec<_> =
        ["2.0.0-Beta.1<", "1.10.0+build.7<", "1.9.0<"].iter().map(|v| list.find(v)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{list}");
    for version in ["2.0.0-Beta.1", "1.10.0+build.7"] {
        let page = links::version("main", Ecosystem::Nuget, "Demo.Pkg", version);
        for (act, fields, words) in [
            ("unlist", vec![], "is unlisted."),
            ("list", vec![], "is listed again."),
            ("deprecate", vec![("which", "this"), ("reason", "old")], "is deprecated."),
            ("tag", vec![("tag", "stable")], "stable"),
        ] {
            let answer = ada.post(&format!("{page}/{act}"), &fields).await;
            assert_eq!(answer.status, 303, "{act}: {}", answer.text());
            let html = main_of(&ada.get(answer.header("location")).await);
            assert!(html.contains(words), "{act} {version}: {html}");
        }
        let phrase = format!("Demo.Pkg {version}");
        let answer = ada.post(&format!("{page}/delete"), &[("phrase", &phrase)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let html = main_of(&ada.get(answer.header("location")).await);
        assert!(html.contains(&format!("{version} is deleted")), "{html}");
    }
}

#[tokio::test]
async fn nobody_else_changes_anything() {
    let (world, cookie) = World::new().await;
    world.publish("main", "demo", "1.0.0").await;
    world.publish("open", "demo", "1.0.0").await;
    let ada = world.with_ada(&cookie);
    let before = main_of(&ada.get("/feeds/main/npm/demo").await);
    let (rob, eve) = (world.browser_of("rob").await, world.browser_of("eve").await);
    let nobody = Browser::new(&world.server);
    for (act, fields) in [
        ("unlist", vec![]),
        ("deprecate", vec![("which", "all"), ("reason", "mine")]),
        ("tag", vec![("tag", "mine")]),
        ("untag", vec![("tag", "latest")]),
        ("delete", vec![("phrase", "demo 1.0.0")]),
    ] {
        for (browser, feed, status) in [
            (&rob, "main", if act == "delete" { 404 } else { 403 }),
            (&eve, "main", 404),
            (&eve, "open", if act == "delete" { 404 } else { 403 }),
            (&nobody, "main", 303),
            (&nobody, "open", 303),
        ] {
            let path = format!("/feeds/{feed}/npm/demo/1.0.0/{act}");
            let answer = browser.post(&path, &fields).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            if status == 303 {
                assert!(answer.header("location").starts_with("/sign-in?next="), "{path}");
            }
            if status == 403 {
                assert!(main_of(&answer).contains("Only owners of the feed"), "{path}");
            }
        }
    }
    assert_eq!(main_of(&ada.get("/feeds/main/npm/demo").await), before);
}

#[tokio::test]
async fn deleting_takes_the_name_and_a_confirmed_identity() {
    let (world, cookie) = World::new().await;
    for version in ["1.0.0", "1.1.0"] {
        world.publish("main", "demo", version).await;
    }
    let ada = world.with_ada(&cookie);
    let question = "/feeds/main/npm/demo/1.1.0/delete";
    let html = main_of(&ada.get(question).await);
    for part in
        ["Delete demo 1.1.0", "lock file", "Unlist it instead?", "can never be published again"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    for wrong in ["", "demo", "demo 1.0.0", "1.1.0"] {
        let refused = ada.post(question, &[("phrase", wrong)]).await;
        assert_eq!(refused.status, 422);
        assert!(main_of(&refused).contains("Type “demo 1.1.0” to delete it."));
    }
    world.server.clock.advance(Duration::from_hours(3));
    let led = ada.post(question, &[("phrase", "demo 1.1.0")]).await;
    assert_eq!(led.status, 303);
    assert_eq!(
        led.header("location"),
        "/confirm?next=%2Ffeeds%2Fmain%2Fnpm%2Fdemo%2F1.1.0%2Fdelete"
    );
    let html = main_of(&ada.get(question).await);
    assert!(html.contains("Confirm it is you") && !html.contains("name=\"phrase\""), "{html}");
    ada.post("/confirm", &[("password", PASSWORD), ("next", question)]).await;

    let done = ada.post(question, &[("phrase", " demo 1.1.0 ")]).await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, "/feeds/main/npm/demo?deleted=1.1.0")
    );
    let html = main_of(&ada.get(done.header("location")).await);
    assert!(html.contains("1.1.0 is deleted.") && html.contains("demo@1.0.0"), "{html}");
    assert_eq!(ada.get("/feeds/main/npm/demo/1.1.0").await.status, 404);
    assert_eq!(ada.get(question).await.status, 404);

    let all = "/feeds/main/npm/demo/-/delete";
    assert!(main_of(&ada.get(all).await).contains("Its only version is deleted with it."));
    let done = ada.post(all, &[("phrase", "demo")]).await;
    assert_eq!(done.header("location"), "/feeds/main/npm/demo");
    let gone = ada.get("/feeds/main/npm/demo").await;
    assert_eq!(gone.status, 410);
    assert!(main_of(&gone).contains("demo is deleted"), "{}", gone.text());
    let rob = world.browser_of("rob").await;
    assert_eq!(rob.get("/feeds/main/npm/demo").await.status, 404);
}

#[tokio::test]
async fn a_long_list_of_versions_has_pages() {
    let (world, cookie) = World::new().await;
    for number in 0..60 {
        world.publish("main", "demo", &format!("1.0.{number}")).await;
    }
    let ada = world.with_ada(&cookie);
    let html = main_of(&ada.get("/feeds/main/npm/demo").await);
    assert!(html.contains("60 versions") && html.contains("Page 1 of 3"), "{html}");
    assert!(html.contains("href=\"/feeds/main/npm/demo/1.0.59?page=2#versions\""), "{html}");
    let html = main_of(&ada.get("/feeds/main/npm/demo/1.0.59?page=2").await);
    assert!(html.contains("demo/1.0.10\"") && html.contains("npm install demo@1.0.59"), "{html}");
}
