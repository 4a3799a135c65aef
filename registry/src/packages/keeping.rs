//! Uploads on their way from being kept to being referred to.

use super::Packages;
use crate::{
    blobs::Staged,
    error::Error,
    storage::{Transaction, upkeep},
};

impl Packages {
    /// Makes uploads durable, and begins the transaction that will refer to them.
    ///
    /// In between nothing refers to them, and only their age keeps them from a sweep: a clock that jumps
    /// ahead makes them old, and another server may be about to remove the same bytes as they are written
    /// anew. So what is missing is written once more if something was removed meanwhile. Nothing more can be
    /// until the transaction ends, since a sweep removes within one.
    pub(super) async fn write_with(&self, uploads: &[&Staged]) -> Result<Transaction, Error> {
        let removed = upkeep::blobs_removed(&mut &self.core.database).await?;
        for upload in uploads {
            self.blobs.keep(upload).await?;
        }
        let mut transaction = self.core.database.write().await?;
        if upkeep::blobs_removed(&mut transaction).await? != removed {
            for upload in uploads {
                if !self.blobs.holds(upload).await? {
                    self.blobs.keep(upload).await?;
                }
            }
        }
        Ok(transaction)
    }
}
