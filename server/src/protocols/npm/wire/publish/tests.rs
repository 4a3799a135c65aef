use proptest::prelude::*;
use serde_json::json;

use super::{super::sentence::tests::assert_fit_for_a_header, *};

/// A document as npm 11 sends it, after the splitter.
pub(crate) fn document(name: &str, version: &str) -> Value {
    json!({
        "_id": name,
        "name": name,
        "dist-tags": {"latest": version},
        "versions": {version: {
            "name": name,
            "version": version,
            "dist": {
                "integrity": "sha512-AAAA",
                "shasum": "00",
                "tarball": format!("http://host/{name}/-/{name}-{version}.tgz"),
            },
        }},
        "access": null,
        "_attachments": {format!("{name}-{version}.tgz"): {
            "content_type": "application/octet-stream", "data": "", "length": 3,
        }},
    })
}

/// The document of a publish that is in order.
pub(crate) fn published(document: &Value) -> PublishDocument {
    match parse(document) {
        Ok(Document::Publish(publish)) => *publish,
        other => panic!("{other:?}"),
    }
}

/// Reads `document` as put to the package it names first.
fn parse(document: &Value) -> Result<Document, PublishError> {
    let name = document["versions"]
        .as_object()
        .and_then(|versions| versions.values().next()?["name"].as_str());
    parse_as(name.unwrap_or("demo"), document)
}

fn parse_as(name: &str, document: &Value) -> Result<Document, PublishError> {
    let split = Split { document: document.to_string().into_bytes(), attachment: Some(3) };
    Document::parse(&Name::parse(name).unwrap(), &split)
}

/// The error of npm's document after `change`.
fn refusal(change: impl FnOnce(&mut Value)) -> PublishError {
    let mut document = document("demo", "1.0.0");
    change(&mut document);
    let error = parse_as("demo", &document).unwrap_err();
    assert_fit_for_a_header(&error.to_string());
    error
}

#[test]
fn what_npm_sends_is_understood() {
    let mut sent = document("@acme/demo", "1.0.0-rc.1");
    sent["versions"]["1.0.0-rc.1"]["readme"] = json!("# demo");
    sent["dist-tags"] = json!({"next": "1.0.0-rc.1", "latest": "0.9.0", "beta": "1.0.0-rc.1"});
    let publish = published(&sent);
    assert_eq!(publish.name.as_str(), "@acme/demo");
    assert_eq!(publish.version, "1.0.0-rc.1");
    assert_eq!(publish.tags, ["beta", "next"]);
    assert_eq!(publish.length, Some(3));
    assert_eq!(publish.shasum.as_deref(), Some("00"));
    assert_eq!(publish.integrity.as_deref(), Some("sha512-AAAA"));
    assert_eq!(publish.readme.as_deref(), Some("# demo"));
    let keys: Vec<&String> = publish.manifest.keys().collect();
    assert_eq!(keys, ["name", "version", "dist"]);
}

#[test]
fn what_other_clients_leave_out_is_not_asked_for() {
    let mut sent = document("@acme/demo", "1.0.0");
    sent["_attachments"] = json!({"demo-1.0.0.tgz": {"data": ""}});
    for field in ["_id", "dist-tags", "access"] {
        sent.as_object_mut().unwrap().remove(field);
    }
    sent["versions"]["1.0.0"].as_object_mut().unwrap().remove("dist");
    let publish = published(&sent);
    assert_eq!(publish.tags, ["latest"]);
    assert_eq!(
        (publish.length, publish.shasum, publish.integrity, publish.readme),
        (None, None, None, None)
    );
}

#[test]
fn tags_to_other_versions_are_not_a_missing_latest() {
    let mut sent = document("demo", "1.0.0");
    sent["dist-tags"] = json!({"latest": "2.0.0", "1.x": "2.0.0"});
    assert!(published(&sent).tags.is_empty());
    sent["dist-tags"] = json!({});
    assert_eq!(published(&sent).tags, ["latest"]);
}

#[test]
fn fields_of_other_versions_are_ignored() {
    let mut sent = document("demo", "1.0.0");
    sent["versions"]["0.9.0"] = json!({"name": "evil", "version": 7, "deprecated": "x"});
    sent["versions"]["latest"] = json!("no manifest at all");
    let publish = published(&sent);
    assert_eq!(
        (publish.version.as_str(), publish.manifest["name"].as_str()),
        ("1.0.0", Some("demo"))
    );
}

#[test]
fn a_document_without_an_archive_is_an_update() {
    let mut sent = document("demo", "1.0.0");
    for attachments in [json!({}), Value::Null] {
        sent["_attachments"] = attachments;
        assert!(matches!(parse(&sent), Ok(Document::Update)));
    }
    sent.as_object_mut().unwrap().remove("_attachments");
    assert!(matches!(parse(&sent), Ok(Document::Update)));
    assert!(matches!(parse_as("demo", &json!({"name": "demo"})), Ok(Document::Update)));
}

#[test]
fn readmes_are_kept_within_bounds() {
    let readme_of = |readme: Value, top: Value| {
        let mut sent = document("demo", "1.0.0");
        sent["versions"]["1.0.0"]["readme"] = readme;
        sent["readme"] = top;
        published(&sent).readme
    };
    assert_eq!(readme_of(Value::Null, json!("top")).as_deref(), Some("top"));
    assert_eq!(readme_of(json!("own"), json!("top")).as_deref(), Some("own"));
    assert_eq!(readme_of(json!(NO_README), Value::Null), None);
    assert_eq!(readme_of(json!(""), Value::Null), None);
    let long = format!("a{}", "\u{e9}".repeat(README_LIMIT));
    let kept = readme_of(json!(long), Value::Null).unwrap();
    assert_eq!(kept.len(), README_LIMIT - 1);
    assert!(long.starts_with(&kept));
}

#[test]
fn names_must_agree() {
    for field in ["_id", "name"] {
        let error = refusal(|sent| sent[field] = json!("other"));
        assert_eq!(error, PublishError::OtherName { field, found: Excerpt::of("other") });
    }
    let error = refusal(|sent| sent["versions"]["1.0.0"]["name"] = json!("other"));
    assert_eq!(
        error,
        PublishError::OtherName { field: "versions.*.name", found: Excerpt::of("other") }
    );
    assert!(matches!(
        refusal(|sent| sent["name"] = json!("Demo")),
        PublishError::Name(NameError::UpperCase(_))
    ));
    assert!(matches!(refusal(|sent| sent["name"] = json!("../x")), PublishError::Name(_)));
    assert_eq!(refusal(|sent| sent["name"] = Value::Null), PublishError::Missing("name"));
}

#[test]
fn versions_must_be_strict_and_agree() {
    for version in ["v1.0.0", "=1.0.0", "1.0", "latest", "1.0.0+b"] {
        let error = parse(&document("demo", version)).unwrap_err();
        assert!(matches!(error, PublishError::Version(_)), "{version}: {error}");
        assert_fit_for_a_header(&error.to_string());
    }
    let error = refusal(|sent| sent["versions"]["1.0.0"]["version"] = json!("1.0.1"));
    assert_eq!(
        error,
        PublishError::OtherVersion { filed: Excerpt::of("1.0.0"), found: Excerpt::of("1.0.1") }
    );
    let error = refusal(|sent| sent["_attachments"] = json!({"demo-1.0.1.tgz": {"data": ""}}));
    assert_eq!(error, PublishError::AttachmentVersion(Excerpt::of("1.0.1")));
    assert_eq!(
        refusal(|sent| sent["versions"] = json!({})),
        PublishError::AttachmentVersion(Excerpt::of("1.0.0"))
    );
    for file in [
        "other-1.0.0.tgz",
        "@acme/demo-1.0.0.tgz",
        "demo.tgz",
        "demo-1.0.0.zip",
        "../demo-1.0.0.tgz",
    ] {
        let error = refusal(|sent| sent["_attachments"] = json!({file: {"data": ""}}));
        assert_eq!(error, PublishError::AttachmentName(Excerpt::of(file)));
    }
}

#[test]
fn tags_must_be_words() {
    let error = refusal(|sent| sent["dist-tags"] = json!({"latest": "1.0.0", "1.x": "1.0.0"}));
    assert_eq!(error, PublishError::Tag(TagError::Range(Excerpt::of("1.x"))));
    let error = refusal(|sent| sent["dist-tags"] = json!({"a/b": "1.0.0"}));
    assert_eq!(error, PublishError::Tag(TagError::Character(Excerpt::of("a/b"))));
}

#[test]
fn fields_must_be_of_their_type() {
    let field = |change: fn(&mut Value)| match refusal(change) {
        PublishError::Field { field, .. } | PublishError::Missing(field) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(|sent| sent["_id"] = json!(1)), "_id");
    assert_eq!(field(|sent| sent["name"] = json!(["demo"])), "name");
    assert_eq!(field(|sent| sent["dist-tags"] = json!([])), "dist-tags");
    assert_eq!(field(|sent| sent["dist-tags"] = json!({"latest": 1})), "dist-tags");
    assert_eq!(field(|sent| sent["versions"] = json!("1.0.0")), "versions");
    assert_eq!(field(|sent| sent["versions"] = Value::Null), "versions");
    assert_eq!(field(|sent| sent["versions"]["1.0.0"] = json!([])), "versions.*");
    assert_eq!(field(|sent| sent["versions"]["1.0.0"]["name"] = json!(1)), "versions.*.name");
    assert_eq!(
        field(|sent| sent["versions"]["1.0.0"]["version"] = Value::Null),
        "versions.*.version"
    );
    assert_eq!(field(|sent| sent["versions"]["1.0.0"]["dist"] = json!("x")), "dist");
    assert_eq!(field(|sent| sent["versions"]["1.0.0"]["dist"]["shasum"] = json!(1)), "dist.shasum");
    assert_eq!(
        field(|sent| sent["versions"]["1.0.0"]["dist"]["integrity"] = json!([])),
        "dist.integrity"
    );
    assert_eq!(field(|sent| sent["readme"] = json!({})), "readme");
    assert_eq!(field(|sent| sent["_attachments"] = json!("x")), "_attachments");
    assert_eq!(field(|sent| sent["_attachments"] = json!({"demo-1.0.0.tgz": "x"})), "_attachments");
    assert_eq!(
        field(|sent| sent["_attachments"]["demo-1.0.0.tgz"]["length"] = json!(-1)),
        "_attachments"
    );
}

#[test]
fn attachments_come_one_at_a_time_and_with_data() {
    let error = refusal(|sent| sent["_attachments"]["demo-1.0.0.sigstore"] = json!({"data": ""}));
    assert_eq!(error, PublishError::SeveralAttachments);
    let split =
        Split { document: document("demo", "1.0.0").to_string().into_bytes(), attachment: None };
    let error = Document::parse(&Name::parse("demo").unwrap(), &split).unwrap_err();
    assert_eq!(error, PublishError::Missing("_attachments.*.data"));
}

#[test]
fn text_that_is_no_document_is_refused_with_its_place() {
    for (text, line, column) in
        [("{\"name\":tru}", 1, 12), ("{\n\"name\":\"a\",\n\"name\":\"b\"}", 3, 6), ("", 1, 0)]
    {
        let split = Split { document: text.as_bytes().to_vec(), attachment: None };
        let error = Document::parse(&Name::parse("demo").unwrap(), &split).unwrap_err();
        assert_fit_for_a_header(&error.to_string());
        assert_eq!(error, PublishError::Malformed { line, column });
    }
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(
        at in proptest::sample::select(&["/name", "/_id", "/dist-tags", "/versions", "/versions/1.0.0", "/_attachments"][..]),
        text in any::<String>(),
        shape in 0_u8..4,
    ) {
        let mut sent = document("demo", "1.0.0");
        *sent.pointer_mut(at).unwrap() = match shape {
            0 => json!(text),
            1 => json!([text]),
            2 => json!({&*text: text}),
            _ => json!({&*text: {"name": text, "version": text}}),
        };
        if let Err(error) = parse_as("demo", &sent) {
            assert_fit_for_a_header(&error.to_string());
        }
    }
}
