//! The decision: may this credential do this, here, now?
//!
//! [`decide`] is the only function that allows or refuses. The request path calls it, and
//! [`explain`] lays out the same decision for the page about a denial. Steps are taken in a fixed
//! order and the first that fails gives the code:
//!
//! state of the token → owner's account → network → rate → feed → deny rules → allow rules → the
//! owner's role now.
//!
//! (Format, checksum and look-up come before there are facts to decide on; what only an ecosystem
//! knows, such as that a version exists, comes after.)

use std::{net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    action::{Action, ActionSet},
    denial::Code,
    ecosystem::Ecosystem,
    id::FeedId,
    network::Network,
    role::Role,
    scope::{Effect, Rule, Scope},
    timestamp::Timestamp,
};

/// Where a token stands, apart from time: expiry and beginning are dates of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// It works.
    Active,
    /// Its owner put it to rest; it can be resumed.
    Suspended,
    /// Over, for good.
    Revoked,
    /// Found in public: refused until its owner regenerates it.
    Leaked,
}

impl TokenState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::Revoked, Self::Leaked];

    /// The state's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Leaked => "leaked",
        }
    }

    /// The state with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What the decision needs to know of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// Where it stands.
    pub state: TokenState,
    /// Since when; `None` where that is not known.
    pub state_since: Option<Timestamp>,
    /// Not valid before this moment.
    pub not_before: Option<Timestamp>,
    /// Not valid from this moment on.
    pub expires_at: Option<Timestamp>,
    /// Where it may be used from; none means anywhere.
    pub networks: Vec<Network>,
    /// What it may do.
    pub scope: Scope,
    /// Whether it may stand in the address of a request.
    pub is_pre_authenticated: bool,
}

/// The credential of a request, recognised.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// None was presented.
    Anonymous,
    /// Name and password, as HTTP Basic: reads, never publishes.
    Password,
    /// A person signed in to the pages.
    Session,
    /// An access token.
    Token {
        /// The token.
        token: &'a TokenFacts,
        /// When the presented secret stops, if it was replaced.
        secret_stops_at: Option<Timestamp>,
        /// Whether it stands in the address of the request: such a request only reads, and takes a
        /// token made for it.
        is_in_url: bool,
    },
}

/// What the decision needs to know of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedFacts {
    /// Its id.
    pub id: FeedId,
    /// Whether anyone may read it.
    pub public: bool,
    /// The role in it of the credential's owner, now.
    pub role: Option<Role>,
}

/// Everything the decision depends on besides the request and the time.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The credential.
    pub credential: Credential<'a>,
    /// Whether the owner's account is disabled; false where there is no owner.
    pub owner_disabled: bool,
    /// The feed; `None` for one that does not exist.
    pub feed: Option<FeedFacts>,
    /// How long to wait, if the caller tried too often.
    pub wait: Option<Duration>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want<'a> {
    /// To be recognised, no more: `whoami`, a token describing itself.
    Identity,
    /// To reach the feed, whatever may be done there: `ping`.
    Presence,
    /// To do something to a package or, without one, to the feed as a whole.
    Act(Action, Option<(Ecosystem, &'a str)>),
}

/// A request, as far as the decision is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What is wanted; the package's id is in its normalised form.
    pub want: Want<'a>,
    /// Where it comes from.
    pub address: IpAddr,
}

/// The steps of the decision, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The token's state, its dates and the presented secret.
    Credential,
    /// The owner's account.
    Account,
    /// The token's networks.
    Network,
    /// The rate of tries.
    Rate,
    /// Whether the feed can be reached.
    Feed,
    /// The rules that deny.
    Deny,
    /// The rules that allow.
    Allow,
    /// The owner's own role in the feed.
    Role,
}

/// Why exactly a request is refused: the rule, or the part that no rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// No credential was presented where one is needed.
    Anonymous,
    /// The token's own state or dates; the moment is when it ended or begins.
    Token(Option<Timestamp>),
    /// The account is disabled.
    Account,
    /// The address is in none of the networks.
    Network,
    /// Too many tries; wait this long.
    Rate(Duration),
    /// The feed does not exist for this caller.
    OutOfReach,
    /// Passwords only read.
    Password,
    /// The token stands in the address of the request, and was not made for that.
    NotForUrls,
    /// The token stands in the address of the request, and so it only reads.
    UrlsOnlyRead,
    /// The deny rule at this place matches.
    DenyRule(usize),
    /// No allow rule has the action.
    NoRuleWithAction,
    /// The allow rule at this place has the action, but neither it nor another is for this feed.
    NoRuleForFeed(usize),
    /// The allow rule at this place has action and feed, but neither its patterns nor another's
    /// match the package.
    NoRuleForPackage(usize),
    /// The owner's role; `None` for no member.
    Role(Option<Role>),
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// The code it answers with.
    pub code: Code,
    /// What exactly is in the way.
    pub because: Because,
}

impl Denied {
    const fn new(code: Code, because: Because) -> Self {
        Self { code, because }
    }

    /// The step that failed.
    pub const fn step(&self) -> Step {
        match self.because {
            Because::Token(_) => Step::Credential,
            Because::Account => Step::Account,
            Because::Network => Step::Network,
            Because::Rate(_) => Step::Rate,
            Because::Anonymous | Because::OutOfReach => Step::Feed,
            Because::DenyRule(_) => Step::Deny,
            Because::Password
            | Because::NotForUrls
            | Because::UrlsOnlyRead
            | Because::NoRuleWithAction
            | Because::NoRuleForFeed(_)
            | Because::NoRuleForPackage(_) => Step::Allow,
            Because::Role(_) => Step::Role,
        }
    }
}

/// Decides. `Ok` means allowed; `Err` says which step failed and why.
pub fn decide(facts: &Facts<'_>, request: &Request<'_>, now: Timestamp) -> Result<(), Denied> {
    if let Credential::Token { token, secret_stops_at, .. } = facts.credential {
        check_token(token, secret_stops_at, now)?;
    }
    if facts.owner_disabled {
        return Err(Denied::new(Code::Disabled, Because::Account));
    }
    if let Credential::Token { token, .. } = facts.credential {
        let networks = &token.networks;
        if !networks.is_empty() && !networks.iter().any(|network| network.contains(request.address))
        {
            return Err(Denied::new(Code::Network, Because::Network));
        }
    }
    if let Some(wait) = facts.wait {
        return Err(Denied::new(Code::Rate, Because::Rate(wait)));
    }
    if let Credential::Token { token, is_in_url: true, .. } = facts.credential {
        check_url(token, request.want)?;
    }
    let feed = match (request.want, facts.credential) {
        (Want::Identity, Credential::Anonymous) => {
            return Err(Denied::new(Code::Missing, Because::Anonymous));
        }
        (Want::Identity, _) => return Ok(()),
        _ => reach(facts)?,
    };
    let scope = match facts.credential {
        Credential::Token { token, .. } => Some(&token.scope),
        _ => None,
    };
    match request.want {
        Want::Identity => Ok(()),
        Want::Presence => scope.map_or(Ok(()), |scope| check_presence(scope, feed.id)),
        Want::Act(action, package) => {
            match facts.credential {
                Credential::Anonymous if action != Action::Read => {
                    return Err(Denied::new(Code::Missing, Because::Anonymous));
                }
                Credential::Password if action != Action::Read => {
                    return Err(Denied::new(Code::PasswordReadonly, Because::Password));
                }
                _ => {}
            }
            if let Some(scope) = scope {
                check_rules(scope, action, feed.id, package)?;
            }
            let mine = feed.role.map_or(ActionSet::NONE, Role::actions);
            let everyones = if feed.public { ActionSet::READ } else { ActionSet::NONE };
            if mine.with(everyones).contains(action) {
                Ok(())
            } else {
                Err(Denied::new(Code::Role, Because::Role(feed.role)))
            }
        }
    }
}

fn check_token(
    token: &TokenFacts,
    secret_stops_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Denied> {
    let refuse = |code, at| Err(Denied::new(code, Because::Token(at)));
    match token.state {
        TokenState::Revoked => return refuse(Code::Revoked, token.state_since),
        TokenState::Leaked => return refuse(Code::Leaked, token.state_since),
        TokenState::Suspended => return refuse(Code::Suspended, token.state_since),
        TokenState::Active => {}
    }
    if secret_stops_at.is_some_and(|at| at <= now) {
        return refuse(Code::Rotated, secret_stops_at);
    }
    if token.expires_at.is_some_and(|at| at <= now) {
        return refuse(Code::Expired, token.expires_at);
    }
    if token.not_before.is_some_and(|at| at > now) {
        return refuse(Code::NotYet, token.not_before);
    }
    Ok(())
}

/// What a token in the address of a request may be asked for. It stands in files and logs that many
/// people read, so that its owner has to have said so, and nothing is ever changed with it.
fn check_url(token: &TokenFacts, want: Want<'_>) -> Result<(), Denied> {
    match want {
        _ if !token.is_pre_authenticated => Err(Denied::new(Code::Scope, Because::NotForUrls)),
        Want::Identity | Want::Presence | Want::Act(Action::Read, _) => Ok(()),
        Want::Act(..) => Err(Denied::new(Code::Scope, Because::UrlsOnlyRead)),
    }
}

/// An absent feed and a private one the caller is no member of are one case.
fn reach(facts: &Facts<'_>) -> Result<FeedFacts, Denied> {
    match (facts.feed, facts.credential) {
        (Some(feed), _) if feed.public || feed.role.is_some() => Ok(feed),
        (_, Credential::Anonymous) => Err(Denied::new(Code::Missing, Because::Anonymous)),
        _ => Err(Denied::new(Code::Feed, Because::OutOfReach)),
    }
}

fn check_presence(scope: &Scope, feed: FeedId) -> Result<(), Denied> {
    let allows = |rule: &Rule| rule.effect == Effect::Allow;
    if scope.rules.iter().any(|rule| allows(rule) && rule.feeds.contains(feed)) {
        return Ok(());
    }
    Err(match scope.rules.iter().position(allows) {
        Some(index) => Denied::new(Code::Feed, Because::NoRuleForFeed(index)),
        None => Denied::new(Code::Scope, Because::NoRuleWithAction),
    })
}

/// How one rule meets a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "three independent answers, shown side by side")]
pub struct RuleVerdict {
    /// Whether the rule denies rather than allows.
    pub denies: bool,
    /// Whether it is about the action.
    pub action: bool,
    /// Whether it is about the feed.
    pub feed: bool,
    /// Whether it is about the package.
    pub package: bool,
}

impl RuleVerdict {
    fn of(
        rule: &Rule,
        action: Action,
        feed: Option<FeedId>,
        package: Option<(Ecosystem, &str)>,
    ) -> Self {
        Self {
            denies: rule.effect == Effect::Deny,
            action: rule.actions.contains(action),
            feed: feed.is_some_and(|feed| rule.feeds.contains(feed)),
            package: rule.matches_package(package),
        }
    }

    /// Whether the whole rule is about the request.
    pub const fn matches(&self) -> bool {
        self.action && self.feed && self.package
    }
}

fn check_rules(
    scope: &Scope,
    action: Action,
    feed: FeedId,
    package: Option<(Ecosystem, &str)>,
) -> Result<(), Denied> {
    // The rule that came closest, and the code for the part it lacks: action, feed, then package.
    let mut nearest = Denied::new(Code::Scope, Because::NoRuleWithAction);
    let mut allowed = false;
    for (index, rule) in scope.rules.iter().enumerate() {
        let verdict = RuleVerdict::of(rule, action, Some(feed), package);
        if verdict.denies {
            if verdict.matches() {
                return Err(Denied::new(code_of_deny(rule), Because::DenyRule(index)));
            }
        } else if verdict.matches() {
            allowed = true;
        } else if verdict.action && verdict.feed {
            if !matches!(nearest.because, Because::NoRuleForPackage(_)) {
                nearest = Denied::new(Code::Package, Because::NoRuleForPackage(index));
            }
        } else if verdict.action && nearest.because == Because::NoRuleWithAction {
            nearest = Denied::new(Code::Feed, Because::NoRuleForFeed(index));
        }
    }
    if allowed { Ok(()) } else { Err(nearest) }
}

/// A deny rule answers with the code of the narrowest thing it names.
fn code_of_deny(rule: &Rule) -> Code {
    if !rule.patterns.is_empty() {
        Code::Package
    } else if rule.feeds == crate::scope::FeedSet::All {
        Code::Scope
    } else {
        Code::Feed
    }
}

/// A decision laid out: the verdict, and how each rule of the token met the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The refusal, if it is one.
    pub denied: Option<Denied>,
    /// One verdict for each rule of the token's scope, in order.
    pub rules: Vec<RuleVerdict>,
}

/// Lays out what [`decide`] decides, rule by rule.
pub fn explain(facts: &Facts<'_>, request: &Request<'_>, now: Timestamp) -> Explanation {
    let rules = match (facts.credential, request.want) {
        (Credential::Token { token, .. }, Want::Act(action, package)) => token
            .scope
            .rules
            .iter()
            .map(|rule| RuleVerdict::of(rule, action, facts.feed.map(|feed| feed.id), package))
            .collect(),
        _ => Vec::new(),
    };
    Explanation { denied: decide(facts, request, now).err(), rules }
}
