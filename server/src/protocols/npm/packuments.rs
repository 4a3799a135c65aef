//! Packuments, kept ready to be sent.

use std::{fmt::Write as _, sync::Arc};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use registry::{
    Error, Grant, Services,
    packages::{Package, PackageState, Version},
};
use sha2::{Digest as _, Sha256};

use super::wire::{
    accept::Form,
    name::Name,
    packument::{Packument, PackumentVersion},
};

/// Bytes kept in all.
const MOST: u64 = 128 << 20;
/// What an entry takes besides its text, in bytes.
const ENTRY: u64 = 512;
/// For how many entries room is made at first. The cache is in parts of 32 of them, and no entry may
/// be larger than its part.
const USUAL: usize = 128;

/// A packument in one of its forms.
#[derive(Debug)]
pub(super) struct Rendered {
    /// The JSON document.
    pub(super) json: Bytes,
    /// Its entity tag, with its quotes. The same text has the same one, also after a restart.
    pub(super) etag: String,
}

/// What a rendered packument was made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    state: PackageState,
    base: String,
    form: Form,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Rendered>> for Weight {
    fn weight(&self, key: &Key, rendered: &Arc<Rendered>) -> u64 {
        (key.base.len() + rendered.json.len()) as u64 + ENTRY
    }
}

/// The packuments asked for lately. What is found is never old: the package's revision is part of
/// the key and is looked up each time.
pub(super) struct Packuments(Cache<Key, Arc<Rendered>, Weight>);

impl Packuments {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(USUAL, MOST, Weight))
    }

    /// The packument of the granted package. `base` is the feed's npm address.
    pub(super) async fn get(
        &self,
        services: &Services,
        grant: &Grant,
        name: &Name,
        base: String,
        form: Form,
    ) -> Result<Arc<Rendered>, Error> {
        let state = services.packages.state(grant).await?;
        let key = Key { state, base, form };
        // Whoever asks for the same meanwhile waits for the one that reads it.
        let read = async {
            let package = services.packages.read(grant).await?;
            Ok(Arc::new(render(&package, name, &key.base, form)))
        };
        self.0.get_or_insert_async(&key, read).await
    }
}

fn render(package: &Package, name: &Name, base: &str, form: Form) -> Rendered {
    let hashes: Vec<(String, String)> = package
        .versions
        .iter()
        .map(|version| {
            let integrity = format!("sha512-{}", BASE64_STANDARD.encode(&version.sha512));
            (integrity, hexadecimal(&version.sha1))
        })
        .collect();
    let versions: Vec<PackumentVersion<'_>> = package
        .versions
        .iter()
        .zip(&hashes)
        .map(|(version, hashes)| of(version, hashes, form))
        .collect();
    let tags: Vec<(&str, &str)> =
        package.tags.iter().map(|(tag, version)| (tag.as_str(), version.as_str())).collect();
    let latest = tags.iter().find(|(tag, _)| *tag == "latest").map(|(_, version)| *version);
    let readme = package
        .versions
        .iter()
        .find(|version| Some(version.version.as_str()) == latest)
        .map(|version| version.readme.as_str())
        .filter(|readme| !readme.is_empty());
    let rev = format!("{}-{}", package.state.revision, package.state.id);
    let packument = Packument {
        name,
        rev: &rev,
        created: package.created_at.as_millis(),
        modified: package.updated_at.as_millis(),
        tags: &tags,
        versions: &versions,
        readme,
        base,
    };
    let json = Bytes::from(packument.to_json(form));
    let etag = etag(&json);
    Rendered { json, etag }
}

fn of<'a>(
    version: &'a Version,
    (integrity, shasum): &'a (String, String),
    form: Form,
) -> PackumentVersion<'a> {
    PackumentVersion {
        version: &version.version,
        manifest: match form {
            Form::Full => &version.manifest,
            Form::Abbreviated => &version.manifest_short,
        },
        integrity,
        shasum,
        size: version.size,
        published: version.published_at.as_millis(),
        deprecated: version.deprecation.as_deref(),
    }
}

/// A strong entity tag (RFC 9110 §8.8.3) of a text: 128 bits of its SHA-256.
pub(super) fn etag(text: &[u8]) -> String {
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16]))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
