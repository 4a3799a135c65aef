//! A change that makes nothing wider allows nothing more, whatever the rules.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::{net::IpAddr, time::Duration};

use model::{
    action::{Action, ActionSet},
    decide::{Credential, Facts, FeedFacts, Request, TokenFacts, TokenState, Want, decide},
    ecosystem::Ecosystem,
    id::FeedId,
    network::Network,
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope, ScopeChoice},
    timestamp::Timestamp,
    widening::widening,
};
use proptest::{prelude::*, strategy::ValueTree};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn feed(number: u128) -> FeedId {
    Uuid::from_u128(number).into()
}

fn any_feeds() -> impl Strategy<Value = FeedSet> {
    prop_oneof![
        Just(FeedSet::All),
        proptest::collection::btree_set(1_u128..4, 0..3)
            .prop_map(|ids| FeedSet::Only(ids.into_iter().map(feed).collect())),
    ]
}

fn any_patterns() -> impl Strategy<Value = Vec<model::pattern::Pattern>> {
    let text = prop_oneof![Just("*".to_owned()), "(npm\\|)?[ab*]{1,3}".prop_map(|text| text)];
    proptest::collection::vec(text.prop_map(|text| text.parse().unwrap()), 0..3)
}

fn any_rule() -> impl Strategy<Value = Rule> {
    (0_u8..4, 0_u8..32, any_feeds(), any_patterns()).prop_map(|(kind, bits, feeds, patterns)| {
        Rule {
            effect: if kind == 0 { Effect::Deny } else { Effect::Allow },
            actions: ActionSet::from_bits(bits).unwrap(),
            feeds,
            patterns,
        }
    })
}

fn any_networks() -> impl Strategy<Value = Vec<Network>> {
    let known = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "192.168.0.0/16", "2001:db8::/32"];
    proptest::sample::subsequence(known.to_vec(), 0..3)
        .prop_map(|texts| texts.iter().map(|text| text.parse().unwrap()).collect())
}

/// Before, now, after, or not at all.
fn any_moment() -> impl Strategy<Value = Option<Timestamp>> {
    prop_oneof![
        Just(None),
        (0_u64..5).prop_map(|hours| {
            Some(NOW.minus(Duration::from_hours(2)).plus(Duration::from_hours(hours)))
        }),
    ]
}

fn any_token() -> impl Strategy<Value = TokenFacts> {
    let rules = proptest::collection::vec(any_rule(), 0..4);
    (rules, any_networks(), any_moment(), any_moment()).prop_map(
        |(rules, networks, not_before, expires_at)| TokenFacts {
            state: TokenState::Active,
            state_since: None,
            not_before,
            expires_at,
            networks,
            scope: Scope { rules },
            is_pre_authenticated: false,
        },
    )
}

/// A token, and the same after a few changes, most of them small.
fn any_change() -> impl Strategy<Value = (TokenFacts, TokenFacts)> {
    let part = (any_token(), 0_u8..8);
    (any_token(), proptest::collection::vec(part, 1..3)).prop_map(|(before, parts)| {
        let mut after = before.clone();
        for (other, how) in parts {
            let rules = &mut after.scope.rules;
            match (how, rules.first_mut(), other.scope.rules.first()) {
                (0, ..) => after.networks = other.networks,
                (1, ..) => after.expires_at = other.expires_at,
                (2, ..) => after.not_before = other.not_before,
                (3, Some(rule), Some(other)) => rule.actions = other.actions,
                (4, Some(rule), Some(other)) => rule.feeds = other.feeds.clone(),
                (5, Some(rule), Some(other)) => rule.patterns.clone_from(&other.patterns),
                (6, Some(_), _) => drop(rules.remove(0)),
                _ => after.scope = other.scope,
            }
        }
        (before, after)
    })
}

fn any_want() -> impl Strategy<Value = (u8, Action, String)> {
    (0_u8..6, (0_usize..5).prop_map(|index| Action::ALL[index]), "[ab]{1,3}")
}

fn any_choice() -> impl Strategy<Value = Scope> {
    let feeds = || {
        prop_oneof![
            Just(FeedSet::All),
            proptest::collection::btree_set(1_u128..4, 1..3)
                .prop_map(|ids| FeedSet::Only(ids.into_iter().map(feed).collect())),
        ]
    };
    let of = proptest::option::of;
    (of(feeds()), of(feeds()), any_patterns(), any::<bool>(), 0_u8..4).prop_filter_map(
        "nothing is no choice",
        |(read, write, patterns, read_any_package, extras)| {
            let extras = ActionSet::from_bits(extras << 3).unwrap();
            let extras = if write.is_some() { extras } else { ActionSet::NONE };
            let choice = ScopeChoice { read, write, patterns, read_any_package, extras };
            choice.into_scope().ok()
        },
    )
}

fn is_allowed(token: &TokenFacts, want: &(u8, Action, String), place: usize, hours: u64) -> bool {
    let addresses = ["10.1.2.3", "10.1.9.9", "10.9.9.9", "192.168.1.1", "2001:db8::1", "::1"];
    let (kind, action, id) = want;
    let request = Request {
        want: match kind {
            0 => Want::Identity,
            1 => Want::Presence,
            2 => Want::Act(*action, None),
            3 => Want::Act(*action, Some((Ecosystem::Maven, id))),
            _ => Want::Act(*action, Some((Ecosystem::Npm, id))),
        },
        address: addresses[place].parse::<IpAddr>().unwrap(),
    };
    let now = NOW.minus(Duration::from_hours(2)).plus(Duration::from_hours(hours));
    (1..4).any(|number| {
        let facts = Facts {
            credential: Credential::Token { token, secret_stops_at: None, is_in_url: false },
            owner_disabled: false,
            feed: Some(FeedFacts { id: feed(number), public: false, role: Some(Role::Owner) }),
            wait: None,
        };
        decide(&facts, &request, now).is_ok()
    })
}

/// Whether each request that `after` allows in a feed is one that `before` allowed there.
fn allows_no_more(
    before: &TokenFacts,
    after: &TokenFacts,
    (kind, action, id): &(u8, Action, String),
    place: usize,
    hours: u64,
) -> bool {
    (1_u128..4).all(|number| {
        let only = |token: &TokenFacts| {
            let want = (*kind, *action, id.clone());
            let mut token = token.clone();
            // The one feed that is asked about.
            for rule in &mut token.scope.rules {
                let is_in = rule.feeds.contains(feed(number));
                rule.feeds = FeedSet::Only(if is_in { vec![feed(number)] } else { Vec::new() });
            }
            is_allowed(&token, &want, place, hours)
        };
        !only(after) || only(before)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn what_is_not_wider_allows_nothing_more(
        (before, after) in any_change(), want in any_want(), place in 0_usize..6, hours in 0_u64..5,
    ) {
        if widening(&before, &after).is_empty() {
            prop_assert!(allows_no_more(&before, &after, &want, place, hours));
        }
    }

    #[test]
    fn no_change_is_no_widening(token in any_token()) {
        prop_assert_eq!(widening(&token, &token), Vec::new());
    }

    #[test]
    fn what_forms_take_away_is_no_widening(before in any_choice(), feeds in 1_u128..4, how in 0_u8..4) {
        let token = |scope: &Scope| TokenFacts {
            state: TokenState::Active,
            state_since: None,
            not_before: None,
            expires_at: Some(NOW),
            networks: Vec::new(),
            scope: scope.clone(), is_pre_authenticated: false, };
        let mut after = before.clone();
        for rule in &mut after.rules {
            match how {
                0 => rule.actions = ActionSet::of(&[Action::Read, Action::PushVersion])
                    .without(ActionSet::ALL.without(rule.actions)),
                1 if rule.feeds.contains(feed(feeds)) => rule.feeds = FeedSet::Only(vec![feed(feeds)]),
                2 if rule.patterns.is_empty() => rule.patterns = vec!["a*".parse().unwrap()],
                3 => drop(rule.patterns.pop().map(|last| {
                    // Without its last pattern a rule would be about any package.
                    if rule.patterns.is_empty() {
                        rule.patterns.push(last);
                    }
                })),
                _ => {}
            }
        }
        prop_assert_eq!(widening(&token(&before), &token(&after)), Vec::new());
        let mut narrow = token(&after);
        narrow.networks = vec!["10.1.2.3".parse().unwrap()];
        narrow.expires_at = Some(NOW.minus(Duration::from_hours(1)));
        prop_assert_eq!(widening(&token(&before), &narrow), Vec::new());
        prop_assert_eq!(widening(&narrow, &token(&after)).len(), 2);
    }
}

#[test]
fn the_property_sees_both_kinds_of_changes() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut kinds = [0, 0];
    for _ in 0..500 {
        let (before, after) =
            any_change().new_tree(&mut runner).map(|tree| tree.current()).unwrap();
        kinds[usize::from(widening(&before, &after).is_empty())] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 50), "{kinds:?}");
}
