//! Where a setting's value came from, in the words people use for it.

use std::{fmt, path::PathBuf};

/// The place a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag,
    /// In an environment variable.
    Variable,
    /// In this configuration file.
    File(PathBuf),
}

/// A setting as it was given: its key and the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The key, as in `latchkey.toml`: `public_url`.
    pub key: &'static str,
    /// Where it was given.
    pub origin: Origin,
}

/// A key's flag: `--public-url`.
pub(super) fn flag(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

/// A key's environment variable: `LATCHKEY_PUBLIC_URL`.
pub(super) fn variable(key: &str) -> String {
    format!("LATCHKEY_{}", key.to_ascii_uppercase())
}

impl fmt::Display for Place {
    /// `--listen`, `LATCHKEY_LISTEN`, or `listen in /srv/latchkey.toml`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Flag => f.write_str(&flag(self.key)),
            Origin::Variable => f.write_str(&variable(self.key)),
            Origin::File(path) => write!(f, "{} in {}", self.key, path.display()),
        }
    }
}
