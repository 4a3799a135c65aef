//! The master key, which seals the copies of secrets that can be shown again.
//!
//! It lives outside the data folder and never in a backup of it: a stolen database alone reveals
//! nothing. Losing it loses reveal, never authentication.

use std::{io, path::Path};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use model::id::{AccountId, SecretId, TokenId};
use zeroize::Zeroizing;

use super::entropy;
use crate::error::Error;

/// The version of the key in use; part of what a seal is bound to.
pub(crate) const KEY_VERSION: i64 = 1;
const NONCE_BYTES: usize = 24;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum BadKey {
    /// The file cannot be read or made.
    #[error("the key file cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// It holds something else than 32 bytes in base64.
    #[error("this is not a master key: it has to be 32 random bytes in base64")]
    Unreadable,
    /// The operating system gave no random bytes.
    #[error("no random bytes for a new master key")]
    NoRandomness,
}

/// What a sealed copy belongs to. A seal opens only for exactly this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealOf {
    pub(crate) token: TokenId,
    pub(crate) secret: SecretId,
    pub(crate) owner: AccountId,
    pub(crate) key_version: i64,
}

impl SealOf {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = b"latchkey secret v1".to_vec();
        data.extend_from_slice(self.token.as_bytes());
        data.extend_from_slice(self.secret.as_bytes());
        data.extend_from_slice(self.owner.as_bytes());
        data.extend_from_slice(&self.key_version.to_be_bytes());
        data
    }
}

/// The key that seals (XChaCha20-Poly1305, a random nonce before each sealed copy).
pub(crate) struct MasterKey(XChaCha20Poly1305);

impl MasterKey {
    /// Reads a key as the environment or a file gives it: 32 bytes in base64.
    pub(crate) fn parse(text: &str) -> Result<Self, BadKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| BadKey::Unreadable)?);
        XChaCha20Poly1305::new_from_slice(&bytes).map(Self).map_err(|_| BadKey::Unreadable)
    }

    /// Reads the key from a file, or makes both, readable by its owner alone.
    pub(crate) fn read_or_make(path: &Path) -> Result<Self, BadKey> {
        match std::fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(error.into()),
        }
    }

    fn make(path: &Path) -> Result<Self, BadKey> {
        let bytes = Zeroizing::new(entropy::random::<32>().map_err(|_| BadKey::NoRandomness)?);
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*bytes)));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Ok(_) => Self::parse(&text),
            // Another process was quicker; its key counts.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Self::parse(&Zeroizing::new(std::fs::read_to_string(path)?))
            }
            Err(error) => Err(error.error.into()),
        }
    }

    /// Seals a secret for what it belongs to.
    pub(crate) fn seal(&self, secret: &str, of: &SealOf) -> Result<Vec<u8>, Error> {
        self.seal_as(secret, &of.associated_data())
    }

    /// Opens a sealed copy; `None` if it was sealed with another key or belongs to something else.
    pub(crate) fn open(&self, sealed: &[u8], of: &SealOf) -> Option<Zeroizing<String>> {
        self.open_as(sealed, &of.associated_data())
    }

    /// Seals what a browser keeps for a while and must neither read nor change; `kind` says what it
    /// is, so that one is not taken for another.
    pub(crate) fn seal_for_browser(&self, text: &str, kind: &str) -> Result<String, Error> {
        Ok(URL_SAFE_NO_PAD.encode(self.seal_as(text, &for_browser(kind))?))
    }

    /// Opens what [`seal_for_browser`](Self::seal_for_browser) made.
    pub(crate) fn open_for_browser(&self, sealed: &str, kind: &str) -> Option<Zeroizing<String>> {
        self.open_as(&URL_SAFE_NO_PAD.decode(sealed).ok()?, &for_browser(kind))
    }

    fn seal_as(&self, secret: &str, aad: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce = entropy::random::<NONCE_BYTES>()?;
        let payload = Payload { msg: secret.as_bytes(), aad };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| Error::internal("a secret could not be sealed", error))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open_as(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<String>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(opened).ok().map(Zeroizing::new)
    }
}

/// The associated data of what a browser keeps; no token's begins like it.
fn for_browser(kind: &str) -> Vec<u8> {
    format!("latchkey browser v1 {kind}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: u128) -> SealOf {
        let id = uuid::Uuid::from_u128(number);
        SealOf { token: id.into(), secret: id.into(), owner: id.into(), key_version: 1 }
    }

    #[test]
    fn a_seal_opens_only_for_what_it_belongs_to_and_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.key");
        let key = MasterKey::read_or_make(&path).unwrap();
        let sealed = key.seal("lka_secret", &of(1)).unwrap();
        let again = MasterKey::read_or_make(&path).unwrap();
        assert_eq!(again.open(&sealed, &of(1)).unwrap().as_str(), "lka_secret");
        assert!(key.open(&sealed, &of(2)).is_none());
        assert!(key.open(&sealed, &SealOf { key_version: 2, ..of(1) }).is_none());
        assert!(key.open(&sealed[..10], &of(1)).is_none());
        let other = MasterKey::read_or_make(&folder.path().join("other.key")).unwrap();
        assert!(other.open(&sealed, &of(1)).is_none());

        let sealed = key.seal_for_browser("words", "one").unwrap();
        assert_eq!(again.open_for_browser(&sealed, "one").unwrap().as_str(), "words");
        assert!(key.open_for_browser(&sealed, "two").is_none());
        assert!(other.open_for_browser(&sealed, "one").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.key");
        MasterKey::read_or_make(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(MasterKey::read_or_make(&path), Err(BadKey::Unreadable)));
    }
}
