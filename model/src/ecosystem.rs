//! The kinds of packages a feed can hold, and what makes two ids of a kind the same.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::nuget_version::NugetVersion;

/// A kind of package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// npm, pnpm, yarn.
    Npm,
    /// .NET.
    Nuget,
    /// Maven, Gradle, sbt; ids are `group:artifact`.
    Maven,
    /// Bower.
    Bower,
    /// pip, twine, uv.
    Pypi,
    /// Rust.
    Cargo,
}

/// A word that names no ecosystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of package: npm, nuget, maven, bower, pypi and cargo exist")]
pub struct NotAnEcosystem;

impl Ecosystem {
    /// Every ecosystem.
    pub const ALL: [Self; 6] =
        [Self::Npm, Self::Nuget, Self::Maven, Self::Bower, Self::Pypi, Self::Cargo];

    /// The name in patterns, URLs and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Nuget => "nuget",
            Self::Maven => "maven",
            Self::Bower => "bower",
            Self::Pypi => "pypi",
            Self::Cargo => "cargo",
        }
    }

    /// The name as its community writes it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Nuget => "NuGet",
            Self::Maven => "Maven",
            Self::Bower => "Bower",
            Self::Pypi => "PyPI",
            Self::Cargo => "Cargo",
        }
    }

    /// The character that stands for `c` when ids are compared: ids of most ecosystems differ
    /// neither by case nor, for some, by separator; Maven's differ by both.
    pub const fn fold(self, c: char) -> char {
        match (self, c) {
            (Self::Maven, _) => c,
            (Self::Pypi, '_' | '.') | (Self::Cargo, '_') => '-',
            _ => c.to_ascii_lowercase(),
        }
    }

    /// The id by which the ecosystem's own clients know a package: `Acme.Core` and `acme.core` are
    /// one NuGet package.
    pub fn normalise(self, id: &str) -> String {
        id.chars().map(|c| self.fold(c)).collect()
    }

    /// The form in which two versions of a package are the same: `1.0` and `1.0.0+build` are one
    /// version to NuGet. Versions are stored and looked up by it. What cannot be read is nobody's,
    /// and stays as it is.
    pub fn version_key(self, version: &str) -> String {
        let nuget = || version.parse().map(|version: NugetVersion| version.key()).ok();
        match self {
            Self::Nuget => nuget().unwrap_or_else(|| version.to_owned()),
            _ => version.to_owned(),
        }
    }
}

/// The form in which two ids of one ecosystem count as confusingly equal: lower case, with the
/// separators `-`, `_` and `.` folded into one.
pub fn confusable(id: &str) -> String {
    id.chars().map(|c| if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() }).collect()
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Ecosystem {
    type Err = NotAnEcosystem;

    fn from_str(name: &str) -> Result<Self, NotAnEcosystem> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(NotAnEcosystem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_normalise_as_their_clients_do() {
        assert_eq!(Ecosystem::Nuget.normalise("Acme.Core"), "acme.core");
        assert_eq!(Ecosystem::Pypi.normalise("Acme_Core.X"), "acme-core-x");
        assert_eq!(Ecosystem::Maven.normalise("com.Acme:Core"), "com.Acme:Core");
        assert_eq!(Ecosystem::Cargo.normalise("acme_core"), "acme-core");
    }

    #[test]
    fn versions_are_known_by_what_their_clients_compare() {
        for (version, key) in
            [("2.0.0-Beta.1", "2.0.0-beta.1"), ("01.0+build", "1.0.0"), ("not one", "not one")]
        {
            assert_eq!(Ecosystem::Nuget.version_key(version), key);
            assert_eq!(Ecosystem::Npm.version_key(version), version);
        }
    }

    #[test]
    fn confusable_ids_fold_case_and_separators() {
        assert_eq!(confusable("Acme.Core_x-y"), "acme-core-x-y");
    }
}
