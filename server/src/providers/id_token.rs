//! ID tokens (OpenID Connect Core 1.0 §3.1.3.7). The crate checks issuer, audience, signature, expiry
//! and nonce; what it leaves to others is checked here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use model::{names::Email, timestamp::Timestamp};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, SignatureVerificationError,
    core::{CoreIdToken, CoreJwsSigningAlgorithm as Algorithm},
};
use registry::identities::SKEW;
use serde::Deserialize;

use super::ProviderError;

/// The algorithms of signatures that are accepted: with a public key, and not outdated.
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];
/// The longest subject (OpenID Connect Core 1.0 §2), and of what else a provider names.
const LONGEST: usize = 255;

/// What an ID token says.
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) email: Option<Email>,
    pub(super) nickname: Option<String>,
    pub(super) name: Option<String>,
    pub(super) authenticated_at: Option<Timestamp>,
    pub(super) session: Option<String>,
}

/// Why an ID token is refused.
pub(super) enum Refused {
    Claims(ClaimsVerificationError),
    Other(&'static str),
}

impl Refused {
    /// Whether it may be right under a key that is not known yet.
    pub(super) fn is_about_keys(&self) -> bool {
        use SignatureVerificationError::{AmbiguousKeyId, CryptoError, NoMatchingKey};
        matches!(
            self,
            Self::Claims(ClaimsVerificationError::SignatureVerification(
                NoMatchingKey | CryptoError(_) | AmbiguousKeyId(_)
            ))
        )
    }

    pub(super) fn into_error(self) -> ProviderError {
        match self {
            Self::Claims(error) => error.into(),
            Self::Other(why) => ProviderError::rubbish(why),
        }
    }
}

/// The claims that the crate does not read.
#[derive(Deserialize)]
struct More {
    nbf: Option<f64>,
    azp: Option<String>,
    sid: Option<String>,
}

/// Reads an ID token that is right at this moment.
pub(super) fn read(
    client: &super::openid::Ready,
    token: &CoreIdToken,
    access_token: &AccessToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<Said, Refused> {
    let latest = date(now.plus(SKEW));
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || date(now.minus(SKEW)))
        .set_issue_time_verifier_fn(move |at| {
            if at <= latest { Ok(()) } else { Err("it was issued in the future".to_owned()) }
        });
    let claims = token.claims(&verifier, nonce).map_err(Refused::Claims)?;
    let more = more(token).ok_or(Refused::Other("its claims cannot be read"))?;
    if more.azp.is_some_and(|azp| azp != **client.client_id()) {
        return Err(Refused::Other("the ID token was made for another client"));
    }
    if more.nbf.is_some_and(|nbf| nbf * 1000.0 > millis(now.plus(SKEW))) {
        return Err(Refused::Other("the ID token is not valid yet"));
    }
    if let Some(hash) = claims.access_token_hash() {
        let key = token.signing_key(&verifier);
        let is_same = token.signing_alg().ok().zip(key.ok()).is_some_and(|(algorithm, key)| {
            AccessTokenHash::from_token(access_token, algorithm, key)
                .is_ok_and(|made| made == *hash)
        });
        if !is_same {
            return Err(Refused::Other("the ID token belongs to another access token"));
        }
    }
    let subject = claims.subject().to_string();
    if subject.is_empty() || subject.len() > LONGEST {
        return Err(Refused::Other("the subject is empty or too long"));
    }
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    let authenticated_at =
        claims.auth_time().map(|at| Timestamp::from_millis(at.timestamp_millis()));
    if authenticated_at.is_some_and(|at| at > now.plus(SKEW)) {
        return Err(Refused::Other("the person signed in in the future"));
    }
    Ok(Said {
        subject,
        email: email.and_then(|email| email.parse().ok()),
        nickname: claims.preferred_username().map(|name| name.to_string()),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
        authenticated_at,
        session: more.sid.filter(|sid| sid.len() <= LONGEST),
    })
}

/// The claims of a token that has been verified.
fn more(token: &CoreIdToken) -> Option<More> {
    let text = token.to_string();
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn date(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this millennium fit")]
fn millis(at: Timestamp) -> f64 {
    at.as_millis() as f64
}
