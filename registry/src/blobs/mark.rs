//! Which database a store belongs to.
//!
//! The first server that uses both writes one word into the store and into the database. Whoever opens
//! them later compares: with another store every package would seem to be lost, and two databases on
//! one store would remove each other's packages.

use object_store::{ObjectStore as _, ObjectStoreExt as _, path::Path};

use super::{Blobs, Place, path_of};
use crate::{
    crypto::entropy,
    error::{Error, OpenError},
    storage::{Database, Source, blob_store, upkeep},
};

/// The name of the object that holds the word.
const MARK: &str = "latchkey-store";
/// The longest word.
const LONGEST: u64 = 64;
/// How many of a database's blobs are looked for in a store without a mark. One is enough; some may be
/// lost.
const SAMPLE: usize = 20;

impl Blobs {
    /// Sees to it that this store is the database's, and marks both at first use.
    pub(crate) async fn settle(&self, database: &Database) -> Result<(), OpenError> {
        if let Some(known) = blob_store::known(&mut &*database).await? {
            return self.compare(&known, self.mark().await?.as_deref());
        }
        // One at a time: of several servers that start at once the second finds what the first wrote.
        let mut transaction = database.write().await?;
        let found = self.mark().await?;
        if let Some(known) = blob_store::known(&mut transaction).await? {
            return self.compare(&known, found.as_deref());
        }
        if !self.holds_what_is_referred_to(&mut transaction).await? {
            return Err(OpenError::Blobs(format!(
                "{} holds packages, and not those of this database. {}",
                self.name(),
                self.advice()
            )));
        }
        let word = match found {
            Some(word) => word,
            None => self.mark_anew().await?,
        };
        blob_store::note(&mut transaction, &word).await?;
        Ok(transaction.commit().await?)
    }

    fn compare(&self, known: &str, found: Option<&str>) -> Result<(), OpenError> {
        let name = self.name();
        match found {
            Some(found) if found == known => Ok(()),
            Some(_) => Err(OpenError::Blobs(format!(
                "the packages of this database are in another store than {name}, which belongs to another \
                 database. {}",
                self.advice()
            ))),
            None => Err(OpenError::Blobs(format!(
                "the packages of this database are in another store than {name}: it has no `{MARK}`. {} \
                 If this is the right one and the file alone is lost, write `{known}` into it.",
                self.advice()
            ))),
        }
    }

    fn advice(&self) -> &'static str {
        match self.place {
            Place::Disk(_) => {
                "Several servers on one database need a store that all of them reach: \
                 --blobs s3://bucket/prefix. One alone needs the data folder it has always had."
            }
            Place::Bucket(_) => "Name the bucket and the prefix it has always had with --blobs.",
        }
    }

    /// Refuses a store that belongs to a database already.
    pub(crate) async fn must_be_unmarked(&self) -> Result<(), OpenError> {
        match self.mark().await? {
            None => Ok(()),
            Some(_) => Err(OpenError::Refused(format!(
                "{} belongs to a database already. Name another place.",
                self.name()
            ))),
        }
    }

    /// Marks the store with a word that no other has.
    pub(crate) async fn mark_anew(&self) -> Result<String, OpenError> {
        let word = entropy::base62::<22>()?;
        let put = self.store.put(&Path::from(MARK), word.clone().into_bytes().into()).await;
        put.map_err(|error| self.unusable(&error))?;
        Ok(word)
    }

    /// Takes the mark back.
    pub(crate) async fn unmark(&self) -> Result<(), Error> {
        Ok(self.store.delete(&Path::from(MARK)).await?)
    }

    /// Whether the store answers and has its mark.
    pub(crate) async fn answers(&self) -> Result<(), Error> {
        self.store.head(&Path::from(MARK)).await?;
        Ok(())
    }

    async fn mark(&self) -> Result<Option<String>, OpenError> {
        let read = async {
            let found = self.store.get(&Path::from(MARK)).await?;
            if found.meta.size > LONGEST { Ok("too long".into()) } else { found.bytes().await }
        };
        match read.await {
            Ok(word) => Ok(Some(String::from_utf8_lossy(&word).trim().to_owned())),
            // A bucket that is not there has no object either.
            Err(object_store::Error::NotFound { source, .. })
                if !source.to_string().contains("NoSuchBucket") =>
            {
                Ok(None)
            }
            Err(error) => Err(self.unusable(&error)),
        }
    }

    /// Whether the store has one of the blobs that the database refers to; or none at all, if that
    /// refers to none.
    async fn holds_what_is_referred_to(&self, source: &mut impl Source) -> Result<bool, OpenError> {
        let referred = upkeep::blobs_after(source, &[]).await?;
        if referred.is_empty() {
            let mut blobs = self.store.list(Some(&Path::from("sha256")));
            return match futures::StreamExt::next(&mut blobs).await {
                None => Ok(true),
                Some(Ok(_)) => Ok(false),
                Some(Err(error)) => Err(self.unusable(&error)),
            };
        }
        for hash in referred.iter().take(SAMPLE) {
            match self.store.head(&path_of(hash)).await {
                Ok(_) => return Ok(true),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(self.unusable(&error)),
            }
        }
        Ok(false)
    }
}
