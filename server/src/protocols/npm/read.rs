//! What is read: packuments, versions, archives, and the small answers around them.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use registry::{Error, Grant, access::Wanted};
use serde_json::json;

use super::{
    Call,
    answer::{Refusal, json, warned},
    packuments::render_version,
    wire::{
        accept::Form,
        encoding::Encoding,
        name::Name,
        sentence::{Excerpt, Size},
    },
};
use crate::protocols::{conditional, rendered::Rendered};

/// What a package's clients know of it: all of it, or what an installation needs.
pub(super) async fn packument(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let grant = call.authorize_reading(name).await?;
    let form = Form::negotiate(&lines(call, &header::ACCEPT));
    let encoding = Encoding::negotiate(&lines(call, &header::ACCEPT_ENCODING));
    let packuments = &call.packuments;
    let rendered = packuments.get(&call.services, &grant, name, call.base(), form, encoding).await;
    let rendered = rendered.map_err(|error| no_package(call, name, error))?;
    let mut response = document(call, &grant, &rendered, form.content_type());
    let vary = HeaderValue::from_static("Accept, Accept-Encoding, Authorization");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// One version, by its number or by a dist-tag.
pub(super) async fn version(call: &Call, name: &Name, wanted: &str) -> Result<Response, Refusal> {
    let grant = call.authorize_reading(name).await?;
    let version = call.services.packages.version(&grant, wanted).await;
    let version = version.map_err(|error| match error {
        Error::NotFound("version") => {
            Refusal::Absent(format!("{name} has no version or dist-tag {}.", Excerpt::of(wanted)))
        }
        error => no_package(call, name, error),
    })?;
    let rendered = render_version(&version, name, &call.base());
    Ok(document(call, &grant, &rendered, Form::Full.content_type()))
}

/// A document that changes, or word that the client has it already.
fn document(
    call: &Call,
    grant: &Grant,
    rendered: &Rendered,
    content_type: &'static str,
) -> Response {
    warned(conditional::document(&call.headers, grant, rendered, content_type), grant)
}

/// An archive.
pub(super) async fn tarball(call: &Call, name: &Name, file: &str) -> Result<Response, Refusal> {
    let grant = call.authorize_reading(name).await?;
    // A client that asks under a condition has it already: a file never changes.
    let is_conditional = call.headers.contains_key(header::IF_NONE_MATCH);
    let count = call.method == Method::GET && !is_conditional;
    let stored = call.services.packages.open(&grant, file, count).await;
    let stored = stored.map_err(|error| match error {
        Error::NotFound(_) => {
            Refusal::Absent(format!("{name} has no archive {}.", Excerpt::of(file)))
        }
        error => error.into(),
    })?;
    let response = conditional::file(&call.headers, &grant, stored, "application/octet-stream");
    Ok(warned(response, &grant))
}

/// `npm ping`, and whoever looks whether there is a registry.
pub(super) async fn presence(call: &Call) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Presence).await?;
    Ok(warned(json(StatusCode::OK, &json!({})), &grant))
}

/// `npm whoami`.
pub(super) async fn whoami(call: &Call) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Identity).await?;
    let document = json!({ "username": grant.username() });
    Ok(warned(json(StatusCode::OK, &document), &grant))
}

/// `npm audit` since version 7: advisories by package. None are known here. npm asks once in every
/// installation, and it is the one answer of an installation whose warning it prints: it keeps the
/// others, and prints nothing of what it keeps.
pub(super) async fn advisories(call: &Call, body: Body) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Presence).await?;
    discard(call, body).await?;
    Ok(warned(json(StatusCode::OK, &json!({})), &grant))
}

/// `npm audit` before version 7, yarn's and pnpm's: a whole report.
pub(super) async fn audit(call: &Call, body: Body) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Presence).await?;
    discard(call, body).await?;
    let report = json!({
        "actions": [],
        "advisories": {},
        "muted": [],
        "metadata": {
            "vulnerabilities": { "info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0 },
            "dependencies": 0,
            "devDependencies": 0,
            "optionalDependencies": 0,
            "totalDependencies": 0,
        },
    });
    Ok(warned(json(StatusCode::OK, &report), &grant))
}

/// The lines of a header, as if they were one.
fn lines(call: &Call, name: &HeaderName) -> String {
    let lines = call.headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.collect::<Vec<_>>().join(",")
}

/// Why a package could not be read or changed.
pub(super) fn no_package(call: &Call, name: &Name, error: Error) -> Refusal {
    match error {
        Error::NotFound("package") => {
            Refusal::Absent(format!("Feed {} has no package {name}.", call.feed))
        }
        error => error.into(),
    }
}

/// Reads a body to its end and throws it away.
async fn discard(call: &Call, body: Body) -> Result<(), Refusal> {
    pass(call, body, |_| {}).await
}

/// Reads a body to its end.
pub(super) async fn gather(call: &Call, body: Body) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    pass(call, body, |data| bytes.extend_from_slice(data)).await?;
    Ok(bytes)
}

async fn pass(call: &Call, mut body: Body, mut take: impl FnMut(&[u8])) -> Result<(), Refusal> {
    let most = call.services.limits().document_bytes;
    let mut left = most;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_off())?;
        let Some(data) = frame.data_ref() else { continue };
        left = left.checked_sub(data.len() as u64).ok_or_else(|| {
            let sentence = format!(
                "The document is larger than {}, the most this server takes (max_document_size).",
                Size(most)
            );
            Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence)
        })?;
        take(data);
    }
    Ok(())
}

/// A body that ended before its end.
pub(super) fn cut_off() -> Refusal {
    Refusal::Wrong(StatusCode::BAD_REQUEST, "The upload was cut short. Try again.".to_owned())
}
