//! What is wrong with the settings, in sentences that say how to mend it.

use std::path::PathBuf;

use super::{exposure::Refusal, origin::Place};

/// Why the program does not start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is none that the setting may have.
    #[error("{place}: {why}. Allowed: {allowed}.")]
    Value {
        /// Which setting, and where it was given.
        place: Place,
        /// What is wrong with it.
        why: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// One of two settings that mean something only together.
    #[error(
        "{place}: it needs `{other}` beside it. A certificate and its private key go together."
    )]
    Half {
        /// The one that was given, and where.
        place: Place,
        /// The one that was not.
        other: &'static str,
    },
    /// The file names a setting that does not exist.
    #[error("{}: there is no setting `{key}`. Allowed: {}.", path.display(), allowed.join(", "))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The name that means nothing.
        key: String,
        /// The names that do.
        allowed: Vec<&'static str>,
    },
    /// The file cannot be read, or is not TOML.
    #[error("the configuration file {}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A provider is not set up as one can be.
    #[error("[provider.{provider}] in {}: {why}.", path.display())]
    Provider {
        /// The file.
        path: PathBuf,
        /// The provider's name.
        provider: String,
        /// What is wrong, and what is allowed.
        why: String,
    },
    /// The address is open to others and nothing protects what they send.
    #[error(transparent)]
    Exposed(#[from] Box<Refusal>),
    /// `LATCHKEY_TEST_CLOCK` is set where it must not be.
    #[error("LATCHKEY_TEST_CLOCK is only for tests and is refused: {0}")]
    TestClock(&'static str),
}
