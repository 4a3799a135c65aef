//! What is remembered of packages, so that reading one costs no query: which state it is in, and where
//! its files are. Every entry carries the epoch it was read in
//! ([`Changes::packages_epoch`](crate::storage::Changes::packages_epoch)) and is dropped when that ends.

use std::{future::Future, hash::Hash, sync::Arc};

use model::{ecosystem::Ecosystem, id::FeedId};
use quick_cache::sync::Cache;

use super::PackageState;
use crate::{error::Error, storage::Changes, storage::packages::versions::FileRow};

/// Packages, and files, remembered at once; some 200 bytes each.
const MOST: usize = 20_000;

/// A package by feed, kind and normalised id.
pub(super) type Key = (FeedId, Ecosystem, String);

/// What is remembered.
pub(super) struct Known {
    pub(super) states: Remembered<Key, PackageState>,
    /// By package and file name.
    pub(super) files: Remembered<(Key, String), Arc<FileRow>>,
}

impl Known {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { states: Remembered(Cache::new(MOST)), files: Remembered(Cache::new(MOST)) }
    }
}

/// Values with the epoch they were read in.
pub(super) struct Remembered<K, V>(Cache<K, (u64, V)>);

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// What is remembered of a key in this epoch, or else what is read now. That there is nothing is
    /// not remembered.
    pub(super) async fn get(
        &self,
        changes: &Changes,
        key: K,
        read: impl Future<Output = Result<Option<V>, Error>>,
    ) -> Result<Option<V>, Error> {
        // Asked for before reading: what is read under it cannot be older.
        let epoch = changes.packages_epoch();
        if let (Some(epoch), Some((read_in, value))) = (epoch, self.0.get(&key))
            && read_in == epoch
        {
            return Ok(Some(value));
        }
        let value = read.await?;
        if let (Some(epoch), Some(value)) = (epoch, &value) {
            self.0.insert(key, (epoch, value.clone()));
        }
        Ok(value)
    }
}
