//! What the Latchkey server does, without a word about HTTP or HTML.
//!
//! [`Services`] is the one thing a program opens. It holds a service for each subject; each keeps
//! its rows through `storage` and says no with an [`Error`] or a [`Denial`]. Two types carry
//! authority: a [`Caller`] is a person with a session, a [`Grant`] is leave to do one thing in one
//! feed. Only [`access::Access::authorize`] makes grants, and whatever touches a feed's packages
//! asks for one.

pub mod access;
pub mod accounts;
pub mod audit;
mod authority;
pub mod blobs;
pub mod clock;
mod core;
pub mod crypto;
pub mod denials;
mod error;
mod fault;
pub mod feeds;
pub mod guesses;
pub mod identities;
pub mod logins;
pub mod metrics;
mod opening;
pub mod packages;
pub mod policies;
mod rate;
mod readiness;
mod readme;
mod services;
pub mod sessions;
mod storage;
pub mod throttle;
pub mod tokens;
pub mod upkeep;
pub mod usage;

pub use access::{Denial, Grant};
pub use audit::{Actor, Origin};
pub use blobs::{BadBucket, Bucket};
pub use error::{Error, OpenError};
pub use fault::Fault;
pub use readiness::NotReady;
pub use services::{Limits, Program, Services, Settings};
pub use sessions::Caller;
