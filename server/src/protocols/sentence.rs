//! Client input made safe to repeat in an error.

use std::fmt;

/// The most characters of client input an error repeats.
const EXCERPT: usize = 48;

/// A short, harmless copy of something a client sent: printable ASCII of the kind names, versions and
/// tags are made of, everything else as `?`. Fit for a header, a log line and a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt(String);

impl Excerpt {
    /// Copies the beginning of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut copy: String = text
            .chars()
            .take(EXCERPT)
            .map(|character| match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '@' | '/' | '.' | '_' | ':' | '+' | '-' => {
                    character
                }
                _ => '?',
            })
            .collect();
        if text.chars().nth(EXCERPT).is_some() {
            copy.push_str("...");
        }
        Self(copy)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A number of bytes, shown in the unit, decimal or binary, that gives the smallest whole number: as
/// people set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 6] = [
            (1 << 30, "GiB"),
            (1_000_000_000, "GB"),
            (1 << 20, "MiB"),
            (1_000_000, "MB"),
            (1 << 10, "KiB"),
            (1_000, "kB"),
        ];
        let unit =
            UNITS.into_iter().find(|(bytes, _)| self.0 >= *bytes && self.0.is_multiple_of(*bytes));
        match unit {
            Some((bytes, symbol)) => write!(formatter, "{} {symbol}", self.0 / bytes),
            None => write!(formatter, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What product.md asks of every sentence that may travel in a header.
    pub(crate) fn assert_fit_for_a_header(sentence: &str) {
        assert!(sentence.len() <= 200, "{} characters: {sentence}", sentence.len());
        assert!(sentence.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{sentence}");
        assert!(sentence.ends_with('.'), "{sentence}");
    }

    #[test]
    fn an_excerpt_is_short_and_harmless() {
        assert_eq!(Excerpt::of("@acme/demo-1.0.0+b").to_string(), "@acme/demo-1.0.0+b");
        assert_eq!(Excerpt::of("a\r\nX: é<b>\"").to_string(), "a??X:???b??");
        let long = "a".repeat(EXCERPT + 1);
        assert_eq!(Excerpt::of(&long).to_string(), format!("{}...", &long[..EXCERPT]));
    }

    #[test]
    fn sizes_are_shown_in_the_unit_people_set_them_in() {
        for (bytes, shown) in [
            (200 << 20, "200 MiB"),
            (1 << 30, "1 GiB"),
            (64 << 10, "64 KiB"),
            (250_000_000, "250 MB"),
            (8_000_000, "8 MB"),
            (2_000_000_000, "2 GB"),
            (1_500, "1500 bytes"),
            (64_000, "64 kB"),
            (1025, "1025 bytes"),
            (0, "0 bytes"),
        ] {
            assert_eq!(Size(bytes).to_string(), shown);
        }
    }
}
