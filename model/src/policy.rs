//! What is decided for everyone who uses the server.

mod domains;
mod setting;
mod span;

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::{
    domains::{BadDomain, Domains, EmailDomain},
    setting::{BadValue, FixedSettings, Setting},
};
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

        impl $name {
            /// Each value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The words of all values.
            pub const ALLOWED: &str = $allowed;

            /// The value's word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
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
        /// Whoever an identity provider vouches for with an address in an allowed domain.
        Domains = "domains",
        /// Only those an administrator makes an account for.
        Closed = "closed"
    } "open, domains, closed";
    /// Who may create a feed.
    FeedCreation {
        /// Every signed-in person.
        Everyone = "everyone",
        /// Administrators.
        Admins = "admins"
    } "everyone, admins";
}

/// The decisions that pages and services act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which values can be shown again.
    pub reveal: Reveal,
    /// Who may create an account.
    pub sign_up: SignUp,
    /// The domains whose addresses may have an account, where these decide.
    pub allowed_domains: Domains,
    /// Who may create a feed.
    pub feed_creation: FeedCreation,
    /// The shortest password, in characters.
    pub shortest_password: usize,
    /// How long after signing in, or confirming, an identity counts as confirmed.
    pub confirmation_window: Duration,
    /// The longest life of a new token; `None` allows tokens that never expire.
    pub longest_token_life: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reveal: Reveal::All,
            sign_up: SignUp::Closed,
            allowed_domains: Domains::default(),
            feed_creation: FeedCreation::Everyone,
            shortest_password: password::SHORTEST,
            confirmation_window: Duration::from_hours(2),
            longest_token_life: None,
        }
    }
}

impl Policy {
    /// Whether somebody may sign up whose address an identity provider has verified. Who signs up
    /// with a password has no such address and needs [`SignUp::Open`].
    pub fn admits(&self, verified: &Email) -> bool {
        match self.sign_up {
            SignUp::Open => true,
            SignUp::Domains => self.allowed_domains.hold(verified),
            SignUp::Closed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verified_address_is_admitted_as_the_policy_says() {
        let ana: Email = "ana@Example.com".parse().unwrap();
        let allowed_domains = "example.com, example.org".parse::<Domains>().unwrap();
        let policy = |sign_up| Policy {
            sign_up,
            allowed_domains: allowed_domains.clone(),
            ..Policy::default()
        };
        assert!(policy(SignUp::Domains).admits(&ana), "whatever the case");
        for stranger in ["ana@sub.example.com", "ana@example.com.evil.net", "ana@badexample.com"] {
            let stranger = stranger.parse().unwrap();
            assert!(!policy(SignUp::Domains).admits(&stranger), "{stranger:?}");
            assert!(policy(SignUp::Open).admits(&stranger), "{stranger:?}");
        }
        assert!(!policy(SignUp::Closed).admits(&ana), "domains mean nothing then");
        let none = Policy { allowed_domains: Domains::default(), ..policy(SignUp::Domains) };
        assert!(!none.admits(&ana));
    }
}
