//! What is read: files of versions, and their checksums.

use axum::{body::Body, response::Response};
use http::{HeaderValue, Method, header};
use registry::{Error, Grant, access::Wanted, packages::Checksum};

use super::{
    Call, MAVEN,
    answer::Refusal,
    wire::{digest, path::File},
};
use crate::protocols::{conditional, rendered::Rendered};

const TEXT: &str = "text/plain; charset=utf-8";

/// A file of a version.
pub(super) async fn file(call: &Call, file: &File) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(MAVEN, &file.id)).await?;
    // A client that asks under a condition has it already.
    let is_conditional = call.headers.contains_key(header::IF_NONE_MATCH);
    let count = file.weight() > 1 && call.method == Method::GET && !is_conditional;
    let opened = call.services.packages.open_of(&grant, &file.version, &file.name, count).await;
    let stored = opened.map_err(|error| absent(call, &file.id, &file.name, error))?;
    let mut response = conditional::file(&call.headers, &grant, stored, file.content_type());
    if file.is_replaced() {
        let by_whom = if grant.is_personal() { "private, no-cache" } else { "public, no-cache" };
        let by_whom = HeaderValue::from_static(by_whom);
        response.headers_mut().insert(header::CACHE_CONTROL, by_whom);
    }
    if call.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    Ok(response)
}

/// A checksum of a file: every file has each kind, whether one was sent or not.
pub(super) async fn checksum(
    call: &Call,
    file: &File,
    kind: Checksum,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(MAVEN, &file.id)).await?;
    let digests = call.services.packages.digests(&grant, &file.version, &file.name).await;
    let digests = digests.map_err(|error| absent(call, &file.id, &file.name, error))?;
    let digest = match kind {
        Checksum::Md5 => digests.md5,
        Checksum::Sha1 => digests.sha1,
        Checksum::Sha256 => digests.sha256,
        Checksum::Sha512 => digests.sha512,
    };
    Ok(document(call, &grant, digest::write(&digest)))
}

/// A document that was made or sent as text: no browser is to show it as anything else.
pub(super) fn document(call: &Call, grant: &Grant, text: String) -> Response {
    let rendered = Rendered::plain(text);
    let length = rendered.body.len();
    let mut response = conditional::document(&call.headers, grant, &rendered, TEXT);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    if call.method == Method::HEAD {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

/// Why something of a package could not be read.
pub(super) fn absent(call: &Call, id: &str, what: &str, error: Error) -> Refusal {
    match error {
        Error::NotFound(_) => {
            let id = id.trim_end_matches(':');
            Refusal::Absent(format!("Feed {} has no {what} of {id}.", call.feed))
        }
        error => error.into(),
    }
}
