//! Administrators' pages and forms, as browsers without script use them, and links to reset passwords.

use std::time::Duration;

use model::{action::ActionSet, policy::SignUp};
use registry::{Actor, accounts::NewAccount, sessions::PasswordText};

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";
const OTHER: &str = "entirely different words in here";

fn leads_to(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.header("location"))
}

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

/// An account with a password, signed in.
async fn person<'a>(server: &'a Server, name: &str) -> Browser<'a> {
    let new = NewAccount {
        username: name.parse().unwrap(),
        email: format!("{name}@example.com").parse().unwrap(),
        password: Some(PasswordText::new(PASSWORD)),
    };
    server.services.accounts.create(&operator(), new, false).await.unwrap();
    let browser = Browser::new(server);
    let answer = browser.post("/sign-in", &[("login", name), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    browser
}

/// The path of the link that a page shows.
fn shown_link(answer: &Answer, place: &str) -> String {
    let html = answer.text();
    assert_eq!(answer.status, 200, "{html}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let address = format!("http://127.0.0.1:3000/{place}/");
    let at = html.find(&address).unwrap_or_else(|| panic!("no link: {html}"));
    let code: String =
        html[at + address.len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
    assert_eq!(code.len(), 22, "{html}");
    format!("/{place}/{code}")
}

#[tokio::test]
async fn for_everybody_else_the_pages_are_as_absent_as_any() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let eve = person(&server, "eve").await;
    let nothing = eve.get("/nothing-is-here").await;
    assert_eq!(nothing.status, 404);
    for path in
        ["/admin", "/admin/people/new", "/admin/people/eve", "/admin/tokens", "/admin/policy"]
    {
        let page = eve.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("<h1>Page not found</h1>"), "{path}");
    }
    for path in ["/admin/people/new", "/admin/people/ada/disable", "/admin/policy"] {
        let answer = eve.post(path, &[("username", "x"), ("email", "x@example.com")]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert!(!eve.get("/feeds").await.text().contains("href=\"/admin\""));
    let stranger = Browser::new(&server);
    assert_eq!(leads_to(&stranger.get("/admin").await), (303, "/sign-in?next=%2Fadmin"));
}

#[tokio::test]
async fn somebody_is_invited_and_comes() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let fields = [("username", "bob"), ("email", "not an address"), ("admin", "yes")];
    let wrong = ada.post("/admin/people/new", &fields).await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text();
    assert!(html.contains("<a href=\"#email\">This is not an e-mail address"), "{html}");
    assert!(html.contains("value=\"bob\"") && html.contains("value=\"not an address\""), "{html}");
    let fields = [("username", "bob"), ("email", "bob@example.com")];
    let link = shown_link(&ada.post("/admin/people/new", &fields).await, "invite");
    let taken = ada.post("/admin/people/new", &fields).await;
    assert!(taken.status == 409 && taken.text().contains("<a href=\"#username\">The name “bob”"));

    let list = ada.get("/admin?state=invited").await.text();
    assert!(list.contains("1 of 2 people") && list.contains("/admin/people/bob"), "{list}");
    let newer = shown_link(&ada.post("/admin/people/bob/invite", &[]).await, "invite");
    let bob = Browser::new(&server);
    assert_eq!(bob.get(&link).await.status, 404);
    let chosen = bob.post(&newer, &[("password", PASSWORD)]).await;
    assert_eq!(leads_to(&chosen), (303, "/profile/tokens"));
    assert!(bob.is_signed_in().await);
    assert!(!ada.get("/admin/people/bob").await.text().contains(&newer), "it is shown once");

    ada.post("/admin/people/new", &[("username", "eve"), ("email", "eve@example.com")]).await;
    let withdrawn = ada.post("/admin/people/eve/withdraw", &[]).await;
    assert_eq!(leads_to(&withdrawn), (303, "/admin?withdrawn=eve"));
    assert_eq!(ada.get("/admin/people/eve").await.status, 404);
    let late = ada.post("/admin/people/bob/withdraw", &[]).await;
    assert!(late.status == 422 && late.text().contains("not invited any more"), "{}", late.text());
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let bob = person(&server, "bob").await;
    let page = ada.get("/admin/people/bob").await.text();
    assert!(page.contains("1 token is refused") && page.contains("Primary"), "{page}");
    assert!(page.contains("1 session is ended"), "{page}");
    let answer = ada.post("/admin/people/bob/disable", &[]).await;
    assert_eq!(leads_to(&answer), (303, "/admin/people/bob?done=disable"));
    assert!(
        ada.get(answer.header("location")).await.text().contains("Nothing of the account works")
    );
    assert!(!bob.is_signed_in().await);
    let again = bob.post("/sign-in", &[("login", "bob"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 403);
    ada.post("/admin/people/bob/enable", &[]).await;
    let again = bob.post("/sign-in", &[("login", "bob"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 303);
    ada.post("/admin/people/bob/sign-out", &[]).await;
    assert!(!bob.is_signed_in().await);

    for path in ["/admin/people/ada/disable", "/admin/people/ada/take-admin"] {
        let answer = ada.post(path, &[]).await;
        assert!(answer.status == 422 && answer.text().contains("There is a problem"), "{path}");
    }
    ada.post("/admin/people/bob/make-admin", &[]).await;
    let gone = ada.post("/admin/people/ada/take-admin", &[]).await;
    assert_eq!(leads_to(&gone), (303, "/"));
    assert_eq!(ada.get("/admin").await.status, 404);
}

#[tokio::test]
async fn a_password_is_reset_by_a_link_that_tells_nothing() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let bob = person(&server, "bob").await;
    let link = shown_link(&ada.post("/admin/people/bob/reset", &[]).await, "reset");
    assert!(bob.is_signed_in().await, "until the link is used");
    let elsewhere = Browser::new(&server);
    let page = elsewhere.get(&link).await;
    assert!(
        page.text().contains("For the account bob.") && page.text().contains("tokens keep working")
    );
    assert_eq!(page.header("referrer-policy"), "strict-origin");
    let short = elsewhere.post(&link, &[("password", "short")]).await;
    assert!(short.status == 422 && short.text().contains("Too short"));
    let answer = elsewhere.post(&link, &[("password", OTHER)]).await;
    assert_eq!(leads_to(&answer), (303, "/profile/tokens"));
    assert!(elsewhere.is_signed_in().await && !bob.is_signed_in().await);

    let late = shown_link(&ada.post("/admin/people/bob/reset", &[]).await, "reset");
    server.clock.advance(Duration::from_mins(31));
    let absent = "/reset/0123456789abcdefghijkl";
    let stranger = Browser::new(&server);
    let unknown = stranger.get(absent).await;
    for path in [link.as_str(), late.as_str()] {
        let page = stranger.get(path).await;
        assert_eq!(page.status, 404);
        let same = |text: String, path: &str| text.replace(path, "");
        let nonce = |text: String| {
            let parts: Vec<&str> = text.split("nonce").collect();
            parts[0].len()
        };
        assert_eq!(nonce(same(page.text(), path)), nonce(same(unknown.text(), absent)));
        assert_eq!(stranger.post(path, &[("password", PASSWORD)]).await.status, 404);
    }
}

#[tokio::test]
async fn others_are_looked_after_only_with_the_password_at_hand() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    person(&server, "bob").await;
    server.clock.advance(Duration::from_hours(3));
    let answer = ada.post("/admin/people/bob/reset", &[]).await;
    assert_eq!(leads_to(&answer), (303, "/confirm?next=%2Fadmin%2Fpeople%2Fbob"));
    let fields = [("username", "eve"), ("email", "eve@example.com"), ("admin", "yes")];
    let answer = ada.post("/admin/people/new", &fields).await;
    let next = "/confirm?next=%2Fadmin%2Fpeople%2Fnew%3Fusername%3Deve%26admin%3Dyes";
    assert_eq!(leads_to(&answer), (303, next));
    let fields =
        [("sign_up", "open"), ("was_sign_up", "closed"), ("reveal", "all"), ("was_reveal", "all")];
    let answer = ada.post("/admin/policy", &fields).await;
    assert_eq!(leads_to(&answer), (303, "/confirm?next=%2Fadmin%2Fpolicy%3Fsign_up%3Dopen"));
    let page = ada.get("/admin/policy?sign_up=open").await.text();
    assert!(page.contains("value=\"open\" checked"), "what was chosen is chosen again: {page}");
    assert_eq!(server.services.policy().sign_up, SignUp::Closed);
    let told =
        ada.call("people/link", serde_json::json!({ "username": "bob", "act": "reset" })).await;
    assert!(told.status == 403 && told.text().contains("unconfirmed"), "{}", told.text());
}

#[tokio::test]
async fn the_policy_is_saved_field_by_field_and_shown_elsewhere_at_once() {
    let server = Server::with(&["--feed-creation", "admins"]).await;
    let ada = Browser::of_ada(&server).await;
    let page = ada.get("/admin/policy").await.text();
    assert!(page.contains("Set by --feed-creation, and changed only there."), "{page}");
    assert!(!page.contains("name=\"feed_creation\""), "{page}");
    let fields =
        [("shortest_password", "five"), ("confirmation_window", "13h"), ("sign_up", "open")];
    let answer = ada.post("/admin/policy", &fields).await;
    let html = answer.text();
    assert_eq!(answer.status, 422, "{html}");
    assert!(
        html.contains("“five” is not a whole number") && html.contains("13h is too long"),
        "{html}"
    );
    assert!(html.contains("value=\"five\"") && html.contains("value=\"open\" checked"), "{html}");
    assert_eq!(server.services.policy().sign_up, SignUp::Closed, "all or nothing");

    let fields = [
        ("sign_up", "open"),
        ("was_sign_up", "closed"),
        ("shortest_password", "12"),
        ("was_shortest_password", "15"),
    ];
    assert_eq!(
        leads_to(&ada.post("/admin/policy", &fields).await),
        (303, "/admin/policy?saved=yes")
    );
    let sign_up = Browser::new(&server).get("/sign-up").await.text();
    assert!(sign_up.contains("12 characters or more"), "{sign_up}");
    // Somebody who opened the form before, and changes something else, undoes none of it.
    let fields = [
        ("sign_up", "closed"),
        ("was_sign_up", "closed"),
        ("confirmation_window", "1h"),
        ("was_confirmation_window", "2h"),
    ];
    ada.post("/admin/policy", &fields).await;
    assert_eq!(server.services.policy().sign_up, SignUp::Open);
    let fixed = ada.post("/admin/policy", &[("feed_creation", "everyone")]).await;
    assert!(fixed.status == 422 && fixed.text().contains("Set by --feed-creation"));
}

#[tokio::test]
async fn copies_are_destroyed_after_the_question() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let fields = [
        ("reveal", "never"),
        ("was_reveal", "all"),
        ("shortest_password", "20"),
        ("was_shortest_password", "15"),
    ];
    let asked = ada.post("/admin/policy", &fields).await;
    let html = asked.text();
    assert_eq!(asked.status, 409, "{html}");
    assert!(
        html.contains("Nothing is saved yet.") && html.contains("Save and destroy 1 copy"),
        "{html}"
    );
    assert!(html.contains("value=\"never\" checked") && html.contains("value=\"20\""), "{html}");
    assert_eq!(server.services.policy().shortest_password, 15);
    let agreed = [&fields[..], &[("agreed", "yes")]].concat();
    assert_eq!(
        leads_to(&ada.post("/admin/policy", &agreed).await),
        (303, "/admin/policy?saved=yes")
    );
    assert!(ada.get("/admin/policy").await.text().contains("0 copies are kept now"));
}

#[tokio::test]
async fn everybodys_tokens_are_seen_and_ended_without_their_values() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let bob = person(&server, "bob").await;
    let owner = server.services.accounts.id_of("bob").await.unwrap();
    let rule = model::scope::Rule {
        effect: model::scope::Effect::Allow,
        actions: ActionSet::READ,
        feeds: model::scope::FeedSet::All,
        patterns: Vec::new(),
    };
    let draft = model::token_form::TokenDraft {
        description: "CI".to_owned(),
        scope: model::scope::Scope { rules: vec![rule] },
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    };
    let made = server.services.tokens.create_for(&operator(), owner, draft).await.unwrap();
    let (id, value) = (made.id, made.secret.unwrap());
    let list = ada.get("/admin/tokens?owner=bob&use=never").await.text();
    assert!(list.contains("2 of 3 tokens") && list.contains("Revoke CI of bob"), "{list}");
    assert!(list.contains(&value.expose()[36..]) && !list.contains(value.expose()), "{list}");
    let next = [("next", "/admin/tokens?owner=bob")];
    let answer = ada.post(&format!("/admin/tokens/{id}/revoke"), &next).await;
    assert_eq!(leads_to(&answer), (303, format!("/admin/tokens?owner=bob&changed={id}").as_str()));
    assert!(
        ada.get(answer.header("location")).await.text().contains("is revoked. Clients that use it")
    );
    let page = bob.get(&format!("/profile/tokens/{id}")).await.text();
    assert!(page.contains("by the administrator ada"), "{page}");

    let primary = server.services.tokens.list(owner).await.unwrap()[0].id;
    let refused =
        ada.post(&format!("/admin/tokens/{primary}/revoke"), &[("next", "//evil.example")]).await;
    assert!(
        refused.status == 422
            && refused.text().contains("The primary access token cannot be revoked")
    );
    ada.post(&format!("/admin/tokens/{primary}/suspend"), &[]).await;
    let page = bob.get(&format!("/profile/tokens/{primary}")).await.text();
    assert!(page.contains("It is refused until an administrator resumes it."), "{page}");
}
