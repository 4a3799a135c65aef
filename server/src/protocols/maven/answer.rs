//! Answers, and refusals said where Maven's clients show them: the reason phrase, which all print,
//! and a problem (RFC 9457) as the body, which Maven 4 prints.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use model::denial::Code;
use registry::{Denial, Error};
use serde_json::json;

use super::Call;
use crate::{
    protocols::said::{ask_for_basic, give_reason, in_one_line, say_when},
    web::InternalError,
};

/// Why a request gets no more than an error.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The caller may not.
    Denied(Box<Denial>),
    /// The request cannot be served as it is.
    Wrong(StatusCode, String),
    /// There is no such thing, for somebody who may know that.
    Absent(String),
    /// Something broke here.
    Broken(InternalError),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(denial) => Self::Denied(denial),
            Error::NotFound(what) => Self::Absent(format!("There is no such {what}.")),
            Error::Taken(sentence) => Self::Wrong(StatusCode::BAD_REQUEST, sentence),
            // A reason for clients to try once more by themselves.
            Error::Raced => Self::Wrong(
                StatusCode::SERVICE_UNAVAILABLE,
                "The package changed at the same moment. Try again.".to_owned(),
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
        Self::wrong(error.to_string())
    }

    /// The same in words.
    pub(super) fn wrong(sentence: impl Into<String>) -> Self {
        Self::Wrong(StatusCode::BAD_REQUEST, sentence.into())
    }

    /// The response. Of a feed it says nothing but the name that the request gave.
    pub(super) fn into_response(self, call: &Call) -> Response {
        match self {
            Self::Denied(denial) => denied(&denial, call),
            Self::Wrong(status, sentence) => said(status, &sentence),
            Self::Absent(sentence) => said(StatusCode::NOT_FOUND, &sentence),
            Self::Broken(error) => error.said_by(said),
        }
    }
}

fn denied(denial: &Denial, call: &Call) -> Response {
    let status = match denial.code {
        Code::Exists => StatusCode::CONFLICT,
        code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN),
    };
    let mut response = said(status, &denial.sentence);
    response.extensions_mut().insert(denial.code);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        // Clients read without credentials until they see this.
        ask_for_basic(headers, &call.feed);
    }
    say_when(headers, denial);
    response
}

/// One sentence, wherever a client may look for it.
fn said(status: StatusCode, sentence: &str) -> Response {
    let sentence = in_one_line(sentence);
    let title = status.canonical_reason().unwrap_or_default();
    let problem = json!({ "title": title, "status": status.as_u16(), "detail": sentence });
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    give_reason(&mut response, sentence);
    response
}

/// Done, with nothing to say.
pub(super) fn created() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::CREATED;
    response
}
