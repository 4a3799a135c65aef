//! Whoever guesses waits; nobody else does.

use std::time::Duration;

use axum::{body::Body, http::Request};
use model::action::ActionSet;

use crate::{
    npm::world::{PASSWORD, World, basic},
    support::{Answer, Server},
};

const HOME: &str = "192.0.2.10";
const STRANGER: &str = "198.51.100.7";
/// Of the stranger's network, and of ana's.
const BESIDE_STRANGER: &str = "198.51.100.250";
const BESIDE_HOME: &str = "192.0.2.77";
const WRONG: &str = "entirely different words in here";
const PACKAGE: &str = "/F/main/npm/demo";

async fn send(server: &Server, address: &str, request: Request<Body>) -> Answer {
    Answer::of(server.send_from(address, request).await).await
}

/// Posts a form as our own page does.
async fn post(server: &Server, address: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    post_with(server, address, path, fields, "").await
}

async fn post_with(
    server: &Server,
    address: &str,
    path: &str,
    fields: &[(&str, &str)],
    cookie: &str,
) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie);
    send(server, address, request.body(Body::from(body)).unwrap()).await
}

async fn sign_in(server: &Server, address: &str, name: &str, password: &str) -> Answer {
    post(server, address, "/sign-in", &[("login", name), ("password", password)]).await
}

async fn read(server: &Server, address: &str, credential: &str) -> Answer {
    let request = Request::get(PACKAGE).header("authorization", credential);
    send(server, address, request.body(Body::empty()).unwrap()).await
}

/// How long somebody has to wait, in seconds: the answer says so to people and to programs.
fn wait(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{}", answer.text());
    let seconds = answer.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    seconds
}

/// A world whose `ana` has signed in at home before, and has a package, a token and a session.
async fn world() -> (World, String, String) {
    let world = World::new().await;
    let token = world.token(ActionSet::ALL).await;
    world.publish("main", &token, "demo", "1.0.0").await;
    let answer = sign_in(&world.server, HOME, "ana", PASSWORD).await;
    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (world, token, cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_lock_anybody_out() {
    let (world, token, cookie) = world().await;
    let server = &world.server;
    let mut longest = 0;
    for attempt in 0..40 {
        let answer = sign_in(server, STRANGER, "ana", WRONG).await;
        if attempt < 5 {
            assert_eq!(answer.status, 403, "{attempt}");
            continue;
        }
        let seconds = wait(&answer);
        longest = longest.max(seconds);
        // The stranger is patient, and waits longer each time.
        server.clock.advance(Duration::from_secs(seconds));
        assert_eq!(sign_in(server, STRANGER, "ana", WRONG).await.status, 403, "{attempt}");
    }
    assert_eq!(longest, 900);
    // The right password helps nobody there, nor a neighbour, nor another way in.
    wait(&sign_in(server, STRANGER, "ana", PASSWORD).await);
    wait(&sign_in(server, BESIDE_STRANGER, "ana", PASSWORD).await);
    assert_eq!(read(server, STRANGER, &basic("ana", PASSWORD)).await.status, 429);

    // Ana is let in at once: where she was before, and where she never was.
    for address in [HOME, BESIDE_HOME, "203.0.113.5", "2001:db8::5"] {
        assert_eq!(sign_in(server, address, "ana", PASSWORD).await.status, 303, "{address}");
        assert_eq!(read(server, address, &basic("ana", PASSWORD)).await.status, 200, "{address}");
    }
    // What she has goes on working, wherever it is used.
    for address in [HOME, STRANGER, BESIDE_STRANGER] {
        assert_eq!(read(server, address, &token).await.status, 200, "{address}");
        let page = Request::get("/profile/tokens").header("cookie", &cookie);
        let page = send(server, address, page.body(Body::empty()).unwrap()).await;
        assert_ne!(page.status, 429, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_beside_somebody_ends_no_session_and_no_token() {
    let (world, token, cookie) = world().await;
    let server = &world.server;
    for _ in 0..12 {
        sign_in(server, BESIDE_HOME, "ana", WRONG).await;
    }
    // From the same network ana waits with the stranger, a moment; what she has does not.
    let seconds = wait(&sign_in(server, HOME, "ana", PASSWORD).await);
    assert_eq!(read(server, HOME, &token).await.status, 200);
    let page = Request::get("/profile/tokens").header("cookie", &cookie);
    assert_eq!(send(server, HOME, page.body(Body::empty()).unwrap()).await.status, 200);
    server.clock.advance(Duration::from_secs(seconds));
    assert_eq!(sign_in(server, HOME, "ana", PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_tries_many_names_waits_and_those_who_are_known_there_do_not() {
    let (world, ..) = world().await;
    let server = &world.server;
    for number in 0..30 {
        let name = format!("nobody{number}");
        assert_eq!(sign_in(server, BESIDE_HOME, &name, WRONG).await.status, 403, "{name}");
    }
    wait(&sign_in(server, BESIDE_HOME, "nobody30", WRONG).await);
    wait(&sign_in(server, BESIDE_HOME, "rob", PASSWORD).await);
    assert_eq!(sign_in(server, HOME, "ana", PASSWORD).await.status, 303);
    assert_eq!(sign_in(server, STRANGER, "rob", PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_try_a_password_is_counted_with_the_others() {
    let (world, token, cookie) = world().await;
    let server = &world.server;
    // Another one each time: a client that repeats a wrong one is answered without counting.
    for number in 0..5 {
        let answer = read(server, STRANGER, &basic("ana", &format!("{WRONG} {number}"))).await;
        assert_eq!(answer.status, 401, "{number}");
    }
    let answer = read(server, STRANGER, &basic("ana", WRONG)).await;
    wait(&answer);
    assert!(answer.text().contains("[LK-RATE]"), "{}", answer.text());
    wait(&sign_in(server, STRANGER, "ana", PASSWORD).await);
    let login = |password: &str| {
        let body = serde_json::json!({ "name": "ana", "password": password }).to_string();
        let request = Request::put("/F/main/npm/-/user/org.couchdb.user:ana");
        request.header("content-type", "application/json").body(Body::from(body)).unwrap()
    };
    wait(&send(server, STRANGER, login(PASSWORD)).await);
    assert_eq!(send(server, HOME, login(PASSWORD)).await.status, 201);

    // Somebody with a stolen session who confirms, or changes the password.
    let fields = [("password", WRONG), ("next", "/feeds")];
    for _ in 0..5 {
        assert_eq!(post_with(server, HOME, "/confirm", &fields, &cookie).await.status, 403);
    }
    wait(&post_with(server, HOME, "/confirm", &fields, &cookie).await);
    let change = [("current", WRONG), ("new", "yet other words for a password")];
    wait(&post_with(server, HOME, "/profile/security", &change, &cookie).await);
    assert_eq!(sign_in(server, "203.0.113.5", "ana", PASSWORD).await.status, 303);
    assert_eq!(read(server, HOME, &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_tried_one_after_another() {
    let (world, _, cookie) = world().await;
    let server = &world.server;
    let get = async |address: &str, path: &str| {
        let request = Request::get(path).header("cookie", &cookie).body(Body::empty());
        send(server, address, request.unwrap()).await
    };
    let call = async |address: &str, function: &str, code: &str| {
        let request = Request::post(format!("/_fn/{function}"))
            .header("cookie", &cookie)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        send(server, address, request.body(Body::from(format!("code={code}"))).unwrap()).await
    };
    let body = Request::post("/F/main/npm/-/v1/login").header("content-type", "application/json");
    let begun = send(server, HOME, body.body(Body::from("{}")).unwrap()).await;
    let begun: serde_json::Value = serde_json::from_slice(&begun.body).unwrap();
    let path = |name: &str| {
        begun[name].as_str().unwrap().strip_prefix("http://127.0.0.1:3000").unwrap().to_owned()
    };
    let (login, done) = (path("loginUrl"), path("doneUrl"));

    // A right code may be asked for as often as anybody likes.
    for _ in 0..50 {
        assert_eq!(get(STRANGER, &done).await.status, 202);
    }
    let mut tried = 0;
    while tried < 30 {
        let code = format!("{tried:022}");
        for answer in [
            get(STRANGER, &format!("/invite/{code}")).await,
            post(server, STRANGER, &format!("/invite/{code}"), &[("password", PASSWORD)]).await,
            get(STRANGER, &format!("/login/{code}")).await,
            call(STRANGER, "accounts/invited", &code).await,
            get(BESIDE_STRANGER, &format!("/F/main/npm/-/v1/done/{code}")).await,
        ] {
            assert!([404, 410].contains(&answer.status.as_u16()), "{} {tried}", answer.status);
            tried += 1;
        }
    }
    let invited = call(STRANGER, "accounts/invited", "a").await;
    wait(&invited);
    assert!(invited.text().contains("hrottled"), "{}", invited.text());
    for path in [login.as_str(), done.as_str(), "/invite/a"] {
        let answer = get(BESIDE_STRANGER, path).await;
        wait(&answer);
        assert!(answer.text().contains("Too many tries. Try again in "), "{}", answer.text());
    }
    // Elsewhere nobody waits; there it ends by itself.
    assert_eq!(get(HOME, &login).await.status, 200);
    assert_eq!(get(HOME, &done).await.status, 202);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(get(STRANGER, &done).await.status, 202);
}

#[tokio::test]
async fn the_code_of_the_set_up_cannot_be_tried_one_after_another() {
    let server = Server::new().await;
    let code = server.services.accounts.issue_setup_code().await.unwrap().unwrap();
    let set_up = async |address: &str, code: &str| {
        let ada = [("username", "ada"), ("email", "ada@example.com"), ("password", WRONG)];
        post(&server, address, "/setup", &[&ada[..], &[("code", code)]].concat()).await
    };
    for number in 0..30 {
        assert_eq!(set_up(STRANGER, &format!("{number:022}")).await.status, 422);
    }
    wait(&set_up(STRANGER, &code).await);
    assert!(server.services.accounts.none_exist().await.unwrap());
    assert_eq!(set_up(HOME, &code).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_cannot_be_made_one_after_another() {
    let server = Server::with(&["--sign-up", "open"]).await;
    server.set_up().await;
    let sign_up = async |address: &str, name: &str| {
        let email = format!("{name}@example.com");
        let fields = [("username", name), ("email", &email), ("password", WRONG)];
        post(&server, address, "/sign-up", &fields).await
    };
    // At once: none of them is free because the others are not counted yet.
    let names: Vec<String> = (0..30).map(|number| format!("user{number}")).collect();
    let answers = futures::future::join_all(names.iter().map(|name| sign_up(STRANGER, name))).await;
    let made = answers.iter().filter(|answer| answer.status == 303).count();
    assert_eq!(made, 20);
    wait(&sign_up(BESIDE_STRANGER, "another").await);
    assert_eq!(sign_up(HOME, "another").await.status, 303);
}
