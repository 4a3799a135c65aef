//! What goes wrong between this server and a provider.

use std::{error::Error, fmt::Write as _};

use openidconnect::{
    ClaimsVerificationError, DiscoveryError, ErrorResponse, RequestTokenError, UserInfoError,
};

use super::http::HttpError;

/// Why a provider proved nothing. The causes are for the log alone and hold no secret.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It does not answer, or says itself that it cannot.
    #[error("it cannot be reached: {0}")]
    Down(String),
    /// It answers, but what it says is not to be trusted.
    #[error("its answer is not to be trusted: {0}")]
    Rubbish(String),
    /// The person, or the provider, refused.
    #[error("access was denied there")]
    Denied,
}

impl ProviderError {
    /// An answer that is not to be trusted.
    pub(super) fn rubbish(why: impl Into<String>) -> Self {
        Self::Rubbish(why.into())
    }

    /// The error that a provider sent the browser back with (RFC 6749 §4.1.2.1, OpenID Connect Core
    /// 1.0 §3.1.2.6).
    pub(super) fn of_code(code: &str) -> Self {
        match code {
            "access_denied"
            | "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Self::Denied,
            "temporarily_unavailable" | "server_error" => Self::Down(code.to_owned()),
            _ => {
                let plain = |c: &char| c.is_ascii_lowercase() || *c == '_';
                let code: String = code.chars().filter(plain).take(40).collect();
                Self::Rubbish(format!("it refused the request: {code}"))
            }
        }
    }

    /// An answer's status that is no success.
    pub(super) fn of_status(status: http::StatusCode) -> Self {
        if status.is_server_error() {
            Self::Down(format!("it answered {status}"))
        } else {
            Self::Rubbish(format!("it answered {status}"))
        }
    }
}

impl From<HttpError> for ProviderError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unprotected | HttpError::TooLarge => Self::Rubbish(chain(&error)),
            _ => Self::Down(chain(&error)),
        }
    }
}

impl From<DiscoveryError<HttpError>> for ProviderError {
    fn from(error: DiscoveryError<HttpError>) -> Self {
        match error {
            DiscoveryError::Request(error) => error.into(),
            DiscoveryError::Parse(error) => unreadable(error.path()),
            DiscoveryError::Response(status, ..) if !status.is_success() => Self::of_status(status),
            error => Self::Rubbish(chain(&error)),
        }
    }
}

impl<T: ErrorResponse + 'static> From<RequestTokenError<HttpError, T>> for ProviderError {
    fn from(error: RequestTokenError<HttpError, T>) -> Self {
        match error {
            RequestTokenError::Request(error) => error.into(),
            RequestTokenError::Parse(error, _) => unreadable(error.path()),
            error => Self::Rubbish(chain(&error)),
        }
    }
}

impl From<UserInfoError<HttpError>> for ProviderError {
    fn from(error: UserInfoError<HttpError>) -> Self {
        match error {
            UserInfoError::Request(error) => error.into(),
            UserInfoError::Parse(error) => unreadable(error.path()),
            UserInfoError::Response(status, ..) if !status.is_success() => Self::of_status(status),
            error => Self::Rubbish(chain(&error)),
        }
    }
}

impl From<ClaimsVerificationError> for ProviderError {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::Rubbish(chain(&error))
    }
}

/// A document that is not what it should be. What stands there may be a token or an address, and is
/// not repeated.
fn unreadable(at: &impl std::fmt::Display) -> ProviderError {
    ProviderError::Rubbish(format!("a document cannot be read at {at}"))
}

/// An error and its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a text never fails.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_is_sorted_and_never_repeated_whole() {
        assert!(matches!(ProviderError::of_code("access_denied"), ProviderError::Denied));
        assert!(matches!(ProviderError::of_code("server_error"), ProviderError::Down(_)));
        let ProviderError::Rubbish(why) = ProviderError::of_code("invalid_scope\r\nlk\u{1b}[1m")
        else {
            panic!("it is none of the known ones")
        };
        assert_eq!(why, "it refused the request: invalid_scopelkm");
    }
}
