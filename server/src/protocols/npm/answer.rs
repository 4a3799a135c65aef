//! Answers, and refusals in the channels that clients show: npm prints the header `npm-notice` and
//! the body's `error`, yarn the body's, pnpm the reason phrase.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use model::denial::Code;
use registry::{Denial, Error, Grant};
use serde_json::{Value, json};

use super::Call;
use crate::{
    protocols::{
        no_method,
        said::{ask_for, give_reason, in_one_line, say_when},
    },
    web::InternalError,
};

const NPM_NOTICE: HeaderName = HeaderName::from_static("npm-notice");

/// Why a request gets no more than an error.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The caller may not.
    Denied(Box<Denial>),
    /// The request cannot be served as it is.
    Wrong(StatusCode, String),
    /// There is no such thing, for somebody who may know that.
    Absent(String),
    /// The address takes these methods alone.
    Method(&'static str),
    /// Something broke here.
    Broken(InternalError),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(denial) => Self::Denied(denial),
            Error::NotFound(what) => Self::Absent(format!("There is no such {what}.")),
            Error::Taken(sentence) => Self::Wrong(StatusCode::FORBIDDEN, sentence),
            Error::Invalid(sentence) => Self::Wrong(StatusCode::BAD_REQUEST, sentence),
            // For npm a reason to try once more.
            Error::Raced => Self::Wrong(
                StatusCode::CONFLICT,
                "The package changed at the same moment. Publish again.".to_owned(),
            ),
            error => Self::Broken(error.into()),
        }
    }
}

impl From<InternalError> for Refusal {
    fn from(error: InternalError) -> Self {
        Self::Broken(error)
    }
}

impl Refusal {
    /// A request that is wrong by itself.
    pub(super) fn malformed(error: &impl std::error::Error) -> Self {
        Self::Wrong(StatusCode::BAD_REQUEST, error.to_string())
    }

    /// The response. Of a feed it says nothing but the name that the request gave.
    pub(super) fn into_response(self, call: &Call) -> Response {
        match self {
            Self::Denied(denial) => denied(&denial, call),
            Self::Wrong(status, sentence) => said(status, &sentence),
            // Nothing but the body says it: clients look for a package before they publish its first
            // version.
            Self::Absent(sentence) => {
                json(StatusCode::NOT_FOUND, &json!({ "error": in_one_line(&sentence) }))
            }
            Self::Method(allowed) => {
                let sentence = format!("{} means nothing here: use {allowed}.", call.method);
                let mut response = said(StatusCode::METHOD_NOT_ALLOWED, &sentence);
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
                response
            }
            Self::Broken(error) => error.said_by(said),
        }
    }
}

fn denied(denial: &Denial, call: &Call) -> Response {
    let status = match denial.code {
        // npm would take 409 for a reason to try again.
        Code::Exists => StatusCode::FORBIDDEN,
        code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN),
    };
    let mut response = said(status, &denial.sentence);
    response.extensions_mut().insert(denial.code);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        // Never `Basic`: npm would speak of a wrong password, whatever the matter is.
        ask_for(headers, "Bearer", &call.feed);
    }
    say_when(headers, denial);
    if call.looks_before_publishing() {
        headers.remove(NPM_NOTICE);
    }
    response
}

/// One sentence, wherever a client may look for it.
fn said(status: StatusCode, sentence: &str) -> Response {
    let sentence = in_one_line(sentence);
    let mut response = json(status, &json!({ "error": sentence }));
    notice(&mut response, &sentence);
    give_reason(&mut response, sentence);
    response
}

/// The answer to a method that no client of a feed uses.
pub(crate) fn not_allowed(method: &Method) -> Response {
    said(StatusCode::METHOD_NOT_ALLOWED, &no_method(method))
}

fn notice(response: &mut Response, sentence: &str) {
    if let Ok(sentence) = HeaderValue::from_str(sentence) {
        response.headers_mut().insert(NPM_NOTICE, sentence);
    }
}

/// A JSON document.
pub(super) fn json(status: StatusCode, document: &Value) -> Response {
    let mut response = Response::new(Body::from(document.to_string()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// Done, with a word about what was not.
pub(super) fn noticed(sentence: &str) -> Response {
    with_notice(json(StatusCode::OK, &json!({ "ok": true })), sentence)
}

/// An answer that npm prints a sentence with.
pub(super) fn with_notice(mut response: Response, sentence: &str) -> Response {
    notice(&mut response, &in_one_line(sentence));
    response
}

/// An answer that says besides what the credential's owner should know.
pub(super) fn warned(mut response: Response, grant: &Grant) -> Response {
    if let Some(warning) = grant.warning() {
        notice(&mut response, &in_one_line(warning));
    }
    response
}
