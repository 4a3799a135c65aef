//! The usage ledger: what credentials were used for. Reads cost no write: uses are gathered and
//! written in one transaction a second.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{
    id::{SecretId, TokenId, VersionId},
    timestamp::Timestamp,
};

use crate::{
    core::Core,
    error::Error,
    storage::{self, usage::Use},
};

/// Uses kept between two writes; beyond that the oldest facts are enough and more are dropped.
const MOST_PENDING: usize = 50_000;

#[derive(Default)]
struct Pending {
    uses: Vec<Use>,
    downloads: HashMap<VersionId, i64>,
    dropped: u64,
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

    pub(crate) fn record(&self, usage: Use) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.uses.len() < MOST_PENDING {
            pending.uses.push(usage);
        } else {
            pending.dropped += 1;
        }
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
    fn put_back(&self, mut unwritten: Pending) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.uses.append(&mut pending.uses);
        unwritten.uses.truncate(MOST_PENDING);
        pending.uses = unwritten.uses;
        for (version, count) in unwritten.downloads {
            *pending.downloads.entry(version).or_default() += count;
        }
    }

    /// All in one transaction, and one statement for each row that changes, however often it did.
    async fn write(&self, pending: &Pending) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        for usage in &pending.uses {
            storage::usage::insert(&mut transaction, usage).await?;
        }
        let Gathered { last, days, sources } = Gathered::from(pending.uses.as_slice());
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
            gathered.last.insert(token, usage);
            let day = storage::usage::days_since_epoch(usage.at);
            let (accepted, refused) = gathered.days.entry((token, day)).or_default();
            let counted = if usage.is_accepted() { accepted } else { refused };
            *counted += 1;
            let source = (secret, usage.address.as_str(), usage.client.as_str());
            let (_, times, last) = gathered.sources.entry(source).or_insert((usage.at, 0, usage));
            *times += 1;
            *last = usage;
        }
        gathered
    }
}
