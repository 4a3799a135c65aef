//! Signing in and out as npm's clients do it, and the page that approves.

use axum::body::Body;
use model::action::ActionSet;
use serde_json::{Value, json};

use super::world::{PASSWORD, READ_WRITE, Reply, World, allow, basic, bearer, draft};
use crate::browser::Browser;

const HERE: &str = "http://127.0.0.1:3000";

/// What `npm login --auth-type=legacy` sends.
fn user(name: &str, password: &str) -> String {
    json!({
        "_id": format!("org.couchdb.user:{name}"),
        "name": name,
        "password": password,
        "type": "user",
        "roles": [],
        "date": "2026-11-23T17:56:12.119Z",
    })
    .to_string()
}

async fn log_in(world: &World, feed: &str, name: &str, password: &str) -> Reply {
    let path = format!("{feed}/npm/-/user/org.couchdb.user:{name}");
    world.ask("PUT", &path, "", &[], user(name, password)).await
}

/// The paths of both addresses that beginning by the browser gives: the page's, and the terminal's
/// below `/F/`.
async fn begin(world: &World, feed: &str) -> (String, String) {
    let reply = world.ask("POST", &format!("{feed}/npm/-/v1/login"), "", &[], "{}").await;
    assert_eq!(reply.status, 200);
    let document = reply.json();
    let path = |name: &str, before: &str| {
        let address = document[name].as_str().unwrap();
        address.strip_prefix(&format!("{HERE}{before}")).unwrap().to_owned()
    };
    (path("loginUrl", ""), path("doneUrl", "/F/"))
}

async fn browser_of<'a>(world: &'a World, name: &str) -> Browser<'a> {
    let browser = Browser::new(&world.server);
    let answer = browser.post("/sign-in", &[("login", name), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    browser
}

async fn names(world: &World) -> Vec<String> {
    let tokens = world.server.services.tokens.list(world.ana).await.unwrap();
    tokens.into_iter().skip(1).map(|token| token.description).collect()
}

#[tokio::test]
async fn a_password_gets_a_token_that_reads_this_feed() {
    let world = World::new().await;
    let ana = world.everything().await;
    world.publish("main", &ana, "demo", "1.0.0").await;
    let reply = log_in(&world, "main", "ana", PASSWORD).await;
    assert_eq!(reply.status, 201);
    let document = reply.json();
    assert_eq!((&document["ok"], &document["id"]), (&json!(true), &json!("org.couchdb.user:ana")));
    assert!(reply.header("npm-notice").contains("to read feed main"), "{:?}", reply.headers);
    let token = bearer(document["token"].as_str().unwrap());
    assert_eq!(world.get("main/npm/demo", &token).await.status, 200);
    assert_eq!(world.get("side/npm/demo", &token).await.denial().1, "LK-FEED");
    let published = world.publish("main", &token, "demo", "2.0.0").await;
    assert_eq!(published.denial(), (403, "LK-SCOPE".to_owned()));
    assert!(names(&world).await.contains(&"npm login from 127.0.0.1".to_owned()));
    // By the e-mail address too, and whatever dead credential is configured.
    let path = "main/npm/-/user/org.couchdb.user:ana%40example.com";
    let body = user("ana@example.com", PASSWORD);
    let reply = world.ask("PUT", path, "Bearer npm_dead", &[], body).await;
    assert_eq!(reply.status, 201);
}

#[tokio::test]
async fn whatever_is_wrong_with_name_or_password_is_one_answer() {
    let world = World::new().await;
    let mut answers = Vec::new();
    for (feed, name, password) in
        [("main", "ana", "wrong"), ("main", "nobody", PASSWORD), ("none", "ana", "wrong")]
    {
        let reply = log_in(&world, feed, name, password).await;
        assert_eq!(reply.denial(), (401, "LK-UNKNOWN".to_owned()), "{feed} {name}");
        answers.push(reply.sentence());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let accounts = world.server.services.accounts.list().await.unwrap();
    assert_eq!(accounts.len(), 3, "no account is made");
    // A feed out of reach and one that is not there are one case for who is known.
    for feed in ["eves", "none"] {
        let denial = log_in(&world, feed, "ana", PASSWORD).await.denial();
        assert_eq!(denial, (403, "LK-FEED".to_owned()));
    }
    for (path, body, words) in [
        ("ana", user("bob", PASSWORD), "another user"),
        ("ana", json!({ "name": "ana" }).to_string(), "password must be a string"),
        ("ana", "ana".to_owned(), "not a JSON object"),
        ("ana", user("ana", "lka_0123"), "access token"),
    ] {
        let path = format!("main/npm/-/user/org.couchdb.user:{path}");
        let reply = world.ask("PUT", &path, "", &[], body).await;
        assert_eq!(reply.status, 400, "{words}");
        assert!(reply.sentence().contains(words), "{}", reply.sentence());
        assert!(!reply.sentence().contains("lka_0123"));
    }
    let large =
        world.ask("PUT", "main/npm/-/user/org.couchdb.user:ana", "", &[], "x".repeat(70_000));
    assert_eq!(large.await.status, 413);
    // Guessing is slowed down like anywhere else.
    let mut last = log_in(&world, "main", "ana", "guess 0").await;
    for number in 1..8 {
        last = log_in(&world, "main", "ana", &format!("guess {number}")).await;
    }
    assert_eq!(last.denial(), (429, "LK-RATE".to_owned()));
}

#[tokio::test]
async fn the_browser_approves_and_the_terminal_fetches_once() {
    let world = World::new().await;
    let (page, done) = begin(&world, "main").await;
    let waiting = world.get(&done, "").await;
    assert_eq!((waiting.status, waiting.header("retry-after")), (202, "2"));
    assert_eq!(waiting.json(), json!({}));
    assert_eq!(world.ask("HEAD", &done, "", &[], Body::empty()).await.status, 405);

    let browser = browser_of(&world, "ana").await;
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("referrer-policy"), "strict-origin");
    let html = shown.text();
    for words in
        ["127.0.0.1", "npm 11.19.1", "main", "Approve", "Deny", "Read and write", "30 days"]
    {
        assert!(html.contains(words), "{words}");
    }
    assert_eq!(world.get(&done, "").await.status, 202, "looking changes nothing");

    let chosen = [("decision", "approve"), ("access", "both"), ("expires", "7d")];
    let approved = browser.post(&page, &chosen).await;
    assert_eq!((approved.status.as_u16(), approved.header("location")), (303, page.as_str()));
    assert!(browser.get(&page).await.text().contains("Go back to your terminal"));
    assert!(names(&world).await.is_empty(), "no token before it is fetched");

    let fetched = world.get(&done, "Bearer npm_dead").await;
    assert_eq!((fetched.status, fetched.header("cache-control")), (200, "no-store"));
    let token = fetched.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(fetched.json(), json!({ "token": token }));
    let again = world.get(&done, "").await;
    assert_eq!(again.status, 410);
    assert!(again.sentence().contains("over"));
    assert_eq!(names(&world).await, ["npm login from 127.0.0.1"]);
    let held = bearer(&token);
    assert_eq!(world.publish("main", &held, "demo", "1.0.0").await.status, 201);
    assert_eq!(world.get("main/npm/demo", &held).await.status, 200);
    assert_eq!(world.get("side/npm/-/ping", &held).await.denial().1, "LK-FEED");

    let path = format!("main/npm/-/user/token/{token}");
    let out = world.ask("DELETE", &path, &held, &[], Body::empty()).await;
    assert_eq!((out.status, out.json()), (200, json!({ "ok": true })));
    assert_eq!(out.header("npm-notice"), "");
    assert_eq!(world.get("main/npm/demo", &held).await.denial().1, "LK-REVOKED");
    let out = world.ask("DELETE", &path, &held, &[], Body::empty()).await;
    assert!(out.status == 200 && out.header("npm-notice").contains("revoked nothing"));
}

#[tokio::test]
async fn the_page_refuses_what_it_should() {
    let world = World::new().await;
    let browser = browser_of(&world, "ana").await;
    let chosen =
        |access, expires| [("decision", "approve"), ("access", access), ("expires", expires)];
    let (page, done) = begin(&world, "main").await;
    for (access, expires) in [("all", "7d"), ("read", "31d"), ("read", "never"), ("read", "")] {
        let refused = browser.post(&page, &chosen(access, expires)).await;
        assert_eq!(refused.status, 422, "{access} {expires}");
        assert!(refused.text().contains("There is a problem"));
    }
    let stranger = Browser::new(&world.server);
    let elsewhere = stranger.get(&page).await;
    assert!(elsewhere.header("location").starts_with("/sign-in?next=%2Flogin%2F"));
    let elsewhere = stranger.post(&page, &chosen("read", "7d")).await;
    assert!(elsewhere.header("location").starts_with("/sign-in?next=%2Flogin%2F"));

    // A reader is offered reading alone, and gets no more by asking for it.
    let rob = browser_of(&world, "rob").await;
    let html = rob.get(&page).await.text();
    assert!(html.contains("You may read main") && !html.contains("Read and write"));
    assert_eq!(rob.post(&page, &chosen("both", "7d")).await.status, 403);
    assert_eq!(world.get(&done, "").await.status, 202, "nothing was decided so far");

    // Out of reach and absent are one page, on which there is nothing to approve.
    let eve = browser_of(&world, "eve").await;
    let mut pages = Vec::new();
    for feed in ["main", "nono"] {
        let (page, _) = begin(&world, feed).await;
        let html = eve.get(&page).await.text();
        assert!(html.contains("nothing to approve") && !html.contains("value=\"approve\""));
        assert_eq!(eve.post(&page, &chosen("read", "7d")).await.status, 403);
        let code = page.rsplit('/').next().unwrap().to_owned();
        let plain = html.replace(&code, "CODE").replace(&format!("<dd>{feed}<"), "");
        pages.push(plain[plain.find("<main").unwrap()..plain.find("</main").unwrap()].to_owned());
    }
    assert_eq!(pages[0], pages[1]);

    // Unconfirmed: the password first, and back with what was chosen.
    world.server.clock.advance(std::time::Duration::from_hours(3));
    let (page, done) = begin(&world, "main").await;
    let unconfirmed = browser.post(&page, &chosen("both", "1d")).await;
    let next = unconfirmed.header("location");
    assert!(
        next.starts_with("/confirm?next=%2Flogin%2F") && next.contains("access%3Dboth"),
        "{next}"
    );
    let back = browser.get(&format!("{page}?access=both&expires=1d")).await.text();
    assert!(
        back.contains("value=\"both\" checked") && back.contains("value=\"1d\" checked"),
        "{back}"
    );
    let denied = browser.post(&page, &[("decision", "deny")]).await;
    assert_eq!(denied.status, 303, "no needs no password");
    assert!(browser.get(&page).await.text().contains("Sign-in denied"));
    let reply = world.get(&done, "").await;
    assert_eq!(reply.status, 403);
    assert!(reply.sentence().contains("denied"));
    for gone in [page.as_str(), "/login/0123456789abcdefghijkl"] {
        let gone = browser_of(&world, "rob").await.get(gone).await;
        assert_eq!(gone.status, 404);
        assert!(gone.text().contains("This sign-in is over"));
    }
    assert!(names(&world).await.is_empty());
}

#[tokio::test]
async fn a_terminal_elsewhere_takes_the_name_of_the_feed() {
    let world = World::with(&["--trusted-proxy", "127.0.0.1", "--public-url", HERE]).await;
    let far = [("x-forwarded-for", "203.0.113.9")];
    let reply = world.ask("POST", "main/npm/-/v1/login", "", &far, "{}").await;
    let login = reply.json()["loginUrl"].as_str().unwrap().replace(HERE, "");
    let browser = browser_of(&world, "ana").await;
    let html = browser.get(&login).await.text();
    assert!(
        html.contains("another address")
            && html.contains("203.0.113.9")
            && html.contains("127.0.0.1")
    );
    let mut fields = vec![("decision", "approve"), ("access", "read"), ("expires", "30d")];
    let refused = browser.post(&login, &fields).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Type the name of the feed"));
    fields.push(("feed", "main"));
    assert_eq!(browser.post(&login, &fields).await.status, 303);
}

#[tokio::test]
async fn beginning_tells_nothing_about_the_feed_and_is_bounded() {
    let world = World::new().await;
    let mut shapes = Vec::new();
    for feed in ["main", "open", "none"] {
        let reply = world.ask("POST", &format!("{feed}/npm/-/v1/login"), "", &[], "{}").await;
        let text = reply.json().to_string().replace(feed, "FEED");
        shapes.push((reply.status, text.len(), reply.headers.len()));
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
    for _ in 3..20 {
        begin(&world, "main").await;
    }
    let reply = world.ask("POST", "main/npm/-/v1/login", "", &[], "{}").await;
    assert_eq!(reply.denial(), (429, "LK-RATE".to_owned()));
    world.server.clock.advance(std::time::Duration::from_mins(10));
    let (page, done) = begin(&world, "main").await;
    let stored = world.database().await;
    for secret in [page, done] {
        let secret = secret.rsplit('/').next().unwrap().as_bytes();
        assert_eq!(secret.len(), 22);
        assert!(!stored.windows(22).any(|part| part == secret), "a secret is stored");
    }
}

async fn create(world: &World, credential: &str, body: &Value) -> Reply {
    world.ask("POST", "main/npm/-/npm/v1/tokens", credential, &[], body.to_string()).await
}

#[tokio::test]
async fn tokens_are_listed_made_and_revoked_as_npm_asks() {
    let world = World::new().await;
    let rules = vec![allow(READ_WRITE, &[], &["@acme/*"])];
    let (id, value) = world.make(world.ana, draft(rules)).await;
    let ana = bearer(&value);
    let other = world.make(world.ana, draft(vec![allow(ActionSet::READ, &[], &[])])).await.0;
    let list = world.get("main/npm/-/npm/v1/tokens", &ana).await;
    assert_eq!(list.status, 200);
    let document = list.json();
    assert_eq!(document["urls"], json!({}));
    assert_eq!(document["objects"].as_array().unwrap().len(), 1);
    let listed = &document["objects"][0];
    assert_eq!(listed["key"], id.to_string().replace('-', ""));
    assert_eq!((&listed["token"], &listed["readonly"]), (&json!("lka_"), &json!(false)));
    assert_eq!((&listed["name"], &listed["cidr_whitelist"]), (&json!("CI"), &Value::Null));
    assert!(!document.to_string().contains(&value[4..12]), "a list holds no value");

    // npm 6 to 10, then 11.
    let old = json!({ "password": PASSWORD, "readonly": true, "cidr_whitelist": ["127.0.0.0/8"] });
    let made = create(&world, &ana, &old).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!(
        (&made["readonly"], &made["cidr_whitelist"]),
        (&json!(true), &json!(["127.0.0.0/8"]))
    );
    let child = bearer(made["token"].as_str().unwrap());
    let pushed = world.publish("main", &child, "@acme/demo", "1.0.0").await;
    assert_eq!(pushed.denial(), (403, "LK-SCOPE".to_owned()));
    let new = json!({ "name": "ci", "password": PASSWORD, "packages": ["@acme/demo"],
        "packages_and_scopes_permission": "read-write", "expires": 30 });
    let made = create(&world, &ana, &new).await.json();
    assert_eq!(
        (&made["name"], &made["expires"]),
        (&json!("ci"), &json!("2027-03-24T23:59:59.999Z"))
    );
    let child = bearer(made["token"].as_str().unwrap());
    assert_eq!(world.publish("main", &child, "@acme/demo", "1.0.0").await.status, 201);
    assert_eq!(world.publish("main", &child, "@acme/b", "1.0.0").await.denial().1, "LK-PACKAGE");
    assert_eq!(world.publish("side", &child, "@acme/demo", "1.0.0").await.denial().1, "LK-FEED");

    for (status, body, words) in [
        (403, json!({ "password": "wrong" }), "not the password"),
        (400, json!({}), "password must be a string"),
        (400, json!({ "password": PASSWORD, "packages": ["demo"] }), "no rule for demo"),
        (400, json!({ "password": PASSWORD, "expires": 91 }), "1 to 90 days"),
        (400, json!({ "password": PASSWORD, "orgs": ["acme"] }), "organizations"),
        (400, json!({ "password": PASSWORD, "sudo": true }), "does not know"),
    ] {
        let reply = create(&world, &ana, &body).await;
        assert_eq!(reply.status, status, "{words}");
        assert!(reply.sentence().contains(words), "{}", reply.sentence());
    }
    let by_password =
        create(&world, &basic("ana", PASSWORD), &json!({ "password": PASSWORD })).await;
    assert_eq!(by_password.status, 403);
    assert!(by_password.sentence().contains("/profile/tokens"));

    let revoke = async |named: &str, credential: &str| {
        let path = format!("main/npm/-/npm/v1/tokens/token/{named}");
        world.ask("DELETE", &path, credential, &[], Body::empty()).await
    };
    let refused = revoke(&other.to_string(), &ana).await;
    assert_eq!(refused.status, 403);
    assert!(refused.sentence().contains("no token but itself"));
    assert_eq!(revoke(listed["key"].as_str().unwrap(), &ana).await.status, 200);
    assert_eq!(world.get("main/npm/-/npm/v1/tokens", &ana).await.denial().1, "LK-REVOKED");
    let ana = basic("ana", PASSWORD);
    assert_eq!(revoke(&other.to_string(), &ana).await.status, 200);
    assert_eq!(revoke("0123", &ana).await.status, 404);
    let all = world.get("none/npm/-/npm/v1/tokens", &ana).await.json();
    assert_eq!(all["total"], 3, "the primary and both children");
}

#[tokio::test]
async fn the_profile_is_a_name() {
    let world = World::new().await;
    let ana = world.everything().await;
    let profile = world.get("main/npm/-/npm/v1/user", &ana).await;
    assert_eq!((profile.status, profile.json()), (200, json!({ "name": "ana" })));
    let set = world.ask("POST", "main/npm/-/npm/v1/user", &ana, &[], "{\"email\":\"a@b\"}").await;
    assert_eq!(set.status, 403);
    assert!(set.sentence().contains("/profile/security"));
    for (method, path) in
        [("GET", "-/npm/v1/user"), ("POST", "-/npm/v1/user"), ("GET", "-/npm/v1/tokens")]
    {
        let path = format!("main/npm/{path}");
        assert_eq!(world.ask(method, &path, "", &[], "{}").await.denial().0, 401, "{path}");
    }
}
