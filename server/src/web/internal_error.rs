//! Errors that are nobody's business but the operator's.

use std::{error::Error, fmt, sync::Arc};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::StatusCode;

/// Something broke while a request was answered.
///
/// As a response it is an empty 500, or 503 for what may work again shortly, that carries the error to
/// the outermost layer, which logs it once with the request's id and tells the client that id alone.
#[derive(Clone)]
pub struct InternalError(Arc<dyn Error + Send + Sync>);

impl<E> From<E> for InternalError
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn from(error: E) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl InternalError {
    /// What does not answer at this moment, if that is all.
    pub(crate) fn unavailable(&self) -> Option<&'static str> {
        let mut error: Option<&(dyn Error + 'static)> = Some(self.0.as_ref());
        while let Some(cause) = error {
            if let Some(registry::Error::Unavailable { context, .. }) = cause.downcast_ref() {
                return Some(context);
            }
            error = cause.source();
        }
        None
    }
}

impl IntoResponse for InternalError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = match self.unavailable() {
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
            None => StatusCode::INTERNAL_SERVER_ERROR,
        };
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
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
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
    fn names_its_causes() {
        let error = std::io::Error::other("disk full");
        let error = InternalError::from(registry::Error::from(error));
        assert!(error.to_string().ends_with(": disk full"), "{error}");
    }
}
