//! The audit log: one row per security-relevant act, appended in the act's own transaction.
//!
//! Each row's hash is SHA-256 over its fields, each with its length before it, and over the hash of
//! the row before: a row changed or removed later breaks the chain from there on.

mod chain;
mod details;
mod names;
mod reading;
mod rows;

use std::net::IpAddr;

use model::{
    audit::Act,
    client,
    id::{AccountId, FeedId},
    timestamp::Timestamp,
};

pub(crate) use chain::verify;
pub use chain::{Broken, Tip, Verdict};
pub use reading::{Export, LoggedAct, Reader};

use crate::{
    core::Core,
    error::Error,
    sessions::Caller,
    storage::{
        Transaction,
        audit::{self, AuditRow},
    },
};

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the client.
    pub address: IpAddr,
    /// Its `User-Agent`.
    pub user_agent: String,
}

impl Origin {
    /// The client in words: `npm 11.19.1`.
    pub fn client(&self) -> String {
        client::describe(&self.user_agent)
    }
}

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A person with a session.
    Person(Caller, Origin),
    /// Somebody at the machine, by the command line; the name is the operating system's.
    Operator(String),
    /// Somebody who proved who they are by a password, a link or a token.
    Account {
        /// The account.
        id: AccountId,
        /// Its name.
        name: String,
        /// Where from.
        origin: Origin,
    },
    /// Nobody known.
    Stranger(Origin),
}

impl Actor {
    /// The account that acts, if one does.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Person(caller, _) => Some(caller.account),
            Self::Account { id, .. } => Some(*id),
            Self::Operator(_) | Self::Stranger(_) => None,
        }
    }

    /// Who a token or account was made by, as its owner reads it.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Person(caller, _) => caller.username.clone(),
            Self::Account { name, .. } => name.clone(),
            Self::Operator(name) => format!("the operator ({name})"),
            Self::Stranger(_) => "nobody known".to_owned(),
        }
    }

    /// Who acts on what is an account's, as the account reads it; empty if it acts itself.
    pub(crate) fn in_place_of(&self, owner: AccountId) -> String {
        match self {
            _ if self.account() == Some(owner) => String::new(),
            Self::Person(caller, _) => format!("the administrator {}", caller.username),
            _ => self.in_words(),
        }
    }

    fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Person(_, origin) | Self::Account { origin, .. } | Self::Stranger(origin) => {
                Some(origin)
            }
            Self::Operator(_) => None,
        }
    }

    /// The address acted from; empty for the machine itself.
    pub(crate) fn address(&self) -> String {
        self.origin().map(|origin| origin.address.to_string()).unwrap_or_default()
    }
}

/// What happened.
pub(crate) struct Entry<'a> {
    /// Which act.
    pub(crate) act: Act,
    /// What it happened to, in a form people recognise; never a secret or an e-mail address.
    pub(crate) subject: &'a str,
    /// The account it concerns.
    pub(crate) account: Option<AccountId>,
    /// The feed it concerns.
    pub(crate) feed: Option<FeedId>,
    /// More, as JSON; `{}` for nothing.
    pub(crate) details: serde_json::Value,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(act: Act, subject: &'a str) -> Self {
        Self { act, subject, account: None, feed: None, details: serde_json::json!({}) }
    }

    pub(crate) fn about(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    pub(crate) fn in_feed(mut self, feed: FeedId) -> Self {
        self.feed = Some(feed);
        self
    }

    pub(crate) fn with(mut self, details: serde_json::Value) -> Self {
        self.details = details;
        self
    }
}

/// Appends a row. Transactions are serial, so the newest row is the one before.
pub(crate) async fn append(
    transaction: &mut Transaction,
    actor: &Actor,
    now: Timestamp,
    entry: Entry<'_>,
) -> Result<(), Error> {
    let (seq, prev_hash) = audit::newest(transaction).await?.unwrap_or((0, vec![0; 32]));
    let (kind, name) = match actor {
        Actor::Person(caller, _) => ("session", caller.username.clone()),
        Actor::Account { name, .. } => ("account", name.clone()),
        Actor::Operator(name) => ("operator", name.clone()),
        Actor::Stranger(_) => ("stranger", String::new()),
    };
    let mut row = AuditRow {
        seq: seq + 1,
        at: now.as_millis(),
        actor_kind: kind.to_owned(),
        actor_id: actor.account().map(Into::into),
        actor_name: name,
        account_id: entry.account.or_else(|| actor.account()).map(Into::into),
        act: entry.act.name().to_owned(),
        subject: entry.subject.to_owned(),
        feed_id: entry.feed.map(Into::into),
        address: actor.address(),
        client: actor.origin().map(Origin::client).unwrap_or_default(),
        details: entry.details.to_string(),
        prev_hash,
        hash: Vec::new(),
    };
    row.hash = chain::hash(&row);
    audit::insert(transaction, row).await
}

/// Reads the log.
pub struct Audit {
    pub(crate) core: std::sync::Arc<Core>,
}
