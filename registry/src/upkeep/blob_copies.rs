//! Copying the blobs that a database refers to from one store into another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    blobs::{Blobs, Condition},
    crypto::digest::hex,
    error::Error,
    storage::{
        Database,
        upkeep::{self, FileRow},
    },
};

/// A blob that is missing or corrupt, and the files that it takes along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DamagedBlob {
    /// Its digest, in hexadecimal.
    pub sha256: String,
    /// Whether it is not there at all; otherwise its content is another.
    pub is_missing: bool,
    /// `feed/ecosystem/package version file`, of those that refer to it.
    pub files: Vec<String>,
}

impl DamagedBlob {
    /// One whose files were not looked up.
    pub(crate) fn unnamed(hash: &[u8], is_missing: bool) -> Self {
        Self { sha256: hex(hash), is_missing, files: Vec::new() }
    }

    /// The same with the files that it takes along, a hundred at most.
    pub(crate) async fn named(self, mut database: &Database, hash: &[u8]) -> Result<Self, Error> {
        let files = upkeep::files_of(&mut database, hash).await?;
        Ok(Self { files: files.into_iter().map(in_words).collect(), ..self })
    }

    /// What a blob is, if it is damaged and still referred to.
    pub(super) async fn found(
        database: &Database,
        hash: &[u8],
        condition: Condition,
    ) -> Result<Option<Self>, Error> {
        let is_missing = match condition {
            Condition::Whole(_) => return Ok(None),
            Condition::Missing => true,
            Condition::Corrupt => false,
        };
        let blob = Self::unnamed(hash, is_missing).named(database, hash).await?;
        // What was deleted since it was listed is no damage.
        Ok(Some(blob).filter(|blob| !blob.files.is_empty()))
    }
}

impl fmt::Display for DamagedBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_missing { "missing" } else { "corrupt" };
        write!(f, "blob {} is {state}: {}", self.sha256, self.files.join(", "))
    }
}

fn in_words(file: FileRow) -> String {
    let FileRow { feed, ecosystem, package, version, name } = file;
    format!("{feed}/{ecosystem}/{package} {version} {name}")
}

/// What was copied.
#[derive(Debug, Default)]
pub(super) struct CopiedBlobs {
    pub(super) count: u64,
    pub(super) bytes: u64,
    pub(super) damaged: Vec<DamagedBlob>,
}

/// Copies every blob that the database refers to; those that are damaged are named.
pub(super) async fn copy(
    mut database: &Database,
    from: &Blobs,
    to: &Blobs,
) -> Result<CopiedBlobs, Error> {
    let mut copied = CopiedBlobs::default();
    let mut after = Vec::new();
    loop {
        let hashes = upkeep::blobs_after(&mut database, &after).await?;
        let Some(last) = hashes.last() else { return Ok(copied) };
        after.clone_from(last);
        for hash in &hashes {
            let condition = from.copy_to(to, hash).await?;
            if let Condition::Whole(size) = condition {
                copied.count += 1;
                copied.bytes += size;
            }
            copied.damaged.extend(DamagedBlob::found(database, hash, condition).await?);
        }
    }
}
