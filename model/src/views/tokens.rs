//! Access tokens: lists, their own pages, the form that makes one.

use serde::{Deserialize, Serialize};

use super::{OldSecretView, Straggler, TokenUse};
use crate::{
    id::TokenId,
    timestamp::Timestamp,
    token::{TokenKind, mask, spoken_mask},
};

/// Where a token stands at a moment, dates included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenStatus {
    /// It works.
    Active,
    /// It works, but not for many days any more.
    ExpiresSoon,
    /// Its first day is still to come.
    NotYet,
    /// Put to rest.
    Suspended,
    /// Found in public.
    Leaked,
    /// Its last day has passed.
    Expired,
    /// Ended for good.
    Revoked,
}

impl TokenStatus {
    /// The state's name in the API and on the command line; a token that expires soon is active.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active | Self::ExpiresSoon => "active",
            Self::NotYet => "not-yet",
            Self::Suspended => "suspended",
            Self::Leaked => "leaked",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The word on the badge.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::ExpiresSoon => "Expires soon",
            Self::NotYet => "Not yet valid",
            Self::Suspended => "Suspended",
            Self::Leaked => "Leaked",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    /// Whether requests with it are accepted.
    pub const fn works(self) -> bool {
        matches!(self, Self::Active | Self::ExpiresSoon)
    }
}

/// The last use of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
    /// By which client: `npm 11.19.1`.
    pub client: String,
    /// On which feed, if it still exists and can be reached.
    pub feed: Option<String>,
}

/// A token as lists and its own page show it. Its value is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// Its kind.
    pub kind: TokenKind,
    /// What it is for.
    pub description: String,
    /// The last four characters of its newest secret.
    pub last4: String,
    /// Where it stands.
    pub status: TokenStatus,
    /// Scope and expiry in one sentence.
    pub sentence: String,
    /// Scope alone, to go after “can” or “could”.
    pub abilities: String,
    /// Whether it works and nobody has used it for ninety days.
    pub is_unused: bool,
    /// When it was revoked, suspended or found in public; `None` for any other state.
    pub stopped_at: Option<Timestamp>,
    /// By whom, if not by its owner: `the administrator ana`; empty otherwise.
    pub stopped_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom: a user name, or the operator.
    pub created_by: String,
    /// From which address; empty for the command line.
    pub created_from: String,
    /// The first moment it works, if it is bound to one.
    pub not_before: Option<Timestamp>,
    /// The first moment it does not work any more; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used: Option<LastUse>,
    /// Whether a copy of its value is kept that can be shown.
    pub can_be_shown: bool,
    /// The feeds by name that it may read while it stands in a URL; empty for a token that may not.
    pub url_feeds: Vec<String>,
}

impl TokenView {
    /// What is shown in the value's place.
    pub fn mask(&self) -> String {
        mask(self.kind, &self.last4)
    }

    /// The mask for ears.
    pub fn spoken_mask(&self) -> String {
        spoken_mask(&self.last4)
    }
}

/// A rule of a token, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Whether it denies.
    pub denies: bool,
    /// The actions, as the API names them.
    pub actions: Vec<String>,
    /// The feeds by name; `None` for all.
    pub feeds: Option<Vec<String>>,
    /// Patterns with what they match in words; empty for any package.
    pub patterns: Vec<(String, String)>,
}

/// A token's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPage {
    /// The token.
    pub token: TokenView,
    /// Its rules.
    pub rules: Vec<RuleView>,
    /// Networks it may be used from; empty for anywhere.
    pub networks: Vec<String>,
    /// How many packages it can touch today.
    pub matches: u64,
    /// What it was used for lately.
    pub used: TokenUse,
    /// The value before the newest, while both work.
    pub old: Option<OldSecretView>,
    /// Who still sends values that have stopped, newest first.
    pub stragglers: Vec<Straggler>,
    /// The server's present moment.
    pub now: Timestamp,
}
