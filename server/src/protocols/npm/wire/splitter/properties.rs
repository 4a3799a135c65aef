use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use super::{
    super::sentence::tests::assert_fit_for_a_header,
    Limits,
    tests::{ROOMY, split},
};

/// Keys and strings that could mislead a careless reader.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("_attachments".to_owned()),
        Just("data".to_owned()),
        Just("{\"_attachments\":{\"a\":{\"data\":\"".to_owned()),
        Just("\\".to_owned()),
        "[\"\\\\{}\\[\\]:,a\u{e9}\u{1f600}\u{1}]{0,6}",
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i16>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((texts(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Writes `value` with blanks and escapes that differ by `style`.
fn spell(value: &Value, style: &mut u64, out: &mut String) {
    let mut choose = || {
        *style =
            style.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *style >> 60
    };
    let blank = match choose() {
        0 => " ",
        1 => "\n\t",
        2 => "\r\n",
        _ => "",
    };
    out.push_str(blank);
    match value {
        Value::String(text) => {
            out.push('"');
            for unit in text.encode_utf16() {
                let plain = char::from_u32(u32::from(unit))
                    .filter(|c| !c.is_control() && !matches!(c, '"' | '\\'));
                match plain {
                    Some('/') if choose() < 8 => out.push_str("\\/"),
                    Some(character) if choose() > 0 => out.push(character),
                    _ => write!(out, "\\u{unit:04x}").unwrap(),
                }
            }
            out.push('"');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                spell(item, style, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                spell(&Value::from(key.as_str()), style, out);
                out.push_str(blank);
                out.push(':');
                spell(item, style, out);
            }
            out.push('}');
        }
        simple => out.push_str(&simple.to_string()),
    }
    out.push_str(blank);
}

/// A document with an archive somewhere among other fields.
fn documents() -> impl Strategy<Value = (Value, Vec<u8>)> {
    (
        vec((texts(), values()), 0..5),
        texts(),
        vec((texts(), values()), 0..3),
        vec(any::<u8>(), 0..200),
        any::<usize>(),
    )
        .prop_map(|(mut fields, file, beside, archive, place)| {
            fields.retain(|(key, _)| key != "_attachments");
            let mut attachment: Map<String, Value> =
                beside.into_iter().filter(|(key, _)| key != "data").collect();
            attachment.insert("data".to_owned(), STANDARD.encode(&archive).into());
            let place = place % (fields.len() + 1);
            let attachments =
                Value::Object([(file, Value::Object(attachment))].into_iter().collect());
            fields.insert(place, ("_attachments".to_owned(), attachments));
            (Value::Object(fields.into_iter().collect()), archive)
        })
}

/// What a parser that sees everything at once makes of `body`: document and archive.
fn reference(body: &[u8]) -> Option<(Value, Option<Vec<u8>>)> {
    let mut document: Value = serde_json::from_slice(body).ok()?;
    let mut archive = None;
    if let Some(attachments) = document.get_mut("_attachments").and_then(Value::as_object_mut) {
        for (_, attachment) in attachments {
            if let Some(data) =
                attachment.as_object_mut().and_then(|attachment| attachment.get_mut("data"))
            {
                archive = Some(STANDARD.decode(data.as_str()?).ok()?);
                *data = Value::from("");
            }
        }
    }
    Some((document, archive))
}

proptest! {
    #[test]
    fn agrees_with_a_parser_that_sees_everything(
        (document, archive) in documents(),
        mut style in any::<u64>(),
        sizes in vec(1_usize..40, 1..6),
    ) {
        let mut body = String::new();
        spell(&document, &mut style, &mut body);
        prop_assert_eq!(&serde_json::from_str::<Value>(&body).unwrap(), &document);
        let (split, taken) = split(body.as_bytes(), &sizes, ROOMY).unwrap();
        let (expected, expected_archive) = reference(body.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Value>(&split.document).unwrap(), expected);
        prop_assert_eq!(Some(&taken), expected_archive.as_ref());
        prop_assert_eq!(taken, archive);
    }

    #[test]
    fn damage_is_noticed_or_harmless(
        (document, _) in documents(),
        mut style in any::<u64>(),
        damage in vec((any::<usize>(), prop_oneof![any::<u8>(), proptest::sample::select(&b"\"\\{}[]:,=u/"[..])]), 1..4),
        sizes in vec(1_usize..40, 1..6),
    ) {
        let mut body = String::new();
        spell(&document, &mut style, &mut body);
        let mut body = body.into_bytes();
        for (place, byte) in damage {
            let place = place % body.len();
            body[place] = byte;
        }
        let outcome = split(&body, &sizes, ROOMY);
        match (&outcome, reference(&body)) {
            (Ok((split, taken)), Some((document, archive))) => {
                prop_assert_eq!(serde_json::from_slice::<Value>(&split.document).unwrap(), document);
                prop_assert_eq!(split.attachment.map(|_| taken), archive.as_ref());
            }
            // What the splitter lets pass and JSON does not, the parser of the document refuses.
            (Ok((split, _)), None) => prop_assert!(serde_json::from_slice::<Value>(&split.document).is_err()),
            (Err(_), _) => {}
        }
        prop_assert_eq!(outcome.ok(), split(&body, &[body.len()], ROOMY).ok());
    }

    #[test]
    fn no_bytes_make_it_panic(
        body in prop_oneof![
            vec(any::<u8>(), 0..300),
            vec(proptest::sample::select(&b"{}[]\",:\\u0 19te_/=-"[..]), 0..300),
        ],
        sizes in vec(1_usize..20, 1..4),
    ) {
        if let Err(error) = split(&body, &sizes, Limits { document: 200, attachment: 50 }) {
            assert_fit_for_a_header(&error.to_string());
        }
    }
}
