//! The list of an account's tokens.

use serde::{Deserialize, Serialize};

use super::{OldSecretView, Straggler, TokenView};
use crate::{id::TokenId, listing::TokensQuery, timestamp::Timestamp};

/// A token that expires soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiringToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A token with a value that was replaced and is, or was until lately, in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedSecret {
    /// The token.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// The value, while it works; or who still sends it although it has stopped.
    pub old: Result<OldSecretView, Straggler>,
}

/// A few things to be told of, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Few<T> {
    /// The first.
    pub first: Vec<T>,
    /// How many more there are.
    pub more: u64,
}

/// The page of all tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    /// What was asked for, the page within what there is.
    pub query: TokensQuery,
    /// What the token was for that has just been revoked, if one has.
    pub revoked: Option<String>,
    /// The primary token.
    pub primary: TokenView,
    /// A page of the others; what has ended comes last.
    pub others: Vec<TokenView>,
    /// How many others the list was narrowed to.
    pub found: u64,
    /// How many others there are.
    pub total: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// What expires soon, the soonest first.
    pub expiring: Few<ExpiringToken>,
    /// Values that were replaced and are still about.
    pub replaced: Few<ReplacedSecret>,
    /// The server's present moment.
    pub now: Timestamp,
}
