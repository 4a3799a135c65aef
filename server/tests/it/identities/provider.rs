//! A provider on loopback that is as bad as a test wants it to be, and a server that knows it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Response, StatusCode},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    browser::Browser,
    support::{Answer, NOON, Server, write},
};

pub(super) const CLIENT: &str = "latchkey";
pub(super) const SECRET: &str = "the secret of the client";
/// What the browser is sent back to.
const CALLBACK: &str = "http://127.0.0.1:3000/sign-in/with/contoso/callback";

type Change = Box<dyn Fn(&mut Value) + Send>;

/// What the provider does.
pub(super) struct Behaviour {
    /// The number of the key that signs, and its name.
    pub(super) key: u8,
    pub(super) kid: Option<String>,
    /// The numbers of the keys that are published under their usual names.
    pub(super) published: Vec<u8>,
    pub(super) algorithm: &'static str,
    /// Changes the claims of ID tokens before they are signed.
    pub(super) claims: Option<Change>,
    /// Changes the discovery document.
    pub(super) discovery: Option<Change>,
    pub(super) user_info: Value,
    /// Answers instead of a path: status and body.
    pub(super) instead: HashMap<&'static str, (u16, String)>,
    /// How often each path was asked for.
    pub(super) asked: HashMap<String, usize>,
    codes: HashMap<String, Code>,
}

/// What was asked for with a code.
struct Code {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

pub(super) struct Provider {
    pub(super) issuer: String,
    behaviour: Arc<Mutex<Behaviour>>,
    task: JoinHandle<()>,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Arc::new(Mutex::new(Behaviour {
            key: 1,
            kid: Some("key-1".to_owned()),
            published: vec![1],
            algorithm: "EdDSA",
            claims: None,
            discovery: None,
            user_info: json!({ "sub": "ada-there", "preferred_username": "ada.l" }),
            instead: HashMap::new(),
            asked: HashMap::new(),
            codes: HashMap::new(),
        }));
        let (here, shared) = (issuer.clone(), Arc::clone(&behaviour));
        let answer = move |request: Request| {
            let (here, shared) = (here.clone(), Arc::clone(&shared));
            async move { answer(&here, &shared, request).await }
        };
        let task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(answer)).await.unwrap();
        });
        Self { issuer, behaviour, task }
    }

    pub(super) fn behave(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    /// Changes the claims of the ID tokens to come.
    pub(super) fn claim(&self, name: &'static str, value: Value) {
        self.behave().claims = Some(Box::new(move |claims| claims[name] = value.clone()));
    }

    /// Stops listening.
    pub(super) async fn stop(&self) {
        self.task.abort();
        while !self.task.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    /// Starts listening again on the same address.
    pub(super) async fn start_again(&mut self) {
        let address: SocketAddr = self.issuer.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let (here, shared) = (self.issuer.clone(), Arc::clone(&self.behaviour));
        let answer = move |request: Request| {
            let (here, shared) = (here.clone(), Arc::clone(&shared));
            async move { answer(&here, &shared, request).await }
        };
        self.task = tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(answer)).await.unwrap();
        });
    }

    /// What the provider does when somebody comes who is let through: the address that it sends the
    /// browser back to.
    pub(super) fn let_through(&self, address: &str) -> String {
        let asked = query(address);
        let get = |name: &str| asked.get(name).cloned();
        assert!(address.starts_with(&format!("{}/authorize?", self.issuer)), "{address}");
        assert_eq!(get("response_type").as_deref(), Some("code"));
        assert_eq!(get("client_id").as_deref(), Some(CLIENT));
        assert_eq!(get("redirect_uri").as_deref(), Some(CALLBACK));
        assert_eq!(get("code_challenge_method").as_deref(), Some("S256"));
        assert_eq!(get("scope").as_deref(), Some("openid profile email"));
        let mut behaviour = self.behave();
        let code = format!("code-{}", behaviour.codes.len());
        let asked_for = Code {
            nonce: get("nonce"),
            challenge: get("code_challenge").unwrap(),
            redirect_uri: get("redirect_uri").unwrap(),
        };
        behaviour.codes.insert(code.clone(), asked_for);
        format!("/sign-in/with/contoso/callback?code={code}&state={}", get("state").unwrap())
    }

    /// A token with these claims, signed as the provider signs now.
    pub(super) fn signed(&self, header: &Value, claims: &Value) -> String {
        sign(&self.behave(), header, claims)
    }
}

pub(super) fn query(address: &str) -> HashMap<String, String> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// A server that knows the provider, with flags of its own.
pub(super) async fn server_for(provider: &Provider, flags: &[&str]) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml");
    let (issuer, github) = (&provider.issuer, format!("{}/gh", provider.issuer));
    write(
        &file,
        format!(
            "[provider.contoso]\nlabel = \"Contoso\"\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\n\
             client_secret = \"{SECRET}\"\n\
             [provider.github]\nkind = \"github\"\nurl = \"{github}\"\nclient_id = \"{CLIENT}\"\n\
             client_secret = \"{SECRET}\"\n"
        ),
    );
    let flags = [&["--config", file.to_str().unwrap()], flags].concat();
    (Server::with(&flags).await, folder)
}

/// Ada, whose account is linked to the identity that the provider proves.
pub(super) async fn linked<'a>(server: &'a Server, provider: &Provider) -> Browser<'a> {
    let ada = Browser::of_ada(server).await;
    let answer = go(&ada, provider, "/sign-in/with/contoso?for=link").await;
    assert_eq!(answer.header("location"), "/sign-in/finish", "{}", answer.text());
    let answer = ada.post("/sign-in/finish", &[]).await;
    assert_eq!(answer.header("location"), "/profile/security", "{}", answer.text());
    ada
}

/// Goes to the provider and back.
pub(super) async fn go(browser: &Browser<'_>, provider: &Provider, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    browser.get(&provider.let_through(answer.header("location"))).await
}

/// Tries to sign in with the provider, with a browser that was never here.
pub(super) async fn sign_in<'a>(server: &'a Server, provider: &Provider) -> (Browser<'a>, Answer) {
    let browser = Browser::new(server);
    let answer = go(&browser, provider, "/sign-in/with/contoso?next=/feeds").await;
    (browser, answer)
}

async fn answer(issuer: &str, shared: &Mutex<Behaviour>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let mut behaviour = shared.lock().unwrap();
    let path = parts.uri.path().to_owned();
    *behaviour.asked.entry(path.clone()).or_default() += 1;
    if let Some((status, body)) = behaviour.instead.get(path.as_str()) {
        let response =
            Response::builder().status(*status).header("content-type", "application/json");
        return response.header("location", "/elsewhere").body(body.clone().into()).unwrap();
    }
    match path.as_str() {
        "/.well-known/openid-configuration" => json_of(&discovery(issuer, &behaviour)),
        "/jwks" => {
            let keys: Vec<Value> = behaviour.published.iter().map(|key| public(*key)).collect();
            json_of(&json!({ "keys": keys }))
        }
        "/token" => {
            let basic = format!("Basic {}", STANDARD.encode(basic_pair()));
            let is_client = parts.headers.get("authorization").is_some_and(|sent| *sent == *basic);
            token(issuer, &mut behaviour, &form, is_client)
        }
        "/me" => json_of(&behaviour.user_info),
        "/gh/login/oauth/access_token" => {
            let is_client = form["client_id"] == CLIENT && form["client_secret"] == SECRET;
            if is_client && form["code"] == "good" && form["code_verifier"].len() == 43 {
                json_of(
                    &json!({ "access_token": "gho_x", "token_type": "bearer", "scope": "user:email" }),
                )
            } else {
                // GitHub says so with the status of a success.
                json_of(&json!({ "error": "bad_verification_code" }))
            }
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// Name and secret as RFC 6749 §2.3.1 has them.
fn basic_pair() -> String {
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    format!("{}:{}", encode(CLIENT), encode(SECRET))
}

fn discovery(issuer: &str, behaviour: &Behaviour) -> Value {
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "RS256"],
    });
    if let Some(change) = &behaviour.discovery {
        change(&mut document);
    }
    document
}

fn token(
    issuer: &str,
    behaviour: &mut Behaviour,
    form: &HashMap<String, String>,
    is_client: bool,
) -> Response<Body> {
    let Some(code) = behaviour.codes.remove(&form["code"]) else {
        return refused("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if !is_client {
        return refused("invalid_client");
    }
    if challenge != code.challenge || form["redirect_uri"] != code.redirect_uri {
        return refused("invalid_grant");
    }
    let now = NOON.as_millis() / 1000;
    let mut claims = json!({
        "iss": issuer,
        "aud": CLIENT,
        "sub": "ada-there",
        "iat": now,
        "exp": now + 300,
        "nonce": code.nonce,
        "sid": "session-there",
    });
    if let Some(change) = &behaviour.claims {
        change(&mut claims);
    }
    let header = json!({ "alg": behaviour.algorithm, "kid": behaviour.kid });
    json_of(&json!({
        "access_token": "access",
        "token_type": "Bearer",
        "expires_in": 300,
        "id_token": sign(behaviour, &header, &claims),
    }))
}

fn sign(behaviour: &Behaviour, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut header = header.clone();
    if header["kid"].is_null() {
        header.as_object_mut().unwrap().remove("kid");
    }
    let signed = format!("{}.{}", part(&header), part(claims));
    let signature = match header["alg"].as_str().unwrap() {
        "none" => Vec::new(),
        "HS256" => CoreHmacKey::new(SECRET.as_bytes())
            .sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes())
            .unwrap(),
        _ => {
            private(behaviour.key).sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap()
        }
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A key pair of this number (PKCS #8, RFC 8410 §7).
fn private(number: u8) -> CoreEdDsaPrivateSigningKey {
    const HEAD: &[u8] = &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der = STANDARD.encode([HEAD, &[number; 32]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
    let kid = JsonWebKeyId::new(format!("key-{number}"));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(kid)).unwrap()
}

fn public(number: u8) -> Value {
    serde_json::to_value(private(number).as_verification_key()).unwrap()
}

fn json_of(value: &Value) -> Response<Body> {
    let response = Response::builder().header("content-type", "application/json");
    response.body(value.to_string().into()).unwrap()
}

fn refused(error: &str) -> Response<Body> {
    let mut response = json_of(&json!({ "error": error }));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}
