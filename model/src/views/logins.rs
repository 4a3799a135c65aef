//! Signing in from a terminal.

use serde::{Deserialize, Serialize};

use crate::{expiry::ExpiryOffer, timestamp::Timestamp};

/// What the page shows that a terminal's sign-in leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginPage {
    /// It waits for somebody to decide.
    Open(OpenLogin),
    /// The viewer has approved it.
    Approved,
    /// The viewer has denied it.
    Denied,
}

/// A sign-in that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLogin {
    /// The feed as the terminal named it.
    pub feed: String,
    /// What the viewer may do there; `None` for a feed that is out of reach or absent.
    pub reach: Option<LoginReach>,
    /// The address the request came from.
    pub address: String,
    /// The client: `npm 11.19.1`.
    pub client: String,
    /// The viewer's own address, if it is another one.
    pub other_address: Option<String>,
    /// When the terminal began.
    pub began_at: Timestamp,
    /// When the link stops working.
    pub ends_at: Timestamp,
    /// What the token will be called.
    pub description: String,
    /// The lives it may have, the shortest first.
    pub offers: Vec<ExpiryOffer>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What somebody may do in the feed of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginReach {
    /// Read it.
    Reads,
    /// Also publish to it.
    Publishes,
}
