//! What the operator decides for everyone.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{names::Email, password};

/// A word that is no value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("allowed values: {0}")]
pub struct NotAllowed(&'static str);

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ } $allowed:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }

        impl FromStr for $name {
            type Err = NotAllowed;

            fn from_str(word: &str) -> Result<Self, NotAllowed> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err(NotAllowed($allowed)) }
            }
        }
    )+};
}

words! {
    /// Which values can be shown again after they were made.
    Reveal {
        /// Every token's.
        All = "all",
        /// The primary token's alone.
        Primary = "primary",
        /// None: a value is seen once.
        Never = "never"
    } "all, primary, never";
    /// Who may create an account.
    SignUp {
        /// Anybody who reaches the page.
        Open = "open",
        /// Only those an administrator makes an account for.
        Closed = "closed"
    } "open, closed";
    /// Who may create a feed.
    FeedCreation {
        /// Every signed-in person.
        Everyone = "everyone",
        /// Administrators.
        Admins = "admins"
    } "everyone, admins";
}

/// The operator's decisions that pages and services act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which values can be shown again.
    pub reveal: Reveal,
    /// Who may create an account.
    pub sign_up: SignUp,
    /// Who may create a feed.
    pub feed_creation: FeedCreation,
    /// The shortest password, in characters.
    pub shortest_password: usize,
    /// How long after signing in, or confirming, an identity counts as confirmed.
    pub confirmation_window: Duration,
    /// The longest life of a new token; `None` allows tokens that never expire.
    pub longest_token_life: Option<Duration>,
}

impl Policy {
    /// Whether somebody who has proven to own this address may make an account with it.
    pub fn admits(&self, _email: &Email) -> bool {
        self.sign_up == SignUp::Open
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reveal: Reveal::All,
            sign_up: SignUp::Closed,
            feed_creation: FeedCreation::Everyone,
            shortest_password: password::SHORTEST,
            confirmation_window: Duration::from_hours(2),
            longest_token_life: None,
        }
    }
}
