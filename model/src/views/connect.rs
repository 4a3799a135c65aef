//! The page that tells clients where a feed is.

use serde::{Deserialize, Serialize};

use crate::{
    connect::{ConnectQuery, Guide, Setup},
    id::TokenId,
    timestamp::Timestamp,
};

/// The page, for what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectPage {
    /// What was asked for.
    pub query: ConnectQuery,
    /// The feeds that the viewer can reach, by name.
    pub feeds: Vec<String>,
    /// What is told of one of them; `None` where there is none.
    pub told: Option<Told>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What is told of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who is connected with what.
    pub setup: Setup,
    /// How.
    pub guide: Guide,
    /// What is wrong with the packages that were asked for.
    pub problem: Option<String>,
    /// The tokens that may be presented.
    pub tokens: Vec<ConnectToken>,
    /// The one that was chosen.
    pub token: Option<ConnectToken>,
    /// What it did here since the page was opened first.
    pub seen: Option<Seen>,
    /// The id of the form that makes a token.
    pub form: String,
}

/// A token that may be presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// What stands for its value.
    pub mask: String,
    /// Whether a copy of its value is kept that can be copied.
    pub can_be_shown: bool,
    /// Whether it may install from the feed.
    pub may_install: bool,
    /// Whether it may publish to it.
    pub may_publish: bool,
}

impl ConnectToken {
    /// What the setup takes that this token may not do, as a verb.
    pub const fn lacks(&self, setup: &Setup) -> Option<&'static str> {
        match (
            setup.task.installs() && !self.may_install,
            setup.task.publishes() && !self.may_publish,
        ) {
            (true, true) => Some("neither install nor publish"),
            (true, false) => Some("not install"),
            (false, true) => Some("not publish"),
            (false, false) => None,
        }
    }
}

/// The last request with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
    /// By which client: `npm 11.19.1`.
    pub client: String,
    /// The code, if it was refused.
    pub refused: Option<String>,
}
