//! Answers, and refusals as text: Bower prints the body where it prints anything of an answer.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use model::denial::Code;
use registry::{Denial, Error, Grant};
use serde_json::Value;

use super::Call;
use crate::{
    protocols::{
        conditional,
        rendered::Rendered,
        said::{ask_for_basic, said, say_when},
    },
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
            // Bower calls it a duplicate.
            Error::Taken(sentence) => Self::Wrong(StatusCode::FORBIDDEN, sentence),
            Error::Raced => Self::Wrong(
                StatusCode::CONFLICT,
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
        Self::Wrong(StatusCode::BAD_REQUEST, error.to_string())
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
        // What Bower calls a duplicate.
        Code::Exists => StatusCode::FORBIDDEN,
        code => StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN),
    };
    let mut response = said(status, &denial.sentence);
    response.extensions_mut().insert(denial.code);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        ask_for_basic(headers, &call.feed);
    }
    say_when(headers, denial);
    response
}

/// Done.
pub(super) fn done(status: StatusCode) -> Response {
    status.into_response()
}

/// A JSON document, or word that the client has it already.
pub(super) fn json(call: &Call, grant: &Grant, document: &Value) -> Response {
    let rendered = Rendered::plain(document.to_string());
    let mut response = conditional::document(&call.headers, grant, &rendered, "application/json");
    let vary = HeaderValue::from_static("Authorization");
    response.headers_mut().insert(header::VARY, vary);
    response
}
