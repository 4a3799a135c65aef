//! The form that makes and changes tokens, as browsers without script use it.

use std::time::Duration;

use axum::http::StatusCode;
use model::{
    id::TokenId,
    token_form::{TokenDraft, TokenForm},
};
use registry::{
    Actor, Error, Origin,
    access::{AccessRequest, Credential, Wanted},
    feeds::NewFeed,
};

use crate::{browser::Browser, support::Server};

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

/// Makes a token of the form's fields, and the feed `main`: the token's id and value.
async fn make(server: &Server, fields: &[(&str, &str)]) -> (TokenId, String) {
    let ada = server.services.accounts.id_of("ada").await.unwrap();
    let feed =
        NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
    // It may be there already.
    let _ = server.services.feeds.create_for(&operator(), ada, feed).await;
    let form =
        TokenForm::from_pairs([("description", "CI <publish>")].iter().chain(fields).copied());
    let draft: TokenDraft = form.check(server.services.now(), None, None).unwrap();
    let made = server.services.tokens.create_for(&operator(), ada, draft).await.unwrap();
    (made.id, made.secret.unwrap().expose().to_owned())
}

/// The value of the hidden field of this name; `None` if there is none.
fn hidden(html: &str, name: &str) -> Option<String> {
    let mark = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = html.split_once(&mark)?;
    Some(rest.split('"').next().unwrap().to_owned())
}

fn is_checked(html: &str, name: &str, value: &str) -> bool {
    let mark = format!("name=\"{name}\" value=\"{value}\"");
    let (_, rest) = html.split_once(&mark).unwrap_or_else(|| panic!("no {mark}"));
    rest.split('>').next().unwrap().contains("checked")
}

fn text(html: &str) -> String {
    html.replace("<!>", "").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn the_page_shows_the_token_as_it_is_and_not_its_value() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, value) = make(
        &server,
        &[
            ("access", "both"),
            ("may_delete", "true"),
            ("pattern", "@acme/*"),
            ("packages", "named"),
            ("networks", "listed"),
            ("network", "127.0.0.0/8"),
        ],
    )
    .await;
    let page = format!("/profile/tokens/{id}/edit");
    let answer = ada.get(&page).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let html = text(&answer.text());
    assert!(!html.contains(&value));
    assert!(html.contains(&format!("lka_••••••••••••{}", &value[36..])));
    assert!(html.contains(&format!("action=\"/profile/tokens/{id}/reveal\"")));
    assert!(
        html.contains("value=\"CI &lt;publish>\"") || html.contains("value=\"CI &lt;publish&gt;\"")
    );
    for (name, value) in [
        ("access", "both"),
        ("may_delete", "true"),
        ("feeds", "all"),
        ("packages", "named"),
        ("networks", "listed"),
        ("expires", "keep"),
    ] {
        assert!(is_checked(&html, name, value), "{name}");
    }
    assert!(!is_checked(&html, "may_unlist", "true"));
    assert!(html.contains("value=\"@acme/*\"") && html.contains("value=\"127.0.0.0/8\""));
    assert!(html.contains("127.0.0.0 to 127.255.255.255."));
    assert_eq!(hidden(&html, "revision").as_deref(), Some("1"));
    assert!(html.contains("It works only from 127.0.0.0/8."), "{html}");

    let stranger = Browser::new(&server);
    let led = stranger.post(&page, &[]).await;
    assert!(led.header("location").starts_with("/sign-in?next=%2Fprofile%2Ftokens%2F"));
    for absent in ["0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11", "none"] {
        let path = format!("/profile/tokens/{absent}/edit");
        assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ada.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn narrowing_is_saved_at_once_and_widening_after_it_was_told() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, _) = make(&server, &[("access", "both")]).await;
    let page = format!("/profile/tokens/{id}/edit");
    server.clock.advance(Duration::from_hours(3));
    let narrow =
        [("revision", "1"), ("description", "CI"), ("access", "read"), ("expires", "keep")];
    let saved = ada.post(&page, &narrow).await;
    let token = format!("/profile/tokens/{id}?saved=yes");
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, &*token));
    let html = text(&ada.get(&token).await.text());
    assert!(html.contains("It takes effect with the next request."));
    assert!(html.contains("This token can read every feed until"), "{html}");

    // Wider: told first, with what was typed.
    let wide = [
        ("revision", "2"),
        ("description", "CI & co"),
        ("access", "write"),
        ("feeds", "all"),
        ("may_unlist", "true"),
        ("expires", "keep"),
    ];
    let told = ada.post(&page, &wide).await;
    assert_eq!(told.status, StatusCode::OK);
    let html = told.text();
    assert!(text(&html).contains("It could do more than now"));
    let sentence = "It may also publish and unlist packages in every feed, whatever their names.";
    assert!(text(&html).contains(sentence), "{html}");
    assert!(is_checked(&html, "access", "write") && is_checked(&html, "may_unlist", "true"));
    assert!(html.contains("value=\"CI &amp; co\""));
    assert_eq!(hidden(&html, "agreed").as_deref(), Some(sentence));

    // Then the password, and back to where it was.
    let agreed: Vec<_> = wide.iter().copied().chain([("agreed", sentence)]).collect();
    let led = ada.post(&page, &agreed).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let (path, next) = led.header("location").split_once("?next=").unwrap();
    assert_eq!(path, "/confirm");
    let next = url::form_urlencoded::parse(format!("next={next}").as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned();
    let fields = [("password", "correct horse battery staple"), ("next", &next)];
    let back = ada.post("/confirm", &fields).await;
    assert_eq!(back.header("location"), next);
    let html = ada.get(&next).await.text();
    assert_eq!(hidden(&html, "agreed").as_deref(), Some(sentence), "{html}");
    assert!(html.contains("value=\"CI &amp; co\"") && is_checked(&html, "access", "write"));
    let saved = ada.post(&page, &agreed).await;
    assert_eq!(saved.header("location"), token);
    let html = text(&ada.get(&token).await.text());
    assert!(html.contains("This token can publish and unlist packages in every feed"), "{html}");
}

#[tokio::test]
async fn the_second_of_two_tabs_sees_both() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, _) = make(&server, &[]).await;
    let page = format!("/profile/tokens/{id}/edit");
    let fields = |revision, description| {
        [("revision", revision), ("description", description), ("expires", "keep")]
    };
    assert_eq!(ada.post(&page, &fields("1", "first")).await.status, StatusCode::SEE_OTHER);
    let told = ada.post(&page, &fields("1", "second")).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let html = text(&told.text());
    assert!(html.contains("This token was changed meanwhile"), "{html}");
    assert!(html.contains("As it is now: <strong>first</strong>"), "{html}");
    assert!(html.contains("value=\"second\""));
    assert_eq!(hidden(&html, "revision").as_deref(), Some("2"));
    assert_eq!(ada.post(&page, &fields("2", "second")).await.status, StatusCode::SEE_OTHER);
    assert!(ada.get("/profile/tokens").await.text().contains("second"));
}

#[tokio::test]
async fn each_wrong_row_is_led_to() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, _) = make(&server, &[]).await;
    for (page, more) in [
        ("/profile/tokens".to_owned(), ("form", "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11")),
        (format!("/profile/tokens/{id}/edit"), ("revision", "1")),
    ] {
        let fields = [
            more,
            ("description", "CI"),
            ("packages", "named"),
            ("pattern", ""),
            ("pattern", "acme-*"),
            ("pattern", "a b"),
            ("pattern", "gem|x"),
            ("networks", "listed"),
            ("network", "10.1.0.0/16"),
            ("network", ""),
            ("network", "10.1.0.0/33"),
        ];
        let answer = ada.post(&page, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let html = text(&answer.text());
        for (target, value) in
            [("pattern-2", "a b"), ("pattern-3", "gem|x"), ("network-2", "10.1.0.0/33")]
        {
            assert!(html.contains(&format!("href=\"#{target}\"")), "{page} {target}: {html}");
            let (_, rest) = html.split_once(&format!("id=\"{target}\"")).unwrap();
            let input = rest.split('>').next().unwrap();
            assert!(input.contains(&format!("value=\"{value}\"")), "{page} {target}: {input}");
            assert!(input.contains("aria-invalid=\"true\""), "{page} {target}: {input}");
        }
        assert!(!html.contains("href=\"#pattern-1\"") && !html.contains("href=\"#network-1\""));
        assert!(html.contains("“10.1.0.0/33” is not a network: write it like"));
    }
}

#[tokio::test]
async fn links_fill_the_form_in_and_hide_nothing() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, _) = make(&server, &[("access", "both"), ("may_delete", "true")]).await;
    let plain = text(&ada.get("/profile/tokens/new").await.text());
    assert!(!plain.contains("was filled in for you"));
    for (template, sentence) in [
        ("machine", "This token can read every feed until Tuesday 22 February 2028."),
        ("ci-install", "Choose at least one feed"),
        ("ci-publish", "Choose at least one feed"),
        ("read-everything", "This token can read every feed until Wednesday 24 March 2027."),
    ] {
        let link = format!("/profile/tokens/new?template={template}");
        assert!(plain.contains(&format!("href=\"{link}\"")), "{template}");
        let html = text(&ada.get(&link).await.text());
        assert!(html.contains(sentence), "{template}: {html}");
    }
    let link = "/profile/tokens/new?template=ci-publish&feed=main&package=%40acme%2F*&expires=7d&description=x&may_delete=true&networks=listed&network=10.9.0.0%2F16";
    let html = text(&ada.get(link).await.text());
    assert!(html.contains("was filled in for you"));
    assert!(
        html.contains("This token can publish and delete packages named @acme/* in main until Monday 1 March 2027."),
        "{html}"
    );
    assert!(html.contains("It works only from 10.9.0.0/16."));
    assert!(html.contains("You are at 127.0.0.1, which is in none of these networks"));
    let html = text(&ada.get("/profile/tokens/new?feed=nowhere").await.text());
    assert!(html.contains("not among the feeds you can reach: nowhere."));
    assert!(html.contains("Choose at least one feed"));

    let html = text(&ada.get(&format!("/profile/tokens/new?from={id}")).await.text());
    assert!(is_checked(&html, "access", "both") && is_checked(&html, "may_delete", "true"));
    assert!(is_checked(&html, "expires", "90d"), "the end is chosen anew");
    let absent = "/profile/tokens/new?from=0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
    assert_eq!(ada.get(absent).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refusal_leads_to_the_form_with_what_was_missing() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let (id, value) = make(&server, &[]).await;
    let origin = Origin { address: [10, 1, 2, 3].into(), user_agent: "npm/11.4.0".to_owned() };
    let wanted = Wanted::Push(model::ecosystem::Ecosystem::Npm, "@acme/demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let refused = server.services.access.authorize(&Credential::Token(value), request).await;
    let Err(Error::Denied(denial)) = refused else { panic!("it was allowed") };
    let (_, link) = denial.sentence.split_once("http://127.0.0.1:3000").unwrap();
    let html = text(&ada.get(link).await.text());
    let edit = format!("/profile/tokens/{id}/edit?add=push-");
    let (_, rest) = html.split_once(&edit).unwrap_or_else(|| panic!("{html}"));
    let href = format!("{edit}{}", rest.split('"').next().unwrap());
    assert!(href.contains("&package=@acme%2Fdemo"), "{href}");
    let html = text(&ada.get(&href).await.text());
    assert!(html.contains("What was missing is filled in."));
    assert!(
        html.contains(
            "This token can read every feed and publish packages named @acme/demo to main until"
        ),
        "{html}"
    );
    assert!(html.contains("It may also publish packages named @acme/demo to main."));
}

#[tokio::test]
async fn after_many_tokens_there_is_a_wait() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let create = async |number: u32| {
        let form = format!("0190f3c1-6d2e-7a54-9b1c-{number:012}");
        ada.post("/profile/tokens", &[("form", &form), ("description", "CI")]).await
    };
    for number in 0..30 {
        assert_eq!(create(number).await.status, StatusCode::OK);
    }
    let late = create(30).await;
    assert_eq!((late.status, late.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "3600"));
    assert!(late.text().contains("Try again in 60 minutes."));
    assert!(late.text().contains("value=\"CI\""), "nothing typed is lost");
}
