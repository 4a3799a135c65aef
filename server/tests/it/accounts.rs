//! Making accounts, signing in and out, passwords: the forms as browsers without script send them.

use std::time::Duration;

use registry::{Actor, accounts::NewAccount};

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";
const OTHER: &str = "entirely different words in here";
/// The script that takes over a page.
const MODULE: &str = "<script type=\"module\"";

fn leads_to(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.header("location"))
}

/// Asserts that a form was shown again, plainly, with this sentence.
fn assert_refused(answer: &Answer, status: u16, sentence: &str) {
    let html = answer.text();
    assert_eq!(answer.status, status, "{html}");
    assert!(html.contains("There is a problem") && html.contains(sentence), "{html}");
    assert!(html.contains("<title>Error: "), "{html}");
    assert!(!html.contains(MODULE), "the answer to a form is never hydrated");
    assert_eq!(answer.header("cache-control"), "no-store");
    for password in [PASSWORD, OTHER] {
        assert!(!html.contains(password), "{html}");
    }
}

async fn sign_in(browser: &Browser<'_>, login: &str, password: &str) -> Answer {
    browser.post("/sign-in", &[("login", login), ("password", password)]).await
}

/// An account without a password: the path of its one-time link.
async fn invite(server: &Server, name: &str) -> String {
    let new = NewAccount {
        username: name.parse().unwrap(),
        email: format!("{name}@example.com").parse().unwrap(),
        password: None,
    };
    let operator = Actor::Operator("root".to_owned());
    let (_, link) = server.services.accounts.create(&operator, new, false).await.unwrap();
    link.unwrap().url.strip_prefix("http://127.0.0.1:3000").unwrap().to_owned()
}

#[tokio::test]
async fn the_link_that_was_printed_makes_the_administrator() {
    let server = Server::new().await;
    server.build_site();
    let code = server.services.accounts.issue_setup_code().await.unwrap().unwrap();
    let browser = Browser::new(&server);
    let page = browser.get(&format!("/setup?code={code}")).await.text();
    assert!(page.contains(&format!("value=\"{code}\"")) && page.contains(MODULE), "{page}");
    assert!(page.contains("Suggest a passphrase"), "{page}");

    let fields = [
        ("code", code.as_str()),
        ("username", "Ada"),
        ("email", "ada@example.com"),
        ("password", PASSWORD),
    ];
    let answer = browser.post("/setup", &fields).await;
    assert_eq!(leads_to(&answer), (303, "/profile/tokens"));
    assert!(browser.is_signed_in().await);
    let accounts = server.services.accounts.list().await.unwrap();
    assert!(
        accounts.len() == 1 && accounts[0].person.is_admin && accounts[0].person.username == "ada"
    );

    // Sent again it makes nothing, and says nothing about the code.
    assert_eq!(leads_to(&Browser::new(&server).post("/setup", &fields).await), (303, "/"));
    assert_eq!(server.services.accounts.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_several_set_ups_at_once_one_makes_the_administrator() {
    let server = Server::new().await;
    let code = server.services.accounts.issue_setup_code().await.unwrap().unwrap();
    let browsers: Vec<_> = (0..6).map(|_| Browser::new(&server)).collect();
    let attempts = browsers.iter().enumerate().map(|(number, browser)| {
        let code = code.clone();
        async move {
            let name = format!("admin{number}");
            let email = format!("{name}@example.com");
            let fields = [
                ("code", &*code),
                ("username", &*name),
                ("email", &*email),
                ("password", PASSWORD),
            ];
            browser.post("/setup", &fields).await
        }
    });
    let answers = futures::future::join_all(attempts).await;
    let accounts = server.services.accounts.list().await.unwrap();
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    let made = answers.iter().filter(|answer| answer.header("location") == "/profile/tokens");
    assert_eq!(made.count(), 1);
    for answer in &answers {
        assert!([303, 409, 422].contains(&answer.status.as_u16()), "{}", answer.text());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_account_stands_at_its_fields() {
    let server = Server::new().await;
    let code = server.services.accounts.issue_setup_code().await.unwrap().unwrap();
    let browser = Browser::new(&server);
    let send = async |code: &str, username: &str, email: &str, password: &str| {
        let fields =
            [("code", code), ("username", username), ("email", email), ("password", password)];
        browser.post("/setup", &fields).await
    };
    let answer = send(&code, "a b", "nowhere", "too short").await;
    assert_refused(&answer, 422, "<a href=\"#username\">A name is made of");
    let html = answer.text();
    for part in [
        "<a href=\"#email\">This is not an e-mail address",
        "<a href=\"#password\">Too short: 9 of at least 15 characters",
        "id=\"username-error\"",
        "aria-describedby=\"username-error username-hint\"",
        "value=\"a b\"",
        "value=\"nowhere\"",
        "autofocus",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("too short"), "{html}");

    let answer = send("wrong", "ada", "ada@example.com", PASSWORD).await;
    assert_refused(&answer, 422, "<a href=\"#code\">This set-up code is not valid");
    let answer = send(&code, "ada", "ada@example.com", "aaaaaaaaaaaaaaaaaaaa").await;
    assert_refused(&answer, 422, "<a href=\"#password\">Too easy to guess");
    let answer = send(&code, "<b>\"&", "a\"b@c", PASSWORD).await;
    assert_refused(&answer, 422, "value=\"&lt;b&gt;&quot;&amp;\"");
    assert!(server.services.accounts.none_exist().await.unwrap());
}

#[tokio::test]
async fn the_name_and_the_address_both_sign_in() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    for login in ["ada", "ADA", " ada@Example.com "] {
        let browser = Browser::new(&server);
        assert_eq!(leads_to(&sign_in(&browser, login, PASSWORD).await), (303, "/"), "{login}");
        assert!(browser.is_signed_in().await);
        assert_eq!(leads_to(&browser.get("/").await), (303, "/profile/tokens"));
    }
}

#[tokio::test]
async fn a_wrong_password_is_answered_like_an_unknown_name() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let browser = Browser::new(&server);
    let texts: Vec<String> = {
        let mut texts = Vec::new();
        for login in ["ada", "bob", "bob@example.com"] {
            let answer = sign_in(&browser, login, OTHER).await;
            assert_refused(&answer, 403, "The username, email or password is not right.");
            let html = answer.text();
            assert!(html.contains(&format!("value=\"{login}\"")), "what was typed is kept");
            texts.push(comparable(&html.replace(login, "NAME")));
        }
        texts
    };
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    assert!(browser.cookie("sid").is_none());
}

/// A page without what differs each time.
fn comparable(html: &str) -> String {
    let mut text = html.to_owned();
    while let Some(start) = text.find("nonce=\"") {
        let end = text[start + 7..].find('"').unwrap() + start + 8;
        text.replace_range(start..end, "");
    }
    text
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_elsewhere_is_not() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let browser = Browser::new(&server);
    for _ in 0..5 {
        assert_eq!(sign_in(&browser, "ada", OTHER).await.status, 403);
    }
    let answer = sign_in(&browser, "ada", PASSWORD).await;
    assert_refused(&answer, 429, "Too many tries. Try again in ");
    assert!(!answer.header("retry-after").is_empty());
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(sign_in(&browser, "ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn signing_in_leads_to_pages_of_this_site_alone() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    for (next, leads) in [
        ("/feeds?page=2", "/feeds?page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: a=b", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ] {
        let fields = [("login", "ada"), ("password", PASSWORD), ("next", next)];
        let answer = Browser::new(&server).post("/sign-in", &fields).await;
        assert_eq!(leads_to(&answer), (303, leads), "{next:?}");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1, "{next:?}");
    }
    // What was asked for survives a mistake; what is not of this site does not.
    let browser = Browser::new(&server);
    let mistake = |next| [("login", "ada"), ("password", OTHER), ("next", next)];
    let html = browser.post("/sign-in", &mistake("/feeds?page=2")).await.text();
    assert!(html.contains("name=\"next\" value=\"/feeds?page=2\""), "{html}");
    let html = browser.post("/sign-in", &mistake("https://evil.example/")).await.text();
    assert!(!html.contains("evil.example"), "{html}");
}

#[tokio::test]
async fn what_a_link_says_went_wrong_is_not_shown() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    for path in ["/sign-in", "/feeds/new", "/profile/security", "/profile/tokens/new"] {
        let query = "__err=%7B%22refused%22%3A%22Call%20evil.example%22%7D&__path=%2F_fn%2Fx";
        let answer = ada.get(&format!("{path}?{query}&password-changed=yes")).await;
        assert_eq!(answer.status, 200, "{path}");
        let html = answer.text();
        let (_, main) = html.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        assert!(!main.contains("evil") && !main.contains("is changed"), "{path} {main}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_what_the_browser_keeps() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let stolen = ada.copy();
    let answer = ada.post("/sign-out", &[]).await;
    assert_eq!(leads_to(&answer), (303, "/sign-in"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(ada.cookie("sid").is_none());
    assert!(!stolen.is_signed_in().await);
    // Without a session there is nothing to end.
    assert_eq!(leads_to(&ada.post("/sign-out", &[]).await), (303, "/sign-in"));
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let before = ada.copy();
    assert_eq!(sign_in(&ada, "ada", PASSWORD).await.status, 303);
    assert_ne!(ada.cookie("sid"), before.cookie("sid"));
    assert!(ada.is_signed_in().await && !before.is_signed_in().await);
}

#[tokio::test]
async fn a_new_password_ends_other_sessions_and_keeps_tokens() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let elsewhere = Browser::new(&server);
    sign_in(&elsewhere, "ada", PASSWORD).await;
    let primary = ada.get("/profile/tokens").await.text();
    assert!(primary.contains("Primary access token") && primary.contains("badge ok"));

    let change = async |current: &str, new: &str| {
        ada.post("/profile/security", &[("current", current), ("new", new)]).await
    };
    let answer = change(OTHER, OTHER).await;
    assert_refused(&answer, 403, "<a href=\"#current\">This is not your password");
    let answer = change(PASSWORD, "short").await;
    assert_refused(&answer, 422, "<a href=\"#new\">Too short");
    let answer = change(PASSWORD, "aaaaaaaaaaaaaaaaaaaa").await;
    assert_refused(&answer, 422, "<a href=\"#new\">Too easy to guess");
    assert!(elsewhere.is_signed_in().await);

    let answer = change(PASSWORD, OTHER).await;
    assert_eq!(leads_to(&answer), (303, "/profile/security"));
    assert!(ada.get("/profile/security").await.text().contains("Your password is changed."));
    assert!(ada.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert!(ada.get("/profile/tokens").await.text().contains("badge ok"));
    assert_eq!(sign_in(&elsewhere, "ada", PASSWORD).await.status, 403);
    assert_eq!(sign_in(&elsewhere, "ada", OTHER).await.status, 303);
}

#[tokio::test]
async fn confirming_gives_the_session_another_id() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let before = ada.copy();
    server.clock.advance(Duration::from_hours(3));
    let page = ada.get("/confirm?next=%2Ffeeds%2Fnew").await.text();
    assert!(page.contains("name=\"next\" value=\"/feeds/new\""), "{page}");

    let fields = [("password", OTHER), ("next", "/feeds/new")];
    let answer = ada.post("/confirm", &fields).await;
    assert_refused(&answer, 403, "<a href=\"#password\">This is not your password");
    assert!(answer.text().contains("value=\"/feeds/new\""));
    assert_eq!(ada.cookie("sid"), before.cookie("sid"));

    let answer = ada.post("/confirm", &[("password", PASSWORD), ("next", "/feeds/new")]).await;
    assert_eq!(leads_to(&answer), (303, "/feeds/new"));
    assert_ne!(ada.cookie("sid"), before.cookie("sid"));
    assert!(ada.is_signed_in().await && !before.is_signed_in().await);

    let fields = [("password", PASSWORD), ("next", "//evil.example")];
    assert_eq!(leads_to(&ada.post("/confirm", &fields).await), (303, "/"));
    let stranger = Browser::new(&server);
    let answer = stranger.post("/confirm", &[("password", PASSWORD), ("next", "/feeds")]).await;
    assert_eq!(leads_to(&answer), (303, "/sign-in?next=%2Ffeeds"));
}

#[tokio::test]
async fn sign_up_is_closed_unless_the_operator_opens_it() {
    let fields = [("username", "bob"), ("email", "bob@example.com"), ("password", PASSWORD)];
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let browser = Browser::new(&server);
    assert!(browser.get("/sign-in").await.text().contains("How to get an account"));
    assert!(browser.get("/sign-up").await.text().contains("Ask an administrator"));
    let answer = browser.post("/sign-up", &fields).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("Ask an administrator"));
    assert_eq!(server.services.accounts.list().await.unwrap().len(), 1);

    let server = Server::with(&["--sign-up", "open"]).await;
    Browser::of_ada(&server).await;
    let browser = Browser::new(&server);
    assert!(browser.get("/sign-in").await.text().contains("Create an account"));
    let taken = [("username", "ada"), ("email", "bob@example.com"), ("password", PASSWORD)];
    let answer = browser.post("/sign-up", &taken).await;
    assert_refused(&answer, 409, "<a href=\"#username\">The name “ada” is taken");
    // Nobody learns whether an address is known.
    let taken = [("username", "bob"), ("email", "ada@example.com"), ("password", PASSWORD)];
    let answer = browser.post("/sign-up", &taken).await;
    assert_refused(&answer, 409, "An account cannot be made with these details.");
    let answer = browser.post("/sign-up", &fields).await;
    assert_eq!(leads_to(&answer), (303, "/profile/tokens"));
    assert!(browser.is_signed_in().await);
    let accounts = server.services.accounts.list().await.unwrap();
    assert!(
        accounts.iter().any(|account| account.person.username == "bob" && !account.person.is_admin)
    );
}

#[tokio::test]
async fn an_invitation_works_once() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let link = invite(&server, "bob").await;
    let browser = Browser::new(&server);
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("For the account bob."), "{}", page.text());

    let answer = browser.post(&link, &[("password", "short")]).await;
    assert_refused(&answer, 422, "<a href=\"#password\">Too short");
    let answer = browser.post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(leads_to(&answer), (303, "/profile/tokens"));
    assert!(browser.is_signed_in().await);

    let late = Browser::new(&server);
    for answer in [late.get(&link).await, late.post(&link, &[("password", OTHER)]).await] {
        assert_eq!(answer.status, 404);
        assert!(answer.text().contains("This link no longer works"));
    }
    assert_eq!(sign_in(&late, "bob", OTHER).await.status, 403);

    let old = invite(&server, "eve").await;
    server.clock.advance(Duration::from_hours(25));
    assert_eq!(late.get(&old).await.status, 404);
    assert_eq!(late.get("/invite/nothing").await.status, 404);
    assert_eq!(late.post("/invite/%2f%2fevil", &[("password", OTHER)]).await.status, 404);
}

#[tokio::test]
async fn the_theme_is_a_cookie_of_a_few_words() {
    let server = Server::new().await;
    let browser = Browser::new(&server);
    // Before there is an account too, and back to where the form was.
    let fields = [("theme", "dark"), ("next", "/setup?code=abc")];
    assert_eq!(leads_to(&browser.post("/theme", &fields).await), (303, "/setup?code=abc"));
    assert_eq!(browser.cookie("theme").as_deref(), Some("dark"));
    assert!(browser.get("/setup").await.text().contains("data-theme=\"dark\""));
    let answer = browser.post("/theme", &[("theme", "light\r\nx: y"), ("next", "//evil")]).await;
    assert_eq!(leads_to(&answer), (303, "/"));
    assert_eq!(browser.cookie("theme"), None, "the system decides");
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let server = Server::new().await;
    Browser::of_ada(&server).await;
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    assert_eq!(server.ask("POST", "/sign-in", &headers).await.status, 415);
    let long = "x".repeat(300_000);
    let answer = sign_in(&Browser::new(&server), &long, PASSWORD).await;
    assert_eq!(answer.status, 413);
    assert_eq!(Browser::new(&server).post("/sign-in", &[]).await.status, 403);
}
