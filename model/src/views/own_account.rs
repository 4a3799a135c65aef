//! A person's own account, as its pages show it.

use serde::{Deserialize, Serialize};

use crate::{id::SessionId, timestamp::Timestamp};

/// A browser session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// The browser, in words.
    pub client: String,
    /// The address it began from.
    pub address: String,
    /// The address it was last used from.
    pub last_address: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used, exact to five minutes.
    pub last_seen_at: Timestamp,
}

/// What the security page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityPage {
    /// The sessions that are alive.
    pub sessions: Vec<SessionView>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What a person changes of the own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePage {
    /// The account's name.
    pub username: String,
    /// What the person wants to be called.
    pub display_name: String,
    /// The e-mail address.
    pub email: String,
    /// Whether a password opens it.
    pub has_password: bool,
    /// Since when the account exists.
    pub created_at: Timestamp,
}

/// What deleting the own account does, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Farewell {
    /// The account's name.
    pub username: String,
    /// Tokens that stop.
    pub tokens: u64,
    /// Feeds that lose a member and keep an owner.
    pub memberships: u64,
    /// Feeds that would be left without an owner: these stand in the way.
    pub orphans: Vec<String>,
    /// Whether there would be no administrator left, which stands in the way too.
    pub is_only_admin: bool,
}

impl Farewell {
    /// Whether nothing stands in the way.
    pub fn is_possible(&self) -> bool {
        self.orphans.is_empty() && !self.is_only_admin
    }
}
