//! Versions and dist-tags, by npm's rules.

use model::tag::{self, BadTag};

use super::sentence::Excerpt;

/// The most characters npm reads as a version.
const VERSION_LIMIT: usize = 256;

/// The largest number npm reads exactly: JavaScript's `Number.MAX_SAFE_INTEGER`.
const NUMBER_LIMIT: u64 = (1 << 53) - 1;

/// Why a text is no version that can be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VersionError {
    /// Not of the form Semantic Versioning 2.0.0 demands. npm's loose forms (`v1.0.0`, `1.0`) are among these.
    #[error(
        "The version {0} is not a semantic version such as 1.2.3 or 1.2.3-beta.1: correct it in package.json."
    )]
    Malformed(Excerpt),
    /// Build metadata, by which two versions cannot differ.
    #[error(
        "The version {0} has build metadata after a plus sign, which npm does not tell apart: leave it out."
    )]
    BuildMetadata(Excerpt),
    /// Longer, or with larger numbers, than npm can read.
    #[error(
        "The version {0} is longer, or has larger numbers, than npm can read: choose a smaller one."
    )]
    TooLarge(Excerpt),
}

/// Checks that npm's clients can tell and order this version: Semantic Versioning 2.0.0 without build
/// metadata, at most 256 characters, no number above 2^53 - 1.
pub(crate) fn check_version(text: &str) -> Result<(), VersionError> {
    let excerpt = || Excerpt::of(text);
    if text.len() > VERSION_LIMIT {
        return Err(VersionError::TooLarge(excerpt()));
    }
    let version = semver::Version::parse(text).map_err(|_| VersionError::Malformed(excerpt()))?;
    if !version.build.is_empty() {
        return Err(VersionError::BuildMetadata(excerpt()));
    }
    if version.major.max(version.minor).max(version.patch) > NUMBER_LIMIT {
        return Err(VersionError::TooLarge(excerpt()));
    }
    Ok(())
}

/// Why a text is no dist-tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TagError {
    /// Over 64 characters.
    #[error("The dist-tag {0} is longer than 64 characters: choose a shorter one with --tag.")]
    TooLong(Excerpt),
    /// Empty, an odd first character, or a character outside letters, digits, `.`, `_`, `-`.
    #[error(
        "The dist-tag {0} must begin with a letter or digit and have only letters, digits, dots, hyphens and underscores."
    )]
    Character(Excerpt),
    /// npm would read it as a range of versions.
    #[error(
        "The dist-tag {0} reads as a range of versions: choose a word, such as latest or next, with --tag."
    )]
    Range(Excerpt),
}

/// Checks that `tag` can stand in a path and is never taken for a range of versions.
pub(crate) fn check_tag(tag: &str) -> Result<(), TagError> {
    tag::check(tag).map_err(|bad| {
        let excerpt = Excerpt::of(tag);
        match bad {
            BadTag::TooLong => TagError::TooLong(excerpt),
            BadTag::Character => TagError::Character(excerpt),
            BadTag::Range => TagError::Range(excerpt),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::sentence::tests::assert_fit_for_a_header;
    use super::*;

    #[test]
    fn strict_versions_pass() {
        for version in
            ["0.0.0", "1.2.3", "1.2.3-beta.1", "1.0.0--x", "9007199254740991.0.0", "1.0.0-0a"]
        {
            assert_eq!(check_version(version), Ok(()), "{version}");
        }
    }

    #[test]
    fn loose_versions_do_not() {
        let long = format!("1.0.0-{}", "a".repeat(VERSION_LIMIT));
        for version in [
            "",
            "1",
            "1.0",
            "v1.0.0",
            "=1.0.0",
            " 1.0.0",
            "1.0.0 ",
            "01.0.0",
            "1.0.0-",
            "1.0.0-01",
            "1.0.0beta",
            "latest",
            "1.0.0+build",
            "9007199254740992.0.0",
            "99999999999999999999.0.0",
            "1.0.0/../x",
            &long,
        ] {
            let error = check_version(version).unwrap_err();
            assert_fit_for_a_header(&error.to_string());
        }
        assert!(matches!(check_version("1.0.0+build"), Err(VersionError::BuildMetadata(_))));
        assert!(matches!(check_version("9007199254740992.0.0"), Err(VersionError::TooLarge(_))));
        assert!(matches!(check_version(&long), Err(VersionError::TooLarge(_))));
    }

    #[test]
    fn a_refused_tag_is_named() {
        let long = "a".repeat(65);
        for (tag, error) in [
            (long.as_str(), TagError::TooLong(Excerpt::of(&long))),
            ("a/b", TagError::Character(Excerpt::of("a/b"))),
            ("1.x", TagError::Range(Excerpt::of("1.x"))),
        ] {
            assert_fit_for_a_header(&error.to_string());
            assert_eq!(check_tag(tag), Err(error));
        }
        assert_eq!(check_tag("next"), Ok(()));
    }
}
