//! Nothing is served as a blob whose content is not what its name says.
//!
//! What that costs depends on where a blob lies, so there are three ways:
//!
//! - A small one is hashed when it is read into memory, and served from there.
//! - A large file on the local disk is read once before its first byte is served, and then not for an hour
//!   while it is the same file with the same length and dates. Its first reader waits for one more reading
//!   of the file, and gets a plain error where it is corrupt. Hashing at every reading instead would take
//!   twice the processor time that sending does; not looking again at all would miss a disk that rots.
//! - A large one from elsewhere, where a second reading costs time and money, is hashed while it passes. Its
//!   last piece is held back until the digest is known to be right: of a corrupt one a client gets less than
//!   the announced length, which no client takes for the whole.

use std::{
    fs::{File, Metadata},
    io::{self, Seek as _},
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::Condition;
use crate::{crypto::digest, error::Error, upkeep::DamagedBlob};

/// How many files are remembered as good; some 150 bytes each.
const MOST: usize = 20_000;
/// For how long a file counts as good without another look.
const LASTS: Duration = Duration::from_hours(1);

/// The digest of a blob.
pub(super) type Hash = [u8; 32];

/// Files that were read to their end and found to be what their names say.
pub(super) struct Verified(Cache<(Hash, Stamp), Instant>);

impl Verified {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// The file, at its beginning, once its content is known to have this digest.
    pub(super) async fn file(&self, hash: &Hash, mut file: File) -> Result<File, Error> {
        let key = (*hash, Stamp::of(&file.metadata()?)?);
        self.0.remove_if(&key, |looked| looked.elapsed() > LASTS);
        let other = file.try_clone()?;
        let look = async {
            let digest = spawn_blocking(move || digest::of_file(other)).await;
            let digest = digest.map_err(|error| Error::internal("hashing failed", error))??;
            if digest == *hash {
                Ok(Instant::now())
            } else {
                Err(damaged(hash, Condition::Corrupt))
            }
        };
        // Whoever asks for the same meanwhile waits for the one that reads it.
        self.0.get_or_insert_async(&key, look).await?;
        file.rewind()?;
        Ok(file)
    }
}

/// By what a file is known to be the one that was looked at. Nobody can set back the date of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Stamp {
    length: u64,
    #[cfg(unix)]
    place: [u64; 2],
    #[cfg(unix)]
    dates: [i64; 4],
    #[cfg(not(unix))]
    dates: std::time::SystemTime,
}

impl Stamp {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere a file may have no date")]
    fn of(file: &Metadata) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let dates = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
        Ok(Self { length: file.len(), place: [file.dev(), file.ino()], dates })
    }

    #[cfg(not(unix))]
    fn of(file: &Metadata) -> io::Result<Self> {
        Ok(Self { length: file.len(), dates: file.modified()? })
    }
}

/// A blob that was read into memory, if its content has this digest.
pub(super) fn whole(hash: &Hash, content: Bytes) -> Result<Bytes, Error> {
    let is_good = Sha256::digest(&content).as_slice() == hash;
    if is_good { Ok(content) } else { Err(damaged(hash, Condition::Corrupt)) }
}

/// The pieces of a blob on their way; the last comes only if all of them together have this digest.
pub(super) fn passing<S, E>(
    hash: Hash,
    pieces: S,
) -> impl Stream<Item = Result<Bytes, Error>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Into<Error> + Send,
{
    let start = (pieces, Bytes::new(), Some(Sha256::new()));
    stream::unfold(start, move |(mut pieces, mut held, digest)| async move {
        let mut digest = digest?;
        loop {
            match pieces.next().await {
                Some(Ok(piece)) if piece.is_empty() => {}
                Some(Ok(piece)) => {
                    digest.update(&piece);
                    let before = mem::replace(&mut held, piece);
                    if !before.is_empty() {
                        return Some((Ok(before), (pieces, held, Some(digest))));
                    }
                }
                Some(Err(error)) => return Some((Err(error.into()), (pieces, held, None))),
                None => {
                    let is_good = digest.finalize().as_slice() == hash;
                    let last = mem::take(&mut held);
                    let last =
                        if is_good { Ok(last) } else { Err(damaged(&hash, Condition::Corrupt)) };
                    return Some((last, (pieces, held, None)));
                }
            }
        }
    })
}

/// That a blob cannot be served.
pub(super) fn damaged(hash: &[u8], condition: Condition) -> Error {
    Error::Damaged(Box::new(DamagedBlob::unnamed(hash, condition == Condition::Missing)))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use futures::TryStreamExt as _;

    use super::*;

    fn hash(content: &[u8]) -> Hash {
        Sha256::digest(content).into()
    }

    async fn passed(hash: Hash, pieces: &[&'static str]) -> (String, bool) {
        let pieces =
            stream::iter(pieces.iter().map(|piece| Ok::<_, io::Error>(Bytes::from(*piece))));
        let mut stream = Box::pin(passing(hash, pieces));
        let mut text = String::new();
        loop {
            match stream.try_next().await {
                Ok(Some(piece)) => text.push_str(std::str::from_utf8(&piece).unwrap()),
                Ok(None) => return (text, true),
                Err(error) => {
                    assert!(matches!(error, Error::Damaged(_)), "{error}");
                    assert!(stream.try_next().await.unwrap().is_none(), "nothing comes after it");
                    return (text, false);
                }
            }
        }
    }

    #[tokio::test]
    async fn of_a_corrupt_blob_the_last_piece_never_comes() {
        for pieces in [&["one"][..], &["o", "", "n", "e"], &["on", "e", ""], &["", "one"]] {
            assert_eq!(passed(hash(b"one"), pieces).await, ("one".to_owned(), true));
            let (text, is_whole) = passed(hash(b"two"), pieces).await;
            assert!(!is_whole && text.len() < 3, "{text}");
        }
        assert_eq!(passed(hash(b""), &[]).await, (String::new(), true));
        // One that ends early is found as well.
        assert!(!passed(hash(b"one"), &["on"]).await.1);
    }

    #[tokio::test]
    async fn a_file_is_read_again_once_it_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        let (verified, one) = (Verified::new(), hash(b"one"));
        let read = async || {
            let mut text = String::new();
            verified.file(&one, File::open(&path).unwrap()).await?.read_to_string(&mut text)?;
            Ok::<_, Error>(text)
        };
        std::fs::write(&path, "one").unwrap();
        for _ in 0..2 {
            assert_eq!(read().await.unwrap(), "one");
        }
        assert_eq!(verified.0.len(), 1);
        // As long, and dated as before: only the date of the change tells.
        let dated = std::fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        std::fs::write(&path, "two").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(dated).unwrap();
        for _ in 0..2 {
            assert!(
                matches!(read().await, Err(Error::Damaged(_))),
                "a corrupt one is not remembered"
            );
        }
        std::fs::write(&path, "one").unwrap();
        assert_eq!(read().await.unwrap(), "one");
    }
}
