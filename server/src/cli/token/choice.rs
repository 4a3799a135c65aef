//! What flags say of a token, whether it is made or changed.

use std::{collections::HashMap, convert::Infallible, str::FromStr};

use clap::ValueEnum;
use model::{
    action::{Action, ActionSet},
    expiry::parse_date,
    id::{AccountId, FeedId},
    pattern::Pattern,
    scope::FeedSet,
    timestamp::Timestamp,
    token_form::{MOST_NETWORKS, MOST_PATTERNS, TokenDraft},
};
use registry::{Error, Services};

use crate::cli::failure::Failure;

/// What may be allowed besides publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Extra {
    /// Nothing more
    None,
    /// Unlist, deprecate and retag what is there
    Unlist,
    /// Delete versions and packages
    Delete,
}

/// The actions that these words allow.
pub(super) fn extras(words: &[Extra]) -> ActionSet {
    words.iter().fold(ActionSet::NONE, |actions, word| match word {
        Extra::None => actions,
        Extra::Unlist => actions.with(ActionSet::of(&[Action::Unlist])),
        Extra::Delete => actions.with(ActionSet::of(&[Action::Delete])),
    })
}

/// Feeds as they are named on the command line.
#[derive(Debug, Clone)]
pub(super) enum Feeds {
    All,
    None,
    Named(Vec<String>),
}

impl FromStr for Feeds {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.trim() {
            "all" => Self::All,
            "none" => Self::None,
            names => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

/// Reads the first day of a token.
pub(super) fn first_day(text: &str) -> Result<Timestamp, &'static str> {
    parse_date(text).map(Timestamp::start_of).ok_or("write a date like 2026-12-01")
}

/// That flag `flag` is wrong, and why.
pub(super) fn wrong(flag: &str, why: impl std::fmt::Display) -> Failure {
    Failure::Refused(format!("{flag}: {why}"))
}

/// The values of a flag that may be repeated, each once.
pub(super) fn once<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// Patterns of packages, each once, and no more than a token carries.
pub(super) fn patterns(patterns: Vec<Pattern>) -> Result<Vec<Pattern>, Failure> {
    let patterns = once(patterns);
    if patterns.len() > MOST_PATTERNS {
        let why = format!("a token carries at most {MOST_PATTERNS} patterns.");
        return Err(wrong("--package", why));
    }
    Ok(patterns)
}

/// Checks what only the whole of a token shows.
pub(super) fn check(draft: TokenDraft) -> Result<TokenDraft, Failure> {
    if draft.not_before.zip(draft.expires_at).is_some_and(|(first, end)| first > end) {
        let why = "it lies after the last day. Choose an earlier one, or a later --expires.";
        return Err(wrong("--not-before", why));
    }
    if draft.networks.len() > MOST_NETWORKS {
        let why = format!("a token carries at most {MOST_NETWORKS} networks.");
        return Err(wrong("--network", why));
    }
    if draft.check_pre_authenticated().is_err() {
        let why = "such a token only reads, and only feeds that are named. Give --read main, and no --write.";
        return Err(wrong("--pre-authenticated", why));
    }
    Ok(draft)
}

/// The feeds that a flag names; `None` for none at all.
pub(super) async fn feed_set(
    services: &Services,
    owner: AccountId,
    user: &str,
    flag: &str,
    feeds: Feeds,
    names: &mut HashMap<FeedId, String>,
) -> Result<Option<FeedSet>, Failure> {
    let chosen = match feeds {
        Feeds::All => return Ok(Some(FeedSet::All)),
        Feeds::None => return Ok(None),
        Feeds::Named(chosen) => chosen,
    };
    let mut ids = services.feeds.ids_of(owner, &chosen).await.map_err(|error| match error {
        Error::Invalid(why) => Failure::Refused(format!(
            "{flag}: {why} `latchkey feed list --user {user}` shows those it can."
        )),
        error => error.into(),
    })?;
    names.extend(ids.iter().copied().zip(chosen.iter().map(|name| name.to_ascii_lowercase())));
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(FeedSet::Only(ids)))
}
