//! Errors that are nobody's business but the operator's.

use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use app::context::status_of;
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use registry::Fault;

/// Something broke while a request was answered.
///
/// As a response it is an empty 500 that carries the error to the outermost layer, which logs it
/// once with the request's id and tells the client that id alone, or what [`Fault`] it is.
#[derive(Clone)]
pub struct InternalError {
    error: Arc<dyn Error + Send + Sync>,
    is_said: bool,
}

impl InternalError {
    /// The response; what anybody may be told of the error is said as a protocol's clients show it.
    pub(crate) fn said_by(mut self, say: impl FnOnce(StatusCode, &str) -> Response) -> Response {
        let Some((status, sentence)) = self.in_words() else { return self.into_response() };
        let mut response = say(status, &sentence);
        self.is_said = true;
        response.extensions_mut().insert(self);
        response
    }

    /// Whether the response that carries it says already what there is to say.
    pub(crate) fn is_said(&self) -> bool {
        self.is_said
    }

    /// What of it is the machine's or an operator's to mend, and may be told.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let mut next: Option<&(dyn Error + 'static)> = Some(self.error.as_ref());
        while let Some(error) = next {
            let fault = error.downcast_ref().and_then(registry::Error::fault);
            if fault.is_some() {
                return fault;
            }
            next = error.source();
        }
        None
    }

    /// That in words, and the status that goes with them.
    pub(crate) fn in_words(&self) -> Option<(StatusCode, Cow<'static, str>)> {
        let fault = self.fault()?;
        Some((status_of(fault), fault.sentence()))
    }
}

impl<E> From<E> for InternalError
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn from(error: E) -> Self {
        Self { error: Arc::from(error.into()), is_said: false }
    }
}

impl IntoResponse for InternalError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for InternalError {
    /// The error and its causes: `the database failed: disk full`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        let mut cause = self.error.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_machine_lacks() {
        let full = registry::Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        let (status, sentence) = InternalError::from(full).in_words().unwrap();
        assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE);
        assert!(sentence.contains("disk is full"), "{sentence}");
        assert!(InternalError::from("something else").in_words().is_none());
    }

    #[test]
    fn names_its_causes() {
        let error = std::io::Error::other("disk full");
        let error = InternalError::from(registry::Error::from(error));
        assert!(error.to_string().ends_with(": disk full"), "{error}");
    }
}
