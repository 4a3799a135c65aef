//! Package patterns: which ids a rule is about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ecosystem::Ecosystem;

/// A package pattern such as `Acme.*`, `npm|@acme/*` or `maven|com.acme:*`.
///
/// `*` matches any run of characters, `.` `/` `:` included; all else matches itself under the
/// ecosystem's own idea of equal ids ([`Ecosystem::fold`]). A prefix `ecosystem|` limits the
/// pattern to packages of that kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    ecosystem: Option<Ecosystem>,
    glob: String,
}

/// Why text is not a pattern. The sentences are shown beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// Nothing was given, or nothing after the ecosystem.
    #[error("Give a pattern such as Acme.* or @acme/*.")]
    Empty,
    /// Longer than [`Pattern::LONGEST`].
    #[error("A pattern has at most {} characters.", Pattern::LONGEST)]
    TooLong,
    /// A character no package id has.
    #[error("A pattern is made of letters, digits, @ . / : _ - and the wildcard *, not “{0}”.")]
    BadCharacter(char),
    /// The word before `|` names no ecosystem.
    #[error("Before | stands a kind of package: npm, nuget, maven, bower, pypi or cargo.")]
    BadEcosystem,
}

impl Pattern {
    /// The most characters a pattern has.
    pub const LONGEST: usize = 214;

    /// Whether the pattern matches the id, given in its normalised form
    /// ([`Ecosystem::normalise`]).
    pub fn matches(&self, ecosystem: Ecosystem, normalised_id: &str) -> bool {
        self.ecosystem.is_none_or(|own| own == ecosystem)
            && glob_matches(ecosystem, self.glob.as_bytes(), normalised_id.as_bytes())
    }

    /// Whether the pattern matches whatever `other` matches. A star of `other` is taken for a
    /// character that only a star matches, so the answer is never wrongly yes.
    pub fn covers(&self, other: &Self) -> bool {
        let kinds: &[Ecosystem] =
            other.ecosystem.as_ref().map_or(&Ecosystem::ALL, std::slice::from_ref);
        kinds.iter().all(|kind| {
            self.ecosystem.is_none_or(|own| own == *kind)
                && glob_matches(*kind, self.glob.as_bytes(), other.glob.as_bytes())
        })
    }

    /// Whether the pattern matches every id of every kind.
    pub fn is_any(&self) -> bool {
        self.ecosystem.is_none() && self.glob.bytes().all(|byte| byte == b'*')
    }

    /// What the pattern matches, in words: `names that start with “Acme.”`.
    pub fn in_words(&self) -> String {
        let kind = self.ecosystem.map(|kind| format!("{} ", kind.label())).unwrap_or_default();
        let parts: Vec<&str> = self.glob.split('*').collect();
        match parts.as_slice() {
            [exact] => format!("{kind}package “{exact}” alone"),
            ["", ""] => format!("every {kind}package"),
            [start, ""] => format!("{kind}names that start with “{start}”"),
            ["", end] => format!("{kind}names that end with “{end}”"),
            ["", middle, ""] => format!("{kind}names that contain “{middle}”"),
            [start, end] => format!("{kind}names that start with “{start}” and end with “{end}”"),
            _ => format!("{kind}names of the form “{}”, where * is anything", self.glob),
        }
    }
}

/// Matches bytes with the usual two-pointer walk: on a mismatch the last `*` swallows one more
/// byte, so the work is bounded by the product of both lengths and nothing recurses.
fn glob_matches(ecosystem: Ecosystem, glob: &[u8], id: &[u8]) -> bool {
    let same = |a: u8, b: u8| ecosystem.fold(a.into()) == ecosystem.fold(b.into());
    let (mut g, mut i) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while i < id.len() {
        if g < glob.len() && glob[g] == b'*' {
            last_star = Some((g, i));
            g += 1;
        } else if g < glob.len() && same(glob[g], id[i]) {
            g += 1;
            i += 1;
        } else if let Some((star, swallowed)) = last_star {
            last_star = Some((star, swallowed + 1));
            g = star + 1;
            i = swallowed + 1;
        } else {
            return false;
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

impl FromStr for Pattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim();
        if text.len() > Self::LONGEST {
            return Err(BadPattern::TooLong);
        }
        let (ecosystem, glob) = match text.split_once('|') {
            Some((kind, glob)) => {
                let kind = kind.trim().to_ascii_lowercase();
                (Some(kind.parse().map_err(|_| BadPattern::BadEcosystem)?), glob.trim())
            }
            None => (None, text),
        };
        if glob.is_empty() {
            return Err(BadPattern::Empty);
        }
        let belongs = |c: char| c.is_ascii_alphanumeric() || "@./:_-*".contains(c);
        match glob.chars().find(|c| !belongs(*c)) {
            Some(stray) => Err(BadPattern::BadCharacter(stray)),
            None => Ok(Self { ecosystem, glob: glob.to_owned() }),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ecosystem) = self.ecosystem {
            write!(f, "{ecosystem}|")?;
        }
        f.write_str(&self.glob)
    }
}

impl TryFrom<String> for Pattern {
    type Error = BadPattern;

    fn try_from(text: String) -> Result<Self, BadPattern> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, ecosystem: Ecosystem, id: &str) -> bool {
        pattern.parse::<Pattern>().unwrap().matches(ecosystem, &ecosystem.normalise(id))
    }

    #[test]
    fn matches_as_the_product_says() {
        use Ecosystem::{Cargo, Maven, Npm, Nuget, Pypi};
        for (pattern, ecosystem, id, expected) in [
            ("Acme.*", Nuget, "acme.Core", true),
            ("Acme.*", Nuget, "Acme.Core.Deep", true),
            ("Acme.*", Nuget, "Acme", false),
            ("Acme.*", Nuget, "Acmex", false),
            ("npm|@acme/*", Npm, "@acme/http", true),
            ("npm|@acme/*", Nuget, "@acme/http", false),
            ("@acme/*", Npm, "@acmeevil/http", false),
            ("maven|com.acme:*", Maven, "com.acme:core", true),
            ("maven|com.acme:*", Maven, "com.ACME:core", false),
            ("acme_core", Cargo, "acme-core", true),
            ("acme.core", Pypi, "Acme_Core", true),
            ("*", Npm, "anything", true),
            ("a*b*c", Npm, "a-b-b-c", true),
            ("a*b*c", Npm, "a-b-b-d", false),
            ("demo", Npm, "demo", true),
            ("demo", Npm, "demo2", false),
        ] {
            assert_eq!(matches(pattern, ecosystem, id), expected, "{pattern} ~ {id}");
        }
    }

    #[test]
    fn covers_what_it_matches_and_more() {
        for (wide, narrow, expected) in [
            ("*", "Acme.*", true),
            ("npm|Acme.*", "npm|acme.core", true),
            ("Acme.*", "acme.core", false),
            ("Acme.*", "Acme.Core.*", true),
            ("Acme.*", "npm|Acme.*", true),
            ("npm|Acme.*", "Acme.*", false),
            ("maven|com.acme:*", "maven|com.ACME:*", false),
            // Maven tells them apart, and the patterns are about Maven too.
            ("acme.*", "ACME.*", false),
            ("Acme.Core", "Acme.*", false),
            ("*core*", "*core", true),
            ("*core", "*core*", false),
            ("a*c", "a*b*c", true),
            ("a**", "a*", true),
        ] {
            let pattern = |text: &str| text.parse::<Pattern>().unwrap();
            assert_eq!(pattern(wide).covers(&pattern(narrow)), expected, "{wide} ⊇ {narrow}");
        }
        assert!("**".parse::<Pattern>().unwrap().is_any());
        assert!(!"npm|*".parse::<Pattern>().unwrap().is_any());
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for (text, why) in [
            ("", BadPattern::Empty),
            ("npm|", BadPattern::Empty),
            ("gem|x", BadPattern::BadEcosystem),
            ("a b", BadPattern::BadCharacter(' ')),
            ("ä*", BadPattern::BadCharacter('ä')),
            ("a?", BadPattern::BadCharacter('?')),
            (&"x".repeat(215), BadPattern::TooLong),
        ] {
            assert_eq!(text.parse::<Pattern>(), Err(why), "{text}");
        }
    }

    #[test]
    fn explains_itself() {
        for (pattern, words) in [
            ("Acme.*", "names that start with “Acme.”"),
            ("npm|@acme/*", "npm names that start with “@acme/”"),
            ("*.Tests", "names that end with “.Tests”"),
            ("*core*", "names that contain “core”"),
            ("a*z", "names that start with “a” and end with “z”"),
            ("*", "every package"),
            ("Acme.Core", "package “Acme.Core” alone"),
            ("a*b*c", "names of the form “a*b*c”, where * is anything"),
        ] {
            assert_eq!(pattern.parse::<Pattern>().unwrap().in_words(), words);
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_matcher(glob in "[ab*]{1,8}", id in "[ab]{0,10}") {
            fn naive(glob: &[u8], id: &[u8]) -> bool {
                match glob.split_first() {
                    None => id.is_empty(),
                    Some((b'*', rest)) => (0..=id.len()).any(|skip| naive(rest, &id[skip..])),
                    Some((c, rest)) => id.first() == Some(c) && naive(rest, &id[1..]),
                }
            }
            let pattern: Pattern = glob.parse().unwrap();
            let expected = naive(glob.as_bytes(), id.as_bytes());
            prop_assert_eq!(pattern.matches(Ecosystem::Npm, &id), expected);
        }

        #[test]
        fn never_covers_what_it_does_not_match(wide in "(npm\\|)?[ab*]{1,5}", narrow in "(npm\\|)?[ab*]{1,5}", id in "[ab]{0,6}") {
            let (wide, narrow): (Pattern, Pattern) = (wide.parse().unwrap(), narrow.parse().unwrap());
            if wide.covers(&narrow) && narrow.matches(Ecosystem::Npm, &id) {
                prop_assert!(wide.matches(Ecosystem::Npm, &id));
            }
        }

        #[test]
        fn survives_its_own_text(text in "((npm|maven)\\|)?[A-Za-z@./:_*-]{1,20}") {
            let pattern: Pattern = text.parse().unwrap();
            prop_assert_eq!(pattern.to_string().parse::<Pattern>().unwrap(), pattern);
        }
    }
}
