//! People, and everybody's tokens, as administrators see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{LastUse, TokenStatus};
use crate::{
    id::TokenId,
    listing::{EveryonesQuery, PeopleQuery},
    timestamp::Timestamp,
    token::{TokenKind, mask, spoken_mask},
};

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonState {
    /// It can be signed in to.
    Active,
    /// Nobody has chosen a password for it yet.
    Invited,
    /// Nothing of it works.
    Disabled,
}

impl PersonState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Disabled];

    /// The state's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }

    /// The word on the badge.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Invited => "Invited",
            Self::Disabled => "Disabled",
        }
    }
}

/// Somebody in the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedPerson {
    /// The account's name.
    pub username: String,
    /// Its e-mail address.
    pub email: String,
    /// Whether it administers the server.
    pub is_admin: bool,
    /// What it is.
    pub state: PersonState,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When the person was here last, or a client with a token of theirs.
    pub last_seen_at: Option<Timestamp>,
    /// Tokens that were not revoked, the primary one included.
    pub tokens: u64,
    /// Feeds it owns.
    pub feeds: u64,
    /// Until when the link works with which the first password is chosen, if one was made.
    pub invited_until: Option<Timestamp>,
}

impl ListedPerson {
    /// `Administrator` or `User`.
    pub const fn role(&self) -> &'static str {
        if self.is_admin { "Administrator" } else { "User" }
    }
}

/// The page of all people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// What was asked for, the page within what there is.
    pub query: PeopleQuery,
    /// A page of those who were asked for, by name.
    pub people: Vec<ListedPerson>,
    /// How many were found on all pages.
    pub found: u64,
    /// How many there are.
    pub total: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The server's present moment.
    pub now: Timestamp,
}

/// A feed that somebody owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedFeed {
    /// Its name.
    pub name: String,
    /// Whether it has no other owner who can act.
    pub is_alone: bool,
}

/// The page of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPage {
    /// The person.
    pub person: ListedPerson,
    /// Whether it is the viewer.
    pub is_viewer: bool,
    /// Whether nobody else who can sign in administers the server.
    pub is_last_admin: bool,
    /// Whether the account was made and nothing has happened to it yet, so that it can be removed.
    pub is_untouched: bool,
    /// Sessions that live.
    pub sessions: u64,
    /// The first of the tokens that were not revoked.
    pub tokens: Vec<EveryonesToken>,
    /// Feeds it owns, by name.
    pub feeds: Vec<OwnedFeed>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// Somebody's token, as administrators see it. Its value is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EveryonesToken {
    /// Its id.
    pub id: TokenId,
    /// Its owner's name.
    pub owner: String,
    /// Whether its owner is disabled, so that it is refused whatever its state.
    pub is_owner_disabled: bool,
    /// Its kind.
    pub kind: TokenKind,
    /// What it is for.
    pub description: String,
    /// The last four characters of its newest secret.
    pub last4: String,
    /// Where it stands.
    pub status: TokenStatus,
    /// What it may do, to go after “can” or “could”.
    pub abilities: String,
    /// When it was revoked, suspended or found in public; `None` for any other state.
    pub stopped_at: Option<Timestamp>,
    /// By whom, if not by its owner; empty otherwise.
    pub stopped_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment it does not work any more; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used: Option<LastUse>,
}

impl EveryonesToken {
    /// What is shown in the value's place.
    pub fn mask(&self) -> String {
        mask(self.kind, &self.last4)
    }

    /// The mask for ears.
    pub fn spoken_mask(&self) -> String {
        spoken_mask(&self.last4)
    }
}

/// The page of everybody's tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EveryonesTokens {
    /// What was asked for, the page within what there is.
    pub query: EveryonesQuery,
    /// A page of those that were asked for, by owner.
    pub tokens: Vec<EveryonesToken>,
    /// How many were found on all pages.
    pub found: u64,
    /// How many there are.
    pub total: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What a link that works once is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkPurpose {
    /// Choosing the first password of an account.
    Invitation,
    /// Choosing another password.
    Reset,
}

/// A link that works once, on its way to whoever asked for it. It is a secret until it is used: it
/// travels only in the answer to the request that made it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// The account it is for.
    pub username: String,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Until when it works.
    pub ends_at: Timestamp,
    /// The address.
    pub url: String,
}

impl fmt::Debug for OneTimeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneTimeLink({:?} of {}, hidden)", self.purpose, self.username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_not_shown_by_accident() {
        let link = OneTimeLink {
            username: "ana".to_owned(),
            purpose: LinkPurpose::Reset,
            ends_at: Timestamp::from_millis(0),
            url: "https://feeds.example.com/reset/secret".to_owned(),
        };
        assert_eq!(format!("{link:?}"), "OneTimeLink(Reset of ana, hidden)");
    }
}
