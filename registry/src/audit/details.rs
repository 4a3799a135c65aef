//! What else was written down with an act, as people read it.

use model::{scope::Scope, sentence, size, timestamp::Timestamp, views::AuditDetail};
use serde_json::{Map, Value};

use super::names::Names;
use crate::{error::Error, storage::Source};

/// Where a terminal that was approved asked from; not for everybody.
const PRIVATE: [&str; 2] = ["address", "client"];

/// Leaves out what is not for the owner of a feed to know about others.
pub(super) fn without_private(details: &str) -> String {
    match serde_json::from_str(details) {
        Ok(Value::Object(mut object)) => {
            object.retain(|key, _| !PRIVATE.contains(&key.as_str()));
            Value::Object(object).to_string()
        }
        _ => "{}".to_owned(),
    }
}

/// The details in lines. What was changed has one line with both states.
pub(super) async fn in_lines(
    source: &mut impl Source,
    names: &mut Names,
    details: &str,
) -> Result<Vec<AuditDetail>, Error> {
    let Ok(Value::Object(mut object)) = serde_json::from_str(details) else {
        return Ok(Vec::new());
    };
    let mut lines = Vec::new();
    if let (Some(Value::Object(before)), Some(Value::Object(after))) =
        (object.get("before").cloned(), object.get("after").cloned())
    {
        object.retain(|key, _| key != "before" && key != "after");
        for (key, value) in &after {
            let was = before.get(key).unwrap_or(&Value::Null);
            let value = in_words(source, names, key, value).await?;
            let before = Some(in_words(source, names, key, was).await?);
            lines.push(AuditDetail { label: label(key), before, value });
        }
    }
    for (key, value) in object.iter().filter(|(_, value)| is_something(value)) {
        let value = in_words(source, names, key, value).await?;
        lines.push(AuditDetail { label: label(key), before: None, value });
    }
    Ok(lines)
}

fn is_something(value: &Value) -> bool {
    !value.is_null() && *value != Value::Object(Map::new()) && *value != Value::Array(Vec::new())
}

/// `expires_at` → `Expires at`.
fn label(key: &str) -> String {
    match key {
        "with" => return "By means of".to_owned(),
        "last4" => return "Ending in".to_owned(),
        "pre_authenticated" => return "For URLs".to_owned(),
        _ => {}
    }
    let mut words = key.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

async fn in_words(
    source: &mut impl Source,
    names: &mut Names,
    key: &str,
    value: &Value,
) -> Result<String, Error> {
    if key == "scope"
        && let Ok(scope) = serde_json::from_value::<Scope>(value.clone())
    {
        names.feeds_of(source, &scope).await?;
        let abilities = sentence::abilities(&scope, |feed| names.known_feed(feed));
        return Ok(format!("can {abilities}"));
    }
    let is_moment = key.ends_with("_at") || key == "not_before";
    Ok(match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(at), _) if is_moment => Timestamp::from_millis(at).date_and_time(),
            (_, Some(bytes)) if key == "size" => size::in_words(bytes),
            _ => number.to_string(),
        },
        Value::Array(parts) if parts.is_empty() => "none".to_owned(),
        Value::Array(parts) if parts.iter().all(Value::is_string) => {
            parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => value.to_string(),
    })
}
