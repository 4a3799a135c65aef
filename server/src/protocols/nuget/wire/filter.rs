//! The filters that clients older than NuGet 3 send: conditions joined by `and`.

use super::odata::{ODataError, Term};
use crate::protocols::sentence::Excerpt;

/// The most bytes of a filter: what clients send has two or three conditions.
const LONGEST: usize = 2000;
/// How deep parentheses may stand in each other.
const DEPTH: usize = 8;

/// A part of a filter.
#[derive(Debug)]
pub(super) enum Condition {
    /// What a version has to be.
    Term(Term),
    /// The package's id.
    Id(String),
}

/// The parts of a filter that are joined by `and`.
pub(super) fn conditions(filter: &str) -> Result<Vec<Condition>, ODataError> {
    if filter.len() > LONGEST {
        return Err(ODataError::Complicated);
    }
    let mut found = Vec::new();
    collect(filter, DEPTH, &mut found)?;
    Ok(found)
}

fn collect(filter: &str, depth: usize, found: &mut Vec<Condition>) -> Result<(), ODataError> {
    for part in split(filter) {
        let part = bare(part, depth)?;
        if part.is_empty() {
            continue;
        }
        if split(part).len() > 1 {
            collect(part, depth.checked_sub(1).ok_or(ODataError::Complicated)?, found)?;
            continue;
        }
        found.push(condition(part).ok_or_else(|| ODataError::Filter(Excerpt::of(part)))?);
    }
    Ok(())
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
    let (first, second) = (first.trim(), second.trim());
    let is_id = |field| matches!(field, "Id" | "tolower(Id)");
    let term = match function {
        "startswith" if is_id(first) => Term::Begins(unquoted(second)?.to_lowercase()),
        "substringof" if is_id(second) => Term::Holds(unquoted(first)?.to_lowercase()),
        "substringof" if second == "Tags" => Term::Tagged(unquoted(first)?.to_lowercase()),
        _ => return None,
    };
    Some(Condition::Term(term))
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
fn bare(text: &str, depth: usize) -> Result<&str, ODataError> {
    let mut text = text.trim();
    for _ in 0..=depth {
        match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) if is_balanced(inner) => text = inner.trim(),
            _ => return Ok(text),
        }
    }
    Err(ODataError::Complicated)
}

/// Whether every parenthesis outside of quotes is opened and closed within the text.
fn is_balanced(text: &str) -> bool {
    let (mut depth, mut is_quoted) = (0_i32, false);
    let mut bytes = text.bytes();
    let never_below = bytes.all(|byte| {
        is_quoted ^= byte == b'\'';
        if !is_quoted {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
        }
        depth >= 0
    });
    never_below && depth == 0
}

/// A text in quotes, in which a quote stands twice.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_closed = !inner.replace("''", "").contains('\'');
    is_closed.then(|| inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_filter_is_short_and_flat() {
        let nested = |depth: usize| format!("{}Id eq 'a'{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(conditions(&nested(DEPTH)).unwrap().len(), 1);
        for many in [DEPTH + 1, 900] {
            assert_eq!(conditions(&nested(many)).unwrap_err(), ODataError::Complicated);
        }
        // What a program would read by calling itself once for each parenthesis.
        let mut tree = "IsLatestVersion".to_owned();
        for _ in 0..=DEPTH {
            tree = format!("({tree} and IsLatestVersion) and IsLatestVersion");
        }
        assert_eq!(conditions(&tree).unwrap_err(), ODataError::Complicated);
        let deep = format!("{}a", "(a and ".repeat(100_000));
        assert_eq!(conditions(&deep).unwrap_err(), ODataError::Complicated);
        // Parentheses in a name are none.
        assert_eq!(conditions("(Id eq ')') and (Id eq '((')").unwrap().len(), 2);
    }

    /// A condition as clients write it, and what it means.
    fn known() -> impl Strategy<Value = (String, Condition)> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let flag = prop::sample::select(vec!["IsLatestVersion", "IsLatestVersion eq true"]);
        let text = "[a-z'()]{1,6}";
        prop_oneof![
            flag.prop_map(|text| (text.to_owned(), Condition::Term(Term::Latest))),
            text.prop_map(move |id| (format!("tolower(Id) eq {}", quoted(&id)), Condition::Id(id))),
            text.prop_map(move |id| {
                (
                    format!("startswith(tolower(Id),{})", quoted(&id)),
                    Condition::Term(Term::Begins(id)),
                )
            }),
            text.prop_map(move |tag| {
                (format!("substringof({},Tags)", quoted(&tag)), Condition::Term(Term::Tagged(tag)))
            }),
        ]
    }

    proptest! {
        #[test]
        fn conditions_are_read_as_they_were_written(all in prop::collection::vec((known(), 0..4_usize), 1..6), group in 0..3_usize) {
            let around = |text: &str, depth| format!("{}{text}{}", "(".repeat(depth), ")".repeat(depth));
            let (last, first) = all.split_last().unwrap();
            let written = |((text, _), depth): &((String, Condition), usize)| around(text, *depth);
            // As clients join them: `(a and b) and c`.
            let first = first.iter().map(written).collect::<Vec<_>>().join(" and ");
            let joined = if first.is_empty() { String::new() } else { format!("{} and ", around(&first, group)) };
            let found = conditions(&format!("{joined}{}", written(last))).unwrap();
            let expected: Vec<_> = all.iter().map(|((_, condition), _)| condition).collect();
            prop_assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        }

        #[test]
        fn a_long_filter_is_refused_at_once(part in "(\\(|'|a| and |\\)){1,4}", count in 0..5000_usize) {
            let filter = part.repeat(count);
            prop_assert!(conditions(&filter).is_err() || filter.len() <= LONGEST);
        }

        #[test]
        fn any_filter_is_understood_or_refused(filter in "(\\(|\\)| and |Id eq |'|a|IsLatestVersion|substringof|,|é| ){0,40}") {
            let _ = conditions(&filter);
        }
    }
}
