//! What is read: the service index, documents about packages, and files of versions.

use axum::{body::Body, response::Response};
use http::{HeaderValue, Method, header};
use model::{links, nuget_version::NugetVersion};
use registry::{Error, Grant, access::Wanted};

use super::{
    Call, NUGET,
    answer::{Refusal, warned},
    wire::{
        id::Id,
        index::{self, service_index},
        manifest::{Manifest, WholeManifest},
        path::{Document, File, Hive, VulnerabilityPage, icon_file, package_file, symbols_file},
    },
};
use crate::{
    protocols::{conditional, rendered::Rendered},
    web::InternalError,
};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Where the feed has what: the same for every name of a feed, and for everybody.
pub(super) fn where_what_is(call: &Call) -> Response {
    let page = format!(
        "{}{}/nuget",
        call.services.public_url(),
        links::feed(&call.feed.to_ascii_lowercase())
    );
    let mut response = Response::new(Body::from(service_index(&call.api(), &page).to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// What is known of vulnerabilities, for whoever may read anything in the feed.
pub(super) async fn vulnerabilities(
    call: &Call,
    page: VulnerabilityPage,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Browse).await?;
    let rendered = Rendered::plain(index::vulnerabilities(&call.api(), page).to_string());
    Ok(warned(document(call, &grant, &rendered, JSON), &grant))
}

/// The numbers of all versions.
pub(super) async fn versions(call: &Call, id: &Id) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let rendered = call.documents.versions(call, &grant, id).await;
    let rendered = rendered.map_err(|error| absent(call, id, error))?;
    Ok(warned(document(call, &grant, &rendered, JSON), &grant))
}

/// A document about the versions of a package.
pub(super) async fn registration(
    call: &Call,
    hive: Hive,
    id: &Id,
    wanted: Document,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let rendered = call.documents.registration(call, &grant, id, hive, &wanted).await;
    let rendered = rendered.map_err(|error| absent(call, id, error))?;
    Ok(warned(document(call, &grant, &rendered, JSON), &grant))
}

/// A file of a version.
pub(super) async fn file(
    call: &Call,
    id: &Id,
    version: &NugetVersion,
    file: File,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let packages = &call.services.packages;
    let absent = |error| absent(call, id, error);
    let text = match file {
        File::Package | File::Symbols | File::Icon => {
            let (name, kind) = match file {
                File::Icon => {
                    let stored = packages.version(&grant, &version.key()).await.map_err(absent)?;
                    let manifest = Manifest::from_json(&stored.manifest);
                    let kind = manifest.map_err(InternalError::from)?.icon_type();
                    let kind = kind.ok_or_else(|| absent(Error::NotFound("icon")))?;
                    (icon_file(id, version), kind)
                }
                File::Symbols => (symbols_file(id, version), "application/octet-stream"),
                _ => (package_file(id, version), "application/octet-stream"),
            };
            // A client that asks under a condition has it already: a file never changes.
            let is_conditional = call.headers.contains_key(header::IF_NONE_MATCH);
            let count = file == File::Package && call.method == Method::GET && !is_conditional;
            let stored = packages.open(&grant, &name, count).await.map_err(absent)?;
            let response = conditional::file(&call.headers, &grant, stored, kind);
            return Ok(warned(response, &grant));
        }
        File::Readme => packages.readme(&grant, &version.key()).await.map_err(absent)?,
        File::Nuspec | File::Licence => {
            let stored = packages.version(&grant, &version.key()).await.map_err(absent)?;
            let whole: WholeManifest =
                serde_json::from_str(&stored.manifest).map_err(InternalError::from)?;
            match file {
                File::Nuspec => whole.nuspec,
                _ => whole.license_text.unwrap_or_default(),
            }
        }
    };
    if text.is_empty() {
        return Err(absent(Error::NotFound("file")));
    }
    // Also XML is sent as text: no browser is to show somebody else's document as ours.
    let rendered = Rendered::plain(text);
    Ok(warned(document(call, &grant, &rendered, TEXT), &grant))
}

fn document(
    call: &Call,
    grant: &Grant,
    rendered: &Rendered,
    content_type: &'static str,
) -> Response {
    let mut response = conditional::document(&call.headers, grant, rendered, content_type);
    let vary = HeaderValue::from_static("Accept-Encoding, Authorization");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// Why a package, or something of it, could not be read.
pub(super) fn absent(call: &Call, id: &Id, error: Error) -> Refusal {
    match error {
        Error::NotFound("package") => {
            Refusal::Absent(format!("Feed {} has no package {id}.", call.feed))
        }
        Error::NotFound(what) => Refusal::Absent(format!("{id} has no such {what}.")),
        error => error.into(),
    }
}
