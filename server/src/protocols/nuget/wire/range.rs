//! Ranges of versions, as dependencies name them
//! (<https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges>).

use std::{fmt, str::FromStr};

use model::nuget_version::NugetVersion;

/// The versions a dependency can be met by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    lowest: Option<Bound>,
    highest: Option<Bound>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    version: NugetVersion,
    is_included: bool,
}

/// A text that is no range of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadRange;

impl Range {
    /// Whether clients older than NuGet 4.3 cannot read it.
    pub(crate) fn is_semver2(&self) -> bool {
        let mut bounds = [&self.lowest, &self.highest].into_iter().flatten();
        bounds.any(|bound| bound.version.is_semver2())
    }

    /// Whether a version is in it.
    pub(crate) fn contains(&self, version: &NugetVersion) -> bool {
        let is_above = self.lowest.as_ref().is_none_or(|bound| {
            *version > bound.version || (bound.is_included && *version == bound.version)
        });
        let is_below = self.highest.as_ref().is_none_or(|bound| {
            *version < bound.version || (bound.is_included && *version == bound.version)
        });
        is_above && is_below
    }
}

impl FromStr for Range {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self { lowest: None, highest: None });
        }
        let Some(rest) = text.strip_prefix(['[', '(']) else {
            return Ok(Self { lowest: bound(text, true)?, highest: None });
        };
        let from_included = text.starts_with('[');
        let to_included = text.ends_with(']');
        let inner = rest.strip_suffix([']', ')']).ok_or(BadRange)?;
        let Some((lowest, highest)) = inner.split_once(',') else {
            let only = bound(inner, true)?.filter(|_| from_included && to_included);
            let only = Some(only.ok_or(BadRange)?);
            return Ok(Self { lowest: only.clone(), highest: only });
        };
        let range =
            Self { lowest: bound(lowest, from_included)?, highest: bound(highest, to_included)? };
        match (&range.lowest, &range.highest) {
            (Some(lowest), Some(highest)) if lowest.version > highest.version => Err(BadRange),
            (Some(lowest), Some(highest)) if lowest.version == highest.version => {
                let is_some = lowest.is_included && highest.is_included;
                if is_some { Ok(range) } else { Err(BadRange) }
            }
            _ => Ok(range),
        }
    }
}

fn bound(text: &str, is_included: bool) -> Result<Option<Bound>, BadRange> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let version = text.parse().map_err(|_| BadRange)?;
    Ok(Some(Bound { version, is_included }))
}

/// The form that NuGet's own services answer with: `[1.0.0, )`.
impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_included = |bound: &Option<Bound>| bound.as_ref().is_some_and(|b| b.is_included);
        formatter.write_str(if is_included(&self.lowest) { "[" } else { "(" })?;
        if let Some(lowest) = &self.lowest {
            formatter.write_str(&lowest.version.normalised())?;
        }
        let is_one = is_included(&self.lowest) && self.lowest == self.highest;
        if !is_one {
            formatter.write_str(", ")?;
            if let Some(highest) = &self.highest {
                formatter.write_str(&highest.version.normalised())?;
            }
        }
        formatter.write_str(if is_included(&self.highest) { "]" } else { ")" })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_as_documented() {
        for (text, written) in [
            // The table of NuGet's documentation.
            ("1.0", "[1.0.0, )"),
            ("[1.0,)", "[1.0.0, )"),
            ("(1.0,)", "(1.0.0, )"),
            ("[1.0]", "[1.0.0]"),
            ("(,1.0]", "(, 1.0.0]"),
            ("(,1.0)", "(, 1.0.0)"),
            ("[1.0,2.0]", "[1.0.0, 2.0.0]"),
            ("(1.0,2.0)", "(1.0.0, 2.0.0)"),
            ("[1.0,2.0)", "[1.0.0, 2.0.0)"),
            ("", "(, )"),
            ("(,)", "(, )"),
            (" [ 1.0-a , 2 ) ", "[1.0.0-a, 2.0.0)"),
            ("[1.0,1.0.0]", "[1.0.0]"),
        ] {
            assert_eq!(text.parse::<Range>().unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn what_is_no_range() {
        for text in [
            "(1.0)",
            "[1.0)",
            "(1.0]",
            "1.*",
            "*",
            "[1.*,2)",
            "[1,2,3]",
            "[2,1]",
            "(1,1]",
            "[]",
            "[",
            "]",
            "[1",
            "1]",
            "a",
            "$version$",
            "[1.0.0",
            "^1.0",
            ">=1",
        ] {
            assert_eq!(text.parse::<Range>(), Err(BadRange), "{text}");
        }
    }

    #[test]
    fn versions_are_in_a_range_or_not() {
        for (range, inside, outside) in [
            ("[1.0,2.0)", &["1.0", "1.9.9", "2.0-a"][..], &["0.9", "2.0", "1.0-a"][..]),
            ("(1.0,2.0]", &["1.0.1", "2.0"], &["1.0", "2.0.1"]),
            ("[1.0]", &["1.0.0+b"], &["1.0.1"]),
            ("1.0", &["1.0", "9"], &["0.1"]),
            ("", &["0", "1-a"], &[]),
        ] {
            let range: Range = range.parse().unwrap();
            for (versions, expected) in [(inside, true), (outside, false)] {
                for version in versions {
                    let version = version.parse().unwrap();
                    assert_eq!(range.contains(&version), expected, "{range} {version}");
                }
            }
        }
    }

    #[test]
    fn old_clients_know_less() {
        for (text, is_semver2) in [
            ("1.0", false),
            ("1.0-beta", false),
            ("1.0-beta.1", true),
            ("(,1.0+a]", true),
            ("", false),
        ] {
            assert_eq!(text.parse::<Range>().unwrap().is_semver2(), is_semver2, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_range_or_not(text in "[\\[(]?[0-2a., -]{0,9}[\\])]?") {
            if let Ok(range) = text.parse::<Range>() {
                let again: Range = range.to_string().parse().unwrap();
                prop_assert_eq!(again, range);
            }
        }
    }
}
