//! The filters that clients older than NuGet 3 send: conditions joined by `and`.

use super::odata::{ODataError, Term};
use crate::protocols::sentence::Excerpt;

/// The most bytes of a filter: what clients send has two or three conditions. It bounds how deep
/// parentheses stand in each other, too.
const LONGEST: usize = 2000;

/// A part of a filter.
#[derive(Debug)]
pub(super) enum Condition {
    /// What a version has to be.
    Term(Term),
    /// The package's id.
    Id(String),
    /// A word in the package's id.
    Word(String),
}

/// The parts of a filter that are joined by `and`.
pub(super) fn conditions(filter: &str) -> Result<Vec<Condition>, ODataError> {
    if filter.len() > LONGEST {
        return Err(ODataError::Filter(Excerpt::of(filter)));
    }
    let mut found = Vec::new();
    for part in split(filter) {
        let part = bare(part);
        if part.is_empty() {
            continue;
        }
        if split(part).len() > 1 {
            found.extend(conditions(part)?);
            continue;
        }
        found.push(condition(part).ok_or_else(|| ODataError::Filter(Excerpt::of(part)))?);
    }
    Ok(found)
}

/// One condition; `None` if it is not understood.
fn condition(text: &str) -> Option<Condition> {
    let compact: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match compact.as_str() {
        "IsLatestVersion" | "IsLatestVersion eq true" => {
            return Some(Condition::Term(Term::Latest));
        }
        "IsAbsoluteLatestVersion" | "IsAbsoluteLatestVersion eq true" => {
            return Some(Condition::Term(Term::AbsoluteLatest));
        }
        "not IsPrerelease" | "IsPrerelease eq false" => {
            return Some(Condition::Term(Term::Released));
        }
        _ => {}
    }
    if let Some((field, value)) = compact.split_once(" eq ") {
        let value = unquoted(value)?;
        return match field {
            "Id" | "tolower(Id)" => Some(Condition::Id(value)),
            "Version" | "NormalizedVersion" => Some(Condition::Term(Term::Is(value.parse().ok()?))),
            _ => None,
        };
    }
    let (function, inner) = compact.strip_suffix(')')?.split_once('(')?;
    let (first, second) = inner.split_once(',')?;
    let (field, value) = match function {
        "startswith" => (first.trim(), second.trim()),
        "substringof" => (second.trim(), first.trim()),
        _ => return None,
    };
    let is_id = matches!(field, "Id" | "tolower(Id)");
    unquoted(value).filter(|_| is_id).map(Condition::Word)
}

/// Splits at each `and` that stands neither in quotes nor in parentheses.
fn split(filter: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, byte) in filter.bytes().enumerate() {
        match byte {
            b'\'' => is_quoted = !is_quoted,
            b'(' if !is_quoted => depth += 1,
            b')' if !is_quoted => depth = depth.saturating_sub(1),
            b' ' if !is_quoted && depth == 0 && filter[at..].starts_with(" and ") => {
                parts.push(&filter[begin.min(at)..at]);
                begin = at + " and ".len();
            }
            _ => {}
        }
    }
    parts.push(filter.get(begin..).unwrap_or_default());
    parts
}

/// A condition without parentheses around the whole of it.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_i32;
        let is_whole = inner.bytes().all(|byte| {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            depth >= 0
        });
        if !is_whole || depth != 0 {
            break;
        }
        text = inner.trim();
    }
    text
}

/// A text in quotes, in which a quote stands twice.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_closed = !inner.replace("''", "").contains('\'');
    is_closed.then(|| inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_without_end_are_refused_and_not_followed() {
        let nested = |depth: usize| {
            format!("{}IsLatestVersion{}", "(".repeat(depth), " and IsLatestVersion)".repeat(depth))
        };
        assert_eq!(conditions(&nested(3)).unwrap().len(), 4);
        assert!(conditions(&nested(20_000)).is_err());
        let deepest = nested(LONGEST / 22);
        assert!(deepest.len() <= LONGEST && conditions(&deepest).is_ok());
    }
}
