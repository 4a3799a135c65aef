//! The document that describes a package to its clients.

use std::{borrow::Cow, fmt::Write as _};

use super::{accept::Form, name::Name, rfc3339::Rfc3339};

/// What a packument is made of.
#[derive(Debug)]
pub(crate) struct Packument<'a> {
    /// The package.
    pub(crate) name: &'a Name,
    /// Changes with every change of the package; clients send it back when they change something.
    pub(crate) rev: &'a str,
    /// When the package was created, in milliseconds since 1970.
    pub(crate) created: i64,
    /// When anything in this document last changed, in milliseconds since 1970.
    pub(crate) modified: i64,
    /// The dist-tags, each with its version.
    pub(crate) tags: &'a [(&'a str, &'a str)],
    /// The versions, oldest first.
    pub(crate) versions: &'a [PackumentVersion<'a>],
    /// The README of the latest version.
    pub(crate) readme: Option<&'a str>,
    /// The feed's npm address, such as `https://host/F/main/npm`. Archives are served below it, because
    /// clients send their credentials nowhere else.
    pub(crate) base: &'a str,
}

/// One version in a packument.
#[derive(Debug)]
pub(crate) struct PackumentVersion<'a> {
    /// The version.
    pub(crate) version: &'a str,
    /// What [`stored_manifest`] made of it at publish time; for the abbreviated form, what
    /// [`abbreviated_manifest`] made. It is written as it is.
    ///
    /// [`stored_manifest`]: super::publish::PublishDocument::stored_manifest
    /// [`abbreviated_manifest`]: super::publish::PublishDocument::abbreviated_manifest
    pub(crate) manifest: &'a str,
    /// The archive's hashes as Subresource Integrity metadata.
    pub(crate) integrity: &'a str,
    /// The archive's SHA-1 in hexadecimal.
    pub(crate) shasum: &'a str,
    /// The archive's length in bytes.
    pub(crate) size: u64,
    /// When it was published, in milliseconds since 1970.
    pub(crate) published: i64,
    /// Whether it is listed.
    pub(crate) is_listed: bool,
    /// Why not to use it, if it is deprecated.
    pub(crate) deprecated: Option<&'a str>,
}

impl Packument<'_> {
    /// The packument in one of its forms, as JSON: npm's `package-metadata.md`.
    pub(crate) fn to_json(&self, form: Form) -> String {
        let manifests: usize = self.versions.iter().map(|version| version.manifest.len()).sum();
        let mut json = String::with_capacity(1024 + manifests + 640 * self.versions.len());
        let mut document = Object::begin(&mut json);
        if form == Form::Full {
            document.text("_id", self.name.as_str());
            document.text("_rev", self.rev);
        }
        document.text("name", self.name.as_str());
        document.object("dist-tags", |tags| {
            for (tag, version) in self.tags {
                tags.text(tag, version);
            }
        });
        document.object("versions", |versions| {
            for version in self.versions {
                versions.key(version.version);
                version.write(self.name, self.base, versions.json);
            }
        });
        match form {
            Form::Full => {
                document.object("time", |times| {
                    times.time("created", self.created);
                    times.time("modified", self.modified);
                    for version in self.versions {
                        times.time(version.version, version.published);
                    }
                });
                if let Some(readme) = self.readme {
                    document.text("readme", readme);
                }
            }
            Form::Abbreviated => document.time("modified", self.modified),
        }
        document.end();
        json
    }
}

impl PackumentVersion<'_> {
    fn write(&self, name: &Name, base: &str, json: &mut String) {
        let mut version = Object::resume(json, self.manifest);
        version.object("dist", |dist| {
            dist.text("integrity", self.integrity);
            dist.text("shasum", self.shasum);
            dist.text("tarball", &tarball(base, name, self.version));
            dist.number("size", self.size);
        });
        if let Some(reason) = served_deprecation(self.is_listed, self.deprecated) {
            version.text("deprecated", &reason);
        }
        version.end();
    }

    /// The version by itself, as JSON.
    pub(crate) fn to_json(&self, name: &Name, base: &str) -> String {
        let mut json = String::with_capacity(self.manifest.len() + 640);
        self.write(name, base, &mut json);
        json
    }
}

/// The address of a version's archive, below the feed's.
pub(crate) fn tarball(base: &str, name: &Name, version: &str) -> String {
    format!("{}/{name}/-/{}", base.trim_end_matches('/'), name.tarball_file(version))
}

/// What a version's `deprecated` says. There is no field for an unlisted version, but clients that
/// choose one avoid what is deprecated as long as there is another.
pub(crate) fn served_deprecation(is_listed: bool, reason: Option<&str>) -> Option<Cow<'_, str>> {
    const UNLISTED: &str = "This version is unlisted: choose another.";
    match (is_listed, reason) {
        (true, reason) => reason.map(Cow::Borrowed),
        (false, None) => Some(UNLISTED.into()),
        (false, Some(reason)) => Some(format!("{reason} ({UNLISTED})").into()),
    }
}

/// Writes one JSON object, field by field.
struct Object<'a> {
    json: &'a mut String,
    empty: bool,
}

impl<'a> Object<'a> {
    fn begin(json: &'a mut String) -> Self {
        json.push('{');
        Self { json, empty: true }
    }

    /// Goes on with the fields of `object`, a whole JSON object, still to come.
    fn resume(json: &'a mut String, object: &str) -> Self {
        let fields = object.trim_ascii().strip_suffix('}').map_or("{", str::trim_ascii_end);
        json.push_str(fields);
        Self { json, empty: fields == "{" }
    }

    fn end(self) {
        self.json.push('}');
    }

    fn key(&mut self, key: &str) {
        if !std::mem::replace(&mut self.empty, false) {
            self.json.push(',');
        }
        quote(key, self.json);
        self.json.push(':');
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        quote(value, self.json);
    }

    fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        let _ = write!(self.json, "{value}");
    }

    fn time(&mut self, key: &str, milliseconds: i64) {
        self.key(key);
        let _ = write!(self.json, "\"{}\"", Rfc3339(milliseconds));
    }

    fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        let mut object = Object::begin(self.json);
        fill(&mut object);
        object.end();
    }
}

/// Writes a JSON string (RFC 8259 §7).
fn quote(text: &str, json: &mut String) {
    json.push('"');
    let mut rest = text;
    while let Some(at) =
        rest.find(|character: char| character < ' ' || matches!(character, '"' | '\\'))
    {
        let (plain, special) = rest.split_at(at);
        json.push_str(plain);
        match special.as_bytes()[0] {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            byte => {
                let _ = write!(json, "\\u{byte:04x}");
            }
        }
        rest = &special[1..];
    }
    json.push_str(rest);
    json.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn version<'a>(version: &'a str, manifest: &'a str) -> PackumentVersion<'a> {
        PackumentVersion {
            version,
            manifest,
            integrity: "sha512-AAAA",
            shasum: "00ff",
            size: 42,
            published: 1_709_251_199_999,
            is_listed: true,
            deprecated: None,
        }
    }

    fn packument(form: Form, base: &str) -> Value {
        let name = Name::parse("@acme/demo").unwrap();
        let deprecated = PackumentVersion {
            deprecated: Some("use \"2\""),
            ..version("1.0.0", r#"{"name":"@acme/demo"}"#)
        };
        let packument = Packument {
            name: &name,
            rev: "7-abc",
            created: 0,
            modified: 1,
            tags: &[("latest", "1.1.0"), ("old", "1.0.0")],
            versions: &[deprecated, version("1.1.0", "{}")],
            readme: Some("# demo\n"),
            base,
        };
        serde_json::from_str(&packument.to_json(form)).unwrap()
    }

    fn dist(version: &str) -> Value {
        json!({
            "integrity": "sha512-AAAA", "shasum": "00ff", "size": 42,
            "tarball": format!("https://host/F/main/npm/@acme/demo/-/demo-{version}.tgz"),
        })
    }

    #[test]
    fn the_full_form() {
        assert_eq!(
            packument(Form::Full, "https://host/F/main/npm"),
            json!({
                "_id": "@acme/demo", "_rev": "7-abc", "name": "@acme/demo",
                "dist-tags": {"latest": "1.1.0", "old": "1.0.0"},
                "versions": {
                    "1.0.0": {"name": "@acme/demo", "dist": dist("1.0.0"), "deprecated": "use \"2\""},
                    "1.1.0": {"dist": dist("1.1.0")},
                },
                "time": {
                    "created": "1970-01-01T00:00:00.000Z", "modified": "1970-01-01T00:00:00.001Z",
                    "1.0.0": "2024-02-29T23:59:59.999Z", "1.1.0": "2024-02-29T23:59:59.999Z",
                },
                "readme": "# demo\n",
            })
        );
    }

    #[test]
    fn the_abbreviated_form() {
        assert_eq!(
            packument(Form::Abbreviated, "https://host/F/main/npm/"),
            json!({
                "name": "@acme/demo", "modified": "1970-01-01T00:00:00.001Z",
                "dist-tags": {"latest": "1.1.0", "old": "1.0.0"},
                "versions": {
                    "1.0.0": {"name": "@acme/demo", "dist": dist("1.0.0"), "deprecated": "use \"2\""},
                    "1.1.0": {"dist": dist("1.1.0")},
                },
            })
        );
    }

    #[test]
    fn an_unlisted_version_is_one_to_avoid() {
        assert_eq!(served_deprecation(true, None), None);
        assert_eq!(served_deprecation(true, Some("old")).as_deref(), Some("old"));
        let alone = served_deprecation(false, None).unwrap();
        assert_eq!(alone, "This version is unlisted: choose another.");
        let both = served_deprecation(false, Some("old")).unwrap();
        assert_eq!(both, "old (This version is unlisted: choose another.)");
    }

    proptest! {
        #[test]
        fn every_string_survives(text in any::<String>()) {
            let mut json = String::new();
            quote(&text, &mut json);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
