//! Linking, joining by an invitation, signing up, confirming: what people do with an identity.

use std::time::Duration;

use registry::{Actor, accounts::NewAccount, sessions::PasswordText};
use serde_json::json;

use super::provider::{Provider, go, linked, query, server_for, sign_in};
use crate::{
    browser::Browser,
    support::{Answer, NOON, Server},
};

const PASSWORD: &str = "correct horse battery staple";

fn assert_refused(answer: &Answer, status: u16, sentence: &str) {
    let html = answer.text();
    assert_eq!(answer.status, status, "{html}");
    assert!(html.contains(sentence), "{html}");
}

pub(super) async fn invite(server: &Server, name: &str) -> String {
    let new = NewAccount {
        username: name.parse().unwrap(),
        email: format!("{name}@example.com").parse().unwrap(),
        password: None,
    };
    let operator = Actor::Operator("root".to_owned());
    let (_, link) = server.services.accounts.create(&operator, new, false).await.unwrap();
    link.unwrap().url.strip_prefix("http://127.0.0.1:3000").unwrap().to_owned()
}

/// Ben, whose account has no password: an identity opens it.
async fn joined<'a>(server: &'a Server, provider: &Provider) -> Browser<'a> {
    provider.behave().user_info = json!({ "sub": "ada-there", "preferred_username": "ben.b" });
    let invitation = invite(server, "ben").await;
    let browser = Browser::new(server);
    let page = browser.get(&invitation).await.text();
    let code = invitation.strip_prefix("/invite/").unwrap();
    let way = format!("/sign-in/with/contoso?invite={code}");
    assert!(page.contains(&format!("href=\"{way}\"")), "{page}");
    assert!(page.contains("Continue with Contoso"), "{page}");
    let answer = go(&browser, provider, &way).await;
    assert_eq!(answer.header("location"), "/sign-in/finish", "{}", answer.text());
    let page = browser.get("/sign-in/finish").await.text();
    assert!(page.contains("Join with Contoso") && page.contains("ben.b"), "{page}");
    assert!(!browser.is_signed_in().await, "nothing has been done yet");
    let answer = browser.post("/sign-in/finish", &[]).await;
    assert_eq!(answer.header("location"), "/profile/tokens", "{}", answer.text());
    assert!(browser.cookie("decision").is_none());
    assert_eq!(browser.get(&invitation).await.status, 404, "the link is used up");
    browser
}

#[tokio::test]
async fn a_page_elsewhere_signs_nobody_in() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    for (site, leads_to) in [
        ("cross-site", "/sign-in?next=%2Ffeeds"),
        ("same-site", "/sign-in?next=%2Ffeeds"),
        ("same-origin", "http"),
        ("none", "http"),
    ] {
        let headers = [("sec-fetch-site", site)];
        let answer = server.ask("GET", "/sign-in/with/contoso?next=/feeds", &headers).await;
        assert_eq!(answer.status, 303, "{site}");
        assert!(answer.header("location").starts_with(leads_to), "{site}");
    }
}

#[tokio::test]
async fn an_identity_is_linked_from_the_profile_after_a_question() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    provider.claim("email", json!("ada@example.com"));
    let ada = Browser::of_ada(&server).await;
    let page = ada.get("/profile/security").await.text();
    assert!(page.contains("None is linked.") && page.contains("Link Contoso…"), "{page}");
    let sign_in_page = Browser::new(&server).get("/sign-in?next=/connect").await.text();
    let href = "href=\"/sign-in/with/contoso?next=%2Fconnect\"";
    assert!(sign_in_page.contains(href), "{sign_in_page}");

    // Her own address at the provider is nothing to go by.
    let (_, answer) = sign_in(&server, &provider).await;
    assert_refused(&answer, 403, "This identity opens no account here");

    let answer = go(&ada, &provider, "/sign-in/with/contoso?for=link").await;
    assert_eq!(answer.header("location"), "/sign-in/finish");
    let page = ada.get("/sign-in/finish").await.text();
    for part in ["Link Contoso?", "ada.l", "Your account", "ada"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Somebody else's browser with what hers keeps links nothing.
    let eve = Browser::new(&server);
    eve.take(&format!("decision={}", ada.cookie("decision").unwrap()));
    assert_refused(&eve.post("/sign-in/finish", &[]).await, 403, "not signed in as you were");
    assert!(ada.get("/profile/security").await.text().contains("None is linked."));
    assert_eq!(ada.post("/sign-in/finish", &[]).await.header("location"), "/profile/security");
    let page = ada.get("/profile/security").await.text();
    assert!(page.contains("ada.l") && page.contains("Unlink Contoso"), "{page}");
    assert_refused(&ada.post("/sign-in/finish", &[]).await, 404, "nothing to finish");

    let before = ada.cookie("sid").unwrap();
    let (browser, answer) = sign_in(&server, &provider).await;
    assert_eq!(answer.header("location"), "/feeds");
    assert_ne!(browser.cookie("sid").unwrap(), before);
    // Signing in again gives a new session and ends the old.
    let old = browser.copy();
    go(&browser, &provider, "/sign-in/with/contoso").await;
    assert!(browser.is_signed_in().await && !old.is_signed_in().await);

    // Linked twice, or by somebody else.
    let answer = go(&ada, &provider, "/sign-in/with/contoso?for=link").await;
    assert_refused(&answer, 409, "linked to your account already");
    let operator = Actor::Operator("root".to_owned());
    let new = NewAccount {
        username: "eve".parse().unwrap(),
        email: "eve@example.com".parse().unwrap(),
        password: Some(registry::sessions::PasswordText::new(PASSWORD)),
    };
    server.services.accounts.create(&operator, new, false).await.unwrap();
    let eve = Browser::new(&server);
    eve.post("/sign-in", &[("login", "eve"), ("password", PASSWORD)]).await;
    let answer = go(&eve, &provider, "/sign-in/with/contoso?for=link").await;
    assert_refused(&answer, 409, "This identity cannot be linked: it is in use.");
    assert!(!answer.text().contains("ada@example.com"));

    // Unlinked, it opens nothing, and her other sessions by it end.
    let page = ada.get("/profile/security").await.text();
    let (_, rest) = page.split_once("/profile/security/identities/").unwrap();
    let action = format!("/profile/security/identities/{}", rest.split('"').next().unwrap());
    assert_refused(&eve.post(&action, &[]).await, 404, "");
    assert_eq!(ada.post(&action, &[]).await.header("location"), "/profile/security");
    assert!(!browser.is_signed_in().await && ada.is_signed_in().await);
    let (_, answer) = sign_in(&server, &provider).await;
    assert_refused(&answer, 403, "This identity opens no account here");
}

#[tokio::test]
async fn linking_needs_a_confirmed_identity_at_both_ends() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let ada = Browser::of_ada(&server).await;
    let link = "/sign-in/with/contoso?for=link";
    let answer = Browser::new(&server).get(link).await;
    assert_eq!(query(answer.header("location"))["next"], link);
    assert!(answer.header("location").starts_with("/sign-in?"));
    go(&ada, &provider, link).await;
    server.clock.advance(Duration::from_hours(2) - Duration::from_mins(5));
    let fresh = json!(server.services.now().as_millis() / 1000 + 300);
    provider.claim("exp", fresh);
    go(&ada, &provider, link).await;
    server.clock.advance(Duration::from_mins(5));
    for answer in [ada.post("/sign-in/finish", &[]).await, ada.get(link).await] {
        assert!(answer.header("location").starts_with("/confirm?next="), "{}", answer.text());
    }
    let fields = [("password", PASSWORD), ("next", "/sign-in/finish")];
    let answer = ada.post("/confirm", &fields).await;
    assert_eq!(answer.header("location"), "/sign-in/finish");
    assert_eq!(ada.post("/sign-in/finish", &[]).await.header("location"), "/profile/security");
}

#[tokio::test]
async fn who_joined_by_an_identity_confirms_by_it_and_can_set_a_password() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    server.set_up().await;
    let ben = joined(&server, &provider).await;
    let page = ben.get("/profile/security").await.text();
    assert!(page.contains("Set a password") && page.contains("The only way in"), "{page}");
    assert!(!page.contains("Current password") && !page.contains("/unlink"), "{page}");

    server.clock.advance(Duration::from_hours(3));
    let now = server.services.now().as_millis() / 1000;
    let answer = ben.post("/profile/security", &[("new", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/confirm?next=%2Fprofile%2Fsecurity");
    let page = ben.get("/confirm?next=/profile/security").await.text();
    let way = "/sign-in/with/contoso?for=confirm&next=%2Fprofile%2Fsecurity";
    assert!(page.contains(&way.replace('&', "&amp;")), "{page}");
    assert!(!page.contains("type=\"password\""), "{page}");

    let confirm = async |auth_time: serde_json::Value| {
        provider.behave().claims = Some(Box::new(move |claims| {
            claims["auth_time"] = auth_time.clone();
            claims["iat"] = json!(now);
            claims["exp"] = json!(now + 60);
        }));
        let answer = ben.get(way).await;
        let asked = query(answer.header("location"));
        assert_eq!((asked["max_age"].as_str(), asked["prompt"].as_str()), ("0", "login"));
        ben.get(&provider.let_through(answer.header("location"))).await
    };
    for stale in [json!(null), json!(now - 61), json!(NOON.as_millis() / 1000)] {
        let answer = confirm(stale.clone()).await;
        assert_refused(&answer, 403, "did not ask you to sign in again");
        let answer = ben.post("/profile/security", &[("new", PASSWORD)]).await;
        assert!(answer.header("location").starts_with("/confirm"), "{stale}");
    }
    let before = ben.cookie("sid").unwrap();
    let answer = confirm(json!(now)).await;
    assert_eq!(answer.header("location"), "/profile/security", "{}", answer.text());
    assert_ne!(ben.cookie("sid").unwrap(), before);
    let answer = ben.post("/profile/security", &[("new", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/profile/security", "{}", answer.text());
    let page = ben.get("/profile/security").await.text();
    assert!(page.contains("Change password") && page.contains("Unlink Contoso"), "{page}");
    let fields = [("login", "ben"), ("password", PASSWORD)];
    assert_eq!(Browser::new(&server).post("/sign-in", &fields).await.status, 303);
}

#[tokio::test]
async fn an_identity_of_another_account_confirms_nothing() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let ada = linked(&server, &provider).await;
    let now = NOON.as_millis() / 1000;
    provider.behave().claims = Some(Box::new(move |claims| {
        claims["auth_time"] = json!(now);
        claims["sub"] = json!("eve-there");
        claims["preferred_username"] = json!("eve");
        claims["email"] = json!("eve@example.com");
        claims["email_verified"] = json!(true);
    }));
    let answer = go(&ada, &provider, "/sign-in/with/contoso?for=confirm&next=/feeds").await;
    assert_refused(&answer, 403, "is not linked to your account");
    provider.claim("auth_time", json!(now));
    let answer = go(&ada, &provider, "/sign-in/with/contoso?for=confirm&next=/feeds").await;
    assert_eq!(answer.header("location"), "/feeds");
    let answer = ada.get("/sign-in/with/github?for=confirm").await;
    assert_refused(&answer, 403, "cannot confirm that it is you");
}

#[tokio::test]
async fn signing_up_takes_a_verified_address_and_a_name_that_is_free() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &["--sign-up", "open"]).await;
    server.set_up().await;
    let about = |email: &str, verified: serde_json::Value| {
        provider.behave().user_info = json!({
            "sub": "ada-there", "preferred_username": "Cid.Campeador",
            "email": email, "email_verified": verified,
        });
    };
    for unverified in [json!(false), json!("false"), json!(null)] {
        about("cid@example.com", unverified);
        let (_, answer) = sign_in(&server, &provider).await;
        assert_refused(&answer, 403, "This identity opens no account here");
    }
    // Some write it as a text.
    about("cid@example.com", json!("true"));
    assert_eq!(sign_in(&server, &provider).await.1.header("location"), "/sign-in/finish");
    about("cid@example.com", json!(true));
    let (cid, answer) = sign_in(&server, &provider).await;
    assert_eq!(answer.header("location"), "/sign-in/finish");
    let page = cid.get("/sign-in/finish").await.text();
    assert!(page.contains("value=\"cid-campeador\"") && page.contains("cid@example.com"), "{page}");
    for (name, status, sentence) in [
        ("a b", 422, "A name is made of"),
        ("", 422, "Give a name."),
        ("ada", 409, "“ada” is taken"),
    ] {
        let answer = cid.post("/sign-in/finish", &[("username", name)]).await;
        assert_refused(&answer, status, sentence);
        assert!(answer.text().contains("id=\"username-error\""), "{}", answer.text());
    }
    let answer = cid.post("/sign-in/finish", &[("username", "cid")]).await;
    assert_eq!(answer.header("location"), "/profile/tokens", "{}", answer.text());
    assert!(cid.is_signed_in().await);
    // An address that somebody has makes no account and tells nothing.
    provider.claim("sub", json!("other-there"));
    provider.behave().user_info = json!({
        "sub": "other-there", "email": "ada@example.com", "email_verified": true,
    });
    let (other, answer) = sign_in(&server, &provider).await;
    assert_eq!(answer.header("location"), "/sign-in/finish");
    let answer = other.post("/sign-in/finish", &[("username", "other")]).await;
    assert_refused(&answer, 409, "An account cannot be made with these details");
}

#[tokio::test]
async fn a_disabled_account_is_not_opened_and_its_sessions_end() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let ada = linked(&server, &provider).await;
    let operator = Actor::Operator("root".to_owned());
    let new = NewAccount {
        username: "ben".parse().unwrap(),
        email: "ben@example.com".parse().unwrap(),
        password: Some(PasswordText::new("correct horse battery staple")),
    };
    // One administrator always can sign in.
    server.services.accounts.create(&operator, new, true).await.unwrap();
    server.services.accounts.set_disabled(&operator, "ada", true).await.unwrap();
    assert!(!ada.is_signed_in().await);
    let (browser, answer) = sign_in(&server, &provider).await;
    assert_refused(&answer, 403, "This identity opens no account here");
    assert!(browser.cookie("sid").is_none());
}

#[tokio::test]
async fn what_an_identity_opens_is_the_pages_and_no_feed() {
    let provider = Provider::start().await;
    let (server, _file) = server_for(&provider, &[]).await;
    let _ada = linked(&server, &provider).await;
    let (browser, _) = sign_in(&server, &provider).await;
    let answer = browser.post("/feeds/new", &[("name", "main"), ("visibility", "private")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(browser.get("/feeds/main").await.status, 200);
    assert_eq!(browser.get("/F/main/npm/demo").await.status, 401, "cookies mean nothing there");
    let sid = browser.cookie("sid").unwrap();
    let basic = |pair: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        format!("Basic {}", STANDARD.encode(pair))
    };
    for credential in [
        format!("Bearer {sid}"),
        "Bearer access".to_owned(),
        basic("ada-there:access"),
        basic("ada:ada-there"),
    ] {
        let answer = server.ask("GET", "/F/main/npm/demo", &[("authorization", &credential)]).await;
        assert_eq!(answer.status, 401, "{credential}");
    }
}
