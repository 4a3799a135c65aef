//! The pages of feeds, and of refusals.

use model::{
    action::ActionSet,
    role::Role,
    scope::{FeedSet, ScopeChoice},
    token_form::TokenDraft,
};
use registry::{
    Actor, Error, Origin,
    access::{AccessRequest, Credential, Wanted},
    accounts::NewAccount,
    sessions::PasswordText,
};

use serde_json::{Value, json};

use crate::{browser::Browser, support::Server};

const PASSWORD: &str = "correct horse battery staple";

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

async fn bob(server: &Server) -> Browser<'_> {
    let new = NewAccount {
        username: "bob".parse().unwrap(),
        email: "bob@example.com".parse().unwrap(),
        password: Some(PasswordText::new(PASSWORD)),
    };
    server.services.accounts.create(&operator(), new, false).await.unwrap();
    let browser = Browser::new(server);
    browser.post("/sign-in", &[("login", "bob"), ("password", PASSWORD)]).await;
    browser
}

async fn create(browser: &Browser<'_>, name: &str, visibility: &str) -> crate::support::Answer {
    browser.post("/feeds/new", &[("name", name), ("visibility", visibility)]).await
}

#[tokio::test]
async fn a_feed_is_made_and_says_how_to_publish_to_it() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    assert!(ada.get("/feeds").await.text().contains("No feeds yet"));
    let answer = create(&ada, "Main", "private").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/feeds/main"));
    // Markers for the script stand between texts.
    let page = ada.get("/feeds/main").await.text().replace("<!>", "");
    for part in [
        "Members may read. You are owner.",
        "Private",
        "Publish your first package",
        "registry=http://127.0.0.1:3000/F/main/npm/\n//127.0.0.1:3000/F/main/npm/:_authToken=${LATCHKEY_TOKEN}",
        "npm publish",
        "/profile/tokens/new?access=write&amp;feeds=chosen&amp;feed=",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let list = ada.get("/feeds").await.text();
    assert!(list.contains("href=\"/feeds/main\"") && list.contains("Never"), "{list}");
}

#[tokio::test]
async fn what_is_wrong_with_a_feed_stands_at_its_name() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    create(&ada, "main", "private").await;
    for (name, status, sentence) in [
        ("main", 409, "The name “main” is taken"),
        (
            "a b",
            422,
            "A name is made of the letters a to z, digits and hyphens. It could be “a-b”.",
        ),
        ("", 422, "Give a name."),
        ("api", 422, "This name is reserved"),
        ("../../etc", 422, "A name is made of"),
    ] {
        let answer = create(&ada, name, "public").await;
        let html = answer.text();
        assert_eq!(answer.status, status, "{name}");
        assert!(html.contains(&format!("<a href=\"#name\">{sentence}")), "{html}");
        assert!(html.contains(&format!("value=\"{name}\"")), "what was typed is kept");
        let (_, public) = html.split_once("value=\"public\"").unwrap();
        assert!(public.split('>').next().unwrap().contains("checked"), "so is what was chosen");
    }
    assert_eq!(server.services.feeds.list_for(ada_id(&server).await).await.unwrap().len(), 1);
}

async fn ada_id(server: &Server) -> model::id::AccountId {
    server.services.accounts.id_of("ada").await.unwrap()
}

#[tokio::test]
async fn a_name_is_judged_while_it_is_typed_as_when_it_is_sent() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    create(&ada, "main", "private").await;
    for name in ["main", "a b", "api", ""] {
        let answer = ada.call("feeds/name", json!({ "name": name })).await;
        let check: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!((answer.status.as_u16(), &check["is_free"]), (200, &false.into()), "{name}");
        let words = check["words"].as_str().unwrap();
        assert!(create(&ada, name, "private").await.text().contains(words), "{name}: {words}");
    }
    let check = ada.call("feeds/name", json!({ "name": "Next" })).await.text();
    assert!(check.contains("“next” is free."), "{check}");
    let stranger = Browser::new(&server);
    assert_eq!(stranger.call("feeds/name", json!({ "name": "main" })).await.status, 401);
}

#[tokio::test]
async fn public_feeds_are_shown_to_anybody_and_the_others_to_nobody() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    create(&ada, "secret", "private").await;
    create(&ada, "open", "public").await;
    let stranger = Browser::new(&server);
    let answer = stranger.get("/feeds/open").await;
    let page = answer.text().replace("<!>", "");
    assert_eq!(answer.status, 200);
    assert!(page.contains("Anyone may read.") && page.contains("No packages yet"), "{page}");
    assert!(page.contains("href=\"/sign-in?next=%2Ffeeds%2Fopen\""), "{page}");
    for part in ["/feeds/open/members", "/feeds/open/settings", "href=\"/feeds\""] {
        assert!(!page.contains(part), "{part}");
    }
    let leads = async |name: &str| {
        let answer = stranger.get(&format!("/feeds/{name}?q=x")).await;
        let called = stranger.call("feeds/page", json!({ "feed": name, "query": {} })).await;
        let location = answer.header("location").replace(name, "NAME");
        (answer.status.as_u16(), location, called.status.as_u16(), called.text())
    };
    let hidden = leads("secret").await;
    assert_eq!((hidden.0, hidden.2), (303, 401));
    assert_eq!(hidden.1, "/sign-in?next=%2Ffeeds%2FNAME%3Fq%3Dx");
    assert_eq!(hidden, leads("absent").await);
    let bob = bob(&server).await;
    for path in ["/feeds/open/members", "/feeds/open/settings"] {
        assert_eq!(stranger.get(path).await.status, 303);
        // Who is no member of a public feed is told so.
        assert_eq!(bob.get(path).await.status, 403);
    }
}

#[tokio::test]
async fn the_operator_may_leave_making_feeds_to_administrators() {
    let server = Server::with(&["--feed-creation", "admins"]).await;
    let ada = Browser::of_ada(&server).await;
    let bob = bob(&server).await;
    assert!(ada.get("/feeds").await.text().contains("href=\"/feeds/new\""));
    assert!(!bob.get("/feeds").await.text().contains("href=\"/feeds/new\""));
    let answer = create(&bob, "mine", "private").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("Only administrators create feeds"));
    assert_eq!(create(&ada, "mine", "private").await.status, 303);
}

#[tokio::test]
async fn a_feed_out_of_reach_is_the_page_of_what_is_not_there() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let bob = bob(&server).await;
    create(&ada, "secret", "private").await;
    create(&ada, "open", "public").await;
    let main = |html: String| {
        let (_, main) = html.split_once("<main").unwrap();
        main.split_once("</main>").unwrap().0.to_owned()
    };
    let absent = bob.get("/nowhere").await;
    assert_eq!(absent.status, 404);
    let absent = main(absent.text());
    for path in ["/feeds/secret", "/feeds/none", "/feeds/a%20b", "/denials/0123456789abcdefg"] {
        let answer = bob.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(main(answer.text()), absent, "{path}");
    }
    assert!(bob.get("/feeds/open").await.text().contains("Anyone may read."));
    server.services.feeds.set_member(&operator(), "secret", "bob", Role::Reader).await.unwrap();
    assert_eq!(bob.get("/feeds/secret").await.status, 200);
}

/// Has a token of ada's, which may publish `@acme/*` to main and read, refused: the refusal's path.
async fn refusal(server: &Server, wanted: Wanted<'_>) -> String {
    let owner = ada_id(server).await;
    let choice = ScopeChoice {
        read: Some(FeedSet::All),
        write: Some(FeedSet::All),
        patterns: vec!["@acme/*".parse().unwrap()],
        read_any_package: true,
        extras: ActionSet::NONE,
    };
    let draft = TokenDraft {
        description: "CI <publish>".to_owned(),
        scope: choice.into_scope().unwrap(),
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    };
    let made = server.services.tokens.create_for(&operator(), owner, draft).await.unwrap();
    let credential = Credential::Token(made.secret.unwrap().expose().to_owned());
    let user_agent = "npm/11.4.0 node/v22.1.0 linux x64".to_owned();
    let origin = Origin { address: [10, 1, 2, 3].into(), user_agent };
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    match server.services.access.authorize(&credential, request).await {
        Err(Error::Denied(denial)) => {
            let (_, link) = denial.sentence.split_once("http://127.0.0.1:3000").unwrap();
            link.to_owned()
        }
        _ => panic!("it was allowed"),
    }
}

#[tokio::test]
async fn the_owner_sees_what_was_refused_and_which_rule_was_missing() {
    use model::ecosystem::Ecosystem::Npm;
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    create(&ada, "main", "private").await;
    let path = refusal(&server, Wanted::Push(Npm, "foo-bar")).await;
    let answer = ada.get(&path).await;
    let html = answer.text().replace("<!>", "");
    assert_eq!(answer.status, 200, "{html}");
    for part in [
        "Refused: publish foo-bar to main",
        "LK-PACKAGE",
        "CI &lt;publish&gt;",
        "How it was judged",
        "The account ada is active",
        "None of the 2 rules does:",
        "Rule 1: read every feed",
        "Rule 2: publish packages named @acme/* to every feed",
        "<mark class=\"missing\">foo-bar does not match @acme/*</mark>",
        "Skipped",
        "10.1.2.3",
        "npm 11.4.0",
        "403 LK-PACKAGE",
        "may not push foo-bar to feed main",
        "/edit?add=push-new&amp;feed=",
        "&amp;package=foo-bar",
        "Revoke CI",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    // For everybody else there is no such page.
    let bob = bob(&server).await;
    assert_eq!(bob.get(&path).await.status, 404);
    let stranger = Browser::new(&server).get(&path).await;
    assert_eq!(stranger.status, 303);
    assert!(stranger.header("location").starts_with("/sign-in?next=%2Fdenials%2F"));
}

#[tokio::test]
async fn a_role_that_may_not_is_told_apart_from_a_token_that_may_not() {
    use model::ecosystem::Ecosystem::Npm;
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let bob = bob(&server).await;
    create(&bob, "main", "private").await;
    server.services.feeds.set_member(&operator(), "main", "ada", Role::Reader).await.unwrap();
    let path = refusal(&server, Wanted::Push(Npm, "@acme/core")).await;
    let html = ada.get(&path).await.text().replace("<!>", "");
    for part in
        ["LK-ROLE", "A rule allows it", "your role in the feed is reader", "Ask an owner of main"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
}
