//! What the API answers instead of what was asked for.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;
use registry::{Denial, Error};
use serde::Serialize;

use crate::web::InternalError;

/// A problem (RFC 9457) as a body.
#[derive(Serialize)]
struct Problem<'a> {
    title: &'a str,
    status: u16,
    detail: &'a str,
    /// Stable, for programs: `LK-EXPIRED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

/// The answer to an error of a service.
pub(super) fn problem(error: Error) -> Response {
    match error {
        Error::Denied(denial) => denied(&denial),
        Error::NotFound(_) => answer(
            StatusCode::NOT_FOUND,
            "Not an access token",
            "This address describes access tokens. Present one: Authorization: Bearer lka_...",
            None,
        ),
        other => InternalError::from(other).into_response(),
    }
}

fn denied(denial: &Denial) -> Response {
    let code = denial.code.text();
    let status =
        StatusCode::from_u16(denial.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer(status, code, &denial.sentence, Some(code));
    response.extensions_mut().insert(denial.code);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"Latchkey\"");
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(wait) = denial.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    if let Ok(phrase) = ReasonPhrase::try_from(denial.sentence.as_bytes()) {
        response.extensions_mut().insert(phrase);
    }
    response
}

fn answer(status: StatusCode, title: &str, detail: &str, code: Option<&str>) -> Response {
    let problem = Problem { title, status: status.as_u16(), detail, code };
    let mut response = (status, axum::Json(problem)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
