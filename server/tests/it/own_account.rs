//! One's own account as browsers without script see and change it.

use std::time::Duration;

use registry::{Actor, accounts::NewAccount};

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";

fn leads_to(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.header("location"))
}

async fn sign_in<'a>(server: &'a Server, name: &str) -> Browser<'a> {
    let browser = Browser::new(server);
    let answer = browser.post("/sign-in", &[("login", name), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    browser
}

async fn with_ben(server: &Server) {
    let new = NewAccount {
        username: "ben".parse().unwrap(),
        email: "ben@example.com".parse().unwrap(),
        password: Some(registry::sessions::PasswordText::new(PASSWORD)),
    };
    server.services.accounts.create(&Actor::Operator("root".to_owned()), new, false).await.unwrap();
}

/// The values of the hidden fields of this name on a page.
fn hidden(html: &str, name: &str) -> Vec<String> {
    html.split(&format!("name=\"{name}\" value=\""))
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn other_sessions_are_seen_and_signed_out() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let others = [sign_in(&server, "ada").await, sign_in(&server, "ada").await];
    let page = ada.get("/profile/security").await.text();
    assert!(
        page.contains("This session") && page.contains("Sign out the 2 other sessions"),
        "{page}"
    );
    let sessions = hidden(&page, "session");
    assert_eq!(sessions.len(), 2, "{page}");

    let end = "/profile/security/sessions/end";
    let answer = ada.post(end, &[("session", &sessions[0])]).await;
    assert_eq!(leads_to(&answer), (303, "/profile/security"));
    let alive = [others[0].is_signed_in().await, others[1].is_signed_in().await];
    assert_eq!(alive.iter().filter(|alive| **alive).count(), 1);
    // What has ended, and what is none, lead back too.
    for session in [sessions[0].as_str(), "nonsense", ""] {
        assert_eq!(ada.post(end, &[("session", session)]).await.status, 303);
    }
    let answer = ada.post("/profile/security/sessions/end-others", &[]).await;
    assert_eq!(leads_to(&answer), (303, "/profile/security"));
    for other in &others {
        assert!(!other.is_signed_in().await);
    }
    assert!(ada.is_signed_in().await);
    let page = ada.get("/profile/security").await.text();
    assert!(!page.contains("Sign out the"), "{page}");
}

#[tokio::test]
async fn the_profile_keeps_what_was_typed_and_says_what_was_wrong() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let answer = ada.post("/profile", &[("display_name", "Ada \u{202e}evil")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("A name holds no invisible characters."));
    let answer = ada.post("/profile", &[("display_name", " Ada  Lovelace ")]).await;
    assert_eq!(leads_to(&answer), (303, "/profile?saved=name"));
    let page = ada.get("/profile?saved=name").await.text();
    assert!(
        page.contains("Your name is saved.") && page.contains("value=\"Ada Lovelace\""),
        "{page}"
    );
    assert!(page.contains("Ada Lovelace (ada)"), "the menu says who is signed in: {page}");

    let email = [("email", "no address"), ("password", PASSWORD)];
    let answer = ada.post("/profile/email", &email).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("value=\"no address\"") && !page.contains(PASSWORD), "{page}");
    let email = [("email", "new@example.com"), ("password", "wrong horse battery staple")];
    let answer = ada.post("/profile/email", &email).await;
    assert_eq!(answer.status, 403);
    let page = answer.text();
    assert!(
        page.contains("This is not your password.") && page.contains("new@example.com"),
        "{page}"
    );
    let email = [("email", "new@example.com"), ("password", PASSWORD)];
    let answer = ada.post("/profile/email", &email).await;
    assert_eq!(leads_to(&answer), (303, "/profile?saved=email"));
    sign_in(&server, "new@example.com").await;
    assert_eq!(leads_to(&ada.get("/profile/email").await), (303, "/profile"));
}

#[tokio::test]
async fn an_account_is_deleted_once_nothing_depends_on_it() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let page = ada.get("/profile/delete").await.text();
    assert!(page.contains("You are the only administrator"), "{page}");
    assert!(!page.contains("name=\"confirm\""), "nothing to fill in: {page}");
    let answer = ada.post("/profile/delete", &[("confirm", "ada")]).await;
    assert_eq!(answer.status, 409);

    with_ben(&server).await;
    let ben = sign_in(&server, "ben").await;
    let made = ben.post("/feeds/new", &[("name", "bens"), ("visibility", "private")]).await;
    assert_eq!(made.status, 303);
    let page = ben.get("/profile/delete").await.text();
    assert!(page.contains("href=\"/feeds/bens/members\""), "{page}");
    assert_eq!(ben.post("/feeds/bens/settings/delete", &[("confirm", "bens")]).await.status, 303);
    let page = ben.get("/profile/delete").await.text();
    assert!(page.contains("Your token stops at once"), "{page}");
    let answer = ben.post("/profile/delete", &[("confirm", "bne")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("To delete the account, type its name: ben."));

    // Signed in too long ago: the password first, then the page again.
    let late = sign_in(&server, "ben").await;
    server.clock.advance(Duration::from_hours(3));
    let answer = late.post("/profile/delete", &[("confirm", "ben")]).await;
    assert_eq!(leads_to(&answer), (303, "/confirm?next=%2Fprofile%2Fdelete"));

    let ben = sign_in(&server, "ben").await;
    let answer = ben.post("/profile/delete", &[("confirm", "ben")]).await;
    assert_eq!(leads_to(&answer), (303, "/sign-in?deleted=yes"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(ben.cookie("sid").is_none());
    assert!(ben.get("/sign-in?deleted=yes").await.text().contains("Your account is deleted."));
    assert!(!late.is_signed_in().await, "every session of it has ended");
    let fields = [("login", "ben"), ("password", PASSWORD)];
    assert_eq!(Browser::new(&server).post("/sign-in", &fields).await.status, 403);
}
