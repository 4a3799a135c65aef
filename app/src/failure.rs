//! What a server function answers when it did not do what was asked: a closed set, so that nothing
//! from the inside can leak into a page.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use model::token_form::Problem;
use serde::{Deserialize, Serialize};

/// Why an act was not done, as a page can say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Nobody is signed in (any more).
    #[error("You are signed out. Sign in again.")]
    SignedOut,
    /// The identity has to be confirmed first.
    #[error("Confirm that it is you first.")]
    Unconfirmed,
    /// No such thing, or not for this person.
    #[error("There is nothing here.")]
    NotFound,
    /// Not allowed, wrong or taken; the sentence says what and how to mend it.
    #[error("{0}")]
    Refused(String),
    /// Several fields of a form are wrong.
    #[error("Some fields need another look.")]
    Problems(Vec<Problem>),
    /// Too many tries; seconds to wait.
    #[error("Too many tries. Try again in {}.", span(*.0))]
    Throttled(u64),
    /// Something broke; the text is the request's number in the server's log.
    #[error("Something went wrong on the server. Its log has the details under {0}.")]
    Internal(String),
    /// The server was not reached, or answered something else than expected.
    #[error("The server could not be reached. Check the connection and try again.")]
    Unreachable,
}

/// A time to wait; minutes are rounded up, so that it is never too short.
fn span(seconds: u64) -> String {
    match seconds {
        0..=1 => "1 second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => {
                #[cfg(feature = "ssr")]
                crate::context::set_status(http::StatusCode::BAD_REQUEST);
                Self::Refused(
                    "This form could not be read. Reload the page and try again.".to_owned(),
                )
            }
            _ => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_long_to_wait() {
        for (seconds, words) in
            [(0, "1 second"), (16, "16 seconds"), (91, "2 minutes"), (900, "15 minutes")]
        {
            let said = Failure::Throttled(seconds).to_string();
            assert_eq!(said, format!("Too many tries. Try again in {words}."));
        }
    }
}
