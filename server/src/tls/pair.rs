//! A certificate with its private key: what the files may hold, and what is wrong with them in words.

use std::{io, path::Path, path::PathBuf, sync::Arc};

use model::timestamp::Timestamp;
use rustls::{
    CertificateError, Error, InconsistentKeys, RootCertStore, ServerConfig,
    client::{verify_server_cert_signed_by_trust_anchor, verify_server_name},
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName, UnixTime,
        pem::{self, PemObject as _},
    },
    server::ParsedCertificate,
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use sha2::{Digest as _, Sha256};

use super::PairFiles;

/// The protocols above TLS, the preferred one first (RFC 7301, RFC 9113 §3.1).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// What a key begins with that only a password opens (RFC 7468 §11).
const LOCKED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
/// The same in the older form, among the lines before the key (RFC 1421 §4.6.1.1).
const LOCKED_LONG_AGO: &str = "Proc-Type: 4,ENCRYPTED";

/// Why a certificate and a key cannot be used, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PairError {
    #[error("tls_{what} {path}: it cannot be read: {why}. Name a file that this server may read.")]
    Unreadable { what: &'static str, path: String, why: String },
    #[error(
        "tls_cert {0}: it holds no certificate. It must be PEM, text that begins with \
         -----BEGIN CERTIFICATE-----: the server's own certificate, then those that lead to its CA."
    )]
    NoCertificate(String),
    #[error(
        "tls_key {0}: it holds no private key. It must be PEM, text that begins with \
         -----BEGIN PRIVATE KEY-----, -----BEGIN RSA PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----."
    )]
    NoKey(String),
    #[error(
        "tls_key {0}: a password locks it, and nobody could type that when the server starts. Write it \
         without one: openssl pkey -in {0} -out unlocked.key"
    )]
    Locked(String),
    #[error("tls_{what} {path}: it is damaged: {why}. Copy the whole file again.")]
    Damaged { what: &'static str, path: String, why: String },
    #[error(
        "tls_key {0}: keys of this kind cannot be used. Use RSA with 2048 to 8192 bits, ECDSA on P-256 or \
         P-384, or Ed25519."
    )]
    KeyKind(String),
    #[error(
        "tls_key {key}: this private key does not belong to the first certificate in {cert}. Name the key \
         that the certificate was made for, and put the server's own certificate first."
    )]
    Mismatch { cert: String, key: String },
    #[error("tls_cert {cert}: the certificate expired on {on}. Put its successor in its place.")]
    Expired { cert: String, on: String },
    #[error(
        "tls_cert {cert}: the certificate begins on {on}. Use one that is valid now, or set this machine's \
         clock."
    )]
    NotYet { cert: String, on: String },
}

/// What two files hold.
pub(super) struct Contents {
    cert: Vec<u8>,
    key: Vec<u8>,
}

/// A certificate with its key, ready for use.
pub(super) struct Pair {
    pub(super) config: Arc<ServerConfig>,
    /// Of what it was read from.
    pub(super) digest: [u8; 32],
    chain: Vec<CertificateDer<'static>>,
}

impl PairFiles {
    /// Whether anybody on this machine can read the key.
    #[cfg(unix)]
    pub(super) async fn key_is_open(&self) -> bool {
        use std::os::unix::fs::PermissionsExt as _;

        const OTHERS: u32 = 0o007;
        let key = tokio::fs::metadata(&self.key).await;
        key.is_ok_and(|key| key.permissions().mode() & OTHERS != 0)
    }

    #[cfg(not(unix))]
    pub(super) async fn key_is_open(&self) -> bool {
        false
    }
}

impl Contents {
    /// Reads both.
    pub(super) async fn read(files: &PairFiles) -> Result<Self, PairError> {
        let read = async |what, path: &PathBuf| {
            let path_shown = shown(path);
            let unreadable = |error: io::Error| PairError::Unreadable {
                what,
                path: path_shown,
                why: error.to_string(),
            };
            tokio::fs::read(path).await.map_err(unreadable)
        };
        Ok(Self { cert: read("cert", &files.cert).await?, key: read("key", &files.key).await? })
    }

    /// A short name of what was read, by which a change is noticed.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.cert.len().to_le_bytes());
        digest.update(&self.cert);
        digest.update(&self.key);
        digest.finalize().into()
    }

    /// The pair, if the two belong together and are valid now.
    pub(super) fn pair(&self, files: &PairFiles, now: Timestamp) -> Result<Pair, PairError> {
        let provider = Arc::new(ring::default_provider());
        let (chain, key) = (self.chain(&files.cert)?, self.key(&files.key)?);
        let (cert, key_file) = (shown(&files.cert), shown(&files.key));
        let key = provider
            .key_provider
            .load_private_key(key)
            .map_err(|_| PairError::KeyKind(key_file.clone()))?;
        let certified = CertifiedKey::new(chain.clone(), key);
        match certified.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(Error::InconsistentKeys(_)) => {
                return Err(PairError::Mismatch { cert, key: key_file });
            }
            Err(error) => {
                let why = error.to_string();
                return Err(PairError::Damaged { what: "cert", path: cert, why });
            }
        }
        match validity(&chain, now, &provider) {
            Validity::Now => {}
            Validity::Until(end) => return Err(PairError::Expired { cert, on: end.long_date() }),
            Validity::From(begin) => return Err(PairError::NotYet { cert, on: begin.long_date() }),
        }
        let resolver = Arc::new(SingleCertAndKey::from(certified));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|_| PairError::KeyKind(key_file))?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Pair { config: Arc::new(config), digest: self.digest(), chain })
    }

    fn chain(&self, path: &Path) -> Result<Vec<CertificateDer<'static>>, PairError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.cert).collect();
        match chain {
            Ok(chain) if chain.is_empty() => Err(PairError::NoCertificate(shown(path))),
            Ok(chain) => Ok(chain),
            Err(error) => Err(damaged("cert", path, &error)),
        }
    }

    fn key(&self, path: &Path) -> Result<PrivateKeyDer<'static>, PairError> {
        let text = String::from_utf8_lossy(&self.key);
        if text.contains(LOCKED) || text.contains(LOCKED_LONG_AGO) {
            return Err(PairError::Locked(shown(path)));
        }
        PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| match error {
            pem::Error::NoItemsFound => PairError::NoKey(shown(path)),
            error => damaged("key", path, &error),
        })
    }
}

impl Pair {
    /// When the certificate ends, if that is before `moment`.
    pub(super) fn ends_by(&self, moment: Timestamp) -> Option<Timestamp> {
        match validity(&self.chain, moment, self.config.crypto_provider()) {
            Validity::Until(end) => Some(end),
            Validity::Now | Validity::From(_) => None,
        }
    }

    /// Whether the certificate is one of this host's (RFC 6125 §6.4): clients look at its alternative
    /// names alone.
    pub(super) fn is_for(&self, host: &str) -> bool {
        let Some(Ok(certificate)) = self.chain.first().map(ParsedCertificate::try_from) else {
            return false;
        };
        ServerName::try_from(host).is_ok_and(|name| verify_server_name(&certificate, &name).is_ok())
    }
}

enum Validity {
    Now,
    From(Timestamp),
    Until(Timestamp),
}

/// Whether a chain is valid at a moment. Clients find out when they look for the way to a CA they
/// trust; what else they find, as that nobody is trusted here, says nothing about the dates.
fn validity(chain: &[CertificateDer<'_>], now: Timestamp, provider: &CryptoProvider) -> Validity {
    let at = std::time::Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
    let at = UnixTime::since_unix_epoch(at);
    let Some((first, rest)) = chain.split_first() else { return Validity::Now };
    let Ok(certificate) = ParsedCertificate::try_from(first) else { return Validity::Now };
    let known = provider.signature_verification_algorithms.all;
    let nobody = RootCertStore::empty();
    match verify_server_cert_signed_by_trust_anchor(&certificate, &nobody, rest, at, known) {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Validity::Until(timestamp(not_after))
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYetContext {
            not_before, ..
        })) => Validity::From(timestamp(not_before)),
        _ => Validity::Now,
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp::from_millis(i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000))
}

fn damaged(what: &'static str, path: &Path, error: &pem::Error) -> PairError {
    // A line of the file may be part of the key; only the kind of damage is told.
    let why = match error {
        pem::Error::MissingSectionEnd { .. } => "a part has no end",
        pem::Error::IllegalSectionStart { .. } => "a part has no proper beginning",
        pem::Error::Base64Decode(_) => "a part is not base64",
        _ => "it is no PEM",
    };
    PairError::Damaged { what, path: shown(path), why: why.to_owned() }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
