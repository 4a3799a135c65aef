//! Archives, each under the SHA-256 of its content.

mod bucket;
mod failure;
mod leftovers;
mod mark;
mod s3;
mod staging;
mod sweep;
mod transport;
mod verified;

use std::{
    io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetResult, GetResultPayload, ObjectStore, ObjectStoreExt, WriteMultipart,
    local::LocalFileSystem, path::Path,
};
use prometheus::IntCounter;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncReadExt as _};

use self::verified::{Hash, Verified};
pub use self::{
    bucket::{BadBucket, Bucket},
    staging::{Staged, Staging},
    sweep::Swept,
};
use crate::{
    crypto::digest::hex,
    error::{Error, OpenError},
    services::Settings,
};

/// A blob larger than this is written in parts of this size, in bytes.
const PART: usize = 8 << 20;
/// How many parts are on their way at once.
const PARTS: usize = 2;
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
    place: Place,
    staging: PathBuf,
    /// The small ones asked for lately. What has a hash never changes: nothing here is ever old.
    lately: Cache<Hash, Bytes, Length>,
    /// The large ones on the local disk that are what their names say.
    verified: Verified,
    /// Counts the bytes written.
    written: IntCounter,
}

/// Where a store is.
enum Place {
    /// In a folder of this machine.
    Disk(PathBuf),
    /// In a bucket.
    Bucket(Bucket),
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
    /// The store that the settings name. `alone` says that nobody else uploads by way of this data
    /// folder.
    pub(crate) fn of(
        settings: &Settings,
        alone: bool,
        written: IntCounter,
    ) -> Result<Self, OpenError> {
        let Some(bucket) = &settings.blobs else {
            return Ok(Self::on_disk(&settings.data, alone, written)?);
        };
        let staging = make_staging(&settings.data, alone).map_err(Error::from)?;
        let place = Place::Bucket(bucket.clone());
        Ok(Self::new(s3::open(bucket)?, place, staging, written))
    }

    /// A store on the local disk; every write is flushed to it before it counts as done.
    pub(crate) fn on_disk(
        data: &FilePath,
        alone: bool,
        written: IntCounter,
    ) -> Result<Self, Error> {
        let folder = data.join("blobs");
        std::fs::create_dir_all(&folder)?;
        let staging = make_staging(data, alone)?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self::new(Arc::new(store), Place::Disk(folder), staging, written))
    }

    /// The blobs of a backup, which are only read: nothing is made there.
    pub(crate) fn beside(folder: &FilePath, written: IntCounter) -> Result<Self, Error> {
        let folder = folder.join("blobs");
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self::new(Arc::new(store), Place::Disk(folder), std::env::temp_dir(), written))
    }

    fn new(
        store: Arc<dyn ObjectStore>,
        place: Place,
        staging: PathBuf,
        written: IntCounter,
    ) -> Self {
        let lately = Cache::with_weighter(USUAL, MOST_REMEMBERED, Length);
        Self { store, place, staging, lately, verified: Verified::new(), written }
    }

    /// Where it is, in words.
    fn name(&self) -> String {
        match &self.place {
            Place::Disk(folder) => folder.display().to_string(),
            Place::Bucket(bucket) => bucket.to_string(),
        }
    }

    /// Makes an uploaded file durable under its digest. Done even if the blob is there already: its
    /// new date keeps it from being swept.
    pub(crate) async fn keep(&self, staged: &Staged) -> Result<(), Error> {
        let path = path_of(&staged.sha256);
        let mut file = File::open(&staged.path).await?;
        if staged.size <= PART as u64 {
            let put = self.store.put(&path, next_part(&mut file).await?.into()).await;
            put.map_err(failure::not_written)?;
        } else {
            let upload = self.store.put_multipart(&path).await.map_err(failure::not_written)?;
            let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
            if let Err(error) = send_parts(&mut file, &mut upload).await {
                // What is left of it is the store's to remove, should this fail, too.
                let _ = upload.abort().await;
                return Err(error);
            }
            upload.finish().await.map_err(failure::not_written)?;
        }
        // That a store, or something on the way to it, said yes is no proof.
        if !self.holds(staged).await? {
            let words = format!("{} bytes were written and are not there", staged.size);
            return Err(Error::unavailable(
                "the package store did not keep what it was given",
                words,
            ));
        }
        self.written.inc_by(staged.size);
        Ok(())
    }

    /// Whether an upload is there, with its length.
    pub(crate) async fn holds(&self, staged: &Staged) -> Result<bool, Error> {
        match self.store.head(&path_of(&staged.sha256)).await {
            Ok(found) => Ok(found.size == staged.size),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
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

fn path_of(hash: &[u8]) -> Path {
    let text = hex(hash);
    Path::from(format!("sha256/{}/{}", &text[..2.min(text.len())], text))
}

fn hash_of(path: &Path) -> Option<Vec<u8>> {
    let text = path.filename()?;
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (text.len() == 64).then(|| (0..64).step_by(2).map(digit).collect::<Option<Vec<u8>>>())?
}

/// Makes the folder of uploads on their way.
fn make_staging(data: &FilePath, alone: bool) -> io::Result<PathBuf> {
    let staging = data.join("staging");
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
    Ok(staging)
}

async fn send_parts(file: &mut File, upload: &mut WriteMultipart) -> Result<(), Error> {
    loop {
        upload.wait_for_capacity(PARTS - 1).await.map_err(failure::not_written)?;
        let part = next_part(file).await?;
        if part.is_empty() {
            return Ok(());
        }
        upload.put(part);
    }
}

/// The next part of a file; an empty one at its end.
async fn next_part(file: &mut File) -> io::Result<Bytes> {
    let mut part = BytesMut::with_capacity(PART);
    let mut rest = file.take(PART as u64);
    while rest.read_buf(&mut part).await? > 0 {}
    Ok(part.freeze())
}
