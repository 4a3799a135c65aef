//! What a token may do: a list of rules, and the choices on the form that make one.

use serde::{Deserialize, Serialize};

use crate::{
    action::{Action, ActionSet},
    ecosystem::Ecosystem,
    id::FeedId,
    pattern::Pattern,
};

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
    /// What else may be done where may be published: none, one or both of [`ScopeChoice::EXTRAS`].
    pub extras: ActionSet,
}

/// The choice allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A token that may neither read nor write is of no use. Choose at least one.")]
pub struct NothingAllowed;

impl ScopeChoice {
    /// What may be allowed besides publishing, where publishing is.
    pub const EXTRAS: ActionSet = ActionSet::of(&[Action::Unlist, Action::Delete]);

    /// The rules that say what was chosen: one for reading and one for writing, or a single one
    /// where both are about the same feeds and packages.
    pub fn into_scope(self) -> Result<Scope, NothingAllowed> {
        let allow =
            |actions, feeds, patterns| Rule { effect: Effect::Allow, actions, feeds, patterns };
        let read_patterns = |patterns: &Vec<Pattern>| {
            if self.read_any_package { Vec::new() } else { patterns.clone() }
        };
        let writes = ActionSet::WRITE.with(self.extras);
        let rules = match (self.read, self.write) {
            (None, None) => return Err(NothingAllowed),
            (Some(read), None) => vec![allow(ActionSet::READ, read, self.patterns)],
            (None, Some(write)) => vec![allow(writes, write, self.patterns)],
            (Some(read), Some(write)) if read == write && !self.read_any_package => {
                vec![allow(ActionSet::READ.with(writes), read, self.patterns)]
            }
            (Some(read), Some(write)) => vec![
                allow(ActionSet::READ, read, read_patterns(&self.patterns)),
                allow(writes, write, self.patterns),
            ],
        };
        Ok(Scope { rules })
    }

    /// The choice that these rules say; `None` for rules that no choice makes.
    pub fn of(scope: &Scope) -> Option<Self> {
        let (read, write) = match scope.rules.as_slice() {
            [rule] => {
                let writes = rule.actions.without(ActionSet::READ);
                let reads = rule.actions.contains(Action::Read);
                (reads.then_some(rule), (!writes.is_empty()).then_some(rule))
            }
            [read, write] if read.actions == ActionSet::READ => (Some(read), Some(write)),
            _ => return None,
        };
        let patterns = write.or(read).map(|rule| rule.patterns.clone()).unwrap_or_default();
        let choice = Self {
            read_any_package: read.zip(write).is_some_and(|(read, write)| {
                read.patterns.is_empty() && !write.patterns.is_empty()
            }),
            read: read.map(|rule| rule.feeds.clone()),
            extras: write.map_or(ActionSet::NONE, |rule| {
                rule.actions.without(ActionSet::READ.with(ActionSet::WRITE))
            }),
            write: write.map(|rule| rule.feeds.clone()),
            patterns,
        };
        // A choice of no feeds cannot be made.
        let is_none = |feeds: &Option<FeedSet>| {
            feeds.as_ref().is_some_and(|feeds| *feeds == FeedSet::Only(Vec::new()))
        };
        let is_choice = !is_none(&choice.read)
            && !is_none(&choice.write)
            && choice.clone().into_scope().as_ref() == Ok(scope);
        is_choice.then_some(choice)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOTHING: ScopeChoice = ScopeChoice {
        read: None,
        write: None,
        patterns: Vec::new(),
        read_any_package: false,
        extras: ActionSet::NONE,
    };

    fn only(feeds: &[u128]) -> FeedSet {
        FeedSet::Only(feeds.iter().map(|id| Uuid::from_u128(*id).into()).collect())
    }

    #[test]
    fn write_allows_no_read() {
        let choice = ScopeChoice { write: Some(FeedSet::All), ..NOTHING };
        let scope = choice.into_scope().unwrap();
        assert_eq!(scope.rules.len(), 1);
        assert_eq!(scope.rules[0].actions, ActionSet::WRITE);
    }

    #[test]
    fn read_and_write_may_differ() {
        let choice = ScopeChoice {
            read: Some(FeedSet::All),
            write: Some(only(&[1])),
            patterns: vec!["Acme.*".parse().unwrap()],
            read_any_package: true,
            extras: ActionSet::of(&[Action::Delete]),
        };
        let scope = choice.into_scope().unwrap();
        assert!(scope.rules[0].patterns.is_empty());
        assert_eq!(scope.rules[1].patterns.len(), 1);
        assert!(!scope.rules[0].actions.contains(Action::Delete));
        assert!(scope.rules[1].actions.contains(Action::Delete));
    }

    #[test]
    fn nothing_is_not_a_scope() {
        assert_eq!(NOTHING.into_scope(), Err(NothingAllowed));
    }

    #[test]
    fn a_choice_is_found_again_in_its_rules() {
        let patterns = || vec!["Acme.*".parse().unwrap()];
        let both = ScopeChoice { read: Some(only(&[1])), write: Some(only(&[1])), ..NOTHING };
        for choice in [
            ScopeChoice { read: Some(FeedSet::All), ..NOTHING },
            ScopeChoice { read: Some(only(&[1, 2])), patterns: patterns(), ..NOTHING },
            ScopeChoice { write: Some(only(&[1])), patterns: patterns(), ..NOTHING },
            ScopeChoice { write: Some(FeedSet::All), extras: ScopeChoice::EXTRAS, ..NOTHING },
            both.clone(),
            ScopeChoice { patterns: patterns(), ..both.clone() },
            ScopeChoice { patterns: patterns(), read_any_package: true, ..both.clone() },
            ScopeChoice { read: Some(FeedSet::All), patterns: patterns(), ..both },
        ] {
            let scope = choice.clone().into_scope().unwrap();
            assert_eq!(ScopeChoice::of(&scope), Some(choice));
        }
        let full = ScopeChoice::of(&Scope::full()).unwrap();
        assert_eq!((full.read, full.extras), (Some(FeedSet::All), ScopeChoice::EXTRAS));
    }

    #[test]
    fn other_rules_are_no_choice() {
        let rule = |effect, actions, feeds| Rule { effect, actions, feeds, patterns: Vec::new() };
        let all = |actions| rule(Effect::Allow, actions, FeedSet::All);
        let deny = rule(Effect::Deny, ActionSet::WRITE, only(&[1]));
        for rules in [
            Vec::new(),
            vec![deny.clone()],
            vec![all(ActionSet::READ), deny],
            vec![all(ActionSet::of(&[Action::PushVersion]))],
            vec![all(ActionSet::of(&[Action::Read, Action::Unlist]))],
            vec![all(ActionSet::READ), all(ActionSet::WRITE)],
            vec![rule(Effect::Allow, ActionSet::READ, only(&[]))],
        ] {
            assert_eq!(ScopeChoice::of(&Scope { rules: rules.clone() }), None, "{rules:?}");
        }
    }
}
