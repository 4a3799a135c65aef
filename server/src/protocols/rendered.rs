//! Documents, kept ready to be sent.

use std::{future::Future, hash::Hash};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use registry::Error;
use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::encoding::Encoding;

/// Bytes kept in all.
const MOST: u64 = 128 << 20;
/// What an entry takes besides its text, in bytes.
const ENTRY: u64 = 512;
/// For how many entries room is made at first. The cache is in parts of 32 of them, and no entry may
/// be larger than its part.
const USUAL: usize = 128;
/// Below this many bytes compressing gains nothing worth a header.
const WORTH_COMPRESSING: usize = 1024;

/// A document ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    /// The document, compressed as the next field says.
    pub(super) body: Bytes,
    /// How it is compressed.
    pub(super) encoding: Encoding,
    /// Its entity tag, with its quotes. The same bytes have the same one, also after a restart.
    pub(super) etag: String,
}

impl Rendered {
    /// A document as it is.
    pub(super) fn plain(json: String) -> Self {
        let etag = etag(json.as_bytes());
        Self { body: json.into(), encoding: Encoding::Identity, etag }
    }

    /// The same, compressed on a thread where that may take its time.
    async fn compressed(self, encoding: Encoding) -> Result<Self, Error> {
        if self.body.len() < WORTH_COMPRESSING {
            return Ok(self);
        }
        let encode = move || encoding.encode(&self.body);
        let body = spawn_blocking(encode).await.unwrap_or_else(|error| Err(error.into()));
        let body = Bytes::from(body.map_err(|error| Error::Internal {
            context: "a document could not be compressed",
            source: error.into(),
        })?);
        let etag = etag(&body);
        Ok(Self { body, encoding, etag })
    }
}

/// A strong entity tag (RFC 9110 §8.8.3): 128 bits of the SHA-256.
fn etag(body: &[u8]) -> String {
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
}

#[derive(Clone)]
struct Weight;

impl<K> Weighter<(K, Encoding), Rendered> for Weight {
    fn weight(&self, _: &(K, Encoding), rendered: &Rendered) -> u64 {
        rendered.body.len() as u64 + ENTRY
    }
}

/// The documents asked for lately, each under what it was made from. What is found is never old as
/// long as the state of what it describes is part of the key and is looked up each time.
pub(super) struct Renderings<K>(Cache<(K, Encoding), Rendered, Weight>);

impl<K: Clone + Eq + Hash> Renderings<K> {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(USUAL, MOST, Weight))
    }

    /// The document of a key, made only if it is not there. Whoever asks for the same meanwhile waits
    /// for the one that makes it.
    pub(super) async fn get<E: From<Error>>(
        &self,
        key: K,
        encoding: Encoding,
        render: impl Future<Output = Result<Rendered, E>>,
    ) -> Result<Rendered, E> {
        let plain = (key.clone(), Encoding::Identity);
        let rendered = self.0.get_or_insert_async(&plain, render);
        if encoding == Encoding::Identity {
            return rendered.await;
        }
        let compressed = async { Ok(rendered.await?.compressed(encoding).await?) };
        self.0.get_or_insert_async(&(key, encoding), compressed).await
    }
}
