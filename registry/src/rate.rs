//! How often one account may do what makes or shows secrets: plenty for a person, little for a
//! script in a stolen session.
//!
//! Counted in memory, in each process for itself, and forgotten when it ends: this slows down, it
//! decides nothing. Guessed passwords are counted in the database, by [`throttle`](crate::throttle).

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::{id::AccountId, timestamp::Timestamp};

use crate::error::Error;

/// The time in which acts are counted.
const WINDOW: Duration = Duration::from_hours(1);
/// From how many counts on those that have ended are looked for.
const TIDIED_FROM: usize = 1_000;

/// An act that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RateOf {
    /// Making a token.
    Create,
    /// Changing what a token may do.
    Edit,
    /// Showing or copying a token's value.
    Reveal,
    /// Giving a token a new secret.
    Regenerate,
    /// Changing the account's e-mail address: whoever tries many learns which are taken.
    ChangeEmail,
}

impl RateOf {
    /// How many an account may do within any hour.
    const fn most(self) -> usize {
        match self {
            Self::Create | Self::Regenerate => 30,
            Self::Edit => 120,
            Self::Reveal => 60,
            Self::ChangeEmail => 5,
        }
    }
}

/// The acts of the last hour.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    done: Mutex<HashMap<(RateOf, AccountId), VecDeque<Timestamp>>>,
}

impl Rates {
    /// Counts an act at `now`, or says for how long the account has to wait before another.
    pub(crate) fn take(
        &self,
        act: RateOf,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = |at: &Timestamp| at.plus(WINDOW) <= now;
        if done.len() >= TIDIED_FROM && !done.contains_key(&(act, account)) {
            done.retain(|_, moments| !moments.back().is_none_or(ended));
        }
        let moments = done.entry((act, account)).or_default();
        while moments.front().is_some_and(ended) {
            moments.pop_front();
        }
        match moments.front() {
            Some(first) if moments.len() >= act.most() => {
                Err(Error::Throttled(first.plus(WINDOW).since(now)))
            }
            _ => {
                moments.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn account(number: u128) -> AccountId {
        Uuid::from_u128(number).into()
    }

    #[test]
    fn as_many_as_are_allowed_within_any_hour() {
        let (rates, start) = (Rates::default(), Timestamp::from_millis(0));
        let take =
            |minutes: u32| rates.take(RateOf::Create, account(1), start.plus(MINUTE * minutes));
        for minute in 0..30 {
            take(minute).unwrap();
        }
        let Err(Error::Throttled(wait)) = take(30) else { panic!("one too many") };
        assert_eq!(wait, MINUTE * 30);
        assert!(take(59).is_err());
        take(60).unwrap();
        assert!(take(60).is_err(), "only one of them has ended");
        take(61).unwrap();
    }

    #[test]
    fn accounts_and_acts_are_counted_apart() {
        let (rates, now) = (Rates::default(), Timestamp::from_millis(0));
        for _ in 0..30 {
            rates.take(RateOf::Create, account(1), now).unwrap();
        }
        assert!(rates.take(RateOf::Create, account(1), now).is_err());
        rates.take(RateOf::Create, account(2), now).unwrap();
        rates.take(RateOf::Regenerate, account(1), now).unwrap();
    }

    #[test]
    fn what_has_ended_is_not_kept() {
        let (rates, now) = (Rates::default(), Timestamp::from_millis(0));
        for number in 0..TIDIED_FROM as u128 {
            rates.take(RateOf::Edit, account(number), now).unwrap();
        }
        rates.take(RateOf::Edit, account(u128::MAX), now.plus(WINDOW)).unwrap();
        assert_eq!(rates.done.lock().unwrap().len(), 1);
    }
}
