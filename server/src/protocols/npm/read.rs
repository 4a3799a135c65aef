//! What is read: packuments, versions, archives, and the small answers around them.

use std::{borrow::Cow, collections::HashMap};

use axum::{body::Body, response::Response};
use futures::TryStreamExt as _;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use model::ecosystem::Ecosystem;
use registry::{Error, Grant, access::Wanted, blobs::Content};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{
    Call,
    answer::{Refusal, json, warned},
    packuments::{Rendered, etag},
    wire::{
        accept::Form,
        name::Name,
        sentence::{Excerpt, Size},
    },
};
use crate::protocols::conditional;

/// How long what never changes may be kept.
const FOR_EVER: &str = "max-age=31536000, immutable";
/// What changes has to be asked for again; the answer is usually that it has not.
const ASK_AGAIN: &str = "no-cache";

/// What a package's clients know of it: all of it, or what an installation needs.
pub(super) async fn packument(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let grant = call.authorize(read(name)).await?;
    let accepted: Vec<&str> =
        call.headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    let form = Form::negotiate(&accepted.join(","));
    let rendered = rendered(call, &grant, name, form).await?;
    let body = rendered.json.clone();
    let mut response = cached(call, &grant, &rendered.etag, ASK_AGAIN, || body.into());
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    Ok(response)
}

/// The part of a packument that a single version is found in.
#[derive(Deserialize)]
struct Versions<'a> {
    #[serde(rename = "dist-tags", borrow)]
    tags: HashMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(borrow)]
    versions: HashMap<Cow<'a, str>, &'a RawValue>,
}

/// One version, by its number or by a dist-tag.
pub(super) async fn version(call: &Call, name: &Name, version: &str) -> Result<Response, Refusal> {
    let grant = call.authorize(read(name)).await?;
    let packument = rendered(call, &grant, name, Form::Full).await?;
    let all: Versions<'_> =
        serde_json::from_slice(&packument.json).map_err(|error| Refusal::Broken(error.into()))?;
    let tagged = all.tags.get(version).map_or(version, AsRef::as_ref);
    let document = all.versions.get(tagged).ok_or_else(|| {
        Refusal::Absent(format!("{name} has no version or dist-tag {}.", Excerpt::of(version)))
    })?;
    let document = document.get().to_owned();
    let etag = etag(document.as_bytes());
    let mut response = cached(call, &grant, &etag, ASK_AGAIN, || document.into());
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

/// An archive.
pub(super) async fn tarball(call: &Call, name: &Name, file: &str) -> Result<Response, Refusal> {
    let grant = call.authorize(read(name)).await?;
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
    let etag = format!("\"{}\"", stored.sha256);
    let mut response = cached(call, &grant, &etag, FOR_EVER, || match stored.content {
        Content::Whole(content) => content.into(),
        Content::Stream(pieces) => Body::from_stream(pieces.inspect_err(|error| {
            let source = std::error::Error::source(error);
            tracing::error!(%error, source, "an archive could not be read to its end");
        })),
    });
    let is_whole = response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    if is_whole {
        headers.insert(header::CONTENT_LENGTH, stored.size.into());
    }
    // A package is somebody else's file: no browser is to show it.
    let content_type = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(response)
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

fn read(name: &Name) -> Wanted<'_> {
    Wanted::Read(Ecosystem::Npm, name.as_str())
}

async fn rendered(
    call: &Call,
    grant: &Grant,
    name: &Name,
    form: Form,
) -> Result<std::sync::Arc<Rendered>, Refusal> {
    let found = call.packuments.get(&call.services, grant, name, call.base(), form).await;
    found.map_err(|error| match error {
        Error::NotFound(_) => Refusal::Absent(format!("Feed {} has no package {name}.", call.feed)),
        error => error.into(),
    })
}

/// What was asked for, or word that the client has it already. Only an answer that is the same for
/// everybody may be kept by anybody.
fn cached(
    call: &Call,
    grant: &Grant,
    etag: &str,
    for_how_long: &str,
    body: impl FnOnce() -> Body,
) -> Response {
    let mut response = if conditional::is_known(&call.headers, etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(body())
    };
    let headers = response.headers_mut();
    let by_whom = if grant.is_personal() { "private" } else { "public" };
    for (name, value) in [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, &format!("{by_whom}, {for_how_long}")),
        (header::VARY, "Authorization"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    warned(response, grant)
}

/// Reads a body to its end and throws it away.
async fn discard(call: &Call, mut body: Body) -> Result<(), Refusal> {
    let most = call.services.limits().document_bytes;
    let mut left = most;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_off())?;
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        left = left.checked_sub(length).ok_or_else(|| {
            let sentence = format!(
                "The document is larger than {}, the most this server takes (max_document_size).",
                Size(most)
            );
            Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence)
        })?;
    }
    Ok(())
}

/// A body that ended before its end.
pub(super) fn cut_off() -> Refusal {
    Refusal::Wrong(StatusCode::BAD_REQUEST, "The upload was cut short. Try again.".to_owned())
}
