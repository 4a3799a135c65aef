//! Uploads on their way: a file of this machine, hashed as it grows.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use tempfile::TempPath;
use tokio::{fs::File, io::AsyncWriteExt};

use super::Blobs;
use crate::error::Error;

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
    pub(super) path: TempPath,
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

impl Blobs {
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
}
