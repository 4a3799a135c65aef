//! Rows of the audit log.

use serde::{Deserialize, Serialize};

use crate::{listing::AuditQuery, timestamp::Timestamp};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doer {
    /// An account, by the name it had then.
    Account(String),
    /// Somebody at the machine; the name is the operating system's, where it is for the viewer.
    Operator(Option<String>),
    /// Nobody known.
    Stranger,
}

impl Doer {
    /// The doer as a page says it: `ana`, `the operator`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Account(name) => name.clone(),
            Self::Operator(Some(name)) => format!("the operator ({name})"),
            Self::Operator(None) => "the operator".to_owned(),
            Self::Stranger => "not signed in".to_owned(),
        }
    }
}

/// One more thing about an act. Of what was changed there is the state before it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDetail {
    /// What it is: `Description`.
    pub label: String,
    /// As it was; `None` where nothing was changed.
    pub before: Option<String>,
    /// As it is.
    pub value: String,
}

/// A row as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its number, from 1.
    pub seq: i64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub doer: Doer,
    /// The act's name.
    pub act: String,
    /// The act in words; one that is not known here, by its name.
    pub words: String,
    /// What it was done to.
    pub subject: String,
    /// The account it concerns, if that is another than the doer's.
    pub concerns: Option<String>,
    /// The feed.
    pub feed: Option<String>,
    /// The address; empty for the machine itself, and where it is not for the viewer.
    pub address: String,
    /// The client, the same way.
    pub client: String,
    /// What else was written down.
    pub details: Vec<AuditDetail>,
    /// The beginning of its hash, in hexadecimal digits.
    pub hash: String,
}

/// What of the log a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditView {
    /// Everything.
    Everything,
    /// What happens in the feed that was asked for, which they own.
    OwnFeed,
    /// What they did, and what concerns their account.
    OwnAccount,
}

/// The page of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// What was asked for.
    pub query: AuditQuery,
    /// What of it the viewer sees.
    pub view: AuditView,
    /// The rows, the newest first.
    pub lines: Vec<AuditLine>,
    /// The number to go on before, if there are older ones.
    pub older: Option<i64>,
}

/// What happened to an account lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentEvents {
    /// The rows, the newest first.
    pub lines: Vec<AuditLine>,
    /// The server's present moment.
    pub now: Timestamp,
}
