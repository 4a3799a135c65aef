//! `npm token` and `npm profile`, and the way to everything that is about who the client is.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use bytes::Bytes;
use http::{Method, StatusCode};
use model::{denial::Code, network::Network};
use registry::{
    Denial, Error, Origin,
    access::Wanted,
    sessions::PasswordText,
    tokens::{ListedToken, Wish},
};
use serde_json::{Value, json};

use super::{
    Call,
    answer::{Refusal, json, warned},
    login,
    wire::account::{Account, Secret, TokenBody},
};
use crate::web::InternalError;

/// The most bytes of such a request's body.
const LARGEST: usize = 64 << 10;

/// Answers a request to one of these addresses.
pub(super) async fn answer(
    call: &Call,
    account: &Account,
    body: Body,
) -> Result<Response, Refusal> {
    let is_read = matches!(call.method, Method::GET | Method::HEAD);
    match (account, &call.method) {
        (Account::Login, &Method::POST) => login::begin(call, body).await,
        // Not by HEAD: the token is given once.
        (Account::Done(code), &Method::GET) => login::done(call, code).await,
        (Account::User(name), &Method::PUT) => login::by_password(call, name, body).await,
        (Account::Logout(token), &Method::DELETE) => login::log_out(call, token).await,
        (Account::Tokens, _) if is_read => list(call).await,
        (Account::Tokens, &Method::POST) => create(call, body).await,
        (Account::Token(named), &Method::DELETE) => revoke(call, named).await,
        (Account::Profile, _) if is_read => profile(call).await,
        (Account::Profile, &Method::POST) => {
            call.authorize(Wanted::Identity).await?;
            let sentence = "Your account is changed on its own page:";
            Err(Refusal::Wrong(StatusCode::FORBIDDEN, lead(call, sentence, "/profile/security")))
        }
        _ => Err(Refusal::Method(account.methods())),
    }
}

/// `npm token list`: what the credential may see. No value is part of it.
async fn list(call: &Call) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Identity).await?;
    let tokens = call.services.tokens.listed(&grant).await.map_err(|error| refusal(call, error))?;
    let objects: Vec<Value> = tokens.iter().map(listed).collect();
    let document = json!({ "objects": objects, "total": objects.len(), "urls": {} });
    Ok(warned(json(StatusCode::OK, &document), &grant))
}

/// A token in a list. npm shows `token` as the beginning of the value.
fn listed(token: &ListedToken) -> Value {
    json!({
        "key": key(token),
        "token": token.kind.prefix(),
        "name": token.description,
        "created": token.created_at.to_string(),
        "readonly": token.is_read_only,
        // npm takes any list for a limit.
        "cidr_whitelist": Some(networks(token)).filter(|networks| !networks.is_empty()),
        "expiry": token.expires_at.map(|at| at.to_string()),
        "accessed": token.last_used_at.map(|at| at.to_string()),
    })
}

/// The id by which npm names a token. With its hyphens npm would take it for a secret and hide it.
fn key(token: &ListedToken) -> String {
    token.id.to_string().replace('-', "")
}

fn networks(token: &ListedToken) -> Vec<String> {
    token.networks.iter().map(Network::to_string).collect()
}

/// `npm token create`: out of the presented token, with its owner's password.
async fn create(call: &Call, body: Body) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Presence).await?;
    let body = read(body).await?;
    let body = TokenBody::parse(&body).map_err(|error| Refusal::malformed(&error))?;
    let password = PasswordText::new(body.password.expose());
    let wish = Wish {
        description: body.description,
        read_only: body.read_only,
        packages: body.packages,
        networks: body.networks,
        days: body.days,
    };
    let made = call.services.tokens.mint(&grant, &password, &wish, origin(call)?).await;
    let (token, value) = made.map_err(|error| refusal(call, error))?;
    let document = json!({
        "token": value.expose(),
        "key": key(&token),
        "name": token.description,
        "created": token.created_at.to_string(),
        "readonly": token.is_read_only,
        "cidr_whitelist": networks(&token),
        "expires": token.expires_at.map(|at| at.to_string()),
    });
    Ok(warned(json(StatusCode::CREATED, &document), &grant))
}

/// `npm token revoke`.
async fn revoke(call: &Call, named: &Secret) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Identity).await?;
    let revoked = call.services.tokens.revoke_named(&grant, named.expose()).await;
    revoked.map_err(|error| refusal(call, error))?;
    Ok(json(StatusCode::OK, &json!({ "ok": true })))
}

/// `npm profile get`: the name. What else there is to an account is not for a package client.
async fn profile(call: &Call) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Identity).await?;
    Ok(warned(json(StatusCode::OK, &json!({ "name": grant.username() })), &grant))
}

/// Where the request comes from.
pub(super) fn origin(call: &Call) -> Result<&Origin, Refusal> {
    call.origin.as_ref().ok_or_else(|| InternalError::from("no origin").into())
}

/// Reads a body, which may hold a password.
pub(super) async fn read(body: Body) -> Result<Bytes, Refusal> {
    to_bytes(body, LARGEST).await.map_err(|_| {
        let sentence = "The body is too large, or was cut short.".to_owned();
        Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    })
}

/// What a service said, in the words of a client; it leads to the page where more can be done.
pub(super) fn refusal(call: &Call, error: Error) -> Refusal {
    let wrong = |status, sentence: &str| Refusal::Wrong(status, sentence.to_owned());
    match error {
        Error::Throttled(wait) => Refusal::Denied(Box::new(too_often(wait))),
        Error::Invalid(sentence) => wrong(StatusCode::BAD_REQUEST, &sentence),
        Error::Forbidden(sentence) => {
            let sentence = lead(call, &format!("{sentence} See"), "/profile/tokens");
            wrong(StatusCode::FORBIDDEN, &sentence)
        }
        Error::WrongPassword => {
            wrong(StatusCode::FORBIDDEN, "This is not the password of the token's owner.")
        }
        Error::NotFound(_) => wrong(StatusCode::NOT_FOUND, "There is no such token."),
        error => error.into(),
    }
}

fn lead(call: &Call, sentence: &str, page: &str) -> String {
    format!("{sentence} {}{page}", call.services.public_url())
}

fn too_often(wait: Duration) -> Denial {
    let seconds = wait.as_secs().max(1);
    let sentence = format!("[{}] too many tries. Try again in {seconds} s.", Code::Rate);
    Denial { code: Code::Rate, sentence, retry_after: Some(wait) }
}
