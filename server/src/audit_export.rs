//! The audit log as a file: a line for each row, the newest first.
//!
//! CSV is RFC 4180 in UTF-8. A text that a spreadsheet would take for a formula (it begins with one of
//! `= + - @`, one of their wide forms, a tab or a line break, as OWASP lists them) has an apostrophe
//! before it. JSON Lines hold every field as it was hashed.

use std::fmt::Write as _;

use registry::audit::LoggedAct;
use serde_json::Value;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values, for spreadsheets
    Csv,
    /// A JSON object on each line, for programs
    Jsonl,
}

const COLUMNS: [&str; 17] = [
    "seq",
    "time",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "account_id",
    "account",
    "act",
    "subject",
    "feed_id",
    "feed",
    "address",
    "client",
    "details",
    "prev_hash",
    "hash",
];
const END: &str = "\r\n";
/// What a formula begins with.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

impl Format {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }

    /// What stands before the first row.
    pub(crate) fn head(self) -> String {
        match self {
            Self::Csv => COLUMNS.join(",") + END,
            Self::Jsonl => String::new(),
        }
    }

    /// Some rows.
    pub(crate) fn lines(self, acts: &[LoggedAct]) -> Result<String, serde_json::Error> {
        let mut text = String::new();
        for act in acts {
            match self {
                Self::Jsonl => {
                    text.push_str(&serde_json::to_string(act)?);
                    text.push('\n');
                }
                Self::Csv => {
                    let object = serde_json::to_value(act)?;
                    let cells = COLUMNS.map(|column| cell(object.get(column)));
                    text.push_str(&cells.join(","));
                    text.push_str(END);
                }
            }
        }
        Ok(text)
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text_cell(text),
        Some(other) => other.to_string(),
    }
}

fn text_cell(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"', '\r', '\n']) {
        return text.to_owned();
    }
    let mut cell = String::with_capacity(text.len() + 3);
    // Writing to a text never fails.
    let _ = write!(cell, "\"{guard}{}\"", text.replace('"', "\"\""));
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_two() {
        for (text, cell) in [
            ("", ""),
            ("demo 1.0.0", "demo 1.0.0"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@acme/http", "\"'@acme/http\""),
            ("\tx", "\"'\tx\""),
            ("＝1", "\"'＝1\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }

    #[test]
    fn the_columns_are_the_fields() {
        let act = LoggedAct {
            seq: 7,
            time: "2027-02-22T12:00:00.000Z".to_owned(),
            at: 1_803_297_600_000,
            actor_kind: "session".to_owned(),
            actor_id: Some(uuid::Uuid::nil()),
            actor_name: "ana".to_owned(),
            account_id: None,
            account: None,
            act: "token.create".to_owned(),
            subject: "-e".to_owned(),
            feed_id: None,
            feed: None,
            address: "10.0.0.1".to_owned(),
            client: String::new(),
            details: "{\"a\":1}".to_owned(),
            prev_hash: Some("00".to_owned()),
            hash: Some("01".to_owned()),
        };
        let object = serde_json::to_value(&act).unwrap();
        let mut fields: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
        let mut columns = COLUMNS.to_vec();
        fields.sort_unstable();
        columns.sort_unstable();
        assert_eq!(columns, fields);
        let line = Format::Csv.lines(std::slice::from_ref(&act)).unwrap();
        assert_eq!(
            line,
            "7,2027-02-22T12:00:00.000Z,1803297600000,session,00000000-0000-0000-0000-000000000000,ana,,,\
             token.create,\"'-e\",,,10.0.0.1,,\"{\"\"a\"\":1}\",00,01\r\n"
        );
        let line = Format::Jsonl.lines(&[act]).unwrap();
        assert!(line.ends_with("}\n") && line.contains("\"details\":\"{\\\"a\\\":1}\""), "{line}");
    }
}
