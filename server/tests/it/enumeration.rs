//! Whoever tries names learns nothing of who has an account: each answer is the same to the byte, but
//! for what was typed and what is new in every answer.
//!
//! Two things are told, and meant to be: a user name is public among those who share a feed, so signing
//! up says that one is taken; and where signing up is open, an account is made or it is not. That equal
//! work is done is for `registry::services` to test; how long it takes is printed here, and judged by
//! people: `cargo test -p latchkey --test it -- --nocapture enumeration`.

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use registry::{Actor, accounts::NewAccount, sessions::PasswordText};
use serde_json::json;

use crate::{
    browser::Browser,
    support::{Answer, Server},
};

const PASSWORD: &str = "correct horse battery staple";
const WRONG: &str = "not the password at all";
/// Names of one length: benno can sign in, doris is disabled, ivana has chosen no password yet, and
/// nobody is called ghost.
const KNOWN: [&str; 3] = ["benno", "doris", "ivana"];
const UNKNOWN: &str = "ghost";
const TRIES: usize = 12;

struct World {
    server: Server,
    /// The path of the link by which ivana chooses her password.
    link: String,
}

impl World {
    async fn new() -> Self {
        let server = Server::with(&["--sign-up", "open"]).await;
        server.set_up().await;
        let operator = Actor::Operator("root".to_owned());
        let accounts = &server.services.accounts;
        let mut link = None;
        for name in KNOWN {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: (name != "ivana").then(|| PasswordText::new(PASSWORD)),
            };
            link = accounts.create(&operator, new, false).await.unwrap().1.or(link);
        }
        accounts.set_disabled(&operator, "doris", true).await.unwrap();
        let link = link.unwrap().url.strip_prefix("http://127.0.0.1:3000").unwrap().to_owned();
        Self { server, link }
    }

    /// An hour later nothing is counted any more.
    fn later(&self) {
        self.server.clock.advance(Duration::from_hours(2));
    }

    async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let fields = [("login", login), ("password", password)];
        Browser::new(&self.server).post("/sign-in", &fields).await
    }

    async fn at_a_feed(&self, name: &str, password: &str) -> Answer {
        let pair = BASE64_STANDARD.encode(format!("{name}:{password}"));
        let credential = format!("Basic {pair}");
        self.server.ask("GET", "/F/main/npm/demo", &[("authorization", &credential)]).await
    }

    async fn npm_login(&self, name: &str) -> Answer {
        let request =
            axum::http::Request::put(format!("/F/main/npm/-/user/org.couchdb.user:{name}"))
                .header("host", "127.0.0.1:3000")
                .header("content-type", "application/json")
                .body(json!({ "name": name, "password": WRONG }).to_string().into())
                .unwrap();
        Answer::of(self.server.send(request).await).await
    }

    async fn sign_up(&self, name: &str, email: &str) -> Answer {
        let email = format!("{email}@example.com");
        let fields = [("username", name), ("email", &email), ("password", PASSWORD)];
        Browser::new(&self.server).post("/sign-up", &fields).await
    }
}

/// Asserts that all say the same; where not, what comes after the same beginning.
fn assert_alike(first: &mut Option<String>, said: &str, whose: &str) {
    let first = first.get_or_insert_with(|| said.to_owned());
    let same = first.bytes().zip(said.bytes()).take_while(|(one, other)| one == other).count();
    let rest =
        |text: &str| text.chars().skip(same.saturating_sub(80)).take(240).collect::<String>();
    assert!(first == said, "{whose}:\n{}\n{}", rest(first), rest(said));
}

/// An answer without what was typed and without what is new in each: the request's number, the nonce, a
/// passphrase.
fn said(answer: &Answer, typed: &str) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "x-request-id")
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort();
    let mut text = format!(
        "{}\n{}\n\n{}",
        answer.status,
        headers.join("\n"),
        String::from_utf8_lossy(&answer.body)
    );
    if let Some((_, rest)) = text.clone().split_once("'nonce-") {
        text = text.replace(rest.split('\'').next().unwrap(), "NONCE");
    }
    let number = answer.header("x-request-id");
    if !number.is_empty() {
        text = text.replace(number, "NUMBER");
    }
    // A passphrase that is suggested is made for each page.
    if let Some((_, rest)) = text.clone().split_once("class=\"secret\"><span>") {
        text = text.replace(rest.split('<').next().unwrap(), "PASSPHRASE");
    }
    text.replace(typed, "TYPED")
}

#[tokio::test]
async fn a_wrong_password_is_answered_the_same_whoever_is_named() {
    let world = World::new().await;
    for suffix in ["", "@example.com"] {
        let mut first = None;
        for name in [UNKNOWN].into_iter().chain(KNOWN) {
            world.later();
            let login = format!("{name}{suffix}");
            let answer = world.sign_in(&login, WRONG).await;
            assert_eq!(answer.status, 403);
            let said = said(&answer, &login);
            assert_alike(&mut first, &said, &login);
        }
    }
    for (place, status) in [("feed", 401), ("npm login", 401)] {
        let mut first = None;
        for name in [UNKNOWN].into_iter().chain(KNOWN) {
            world.later();
            let answer = match place {
                "feed" => world.at_a_feed(name, WRONG).await,
                _ => world.npm_login(name).await,
            };
            assert_eq!(answer.status, status, "{}", answer.text());
            let said = said(&answer, name);
            assert_alike(&mut first, &said, name);
        }
    }
    // The right password of an account that is disabled is one of them.
    world.later();
    let right = said(&world.sign_in("doris", PASSWORD).await, "doris");
    let wrong = said(&world.sign_in("ghost", WRONG).await, "ghost");
    assert_eq!(right, wrong);
}

#[tokio::test]
async fn too_many_tries_are_answered_the_same_whoever_is_named() {
    let world = World::new().await;
    let mut first = None;
    for name in [UNKNOWN].into_iter().chain(KNOWN) {
        world.later();
        let mut answers = Vec::new();
        for _ in 0..8 {
            answers.push(said(&world.sign_in(name, WRONG).await, name));
        }
        assert!(answers[7].starts_with("429"), "{}", answers[7]);
        assert_eq!(&answers, first.get_or_insert_with(|| answers.clone()), "{name}");
    }
}

#[tokio::test]
async fn signing_up_does_not_say_whose_address_it_is() {
    let world = World::new().await;
    let mut first = None;
    for name in KNOWN {
        world.later();
        let answer = world.sign_up("newly", name).await;
        assert_eq!(answer.status, 409);
        assert!(answer.text().contains("An account cannot be made with these details."));
        let said = said(&answer, name);
        assert_alike(&mut first, &said, name);
    }
    let mut first = None;
    for name in KNOWN {
        let answer = world.sign_up(name, "other").await;
        let said = said(&answer, name);
        assert_alike(&mut first, &said, name);
    }
}

#[tokio::test]
async fn a_link_that_ended_is_like_one_that_never_was() {
    let world = World::new().await;
    let browser = Browser::new(&world.server);
    let used = world.link.clone();
    assert_eq!(browser.post(&used, &[("password", PASSWORD)]).await.status, 303);
    let operator = Actor::Operator("root".to_owned());
    let new = NewAccount {
        username: "laura".parse().unwrap(),
        email: "laura@example.com".parse().unwrap(),
        password: None,
    };
    let late = world.server.services.accounts.create(&operator, new, false).await.unwrap().1;
    let late = late.unwrap().url.strip_prefix("http://127.0.0.1:3000").unwrap().to_owned();
    world.server.clock.advance(Duration::from_hours(25));
    let never = "/invite/0123456789abcdefghijkl".to_owned();
    for is_posted in [false, true] {
        let mut first = None;
        for link in [&never, &used, &late] {
            let browser = Browser::new(&world.server);
            let answer = if is_posted {
                browser.post(link, &[("password", PASSWORD)]).await
            } else {
                browser.get(link).await
            };
            assert_eq!(answer.status, 404);
            let code = link.strip_prefix("/invite/").unwrap();
            let said = said(&answer, code);
            assert_alike(&mut first, &said, link);
        }
    }
}

/// Times of one kind of try, in microseconds, the shortest first.
struct Times(&'static str, Vec<u128>);

impl Times {
    fn at(&self, part: f64) -> u128 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a few tries"
        )]
        self.1[((self.1.len() - 1) as f64 * part).round() as usize]
    }

    /// How often a time of these is longer than one of the others: 0.5 where nothing can be told
    /// (the statistic of Mann and Whitney).
    fn is_longer_than(&self, others: &Self) -> f64 {
        let pairs = self.1.iter().flat_map(|one| others.1.iter().map(move |other| (one, other)));
        let halves: u32 = pairs
            .map(|(one, other)| match one.cmp(other) {
                std::cmp::Ordering::Greater => 2,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 0,
            })
            .sum();
        let count = u32::try_from(self.1.len() * others.1.len()).unwrap();
        f64::from(halves) / f64::from(2 * count)
    }
}

/// Tries each kind in turn, so that whatever else the machine does is shared by all of them.
async fn measure(place: &str, kinds: &[&'static str], attempt: impl AsyncFn(&str, usize)) {
    let mut times: Vec<Times> = kinds.iter().map(|kind| Times(kind, Vec::new())).collect();
    for number in 0..TRIES {
        for kind in &mut times {
            let began = Instant::now();
            attempt(kind.0, number).await;
            kind.1.push(began.elapsed().as_micros());
        }
    }
    for kind in &mut times {
        kind.1.sort_unstable();
    }
    println!("{place}: µs at 10, 25, 50, 75, 90 %; how often longer than “{}”", kinds[0]);
    for kind in &times {
        let quantiles = [0.1, 0.25, 0.5, 0.75, 0.9].map(|part| format!("{:>8}", kind.at(part)));
        println!("  {:<10}{}  {:.2}", kind.0, quantiles.concat(), kind.is_longer_than(&times[0]));
    }
}

/// Nothing here fails on a time: machines that run tests do other things too.
#[tokio::test]
async fn times_are_printed_side_by_side() {
    let world = World::new().await;
    let names = [UNKNOWN, KNOWN[0], KNOWN[1], KNOWN[2]];
    measure("sign-in", &names, async |name, number| {
        world.later();
        let answer = world.sign_in(name, &format!("{WRONG} {number}")).await;
        assert_eq!(answer.status, 403);
    })
    .await;
    measure("HTTP Basic", &names, async |name, number| {
        world.later();
        let answer = world.at_a_feed(name, &format!("{WRONG} {number}")).await;
        assert_eq!(answer.status, 401);
    })
    .await;
    measure("sign-up, e-mail of", &["benno", "doris", "ivana"], async |email, _| {
        world.later();
        assert_eq!(world.sign_up("newly", email).await.status, 409);
    })
    .await;
    let link = world.link.clone();
    measure("one-time link", &["unknown", "ivana's"], async |kind, number| {
        let unknown = format!("/invite/{number:022}");
        let path = if kind == "unknown" { &unknown } else { &link };
        world.server.get(path).await;
    })
    .await;
}
