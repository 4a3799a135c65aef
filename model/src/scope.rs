//! What a token may do: a list of rules, and the choices on the form that make one.

use serde::{Deserialize, Serialize};

use crate::{action::ActionSet, ecosystem::Ecosystem, id::FeedId, pattern::Pattern};

/// Whether a rule gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The rule allows what it matches.
    Allow,
    /// The rule refuses what it matches, whatever other rules allow.
    Deny,
}

/// The feeds a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedSet {
    /// Every feed its owner can reach, also future ones.
    All,
    /// These feeds alone. Ids, not names: a renamed or re-made feed is not meant.
    Only(Vec<FeedId>),
}

impl FeedSet {
    /// Whether the rule is about this feed.
    pub fn contains(&self, feed: FeedId) -> bool {
        match self {
            Self::All => true,
            Self::Only(feeds) => feeds.contains(&feed),
        }
    }
}

/// Allow or deny: actions × feeds × package patterns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The actions it is about.
    pub actions: ActionSet,
    /// The feeds it is about.
    pub feeds: FeedSet,
    /// The packages it is about; none means any package.
    pub patterns: Vec<Pattern>,
}

impl Rule {
    /// Whether the rule is about this package. A request about a feed as a whole has no package:
    /// it is matched by every allow rule, and by deny rules without patterns alone.
    pub fn matches_package(&self, package: Option<(Ecosystem, &str)>) -> bool {
        match package {
            _ if self.patterns.is_empty() => true,
            None => self.effect == Effect::Allow,
            Some((ecosystem, id)) => {
                self.patterns.iter().any(|pattern| pattern.matches(ecosystem, id))
            }
        }
    }
}

/// What a token may do. A scope is a ceiling, never a grant: what the owner may not do, no scope
/// allows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope {
    /// The rules, in the order they were given.
    pub rules: Vec<Rule>,
}

impl Scope {
    /// Everything its owner may do.
    pub fn full() -> Self {
        Self {
            rules: vec![Rule {
                effect: Effect::Allow,
                actions: ActionSet::ALL,
                feeds: FeedSet::All,
                patterns: Vec::new(),
            }],
        }
    }
}

/// The choices a person makes, before they become rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChoice {
    /// Feeds to read; `None`: no reading at all.
    pub read: Option<FeedSet>,
    /// Feeds to publish to; `None`: no publishing at all.
    pub write: Option<FeedSet>,
    /// Packages; none means any.
    pub patterns: Vec<Pattern>,
    /// Whether the patterns limit publishing alone, so that every package may be read.
    pub read_any_package: bool,
}

/// The choice allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A token that may neither read nor write is of no use. Choose at least one.")]
pub struct NothingAllowed;

impl ScopeChoice {
    /// The rules that say what was chosen: one for reading and one for writing, or a single one
    /// where both are about the same feeds and packages.
    pub fn into_scope(self) -> Result<Scope, NothingAllowed> {
        let allow =
            |actions, feeds, patterns| Rule { effect: Effect::Allow, actions, feeds, patterns };
        let read_patterns = |patterns: &Vec<Pattern>| {
            if self.read_any_package { Vec::new() } else { patterns.clone() }
        };
        let rules = match (self.read, self.write) {
            (None, None) => return Err(NothingAllowed),
            (Some(read), None) => vec![allow(ActionSet::READ, read, self.patterns)],
            (None, Some(write)) => vec![allow(ActionSet::WRITE, write, self.patterns)],
            (Some(read), Some(write)) if read == write && !self.read_any_package => {
                vec![allow(ActionSet::READ.with(ActionSet::WRITE), read, self.patterns)]
            }
            (Some(read), Some(write)) => vec![
                allow(ActionSet::READ, read, read_patterns(&self.patterns)),
                allow(ActionSet::WRITE, write, self.patterns),
            ],
        };
        Ok(Scope { rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_allows_no_read() {
        let choice = ScopeChoice {
            read: None,
            write: Some(FeedSet::All),
            patterns: Vec::new(),
            read_any_package: false,
        };
        let scope = choice.into_scope().unwrap();
        assert_eq!(scope.rules.len(), 1);
        assert_eq!(scope.rules[0].actions, ActionSet::WRITE);
    }

    #[test]
    fn read_and_write_may_differ() {
        let choice = ScopeChoice {
            read: Some(FeedSet::All),
            write: Some(FeedSet::Only(Vec::new())),
            patterns: vec!["Acme.*".parse().unwrap()],
            read_any_package: true,
        };
        let scope = choice.into_scope().unwrap();
        assert!(scope.rules[0].patterns.is_empty());
        assert_eq!(scope.rules[1].patterns.len(), 1);
    }

    #[test]
    fn nothing_is_not_a_scope() {
        let choice =
            ScopeChoice { read: None, write: None, patterns: Vec::new(), read_any_package: false };
        assert_eq!(choice.into_scope(), Err(NothingAllowed));
    }
}
