//! What clients older than NuGet 3 read: OData 2 in Atom.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use model::nuget_version::NugetVersion;
use registry::{Grant, access::Wanted};

use super::{
    Call,
    answer::{Refusal, warned},
    listing::{describe, find, read},
    wire::{
        atom,
        id::Id,
        manifest::WholeManifest,
        odata::{Asked, List, ODataError},
    },
};
use crate::{
    protocols::{conditional, rendered::Rendered},
    web::InternalError,
};

const FEED: &str = "application/atom+xml;type=feed;charset=utf-8";
const ENTRY: &str = "application/atom+xml;type=entry;charset=utf-8";
const XML: &str = "application/xml;charset=utf-8";
const TEXT: &str = "text/plain;charset=utf-8";
const DATA_SERVICE_VERSION: HeaderName = HeaderName::from_static("dataserviceversion");

/// Answers what is asked for below `/F/{feed}/api/v2`.
pub(super) async fn answer(call: &Call, path: &str) -> Result<Response, Refusal> {
    // Nothing that a stranger sends is taken apart.
    call.admit().await?;
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
    let absent = || Refusal::Absent(format!("Feed {} has no {id} {version}.", call.feed));
    let mut described = describe(&catalogue, true).into_iter();
    let found = described.find(|described| described.entry.version == *version);
    let found = found.ok_or_else(absent)?;
    let stored = call.services.packages.version(&grant, &version.key()).await;
    let stored = stored.map_err(|_| absent())?;
    let whole: WholeManifest =
        serde_json::from_str(&stored.manifest).map_err(InternalError::from)?;
    let xml = atom::entry(base, &call.api(), found, &whole.release_notes);
    Ok(document(call, &grant, xml, ENTRY))
}

async fn many(call: &Call, base: &str, path: &str, list: &List) -> Result<Response, Refusal> {
    let (grant, found) = find(call, list).await?;
    if list.is_count {
        return Ok(document(call, &grant, found.total.to_string(), TEXT));
    }
    let next = next(call, base, path, list).filter(|_| found.has_more);
    let title = path.trim_matches('/').trim_end_matches("()");
    let shown = found.shown(list.semver2);
    let xml = atom::feed(base, &call.api(), title, &shown, next.as_deref());
    Ok(document(call, &grant, xml, FEED))
}

/// The address of the next page: the same with another `$skip`, and with what is left of `$top`. `None`
/// for a client that wanted no more than a page.
fn next(call: &Call, base: &str, path: &str, list: &List) -> Option<String> {
    let left = list.wanted.map(|wanted| wanted.saturating_sub(list.top));
    if left == Some(0) {
        return None;
    }
    let is_kept = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default().replace("%24", "$");
        !matches!(name.to_ascii_lowercase().as_str(), "$skip" | "$top")
    };
    let kept: Vec<&str> = call.query.split('&').filter(is_kept).collect();
    let (path, kept, skip) = (path.trim_matches('/'), kept.join("&"), list.skip + list.top);
    let top = left.map(|left| format!("&$top={left}")).unwrap_or_default();
    Some(format!("{base}/{path}?{kept}&$skip={skip}{top}"))
}

fn document(call: &Call, grant: &Grant, text: String, content_type: &'static str) -> Response {
    let rendered = Rendered::plain(text);
    let mut response = conditional::document(&call.headers, grant, &rendered, content_type);
    response.headers_mut().insert(DATA_SERVICE_VERSION, HeaderValue::from_static("2.0;"));
    warned(response, grant)
}
