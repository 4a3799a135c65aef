//! The master key, which seals the copies of secrets that can be shown again.
//!
//! It lives outside the data folder and never in a backup of it: a stolen database alone reveals
//! nothing. Losing it loses reveal, never authentication.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use model::id::{AccountId, SecretId, TokenId};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{digest::hex, entropy};
use crate::error::Error;

/// What a fingerprint is the keyed digest of.
const FINGERPRINT_OF: &[u8] = b"latchkey master key fingerprint v1";
/// How many bytes of it are kept.
const FINGERPRINT_BYTES: usize = 16;
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
pub(crate) struct MasterKey {
    cipher: XChaCha20Poly1305,
    fingerprint: String,
    version: i64,
}

impl MasterKey {
    /// Reads a key as the environment or a file gives it: 32 bytes in base64.
    pub(crate) fn parse(text: &str) -> Result<Self, BadKey> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| BadKey::Unreadable)?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| BadKey::Unreadable)?;
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&bytes);
        let mut mac = mac.map_err(|_| BadKey::Unreadable)?;
        mac.update(FINGERPRINT_OF);
        let fingerprint = hex(&mac.finalize().into_bytes()[..FINGERPRINT_BYTES]);
        Ok(Self { cipher, fingerprint, version: 1 })
    }

    /// The same key, as the one of this version.
    pub(crate) fn of_version(self, version: i64) -> Self {
        Self { version, ..self }
    }

    /// How many keys there were, this one included; part of what a seal is bound to.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Tells this key from others and reveals nothing of it: a keyed digest (HMAC-SHA256).
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
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
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| Error::internal("a secret could not be sealed", error))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open_as(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<String>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad };
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(opened).ok().map(Zeroizing::new)
    }
}

/// The associated data of what a browser keeps; no token's begins like it.
fn for_browser(kind: &str) -> Vec<u8> {
    format!("latchkey browser v1 {kind}").into_bytes()
}

/// The file of a master key, and beside it, while keys are exchanged, that of the next one.
#[derive(Debug, Clone)]
pub(crate) struct KeyFile(PathBuf);

impl KeyFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The key, if the file is there.
    pub(crate) fn read(&self) -> Result<Option<MasterKey>, BadKey> {
        match fs::read_to_string(&self.0).map(Zeroizing::new) {
            Ok(text) => MasterKey::parse(&text).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The key; if there is none, one is made, readable by its owner alone.
    pub(crate) fn read_or_make(&self) -> Result<MasterKey, BadKey> {
        match self.read()? {
            Some(key) => Ok(key),
            None => self.make(),
        }
    }

    fn make(&self) -> Result<MasterKey, BadKey> {
        let bytes = Zeroizing::new(entropy::random::<32>().map_err(|_| BadKey::NoRandomness)?);
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*bytes)));
        let mut file = tempfile::NamedTempFile::new_in(self.folder())?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(&self.0) {
            Ok(_) => {
                self.sync_folder()?;
                MasterKey::parse(&text)
            }
            // Another process was quicker; its key counts.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                MasterKey::parse(&Zeroizing::new(fs::read_to_string(&self.0)?))
            }
            Err(error) => Err(error.error.into()),
        }
    }

    /// Makes the next key beside this one. Whatever an exchange that was broken off left there seals
    /// nothing: [`finish_exchange`](Self::finish_exchange) comes first.
    pub(crate) fn make_next(&self) -> Result<MasterKey, BadKey> {
        let next = self.next();
        match fs::remove_file(&next.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => next.make(),
        }
    }

    /// Puts the next key in the place of this one, if it is the one that the database is used with by
    /// now. The old one is kept beside it.
    pub(crate) fn finish_exchange(&self, fingerprint: &str) -> Result<(), BadKey> {
        let next = self.next();
        if next.read()?.is_none_or(|key| key.fingerprint() != fingerprint) {
            return Ok(());
        }
        if self.0.exists() {
            fs::rename(&self.0, self.old())?;
        }
        fs::rename(&next.0, &self.0)?;
        Ok(self.sync_folder()?)
    }

    /// Where the key before this one is kept.
    pub(crate) fn old(&self) -> PathBuf {
        self.beside(".old")
    }

    fn next(&self) -> Self {
        Self(self.beside(".new"))
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut path: OsString = self.0.clone().into();
        path.push(ending);
        path.into()
    }

    fn folder(&self) -> &Path {
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    /// A name that is lost with the power would be a key that is lost.
    fn sync_folder(&self) -> io::Result<()> {
        fs::File::open(self.folder())?.sync_all()
    }
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
        let key = KeyFile::at(path.clone()).read_or_make().unwrap();
        let sealed = key.seal("lka_secret", &of(1)).unwrap();
        let again = KeyFile::at(path.clone()).read_or_make().unwrap();
        assert_eq!(again.open(&sealed, &of(1)).unwrap().as_str(), "lka_secret");
        assert!(key.open(&sealed, &of(2)).is_none());
        assert!(key.open(&sealed, &SealOf { key_version: 2, ..of(1) }).is_none());
        assert!(key.open(&sealed[..10], &of(1)).is_none());
        let other = KeyFile::at(folder.path().join("other.key")).read_or_make().unwrap();
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
        KeyFile::at(path.clone()).read_or_make().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(KeyFile::at(path.clone()).read_or_make(), Err(BadKey::Unreadable)));
    }
}
