//! What services tell the pages. Moments are given, not words, except where only the server has
//! what the words are made of; `now` is the server's, so that both sides say the same.

use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    decide::{RuleVerdict, Step},
    denial::Code,
    ecosystem::Ecosystem,
    expiry::ExpiryOffer,
    id::{FeedId, TokenId},
    role::Role,
    timestamp::Timestamp,
    token::{TokenKind, mask, spoken_mask},
    token_form::TokenForm,
};

/// The person a page is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account's name.
    pub username: String,
    /// Whether it administers the server.
    pub is_admin: bool,
    /// Whether secrets can be shown now without asking for the password first.
    pub confirmed: bool,
}

/// Where a token stands at a moment, dates included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenStatus {
    /// It works.
    Active,
    /// It works, but not for many days any more.
    ExpiresSoon,
    /// Its first day is still to come.
    NotYet,
    /// Put to rest by its owner.
    Suspended,
    /// Found in public.
    Leaked,
    /// Its last day has passed.
    Expired,
    /// Ended for good.
    Revoked,
}

impl TokenStatus {
    /// The state's name in the API and on the command line; a token that expires soon is active.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active | Self::ExpiresSoon => "active",
            Self::NotYet => "not-yet",
            Self::Suspended => "suspended",
            Self::Leaked => "leaked",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The word on the badge.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::ExpiresSoon => "Expires soon",
            Self::NotYet => "Not yet valid",
            Self::Suspended => "Suspended",
            Self::Leaked => "Leaked",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    /// Whether requests with it are accepted.
    pub const fn works(self) -> bool {
        matches!(self, Self::Active | Self::ExpiresSoon)
    }
}

/// The last use of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
    /// By which client: `npm 11.19.1`.
    pub client: String,
    /// On which feed, if it still exists and can be reached.
    pub feed: Option<String>,
}

/// A token as lists and its own page show it. Its value is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    /// Its id.
    pub id: TokenId,
    /// Its kind.
    pub kind: TokenKind,
    /// What it is for.
    pub description: String,
    /// The last four characters of its newest secret.
    pub last4: String,
    /// Where it stands.
    pub status: TokenStatus,
    /// Scope and expiry in one sentence.
    pub sentence: String,
    /// Scope alone, to go after “can” or “could”.
    pub abilities: String,
    /// How many packages it can touch today.
    pub matches: u64,
    /// When it was revoked, suspended or found in public; `None` for any other state.
    pub stopped_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom: a user name, or the operator.
    pub created_by: String,
    /// From which address; empty for the command line.
    pub created_from: String,
    /// The first moment it works, if it is bound to one.
    pub not_before: Option<Timestamp>,
    /// The first moment it does not work any more; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used: Option<LastUse>,
    /// Whether a copy of its value is kept that can be shown.
    pub can_be_shown: bool,
    /// When the secret before the newest stops, while both work.
    pub old_secret_stops_at: Option<Timestamp>,
}

impl TokenView {
    /// What is shown in the value's place.
    pub fn mask(&self) -> String {
        mask(self.kind, &self.last4)
    }

    /// The mask for ears.
    pub fn spoken_mask(&self) -> String {
        spoken_mask(&self.last4)
    }
}

/// A rule of a token, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    /// Whether it denies.
    pub denies: bool,
    /// The actions, as the API names them.
    pub actions: Vec<String>,
    /// The feeds by name; `None` for all.
    pub feeds: Option<Vec<String>>,
    /// Patterns with what they match in words; empty for any package.
    pub patterns: Vec<(String, String)>,
}

/// A token's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPage {
    /// The token.
    pub token: TokenView,
    /// Its rules.
    pub rules: Vec<RuleView>,
    /// Networks it may be used from; empty for anywhere.
    pub networks: Vec<String>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// The page of all tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensPage {
    /// The primary token.
    pub primary: TokenView,
    /// The others; those that work first, then by age.
    pub others: Vec<TokenView>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What the form that makes a token begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFormStart {
    /// The form: what was typed before or asked for by a link, and an id for this use of it.
    pub form: TokenForm,
    /// The expiries it offers, the shortest first.
    pub offers: Vec<ExpiryOffer>,
    /// The first date that may be chosen, `YYYY-MM-DD`.
    pub first_day: String,
    /// The last one, if the operator limits it.
    pub last_day: Option<String>,
}

/// What the form that makes a token says about what is typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPreview {
    /// Scope and expiry in one sentence, or what the form still has to say first.
    pub sentence: Result<String, String>,
    /// Each pattern as typed, what it means or what is wrong with it, and whether it is right.
    pub patterns: Vec<PatternPreview>,
    /// How many packages the token could touch today.
    pub matches: u64,
    /// The moment of expiry in words; `None` for never, or while it is not readable.
    pub expires: Option<String>,
}

/// One pattern as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternPreview {
    /// The text.
    pub pattern: String,
    /// What it matches, or what is wrong with it.
    pub words: String,
    /// Whether it is a pattern.
    pub good: bool,
    /// How many packages it matches today.
    pub matches: u64,
    /// The names of some of them.
    pub examples: Vec<String>,
}

/// A feed as lists and pickers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    /// Its id.
    pub id: FeedId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether anyone may read it.
    pub is_public: bool,
    /// The viewer's role; `None` for no member.
    pub role: Option<Role>,
    /// Packages of each kind.
    pub kinds: Vec<(Ecosystem, u64)>,
    /// When a package changed last, or else when the feed was made.
    pub updated_at: Timestamp,
}

impl FeedView {
    /// Packages of all kinds.
    pub fn packages(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }
}

/// The page of all feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedList {
    /// The feeds the viewer can reach, by name.
    pub feeds: Vec<FeedView>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// A package in a feed's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageView {
    /// Its kind.
    pub ecosystem: Ecosystem,
    /// Its id.
    pub name: String,
    /// The version that `latest` points to.
    pub latest: Option<String>,
    /// How many versions it has.
    pub versions: u64,
    /// How often its archives were downloaded.
    pub downloads: u64,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who published the latest version.
    pub published_by: Option<String>,
}

/// A feed's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The feed.
    pub feed: FeedView,
    /// A page of its packages, newest change first.
    pub packages: Vec<PackageView>,
    /// The page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// Where package clients find the feed, without a slash at its end: `https://host/F/main`.
    pub address: String,
    /// The server's present moment.
    pub now: Timestamp,
}

/// A rule on the page about a denial: what it says and how it met the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluatedRule {
    /// The rule in words.
    pub words: String,
    /// The feeds it is about, by name; `None` for all.
    pub feeds: Option<Vec<String>>,
    /// The patterns of the packages it is about; empty for any.
    pub patterns: Vec<String>,
    /// How it met the request.
    pub verdict: RuleVerdict,
    /// Whether it is the one the denial is about: the deny rule that matched, or the allow rule
    /// that came nearest.
    pub decisive: bool,
}

/// The token that a denial is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedToken {
    /// Its id.
    pub id: TokenId,
    /// Its kind.
    pub kind: TokenKind,
    /// What it is for.
    pub description: String,
    /// The last four characters of the secret that was sent.
    pub last4: String,
}

/// The page about a denial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DenialPage {
    /// The code.
    pub code: Code,
    /// What the client was told, without the link to this page.
    pub told: String,
    /// The step of the decision that failed; those before it passed, those after it were skipped.
    pub step: Step,
    /// What is missing, in a sentence.
    pub missing: String,
    /// The token; `None` for a password.
    pub token: Option<DeniedToken>,
    /// The action; `None` where the feed was only to be reached.
    pub action: Option<Action>,
    /// The feed as named in the request.
    pub feed: String,
    /// Its id, if the viewer can reach it today.
    pub feed_id: Option<FeedId>,
    /// The package as named in the request.
    pub package: Option<String>,
    /// The address of the last such request.
    pub address: String,
    /// Its client.
    pub client: String,
    /// When it happened first.
    pub first_at: Timestamp,
    /// When it happened last.
    pub last_at: Timestamp,
    /// How often within the hour.
    pub times: u64,
    /// The rules of the token as they were then.
    pub rules: Vec<EvaluatedRule>,
    /// The server's present moment.
    pub now: Timestamp,
}
