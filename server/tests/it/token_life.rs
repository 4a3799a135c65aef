//! New values, rest and the list of tokens, as browsers without script use them.

use std::time::Duration;

use axum::http::StatusCode;
use model::{
    id::TokenId,
    listing::TokensQuery,
    scope::{FeedSet, ScopeChoice},
    token::TokenText,
    token_form::TokenDraft,
};
use registry::Actor;

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

/// The script that takes over a page.
const MODULE: &str = "<script type=\"module\"";

/// Makes a token on the operator's word: its id and its value.
async fn make(server: &Server, description: &str) -> (TokenId, String) {
    let ada = server.services.accounts.id_of("ada").await.unwrap();
    let choice = ScopeChoice {
        read: Some(FeedSet::All),
        write: None,
        patterns: Vec::new(),
        read_any_package: false,
        extras: model::action::ActionSet::NONE,
    };
    let draft = TokenDraft {
        description: description.to_owned(),
        scope: choice.into_scope().unwrap(),
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        is_pre_authenticated: false,
    };
    let operator = Actor::Operator("root".to_owned());
    let made = server.services.tokens.create_for(&operator, ada, draft).await.unwrap();
    (made.id, made.secret.unwrap().expose().to_owned())
}

/// The first whole access token in a page.
fn value_in(html: &str) -> Option<String> {
    html.match_indices("lk").find_map(|(start, _)| {
        let text = html.get(start..start + 40)?;
        TokenText::parse(text).ok().map(|token| token.expose().to_owned())
    })
}

/// What a hidden field of a page holds.
fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Opens the form that gives a token a new value.
async fn open(browser: &Browser<'_>, id: TokenId) -> (String, Vec<(&'static str, String)>) {
    let path = format!("/profile/tokens/{id}/regenerate");
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.text();
    assert_eq!(value_in(&html), None);
    let fields = ["form", "replaces"].map(|name| (name, hidden(&html, name)));
    (path, fields.to_vec())
}

async fn send(
    browser: &Browser<'_>,
    path: &str,
    fields: &[(&'static str, String)],
    old: &str,
) -> Answer {
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("old", old));
    browser.post(path, &fields).await
}

/// Whether `whoami` of the feed-less API takes the token.
async fn works(server: &Server, value: &str) -> bool {
    let bearer = format!("Bearer {value}");
    server.ask("GET", "/api/v1/token", &[("authorization", &bearer)]).await.status == 200
}

#[tokio::test]
async fn a_new_value_stands_in_the_answer_alone() {
    let server = Server::new().await;
    server.build_site();
    let ada = Browser::of_ada(&server).await;
    let (id, old) = make(&server, "CI <publish>").await;
    let (path, fields) = open(&ada, id).await;
    let answer = send(&ada, &path, &fields, "now").await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let html = answer.text();
    let value = value_in(&html).unwrap();
    assert_ne!(value, old);
    assert_eq!(html.matches(&value).count(), 1, "nowhere but in its field");
    assert!(html.contains("CI &lt;publish&gt; has a new value"), "{html}");
    assert!(!html.contains(MODULE), "a page with a value is plain");
    assert!(works(&server, &value).await && !works(&server, &old).await);

    let again = send(&ada, &path, &fields, "now").await;
    assert_eq!(value_in(&again.text()), Some(value.clone()), "a reload makes no third value");
    assert!(works(&server, &value).await);
    for path in [path, format!("/profile/tokens/{id}"), "/profile/tokens".to_owned()] {
        let page = ada.get(&path).await;
        assert_eq!((page.status, value_in(&page.text())), (StatusCode::OK, None), "{path}");
        assert!(page.text().contains(MODULE), "{path}");
    }
}

#[tokio::test]
async fn the_second_of_two_tabs_is_told() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, _) = make(&server, "CI").await;
    let (path, left) = open(&ada, id).await;
    let (_, right) = open(&ada, id).await;
    let value = value_in(&send(&ada, &path, &left, "day").await.text()).unwrap();
    let told = send(&ada, &path, &right, "now").await;
    assert_eq!((told.status, value_in(&told.text())), (StatusCode::CONFLICT, None));
    assert!(told.text().contains("got another new value while this page was open"));
    assert!(works(&server, &value).await);
    // A form that says of no use of itself, or of no value, makes nothing.
    for fields in [vec![], vec![("form", "1".to_owned()), ("replaces", "2".to_owned())]] {
        let answer = send(&ada, &path, &fields, "now").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(works(&server, &value).await);
}

#[tokio::test]
async fn the_old_value_is_ended_from_its_banner() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, old) = make(&server, "CI").await;
    let (path, fields) = open(&ada, id).await;
    let html = send(&ada, &path, &fields, "first-use").await.text();
    assert!(html.contains("works until 1 hour after this one is first used"), "{html}");
    let value = value_in(&html).unwrap();
    server.clock.advance(Duration::from_mins(1));
    assert!(works(&server, &old).await);
    server.services.usage.flush().await.unwrap();
    server.clock.advance(Duration::from_mins(4));
    let token = format!("/profile/tokens/{id}");
    for path in ["/profile/tokens", &token] {
        let page = ada.get(path).await.text();
        assert!(page.contains(&format!("The old value ending {}", &old[36..])), "{page}");
        assert!(page.contains("4 minutes ago") && page.contains("from 127.0.0.1"), "{page}");
        assert!(page.contains(&format!("action=\"{token}/stop-old\"")), "{path}");
    }
    let stopped = ada.post(&format!("{token}/stop-old"), &[]).await;
    assert_eq!(
        (stopped.status, stopped.header("location")),
        (StatusCode::SEE_OTHER, token.as_str())
    );
    assert!(!ada.get(&token).await.text().contains("The old value ending"));
    server.clock.advance(Duration::from_mins(1));
    assert!(!works(&server, &old).await && works(&server, &value).await);
    server.services.usage.flush().await.unwrap();
    for path in ["/profile/tokens", &token] {
        let page = ada.get(path).await.text();
        assert!(page.contains("Something still uses an old value"), "{path}");
    }
}

#[tokio::test]
async fn a_token_is_put_to_rest_and_woken() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, value) = make(&server, "CI").await;
    let token = format!("/profile/tokens/{id}");
    assert!(ada.get(&token).await.text().contains(&format!("{token}/suspend")));
    let suspended = ada.post(&format!("{token}/suspend"), &[]).await;
    assert_eq!(
        (suspended.status, suspended.header("location")),
        (StatusCode::SEE_OTHER, token.as_str())
    );
    assert!(!works(&server, &value).await);
    let page = ada.get(&token).await.text();
    assert!(
        page.contains("It is refused until you resume it.")
            && page.contains(&format!("{token}/resume"))
    );

    server.clock.advance(Duration::from_hours(3));
    let asked = ada.post(&format!("{token}/resume"), &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert!(asked.header("location").starts_with("/confirm?next="), "it can do more then");
    assert!(!works(&server, &value).await);
    let (path, fields) = open(&ada, id).await;
    let asked = send(&ada, &path, &fields, "week").await;
    assert!(asked.header("location").ends_with("%3Fold%3Dweek"), "the choice is not lost");
    let confirmed = ada.post("/confirm", &[("password", "correct horse battery staple")]).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    ada.post(&format!("{token}/resume"), &[]).await;
    assert!(works(&server, &value).await);
    // The addresses of acts lead to the token when they are opened.
    let opened = ada.get(&format!("{token}/suspend")).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, token.as_str()));
    assert!(works(&server, &value).await);
}

#[tokio::test]
async fn the_primary_token_is_regenerated_and_never_put_to_rest() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let account = server.services.accounts.id_of("ada").await.unwrap();
    let id = server.services.tokens.list(account).await.unwrap()[0].id;
    let token = format!("/profile/tokens/{id}");
    let page = ada.get(&token).await.text();
    assert!(!page.contains("/suspend\"") && page.contains(&format!("{token}/regenerate")));
    let refused = ada.post(&format!("{token}/suspend"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (path, fields) = open(&ada, id).await;
    let value = value_in(&send(&ada, &path, &fields, "now").await.text()).unwrap();
    assert!(value.starts_with("lkp_") && works(&server, &value).await);
}

#[tokio::test]
async fn the_list_follows_its_address() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let empty = ada.get("/profile/tokens").await.text();
    assert!(empty.contains("No other tokens yet"));
    for number in 0..60 {
        make(&server, &format!("token {number:02}")).await;
    }
    let page = async |query: &str| ada.get(&format!("/profile/tokens{query}")).await.text();
    let first = page("?sort=name").await;
    assert!(
        first.contains("60 tokens") && first.contains("token 49") && !first.contains("token 50<")
    );
    assert!(first.contains("/profile/tokens?sort=name&amp;page=2"), "the next page is a link");
    let second = page("?sort=name&page=2").await;
    assert!(
        second.contains("token 50<")
            && !second.contains("token 49<")
            && second.contains("Page 2 of 2")
    );
    let found = page("?q=TOKEN+07").await;
    assert!(found.contains("1 of 60 tokens") && found.contains("token 07"));
    assert!(found.contains("value=\"TOKEN 07\""), "the field keeps what was typed");
    let none = page("?q=%3Cb%3E&state=suspended").await;
    assert!(none.contains("No token matches") && !none.contains("<b>"));
    // What has to be said without script is said with words and with forms.
    assert!(first.contains("Actions for token 00") && first.contains("New from this"));
}

/// A page of five hundred tokens is a page of fifty: it is made without reading the others.
#[tokio::test]
async fn five_hundred_tokens_make_no_slow_page() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    for number in 0..500 {
        make(&server, &format!("token {number:03}")).await;
    }
    let cookie = ada.cookie("sid").unwrap();
    let caller =
        server.services.sessions.resolve(&cookie, [127, 0, 0, 1].into()).await.unwrap().unwrap();
    let page = server.services.tokens.page(&caller, &TokensQuery::default(), None).await.unwrap();
    assert_eq!((page.others.len(), page.total, page.pages), (50, 500, 10));
    let html = ada.get("/profile/tokens").await.text();
    assert_eq!(html.matches("Actions for token").count(), 50);
}
