//! Versions as NuGet reads, normalises and orders them
//! (<https://learn.microsoft.com/nuget/concepts/package-versioning>): Semantic Versioning 2.0.0, with
//! a fourth number, leading zeros and missing parts, and without regard to case.

use std::{cmp::Ordering, fmt, str::FromStr};

/// A version of a NuGet package. Two are equal if NuGet takes them for the same: neither case, nor
/// build metadata, nor leading or missing zeros make a difference.
#[derive(Debug, Clone)]
pub struct NugetVersion {
    numbers: [u32; 4],
    labels: Vec<String>,
    metadata: String,
}

/// Why a text is no version of a NuGet package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNugetVersion {
    /// Over [`NugetVersion::LONGEST`] characters.
    #[error("a version has at most 64 characters")]
    TooLong,
    /// The numbers are missing, are more than four, or one is no number.
    #[error("a version begins with one to four numbers below 2147483648, separated by dots")]
    Numbers,
    /// What follows the hyphen or the plus sign.
    #[error("what follows the numbers of a version is made of letters, digits, hyphens and dots")]
    Labels,
}

impl NugetVersion {
    /// The most characters a version has.
    pub const LONGEST: usize = 64;

    /// Whether it comes before a release: `1.0.0-beta`.
    pub fn is_prerelease(&self) -> bool {
        !self.labels.is_empty()
    }

    /// Whether clients older than NuGet 4.3 cannot read it: it has build metadata, or a dot in what
    /// follows the hyphen.
    pub fn is_semver2(&self) -> bool {
        self.labels.len() > 1 || !self.metadata.is_empty()
    }

    /// The form in which two versions are the same: normalised, without build metadata, in lower
    /// case. It stands in paths.
    pub fn key(&self) -> String {
        self.normalised().to_ascii_lowercase()
    }

    /// Without leading zeros, with three numbers or, if the last is not zero, four; without build
    /// metadata.
    pub fn normalised(&self) -> String {
        let [major, minor, patch, revision] = self.numbers;
        let mut text = format!("{major}.{minor}.{patch}");
        if revision > 0 {
            text = format!("{text}.{revision}");
        }
        if !self.labels.is_empty() {
            text = format!("{text}-{}", self.labels.join("."));
        }
        text
    }
}

/// Normalised, with build metadata.
impl fmt::Display for NugetVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.normalised())?;
        if self.metadata.is_empty() { Ok(()) } else { write!(f, "+{}", self.metadata) }
    }
}

impl FromStr for NugetVersion {
    type Err = BadNugetVersion;

    fn from_str(text: &str) -> Result<Self, BadNugetVersion> {
        let text = text.trim();
        if text.len() > Self::LONGEST {
            return Err(BadNugetVersion::TooLong);
        }
        let (text, metadata) = match text.split_once('+') {
            Some((text, metadata)) => (text, Some(metadata)),
            None => (text, None),
        };
        let (text, labels) = match text.split_once('-') {
            Some((text, labels)) => (text, Some(labels)),
            None => (text, None),
        };
        let mut numbers = [0; 4];
        let mut places = numbers.iter_mut();
        for part in text.split('.') {
            *places.next().ok_or(BadNugetVersion::Numbers)? = number(part)?;
        }
        let identifiers = |text: Option<&str>| match text {
            None => Ok(Vec::new()),
            Some(text) => text.split('.').map(identifier).collect::<Result<Vec<_>, _>>(),
        };
        let metadata = identifiers(metadata)?.join(".");
        Ok(Self { numbers, labels: identifiers(labels)?, metadata })
    }
}

fn number(text: &str) -> Result<u32, BadNugetVersion> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| *number <= i32::MAX.unsigned_abs());
    number.filter(|_| is_number).ok_or(BadNugetVersion::Numbers)
}

fn identifier(text: &str) -> Result<String, BadNugetVersion> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if text.is_empty() || !text.bytes().all(is_allowed) {
        return Err(BadNugetVersion::Labels);
    }
    Ok(text.to_owned())
}

impl Ord for NugetVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| self.is_prerelease().cmp(&other.is_prerelease()).reverse())
            .then_with(|| {
                let labels = self.labels.iter().zip(&other.labels);
                let unequal = labels.map(|(a, b)| precedence(a, b)).find(|order| order.is_ne());
                unequal.unwrap_or_else(|| self.labels.len().cmp(&other.labels.len()))
            })
            // `01` and `1` have one precedence but not one key.
            .then_with(|| self.key().cmp(&other.key()))
    }
}

/// The precedence of two labels: numbers before words, numbers by value, words without regard to
/// case. What is too large for NuGet's clients to be a number is a word to them.
fn precedence(a: &str, b: &str) -> Ordering {
    let number = |label: &str| {
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        label.parse::<i32>().ok().filter(|_| is_number)
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
    }
}

impl PartialOrd for NugetVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NugetVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for NugetVersion {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> NugetVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_normalised_as_documented() {
        for (text, normalised, key) in [
            // "Normalized version numbers" in NuGet's documentation.
            ("1.00", "1.0.0", "1.0.0"),
            ("1.01.1", "1.1.1", "1.1.1"),
            ("1.00.0.1", "1.0.0.1", "1.0.0.1"),
            ("1.0.0.0", "1.0.0", "1.0.0"),
            ("1.0.01.0", "1.0.1", "1.0.1"),
            ("1.0.7+r3456", "1.0.7+r3456", "1.0.7"),
            // And what follows from its other rules.
            ("1", "1.0.0", "1.0.0"),
            ("00.00.00.01", "0.0.0.1", "0.0.0.1"),
            (" 1.2.3 ", "1.2.3", "1.2.3"),
            ("1.2.3.0-Beta", "1.2.3-Beta", "1.2.3-beta"),
            ("1.2.3.4-RC.1+Build.5", "1.2.3.4-RC.1+Build.5", "1.2.3.4-rc.1"),
            ("1.0.0-a-b.-", "1.0.0-a-b.-", "1.0.0-a-b.-"),
            ("1.0.0+a-b", "1.0.0+a-b", "1.0.0"),
            ("2147483647.0.0", "2147483647.0.0", "2147483647.0.0"),
        ] {
            let version = version(text);
            assert_eq!((version.to_string().as_str(), version.key().as_str()), (normalised, key));
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        let long = format!("1.0.0-{}", "a".repeat(NugetVersion::LONGEST));
        for (text, error) in [
            ("", BadNugetVersion::Numbers),
            ("a", BadNugetVersion::Numbers),
            ("1.", BadNugetVersion::Numbers),
            (".1", BadNugetVersion::Numbers),
            ("1..2", BadNugetVersion::Numbers),
            ("1.2.3.4.5", BadNugetVersion::Numbers),
            ("-1.0", BadNugetVersion::Numbers),
            ("+1.0", BadNugetVersion::Numbers),
            ("1.+2", BadNugetVersion::Numbers),
            ("1. 2", BadNugetVersion::Numbers),
            ("v1.0", BadNugetVersion::Numbers),
            ("2147483648.0.0", BadNugetVersion::Numbers),
            ("1.*", BadNugetVersion::Numbers),
            ("\u{661}.0", BadNugetVersion::Numbers),
            ("1.0-", BadNugetVersion::Labels),
            ("1.0+", BadNugetVersion::Labels),
            ("1.0-a..b", BadNugetVersion::Labels),
            ("1.0-a_b", BadNugetVersion::Labels),
            ("1.0-*", BadNugetVersion::Labels),
            ("1.0+a+b", BadNugetVersion::Labels),
            ("1.0-a/../b", BadNugetVersion::Labels),
            ("1.0-\u{e9}", BadNugetVersion::Labels),
            (&long, BadNugetVersion::TooLong),
        ] {
            assert_eq!(text.parse::<NugetVersion>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_as_documented() {
        // "Pre-release versions" in NuGet's documentation, newest first.
        let documented = [
            "1.0.1",
            "1.0.1-zzz",
            "1.0.1-rc.10",
            "1.0.1-rc.2",
            "1.0.1-open",
            "1.0.1-beta",
            "1.0.1-alpha2",
            "1.0.1-alpha10",
            "1.0.1-aaa",
        ];
        // Semantic Versioning 2.0.0, §11.4.
        let semantic = [
            "1.0.0",
            "1.0.0-rc.1",
            "1.0.0-beta.11",
            "1.0.0-beta.2",
            "1.0.0-beta",
            "1.0.0-alpha.beta",
            "1.0.0-alpha.1",
            "1.0.0-alpha",
        ];
        let numbers = ["2.0", "1.10", "1.9.0.1", "1.9", "1.2.3.4", "1.2.3", "1.2.3-a", "1"];
        for list in [&documented[..], &semantic, &numbers] {
            for pair in list.windows(2) {
                assert!(version(pair[0]) > version(pair[1]), "{pair:?}");
                assert!(version(pair[1]) < version(pair[0]), "{pair:?}");
            }
        }
    }

    #[test]
    fn what_makes_no_difference() {
        for (a, b) in [
            ("1.0.0-BETA", "1.0.0-beta"),
            ("1.0", "1.0.0.0"),
            ("1.0.0+a", "1.0.0+b"),
            ("1.0.0-rc.1+a", "1.0.0-RC.1"),
            ("01.002", "1.2.0"),
        ] {
            assert_eq!(version(a), version(b));
            assert_eq!(version(a).key(), version(b).key());
        }
        assert_ne!(version("1.0.0-01"), version("1.0.0-1"));
    }

    #[test]
    fn old_clients_know_less() {
        for (text, is_prerelease, is_semver2) in [
            ("1.0.0", false, false),
            ("1.0.0.1", false, false),
            ("1.0.0-beta1", true, false),
            ("1.0.0-beta-1", true, false),
            ("1.0.0-beta.1", true, true),
            ("1.0.0+abc", false, true),
        ] {
            let version = version(text);
            assert_eq!(
                (version.is_prerelease(), version.is_semver2()),
                (is_prerelease, is_semver2)
            );
        }
    }

    fn versions() -> impl Strategy<Value = NugetVersion> {
        "[0-2](\\.[0-2]{1,2}){0,3}(-[ab01A-]{1,2}(\\.[ab01-]{1,2}){0,2})?(\\+[a0]{1,2})?"
            .prop_map(|text| text.parse().unwrap())
    }

    proptest! {
        #[test]
        fn any_text_is_a_version_or_not(text in any::<String>()) {
            if let Ok(version) = text.parse::<NugetVersion>() {
                prop_assert!(version.key().is_ascii());
            }
        }

        #[test]
        fn normalised_versions_stay_what_they_are(version in versions()) {
            let again: NugetVersion = version.to_string().parse().unwrap();
            prop_assert_eq!(again.to_string(), version.to_string());
            prop_assert_eq!(version.key().parse::<NugetVersion>().unwrap(), version);
        }

        #[test]
        fn the_order_is_total(a in versions(), b in versions(), c in versions()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.key() == b.key());
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }
    }
}
