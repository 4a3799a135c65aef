//! Which of two versions is the higher one.

use model::{
    ecosystem::Ecosystem, maven_version::MavenVersion, nuget_version::NugetVersion,
    timestamp::Timestamp,
};

/// A version's place among those of its package, in its ecosystem's order. What cannot be read, or
/// has no order, comes before everything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// No order is known.
    Unknown,
    /// Semantic Versioning 2.0.0, §11.
    Semantic(semver::Version),
    /// NuGet's.
    Nuget(NugetVersion),
    /// Maven's, which knows no version that cannot be read.
    Maven(MavenVersion),
}

impl Precedence {
    /// The place of a version as it was published.
    pub(super) fn of(ecosystem: Ecosystem, version: &str) -> Self {
        let place = match ecosystem {
            Ecosystem::Npm | Ecosystem::Cargo => {
                semver::Version::parse(version).ok().map(Self::Semantic)
            }
            Ecosystem::Nuget => version.parse().ok().map(Self::Nuget),
            Ecosystem::Maven => Some(Self::Maven(MavenVersion::new(version))),
            Ecosystem::Bower | Ecosystem::Pypi => None,
        };
        place.unwrap_or(Self::Unknown)
    }

    /// Whether it is known to come before a release.
    fn is_prerelease(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Semantic(version) => !version.pre.is_empty(),
            Self::Nuget(version) => version.is_prerelease(),
            Self::Maven(version) => version.is_unreleased(),
        }
    }

    /// By what the version is found that `latest` points to: a released one before any pre-release,
    /// then the highest, then the one that came last.
    pub(super) fn for_latest(self, published_at: i64) -> (bool, bool, Self, i64) {
        (self != Self::Unknown, !self.is_prerelease(), self, published_at)
    }

    /// By what lists are sorted: the highest, then the one that came last.
    pub(super) fn for_lists(self, published_at: Timestamp) -> (Self, Timestamp) {
        (self, published_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ecosystem_has_its_order() {
        let sorted = |ecosystem, versions: &[&'static str]| {
            let mut sorted = versions.to_vec();
            sorted.sort_by_key(|version| Precedence::of(ecosystem, version));
            sorted
        };
        let expected = ["odd", "1.9.0", "1.10.0-beta", "1.10.0"];
        assert_eq!(sorted(Ecosystem::Npm, &["1.10.0", "1.9.0", "odd", "1.10.0-beta"]), expected);
        let expected = ["1.0.0", "1.0.0.2", "1.10-BETA", "1.10"];
        assert_eq!(sorted(Ecosystem::Nuget, &["1.10", "1.0.0.2", "1.10-BETA", "1.0.0"]), expected);
        let expected = ["1.9", "1.10-SNAPSHOT", "1.10"];
        assert_eq!(sorted(Ecosystem::Maven, &["1.10", "1.9", "1.10-SNAPSHOT"]), expected);
        // The order they came in stays where there is no other.
        assert_eq!(sorted(Ecosystem::Bower, &["2", "1"]), ["2", "1"]);
    }

    #[test]
    fn latest_is_a_release_if_there_is_one() {
        let place = |version| Precedence::of(Ecosystem::Nuget, version).for_latest(1);
        assert!(place("1.0.0") > place("2.0.0-beta"));
        assert!(place("2.0.0-beta") > place("odd"));
    }
}
