//! The usage ledger: what credentials were used for. Reads cost no write: uses are gathered and
//! written in one transaction a second. Those that are alike and of the same minute are one row of
//! the ledger, and counted.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use model::{
    action::Action,
    client,
    denial::Code,
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, SecretId, TokenId, VersionId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use crate::{
    core::Core,
    crypto::entropy,
    error::Error,
    storage::{
        self,
        usage::{Use, days_since_epoch},
    },
};

/// Different uses kept between two writes; beyond that the oldest facts are enough and more are
/// dropped.
const MOST_PENDING: usize = 50_000;

/// A use, but for its moment within a minute.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Alike {
    /// Counted from 1970-01-01, UTC.
    pub(crate) minute: i64,
    pub(crate) account: AccountId,
    pub(crate) token: Option<(TokenId, SecretId)>,
    pub(crate) address: IpAddr,
    pub(crate) user_agent: String,
    pub(crate) feed: Option<FeedId>,
    pub(crate) package: Option<(Ecosystem, String)>,
    pub(crate) action: Option<Action>,
    pub(crate) refused: Option<Code>,
}

/// How often, and between which moments.
#[derive(Debug, Clone, Copy)]
struct Tally {
    first: Timestamp,
    last: Timestamp,
    times: i64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.times += other.times;
    }
}

#[derive(Default)]
struct Pending {
    uses: HashMap<Alike, Tally>,
    downloads: HashMap<VersionId, i64>,
    dropped: u64,
}

impl Pending {
    fn add(&mut self, alike: Alike, tally: Tally) {
        let has_room = self.uses.len() < MOST_PENDING;
        match self.uses.entry(alike) {
            Entry::Occupied(mut known) => known.get_mut().add(tally),
            Entry::Vacant(new) if has_room => {
                new.insert(tally);
            }
            Entry::Vacant(_) => self.dropped += 1,
        }
    }
}

/// The ledger.
pub struct Usage {
    pub(crate) core: Arc<Core>,
    pending: Mutex<Pending>,
}

impl Usage {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, pending: Mutex::default() }
    }

    pub(crate) fn record(&self, alike: Alike, at: Timestamp) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.add(alike, Tally { first: at, last: at, times: 1 });
    }

    pub(crate) fn downloaded(&self, version: VersionId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        *pending.downloads.entry(version).or_default() += 1;
    }

    /// Writes what was gathered.
    pub async fn flush(&self) -> Result<(), Error> {
        let pending = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *pending)
        };
        if pending.uses.is_empty() && pending.downloads.is_empty() {
            return Ok(());
        }
        if pending.dropped > 0 {
            tracing::warn!(
                count = pending.dropped,
                "the usage ledger was full; uses were not noted"
            );
        }
        let written = self.write(&pending).await;
        if written.is_err() {
            self.put_back(pending);
        }
        written
    }

    /// What could not be written is tried again, as far as there is room.
    fn put_back(&self, unwritten: Pending) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for (alike, tally) in unwritten.uses {
            pending.add(alike, tally);
        }
        for (version, count) in unwritten.downloads {
            *pending.downloads.entry(version).or_default() += count;
        }
    }

    /// All in one transaction, and one statement for each row that changes, however often it did.
    async fn write(&self, pending: &Pending) -> Result<(), Error> {
        let uses: Vec<Use> = pending
            .uses
            .iter()
            .map(|(alike, tally)| row(alike, *tally))
            .collect::<Result<_, _>>()?;
        let mut transaction = self.core.database.write().await?;
        for usage in &uses {
            storage::usage::insert(&mut transaction, usage).await?;
        }
        let Gathered { last, days, sources } = Gathered::from(uses.as_slice());
        for usage in last.into_values() {
            storage::usage::note_last(&mut transaction, usage).await?;
        }
        for ((token, day), (accepted, refused)) in days {
            storage::usage::add_to_day(&mut transaction, token, day, accepted, refused).await?;
        }
        for (first_at, times, usage) in sources.into_values() {
            storage::usage::note_source(&mut transaction, usage, first_at, times).await?;
        }
        for (version, count) in &pending.downloads {
            storage::packages::add_downloads(&mut transaction, *version, *count).await?;
        }
        transaction.commit().await
    }
}

fn row(alike: &Alike, tally: Tally) -> Result<Use, Error> {
    let (ecosystem, package) =
        alike.package.as_ref().map(|(kind, name)| (kind.name(), name.clone())).unzip();
    Ok(Use {
        id: entropy::id::<Uuid>(tally.last)?,
        first_at: tally.first,
        at: tally.last,
        times: tally.times,
        account: alike.account,
        token: alike.token,
        address: alike.address.to_string(),
        client: client::describe(&alike.user_agent),
        feed: alike.feed,
        ecosystem,
        package,
        action: alike.action.map(Action::name),
        result: alike.refused.map_or(Use::ACCEPTED, Code::text),
    })
}

/// What uses say of their tokens.
#[derive(Default)]
struct Gathered<'a> {
    /// The last use of each token.
    last: HashMap<TokenId, &'a Use>,
    /// Accepted and refused requests by token and day.
    days: HashMap<(TokenId, i64), (i64, i64)>,
    /// The first moment, the number of uses and the last of them, by secret, address and client.
    sources: HashMap<(SecretId, &'a str, &'a str), (Timestamp, i64, &'a Use)>,
}

impl<'a> From<&'a [Use]> for Gathered<'a> {
    fn from(uses: &'a [Use]) -> Self {
        let mut gathered = Self::default();
        for usage in uses {
            let Some((token, secret)) = usage.token else { continue };
            let last = gathered.last.entry(token).or_insert(usage);
            *last = later(last, usage);
            let day = days_since_epoch(usage.at);
            let (accepted, refused) = gathered.days.entry((token, day)).or_default();
            *if usage.is_accepted() { accepted } else { refused } += usage.times;
            let source = (secret, usage.address.as_str(), usage.client.as_str());
            let (first_at, times, last) =
                gathered.sources.entry(source).or_insert((usage.first_at, 0, usage));
            *first_at = usage.first_at.min(*first_at);
            *times += usage.times;
            *last = later(last, usage);
        }
        gathered
    }
}

fn later<'a>(one: &'a Use, other: &'a Use) -> &'a Use {
    if other.at > one.at { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn alike(day: i64, user_agent: &str, refused: Option<Code>) -> Alike {
        let id = Uuid::from_u128;
        Alike {
            day,
            account: id(1).into(),
            token: Some((id(2).into(), id(3).into())),
            address: [10, 0, 0, 1].into(),
            user_agent: user_agent.to_owned(),
            feed: None,
            package: Some((Ecosystem::Npm, "demo".to_owned())),
            action: Some(Action::Read),
            refused,
        }
    }

    #[test]
    fn what_is_alike_is_one_row_and_counted() {
        let at = Timestamp::from_millis;
        let once = |at| Tally { first: at, last: at, times: 1 };
        let mut pending = Pending::default();
        pending.add(alike(0, "npm/11.0.0", None), once(at(5)));
        pending.add(alike(0, "npm/11.0.0", None), once(at(9)));
        pending.add(alike(0, "npm/11.0.0", Some(Code::Scope)), once(at(3)));
        pending.add(alike(0, "curl/8.5.0", None), once(at(20)));
        pending.add(alike(1, "npm/11.0.0", None), once(at(DAY)));

        let mut rows: Vec<Use> =
            pending.uses.iter().map(|(alike, tally)| row(alike, *tally).unwrap()).collect();
        rows.sort_by_key(|usage| usage.at);
        let said: Vec<_> = rows
            .iter()
            .map(|one| (one.first_at, one.at, one.times, one.client.as_str(), one.result))
            .collect();
        assert_eq!(
            said,
            [
                (at(3), at(3), 1, "npm 11.0.0", "LK-SCOPE"),
                (at(5), at(9), 2, "npm 11.0.0", "ok"),
                (at(20), at(20), 1, "curl 8.5.0", "ok"),
                (at(DAY), at(DAY), 1, "npm 11.0.0", "ok"),
            ]
        );

        // In whatever order they are gathered.
        for _ in 0..2 {
            rows.reverse();
            let gathered = Gathered::from(rows.as_slice());
            let (token, secret) = rows[0].token.unwrap();
            assert_eq!(gathered.last[&token].at, at(DAY));
            assert_eq!(gathered.days[&(token, 0)], (3, 1));
            assert_eq!(gathered.days[&(token, 1)], (1, 0));
            let (first_at, times, last) = gathered.sources[&(secret, "10.0.0.1", "npm 11.0.0")];
            assert_eq!((first_at, times, last.at), (at(3), 4, at(DAY)));
        }
    }

    #[test]
    fn there_is_room_for_so_many_and_for_more_of_the_same() {
        let once =
            Tally { first: Timestamp::from_millis(1), last: Timestamp::from_millis(1), times: 1 };
        let mut pending = Pending::default();
        for number in 0..=MOST_PENDING {
            pending.add(alike(0, &format!("client {number}"), None), once);
        }
        assert_eq!((pending.uses.len(), pending.dropped), (MOST_PENDING, 1));
        pending.add(alike(0, "client 0", None), once);
        assert_eq!((pending.uses[&alike(0, "client 0", None)].times, pending.dropped), (2, 1));
    }
}
