//! Refused requests.

use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    decide::{RuleVerdict, Step},
    denial::Code,
    id::{FeedId, TokenId},
    timestamp::Timestamp,
    token::TokenKind,
};

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
