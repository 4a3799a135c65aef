//! Archives, each under the SHA-256 of its content.

use std::{fmt::Write as _, io, path::Path as FilePath, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use model::timestamp::Timestamp;
use object_store::{
    GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use prometheus::IntCounter;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use tempfile::TempPath;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufReader},
};

use crate::{
    error::Error,
    storage::{Database, packages},
};

/// Blobs that nothing refers to are removed once they are this old; an upload in progress is
/// younger.
const ORPHAN_AFTER: Duration = Duration::from_hours(24);
/// Up to this size a blob is read in one piece.
const SMALL: u64 = 256 * 1024;

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
    staging: std::path::PathBuf,
    /// Counts the bytes written.
    written: IntCounter,
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
        Ok(Self { store: Arc::new(store), staging, written })
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

    /// Opens a blob.
    pub(crate) async fn open(&self, hash: &[u8], size: u64) -> Result<Content, Error> {
        let result = self.store.get(&path_of(hash)).await?;
        if size <= SMALL {
            return Ok(Content::Whole(result.bytes().await?));
        }
        Ok(Content::Stream(match result.payload {
            GetResultPayload::File(file, _) => {
                let reader = File::from_std(file);
                tokio_util::io::ReaderStream::with_capacity(reader, 1 << 18)
                    .map_err(Error::from)
                    .boxed()
            }
            GetResultPayload::Stream(stream) => stream.map_err(Error::from).boxed(),
        }))
    }

    /// Removes blobs that no version refers to. Looked up and removed within a write transaction,
    /// so that no publish can begin to refer to one in between.
    pub(crate) async fn sweep(&self, database: &Database, now: Timestamp) -> Result<u64, Error> {
        let mut removed = 0;
        let mut blobs = self.store.list(None);
        while let Some(blob) = blobs.try_next().await? {
            let Some(hash) = hash_of(&blob.location).filter(|_| is_old(&blob, now)) else {
                continue;
            };
            let mut transaction = database.write().await?;
            let is_orphan = !packages::blob_is_used(&mut transaction, &hash).await?;
            // Since it was listed, a publish may have brought the same bytes again.
            if is_orphan && is_old(&self.store.head(&blob.location).await?, now) {
                self.store.delete(&blob.location).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
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
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
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
