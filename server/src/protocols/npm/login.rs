//! `npm login` and `npm logout`.
//!
//! By the browser: the client begins, shows one address and asks at another until a person has
//! decided. By password: a token that reads this feed. Neither ever makes an account, and before
//! anybody is known the answer is the same whatever the feed is.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use model::token::looks_like_token;
use registry::{
    Error, Grant,
    access::{AccessRequest, Credential, Wanted},
    logins::LoginAnswer,
    sessions::PasswordText,
};
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;

use super::{
    Call,
    account::{origin, read, refusal},
    answer::{Refusal, json, noticed, with_notice},
    wire::account::{LoginBody, Secret},
};

/// How many seconds a client waits before it asks again.
const ASK_EVERY: u64 = 2;

/// The two addresses of a sign-in by the browser.
pub(super) async fn begin(call: &Call, body: Body) -> Result<Response, Refusal> {
    read(body).await?;
    let begun = call.services.logins.begin(&call.feed, origin(call)?).await;
    let begun = begun.map_err(|error| refusal(call, error))?;
    let document = json!({
        "loginUrl": format!("{}/login/{}", call.services.public_url(), begun.login),
        "doneUrl": format!("{}/-/v1/done/{}", call.base(), begun.done),
    });
    Ok(json(StatusCode::OK, &document))
}

/// What has become of a sign-in by the browser.
pub(super) async fn done(call: &Call, code: &Secret) -> Result<Response, Refusal> {
    let answer = call.services.logins.fetch(code.expose(), origin(call)?).await;
    match answer.map_err(|error| refusal(call, error))? {
        LoginAnswer::Waiting => {
            let mut response = json(StatusCode::ACCEPTED, &json!({}));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ASK_EVERY));
            Ok(response)
        }
        LoginAnswer::Token(token) => Ok(json(StatusCode::OK, &json!({ "token": token.expose() }))),
        LoginAnswer::Denied => Err(Refusal::Wrong(
            StatusCode::FORBIDDEN,
            "The sign-in was denied in the browser.".to_owned(),
        )),
        LoginAnswer::Over => Err(Refusal::Wrong(
            StatusCode::GONE,
            "This sign-in is over: it was used already, or older than ten minutes. Begin again."
                .to_owned(),
        )),
    }
}

/// A token for a name and a password: it reads this feed, for thirty days at most.
pub(super) async fn by_password(call: &Call, name: &str, body: Body) -> Result<Response, Refusal> {
    let body = read(body).await?;
    let body = LoginBody::parse(name, &body).map_err(|error| Refusal::malformed(&error))?;
    let here = call.services.public_url();
    if looks_like_token(body.password.expose()) {
        return Err(Refusal::Wrong(
            StatusCode::BAD_REQUEST,
            "npm login asks for a password, and this is an access token: put it into .npmrc as \
             _authToken, and be signed in."
                .to_owned(),
        ));
    }
    let credential = Credential::Password {
        name: name.nfc().collect(),
        password: PasswordText::new(body.password.expose()),
    };
    let grant = authorize(call, &credential, Wanted::Presence).await?;
    let token = call.services.tokens.log_in(&grant).await;
    let token = token.map_err(|error| refusal(call, error))?;
    let document = json!({
        "ok": true,
        "id": format!("org.couchdb.user:{}", grant.username().unwrap_or_default()),
        "token": token.expose(),
    });
    let notice = format!(
        "signed in to read feed {}. To publish, use npm login --auth-type=web, or a token from \
         {here}/profile/tokens.",
        call.feed
    );
    Ok(with_notice(json(StatusCode::CREATED, &document), &notice))
}

/// Ends the token in the path, if it is the one that decides the request, lives, and was made by
/// signing in. The answer is never a refusal: npm would print the path, and with it the token, and
/// keep a dead one in its configuration.
pub(super) async fn log_out(call: &Call, token: &Secret) -> Result<Response, Refusal> {
    let token = token.expose();
    let is_presented = match &call.credential {
        Credential::Anonymous => true,
        Credential::Token(text) => text == token,
        _ => false,
    };
    if is_presented {
        let credential = Credential::Token(token.to_owned());
        match authorize(call, &credential, Wanted::Identity).await {
            Ok(grant) => {
                let ended = call.services.tokens.log_out(&grant).await;
                if ended.map_err(|error| refusal(call, error))? {
                    return Ok(json(StatusCode::OK, &json!({ "ok": true })));
                }
            }
            Err(Refusal::Denied(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(noticed(&format!(
        "npm logout revoked nothing: it ends only a living token that npm login made. Revoke any \
         other at {}/profile/tokens.",
        call.services.public_url()
    )))
}

/// Authorizes with a credential that is not in the request's headers.
async fn authorize(
    call: &Call,
    credential: &Credential,
    wanted: Wanted<'_>,
) -> Result<Grant, Refusal> {
    let request = AccessRequest { feed: &call.feed, wanted, origin: origin(call)? };
    let grant: Result<Grant, Error> = call.services.access.authorize(credential, request).await;
    Ok(grant?)
}
