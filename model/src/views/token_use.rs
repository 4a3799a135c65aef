//! What a token was used for, and who still uses a value that was replaced.

use serde::{Deserialize, Serialize};

use super::TokenView;
use crate::{
    id::{FormId, SecretId, TokenId},
    timestamp::Timestamp,
    token::RevealedSecret,
};

/// A client at an address, and when it used a value last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedBy {
    /// The address.
    pub address: String,
    /// The client: `npm 11.19.1`.
    pub client: String,
    /// When it was seen last.
    pub last_at: Timestamp,
}

/// The requests of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayOfUse {
    /// The day's first moment, UTC.
    pub day: Timestamp,
    /// How many were accepted.
    pub accepted: u64,
    /// How many were refused.
    pub refused: u64,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentUse {
    /// When.
    pub at: Timestamp,
    /// The action, as the API names it; `None` where none was reached.
    pub action: Option<String>,
    /// The package, if it was about one.
    pub package: Option<String>,
    /// The feed, if it still exists and can be reached.
    pub feed: Option<String>,
    /// The code of the refusal; `None` for a request that was accepted.
    pub refused: Option<String>,
    /// From which address.
    pub address: String,
    /// By which client.
    pub client: String,
}

/// What a token was used for lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUse {
    /// The last thirty days, today's at the end; days without requests too.
    pub days: Vec<DayOfUse>,
    /// The last five pairs of address and client, newest first.
    pub sources: Vec<UsedBy>,
    /// The last requests, newest first.
    pub recent: Vec<RecentUse>,
}

/// A value that was replaced and works beside the new one for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSecretView {
    /// Its last four characters.
    pub last4: String,
    /// When it stops at the latest.
    pub stops_at: Timestamp,
    /// Whether it stops sooner, once the new value is used.
    pub waits_for_first_use: bool,
    /// Who used it since it was replaced, newest first.
    pub used_by: Vec<UsedBy>,
}

/// Somebody who still sends a value that has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Straggler {
    /// The last four characters of the value.
    pub last4: String,
    /// When it stopped.
    pub stopped_at: Timestamp,
    /// Who sends it.
    pub used_by: UsedBy,
}

/// What the form that gives a token a new value begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegeneratePage {
    /// The token.
    pub token: TokenView,
    /// An id for this use of the form.
    pub form: FormId,
    /// The secret that would be replaced; another one in the meantime makes the form outdated.
    pub replaces: SecretId,
    /// Who used the present value lately, newest first.
    pub used_by: Vec<UsedBy>,
    /// A value that is being replaced already; it would stop at once.
    pub old: Option<OldSecretView>,
    /// Until when an expired token would work again.
    pub renewed_until: Option<Timestamp>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// A token that was just given a new value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Regenerated {
    /// The token.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// The new value; `None` if the same form made it before and it is not shown again.
    pub secret: Option<RevealedSecret>,
    /// Whether a copy is kept that can be shown later.
    pub can_be_shown: bool,
    /// The value before, while it works.
    pub old: Option<OldSecretView>,
    /// The server's present moment.
    pub now: Timestamp,
}
