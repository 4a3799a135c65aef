//! Package ids, by NuGet's rules.

use std::fmt;

use crate::protocols::sentence::Excerpt;

/// The most characters of an id.
const LONGEST: usize = 100;

/// A valid package id: words of letters, digits and underscores, joined by single dots and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(String);

/// Why a text is no package id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdError {
    /// Nothing there.
    #[error("The package id is empty: give it one in the .nuspec file.")]
    Empty,
    /// Over 100 characters.
    #[error("The package id is longer than 100 characters: choose a shorter one.")]
    TooLong,
    /// Another character, or separators that separate nothing.
    #[error(
        "The package id {0} must be made of letters, digits and underscores, with single dots or hyphens between them."
    )]
    Character(Excerpt),
}

impl Id {
    /// Reads an id as it stands in a `.nuspec` file or, decoded, in a path.
    pub(crate) fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if text.len() > LONGEST {
            return Err(IdError::TooLong);
        }
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut words = text.split(['.', '-']);
        if !words.all(|word| !word.is_empty() && word.bytes().all(is_word)) {
            return Err(IdError::Character(Excerpt::of(text)));
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands in paths.
    pub(crate) fn lower(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocols::sentence::tests::assert_fit_for_a_header;

    #[test]
    fn ids() {
        for fine in ["a", "7", "_", "Acme.Core", "a-b.c_d", "A__b", &"a".repeat(LONGEST)] {
            assert_eq!(Id::parse(fine).unwrap().as_str(), fine);
        }
        assert_eq!(Id::parse("Acme.Core").unwrap().lower(), "acme.core");
        for bad in [
            "a b",
            ".a",
            "a.",
            "a..b",
            "a.-b",
            "-",
            "a/b",
            "a\\b",
            "..",
            "a%2fb",
            "\u{e4}",
            "a\u{0}b",
            "<b>",
            "@acme/demo",
        ] {
            assert_eq!(Id::parse(bad), Err(IdError::Character(Excerpt::of(bad))), "{bad}");
        }
        assert_eq!(Id::parse(""), Err(IdError::Empty));
        assert_eq!(Id::parse(&"a".repeat(LONGEST + 1)), Err(IdError::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_an_id_or_says_why(text in any::<String>()) {
            match Id::parse(&text) {
                Ok(id) => prop_assert!(id.as_str().is_ascii()),
                Err(error) => assert_fit_for_a_header(&error.to_string()),
            }
        }
    }
}
