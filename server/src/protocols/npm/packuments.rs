//! Packuments, kept ready to be sent.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use registry::{
    Error, Grant, Services,
    packages::{Manifests, Package, PackageState, Version},
};

use super::wire::{
    accept::Form,
    encoding::Encoding,
    name::Name,
    packument::{Packument, PackumentVersion},
};
use crate::protocols::rendered::{Rendered, Renderings};

/// What a rendered packument was made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    state: PackageState,
    base: String,
    form: Form,
}

/// The packuments asked for lately. What is found is never old: the package's revision is part of
/// the key and is looked up each time.
pub(super) struct Packuments(Renderings<Key>);

impl Packuments {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Renderings::new())
    }

    /// The packument of the granted package. `base` is the feed's npm address.
    pub(super) async fn get(
        &self,
        services: &Services,
        grant: &Grant,
        name: &Name,
        base: String,
        form: Form,
        encoding: Encoding,
    ) -> Result<Rendered, Error> {
        let state = services.packages.state(grant).await?;
        let key = Key { state, base, form };
        let render = async {
            let package = services.packages.read(grant, manifests(form)).await?;
            Ok(render(&package, name, &key.base, form))
        };
        self.0.get(key.clone(), encoding, render).await
    }
}

/// What a form is made of.
fn manifests(form: Form) -> Manifests {
    match form {
        Form::Full => Manifests::Whole,
        Form::Abbreviated => Manifests::Short,
    }
}

fn render(package: &Package, name: &Name, base: &str, form: Form) -> Rendered {
    let hashes: Vec<Hashes> = package.versions.iter().map(Hashes::of).collect();
    let versions: Vec<PackumentVersion<'_>> = package
        .versions
        .iter()
        .zip(&hashes)
        .map(|(version, hashes)| hashes.describe(version))
        .collect();
    let tags: Vec<(&str, &str)> =
        package.tags.iter().map(|(tag, version)| (tag.as_str(), version.as_str())).collect();
    let packument = Packument {
        name,
        rev: &revision(package.state),
        created: package.created_at.as_millis(),
        modified: package.updated_at.as_millis(),
        tags: &tags,
        versions: &versions,
        readme: Some(package.readme.as_str()).filter(|readme| !readme.is_empty()),
        base,
    };
    Rendered::plain(packument.to_json(form))
}

/// One version by itself.
pub(super) fn render_version(version: &Version, name: &Name, base: &str) -> Rendered {
    Rendered::plain(Hashes::of(version).describe(version).to_json(name, base))
}

/// A package's state as its `_rev`, which clients send back when they change something.
pub(super) fn revision(state: PackageState) -> String {
    format!("{}-{}", state.revision, state.id)
}

/// An archive's hashes as clients read them.
struct Hashes {
    integrity: String,
    shasum: String,
}

impl Hashes {
    fn of(version: &Version) -> Self {
        Self {
            integrity: format!("sha512-{}", BASE64_STANDARD.encode(&version.sha512)),
            shasum: hexadecimal(&version.sha1),
        }
    }

    fn describe<'a>(&'a self, version: &'a Version) -> PackumentVersion<'a> {
        PackumentVersion {
            version: &version.version,
            manifest: &version.manifest,
            integrity: &self.integrity,
            shasum: &self.shasum,
            size: version.size,
            published: version.published_at.as_millis(),
            is_listed: version.is_listed,
            deprecated: version.deprecation.as_deref(),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
