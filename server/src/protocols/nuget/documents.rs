//! Documents about packages, kept ready to be sent.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, header};
use quick_cache::{Weighter, sync::Cache};
use registry::{
    Error, Grant,
    packages::{Manifests, Package, PackageState},
};

use super::{
    Call,
    wire::{
        catalogue::{Catalogue, Entry},
        id::Id,
        manifest::Manifest,
        path::{Document, Hive},
    },
};
use crate::protocols::{
    encoding::Encoding,
    rendered::{Rendered, Renderings},
};

/// The versions kept in all, and for how many packages room is made at first.
const VERSIONS: u64 = 50_000;
const USUAL: usize = 128;

/// What a document was made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    state: PackageState,
    /// The feed's address with `/api`.
    api: String,
    what: What,
}

/// Which document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum What {
    Versions,
    Index(Hive),
    /// By the keys of its bounds.
    Page(Hive, String, String),
    Leaf(Hive, String),
}

#[derive(Clone)]
struct Weight;

impl Weighter<PackageState, Arc<Catalogue>> for Weight {
    fn weight(&self, _: &PackageState, catalogue: &Arc<Catalogue>) -> u64 {
        catalogue.len() as u64 + 1
    }
}

/// The documents asked for lately, and the packages they are made from: the pages of one are asked
/// for one after the other. The package's revision is part of each key and is looked up each time.
pub(super) struct Documents {
    documents: Renderings<Key>,
    catalogues: Cache<PackageState, Arc<Catalogue>, Weight>,
}

impl Documents {
    /// None yet.
    pub(super) fn new() -> Self {
        let catalogues = Cache::with_weighter(USUAL, VERSIONS, Weight);
        Self { documents: Renderings::new(), catalogues }
    }

    /// The numbers of all versions.
    pub(super) async fn versions(
        &self,
        call: &Call,
        grant: &Grant,
        id: &Id,
    ) -> Result<Rendered, Error> {
        let state = call.services.packages.state(grant).await?;
        let key = Key { state, api: String::new(), what: What::Versions };
        let render = async {
            let catalogue = self.catalogue(call, grant, state, id).await?;
            Ok(Rendered::plain(catalogue.versions().to_string()))
        };
        self.documents.get(key, accepted(&call.headers), render).await
    }

    /// A document about a package; [`Error::NotFound`] if the hive has none of the name.
    pub(super) async fn registration(
        &self,
        call: &Call,
        grant: &Grant,
        id: &Id,
        hive: Hive,
        document: &Document,
    ) -> Result<Rendered, Error> {
        let state = call.services.packages.state(grant).await?;
        let api = call.api();
        let what = match document {
            Document::Index => What::Index(hive),
            Document::Page(lowest, highest) => What::Page(hive, lowest.key(), highest.key()),
            Document::Leaf(version) => What::Leaf(hive, version.key()),
        };
        let key = Key { state, api: api.clone(), what };
        let render = async {
            let catalogue = self.catalogue(call, grant, state, id).await?;
            let catalogue = catalogue.as_ref().clone().of_hive(hive);
            let document = match document {
                Document::Index if catalogue.is_empty() => None,
                Document::Index => Some(catalogue.index(&api, hive)),
                Document::Page(lowest, highest) => catalogue.page(lowest, highest, &api, hive),
                Document::Leaf(version) => catalogue.leaf(version, &api, hive),
            };
            let document = document.ok_or(Error::NotFound("document"))?;
            Ok(Rendered::plain(document.to_string()))
        };
        let encoding = match hive {
            Hive::Plain => Encoding::Identity,
            Hive::SemVer1 | Hive::SemVer2 => accepted(&call.headers),
        };
        self.documents.get(key, encoding, render).await
    }

    /// The granted package with its versions.
    async fn catalogue(
        &self,
        call: &Call,
        grant: &Grant,
        state: PackageState,
        id: &Id,
    ) -> Result<Arc<Catalogue>, Error> {
        let read = async {
            let package = call.services.packages.read(grant, Manifests::Short).await?;
            Ok(Arc::new(catalogue(id.as_str(), &package)?))
        };
        self.catalogues.get_or_insert_async(&state, read).await
    }
}

/// A package as documents describe it.
pub(super) fn catalogue(id: &str, package: &Package) -> Result<Catalogue, Error> {
    let entry = |version: &registry::packages::Version| {
        let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Internal {
            context: "a stored manifest cannot be read",
            source,
        };
        let manifest =
            Manifest::from_json(&version.manifest).map_err(|error| unreadable(error.into()))?;
        Ok(Entry {
            version: version.version.parse().map_err(|error| unreadable(Box::new(error)))?,
            manifest,
            is_listed: version.is_listed,
            deprecation: version.deprecation.clone(),
            published: version.published_at.as_millis(),
            downloads: version.downloads,
            size: version.size,
            sha512: BASE64_STANDARD.encode(&version.sha512),
        })
    };
    let entries: Result<Vec<Entry>, Error> = package.versions.iter().map(entry).collect();
    Ok(Catalogue::new(id, entries?))
}

/// How an answer to these headers is compressed.
fn accepted(headers: &HeaderMap) -> Encoding {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    Encoding::negotiate(&lines.join(","))
}
