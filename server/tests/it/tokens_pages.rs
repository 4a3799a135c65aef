//! The pages about tokens, as browsers without script use them, and what script calls.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use model::{listing::TokensQuery, token::TokenText};
use registry::{Origin, accounts::NewAccount, feeds::NewFeed, sessions::PasswordText};

use crate::support::{Answer, Server};

const PASSWORD: &str = "correct horse battery staple";
/// The script that takes over a page.
const MODULE: &str = "<script type=\"module\"";

/// A browser without script, signed in.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Browser<'a> {
    async fn of_ada(server: &'a Server) -> Self {
        let cookie = server.set_up().await;
        Self { server, cookie }
    }

    /// Another session of `ada`.
    async fn again(server: &'a Server) -> Self {
        let password = PasswordText::new(PASSWORD);
        let secret = server.services.sessions.sign_in("ada", &password, &origin()).await.unwrap();
        Self { server, cookie: format!("sid={}", secret.expose()) }
    }

    /// Somebody else. The server has to allow signing up.
    async fn of_bob(server: &'a Server) -> Self {
        let bob = NewAccount {
            username: "bob".parse().unwrap(),
            email: "bob@example.com".parse().unwrap(),
            password: Some(PasswordText::new(PASSWORD)),
        };
        let secret = server.services.accounts.sign_up(bob, &origin()).await.unwrap();
        Self { server, cookie: format!("sid={}", secret.expose()) }
    }

    async fn get(&self, path: &str) -> Answer {
        self.server.ask("GET", path, &[("cookie", &self.cookie)]).await
    }

    async fn send(&self, path: &str, content_type: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header("host", "127.0.0.1:3000")
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", content_type)
            .body(Body::from(body))
            .unwrap();
        Answer::of(self.server.send(request).await).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(path, "application/x-www-form-urlencoded", body).await
    }

    /// Calls a server function.
    async fn call(&self, name: &str, arguments: &str) -> Answer {
        self.send(&format!("/_fn/{name}"), "application/json", arguments.to_owned()).await
    }

    /// A fresh form's id.
    async fn form(&self) -> String {
        let page = self.get("/profile/tokens/new").await;
        assert_eq!(page.status, StatusCode::OK);
        attribute_after(&page.text(), "name=\"form\"", "value")
    }

    /// Makes a token that reads every feed: its value.
    async fn make(&self, description: &str) -> String {
        let form = self.form().await;
        let made =
            self.post("/profile/tokens", &[("form", &form), ("description", description)]).await;
        assert_eq!(made.status, StatusCode::OK);
        value_in(&made.text()).unwrap()
    }

    /// The id of the token with this description.
    async fn id_of(&self, description: &str) -> String {
        let caller = self.cookie.strip_prefix("sid=").unwrap();
        let caller = self
            .server
            .services
            .sessions
            .resolve(caller, [127, 0, 0, 1].into())
            .await
            .unwrap()
            .unwrap();
        let page =
            self.server.services.tokens.page(&caller, &TokensQuery::default(), None).await.unwrap();
        let all = page.others.into_iter().chain([page.primary]);
        let found: Vec<_> = all.filter(|token| token.description == description).collect();
        assert_eq!(found.len(), 1, "{description}");
        found[0].id.to_string()
    }
}

fn origin() -> Origin {
    Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() }
}

/// The first whole access token in a page.
fn value_in(html: &str) -> Option<String> {
    html.match_indices("lk").find_map(|(start, _)| {
        let text = html.get(start..start + 40)?;
        TokenText::parse(text).ok().map(|token| token.expose().to_owned())
    })
}

/// The value of an attribute of the element that `mark` stands in.
fn attribute_after(html: &str, mark: &str, name: &str) -> String {
    let (_, rest) = html.split_once(mark).unwrap();
    let (_, rest) = rest.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Whether the input of this name and value is chosen.
fn is_checked(html: &str, name: &str, value: &str) -> bool {
    let mark = format!("name=\"{name}\" value=\"{value}\"");
    let (_, rest) = html.split_once(&mark).unwrap_or_else(|| panic!("no {mark}"));
    rest.split('>').next().unwrap().contains("checked")
}

#[tokio::test]
async fn a_token_is_made_and_its_value_seen_in_the_answer_alone() {
    let server = Server::new().await;
    server.build_site();
    let ada = Browser::of_ada(&server).await;
    let form = ada.form().await;
    let fields = [("form", form.as_str()), ("description", "CI <publish>"), ("access", "read")];
    let made = ada.post("/profile/tokens", &fields).await;
    assert_eq!(made.status, StatusCode::OK);
    assert_eq!(made.header("cache-control"), "no-store");
    let html = made.text();
    let value = value_in(&html).unwrap();
    assert!(value.starts_with("lka_"));
    assert_eq!(html.matches(&value).count(), 1, "nowhere but in its field");
    assert!(html.contains("CI &lt;publish&gt; is ready"), "{html}");
    assert!(!html.contains(MODULE), "a page with a value is plain");

    let id = ada.id_of("CI <publish>").await;
    for path in ["/profile/tokens", &format!("/profile/tokens/{id}"), "/profile/tokens/new"] {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(value_in(&page.text()), None, "{path}");
        assert!(page.text().contains(MODULE), "{path}");
    }
    let page = ada.get(&format!("/profile/tokens/{id}")).await.text();
    assert!(page.contains(&format!("lka_••••••••••••{}", &value[36..])));
    assert!(page.contains("This token can read every feed until"));
}

#[tokio::test]
async fn the_same_form_makes_one_token() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let form = ada.form().await;
    let fields = [("form", form.as_str()), ("description", "laptop")];
    let first = value_in(&ada.post("/profile/tokens", &fields).await.text()).unwrap();
    let second = value_in(&ada.post("/profile/tokens", &fields).await.text()).unwrap();
    assert_eq!(first, second);
    ada.id_of("laptop").await;

    // Another session is told that it exists, not what it is.
    let other = Browser::again(&server).await.post("/profile/tokens", &fields).await;
    assert_eq!((other.status, value_in(&other.text())), (StatusCode::OK, None));
    assert!(other.text().contains("This form made the token before"));

    server.clock.advance(Duration::from_secs(601));
    let late = ada.post("/profile/tokens", &fields).await;
    assert_eq!((late.status, value_in(&late.text())), (StatusCode::OK, None));
    ada.id_of("laptop").await;

    // A form without a use of its own makes nothing.
    let stray = ada.post("/profile/tokens", &[("form", "1"), ("description", "stray")]).await;
    assert_eq!(stray.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stray.text().contains("This form is out of date."));
    assert!(!ada.get("/profile/tokens").await.text().contains("stray"));
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_typed_is_lost() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let answer = ada
        .post(
            "/profile/tokens",
            &[
                ("form", &ada.form().await),
                ("description", " "),
                ("access", "both"),
                ("feeds", "differ"),
                ("read_feeds", "all"),
                ("write_feeds", "chosen"),
                ("packages", "named"),
                ("pattern", "@acme/*"),
                ("pattern", "acme \"tools\""),
                ("read_any_package", "true"),
                ("expires", "on"),
                ("expires_on", "2020-01-01"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text();
    assert!(html.contains("There is a problem"));
    for (field, sentence) in [
        ("#description", "Say what the token is for"),
        ("#write-feeds", "Choose at least one feed"),
        ("#pattern-2", "A pattern is made of letters"),
        ("#expires-on", "This date has passed"),
    ] {
        assert!(html.contains(&format!("href=\"{field}\"")), "{field}");
        assert!(html.matches(sentence).count() >= 2, "{sentence}: in the summary and at the field");
    }
    for (name, value) in
        [("access", "both"), ("feeds", "differ"), ("packages", "named"), ("expires", "on")]
    {
        assert!(is_checked(&html, name, value), "{name}");
    }
    assert!(is_checked(&html, "read_any_package", "true"));
    assert!(html.contains("value=\"@acme/*\""));
    assert!(html.contains("value=\"acme &quot;tools&quot;\""));
    assert!(html.contains("value=\"2020-01-01\""));
    assert!(html.contains("<title>Error: Create token · Latchkey</title>"));
}

#[tokio::test]
async fn what_the_choice_hides_is_not_judged() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let made = ada
        .post(
            "/profile/tokens",
            &[
                ("form", &ada.form().await),
                ("description", "reader"),
                ("access", "read"),
                ("feeds", "all"),
                ("feed", "nonsense"),
                ("write_feeds", "chosen"),
                ("write_feed", "nonsense"),
                ("packages", "any"),
                ("pattern", "not a pattern"),
                ("read_any_package", "true"),
                ("expires", "30d"),
                ("expires_on", "yesterday"),
            ],
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert!(made.text().contains("This token can read every feed until Wednesday 24 March 2027."));
}

#[tokio::test]
async fn a_link_prefills_the_form_and_the_page_uses_the_feed() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    let secret = ada.cookie.strip_prefix("sid=").unwrap();
    let caller =
        server.services.sessions.resolve(secret, [127, 0, 0, 1].into()).await.unwrap().unwrap();
    let feed =
        NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
    let feed = server.services.feeds.create(&caller, feed, &origin()).await.unwrap().to_string();
    let path = format!(
        "/profile/tokens/new?access=write&feeds=chosen&feed={feed}&packages=named&pattern=%40acme%2F*&description=CI"
    );
    let html = ada.get(&path).await.text();
    assert!(is_checked(&html, "access", "write"));
    assert!(is_checked(&html, "feeds", "chosen"));
    assert!(is_checked(&html, "feed", &feed));
    assert!(is_checked(&html, "packages", "named"));
    assert!(is_checked(&html, "expires", "90d"));
    assert!(html.contains("Private. You are owner. 0 packages"));
    assert!(html.contains(
        "This token can publish packages named @acme/* to main until Sunday 23 May 2027. It cannot read or install any package."
    ));
    assert!(html.contains("Names that start with “@acme/”. Matches 0 packages today."));

    let made = ada
        .post(
            "/profile/tokens",
            &[
                ("form", &ada.form().await),
                ("description", "CI"),
                ("access", "write"),
                ("feeds", "chosen"),
                ("feed", &feed),
                ("packages", "named"),
                ("pattern", "@acme/*"),
            ],
        )
        .await
        .text();
    assert!(made.contains("@acme:registry=http://127.0.0.1:3000/F/main/npm/"));
    assert!(made.contains("//127.0.0.1:3000/F/main/npm/:_authToken=${LATCHKEY_TOKEN}"));
    assert!(made.contains("http://127.0.0.1:3000/api/v1/token"));

    let id = ada.id_of("CI").await;
    let page = ada.get(&format!("/profile/tokens/{id}")).await.text();
    let page = page.replace("<!>", "");
    assert!(page.contains("<dt>Access</dt><dd>Write</dd>"), "{page}");
    assert!(page.contains("href=\"/feeds/main\""));
}

#[tokio::test]
async fn a_value_is_shown_to_its_owner_alone() {
    let server = Server::with(&["--sign-up", "open"]).await;
    let ada = Browser::of_ada(&server).await;
    let value = ada.make("laptop").await;
    let page = format!("/profile/tokens/{}", ada.id_of("laptop").await);
    let shown = ada.post(&format!("{page}/reveal"), &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_eq!(value_in(&shown.text()), Some(value));
    assert!(!shown.text().contains(MODULE));
    for act in ["reveal", "revoke"] {
        let opened = ada.get(&format!("{page}/{act}")).await;
        assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, &*page));
    }

    let bob = Browser::of_bob(&server).await;
    let absent = "/profile/tokens/0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";
    for act in ["", "/reveal", "/revoke"] {
        let (his, none) = if act.is_empty() {
            (bob.get(&page).await, bob.get(absent).await)
        } else {
            let (his, none) = (format!("{page}{act}"), format!("{absent}{act}"));
            (bob.post(&his, &[]).await, bob.post(&none, &[]).await)
        };
        assert_eq!(
            (his.status, none.status),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            "{act}"
        );
        // The address itself is in the page, and so may be the nonce.
        assert_eq!(value_in(&his.text()), None);
        assert!(!his.text().contains("laptop"), "{act}");
    }
    assert!(!ada.get(&page).await.text().contains("Revoked"));

    let nobody = Browser { server: &server, cookie: String::new() };
    for path in [format!("{page}/reveal"), format!("{page}/revoke")] {
        let led = nobody.post(&path, &[]).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER);
        assert!(led.header("location").starts_with("/sign-in?next=%2Fprofile%2Ftokens%2F"));
    }
    let led = nobody.post("/profile/tokens", &[("description", "x")]).await;
    assert_eq!(led.header("location"), "/sign-in?next=%2Fprofile%2Ftokens%2Fnew");
}

#[tokio::test]
async fn revoking_ends_a_token_and_the_list_says_so() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    ada.make("laptop").await;
    let id = ada.id_of("laptop").await;
    // The address alone claims nothing.
    let claimed = ada.get(&format!("/profile/tokens?revoked={id}")).await.text();
    assert!(!claimed.contains("is revoked"));

    let revoked = ada.post(&format!("/profile/tokens/{id}/revoke"), &[]).await;
    let list = format!("/profile/tokens?revoked={id}");
    assert_eq!((revoked.status, revoked.header("location")), (StatusCode::SEE_OTHER, &*list));
    let html = ada.get(&list).await.text();
    let html = html.replace("<!>", "");
    assert!(html.contains("<strong>laptop</strong> is revoked."), "{html}");
    assert!(html.contains("class=\"ended\""));
    let page = ada.get(&format!("/profile/tokens/{id}")).await.text();
    assert!(page.contains("This token could read every feed."));
    assert!(!page.contains(&format!("action=\"/profile/tokens/{id}/reveal\"")));

    let primary = ada.id_of("Primary").await;
    let refused = ada.post(&format!("/profile/tokens/{primary}/revoke"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("The primary access token cannot be revoked."));
}

#[tokio::test]
async fn an_identity_is_confirmed_first_and_the_form_survives_it() {
    let server = Server::new().await;
    let ada = Browser::of_ada(&server).await;
    ada.make("laptop").await;
    let page = format!("/profile/tokens/{}", ada.id_of("laptop").await);
    let form = ada.form().await;
    server.clock.advance(Duration::from_hours(3));

    let fields = [
        ("form", form.as_str()),
        ("description", "CI & co"),
        ("access", "write"),
        ("packages", "named"),
        ("pattern", "@acme/*"),
        ("pattern", ""),
    ];
    let led = ada.post("/profile/tokens", &fields).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let (path, next) = led.header("location").split_once("?next=").unwrap();
    assert_eq!(path, "/confirm");
    let next: Vec<_> = url::form_urlencoded::parse(format!("next={next}").as_bytes())
        .map(|(_, next)| next.into_owned())
        .collect();
    assert!(!next[0].contains(&form), "the form's use stays out of addresses");
    let html = ada.get(&next[0]).await.text();
    assert!(html.contains("value=\"CI &amp; co\""), "{html}");
    assert!(html.contains("value=\"@acme/*\""));
    assert!(is_checked(&html, "access", "write"));

    let led = ada.post(&format!("{page}/reveal"), &[]).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert!(led.header("location").starts_with("/confirm?next=%2Fprofile%2Ftokens%2F"));

    // Revoking makes nothing worse: it waits for nobody.
    let revoked = ada.post(&format!("{page}/revoke"), &[]).await;
    assert!(revoked.header("location").starts_with("/profile/tokens?revoked="));

    // What is too long for an address stays in the page.
    let long = format!("@{}/*", "a".repeat(200));
    let mut many = fields.to_vec();
    many.extend((0..60).map(|_| ("pattern", long.as_str())));
    let kept = ada.post("/profile/tokens", &many).await;
    assert_eq!(kept.status, StatusCode::FORBIDDEN);
    assert!(kept.text().contains("Confirm that it is you first"));
    assert!(kept.text().contains(&long));
}

#[tokio::test]
async fn script_confirms_in_the_page() {
    let server = Server::new().await;
    let mut ada = Browser::of_ada(&server).await;
    let value = ada.make("laptop").await;
    let id = ada.id_of("laptop").await;
    server.clock.advance(Duration::from_hours(3));
    let arguments = format!("{{\"id\":\"{id}\",\"to\":\"clipboard\"}}");
    let refused = ada.call("tokens/reveal", &arguments).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.text(), "\"unconfirmed\"");

    let wrong = ada.call("sessions/confirm", "{\"password\":\"wrong\"}").await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert_eq!(wrong.header("set-cookie"), "");
    assert!(wrong.text().contains("This is not your password."));

    let right = ada.call("sessions/confirm", &format!("{{\"password\":\"{PASSWORD}\"}}")).await;
    assert_eq!(right.status, StatusCode::OK);
    assert!(right.header("set-cookie").contains("HttpOnly"));
    let cookie = right.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(ada.call("tokens/reveal", &arguments).await.status, StatusCode::UNAUTHORIZED);
    ada.cookie = cookie;
    let shown = ada.call("tokens/reveal", &arguments).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_eq!(shown.text(), format!("\"{value}\""));
}

#[tokio::test]
async fn values_that_are_not_kept_are_not_offered() {
    let server = Server::with(&["--reveal", "never"]).await;
    let ada = Browser::of_ada(&server).await;
    let form = ada.form().await;
    let fields = [("form", form.as_str()), ("description", "laptop")];
    let made = ada.post("/profile/tokens", &fields).await.text();
    assert!(value_in(&made).is_some());
    assert!(made.contains("It is shown this once: copy it now."));
    assert_eq!(value_in(&ada.post("/profile/tokens", &fields).await.text()), None);
    let page = ada.get(&format!("/profile/tokens/{}", ada.id_of("laptop").await)).await.text();
    assert!(page.contains("No copy of its value is kept"));
    assert!(!page.contains("/reveal"));
}
