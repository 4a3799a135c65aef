//! Why a command did not do what it was asked.

use std::{error::Error as _, io, process::ExitCode};

use crate::{config::ConfigError, start::StartError};

/// Why a command failed. Each is one sentence for whoever typed the command; none holds a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The command has to be said differently.
    #[error("{0}")]
    Usage(String),
    /// What was asked cannot be done.
    #[error("{0}")]
    Refused(String),
    /// The settings are wrong, or the data cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A service said no.
    #[error("{}", in_words(.0))]
    Service(#[from] registry::Error),
    /// Whoever reads the result is gone.
    #[error("the result could not be written to standard output: {0}")]
    Output(io::Error),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Start(error.into())
    }
}

impl Failure {
    /// Says in better words that something is absent; every other error stays what it is.
    pub(super) fn absent(error: registry::Error, words: impl FnOnce() -> String) -> Self {
        match error {
            registry::Error::NotFound(_) => Self::Refused(words()),
            error => error.into(),
        }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Start(error) => error.exit_code(),
            _ => ExitCode::FAILURE,
        }
    }
}

/// A command has no log; whoever runs it is the one who can mend what is broken inside.
fn in_words(error: &registry::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}
