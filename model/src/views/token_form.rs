//! The form that makes or changes a token.

use serde::{Deserialize, Serialize};

use super::{FeedView, TokenView};
use crate::{expiry::ExpiryOffer, id::FeedId, timestamp::Timestamp, token_form::TokenForm};

/// What the form begins with.
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
    /// The feeds to choose from.
    pub feeds: Vec<FeedView>,
    /// Feeds that the token has and its owner cannot reach any more.
    pub lost_feeds: Vec<LostFeed>,
    /// Feeds that a link names and that nobody finds.
    pub unknown_feeds: Vec<String>,
    /// Whether a link has filled the form in.
    pub is_prefilled: bool,
}

/// A feed that a token is for, out of its owner's reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostFeed {
    /// Its id.
    pub id: FeedId,
    /// Its name; `None` for one that is gone.
    pub name: Option<String>,
}

/// The page on which a token is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenEditStart {
    /// The form.
    pub start: TokenFormStart,
    /// The token as it is.
    pub token: TokenView,
    /// Its rules in words, if the form cannot say them.
    pub rules: Option<Vec<String>>,
    /// What gets wider and is asked about before it is saved; nothing while nothing is asked.
    pub asked: Vec<String>,
    /// How the token was changed since the form was opened.
    pub changed: Option<ChangedMeanwhile>,
}

/// A token that was changed while somebody had its form open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedMeanwhile {
    /// When.
    pub at: Timestamp,
    /// Its state, by which a form that saves on top of it goes.
    pub revision: String,
    /// What it is for now.
    pub description: String,
    /// What it may do now, and until when.
    pub sentence: String,
    /// Networks it may be used from now; empty for anywhere.
    pub networks: Vec<String>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edited {
    /// It is saved.
    Saved,
    /// Nothing is saved: these things get wider, and the person has to agree first.
    Widens(Vec<String>),
    /// Nothing is saved: the token was changed meanwhile.
    Changed(ChangedMeanwhile),
}

/// What the form says about what is typed so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPreview {
    /// Scope and expiry in one sentence, or what the form still has to say first.
    pub sentence: Result<String, String>,
    /// Each pattern as typed, what it means or what is wrong with it, and whether it is right.
    pub patterns: Vec<PatternPreview>,
    /// How many packages the token could touch today.
    pub matches: u64,
    /// Whether there are more packages than are looked at, so that every count is a least one.
    pub is_partial: bool,
    /// The moment of expiry in words; `None` for never, or while it is not readable.
    pub expires: Option<String>,
    /// Where it would work, in a sentence; `None` for anywhere.
    pub only_from: Option<String>,
    /// Each network as typed.
    pub networks: Vec<NetworkPreview>,
    /// The address of who asks, if it lies in none of the networks.
    pub outside: Option<String>,
    /// What gets wider, if a token is changed.
    pub wider: Vec<String>,
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

/// One network as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPreview {
    /// The addresses it means, or what is wrong with it; empty for an empty row.
    pub words: String,
    /// Whether it is a network.
    pub good: bool,
}
