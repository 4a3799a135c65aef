//! Properties and tables of the decision.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::{net::IpAddr, time::Duration};

use model::{
    action::{Action, ActionSet},
    decide::{
        Because, Credential, Facts, FeedFacts, Request, Step, TokenFacts, TokenState, Want, decide,
        explain,
    },
    denial::Code,
    ecosystem::Ecosystem,
    id::FeedId,
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope},
    timestamp::Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 2, 3));

fn feed(number: u128) -> FeedId {
    Uuid::from_u128(number).into()
}

fn token(rules: Vec<Rule>) -> TokenFacts {
    TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        scope: Scope { rules },
        is_pre_authenticated: false,
    }
}

fn facts(token: &TokenFacts) -> Facts<'_> {
    Facts {
        credential: Credential::Token { token, secret_stops_at: None, is_in_url: false },
        owner_disabled: false,
        feed: Some(FeedFacts { id: feed(1), public: false, role: Some(Role::Owner) }),
        wait: None,
    }
}

fn act(action: Action, id: &str) -> Request<'_> {
    Request { want: Want::Act(action, Some((Ecosystem::Npm, id))), address: ADDRESS }
}

fn code(facts: &Facts<'_>, request: &Request<'_>) -> Option<Code> {
    decide(facts, request, NOW).err().map(|denied| denied.code)
}

fn allow(actions: ActionSet, feeds: FeedSet, patterns: &[&str]) -> Rule {
    let patterns = patterns.iter().map(|text| text.parse().unwrap()).collect();
    Rule { effect: Effect::Allow, actions, feeds, patterns }
}

fn deny(actions: ActionSet, feeds: FeedSet, patterns: &[&str]) -> Rule {
    Rule { effect: Effect::Deny, ..allow(actions, feeds, patterns) }
}

fn everything_wrong(token: &TokenFacts) -> Facts<'_> {
    Facts { owner_disabled: true, feed: None, wait: Some(Duration::from_secs(8)), ..facts(token) }
}

#[test]
fn each_step_has_its_code_and_the_earlier_step_wins() {
    let full = token(Scope::full().rules);
    let yesterday = NOW.minus(Duration::from_hours(24));
    let tomorrow = NOW.plus(Duration::from_hours(24));
    let mut worst = TokenFacts {
        state: TokenState::Revoked,
        expires_at: Some(yesterday),
        networks: vec!["192.168.0.0/16".parse().unwrap()],
        ..token(Vec::new())
    };
    let request = act(Action::PushNew, "demo");
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::Revoked));
    worst.state = TokenState::Leaked;
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::Leaked));
    worst.state = TokenState::Suspended;
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::Suspended));
    worst.state = TokenState::Active;
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::Expired));
    worst.expires_at = None;
    worst.not_before = Some(tomorrow);
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::NotYet));
    worst.not_before = Some(NOW);
    assert_eq!(code(&everything_wrong(&worst), &request), Some(Code::Disabled));
    let alive = Facts { owner_disabled: false, ..everything_wrong(&worst) };
    assert_eq!(code(&alive, &request), Some(Code::Network));
    worst.networks = vec!["10.0.0.0/8".parse().unwrap()];
    let alive = Facts { owner_disabled: false, ..everything_wrong(&worst) };
    assert_eq!(code(&alive, &request), Some(Code::Rate));
    assert_eq!(code(&Facts { wait: None, ..alive }, &request), Some(Code::Feed));
    assert_eq!(code(&facts(&worst), &request), Some(Code::Scope));
    let reader = FeedFacts { id: feed(1), public: false, role: Some(Role::Reader) };
    assert_eq!(code(&Facts { feed: Some(reader), ..facts(&full) }, &request), Some(Code::Role));
    assert_eq!(code(&facts(&full), &request), None);
}

#[test]
fn a_replaced_secret_stops_at_its_deadline() {
    let full = token(Scope::full().rules);
    let with = |stops_at| Facts {
        credential: Credential::Token {
            token: &full,
            secret_stops_at: Some(stops_at),
            is_in_url: false,
        },
        ..facts(&full)
    };
    let request = act(Action::Read, "demo");
    assert_eq!(code(&with(NOW.plus(Duration::from_millis(1))), &request), None);
    assert_eq!(code(&with(NOW), &request), Some(Code::Rotated));
}

#[test]
fn expiry_is_the_first_moment_that_is_refused() {
    let mut full = token(Scope::full().rules);
    full.expires_at = Some(NOW.plus(Duration::from_millis(1)));
    assert_eq!(code(&facts(&full), &act(Action::Read, "demo")), None);
    full.expires_at = Some(NOW);
    assert_eq!(code(&facts(&full), &act(Action::Read, "demo")), Some(Code::Expired));
}

#[test]
fn absent_and_private_feeds_are_one_case() {
    let full = token(Scope::full().rules);
    let private = FeedFacts { id: feed(1), public: false, role: None };
    for credential in [
        Credential::Anonymous,
        Credential::Password,
        Credential::Session,
        Credential::Token { token: &full, secret_stops_at: None, is_in_url: false },
    ] {
        for action in Action::ALL {
            let absent = Facts { credential, feed: None, ..facts(&full) };
            let private = Facts { feed: Some(private), ..absent };
            let request = act(action, "demo");
            assert_eq!(decide(&absent, &request, NOW), decide(&private, &request, NOW));
            let expected = if matches!(credential, Credential::Anonymous) {
                Code::Missing
            } else {
                Code::Feed
            };
            assert_eq!(code(&absent, &request), Some(expected));
        }
    }
}

#[test]
fn public_feeds_are_read_by_all_and_written_by_members() {
    let full = token(Scope::full().rules);
    let public = FeedFacts { id: feed(1), public: true, role: None };
    for (credential, action, expected) in [
        (Credential::Anonymous, Action::Read, None),
        (Credential::Anonymous, Action::PushNew, Some(Code::Missing)),
        (Credential::Password, Action::Read, None),
        (Credential::Password, Action::PushVersion, Some(Code::PasswordReadonly)),
        (Credential::Session, Action::Read, None),
        (Credential::Session, Action::Delete, Some(Code::Role)),
        (
            Credential::Token { token: &full, secret_stops_at: None, is_in_url: false },
            Action::Read,
            None,
        ),
        (
            Credential::Token { token: &full, secret_stops_at: None, is_in_url: false },
            Action::PushNew,
            Some(Code::Role),
        ),
    ] {
        let facts = Facts { credential, feed: Some(public), ..facts(&full) };
        assert_eq!(code(&facts, &act(action, "demo")), expected, "{credential:?} {action}");
    }
}

#[test]
fn a_good_token_out_of_scope_is_refused_even_on_a_public_feed() {
    let write_only = token(vec![allow(ActionSet::WRITE, FeedSet::All, &[])]);
    let public = FeedFacts { id: feed(1), public: true, role: Some(Role::Owner) };
    let facts = Facts { feed: Some(public), ..facts(&write_only) };
    assert_eq!(code(&facts, &act(Action::Read, "demo")), Some(Code::Scope));
    assert_eq!(code(&facts, &act(Action::PushNew, "demo")), None);
}

#[test]
fn the_nearest_rule_is_named() {
    let scoped = token(vec![
        allow(ActionSet::READ, FeedSet::All, &[]),
        allow(ActionSet::WRITE, FeedSet::Only(vec![feed(2)]), &[]),
        allow(ActionSet::WRITE, FeedSet::Only(vec![feed(1)]), &["@acme/*"]),
    ]);
    let because =
        |action, id| decide(&facts(&scoped), &act(action, id), NOW).err().map(|d| d.because);
    assert_eq!(because(Action::PushNew, "@acme/x"), None);
    assert_eq!(because(Action::PushNew, "other"), Some(Because::NoRuleForPackage(2)));
    assert_eq!(because(Action::Delete, "other"), Some(Because::NoRuleWithAction));
    let two = token(scoped.scope.rules[..2].to_vec());
    let denied = decide(&facts(&two), &act(Action::PushNew, "other"), NOW).unwrap_err();
    assert_eq!((denied.code, denied.because), (Code::Feed, Because::NoRuleForFeed(1)));
}

#[test]
fn recognition_and_presence_ask_for_less() {
    let write_only = token(vec![allow(ActionSet::WRITE, FeedSet::Only(vec![feed(1)]), &["a*"])]);
    let ask = |want, facts: Facts<'_>| code(&facts, &Request { want, address: ADDRESS });
    let elsewhere = FeedFacts { id: feed(2), public: false, role: Some(Role::Owner) };
    assert_eq!(ask(Want::Identity, Facts { feed: None, ..facts(&write_only) }), None);
    assert_eq!(ask(Want::Presence, facts(&write_only)), None);
    let there = Facts { feed: Some(elsewhere), ..facts(&write_only) };
    assert_eq!(ask(Want::Presence, there), Some(Code::Feed));
    let anonymous = Facts { credential: Credential::Anonymous, ..facts(&write_only) };
    assert_eq!(ask(Want::Identity, anonymous), Some(Code::Missing));
}

#[test]
fn a_feed_wide_request_is_not_stopped_by_rules_about_packages() {
    let scoped = token(vec![
        allow(ActionSet::READ, FeedSet::All, &["@acme/*"]),
        deny(ActionSet::READ, FeedSet::All, &["@acme/secret"]),
    ]);
    let request = Request { want: Want::Act(Action::Read, None), address: ADDRESS };
    assert_eq!(code(&facts(&scoped), &request), None);
    assert_eq!(code(&facts(&scoped), &act(Action::Read, "@acme/secret")), Some(Code::Package));
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let feeds = prop_oneof![
        Just(FeedSet::All),
        proptest::collection::vec((1_u128..4).prop_map(feed), 0..3).prop_map(FeedSet::Only),
    ];
    let patterns = proptest::collection::vec("(npm\\|)?[ab*]{1,3}", 0..3);
    (any::<bool>(), 0_u8..32, feeds, patterns).prop_map(|(denies, bits, feeds, patterns)| Rule {
        effect: if denies { Effect::Deny } else { Effect::Allow },
        actions: ActionSet::from_bits(bits).unwrap(),
        feeds,
        patterns: patterns.iter().map(|text| text.parse().unwrap()).collect(),
    })
}

fn any_action() -> impl Strategy<Value = Action> {
    (0_usize..5).prop_map(|index| Action::ALL[index])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn deny_wins(mut rules in proptest::collection::vec(any_rule(), 0..5), action in any_action(), id in "[ab]{1,3}", at in 0_usize..6) {
        let denying = deny(ActionSet::of(&[action]), FeedSet::Only(vec![feed(1)]), &[&id]);
        rules.insert(at.min(rules.len()), denying);
        let token = token(rules);
        let denied = decide(&facts(&token), &act(action, &id), NOW).unwrap_err();
        prop_assert_eq!(denied.step(), Step::Deny);
    }

    #[test]
    fn a_narrower_token_never_allows_more(
        rules in proptest::collection::vec(any_rule(), 1..5),
        cut in 0_usize..5,
        how in 0_u8..4,
        action in any_action(),
        id in "[ab]{1,3}",
    ) {
        let wide = token(rules.clone());
        let mut narrow = rules;
        let cut = cut % narrow.len();
        // Each way of narrowing: one allow rule fewer, one action fewer, feeds or packages named,
        // one deny rule more.
        if narrow[cut].effect == Effect::Allow {
            match how {
                0 => { narrow.remove(cut); }
                1 => narrow[cut].actions = ActionSet::from_bits(narrow[cut].actions.bits() & 0b10101).unwrap(),
                2 if narrow[cut].feeds == FeedSet::All => narrow[cut].feeds = FeedSet::Only(vec![feed(1)]),
                _ if narrow[cut].patterns.is_empty() => narrow[cut].patterns.push("a*".parse().unwrap()),
                _ => {}
            }
        } else {
            let twin = narrow[cut].clone();
            narrow.push(Rule { actions: ActionSet::ALL, ..twin });
        }
        let narrow = token(narrow);
        if decide(&facts(&narrow), &act(action, &id), NOW).is_ok() {
            prop_assert!(decide(&facts(&wide), &act(action, &id), NOW).is_ok());
        }
    }

    #[test]
    fn every_denial_by_scope_names_its_rule(
        rules in proptest::collection::vec(any_rule(), 0..5), action in any_action(), id in "[ab]{1,3}",
    ) {
        let token = token(rules);
        let explanation = explain(&facts(&token), &act(action, &id), NOW);
        prop_assert_eq!(explanation.rules.len(), token.scope.rules.len());
        let verdicts = &explanation.rules;
        match explanation.denied.map(|denied| denied.because) {
            None => prop_assert!(verdicts.iter().any(|rule| !rule.denies && rule.matches())),
            Some(Because::DenyRule(index)) => prop_assert!(verdicts[index].denies && verdicts[index].matches()),
            Some(Because::NoRuleWithAction) => prop_assert!(!verdicts.iter().any(|rule| !rule.denies && rule.action)),
            Some(Because::NoRuleForFeed(index)) => {
                prop_assert!(!verdicts[index].denies && verdicts[index].action && !verdicts[index].feed);
            }
            Some(Because::NoRuleForPackage(index)) => {
                let rule = verdicts[index];
                prop_assert!(!rule.denies && rule.action && rule.feed && !rule.package);
            }
            Some(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_scope_gives_what_the_owner_may_not(rules in proptest::collection::vec(any_rule(), 0..5), action in any_action(), role in 0_usize..3) {
        let token = token(rules);
        let role = Role::ALL[role];
        let limited = Facts {
            feed: Some(FeedFacts { id: feed(1), public: false, role: Some(role) }),
            ..facts(&token)
        };
        if decide(&limited, &act(action, "a"), NOW).is_ok() {
            prop_assert!(role.actions().contains(action));
        }
    }
}
