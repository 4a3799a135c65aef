//! What is under way between this server, a browser and a provider. The browser keeps it, sealed: it
//! can neither read nor change it, and nobody else's browser has it.

use std::time::Duration;

use model::{id::SessionId, names::Email, timestamp::Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{core::Core, error::Error};

/// How long somebody may take at the provider, and with the decision afterwards.
pub const LIVES: Duration = Duration::from_mins(10);

/// Why somebody goes to a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To sign in, or to sign up where the policy allows it.
    SignIn,
    /// To confirm that it is still the person of this session.
    Confirm(SessionId),
    /// To link the identity to the account of this session.
    Link(SessionId),
    /// To link it to the account that an invitation with this code is for.
    Join(String),
}

/// A way to a provider and back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider's name.
    pub provider: String,
    /// Names this attempt on its way back (RFC 6749 §10.12).
    pub state: String,
    /// Stands in the ID token that is made for this attempt (OpenID Connect Core 1.0 §15.5.2).
    pub nonce: String,
    /// Proves that whoever brings the code began the attempt (RFC 7636).
    pub verifier: String,
    /// Why.
    pub purpose: Purpose,
    /// The page that it leads to.
    pub next: String,
    /// When it began.
    pub began_at: Timestamp,
}

impl Attempt {
    /// Whether the person has to sign in at the provider anew.
    pub fn is_fresh_wanted(&self) -> bool {
        matches!(self.purpose, Purpose::Confirm(_))
    }
}

/// What a provider has proven of somebody.
#[derive(Clone, Serialize, Deserialize)]
pub struct Proof {
    /// The provider's name.
    pub provider: String,
    /// Who it says it is.
    pub issuer: String,
    /// Its own, unchanging name of the person.
    pub subject: String,
    /// What it calls the person; for people to read.
    pub label: String,
    /// An address that it says it has verified.
    pub email: Option<Email>,
    /// The user name that the person has there.
    pub nickname: Option<String>,
    /// When the person last signed in there, if it tells.
    pub authenticated_at: Option<Timestamp>,
    /// What it calls the session there, if it can end ours with it.
    pub session: Option<String>,
}

/// Somebody who came back and has something to decide.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) proof: Proof,
    pub(super) purpose: Purpose,
    pub(super) since: Timestamp,
}

/// What a browser may keep, and when it began.
pub(super) trait Kept: Serialize + DeserializeOwned {
    const KIND: &'static str;

    fn since(&self) -> Timestamp;
}

impl Kept for Attempt {
    const KIND: &'static str = "provider attempt";

    fn since(&self) -> Timestamp {
        self.began_at
    }
}

impl Kept for Pending {
    const KIND: &'static str = "provider decision";

    fn since(&self) -> Timestamp {
        self.since
    }
}

pub(super) fn seal<K: Kept>(core: &Core, kept: &K) -> Result<String, Error> {
    let text = serde_json::to_string(kept)
        .map_err(|error| Error::internal("what a browser keeps could not be written", error))?;
    core.keys.seal_for_browser(&text, K::KIND)
}

/// Opens what a browser brought, unless it is somebody else's make or too old.
pub(super) fn open<K: Kept>(core: &Core, sealed: &str) -> Option<K> {
    let text = core.keys.open_for_browser(sealed, K::KIND)?;
    let kept: K = serde_json::from_str(&text).ok()?;
    (core.now().since(kept.since()) < LIVES).then_some(kept)
}
