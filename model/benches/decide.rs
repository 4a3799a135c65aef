//! The decision alone: how long it takes to say yes, and no, by the number of a token's rules.
#![expect(clippy::unwrap_used, reason = "what cannot be set up cannot be measured")]

use std::{hint::black_box, net::IpAddr};

use criterion::{BenchmarkId, Criterion};
use model::{
    action::{Action, ActionSet},
    decide::{Credential, Facts, FeedFacts, Request, TokenFacts, TokenState, Want, decide},
    ecosystem::Ecosystem,
    id::FeedId,
    role::Role,
    scope::{Effect, FeedSet, Rule, Scope},
    timestamp::Timestamp,
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A token whose rules each allow one package; the last one is the one asked for.
fn token(rules: usize) -> TokenFacts {
    let rule = |number: usize| Rule {
        effect: Effect::Allow,
        actions: ActionSet::of(&[Action::Read]),
        feeds: FeedSet::All,
        patterns: vec![format!("@acme/package-{number}").parse().unwrap()],
    };
    TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        scope: Scope { rules: (1..=rules).map(rule).collect() },
        is_pre_authenticated: false,
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("decide");
    let id = FeedId::from(Uuid::from_u128(1));
    for rules in [1, 100, 10_000] {
        let token = token(rules);
        let facts = Facts {
            credential: Credential::Token {
                token: &token,
                secret_stops_at: None,
                is_in_url: false,
            },
            owner_disabled: false,
            feed: Some(FeedFacts { id, public: false, role: Some(Role::Owner) }),
            wait: None,
        };
        let last = format!("@acme/package-{rules}");
        for (answer, package) in [("allowed", last.as_str()), ("refused", "@other/package")] {
            let request = Request {
                want: Want::Act(Action::Read, Some((Ecosystem::Npm, package))),
                address: IpAddr::from([10, 1, 2, 3]),
            };
            assert_eq!(decide(&facts, &request, NOW).is_ok(), answer == "allowed");
            group.bench_function(BenchmarkId::new(answer, format!("{rules} rules")), |bencher| {
                bencher.iter(|| decide(black_box(&facts), black_box(&request), NOW));
            });
        }
    }
    group.finish();
    criterion.final_summary();
}
