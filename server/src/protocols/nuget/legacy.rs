//! What clients older than NuGet 3 read: OData 2 in Atom.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use model::nuget_version::NugetVersion;
use registry::{
    Grant,
    access::Wanted,
    packages::{Manifests, Query as Words},
};

use super::{
    Call, NUGET,
    answer::{Refusal, warned},
    documents::catalogue,
    read::absent,
    search::browse,
    wire::{
        atom::{self, Described},
        catalogue::Catalogue,
        id::Id,
        odata::{Asked, List, ODataError, Set, Term},
    },
};
use crate::protocols::{conditional, rendered::Rendered};

const FEED: &str = "application/atom+xml;type=feed;charset=utf-8";
const ENTRY: &str = "application/atom+xml;type=entry;charset=utf-8";
const XML: &str = "application/xml;charset=utf-8";
const TEXT: &str = "text/plain;charset=utf-8";
const DATA_SERVICE_VERSION: HeaderName = HeaderName::from_static("dataserviceversion");

/// What was found: one page of it, how many there are, and whether more follow.
struct Found<'a> {
    shown: Vec<Described<'a>>,
    total: u64,
    has_more: bool,
}

/// Answers what is asked for below `/F/{feed}/api/v2`.
pub(super) async fn answer(call: &Call, path: &str) -> Result<Response, Refusal> {
    let base = format!("{}/v2", call.api());
    match Asked::parse(path, &call.query) {
        Ok(Asked::Service) => {
            let grant = call.authorize(Wanted::Presence).await?;
            Ok(document(call, &grant, atom::service(&base), XML))
        }
        Ok(Asked::Metadata) => {
            let grant = call.authorize(Wanted::Presence).await?;
            Ok(document(call, &grant, atom::metadata(), XML))
        }
        Ok(Asked::Version(id, version)) => one(call, &base, &id, &version).await,
        Ok(Asked::List(list)) => many(call, &base, path, &list).await,
        Err(error) => {
            call.authorize(Wanted::Presence).await?;
            Err(match error {
                ODataError::Absent => Refusal::Absent(error.to_string()),
                error => Refusal::Wrong(StatusCode::BAD_REQUEST, error.to_string()),
            })
        }
    }
}

async fn one(
    call: &Call,
    base: &str,
    id: &Id,
    version: &NugetVersion,
) -> Result<Response, Refusal> {
    let (grant, catalogue) = read(call, id).await?;
    let described = describe(&catalogue, true);
    let found = described.into_iter().find(|described| described.entry.version == *version);
    let found = found
        .ok_or_else(|| Refusal::Absent(format!("Feed {} has no {id} {version}.", call.feed)))?;
    Ok(document(call, &grant, atom::entry(base, found), ENTRY))
}

async fn many(call: &Call, base: &str, path: &str, list: &List) -> Result<Response, Refusal> {
    let mut catalogues = Vec::new();
    let (grant, found) = match &list.set {
        Set::Of(id) => {
            let (grant, catalogue) = match read(call, id).await {
                // To these clients a package that is not there has no versions.
                Err(Refusal::Absent(_)) => {
                    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
                    (grant, Catalogue::new(id.as_str(), Vec::new()))
                }
                other => other?,
            };
            catalogues.push(catalogue);
            (grant, paged(list, catalogues.iter().flat_map(|one| select(one, list)).collect()))
        }
        Set::Updates { installed, is_all } => {
            let grant = call.authorize(Wanted::Browse).await?;
            let mut above = Vec::new();
            for (id, version) in installed {
                if let Some(catalogue) = browse(call, &grant, id.as_str()).await? {
                    catalogues.push(catalogue);
                    above.push(version);
                }
            }
            let mut newer = Vec::new();
            for (catalogue, version) in catalogues.iter().zip(above) {
                let mut all = select(catalogue, list);
                all.retain(|one| one.entry.is_listed && one.entry.version > *version);
                let older = if *is_all { 0 } else { all.len().saturating_sub(1) };
                newer.extend(all.into_iter().skip(older));
            }
            (grant, paged(list, newer))
        }
        Set::Found(text) => {
            let grant = call.authorize(Wanted::Browse).await?;
            let only_released =
                list.filter.iter().any(|term| matches!(term, Term::Latest | Term::Released));
            let words = Words { text, from: list.skip, size: list.top, only_released };
            let found = call.services.packages.search(&grant, NUGET, words).await?;
            let count = found.packages.len();
            for package in &found.packages {
                catalogues.extend(browse(call, &grant, &package.name).await?);
            }
            let shown = catalogues.iter().flat_map(|one| select(one, list)).collect();
            let has_more = found.total > (list.skip + count) as u64 && count > 0;
            (grant, Found { shown, total: found.total, has_more })
        }
    };
    if list.is_count {
        return Ok(document(call, &grant, found.total.to_string(), TEXT));
    }
    let next = (found.has_more && list.is_whole).then(|| next(call, base, path, list));
    let title = path.trim_matches('/').trim_end_matches("()");
    let xml = atom::feed(base, title, &found.shown, next.as_deref());
    Ok(document(call, &grant, xml, FEED))
}

/// The address of the next page: the same with another `$skip`.
fn next(call: &Call, base: &str, path: &str, list: &List) -> String {
    let is_skip = |pair: &&str| pair.starts_with("$skip=") || pair.starts_with("%24skip=");
    let kept: Vec<&str> = call.query.split('&').filter(|pair| !is_skip(pair)).collect();
    format!("{base}/{}?{}&$skip={}", path.trim_matches('/'), kept.join("&"), list.skip + list.top)
}

/// The package, and leave to read it.
async fn read(call: &Call, id: &Id) -> Result<(Grant, Catalogue), Refusal> {
    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let package = call.services.packages.read(&grant, Manifests::Short).await;
    let package = package.map_err(|error| absent(call, id, error))?;
    Ok((grant, catalogue(id.as_str(), &package)?))
}

/// The versions of a package, the lowest first, with what makes one the latest.
fn describe(catalogue: &Catalogue, semver2: bool) -> Vec<Described<'_>> {
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

/// The versions of a package that fulfil the filter.
fn select<'a>(catalogue: &'a Catalogue, list: &List) -> Vec<Described<'a>> {
    let holds = |described: &Described<'_>, term: &Term| match term {
        Term::Is(version) => described.entry.version == *version,
        Term::Latest => described.is_latest,
        Term::AbsoluteLatest => described.is_absolute_latest,
        Term::Released => !described.entry.version.is_prerelease(),
    };
    let mut found = describe(catalogue, list.semver2);
    found.retain(|described| list.filter.iter().all(|term| holds(described, term)));
    found
}

fn paged<'a>(list: &List, mut all: Vec<Described<'a>>) -> Found<'a> {
    if list.is_newest_first {
        all.reverse();
    }
    let total = all.len();
    let shown: Vec<_> = all.into_iter().skip(list.skip).take(list.top).collect();
    let has_more = total > list.skip + shown.len() && !shown.is_empty();
    Found { shown, total: total as u64, has_more }
}

fn document(call: &Call, grant: &Grant, text: String, content_type: &'static str) -> Response {
    let rendered = Rendered::plain(text);
    let mut response = conditional::document(&call.headers, grant, &rendered, content_type);
    response.headers_mut().insert(DATA_SERVICE_VERSION, HeaderValue::from_static("2.0;"));
    warned(response, grant)
}
