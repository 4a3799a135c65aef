//! A scope made narrower, for a token that another one stands behind.

use crate::{
    action::{Action, ActionSet},
    ecosystem::Ecosystem,
    id::FeedId,
    pattern::Pattern,
    scope::{Effect, FeedSet, Rule, Scope},
};

/// How much narrower a scope is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowing {
    /// The only feed that is left.
    pub feed: FeedId,
    /// Whether nothing but reading is left.
    pub read_only: bool,
    /// The packages that are left, all of one kind, as patterns without that kind; none means all
    /// that there are.
    pub packages: Vec<String>,
    /// Their kind.
    pub ecosystem: Ecosystem,
}

/// Why there is no such scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNarrower {
    /// This is no pattern.
    #[error("{0} is not the name of a package or a pattern of names.")]
    BadPattern(String),
    /// The scope is not about all of these packages.
    #[error("the token you present has no rule for {0} in this feed.")]
    Outside(String),
    /// Nothing would be left.
    #[error("nothing would be left that the token may do.")]
    Nothing,
}

impl Scope {
    /// This scope, made narrower. It allows nothing that this one does not: allow rules lose what is
    /// not wanted, deny rules stay as they are in the feed.
    pub fn narrowed(&self, to: &Narrowing) -> Result<Self, NotNarrower> {
        let mut wanted = Vec::with_capacity(to.packages.len());
        for text in &to.packages {
            let pattern = format!("{}|{text}", to.ecosystem).parse::<Pattern>();
            let shown = || text.chars().filter(char::is_ascii_graphic).take(60).collect();
            let pattern = pattern.map_err(|_| NotNarrower::BadPattern(shown()))?;
            wanted.push((to.ecosystem.normalise(text.trim()), pattern, false));
        }
        let mut rules = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.feeds.contains(to.feed)) {
            let mut rule = Rule { feeds: FeedSet::Only(vec![to.feed]), ..rule.clone() };
            if rule.effect == Effect::Allow {
                if to.read_only && !rule.actions.contains(Action::Read) {
                    continue;
                }
                if to.read_only {
                    rule.actions = ActionSet::READ;
                }
                if !wanted.is_empty() {
                    rule.patterns = left(&rule, to.ecosystem, &mut wanted);
                    if rule.patterns.is_empty() {
                        continue;
                    }
                }
            }
            rules.push(rule);
        }
        if let Some((outside, ..)) = wanted.iter().find(|(.., is_covered)| !is_covered) {
            return Err(NotNarrower::Outside(outside.clone()));
        }
        if !rules.iter().any(|rule| rule.effect == Effect::Allow) {
            return Err(NotNarrower::Nothing);
        }
        Ok(Self { rules })
    }
}

/// The wanted patterns that a rule is about as a whole; each is marked as covered. A `*` in a wanted
/// one is a character like any other here, which only a `*` of the rule's own can match: then the
/// rule matches whatever stands for it.
fn left(rule: &Rule, ecosystem: Ecosystem, wanted: &mut [(String, Pattern, bool)]) -> Vec<Pattern> {
    let is_about =
        |text: &str| rule.patterns.is_empty() || rule.matches_package(Some((ecosystem, text)));
    let mut left = Vec::new();
    for (text, pattern, is_covered) in wanted {
        if is_about(text) {
            *is_covered = true;
            left.push(pattern.clone());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn feed(number: u128) -> FeedId {
        Uuid::from_u128(number).into()
    }

    fn rule(effect: Effect, actions: ActionSet, feeds: FeedSet, patterns: &[&str]) -> Rule {
        let patterns = patterns.iter().map(|text| text.parse().unwrap()).collect();
        Rule { effect, actions, feeds, patterns }
    }

    fn to(read_only: bool, packages: &[&str]) -> Narrowing {
        let packages = packages.iter().map(|text| (*text).to_owned()).collect();
        Narrowing { feed: feed(1), read_only, packages, ecosystem: Ecosystem::Npm }
    }

    /// Whether the rules allow it, as the decision reads them.
    fn allows(scope: &Scope, action: Action, at: FeedId, package: &str) -> bool {
        let meets = |effect| {
            scope.rules.iter().any(|rule| {
                rule.effect == effect
                    && rule.actions.contains(action)
                    && rule.feeds.contains(at)
                    && rule.matches_package(Some((Ecosystem::Npm, package)))
            })
        };
        meets(Effect::Allow) && !meets(Effect::Deny)
    }

    #[test]
    fn what_is_left_is_what_was_wanted() {
        let scope = Scope {
            rules: vec![
                rule(Effect::Allow, ActionSet::ALL, FeedSet::All, &["@acme/*", "demo"]),
                rule(Effect::Deny, ActionSet::WRITE, FeedSet::All, &["@acme/core"]),
            ],
        };
        let narrowed = scope.narrowed(&to(true, &["@acme/http", "@acme/h*"])).unwrap();
        let left = &narrowed.rules[0];
        assert_eq!((left.actions, &left.feeds), (ActionSet::READ, &FeedSet::Only(vec![feed(1)])));
        let patterns: Vec<String> = left.patterns.iter().map(ToString::to_string).collect();
        assert_eq!(patterns, ["npm|@acme/http", "npm|@acme/h*"]);
        assert_eq!(narrowed.rules[1].effect, Effect::Deny);
        assert_eq!(scope.narrowed(&to(false, &[])).unwrap().rules[0].actions, ActionSet::ALL);
        for (packages, error) in [
            (["@other/x"], NotNarrower::Outside("@other/x".to_owned())),
            (["*"], NotNarrower::Outside("*".to_owned())),
            (["de*"], NotNarrower::Outside("de*".to_owned())),
            (["a b\n"], NotNarrower::BadPattern("ab".to_owned())),
        ] {
            assert_eq!(scope.narrowed(&to(false, &packages)), Err(error));
        }
        let writes =
            Scope { rules: vec![rule(Effect::Allow, ActionSet::WRITE, FeedSet::All, &[])] };
        assert_eq!(writes.narrowed(&to(true, &[])), Err(NotNarrower::Nothing));
        let elsewhere = FeedSet::Only(vec![feed(2)]);
        let other = Scope { rules: vec![rule(Effect::Allow, ActionSet::ALL, elsewhere, &[])] };
        assert_eq!(other.narrowed(&to(false, &[])), Err(NotNarrower::Nothing));
    }

    const PATTERNS: [&str; 6] = ["*", "@acme/*", "npm|@acme/a*", "@acme/ab", "nuget|*", "demo"];
    const PACKAGES: [&str; 5] = ["demo", "@acme/ab", "@acme/a", "@acme/b", "@other/ab"];

    fn rules() -> impl Strategy<Value = Vec<Rule>> {
        let rule = (
            any::<bool>(),
            1_u8..32,
            prop_oneof![
                Just(FeedSet::All),
                Just(FeedSet::Only(vec![feed(1)])),
                Just(FeedSet::Only(vec![feed(2)]))
            ],
            proptest::sample::subsequence(&PATTERNS, 0..3),
        );
        let rule = rule.prop_map(|(denies, bits, feeds, patterns)| {
            let effect = if denies { Effect::Deny } else { Effect::Allow };
            self::rule(effect, ActionSet::from_bits(bits).unwrap(), feeds, &patterns)
        });
        proptest::collection::vec(rule, 0..4)
    }

    proptest! {
        #[test]
        fn nothing_is_gained(
            rules in rules(),
            read_only in any::<bool>(),
            packages in proptest::sample::subsequence(&["*", "@acme/*", "@acme/a*", "@acme/ab", "demo"], 0..3),
        ) {
            let scope = Scope { rules };
            if let Ok(narrowed) = scope.narrowed(&to(read_only, &packages)) {
                for action in Action::ALL {
                    prop_assert!(!allows(&narrowed, action, feed(2), "demo"));
                    for package in PACKAGES {
                        let is_allowed = allows(&narrowed, action, feed(1), package);
                        prop_assert!(!is_allowed || allows(&scope, action, feed(1), package), "{package}");
                        prop_assert!(!is_allowed || !read_only || action == Action::Read);
                    }
                }
            }
        }
    }
}
