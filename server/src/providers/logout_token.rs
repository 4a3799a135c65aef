//! Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4–2.6).

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::timestamp::Timestamp;
use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use registry::identities::SKEW;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::id_token::ALGORITHMS;

/// What the token is about, among its events.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A token that was made longer ago is refused, whatever it says of its end.
const OLDEST: Duration = Duration::from_mins(10);
/// The longest name of anything.
const LONGEST: usize = 255;

/// What a logout token says.
pub(super) struct Said {
    pub(super) subject: Option<String>,
    pub(super) session: Option<String>,
    pub(super) id: String,
    pub(super) ends_at: Timestamp,
}

/// Why a logout token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It is no token.
    #[error("it is no logout token")]
    Form,
    /// It is none that a key known here has signed.
    #[error("it is not signed with a key of the provider")]
    Key,
    /// One of its claims is wrong or missing.
    #[error("the claim {0} is wrong or missing")]
    Claim(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: Option<i64>,
    jti: String,
    sub: Option<String>,
    sid: Option<String>,
    #[serde(default)]
    events: Map<String, Value>,
    nonce: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Reads a logout token that is right at this moment.
pub(super) fn read(
    token: &str,
    keys: &[CoreJsonWebKey],
    issuer: &str,
    client: &str,
    now: Timestamp,
) -> Result<Said, Refused> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(Refused::Form)?;
    let header: Header = part(header)?;
    let is_typed = |typ: &str| ["logout+jwt", "jwt", "application/logout+jwt"].contains(&typ);
    let typ = header.typ.as_deref().map(str::to_ascii_lowercase);
    if typ.is_some_and(|typ| !is_typed(&typ)) || header.crit.is_some() {
        return Err(Refused::Form);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Form)?;
    let is_named = |key: &&CoreJsonWebKey| match (&header.kid, key.key_id()) {
        (Some(kid), Some(id)) => *kid == **id,
        (Some(_), None) => false,
        (None, _) => true,
    };
    let is_signed = ALGORITHMS.contains(&header.alg)
        && keys
            .iter()
            .filter(is_named)
            .any(|key| key.verify_signature(&header.alg, signed.as_bytes(), &signature).is_ok());
    if !is_signed {
        return Err(Refused::Key);
    }
    check(part(payload)?, issuer, client, now)
}

fn check(claims: Claims, issuer: &str, client: &str, now: Timestamp) -> Result<Said, Refused> {
    let is_ours = match &claims.aud {
        Audience::One(one) => one == client,
        Audience::Many(many) => many.iter().any(|one| one == client),
    };
    let at = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1000));
    let (made_at, ends_at) = (at(claims.iat), claims.exp.map(at));
    let is_short = |text: &str| !text.is_empty() && text.len() <= LONGEST;
    for (claim, is_right) in [
        ("iss", claims.iss == issuer),
        ("aud", is_ours),
        ("iat", made_at <= now.plus(SKEW) && now.since(made_at) <= OLDEST),
        ("exp", ends_at.is_none_or(|ends_at| ends_at.plus(SKEW) > now)),
        ("jti", is_short(&claims.jti)),
        ("sub", claims.sub.as_deref().is_none_or(is_short)),
        ("sid", claims.sid.as_deref().is_none_or(is_short)),
        ("sub or sid", claims.sub.is_some() || claims.sid.is_some()),
        ("events", claims.events.get(EVENT).is_some_and(Value::is_object)),
        // An ID token must never end anything.
        ("nonce", claims.nonce.is_none()),
    ] {
        if !is_right {
            return Err(Refused::Claim(claim));
        }
    }
    Ok(Said {
        subject: claims.sub,
        session: claims.sid,
        id: claims.jti,
        ends_at: made_at.plus(OLDEST).plus(SKEW),
    })
}

fn part<T: DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused::Form)
}
