//! Leave to do one thing.

use std::{sync::Arc, time::Duration};

use model::{
    action::Action,
    decide::{self, Facts, FeedFacts, Request, Want},
    denial::Bearer,
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, SecretId, TokenId},
    role::Role,
    timestamp::Timestamp,
};

use super::{Recognised, known::KnownToken};
use crate::{
    audit::{Actor, Origin},
    error::Error,
    storage::tokens::Secret,
};

/// From how long before its end a token says so.
const WARN_BEFORE: Duration = Duration::from_hours(24 * 14);

/// A feed as remembered for one account.
#[derive(Debug, Clone)]
pub(crate) struct FeedRef {
    pub(crate) id: FeedId,
    pub(crate) name: String,
    pub(crate) is_public: bool,
    pub(crate) role: Option<Role>,
}

impl FeedRef {
    /// What a decision needs to know of it.
    pub(super) fn facts(&self) -> FeedFacts {
        FeedFacts { id: self.id, public: self.is_public, role: self.role }
    }
}

/// The credential a grant was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantedWith {
    /// None: a public feed.
    Nothing,
    /// An access token.
    Token {
        /// The token.
        id: TokenId,
        /// The secret that was presented.
        secret: SecretId,
        /// Its last four characters.
        last4: String,
    },
    /// A password.
    Password,
    /// A session of the pages.
    Session,
}

impl GrantedWith {
    /// The kind of credential, as published versions record it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Token { .. } => "token",
            Self::Password => "password",
            Self::Session => "session",
        }
    }
}

/// Leave to do one thing to one package, or to one feed as a whole, now. Only
/// [`authorize`](super::Access::authorize) makes one; holding it is the right to call the service
/// that asks for it.
#[derive(Debug, Clone)]
pub struct Grant {
    account: Option<(AccountId, String)>,
    with: GrantedWith,
    feed: Option<Arc<FeedRef>>,
    action: Option<Action>,
    package: Option<(Ecosystem, String)>,
    origin: Origin,
    warning: Option<String>,
    /// The token it was made for, if it was one, and when.
    token: Option<Arc<KnownToken>>,
    at: Timestamp,
}

impl Grant {
    pub(super) fn new(
        recognised: Recognised,
        feed: Option<Arc<FeedRef>>,
        action: Option<Action>,
        package: Option<(Ecosystem, String)>,
        origin: Origin,
        now: Timestamp,
    ) -> Self {
        let mut warning = None;
        let mut token = None;
        let (account, with) = match recognised {
            Recognised::Anonymous => (None, GrantedWith::Nothing),
            Recognised::Password(verified) => {
                (Some((verified.account, verified.username)), GrantedWith::Password)
            }
            Recognised::Session(caller) => {
                (Some((caller.account, caller.username)), GrantedWith::Session)
            }
            Recognised::Token(known, _) => {
                let last4 = known.secret.last4.clone();
                warning = warn(&known.secret, known.token.facts.expires_at, now);
                let with =
                    GrantedWith::Token { id: known.token.id, secret: known.secret.id, last4 };
                let owner = (known.token.owner, known.owner_name.clone());
                token = Some(known);
                (Some(owner), with)
            }
        };
        Self { account, with, feed, action, package, origin, warning, token, at: now }
    }

    /// The account that acts; `None` for an anonymous reader.
    pub fn account(&self) -> Option<AccountId> {
        self.account.as_ref().map(|(id, _)| *id)
    }

    /// Its name.
    pub fn username(&self) -> Option<&str> {
        self.account.as_ref().map(|(_, name)| name.as_str())
    }

    /// The credential it was made for.
    pub fn with(&self) -> &GrantedWith {
        &self.with
    }

    /// What the client should print besides its answer: that the token ends, or was replaced.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Whether the answer depends on who asked, so that no shared cache may keep it.
    pub fn is_personal(&self) -> bool {
        self.with != GrantedWith::Nothing
    }

    pub(crate) fn action(&self) -> Option<Action> {
        self.action
    }

    pub(crate) fn bearer(&self) -> Bearer {
        match &self.with {
            GrantedWith::Nothing => Bearer::Nobody,
            GrantedWith::Token { last4, .. } => Bearer::Token(last4.clone()),
            GrantedWith::Password | GrantedWith::Session => Bearer::Account,
        }
    }

    /// The feed it is for.
    pub(crate) fn feed(&self) -> Result<&FeedRef, Error> {
        self.feed.as_deref().ok_or_else(|| misused("no feed"))
    }

    /// The feed it is for, if it is one to browse.
    pub(crate) fn browsed(&self) -> Result<&FeedRef, Error> {
        match (&self.package, self.action) {
            (None, Some(Action::Read)) => self.feed(),
            _ => Err(misused("something else than browsing")),
        }
    }

    /// The package it is for, if `action` is what it allows.
    pub(crate) fn package_for(&self, action: Action) -> Result<(Ecosystem, &str), Error> {
        match (&self.package, self.action) {
            (Some((ecosystem, id)), Some(granted)) if granted == action => Ok((*ecosystem, id)),
            _ => Err(misused("another package or action")),
        }
    }

    /// Whether it is for what is said of a group of packages: ids end where those of its packages go on.
    pub(crate) fn is_for_group(&self) -> bool {
        matches!(&self.package, Some((Ecosystem::Maven, id)) if id.ends_with(':'))
    }

    /// Whether the credential may read this package too, given by its normalised id. A grant to browse
    /// says only that something in the feed may be read.
    pub(crate) fn may_read(&self, ecosystem: Ecosystem, key: &str) -> bool {
        // Only tokens are limited to some packages; whoever else browses a feed reads all of it.
        let Some(known) = &self.token else { return true };
        let facts = Facts {
            credential: decide::Credential::Token {
                token: &known.token.facts,
                secret_stops_at: known.secret.stops_at,
                // To browse with a token in an address was granted already.
                is_in_url: false,
            },
            owner_disabled: known.owner_disabled,
            feed: self.feed.as_deref().map(FeedRef::facts),
            wait: None,
        };
        let want = Want::Act(Action::Read, Some((ecosystem, key)));
        let request = Request { want, address: self.origin.address };
        decide::decide(&facts, &request, self.at).is_ok()
    }

    /// Who acts, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        match &self.account {
            Some((id, name)) => {
                Actor::Account { id: *id, name: name.clone(), origin: self.origin.clone() }
            }
            None => Actor::Stranger(self.origin.clone()),
        }
    }
}

fn misused(what: &'static str) -> Error {
    Error::internal("a grant was used for something else", what)
}

fn warn(secret: &Secret, expires_at: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let last4 = &secret.last4;
    if let Some(at) = secret.stops_at {
        let waits = secret.stops_after_first_use_ms.is_some();
        let stops = if waits { "stops soon after the new one is used, or" } else { "stops" };
        return Some(format!(
            "token ending {last4} was replaced; this old value {stops} on {}. Use the new one.",
            at.date_and_time()
        ));
    }
    let at = expires_at.filter(|at| at.since(now) < WARN_BEFORE)?;
    Some(format!("token ending {last4} expires {} ({}).", at.ahead(now), at.short_date()))
}
