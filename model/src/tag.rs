//! Tags: words that point to a version, such as `latest` or `next`.

/// The most characters a tag has.
const LONGEST: usize = 64;

/// Why a text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTag {
    /// Over 64 characters.
    #[error("A tag has at most 64 characters.")]
    TooLong,
    /// Empty, an odd first character, or a character outside letters, digits, `.`, `_`, `-`.
    #[error(
        "A tag begins with a letter or digit and has only letters, digits, dots, hyphens and underscores."
    )]
    Character,
    /// Clients would read it as a range of versions.
    #[error("This tag reads as a range of versions: choose a word, such as latest or next.")]
    Range,
}

/// Checks that a tag can stand in a path and that no client takes it for a range of versions, by the
/// rules of npm, which has the most of them.
pub fn check(tag: &str) -> Result<(), BadTag> {
    if tag.len() > LONGEST {
        return Err(BadTag::TooLong);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !tag.starts_with(|first: char| first.is_ascii_alphanumeric()) || !tag.bytes().all(allowed) {
        return Err(BadTag::Character);
    }
    if is_range(tag) {
        return Err(BadTag::Range);
    }
    Ok(())
}

/// Whether npm reads `tag` as a range. With the characters that are let through, only the "X-ranges"
/// of node-semver are left: `1`, `v1.x`, `1.2.x`, `1.2.3-beta`.
fn is_range(tag: &str) -> bool {
    let wild = |part: &str| {
        matches!(part, "x" | "X") || (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut parts = tag.trim_start_matches('v').splitn(3, '.');
    let major_and_minor = parts.by_ref().take(2).all(wild);
    let patch = parts
        .next()
        .is_none_or(|patch| wild(patch.split_once('-').map_or(patch, |(number, _)| number)));
    major_and_minor && patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words() {
        for tag in [
            "latest",
            "next",
            "v1-lts",
            "next-11",
            "release-1.x",
            "beta.2",
            "1.x-lts",
            "v",
            "1a",
            "X1",
            "1.2.3beta",
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
        }
        assert_eq!(check(&"a".repeat(LONGEST)), Ok(()));
    }

    #[test]
    fn tags_are_not_ranges_nor_paths() {
        for tag in [
            "1",
            "1.x",
            "x",
            "X",
            "v1",
            "1.2",
            "1.2.3",
            "v1.2.3",
            "1.2.3-beta",
            "1.2.x",
            "x.x.x-a",
            "1.2.3-a.b.c",
        ] {
            assert_eq!(check(tag), Err(BadTag::Range), "{tag}");
        }
        for tag in [
            "",
            "a/b",
            "..",
            "-a",
            "_a",
            "__proto__",
            "a b",
            "*",
            "^1",
            ">=1",
            "a%2fb",
            "\u{e9}",
            "a\n",
        ] {
            assert_eq!(check(tag), Err(BadTag::Character), "{tag}");
        }
        assert_eq!(check(&"a".repeat(LONGEST + 1)), Err(BadTag::TooLong));
    }
}
