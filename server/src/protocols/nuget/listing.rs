//! Versions that clients older than NuGet 3 ask for: of one package, of those a search finds, and
//! updates of those a client has.

use std::cmp::Ordering;

use model::nuget_version::NugetVersion;
use registry::{
    Grant,
    access::Wanted,
    packages::{Manifests, Marks, Query as Words},
};

use super::{
    Call, NUGET,
    answer::Refusal,
    documents::catalogue,
    read::absent,
    search::browse,
    wire::{
        atom::Described,
        catalogue::Catalogue,
        id::Id,
        manifest::FOR_ALL_CLIENTS,
        odata::{Installed, Key, List, Order, Set, Term},
    },
};

/// Packages looked for at once where every version counts.
const BLOCK: usize = 250;

/// What was found: one page of it, how many there are, and whether more follow.
pub(super) struct Found {
    /// The packages of the page.
    catalogues: Vec<Catalogue>,
    shown: Vec<Hit>,
    pub(super) total: usize,
    pub(super) has_more: bool,
}

/// A version that was found, as far as sorting needs to know it.
struct Hit {
    /// The package's id in lower case.
    id: String,
    version: NugetVersion,
    published: i64,
    downloads: u64,
}

impl Found {
    /// The versions of the page.
    pub(super) fn shown(&self, semver2: bool) -> Vec<Described<'_>> {
        let all: Vec<_> = self.catalogues.iter().flat_map(|one| describe(one, semver2)).collect();
        let find = |hit: &Hit| {
            let mut all = all.iter();
            all.find(|one| hit.is(&one.entry.manifest.id, &one.entry.version)).copied()
        };
        self.shown.iter().filter_map(find).collect()
    }
}

impl Hit {
    fn of(described: &Described<'_>) -> Self {
        let entry = described.entry;
        Self {
            id: entry.manifest.id.to_ascii_lowercase(),
            version: entry.version.clone(),
            published: entry.published,
            downloads: described.downloads,
        }
    }

    fn is(&self, id: &str, version: &NugetVersion) -> bool {
        self.id.eq_ignore_ascii_case(id) && self.version == *version
    }
}

/// Finds what a list asks for.
pub(super) async fn find(call: &Call, list: &List) -> Result<(Grant, Found), Refusal> {
    match &list.set {
        Set::Of(id) => {
            let (grant, catalogue) = match read(call, id).await {
                // To these clients a package that is not there has no versions.
                Err(Refusal::Absent(_)) => {
                    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
                    (grant, Catalogue::new(id.as_str(), Vec::new()))
                }
                other => other?,
            };
            let hits = select(&catalogue, list).iter().map(Hit::of).collect();
            Ok((grant, page(list, hits, vec![catalogue])))
        }
        Set::Updates { installed, is_all } => {
            let grant = call.authorize(Wanted::Browse).await?;
            let (mut hits, mut catalogues) = (Vec::new(), Vec::new());
            for one in installed {
                if let Some(catalogue) = browse(call, &grant, one.id.as_str()).await? {
                    hits.extend(updates(&catalogue, list, one, *is_all));
                    catalogues.push(catalogue);
                }
            }
            Ok((grant, page(list, hits, catalogues)))
        }
        Set::Found(text) => {
            let grant = call.authorize(Wanted::Browse).await?;
            let found = search(call, &grant, list, text).await?;
            Ok((grant, found))
        }
    }
}

/// The package, and leave to read it.
pub(super) async fn read(call: &Call, id: &Id) -> Result<(Grant, Catalogue), Refusal> {
    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let package = call.services.packages.read(&grant, Manifests::Short).await;
    let package = package.map_err(|error| absent(call, id, error))?;
    Ok((grant, catalogue(id.as_str(), &package)?))
}

/// What is newer than what is installed, and within what it has to be within.
fn updates(catalogue: &Catalogue, list: &List, installed: &Installed, is_all: bool) -> Vec<Hit> {
    let mut newer = select(catalogue, list);
    newer.retain(|Described { entry, .. }| {
        entry.is_listed
            && entry.version > installed.version
            && installed.within.contains(&entry.version)
    });
    let older = if is_all { 0 } else { newer.len().saturating_sub(1) };
    newer.iter().skip(older).map(Hit::of).collect()
}

/// Listed versions of the packages that have the words.
async fn search(call: &Call, grant: &Grant, list: &List, text: &str) -> Result<Found, Refusal> {
    let has = |wanted: fn(&Term) -> bool| list.filter.iter().any(wanted);
    let is_one_each = has(|term| matches!(term, Term::Latest | Term::AbsoluteLatest))
        && !has(|term| {
            matches!(term, Term::Begins(_) | Term::Holds(_) | Term::Tagged(_) | Term::Is(_))
        });
    let only_released = has(|term| matches!(term, Term::Latest | Term::Released));
    let marks = Marks { always: (!list.semver2).then_some(FOR_ALL_CLIENTS), either: None };
    let services = &call.services.packages;
    // Where each package has one version to show, the database counts and skips.
    if is_one_each && list.order == Order::NATURAL {
        let words = Words { text, from: list.skip, size: list.top, only_released };
        let found = services.search_marked(grant, NUGET, words, marks).await?;
        let count = found.packages.len();
        let (mut shown, mut catalogues) = (Vec::new(), Vec::new());
        for package in &found.packages {
            if let Some(catalogue) = browse(call, grant, &package.name).await? {
                shown.extend(select(&catalogue, list).iter().map(Hit::of));
                catalogues.push(catalogue);
            }
        }
        let total = usize::try_from(found.total).unwrap_or(usize::MAX);
        let has_more = count > 0 && total > list.skip + count;
        return Ok(Found { catalogues, shown, total, has_more });
    }
    // Otherwise package after package goes by, and of each no more is kept than sorting needs.
    let is_enough =
        |count| !list.is_count && list.order == Order::NATURAL && count > list.skip + list.top;
    let (mut hits, mut from) = (Vec::new(), 0);
    loop {
        let words = Words { text, from, size: BLOCK, only_released };
        let found = services.search_marked(grant, NUGET, words, marks).await?;
        for package in &found.packages {
            if let Some(catalogue) = browse(call, grant, &package.name).await? {
                hits.extend(select(&catalogue, list).iter().map(Hit::of));
            }
            if is_enough(hits.len()) {
                break;
            }
        }
        from += BLOCK;
        if found.packages.len() < BLOCK || is_enough(hits.len()) {
            break;
        }
    }
    let mut found = page(list, hits, Vec::new());
    let mut ids: Vec<&str> = found.shown.iter().map(|hit| hit.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        found.catalogues.extend(browse(call, grant, id).await?);
    }
    Ok(found)
}

/// The versions of a package, the lowest first, with what makes one the latest.
pub(super) fn describe(catalogue: &Catalogue, semver2: bool) -> Vec<Described<'_>> {
    let entries = catalogue.entries().iter();
    let entries: Vec<_> = entries.filter(|entry| semver2 || !entry.manifest.is_sem_ver2).collect();
    let listed = || entries.iter().rev().filter(|entry| entry.is_listed);
    let latest = listed().find(|entry| !entry.version.is_prerelease());
    let absolute = listed().next();
    let downloads = entries.iter().map(|entry| entry.downloads).sum();
    let described = entries.iter().map(|entry| Described {
        entry,
        is_latest: latest.is_some_and(|latest| latest.version == entry.version),
        is_absolute_latest: absolute.is_some_and(|latest| latest.version == entry.version),
        downloads,
    });
    described.collect()
}

/// The versions of a package that fulfil the filter. Who asks for a package by its id is told of
/// unlisted versions too, and that they are.
fn select<'a>(catalogue: &'a Catalogue, list: &List) -> Vec<Described<'a>> {
    let id = |described: &Described<'_>| described.entry.manifest.id.to_ascii_lowercase();
    let holds = |described: &Described<'_>, term: &Term| match term {
        Term::Is(version) => described.entry.version == *version,
        Term::Latest => described.is_latest,
        Term::AbsoluteLatest => described.is_absolute_latest,
        Term::Released => !described.entry.version.is_prerelease(),
        Term::Listed => described.entry.is_listed,
        Term::Begins(text) => id(described).starts_with(text),
        Term::Holds(text) => id(described).contains(text),
        Term::Tagged(text) => {
            let mut tags = described.entry.manifest.tags.iter();
            tags.any(|tag| tag.to_lowercase().contains(text))
        }
    };
    let with_unlisted = !matches!(list.set, Set::Found(_));
    let mut found = describe(catalogue, list.semver2);
    found.retain(|described| {
        (with_unlisted || described.entry.is_listed)
            && list.filter.iter().all(|term| holds(described, term))
    });
    found
}

/// Sorts what was found, and takes a page of it.
fn page(list: &List, mut hits: Vec<Hit>, catalogues: Vec<Catalogue>) -> Found {
    let order = list.order;
    // What is equal stays in the order of names, the lowest version of each first.
    if order != Order::NATURAL {
        hits.sort_by(|a, b| {
            let first = order.directed(compare(order.key, a, b));
            if order.then_newest {
                first.then_with(|| a.id.cmp(&b.id)).then_with(|| b.version.cmp(&a.version))
            } else {
                first
            }
        });
    }
    let total = hits.len();
    let shown: Vec<_> = hits.into_iter().skip(list.skip).take(list.top).collect();
    let has_more = total > list.skip + shown.len() && !shown.is_empty();
    Found { catalogues, shown, total, has_more }
}

fn compare(key: Key, a: &Hit, b: &Hit) -> Ordering {
    match key {
        Key::Name => a.id.cmp(&b.id),
        Key::Version => a.version.cmp(&b.version),
        Key::Published => a.published.cmp(&b.published),
        Key::Downloads => a.downloads.cmp(&b.downloads),
    }
}
