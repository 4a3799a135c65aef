//! How many packages patterns and scopes are about today.
//!
//! Packages are looked at page by page, so that however many there are only one page is held, and no
//! more than [`MOST`] of them, so that the answer is quick.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId},
    pattern::Pattern,
    scope::{Effect, Scope},
};
use uuid::Uuid;

use crate::{
    error::Error,
    storage::{Database, packages},
};

/// How many packages are looked at.
const MOST: usize = 20_000;
/// How many packages a page has.
const PAGE: usize = 1_000;
/// How many of the packages that a pattern matches are named.
const EXAMPLES: usize = 2;

/// What was found.
pub(super) struct Matches {
    /// How many packages an allow rule of the scope is about.
    pub(super) scope: u64,
    /// What each of the patterns matches, in the feeds of the scope if there is one.
    pub(super) patterns: Vec<PatternMatches>,
    /// Whether there are more packages than were looked at.
    pub(super) is_partial: bool,
}

/// What one pattern matches.
#[derive(Debug, Clone, Default)]
pub(super) struct PatternMatches {
    /// How many packages.
    pub(super) count: u64,
    /// The names of some of them.
    pub(super) examples: Vec<String>,
}

/// Counts among the packages that an account can reach.
pub(super) async fn count(
    mut database: &Database,
    account: AccountId,
    scope: Option<&Scope>,
    patterns: &[Option<Pattern>],
) -> Result<Matches, Error> {
    let mut found = Matches {
        scope: 0,
        patterns: vec![PatternMatches::default(); patterns.len()],
        is_partial: false,
    };
    let mut after = Uuid::nil();
    let mut looked_at = 0;
    while looked_at < MOST {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let page = packages::reachable_names(&mut database, account, after, limit).await?;
        looked_at += page.len();
        let is_last = page.len() < PAGE;
        for (id, (feed, kind, name)) in page {
            after = id;
            let kind = kind.parse().map_err(|_| Error::inconsistent("packages", "ecosystem"))?;
            found.scope += u64::from(scope.is_some_and(|scope| touches(scope, feed, kind, &name)));
            // A pattern says nothing of packages in feeds that were not chosen.
            if scope.is_some_and(|scope| !reaches(scope, feed)) {
                continue;
            }
            for (pattern, matches) in patterns.iter().zip(&mut found.patterns) {
                if pattern.as_ref().is_some_and(|pattern| pattern.matches(kind, &name)) {
                    matches.note(&name);
                }
            }
        }
        if is_last {
            return Ok(found);
        }
    }
    found.is_partial =
        !packages::reachable_names(&mut database, account, after, 1).await?.is_empty();
    Ok(found)
}

fn reaches(scope: &Scope, feed: FeedId) -> bool {
    scope.rules.iter().any(|rule| rule.effect == Effect::Allow && rule.feeds.contains(feed))
}

fn touches(scope: &Scope, feed: FeedId, kind: Ecosystem, name: &str) -> bool {
    scope.rules.iter().any(|rule| {
        rule.effect == Effect::Allow
            && rule.feeds.contains(feed)
            && rule.matches_package(Some((kind, name)))
    })
}

impl PatternMatches {
    fn note(&mut self, name: &str) {
        self.count += 1;
        // The same name in two feeds is two packages, but one example.
        if self.examples.len() < EXAMPLES && !self.examples.iter().any(|known| known == name) {
            self.examples.push(name.to_owned());
        }
    }
}
