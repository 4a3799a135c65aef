//! Removing blobs that nothing refers to any more.

use std::time::Duration;

use futures::TryStreamExt;
use model::timestamp::Timestamp;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};

use super::{Blobs, Place, hash_of, leftovers};
use crate::{
    error::Error,
    storage::{Database, packages, upkeep},
};

/// Blobs that nothing refers to are removed once they are this old; an upload in progress is
/// younger.
pub(super) const ORPHAN_AFTER: Duration = Duration::from_hours(24);

impl Blobs {
    /// Digests and sizes of blobs that no version refers to at this moment, however young.
    pub(crate) async fn orphans(
        &self,
        mut database: &Database,
    ) -> Result<Vec<(Vec<u8>, u64)>, Error> {
        let mut orphans = Vec::new();
        let mut blobs = self.store.list(None);
        while let Some(blob) = blobs.try_next().await? {
            let Some(hash) = hash_of(&blob.location) else { continue };
            if !packages::blob_is_used(&mut database, &hash).await? {
                orphans.push((hash, blob.size));
            }
        }
        Ok(orphans)
    }

    /// Removes what was not written to its end, and blobs that no version refers to; a rehearsal only
    /// counts them. Looked up and removed within a write transaction, so that no publish can begin to refer
    /// to one in between, and a backup that begins keeps them all.
    pub(crate) async fn sweep(
        &self,
        mut database: &Database,
        now: Timestamp,
        is_rehearsal: bool,
    ) -> Result<Swept, Error> {
        let mut swept = match &self.place {
            Place::Disk(folder) => {
                let folder = folder.clone();
                let remove = move || leftovers::remove(&folder, is_rehearsal);
                let removed = tokio::task::spawn_blocking(remove).await;
                removed.map_err(|error| Error::internal("sweeping failed", error))??
            }
            // What was not written to its end is the bucket's to remove.
            Place::Bucket(_) => Swept::default(),
        };
        let mut blobs = self.store.list(None);
        while let Some(blob) = blobs.try_next().await? {
            let Some(hash) = hash_of(&blob.location).filter(|_| is_old(&blob, now)) else {
                continue;
            };
            // Most are in use, which costs no place among the writers to see.
            if packages::blob_is_used(&mut database, &hash).await? {
                continue;
            }
            let mut transaction = database.write().await?;
            if upkeep::blobs_kept_until(&mut transaction).await? > now.as_millis() {
                swept.is_held_up = true;
                break;
            }
            let is_orphan = !packages::blob_is_used(&mut transaction, &hash).await?;
            // Since it was listed, a publish may have brought the same bytes again.
            if is_orphan && is_old(&self.store.head(&blob.location).await?, now) {
                if !is_rehearsal {
                    // Whoever wrote it anew a moment ago finds out before it is referred to.
                    upkeep::note_removal(&mut transaction).await?;
                    self.store.delete(&blob.location).await?;
                    transaction.commit().await?;
                }
                swept.blobs += 1;
                swept.bytes += blob.size;
            }
        }
        Ok(swept)
    }
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many blobs.
    pub blobs: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// Whether a backup that is being made kept it from going on.
    pub is_held_up: bool,
}

fn is_old(blob: &ObjectMeta, now: Timestamp) -> bool {
    now.since(Timestamp::from_millis(blob.last_modified.timestamp_millis())) > ORPHAN_AFTER
}
