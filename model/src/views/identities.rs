//! Identities at providers, linked to accounts.

use serde::{Deserialize, Serialize};

use crate::{id::IdentityId, timestamp::Timestamp};

/// A provider that vouches for people, as the operator set it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its name in addresses: `contoso`.
    pub name: String,
    /// What people call it: `Contoso`.
    pub label: String,
    /// Whether it tells when somebody last signed in there, and so can confirm that it is still the
    /// same person.
    pub can_confirm: bool,
}

/// The linked identities of the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIdentities {
    /// The oldest first.
    pub identities: Vec<LinkedIdentity>,
    /// Whether the account has a password.
    pub has_password: bool,
    /// The server's present moment.
    pub now: Timestamp,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIdentity {
    /// Its id.
    pub id: IdentityId,
    /// What people call its provider.
    pub provider: String,
    /// What the provider calls the person.
    pub label: String,
    /// When it was linked.
    pub linked_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// Whether it can be used: its provider is still set up.
    pub is_usable: bool,
    /// Whether nothing else opens the account.
    pub is_last_way_in: bool,
}

/// The ways in which the viewer can confirm who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysToConfirm {
    /// By the account's password.
    pub password: bool,
    /// By signing in again at these.
    pub providers: Vec<Provider>,
    /// Linked, but unable to confirm: what people call them.
    pub unable: Vec<String>,
}

/// What somebody decides who comes back from a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// What people call the provider.
    pub provider: String,
    /// Whether it can confirm later that it is still the same person.
    pub can_confirm: bool,
    /// What it calls the person.
    pub label: String,
    /// What is to be decided.
    pub decision: Decision,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Whether the identity opens the viewer's account from now on.
    Link {
        /// The account.
        username: String,
    },
    /// Whether the identity opens the account of an invitation.
    Join {
        /// The account.
        username: String,
    },
    /// Under which name to make an account.
    SignUp {
        /// A name to begin with; empty if the provider knows none.
        suggestion: String,
        /// The address of the new account, which the provider has verified.
        email: String,
    },
}
