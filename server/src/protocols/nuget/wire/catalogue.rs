//! The documents about packages and their versions
//! (<https://learn.microsoft.com/nuget/api/registration-base-url-resource>).

use model::nuget_version::NugetVersion;
use serde_json::{Map, Value, json};

use super::{
    manifest::{Manifest, USUAL_TYPE},
    path::Hive,
    query::Query,
};
use crate::protocols::rfc3339::Rfc3339;

/// The most versions of a page. A package with no more is described in one document.
pub(crate) const PAGE: usize = 64;

/// A version, as documents describe it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) version: NugetVersion,
    pub(crate) manifest: Manifest,
    pub(crate) is_listed: bool,
    /// Why not to use it, if that was said.
    pub(crate) deprecation: Option<String>,
    /// In milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) published: i64,
    pub(crate) downloads: u64,
    /// The package's length in bytes.
    pub(crate) size: u64,
    /// The package's SHA-512 in base64.
    pub(crate) sha512: String,
}

impl Entry {
    /// The address of a file of the version.
    fn file(&self, api: &str, name: &str) -> String {
        let id = self.manifest.id.to_ascii_lowercase();
        format!("{api}/v3/flatcontainer/{id}/{}/{name}", self.version.key())
    }

    /// What searches and pages say alike of a version.
    fn describe(&self, api: &str, into: &mut Map<String, Value>) {
        let manifest = &self.manifest;
        let Manifest { license_expression, homepage, .. } = manifest;
        let readme = manifest.has_readme.then(|| self.file(api, "readme"));
        for (name, value) in [
            ("id", json!(manifest.id)),
            ("version", json!(self.version.to_string())),
            ("title", json!(manifest.title)),
            ("description", json!(manifest.description)),
            ("summary", json!(manifest.summary)),
            ("authors", json!(manifest.authors)),
            ("tags", json!(manifest.tags)),
            ("language", json!(manifest.language)),
            ("minClientVersion", json!(manifest.min_client_version)),
            ("requireLicenseAcceptance", json!(manifest.require_license_acceptance)),
            ("licenseExpression", json!(license_expression)),
            ("licenseUrl", json!(self.licence_url(api))),
            ("projectUrl", json!(homepage)),
            ("iconUrl", json!(self.icon_url(api))),
            ("readmeUrl", json!(readme)),
            ("packageTypes", json!(manifest.package_types)),
        ] {
            let is_nothing =
                matches!(&value, Value::Null) || value == json!([]) || value == json!("");
            if !is_nothing {
                into.insert(name.to_owned(), value);
            }
        }
    }

    /// Where its licence is: in the package, or where its manifest says.
    pub(crate) fn licence_url(&self, api: &str) -> Option<String> {
        let Manifest { has_license_file, license_url, .. } = &self.manifest;
        if *has_license_file { Some(self.file(api, "license")) } else { license_url.clone() }
    }

    /// Where its icon is: in the package, or where its manifest says.
    pub(crate) fn icon_url(&self, api: &str) -> Option<String> {
        let Manifest { icon, icon_url, .. } = &self.manifest;
        if icon.is_some() { Some(self.file(api, "icon")) } else { icon_url.clone() }
    }
}

/// A package with its versions, the lowest first.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    /// The id in lower case.
    id: String,
    entries: Vec<Entry>,
}

/// A page of the documents about a package.
#[derive(Debug, Clone, Copy)]
struct Page<'a> {
    entries: &'a [Entry],
    lowest: &'a NugetVersion,
    highest: &'a NugetVersion,
}

impl Catalogue {
    /// A package of this id.
    pub(crate) fn new(id: &str, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.version.cmp(&b.version));
        Self { id: id.to_ascii_lowercase(), entries }
    }

    /// The same without what a hive does not have.
    pub(crate) fn of_hive(mut self, hive: Hive) -> Self {
        if hive != Hive::SemVer2 {
            self.entries.retain(|entry| !entry.manifest.is_sem_ver2);
        }
        self
    }

    /// How many versions there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The versions, the lowest first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether there is nothing to describe.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// One version.
    pub(crate) fn entry(&self, version: &NugetVersion) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.version == *version)
    }

    /// The numbers of all versions, unlisted ones too: whoever asks for one by its number gets it.
    pub(crate) fn versions(&self) -> Value {
        json!({ "versions": self.entries.iter().map(|entry| entry.version.key()).collect::<Vec<_>>() })
    }

    /// The document about all versions: with them, or with the places of its pages.
    pub(crate) fn index(&self, api: &str, hive: Hive) -> Value {
        let pages: Vec<Value> = match self.pages().collect::<Vec<_>>().as_slice() {
            [page] => vec![self.whole_page(*page, api, hive)],
            pages => pages.iter().map(|page| self.head(*page, api, hive).into()).collect(),
        };
        json!({
            "@id": self.index_address(api, hive),
            "@type": ["catalog:CatalogRoot", "PackageRegistration", "catalog:Permalink"],
            "count": pages.len(),
            "items": pages,
        })
    }

    /// The page from one version to another, if there is such a page.
    pub(crate) fn page(
        &self,
        lowest: &NugetVersion,
        highest: &NugetVersion,
        api: &str,
        hive: Hive,
    ) -> Option<Value> {
        let page = self.pages().find(|page| page.lowest == lowest && page.highest == highest);
        page.map(|page| self.whole_page(page, api, hive))
    }

    /// The document about one version.
    pub(crate) fn leaf(&self, version: &NugetVersion, api: &str, hive: Hive) -> Option<Value> {
        let entry = self.entry(version)?;
        Some(json!({
            "@id": self.leaf_address(entry, api, hive),
            "@type": ["Package", "catalog:Permalink"],
            "listed": entry.is_listed,
            "published": Rfc3339(entry.published).to_string(),
            "packageContent": self.content_address(entry, api),
            "registration": self.index_address(api, hive),
        }))
    }

    /// What a search shows of the package; `None` if it has no version that the search is for.
    pub(crate) fn result(&self, query: &Query, api: &str) -> Option<Value> {
        let hive = if query.semver2 { Hive::SemVer2 } else { Hive::SemVer1 };
        let shown: Vec<&Entry> = self.shown(query).collect();
        let latest = shown.last()?;
        let index = self.index_address(api, hive);
        let mut result = Map::new();
        result.insert("@id".to_owned(), json!(index));
        result.insert("@type".to_owned(), json!("Package"));
        result.insert("registration".to_owned(), json!(index));
        latest.describe(api, &mut result);
        let version = |entry: &&Entry| {
            json!({
                "@id": self.leaf_address(entry, api, hive),
                "version": entry.version.to_string(),
                "downloads": entry.downloads,
            })
        };
        let downloads: u64 = shown.iter().map(|entry| entry.downloads).sum();
        result.insert("totalDownloads".to_owned(), json!(downloads));
        result.insert("versions".to_owned(), shown.iter().map(version).collect());
        let types = &latest.manifest.package_types;
        let usual = json!([{ "name": USUAL_TYPE }]);
        let types = if types.is_empty() { usual } else { json!(types) };
        result.insert("packageTypes".to_owned(), types);
        Some(result.into())
    }

    /// The versions that a search is for.
    pub(crate) fn shown<'a>(&'a self, query: &'a Query) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(|entry| {
            let is_of_type = query.package_type.as_ref().is_none_or(|wanted| {
                let types = &entry.manifest.package_types;
                // What says nothing is a dependency.
                (types.is_empty() && wanted.eq_ignore_ascii_case(USUAL_TYPE))
                    || types.iter().any(|kind| kind.name.eq_ignore_ascii_case(wanted))
            });
            entry.is_listed
                && is_of_type
                && (query.prerelease || !entry.version.is_prerelease())
                && (query.semver2 || !entry.manifest.is_sem_ver2)
        })
    }

    fn pages(&self) -> impl Iterator<Item = Page<'_>> {
        self.entries.chunks(PAGE).filter_map(|entries| {
            let (lowest, highest) = (&entries.first()?.version, &entries.last()?.version);
            Some(Page { entries, lowest, highest })
        })
    }

    /// What says where a page is.
    fn head(&self, page: Page<'_>, api: &str, hive: Hive) -> Map<String, Value> {
        let index = self.index_address(api, hive);
        let folder = index.strip_suffix("index.json").unwrap_or(&index);
        let (lowest, highest) = (page.lowest.key(), page.highest.key());
        let mut head = Map::new();
        head.insert("@id".to_owned(), json!(format!("{folder}page/{lowest}/{highest}.json")));
        head.insert("@type".to_owned(), json!("catalog:CatalogPage"));
        head.insert("count".to_owned(), json!(page.entries.len()));
        head.insert("lower".to_owned(), json!(page.lowest.normalised()));
        head.insert("upper".to_owned(), json!(page.highest.normalised()));
        head.insert("parent".to_owned(), json!(index));
        head
    }

    fn whole_page(&self, page: Page<'_>, api: &str, hive: Hive) -> Value {
        let index = self.index_address(api, hive);
        let leaf = |entry: &Entry| {
            let address = self.leaf_address(entry, api, hive);
            let content = self.content_address(entry, api);
            let mut details = Map::new();
            details.insert("@id".to_owned(), json!(address));
            details.insert("@type".to_owned(), json!("PackageDetails"));
            details.insert("listed".to_owned(), json!(entry.is_listed));
            details.insert("published".to_owned(), json!(Rfc3339(entry.published).to_string()));
            details.insert("packageContent".to_owned(), json!(content));
            entry.describe(api, &mut details);
            details.insert("dependencyGroups".to_owned(), groups(entry, api, hive));
            if let Some(reason) = &entry.deprecation {
                let deprecation = json!({ "reasons": ["Other"], "message": reason });
                details.insert("deprecation".to_owned(), deprecation);
            }
            json!({
                "@id": address,
                "@type": "Package",
                "catalogEntry": details,
                "packageContent": content,
                "registration": index,
            })
        };
        let mut whole = self.head(page, api, hive);
        whole.insert("items".to_owned(), page.entries.iter().map(leaf).collect());
        whole.into()
    }

    fn index_address(&self, api: &str, hive: Hive) -> String {
        format!("{api}/v3/{}/{}/index.json", hive.folder(), self.id)
    }

    fn leaf_address(&self, entry: &Entry, api: &str, hive: Hive) -> String {
        format!("{api}/v3/{}/{}/{}.json", hive.folder(), self.id, entry.version.key())
    }

    fn content_address(&self, entry: &Entry, api: &str) -> String {
        entry.file(api, &format!("{}.{}.nupkg", self.id, entry.version.key()))
    }
}

fn groups(entry: &Entry, api: &str, hive: Hive) -> Value {
    let group = |group: &super::manifest::GroupEntry| {
        let dependency = |dependency: &super::manifest::DependencyEntry| {
            let id = dependency.id.to_ascii_lowercase();
            json!({
                "id": dependency.id,
                "range": dependency.range,
                "registration": format!("{api}/v3/{}/{id}/index.json", hive.folder()),
            })
        };
        let mut entry = Map::new();
        if let Some(framework) = &group.target_framework {
            entry.insert("targetFramework".to_owned(), json!(framework));
        }
        let dependencies: Vec<Value> = group.dependencies.iter().map(dependency).collect();
        entry.insert("dependencies".to_owned(), dependencies.into());
        Value::Object(entry)
    };
    entry.manifest.dependency_groups.iter().map(group).collect()
}

#[cfg(test)]
pub(crate) mod tests;
