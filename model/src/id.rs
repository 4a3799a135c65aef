//! Ids of the things Latchkey keeps. Each is a `UUIDv7` (RFC 9562) in a type of its own, so that a
//! feed's id cannot be handed to something that wants a token's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id: an id looks like 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id's sixteen bytes, as databases and associated data of seals take them.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    )+};
}

ids! {
    /// An account: a person.
    AccountId,
    /// A browser session of an account.
    SessionId,
    /// A feed.
    FeedId,
    /// An access token, whatever secrets it has had.
    TokenId,
    /// One secret of an access token.
    SecretId,
    /// A package of one ecosystem in a feed.
    PackageId,
    /// A released version of a package.
    VersionId,
    /// An identity at a provider that is linked to an account.
    IdentityId,
    /// One use of a form, so that sending it twice acts once.
    FormId,
}
