//! Answers, and refusals said where NuGet's clients show them: all print the reason phrase, and those
//! since 3.x the `X-NuGet-Warning` of any answer.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode};
use model::denial::Code;
use registry::{Denial, Error, Grant};

use super::Call;
use crate::{
    protocols::{
        no_method,
        said::{self, ask_for_basic, in_one_line, say_when},
    },
    web::InternalError,
};

const WARNING: HeaderName = HeaderName::from_static("x-nuget-warning");

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
            // Not 409, which clients take for a version that is there and may be told to ignore.
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
        Self::Wrong(StatusCode::BAD_REQUEST, error.to_string())
    }

    /// The response. Of a feed it says nothing but the name that the request gave.
    pub(super) fn into_response(self, call: &Call) -> Response {
        match self {
            Self::Denied(denial) => denied(&denial, call),
            Self::Wrong(status, sentence) => said(status, &sentence),
            Self::Absent(sentence) => {
                let mut response = said(StatusCode::NOT_FOUND, &sentence);
                // Clients look for each package in every source they have: what one has not is no
                // news.
                if matches!(call.method, http::Method::GET | http::Method::HEAD) {
                    response.headers_mut().remove(WARNING);
                }
                response
            }
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
        // Clients send stored credentials only after this, and drop wrong ones only after this.
        ask_for_basic(headers, &call.feed);
    }
    say_when(headers, denial);
    response
}

/// The answer to a method that no client of NuGet's uses at an address.
pub(crate) fn not_allowed(method: &http::Method) -> Response {
    said(StatusCode::METHOD_NOT_ALLOWED, &no_method(method))
}

/// One sentence, wherever a client may look for it.
fn said(status: StatusCode, sentence: &str) -> Response {
    let mut response = said::said(status, sentence);
    warn(&mut response, &in_one_line(sentence));
    response
}

fn warn(response: &mut Response, sentence: &str) {
    if let Ok(sentence) = HeaderValue::from_str(sentence) {
        response.headers_mut().insert(WARNING, sentence);
    }
}

/// Done, with nothing to say.
pub(super) fn done(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// An answer that says besides what the credential's owner should know.
pub(super) fn warned(mut response: Response, grant: &Grant) -> Response {
    if let Some(warning) = grant.warning() {
        warn(&mut response, &in_one_line(warning));
    }
    response
}
