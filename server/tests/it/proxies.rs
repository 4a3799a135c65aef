//! What a request says of where it came from: believed only of a proxy that the operator named.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use model::{action::ActionSet, token_form::TokenDraft};
use registry::Origin;

use crate::{
    npm::world::{PASSWORD, World, allow, basic, bearer, draft},
    stored::everything,
    support::Answer,
};

/// Whose connection it is.
const SOCKET: &str = "203.0.113.9";
const PROXY: &str = "10.0.0.2";
/// What is claimed, and by whom the token may be used.
const CLAIMED: &str = "192.0.2.66";
const URL: &str = "https://packages.example.com";

/// Everything that a client can claim about itself and this server.
fn forged(request: Builder) -> Builder {
    request
        .header("x-forwarded-for", CLAIMED)
        .header("x-real-ip", CLAIMED)
        .header("x-client-ip", CLAIMED)
        .header("true-client-ip", CLAIMED)
        .header("forwarded", format!("for={CLAIMED};host=evil.example;proto=http"))
        .header("x-forwarded-proto", "http")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-port", "666")
        .header("x-forwarded-prefix", "/evil")
        .header("x-original-url", "/evil")
        .header("host", "evil.example")
}

struct Asking<'a> {
    world: &'a World,
    /// The other end of the connection.
    peer: &'a str,
    /// The lines of `X-Forwarded-For` that a proxy writes itself.
    proxied: &'a [&'a str],
}

impl Asking<'_> {
    async fn send(&self, request: Builder, body: String) -> Answer {
        let mut request = forged(request);
        for line in self.proxied {
            request = request.header("x-forwarded-for", *line);
        }
        let request = request.body(Body::from(body)).unwrap();
        Answer::of(self.world.server.send_from(self.peer, request).await).await
    }

    async fn sign_in(&self, password: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("login", "ana"), ("password", password)])
            .finish();
        let request = Request::post("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body).await
    }

    async fn get(&self, path: &str, credential: &str) -> Answer {
        self.send(Request::get(path).header("authorization", credential), String::new()).await
    }

    /// Does what leaves traces, and gives the answers.
    async fn do_everything(&self, token: &str) -> Vec<Answer> {
        let login =
            Request::post("/F/main/npm/-/v1/login").header("content-type", "application/json");
        vec![
            self.sign_in("wrong horse battery staple").await,
            self.sign_in(PASSWORD).await,
            self.get("/F/main/npm/demo", &basic("ana", PASSWORD)).await,
            self.get("/F/main/npm/demo", token).await,
            self.get("/F/nowhere/npm/demo", token).await,
            self.get("/F/main/api/v3/index.json", "").await,
            self.send(login, "{}".to_owned()).await,
            self.send(Request::get("/sign-in"), String::new()).await,
            self.send(Request::get("/invite/0123456789abcdefghijkl"), String::new()).await,
        ]
    }
}

/// A world with a package, and a token that may be used from the claimed network alone.
async fn world(flags: &[&str]) -> (World, String, String) {
    let world = World::with(&[&["--public-url", URL], flags].concat()).await;
    let token = world.token(ActionSet::ALL).await;
    world.publish("main", &token, "demo", "1.0.0").await;
    let networks = vec!["192.0.2.0/24".parse().unwrap()];
    let limited = TokenDraft { networks, ..draft(vec![allow(ActionSet::READ, &[], &[])]) };
    let (_, limited) = world.make(world.ana, limited).await;
    (world, token, limited)
}

/// What was stored, once everything is.
async fn traces(world: &World) -> String {
    world.server.services.close().await;
    format!("{:?}", everything(&world.server).await)
}

fn assert_ours(answers: &[Answer]) {
    for answer in answers {
        let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
        assert!(!text.contains("evil") && !text.contains(":666"), "{text}");
        assert!(!text.contains("http://"), "{text}");
    }
    let cookie = answers[1].header("set-cookie");
    assert!(cookie.starts_with("__Host-sid=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(answers[2].text().contains(&format!("\"tarball\":\"{URL}/F/main/npm/demo/-/")));
    assert!(answers[5].text().contains(&format!("{URL}/F/main/api/v2/package")));
    assert!(answers[6].text().contains(&format!("{URL}/login/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_named_proxy_nothing_that_is_claimed_is_believed() {
    // A proxy was named, but this is not its connection.
    for flags in [&[][..], &["--trusted-proxy", PROXY]] {
        let (world, token, limited) = world(flags).await;
        let asking = Asking { world: &world, peer: SOCKET, proxied: &[] };
        let answers = asking.do_everything(&token).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses, [403, 303, 200, 200, 403, 200, 200, 200, 404]);
        assert_ours(&answers);
        let refused = asking.get("/F/main/npm/demo", &bearer(&limited)).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("[LK-NETWORK]"), "{}", refused.text());
        let stored = traces(&world).await;
        assert!(stored.contains(SOCKET), "{stored}");
        for claim in [CLAIMED, "192.0.2.", "evil"] {
            let of_token = "192.0.2.0/24";
            assert!(!stored.replace(of_token, "").contains(claim), "{claim} {stored}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_named_proxy_only_what_it_wrote_itself_is_believed() {
    let (world, token, limited) = world(&["--trusted-proxy", PROXY]).await;
    // The client sent lines of its own; the proxy adds where the connection came from.
    let asking = Asking { world: &world, peer: PROXY, proxied: &[SOCKET] };
    assert_ours(&asking.do_everything(&token).await);
    let refused = asking.get("/F/main/npm/demo", &bearer(&limited)).await;
    assert!(refused.text().contains("[LK-NETWORK]"), "{}", refused.text());
    let of_network = Asking { world: &world, peer: PROXY, proxied: &["192.0.2.99"] };
    assert_eq!(of_network.get("/F/main/npm/demo", &bearer(&limited)).await.status, 200);
    let stored = traces(&world).await;
    assert!(stored.contains(SOCKET) && stored.contains("192.0.2.99"), "{stored}");
    for claim in [CLAIMED, "evil", PROXY] {
        assert!(!stored.contains(claim), "{claim} {stored}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_claims_another_address_each_time_waits_all_the_same() {
    let (world, ..) = world(&["--trusted-proxy", PROXY]).await;
    let claims: Vec<String> = (0..6).map(|number| format!("198.51.{number}.1")).collect();
    for (number, claim) in claims.iter().enumerate() {
        let asking = Asking { world: &world, peer: SOCKET, proxied: &[claim] };
        let status = asking.sign_in("wrong horse battery staple").await.status;
        assert_eq!(status, if number < 5 { 403 } else { 429 });
    }
    // Those whom the proxy passes on are told apart, whatever they claim to the proxy.
    for (number, peer) in claims.iter().enumerate() {
        let asking = Asking { world: &world, peer: PROXY, proxied: &[SOCKET, peer] };
        let status = asking.sign_in("wrong horse battery staple").await.status;
        assert_eq!(status, 403, "{number}");
    }
    let ana = Origin { address: SOCKET.parse().unwrap(), user_agent: String::new() };
    let password = registry::sessions::PasswordText::new(PASSWORD);
    let throttled = world.server.services.sessions.sign_in("ana", &password, &ana).await;
    assert!(matches!(throttled, Err(registry::Error::Throttled(_))));
}
