//! Names of packages, as Bower's specification has them
//! (<https://github.com/bower/spec/blob/master/json.md#name>). It asks for lower case, but names in
//! mixed case are about: they are kept as they are, and two that differ in case alone are one.

use std::fmt;

/// A good name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

/// Why text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    /// It is empty.
    #[error("A package needs a name.")]
    Empty,
    /// It has more than 50 characters.
    #[error("The name of a Bower package has at most {} characters.", Name::LONGEST)]
    Long,
    /// It has a character that no name has.
    #[error("The name of a Bower package has letters, digits, dots, dashes and underscores alone.")]
    Character,
    /// It begins or ends with a separator.
    #[error("The name of a Bower package begins and ends with a letter or a digit.")]
    End,
    /// Two dots or dashes follow each other.
    #[error("The name of a Bower package has no two dots or dashes in a row.")]
    Row,
}

impl Name {
    /// The most characters of a name.
    pub(crate) const LONGEST: usize = 50;

    /// Reads a name.
    pub(crate) fn parse(text: &str) -> Result<Self, NameError> {
        let is_separator = |byte: u8| matches!(byte, b'.' | b'-');
        let bytes = text.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return Err(NameError::Empty);
        };
        if !bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte)) {
            Err(NameError::Character)
        } else if bytes.len() > Self::LONGEST {
            Err(NameError::Long)
        } else if !first.is_ascii_alphanumeric() || !last.is_ascii_alphanumeric() {
            Err(NameError::End)
        } else if bytes.windows(2).any(|two| two.iter().all(|byte| is_separator(*byte))) {
            Err(NameError::Row)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
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
    fn names_of_the_specification() {
        for good in ["unicorn-cake", "jquery", "Chart.js", "a", "a_b", "a1.2-3", "0"] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
        for (bad, error) in [
            ("", NameError::Empty),
            ("-a", NameError::End),
            ("a.", NameError::End),
            ("_a", NameError::End),
            ("a--b", NameError::Row),
            ("a.-b", NameError::Row),
            ("a b", NameError::Character),
            ("a/b", NameError::Character),
            ("../a", NameError::Character),
            ("\u{e4}", NameError::Character),
            ("a\0", NameError::Character),
            (&"a".repeat(51), NameError::Long),
        ] {
            assert_eq!(Name::parse(bad), Err(error), "{bad}");
            assert_fit_for_a_header(&error.to_string());
        }
        assert!(Name::parse(&"a".repeat(50)).is_ok());
    }

    proptest! {
        #[test]
        fn a_name_needs_no_escaping(text in "\\PC{0,60}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(model::links::segment(name.as_str()), name.as_str());
            }
        }
    }
}
