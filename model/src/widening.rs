//! Whether a change lets a token do more than before, and what.
//!
//! A change that makes nothing wider never allows a request that was refused before: a property
//! test holds this against [`decide`](crate::decide::decide). The other way round is not promised:
//! what two patterns together cover, no single one of them covers, and then a change counts as wider
//! that is not.

use crate::{
    action::{Action, ActionSet},
    decide::TokenFacts,
    id::FeedId,
    network::Network,
    pattern::Pattern,
    scope::{Effect, FeedSet, Rule, Scope},
    sentence,
    timestamp::Timestamp,
};

/// Something that a changed token may do and could not do before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wider {
    /// What this rule allows.
    Allowed(Rule),
    /// What this rule denied.
    NotDeniedAnyMore(Rule),
    /// To be used from anywhere.
    Anywhere,
    /// To be used from these networks.
    From(Vec<Network>),
    /// To work until this moment; `None` for ever.
    Until(Option<Timestamp>),
    /// To work before the day from which on it was to work.
    Earlier,
    /// To stand in the address of a request.
    InUrls,
}

impl Wider {
    /// The same in a sentence. `feed_name` gives the name of a feed; `None` for one that is gone.
    pub fn in_words(&self, feed_name: impl Fn(FeedId) -> Option<String>) -> String {
        match self {
            Self::Allowed(rule) => {
                let any = if rule.patterns.is_empty() { ", whatever their names" } else { "" };
                let any = if rule.actions == ActionSet::READ { "" } else { any };
                format!("It may also {}{any}.", sentence::clause(rule, feed_name))
            }
            Self::NotDeniedAnyMore(rule) => {
                format!("It is no longer forbidden to {}.", sentence::clause(rule, feed_name))
            }
            Self::Anywhere => "It may be used from any network.".to_owned(),
            Self::From(networks) => {
                let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
                format!("It may also be used from {}.", sentence::list(&networks))
            }
            Self::Until(Some(at)) => format!("It works until {}.", at.long_date()),
            Self::Until(None) => "It never expires.".to_owned(),
            Self::Earlier => "It works before the day on which it was to begin.".to_owned(),
            Self::InUrls => {
                "It works in a URL, which lock files and the logs of proxies will hold.".to_owned()
            }
        }
    }
}

/// What gets wider when a token of the facts `before` gets those of `after`; nothing if the change
/// only narrows. The token's state is not looked at.
pub fn widening(before: &TokenFacts, after: &TokenFacts) -> Vec<Wider> {
    let mut wider = allowed(&before.scope, &after.scope);
    wider.extend(not_denied_any_more(&before.scope, &after.scope));
    wider.extend(networks(&before.networks, &after.networks));
    let until = match (before.expires_at, after.expires_at) {
        (Some(_), None) => Some(Wider::Until(None)),
        (Some(old), Some(new)) if new > old => Some(Wider::Until(Some(new))),
        _ => None,
    };
    wider.extend(until);
    let is_earlier =
        before.not_before.is_some_and(|old| after.not_before.is_none_or(|new| new < old));
    wider.extend(is_earlier.then_some(Wider::Earlier));
    let is_newly_in_urls = after.is_pre_authenticated && !before.is_pre_authenticated;
    wider.extend(is_newly_in_urls.then_some(Wider::InUrls));
    wider
}

/// A rule cut into the smallest pieces: one action, one feed or all, one pattern or any package.
#[derive(Clone, Copy)]
struct Piece<'a> {
    /// `None`: reaching the feed, which any rule that allows gives.
    action: Option<Action>,
    /// `None` for every feed.
    feed: Option<FeedId>,
    /// `None` for any package.
    pattern: Option<&'a Pattern>,
}

impl Piece<'_> {
    /// Whether one of the scope's rules with this effect is about all of the piece.
    fn is_covered(self, scope: &Scope, effect: Effect) -> bool {
        scope.rules.iter().filter(|rule| rule.effect == effect).any(|rule| {
            let has_action = self.action.is_none_or(|action| rule.actions.contains(action));
            let has_feed = match (self.feed, &rule.feeds) {
                (_, FeedSet::All) => true,
                (Some(feed), FeedSet::Only(feeds)) => feeds.contains(&feed),
                (None, FeedSet::Only(_)) => false,
            };
            let has_package = rule.patterns.is_empty()
                || rule.patterns.iter().any(|own| match self.pattern {
                    Some(pattern) => own.covers(pattern),
                    // A rule that denies by patterns does not deny what is about a feed as a whole.
                    None => effect == Effect::Allow && own.is_any(),
                });
            has_action && has_feed && (has_package || self.action.is_none())
        })
    }
}

fn feeds_of(rule: &Rule) -> Vec<Option<FeedId>> {
    match &rule.feeds {
        FeedSet::All => vec![None],
        FeedSet::Only(feeds) => feeds.iter().copied().map(Some).collect(),
    }
}

fn patterns_of(rule: &Rule) -> Vec<Option<&Pattern>> {
    if rule.patterns.is_empty() { vec![None] } else { rule.patterns.iter().map(Some).collect() }
}

/// The parts of the new rules that no old rule allowed, with like actions together.
fn allowed(before: &Scope, after: &Scope) -> Vec<Wider> {
    let mut wider: Vec<Rule> = Vec::new();
    for rule in after.rules.iter().filter(|rule| rule.effect == Effect::Allow) {
        let reaches = |feed: &Option<FeedId>| {
            Piece { action: None, feed: *feed, pattern: None }.is_covered(before, Effect::Allow)
        };
        if rule.actions.is_empty() && !feeds_of(rule).iter().all(reaches) {
            wider.push(rule.clone());
        }
        let mut parts: Vec<Rule> = Vec::new();
        for action in rule.actions.iter() {
            let new = |feed: Option<FeedId>, pattern: Option<&Pattern>| {
                let piece = Piece { action: Some(action), feed, pattern };
                !piece.is_covered(before, Effect::Allow)
            };
            let mut feeds = feeds_of(rule);
            feeds.retain(|feed| patterns_of(rule).into_iter().any(|pattern| new(*feed, pattern)));
            let mut patterns = patterns_of(rule);
            patterns.retain(|pattern| feeds.iter().any(|feed| new(*feed, *pattern)));
            if feeds.is_empty() {
                continue;
            }
            let part = Rule {
                effect: Effect::Allow,
                actions: ActionSet::of(&[action]),
                feeds: feeds.into_iter().collect::<Option<_>>().map_or(FeedSet::All, FeedSet::Only),
                patterns: patterns.into_iter().flatten().cloned().collect(),
            };
            let like =
                |other: &&mut Rule| other.feeds == part.feeds && other.patterns == part.patterns;
            match parts.iter_mut().find(like) {
                Some(other) => other.actions = other.actions.with(part.actions),
                None => parts.push(part),
            }
        }
        wider.extend(parts);
    }
    wider.into_iter().map(Wider::Allowed).collect()
}

/// The old rules that denied something which is allowed and not denied now.
fn not_denied_any_more<'a>(before: &'a Scope, after: &'a Scope) -> impl Iterator<Item = Wider> {
    let denied = before.rules.iter().filter(|rule| rule.effect == Effect::Deny);
    let falls_away = |rule: &&Rule| {
        rule.actions.iter().any(|action| {
            let is_allowed = |feed: &Option<FeedId>| {
                after.rules.iter().any(|allows| {
                    allows.effect == Effect::Allow
                        && allows.actions.contains(action)
                        && feed.is_none_or(|feed| allows.feeds.contains(feed))
                })
            };
            feeds_of(rule).iter().filter(|feed| is_allowed(feed)).any(|feed| {
                patterns_of(rule).iter().any(|pattern| {
                    let piece = Piece { action: Some(action), feed: *feed, pattern: *pattern };
                    !piece.is_covered(after, Effect::Deny)
                })
            })
        })
    };
    denied.filter(falls_away).cloned().map(Wider::NotDeniedAnyMore)
}

fn networks(before: &[Network], after: &[Network]) -> Option<Wider> {
    if before.is_empty() {
        return None;
    }
    if after.is_empty() {
        return Some(Wider::Anywhere);
    }
    let is_new = |network: &&Network| !before.iter().any(|old| old.holds(network));
    let new: Vec<Network> = after.iter().filter(is_new).copied().collect();
    (!new.is_empty()).then_some(Wider::From(new))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::{decide::TokenState, scope::ScopeChoice};

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000);

    fn only(feeds: &[u128]) -> FeedSet {
        FeedSet::Only(feeds.iter().map(|id| Uuid::from_u128(*id).into()).collect())
    }

    fn allow(actions: ActionSet, feeds: FeedSet, patterns: &[&str]) -> Rule {
        let patterns = patterns.iter().map(|text| text.parse().unwrap()).collect();
        Rule { effect: Effect::Allow, actions, feeds, patterns }
    }

    fn token(rules: Vec<Rule>) -> TokenFacts {
        TokenFacts {
            state: TokenState::Active,
            state_since: None,
            not_before: None,
            expires_at: Some(NOW),
            networks: vec!["10.1.0.0/16".parse().unwrap()],
            scope: Scope { rules },
            is_pre_authenticated: false,
        }
    }

    fn words(before: &TokenFacts, after: &TokenFacts) -> Vec<String> {
        let name = |feed| match Uuid::from(feed).as_u128() {
            1 => Some("main".to_owned()),
            _ => Some("tools".to_owned()),
        };
        widening(before, after).iter().map(|wider| wider.in_words(name)).collect()
    }

    #[test]
    fn says_what_rules_add() {
        let both = ActionSet::READ.with(ActionSet::WRITE);
        let reads = || allow(ActionSet::READ, FeedSet::All, &[]);
        for (before, after, expected) in [
            (
                vec![reads()],
                vec![reads(), allow(ActionSet::WRITE, only(&[1]), &["Acme.*"])],
                vec!["It may also publish packages named Acme.* to main."],
            ),
            (
                vec![allow(both, only(&[1]), &["Acme.*"])],
                vec![allow(both, only(&[1, 2]), &["Acme.*"])],
                vec!["It may also read and publish packages named Acme.* in tools."],
            ),
            (
                vec![allow(ActionSet::WRITE, only(&[1]), &["Acme.*", "b"])],
                vec![allow(ActionSet::WRITE, only(&[1]), &["Acme.Core.*", "c*"])],
                vec!["It may also publish packages named c* to main."],
            ),
            (
                vec![allow(ActionSet::WRITE, only(&[1]), &["Acme.*"])],
                vec![allow(ActionSet::WRITE, only(&[1]), &[])],
                vec!["It may also publish packages to main, whatever their names."],
            ),
            (
                vec![allow(both, only(&[1, 2]), &[])],
                vec![reads(), allow(ActionSet::WRITE, only(&[1]), &[])],
                vec!["It may also read every feed."],
            ),
            (
                vec![allow(both, only(&[1]), &[])],
                vec![allow(both.with(ScopeChoice::EXTRAS), only(&[1]), &[])],
                vec!["It may also unlist and delete packages in main, whatever their names."],
            ),
            (vec![reads()], vec![allow(ActionSet::READ, only(&[2]), &["x"])], vec![]),
            (Scope::full().rules, vec![reads()], vec![]),
        ] {
            assert_eq!(words(&token(before), &token(after)), expected);
        }
    }

    #[test]
    fn a_rule_that_denied_is_missed() {
        let deny = Rule { effect: Effect::Deny, ..allow(ActionSet::WRITE, only(&[2]), &[]) };
        let all = Scope::full().rules.remove(0);
        let before = token(vec![all.clone(), deny.clone()]);
        let said = ["It is no longer forbidden to publish packages to tools."];
        assert_eq!(words(&before, &token(vec![all])), said);
        // What is not allowed need not be denied.
        let reads = allow(ActionSet::READ, FeedSet::All, &[]);
        assert!(words(&before, &token(vec![reads])).is_empty());
        assert!(words(&before, &before).is_empty());
    }

    #[test]
    fn networks_and_dates() {
        let reads = || token(vec![allow(ActionSet::READ, FeedSet::All, &[])]);
        let network = |text: &str| vec![text.parse().unwrap()];
        let day = Duration::from_hours(24);
        for (after, expected) in [
            (
                TokenFacts { networks: Vec::new(), ..reads() },
                vec!["It may be used from any network."],
            ),
            (
                TokenFacts { networks: network("10.0.0.0/8"), ..reads() },
                vec!["It may also be used from 10.0.0.0/8."],
            ),
            (TokenFacts { networks: network("10.1.2.0/24"), ..reads() }, vec![]),
            (TokenFacts { expires_at: None, ..reads() }, vec!["It never expires."]),
            (
                TokenFacts { expires_at: Some(NOW.plus(day)), ..reads() },
                vec!["It works until Wednesday 25 November 2026."],
            ),
            (TokenFacts { expires_at: Some(NOW.minus(day)), ..reads() }, vec![]),
        ] {
            assert_eq!(words(&reads(), &after), expected);
        }
        let later = TokenFacts { not_before: Some(NOW), ..reads() };
        assert_eq!(words(&later, &reads()), ["It works before the day on which it was to begin."]);
        assert!(words(&reads(), &later).is_empty());
        let in_urls = TokenFacts { is_pre_authenticated: true, ..reads() };
        assert_eq!(
            words(&reads(), &in_urls),
            ["It works in a URL, which lock files and the logs of proxies will hold."]
        );
        assert!(words(&in_urls, &reads()).is_empty());
    }
}
