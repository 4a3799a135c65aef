//! Uploads between the store and the transaction that refers to them.
//!
//! A blob that nothing refers to may be removed at the very moment in which another server writes it
//! anew. Blobs are removed within write transactions, one at a time, and counted: a transaction that
//! finds the count moved looks whether its own blobs are there.

use super::Packages;
use crate::{
    blobs::Staged,
    error::Error,
    storage::{Transaction, upkeep},
};

/// Uploads that are durable.
pub(super) struct Kept<'a> {
    uploads: Vec<&'a Staged>,
    /// How many blobs had been removed before.
    removed: i64,
}

impl Packages {
    /// Makes uploads durable.
    pub(super) async fn keep<'a>(&self, uploads: Vec<&'a Staged>) -> Result<Kept<'a>, Error> {
        let removed = upkeep::blobs_removed(&mut &self.core.database).await?;
        for staged in &uploads {
            self.blobs.keep(staged).await?;
        }
        Ok(Kept { uploads, removed })
    }

    /// Sees to it that they are there in this transaction, too. They stay while it lasts.
    pub(super) async fn must_be_kept(
        &self,
        transaction: &mut Transaction,
        kept: &Kept<'_>,
    ) -> Result<(), Error> {
        if upkeep::blobs_removed(transaction).await? != kept.removed {
            for staged in &kept.uploads {
                self.blobs.must_hold(staged).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Services, services::same_work::settings};

    #[tokio::test]
    async fn what_was_removed_meanwhile_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let services = Services::open(settings(&folder)).await.unwrap();
        let packages = &services.packages;
        let upload = async |text: &str| {
            let mut staging = packages.blobs.stage().unwrap();
            staging.write(text.as_bytes()).await.unwrap();
            staging.finish().await.unwrap()
        };
        let (stays, goes) = (upload("stays").await, upload("goes").await);
        let kept =
            [packages.keep(vec![&stays]).await.unwrap(), packages.keep(vec![&goes]).await.unwrap()];
        let mut transaction = packages.core.database.write().await.unwrap();
        for kept in &kept {
            packages.must_be_kept(&mut transaction, kept).await.unwrap();
        }
        let name = crate::blobs::hex(&goes.sha256);
        let file = folder.path().join("data/blobs/sha256").join(&name[..2]).join(name);
        std::fs::remove_file(file).unwrap();
        upkeep::note_removal(&mut transaction).await.unwrap();
        packages.must_be_kept(&mut transaction, &kept[0]).await.unwrap();
        let missed = packages.must_be_kept(&mut transaction, &kept[1]).await;
        assert!(matches!(missed, Err(Error::Unavailable { .. })), "{missed:?}");
        drop(transaction);
        services.close().await;
    }
}
