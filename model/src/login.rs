//! Signing in from a terminal: what a person may choose for the token it gets.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    action::ActionSet,
    expiry::{Expiry, ExpiryOffer},
    id::FeedId,
    scope::{FeedSet, NothingAllowed, Scope, ScopeChoice},
    timestamp::Timestamp,
};

/// The most days such a token lives.
pub const LONGEST_DAYS: u16 = 30;

/// What the token may do in the feed that the terminal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginAccess {
    /// Read it.
    Read,
    /// Publish to it, without reading.
    Write,
    /// Both.
    Both,
}

/// Text that is no access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose Read, Write, or Read and write.")]
pub struct NoAccess;

impl FromStr for LoginAccess {
    type Err = NoAccess;

    /// The values of the form: `read`, `write`, `both`.
    fn from_str(text: &str) -> Result<Self, NoAccess> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "both" => Ok(Self::Both),
            _ => Err(NoAccess),
        }
    }
}

impl LoginAccess {
    /// The actions it stands for.
    pub const fn actions(self) -> ActionSet {
        match self {
            Self::Read => ActionSet::READ,
            Self::Write => ActionSet::WRITE,
            Self::Both => ActionSet::READ.with(ActionSet::WRITE),
        }
    }

    /// The scope of a token with this access to one feed and no other.
    pub fn scope(self, feed: FeedId) -> Result<Scope, NothingAllowed> {
        let only = || FeedSet::Only(vec![feed]);
        let choice = ScopeChoice {
            read: (self != Self::Write).then(only),
            write: (self != Self::Read).then(only),
            patterns: Vec::new(),
            read_any_package: false,
            extras: ActionSet::NONE,
        };
        choice.into_scope()
    }
}

/// What a person is asked to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginChoice {
    /// What the token may do.
    pub access: LoginAccess,
    /// For how many days; at most [`LONGEST_DAYS`].
    pub days: u16,
}

/// The lives that the form offers at `now`, the shortest first, as far as the operator's `longest`
/// allows.
pub fn offers(now: Timestamp, longest: Option<Duration>) -> Vec<ExpiryOffer> {
    [1, 7, LONGEST_DAYS]
        .into_iter()
        .filter_map(|days| {
            let at = Expiry::Days(days).at(now, longest).ok()?;
            Some(ExpiryOffer {
                value: format!("{days}d"),
                label: if days == 1 { "1 day".to_owned() } else { format!("{days} days") },
                last_day: at.map(Timestamp::long_date),
            })
        })
        .collect()
}

/// The end of the last of so many days, or of the last one before it that the operator's `longest`
/// allows; `None` if that is not even one.
pub fn end_within(days: u16, now: Timestamp, longest: Option<Duration>) -> Option<Timestamp> {
    (1..=days).rev().find_map(|days| Expiry::Days(days).at(now, longest).ok().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000); // 24 Nov 2026, 12:00 UTC

    const TEN_DAYS: Option<Duration> = Some(Duration::from_hours(240));

    #[test]
    fn lives_are_as_long_as_the_operator_allows() {
        let values = |longest| -> Vec<String> {
            offers(NOW, longest).into_iter().map(|offer| offer.value).collect()
        };
        assert_eq!(values(None), ["1d", "7d", "30d"]);
        assert_eq!(values(TEN_DAYS), ["1d", "7d"]);
        let end = |longest| end_within(LONGEST_DAYS, NOW, longest).map(Timestamp::short_date);
        assert_eq!(end(None).as_deref(), Some("24 Dec 2026"));
        assert_eq!(end(TEN_DAYS).as_deref(), Some("4 Dec 2026"));
        assert_eq!(end(Some(Duration::from_hours(1))), None);
    }

    #[test]
    fn a_choice_is_one_rule_for_one_feed() {
        let feed: FeedId = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".parse().unwrap();
        for (text, access) in [
            ("read", LoginAccess::Read),
            ("write", LoginAccess::Write),
            ("both", LoginAccess::Both),
        ] {
            assert_eq!(text.parse(), Ok(access));
            let scope = access.scope(feed).unwrap();
            assert_eq!(scope.rules.len(), 1, "{text}");
            assert_eq!(scope.rules[0].actions, access.actions());
            assert_eq!(scope.rules[0].feeds, FeedSet::Only(vec![feed]));
        }
        assert_eq!("all".parse::<LoginAccess>(), Err(NoAccess));
    }
}
