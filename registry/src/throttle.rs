//! Slowing down whoever guesses passwords, without ever locking out whoever owns one.
//!
//! Failures are counted by account and network together, and by network alone. The delay doubles
//! with each failure beyond a few; it ends by itself. A network from which the account signed in
//! within the last thirty days has a count of its own, so strangers cannot delay the owner there.

use std::{net::IpAddr, time::Duration};

use ipnet::{Ipv4Net, Ipv6Net};
use model::{id::AccountId, timestamp::Timestamp};
use uuid::Uuid;

use crate::{
    core::Core,
    error::Error,
    storage::{
        Source, Transaction,
        throttles::{self, Failures},
    },
};

/// Failures of one account from one network that cost nothing.
const FREE_PER_ACCOUNT: u32 = 5;
/// Failures from one network, whatever the account, that cost nothing.
const FREE_PER_NETWORK: u32 = 30;
/// The longest delay.
const LONGEST: Duration = Duration::from_mins(15);
/// A failure that is further ahead was dated by a clock that has been set back since: taken at its word, it
/// would delay its network until then.
const AHEAD: Duration = LONGEST;
/// After this long without a failure the count begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);
/// How long a network counts as the account's own.
const KNOWN_FOR: Duration = Duration::from_hours(24 * 30);

/// The network an address counts as: its /24 or /64.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Net::new_assert(v4, 24).trunc().to_string(),
        IpAddr::V6(v6) => Ipv6Net::new_assert(v6, 64).trunc().to_string(),
    }
}

/// How long after its last failure a count has to wait.
fn delay(failures: u32, free: u32) -> Duration {
    match failures.checked_sub(free) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1_u64 << beyond.min(20)).min(LONGEST),
    }
}

/// How long a count has to wait yet. One that need not wait does not for a clock that went back either.
fn wait(Failures { count, last_at }: Failures, free: u32, now: Timestamp) -> Duration {
    let delay = delay(count, free);
    if delay.is_zero() { delay } else { last_at.plus(delay).since(now) }
}

/// The counts that one try touches.
pub(crate) struct Subjects {
    network: String,
    by_account: String,
    by_network: String,
}

impl Subjects {
    /// `name` is what was typed, in lower case: unknown names are counted like known ones.
    pub(crate) fn of(name: &str, address: IpAddr) -> Self {
        let network = network(address);
        let name: String = name.chars().take(100).collect();
        Self {
            by_account: format!("account {name} from {network}"),
            by_network: format!("network {network}"),
            network,
        }
    }
}

/// Counts a try as failed until it has succeeded, or refuses one that comes too early. Both in one
/// transaction, so that tries at the same moment see each other.
pub(crate) async fn reserve(
    core: &Core,
    subjects: &Subjects,
    account: Option<AccountId>,
) -> Result<(), Error> {
    let mut transaction = core.database.write().await?;
    // Not before it is this one's turn: whoever came later may have been let in first.
    let now = core.now();
    // Where there is no account, one that nobody has is asked after: that takes as long.
    let account = account.unwrap_or_else(|| Uuid::nil().into());
    let since = now.minus(KNOWN_FOR);
    let known =
        throttles::knows_network(&mut transaction, account, &subjects.network, since).await?;
    for (subject, free, delays) in [
        (&subjects.by_account, FREE_PER_ACCOUNT, true),
        (&subjects.by_network, FREE_PER_NETWORK, !known),
    ] {
        let before = remembered(&mut transaction, subject, now).await?;
        if delays {
            in_time(before, free, now)?;
        }
        one_more(&mut transaction, subject, before, now).await?;
    }
    transaction.commit().await
}

/// Refuses a try that comes too early.
pub(crate) async fn may_try(core: &Core, subject: &str, free: u32) -> Result<(), Error> {
    let now = core.now();
    let before = remembered(&mut &core.database, subject, now).await?;
    in_time(before, free, now)
}

/// Counts a try, or refuses one that comes too early.
pub(crate) async fn count(core: &Core, subject: &str, free: u32) -> Result<(), Error> {
    let mut transaction = core.database.write().await?;
    let now = core.now();
    let before = remembered(&mut transaction, subject, now).await?;
    in_time(before, free, now)?;
    one_more(&mut transaction, subject, before, now).await?;
    transaction.commit().await
}

async fn remembered(
    source: &mut impl Source,
    subject: &str,
    now: Timestamp,
) -> Result<Option<Failures>, Error> {
    let before = throttles::get(source, subject).await?;
    Ok(before.filter(|before| counts(*before, now)))
}

/// Whether failures are neither long past nor of another time.
fn counts(Failures { last_at, .. }: Failures, now: Timestamp) -> bool {
    now.since(last_at) < FORGOTTEN_AFTER && last_at.since(now) <= AHEAD
}

fn in_time(before: Option<Failures>, free: u32, now: Timestamp) -> Result<(), Error> {
    let wait = before.map_or(Duration::ZERO, |before| wait(before, free, now));
    if wait.is_zero() { Ok(()) } else { Err(Error::Throttled(wait)) }
}

async fn one_more(
    transaction: &mut Transaction,
    subject: &str,
    before: Option<Failures>,
    now: Timestamp,
) -> Result<(), Error> {
    let count = before.map_or(0, |before| before.count).saturating_add(1);
    throttles::put(transaction, subject, Failures { count, last_at: now }).await
}

/// Forgets the failures of an account from a network, which is its own from now on.
pub(crate) async fn succeeded(
    core: &Core,
    subjects: &Subjects,
    account: AccountId,
) -> Result<(), Error> {
    let mut transaction = core.database.write().await?;
    throttles::clear(&mut transaction, &subjects.by_account).await?;
    // This try was counted for the network too, and was no failure.
    if let Some(Failures { count, last_at }) =
        throttles::get(&mut transaction, &subjects.by_network).await?
    {
        let failures = Failures { count: count.saturating_sub(1), last_at };
        throttles::put(&mut transaction, &subjects.by_network, failures).await?;
    }
    throttles::remember_network(&mut transaction, account, &subjects.network, core.now()).await?;
    transaction.commit().await
}

/// Removes counts that are of no use any more, and networks that no account knows any longer.
pub(crate) async fn sweep(transaction: &mut Transaction, now: Timestamp) -> Result<(), Error> {
    throttles::sweep(transaction, now.minus(FORGOTTEN_AFTER)).await?;
    throttles::sweep_networks(transaction, now.minus(KNOWN_FOR)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_end() {
        let seconds: Vec<u64> =
            (3..10).map(|count| delay(count, FREE_PER_ACCOUNT).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 1, 2, 4, 8, 16]);
        assert_eq!(delay(u32::MAX, FREE_PER_ACCOUNT), LONGEST);
    }

    #[test]
    fn nobody_waits_for_a_clock_that_went_back() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let ahead = now.plus(Duration::from_millis(5));
        let wait = |count| wait(Failures { count, last_at: ahead }, FREE_PER_ACCOUNT, now);
        assert_eq!(wait(1), Duration::ZERO);
        assert_eq!(wait(FREE_PER_ACCOUNT), Duration::from_millis(1005));
        let of = |last_at| counts(Failures { count: FREE_PER_ACCOUNT, last_at }, now);
        assert!(of(ahead) && of(now.plus(LONGEST)) && of(now.minus(LONGEST)));
        assert!(!of(now.plus(Duration::from_hours(24 * 365))));
    }

    #[test]
    fn neighbours_count_together() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("10.1.2.3"), "10.1.2.0/24");
        assert_eq!(of("::ffff:10.1.2.9"), "10.1.2.0/24");
        assert_eq!(of("2001:db8::1:2:3:4"), "2001:db8::/64");
    }
}
