use super::{super::sentence::tests::assert_fit_for_a_header, *};

pub(super) const ROOMY: Limits = Limits { document: 1 << 20, attachment: 1 << 20 };

/// Splits `body`, cut after every so many bytes as `sizes` says in turn.
pub(super) fn split(
    body: &[u8],
    sizes: &[usize],
    limits: Limits,
) -> Result<(Split, Vec<u8>), SplitError> {
    let mut splitter = Splitter::new(limits);
    let mut archive = Vec::new();
    let mut rest = body;
    for size in sizes.iter().cycle() {
        let (chunk, tail) = rest.split_at((*size).min(rest.len()));
        splitter.push(chunk, &mut |bytes: &[u8]| archive.extend_from_slice(bytes))?;
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    let split = splitter.finish()?;
    assert_eq!(split.attachment.unwrap_or_default(), archive.len() as u64);
    Ok((split, archive))
}

/// The outcome of a body whole and byte by byte, which must be the same.
fn outcome(body: &str) -> Result<(String, Option<Vec<u8>>), SplitError> {
    let whole = split(body.as_bytes(), &[body.len().max(1)], ROOMY);
    assert_eq!(whole, split(body.as_bytes(), &[1], ROOMY), "{body}");
    whole.map(|(split, archive)| {
        (String::from_utf8(split.document).unwrap(), split.attachment.map(|_| archive))
    })
}

#[test]
fn the_archive_is_taken_out_and_nothing_else() {
    for (body, document, archive) in [
        ("{}", "{}", None),
        (
            " {\"a\" : [ 1 , -2.5e+3 , true,null,\"x\\\"}\" ] }\n",
            " {\"a\" : [ 1 , -2.5e+3 , true,null,\"x\\\"}\" ] }\n",
            None,
        ),
        (
            r#"{"name":"a","_attachments":{"a-1.0.0.tgz":{"content_type":"x","data":"TWFu","length":3}}}"#,
            r#"{"name":"a","_attachments":{"a-1.0.0.tgz":{"content_type":"x","data":"","length":3}}}"#,
            Some(&b"Man"[..]),
        ),
        (
            r#"{"_attachments":{"a":{"data":""}}}"#,
            r#"{"_attachments":{"a":{"data":""}}}"#,
            Some(b""),
        ),
        (
            r#"{"_attachments":{"a":{"data":"\/\u002F\u002f\u0076"}}}"#,
            r#"{"_attachments":{"a":{"data":""}}}"#,
            Some(b"\xff\xff\xef"),
        ),
        (
            r#"{"_attach\u006dents":{"\"":{"\u0064ata" : "TQ=="}}}"#,
            r#"{"_attach\u006dents":{"\"":{"\u0064ata" : ""}}}"#,
            Some(b"M"),
        ),
    ] {
        assert_eq!(outcome(body), Ok((document.to_owned(), archive.map(<[u8]>::to_vec))));
    }
}

#[test]
fn places_that_only_look_alike_are_left_alone() {
    for body in [
        r#"{"x":{"_attachments":{"a":{"data":"TWFu"}}}}"#,
        r#"{"x":[{"_attachments":{"a":{"data":"TWFu"}}}]}"#,
        r#"{"_attachments":[{"a":{"data":"TWFu"}}]}"#,
        r#"{"_attachments":{"data":"TWFu"}}"#,
        r#"{"_attachments":{"a":{"x":{"data":"TWFu"}}}}"#,
        r#"{"_attachments":{"a":[{"data":"TWFu"}]}}"#,
        r#"{"_attachments":"data","data":"TWFu"}"#,
        r#"{"_attachments":null,"a":{"data":"TWFu"}}"#,
        r#"{"_attachments":{},"a":{"data":"TWFu"}}"#,
        r#"{"_attachments ":{"a":{"data":"TWFu"}}}"#,
        r#"{"_attachments":{"a":{"Data":"TWFu","data\u0000":"TWFu"}}}"#,
        r#"{"a":"_attachments\":{","b":{"c":{"data":"TWFu"}}}"#,
        r#"{"a":"}","\"_attachments":{"a":{"data":"TWFu"}}}"#,
        r#"{"a\\":{"data":"\\\""},"_attach\\u006dents":{"a":{"data":"TWFu"}}}"#,
    ] {
        assert_eq!(outcome(body), Ok((body.to_owned(), None)));
    }
}

#[test]
fn bodies_that_are_refused() {
    let deep = format!("{{\"a\":{}", "[".repeat(DEPTH_LIMIT));
    for (body, error) in [
        ("", SplitError::Truncated),
        ("{", SplitError::Truncated),
        (r#"{"a":1"#, SplitError::Truncated),
        (r#"{"_attachments":{"a":{"data":"TWFu"#, SplitError::Truncated),
        (r#"{"_attachments":{"a":{"data":"TWFu""#, SplitError::Truncated),
        ("[]", SplitError::NotAnObject),
        ("\"a\"", SplitError::NotAnObject),
        ("null", SplitError::NotAnObject),
        ("\u{feff}{}", SplitError::Syntax(0)),
        ("<html>", SplitError::Syntax(0)),
        ("{}x", SplitError::Syntax(2)),
        ("{}{}", SplitError::Syntax(2)),
        ("{a:1}", SplitError::Syntax(1)),
        ("{\"a\":}", SplitError::Syntax(5)),
        ("{\"a\" 1}", SplitError::Syntax(5)),
        ("{\"a\":1,}", SplitError::Syntax(7)),
        ("{\"a\":[1,]}", SplitError::Syntax(8)),
        ("{\"a\":[1}", SplitError::Syntax(7)),
        ("{\"a\":{]", SplitError::Syntax(6)),
        ("{\"a\":1 2}", SplitError::Syntax(7)),
        (&deep, SplitError::TooDeep),
        (r#"{"_attachments":{},"_attachments":{}}"#, SplitError::Repeated("_attachments")),
        (r#"{"_attachments":1,"\u005fattachments":{}}"#, SplitError::Repeated("_attachments")),
        (r#"{"_attachments":{"a":{"data":"","dat\u0061":""}}}"#, SplitError::Repeated("data")),
        (r#"{"_attachments":{"a":{},"b":{}}}"#, SplitError::SeveralAttachments),
        (r#"{"_attachments":{"a":{"data":"TWFu"},"a":{}}}"#, SplitError::SeveralAttachments),
        (r#"{"_attachments":{"a":{"data":null}}}"#, SplitError::DataNotText),
        (r#"{"_attachments":{"a":{"data":["TWFu"]}}}"#, SplitError::DataNotText),
        (r#"{"_attachments":{"a":{"data":"TW-u"}}}"#, SplitError::NotBase64),
        (r#"{"_attachments":{"a":{"data":"TW\nu"}}}"#, SplitError::NotBase64),
        (r#"{"_attachments":{"a":{"data":"TW\u0141u"}}}"#, SplitError::NotBase64),
        (r#"{"_attachments":{"a":{"data":"TW\u004gu"}}}"#, SplitError::NotBase64),
        (r#"{"_attachments":{"a":{"data":"TWF"}}}"#, SplitError::Padding),
        (r#"{"_attachments":{"a":{"data":"TQ==TQ=="}}}"#, SplitError::AfterPadding),
    ] {
        assert_fit_for_a_header(&error.to_string());
        assert_eq!(outcome(body), Err(error), "{body}");
    }
}

#[test]
fn limits_are_exact_and_memory_is_bounded_by_them() {
    let body = br#"{"_attachments":{"a":{"data":"TWFu"}}}"#;
    let kept = body.len() - 4;
    let fitting = Limits { document: kept, attachment: 3 };
    assert!(split(body, &[7], fitting).is_ok());
    let document = split(body, &[7], Limits { document: kept - 1, ..fitting }).unwrap_err();
    let attachment = split(body, &[7], Limits { attachment: 2, ..fitting }).unwrap_err();
    for (error, text) in [
        (&document, "The package's metadata is larger than 33 bytes"),
        (&attachment, "The package is larger than 2 bytes"),
    ] {
        assert!(error.is_too_large());
        assert!(error.to_string().starts_with(text), "{error}");
        assert_fit_for_a_header(&error.to_string());
    }
    assert!(!SplitError::Truncated.is_too_large());
    let endless = [b' '; 64];
    assert!(
        split(&endless, &[64], Limits { document: 63, attachment: 0 }).unwrap_err().is_too_large()
    );
}

#[test]
fn an_error_stays() {
    let mut splitter = Splitter::new(ROOMY);
    let mut sink = |_: &[u8]| panic!("there is no archive");
    assert_eq!(splitter.push(b"[", &mut sink), Err(SplitError::NotAnObject));
    assert_eq!(splitter.push(b"{}", &mut sink), Err(SplitError::NotAnObject));
    assert_eq!(splitter.finish(), Err(SplitError::NotAnObject));
}
