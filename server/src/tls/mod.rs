//! TLS in the binary: a certificate and its key from two files, which may be replaced while the server
//! runs.
//!
//! Version 1.2 and 1.3 (RFC 5246, RFC 8446), HTTP/2 or HTTP/1.1 by ALPN (RFC 7301). A connection that
//! is open keeps what it was begun with.

mod pair;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use registry::clock::Clock;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use self::pair::{Contents, Pair};
pub(crate) use self::{pair::PairError, watch::watch};
use crate::config::PublicUrl;

/// The content type of a handshake (RFC 8446 §5.1), with which every connection begins.
const HANDSHAKE: u8 = 22;
/// How long before its end a certificate is complained about.
const ENDS_SOON: Duration = Duration::from_hours(24 * 14);

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairFiles {
    /// The server's certificate, then those that lead to its CA, as PEM (RFC 7468).
    pub cert: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// The pair that new connections get.
pub struct Tls {
    files: PairFiles,
    clock: Arc<dyn Clock>,
    current: RwLock<Arc<Pair>>,
}

/// A connection whose first bytes were looked at.
pub(crate) enum Greeted {
    /// It speaks TLS.
    Encrypted(Box<TlsStream<TcpStream>>),
    /// It speaks HTTP in the clear.
    Plain(TcpStream),
}

impl Tls {
    /// Reads the files. Whatever is wrong with them now keeps the server from starting.
    pub(crate) async fn open(files: PairFiles, clock: Arc<dyn Clock>) -> Result<Self, PairError> {
        let pair = Contents::read(&files).await?.pair(&files, clock.now())?;
        Ok(Self { files, clock, current: RwLock::new(Arc::new(pair)) })
    }

    /// Shakes hands with whoever connected.
    pub(crate) async fn greet(&self, stream: TcpStream) -> io::Result<Greeted> {
        let mut first = [0];
        // What neither is a handshake nor can begin a request's line is refused by the handshake.
        if stream.peek(&mut first).await? == 1
            && first[0] != HANDSHAKE
            && first[0].is_ascii_alphabetic()
        {
            return Ok(Greeted::Plain(stream));
        }
        let acceptor = TlsAcceptor::from(Arc::clone(&self.current().config));
        Ok(Greeted::Encrypted(Box::new(acceptor.accept(stream).await?)))
    }

    /// Says in the log what will soon be wrong, or is not as it should be, with the pair in force.
    pub(crate) async fn complain(&self, public_url: &PublicUrl) {
        let pair = self.current();
        let (cert, key) = (self.files.cert.display(), self.files.key.display());
        if let Some(end) = pair.ends_by(self.clock.now().plus(ENDS_SOON)) {
            tracing::warn!(
                "the certificate {cert} ends on {}: put its successor in its place, it is read again by \
                 itself",
                end.long_date()
            );
        }
        if !pair.is_for(&public_url.host()) {
            tracing::warn!(
                "the certificate {cert} is not for {}, so clients will refuse it: name the host it is for \
                 by --public-url, or get one for this host",
                public_url.host()
            );
        }
        if self.files.key_is_open().await {
            tracing::warn!(
                "every user of this machine can read the private key {key}: chmod o= {key}"
            );
        }
    }

    fn current(&self) -> Arc<Pair> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, pair: Pair) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
    }
}
