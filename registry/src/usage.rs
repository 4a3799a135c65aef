//! The usage ledger: what credentials were used for. Reads cost no write: uses are gathered and
//! written in one transaction a second.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::id::{TokenId, VersionId};

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

    async fn write(&self, pending: &Pending) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let mut last: HashMap<TokenId, &Use> = HashMap::new();
        for usage in &pending.uses {
            storage::usage::insert(&mut transaction, usage).await?;
            if let Some((token, _)) = usage.token {
                last.insert(token, usage);
            }
        }
        for usage in last.into_values() {
            storage::usage::note_last(&mut transaction, usage).await?;
        }
        for (version, count) in &pending.downloads {
            storage::packages::add_downloads(&mut transaction, *version, *count).await?;
        }
        transaction.commit().await
    }
}
