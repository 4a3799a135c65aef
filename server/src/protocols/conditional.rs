//! What is asked for under the condition that the client has not got it yet (RFC 9110 §13.1.2).

use axum::{body::Body, response::Response};
use futures::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use registry::{Grant, blobs::Content, packages::StoredFile};
use tracing::Span;

use super::rendered::Rendered;

/// How long what never changes may be kept, by one client and by anybody.
const FOR_EVER: [&str; 2] =
    ["private, max-age=31536000, immutable", "public, max-age=31536000, immutable"];
/// What changes has to be asked for again; the answer is usually that it has not.
const ASK_AGAIN: [&str; 2] = ["private, no-cache", "public, no-cache"];

/// A document that changes, or word that the client has it already.
pub(super) fn document(
    headers: &HeaderMap,
    grant: &Grant,
    rendered: &Rendered,
    content_type: &'static str,
) -> Response {
    let body = rendered.body.clone();
    let mut response = cached(headers, grant, &rendered.etag, ASK_AGAIN, || body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(name) = rendered.encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// A stored file, or word that the client has it already.
pub(super) fn file(
    headers: &HeaderMap,
    grant: &Grant,
    stored: StoredFile,
    content_type: &'static str,
) -> Response {
    let etag = format!("\"{}\"", stored.sha256);
    // The pieces are read when the request's own part is over.
    let request = Span::current();
    let mut response = cached(headers, grant, &etag, FOR_EVER, || match stored.content {
        Content::Whole(content) => content.into(),
        Content::Stream(pieces) => Body::from_stream(pieces.inspect_err(move |error| {
            let source = std::error::Error::source(error);
            let _entered = request.enter();
            tracing::error!(%error, source, "a file could not be read to its end");
        })),
    });
    let is_whole = response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    if is_whole {
        headers.insert(header::CONTENT_LENGTH, stored.size.into());
    }
    // A package is somebody else's file: no browser is to show it.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

/// What was asked for, or word that the client has it already. Only an answer that is the same for
/// everybody may be kept by anybody.
fn cached(
    headers: &HeaderMap,
    grant: &Grant,
    etag: &str,
    [by_one, by_anybody]: [&'static str; 2],
    body: impl FnOnce() -> Body,
) -> Response {
    let mut response = if is_known(headers, etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(body())
    };
    let headers = response.headers_mut();
    // With those that every answer has.
    headers.reserve(16);
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    let caching = if grant.is_personal() { by_one } else { by_anybody };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// Whether `If-None-Match` names this entity tag (given with its quotes): the client has what it
/// asks for.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        for (lines, known) in [
            (&[][..], false),
            (&["\"a\""], true),
            (&["W/\"a\""], true),
            (&["\"b\", \"a\""], true),
            (&["\"b\"", "\"a\""], true),
            (&["*"], true),
            (&["\"b\""], false),
            (&["a"], false),
            (&["\"A\""], false),
            (&[""], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::IF_NONE_MATCH, line.parse().unwrap());
            }
            assert_eq!(is_known(&headers, "\"a\""), known, "{lines:?}");
        }
    }
}
