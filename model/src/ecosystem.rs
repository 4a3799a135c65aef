//! The kinds of packages a feed can hold, and what makes two ids of a kind the same.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

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
    fn confusable_ids_fold_case_and_separators() {
        assert_eq!(confusable("Acme.Core_x-y"), "acme-core-x-y");
    }
}
