//! Archives, each under the SHA-256 of its content.

mod leftovers;
mod verified;

use std::{
    io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use model::timestamp::Timestamp;
use object_store::{
    GetResult, GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use prometheus::IntCounter;
use quick_cache::{Weighter, sync::Cache};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use tempfile::TempPath;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufReader},
};

use self::verified::{Hash, Verified};
use crate::{
    error::Error,
    storage::{Database, packages, upkeep},
};

/// Blobs that nothing refers to are removed once they are this old; an upload in progress is
/// younger.
const ORPHAN_AFTER: Duration = Duration::from_hours(24);
/// Up to this size a blob is read in one piece, and remembered.
const SMALL: u64 = 1 << 20;
/// Bytes of blobs remembered in all.
const MOST_REMEMBERED: u64 = 64 << 20;
/// For how many remembered blobs room is made at first. The cache is in parts of 32 of them, and no
/// blob may be larger than its part.
const USUAL: usize = 128;

/// The content of a blob: small ones whole, large ones piece by piece.
pub enum Content {
    /// All of it.
    Whole(Bytes),
    /// Pieces, in order.
    Stream(BoxStream<'static, Result<Bytes, Error>>),
}

/// The blob store.
pub(crate) struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// Where that is.
    folder: PathBuf,
    staging: PathBuf,
    /// The small ones asked for lately. What has a hash never changes: nothing here is ever old.
    lately: Cache<Hash, Bytes, Length>,
    /// The large ones on the local disk that are what their names say.
    verified: Verified,
    /// Counts the bytes written.
    written: IntCounter,
}

/// What a remembered blob takes.
#[derive(Clone)]
struct Length;

impl Weighter<Hash, Bytes> for Length {
    fn weight(&self, _: &Hash, content: &Bytes) -> u64 {
        content.len() as u64
    }
}

impl Blobs {
    /// A store on the local disk; every write is flushed to it before it counts as done. `alone`
    /// says that nobody else uploads into it.
    pub(crate) fn on_disk(
        data: &FilePath,
        alone: bool,
        written: IntCounter,
    ) -> Result<Self, Error> {
        let (folder, staging) = (data.join("blobs"), data.join("staging"));
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(&staging)?;
        // What an earlier run left half-done can never be finished.
        if alone {
            for entry in std::fs::read_dir(&staging)? {
                let entry = entry?;
                if entry.file_type()?.is_file() {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self::new(Arc::new(store), folder, staging, written))
    }

    /// The blobs of a backup, which are only read: nothing is made there.
    pub(crate) fn beside(folder: &FilePath, written: IntCounter) -> Result<Self, Error> {
        let folder = folder.join("blobs");
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self::new(Arc::new(store), folder, std::env::temp_dir(), written))
    }

    fn new(
        store: Arc<dyn ObjectStore>,
        folder: PathBuf,
        staging: PathBuf,
        written: IntCounter,
    ) -> Self {
        let lately = Cache::with_weighter(USUAL, MOST_REMEMBERED, Length);
        Self { store, folder, staging, lately, verified: Verified::new(), written }
    }

    /// Begins an upload.
    pub(crate) fn stage(&self) -> Result<Staging, Error> {
        let (file, path) = tempfile::NamedTempFile::new_in(&self.staging)?.into_parts();
        Ok(Staging {
            file: File::from_std(file),
            path,
            size: 0,
            sha1: Sha1::new(),
            sha256: Sha256::new(),
            sha512: Sha512::new(),
        })
    }

    /// Makes an uploaded file durable under its digest. Done even if the blob is there already: its
    /// new date keeps it from being swept.
    pub(crate) async fn keep(&self, staged: &Staged) -> Result<(), Error> {
        let mut writer = BufWriter::new(Arc::clone(&self.store), path_of(&staged.sha256));
        let mut reader = BufReader::with_capacity(1 << 18, File::open(&staged.path).await?);
        tokio::io::copy_buf(&mut reader, &mut writer).await?;
        writer.shutdown().await?;
        self.written.inc_by(staged.size);
        Ok(())
    }

    /// Writes a little and takes it back, to see whether uploads could be written. It blocks.
    pub(crate) fn trial(&self) -> impl FnOnce() -> io::Result<()> + Send + use<> {
        let staging = self.staging.clone();
        move || {
            let mut file = tempfile::tempfile_in(staging)?;
            io::Write::write_all(&mut file, b"latchkey")
        }
    }

    /// Reads a blob to its end and compares its content with its name.
    pub(crate) async fn look_at(&self, hash: &[u8]) -> Result<Condition, Error> {
        let Some(mut pieces) = self.pieces(hash).await? else { return Ok(Condition::Missing) };
        let (mut digest, mut size) = (Sha256::new(), 0);
        loop {
            match pieces.next().await {
                Some(Ok(piece)) => {
                    size += piece.len() as u64;
                    digest.update(&piece);
                }
                Some(Err(_)) => return Ok(Condition::Corrupt),
                None => break,
            }
        }
        let is_whole = digest.finalize().as_slice() == hash;
        Ok(if is_whole { Condition::Whole(size) } else { Condition::Corrupt })
    }

    /// Copies a blob to another store, if its content is what its name says.
    pub(crate) async fn copy_to(&self, other: &Self, hash: &[u8]) -> Result<Condition, Error> {
        let Some(mut pieces) = self.pieces(hash).await? else { return Ok(Condition::Missing) };
        let mut staging = other.stage()?;
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else { return Ok(Condition::Corrupt) };
            staging.write(&piece).await?;
        }
        let staged = staging.finish().await?;
        if staged.sha256 != hash {
            return Ok(Condition::Corrupt);
        }
        other.keep(&staged).await?;
        Ok(Condition::Whole(staged.size))
    }

    async fn pieces(
        &self,
        hash: &[u8],
    ) -> Result<Option<BoxStream<'static, object_store::Result<Bytes>>>, Error> {
        match self.store.get(&path_of(hash)).await {
            Ok(result) => Ok(Some(result.into_stream())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

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

    /// Opens a blob of this size; [`Error::Damaged`] if it is missing or its content is another.
    pub(crate) async fn open(&self, hash: &[u8], size: u64) -> Result<Content, Error> {
        let hash: &Hash =
            hash.try_into().map_err(|_| Error::inconsistent("package_files", "blob_hash"))?;
        if size <= SMALL {
            let read = async {
                let content = self.found(hash, size).await?.bytes().await?;
                verified::whole(hash, content)
            };
            // Whoever asks for the same meanwhile waits for the one that reads it.
            return Ok(Content::Whole(self.lately.get_or_insert_async(hash, read).await?));
        }
        Ok(Content::Stream(match self.found(hash, size).await?.payload {
            GetResultPayload::File(file, _) => {
                let reader = File::from_std(self.verified.file(hash, file).await?);
                tokio_util::io::ReaderStream::with_capacity(reader, 1 << 18)
                    .map_err(Error::from)
                    .boxed()
            }
            GetResultPayload::Stream(stream) => verified::passing(*hash, stream).boxed(),
        }))
    }

    /// A blob that is there and as long as it should be.
    async fn found(&self, hash: &Hash, size: u64) -> Result<GetResult, Error> {
        match self.store.get(&path_of(hash)).await {
            Ok(result) if result.meta.size == size => Ok(result),
            Ok(_) => Err(verified::damaged(hash, Condition::Corrupt)),
            Err(object_store::Error::NotFound { .. }) => {
                Err(verified::damaged(hash, Condition::Missing))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what was not written to its end, and blobs that no version refers to; a rehearsal only counts
    /// them. Looked up and removed
    /// within a write transaction, so that no publish can begin to refer to one in between, and a backup
    /// that begins keeps them all.
    pub(crate) async fn sweep(
        &self,
        mut database: &Database,
        now: Timestamp,
        is_rehearsal: bool,
    ) -> Result<Swept, Error> {
        let folder = self.folder.clone();
        let remove = move || leftovers::remove(&folder, is_rehearsal);
        let removed = tokio::task::spawn_blocking(remove).await;
        let mut swept = removed.map_err(|error| Error::internal("sweeping failed", error))??;
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
                    // Whoever uploaded the same bytes and waits to refer to them learns of it.
                    upkeep::count_sweep(&mut transaction).await?;
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

/// How a blob was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Its content has the digest that is its name, and so many bytes.
    Whole(u64),
    /// It is not there.
    Missing,
    /// Its content has another digest, or cannot be read.
    Corrupt,
}

fn is_old(blob: &ObjectMeta, now: Timestamp) -> bool {
    now.since(Timestamp::from_millis(blob.last_modified.timestamp_millis())) > ORPHAN_AFTER
}

fn path_of(hash: &[u8]) -> Path {
    let text = hex(hash);
    Path::from(format!("sha256/{}/{}", &text[..2.min(text.len())], text))
}

fn hash_of(path: &Path) -> Option<Vec<u8>> {
    let text = path.filename()?;
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (text.len() == 64).then(|| (0..64).step_by(2).map(digit).collect::<Option<Vec<u8>>>())?
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// An upload in progress: a temporary file, hashed as it grows. Dropped, it leaves nothing.
pub struct Staging {
    file: File,
    path: TempPath,
    size: u64,
    sha1: Sha1,
    sha256: Sha256,
    sha512: Sha512,
}

impl Staging {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.sha512.update(bytes);
        Ok(self.file.write_all(bytes).await?)
    }

    /// Ends the upload.
    pub async fn finish(mut self) -> Result<Staged, Error> {
        self.file.flush().await?;
        Ok(Staged {
            path: self.path,
            size: self.size,
            sha1: self.sha1.finalize().into(),
            sha256: self.sha256.finalize().into(),
            sha512: self.sha512.finalize().into(),
        })
    }
}

/// A finished upload that is not yet kept.
pub struct Staged {
    path: TempPath,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-1, as npm's `shasum` gives it.
    pub sha1: [u8; 20],
    /// Its SHA-256, under which it will be kept.
    pub sha256: [u8; 32],
    /// Its SHA-512, as subresource integrity gives it.
    pub sha512: [u8; 64],
}

impl Staged {
    /// Opens it to be looked into. Reading the file blocks.
    pub fn open(&self) -> Result<std::fs::File, Error> {
        Ok(std::fs::File::open(&self.path)?)
    }
}
