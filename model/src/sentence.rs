//! A token's scope and expiry in one sentence, the same wherever the token appears.

use crate::{
    action::{Action, ActionSet},
    id::FeedId,
    network::Network,
    pattern::Pattern,
    scope::{Effect, FeedSet, Rule, Scope},
    timestamp::Timestamp,
};

/// *This token can read every feed and publish packages named Acme.\* to main until Monday 22
/// February 2027.* `feed_name` gives the name of a feed; `None` for one that is gone.
pub fn sentence(
    scope: &Scope,
    expires_at: Option<Timestamp>,
    feed_name: impl Fn(FeedId) -> Option<String>,
) -> String {
    let mut text = format!("This token can {}", abilities(scope, feed_name));
    if let Some(at) = expires_at {
        text.push_str(" until ");
        text.push_str(&at.long_date());
    }
    text.push('.');
    let allows = |rule: &&Rule| rule.effect == Effect::Allow && !rule.actions.is_empty();
    let mut allowed = scope.rules.iter().filter(allows).peekable();
    if allowed.peek().is_some() && !allowed.any(|rule| rule.actions.contains(Action::Read)) {
        text.push_str(" It cannot read or install any package.");
    }
    text
}

/// *It works only from 10.1.0.0/16.* Nothing for a token that works from anywhere.
pub fn only_from(networks: &[Network]) -> Option<String> {
    let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
    (!networks.is_empty()).then(|| format!("It works only from {}.", list(&networks)))
}

/// What the scope alone allows, to go after “can” or “could”: *read every feed and publish packages
/// named Acme.\* to main*.
pub fn abilities(scope: &Scope, feed_name: impl Fn(FeedId) -> Option<String>) -> String {
    let clauses = |effect| {
        let clauses: Vec<String> = scope
            .rules
            .iter()
            .filter(|rule| rule.effect == effect && !rule.actions.is_empty())
            .map(|rule| clause(rule, &feed_name))
            .collect();
        list(&clauses)
    };
    let (allowed, denied) = (clauses(Effect::Allow), clauses(Effect::Deny));
    let mut text = if allowed.is_empty() { "do nothing".to_owned() } else { allowed };
    if !denied.is_empty() {
        text.push_str(", but never ");
        text.push_str(&denied);
    }
    text
}

/// One rule in words: `publish packages named Acme.* to main`.
pub fn clause(rule: &Rule, feed_name: impl Fn(FeedId) -> Option<String>) -> String {
    let verbs = verbs(rule.actions);
    let feeds = match &rule.feeds {
        FeedSet::All => "every feed".to_owned(),
        FeedSet::Only(feeds) => {
            let names: Vec<String> = feeds.iter().filter_map(|feed| feed_name(*feed)).collect();
            if names.is_empty() { "no feed that exists".to_owned() } else { list(&names) }
        }
    };
    if rule.actions == ActionSet::READ && rule.patterns.is_empty() {
        return format!("{verbs} {feeds}");
    }
    let only_publishes = !rule.actions.is_empty() && ActionSet::WRITE.contains_all(rule.actions);
    let preposition = if only_publishes { "to" } else { "in" };
    format!("{verbs} packages{} {preposition} {feeds}", named(&rule.patterns))
}

fn verbs(actions: ActionSet) -> String {
    let has = |action| actions.contains(action);
    let mut verbs = Vec::new();
    if has(Action::Read) {
        verbs.push("read".to_owned());
    }
    match (has(Action::PushNew), has(Action::PushVersion)) {
        (true, true) => verbs.push("publish".to_owned()),
        (true, false) => verbs.push("publish only new".to_owned()),
        (false, true) => verbs.push("publish new versions of".to_owned()),
        (false, false) => {}
    }
    if has(Action::Unlist) {
        verbs.push("unlist".to_owned());
    }
    if has(Action::Delete) {
        verbs.push("delete".to_owned());
    }
    list(&verbs)
}

fn named(patterns: &[Pattern]) -> String {
    if patterns.is_empty() {
        return String::new();
    }
    let names: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [.., last] if names.len() > 1 => {
            format!(" named {} or {last}", names[..names.len() - 1].join(", "))
        }
        _ => format!(" named {}", names.join("")),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const MAIN: u128 = 1;
    const TOOLS: u128 = 2;

    fn only(feeds: &[u128]) -> FeedSet {
        FeedSet::Only(feeds.iter().map(|id| Uuid::from_u128(*id).into()).collect())
    }

    fn rule(effect: Effect, actions: ActionSet, feeds: FeedSet, patterns: &[&str]) -> Rule {
        let patterns = patterns.iter().map(|text| text.parse().unwrap()).collect();
        Rule { effect, actions, feeds, patterns }
    }

    fn say(rules: Vec<Rule>, expires_at: Option<Timestamp>) -> String {
        sentence(&Scope { rules }, expires_at, |feed| match Uuid::from(feed).as_u128() {
            MAIN => Some("main".to_owned()),
            TOOLS => Some("tools".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn says_what_the_product_promises() {
        let until = Timestamp::from_millis(1_803_297_600_000);
        let rules = vec![
            rule(Effect::Allow, ActionSet::READ, FeedSet::All, &[]),
            rule(Effect::Allow, ActionSet::WRITE, only(&[MAIN]), &["Acme.*"]),
        ];
        assert_eq!(
            say(rules, Some(until)),
            "This token can read every feed and publish packages named Acme.* to main until Monday 22 February 2027."
        );
    }

    #[test]
    fn says_where_it_works() {
        let say = |texts: &[&str]| {
            let networks: Vec<Network> = texts.iter().map(|text| text.parse().unwrap()).collect();
            only_from(&networks)
        };
        assert_eq!(say(&[]), None);
        assert_eq!(
            say(&["10.1.0.0/16", "2001:db8::/32"]).as_deref(),
            Some("It works only from 10.1.0.0/16 and 2001:db8::/32.")
        );
    }

    #[test]
    fn says_the_other_shapes() {
        use Effect::{Allow, Deny};
        let both = ActionSet::READ.with(ActionSet::WRITE);
        for (rules, expected) in [
            (
                vec![rule(Allow, ActionSet::WRITE, only(&[MAIN, TOOLS]), &["a*", "b*"])],
                "This token can publish packages named a* or b* to main and tools. It cannot read or install any package.",
            ),
            (
                vec![rule(Allow, both, only(&[MAIN]), &[])],
                "This token can read and publish packages in main.",
            ),
            (
                Scope::full().rules,
                "This token can read, publish, unlist and delete packages in every feed.",
            ),
            (
                vec![
                    rule(Allow, both, FeedSet::All, &[]),
                    rule(Deny, ActionSet::WRITE, only(&[TOOLS]), &[]),
                ],
                "This token can read and publish packages in every feed, but never publish packages to tools.",
            ),
            (
                vec![rule(Allow, ActionSet::READ, only(&[99]), &[])],
                "This token can read no feed that exists.",
            ),
            (Vec::new(), "This token can do nothing."),
        ] {
            assert_eq!(say(rules, None), expected);
        }
    }
}
