//! The document by which clients change what is there: npm fetches it with `?write=true`, changes it
//! and sends the whole of it back (`npm deprecate`, `npm unpublish`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    name::Name,
    packument::{served_deprecation, tarball},
    sentence::Excerpt,
};

/// What can be changed of a version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutlinedVersion<'a> {
    /// The version.
    pub(crate) version: &'a str,
    /// Whether it is listed.
    pub(crate) is_listed: bool,
    /// Why not to use it, if that was said.
    pub(crate) deprecation: Option<&'a str>,
}

/// A package reduced to what can be changed. Whoever may change it need not be one who may read it.
/// `base` is the feed's npm address.
pub(crate) fn outline(
    name: &Name,
    rev: &str,
    base: &str,
    tags: &[(String, String)],
    versions: &[OutlinedVersion<'_>],
) -> Value {
    let versions: Map<String, Value> = versions
        .iter()
        .map(|version| {
            let mut said = json!({
                "name": name.as_str(),
                "version": version.version,
                "dist": { "tarball": tarball(base, name, version.version) },
            });
            if let Some(reason) = served_deprecation(version.is_listed, version.deprecation) {
                said["deprecated"] = reason.into();
            }
            (version.version.to_owned(), said)
        })
        .collect();
    let tags: Map<String, Value> =
        tags.iter().map(|(tag, version)| (tag.clone(), version.as_str().into())).collect();
    json!({
        "_id": name.as_str(),
        "_rev": rev,
        "name": name.as_str(),
        "dist-tags": tags,
        "versions": versions,
    })
}

/// What came back, as far as it can mean a change.
#[derive(Debug, Deserialize)]
pub(crate) struct Update {
    /// The state of the package that was changed.
    #[serde(rename = "_rev", default)]
    pub(crate) rev: Option<String>,
    /// Without versions it is about something else, such as owners or stars.
    #[serde(default)]
    versions: Option<BTreeMap<String, Said>>,
}

#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    deprecated: Value,
}

/// What an [`Update`] changes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Changes<'a> {
    /// Versions that are missing from it.
    pub(crate) removed: Vec<&'a str>,
    /// Versions of which something else is said now, and what: a reason, or nothing any more.
    pub(crate) deprecated: Vec<(&'a str, Option<&'a str>)>,
}

/// Why an update changes nothing that can be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpdateError {
    /// Not JSON, or not of the form.
    #[error("The document cannot be read: send back what a GET with ?write=true answers, changed.")]
    Malformed,
    /// Owners, stars and other things that packages do not have here.
    #[error(
        "The document has neither an archive nor versions. Owners of packages are the members of their feed; stars are not kept."
    )]
    NoVersions,
    /// A version that was never published.
    #[error("There is no version {0}: publish it first.")]
    Unknown(Excerpt),
    /// A reason that is no text.
    #[error("The field versions.*.deprecated must be a string, or empty: {0} has something else.")]
    Reason(Excerpt),
}

impl Update {
    /// Reads a document without an archive.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, UpdateError> {
        serde_json::from_slice(document).map_err(|_| UpdateError::Malformed)
    }

    /// What it changes of these versions. Of all it says, only which versions there are and whether
    /// each is deprecated count.
    pub(crate) fn changes<'a>(
        &'a self,
        versions: &[OutlinedVersion<'a>],
    ) -> Result<Changes<'a>, UpdateError> {
        let sent = self.versions.as_ref().ok_or(UpdateError::NoVersions)?;
        let is_known = |version: &str| versions.iter().any(|known| known.version == version);
        if let Some(unknown) = sent.keys().find(|version| !is_known(version)) {
            return Err(UpdateError::Unknown(Excerpt::of(unknown)));
        }
        let mut changes = Changes { removed: Vec::new(), deprecated: Vec::new() };
        for known in versions {
            let Some(said) = sent.get(known.version) else {
                changes.removed.push(known.version);
                continue;
            };
            let reason = match &said.deprecated {
                Value::String(reason) => Some(reason.as_str()).filter(|reason| !reason.is_empty()),
                Value::Null | Value::Bool(false) => None,
                _ => return Err(UpdateError::Reason(Excerpt::of(known.version))),
            };
            // What is said of an unlisted version besides is not for the client to change.
            if reason != served_deprecation(known.is_listed, known.deprecation).as_deref() {
                changes.deprecated.push((known.version, reason));
            }
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::sentence::tests::assert_fit_for_a_header, *};

    const VERSIONS: [OutlinedVersion<'static>; 3] = [
        version("1.0.0", true, Some("old")),
        version("1.1.0", true, None),
        version("1.2.0", false, None),
    ];

    const fn version(
        version: &'static str,
        is_listed: bool,
        deprecation: Option<&'static str>,
    ) -> OutlinedVersion<'static> {
        OutlinedVersion { version, is_listed, deprecation }
    }

    fn served() -> Value {
        let name = Name::parse("@acme/demo").unwrap();
        let tags = [("latest".to_owned(), "1.1.0".to_owned())];
        outline(&name, "3-x", "http://host/npm", &tags, &VERSIONS)
    }

    fn update(document: &Value) -> Update {
        Update::parse(document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn it_says_what_can_be_changed_and_nothing_else() {
        let document = served();
        assert_eq!(document["_rev"], "3-x");
        assert_eq!(document["dist-tags"], json!({ "latest": "1.1.0" }));
        assert_eq!(
            document["versions"]["1.0.0"],
            json!({
                "name": "@acme/demo", "version": "1.0.0", "deprecated": "old",
                "dist": { "tarball": "http://host/npm/@acme/demo/-/demo-1.0.0.tgz" },
            })
        );
        assert_eq!(document["versions"]["1.1.0"].get("deprecated"), None);
        let unlisted = document["versions"]["1.2.0"]["deprecated"].as_str().unwrap();
        assert!(unlisted.contains("unlisted"), "{unlisted}");
    }

    #[test]
    fn what_comes_back_as_it_was_changes_nothing() {
        let update = update(&served());
        assert_eq!(update.rev.as_deref(), Some("3-x"));
        let changes = update.changes(&VERSIONS).unwrap();
        assert_eq!(changes, Changes { removed: vec![], deprecated: vec![] });
    }

    #[test]
    fn reasons_and_missing_versions_are_what_counts() {
        let mut document = served();
        document["dist-tags"]["latest"] = json!("9.9.9");
        document["versions"]["1.1.0"]["deprecated"] = json!("use 2");
        document["versions"]["1.1.0"]["main"] = json!("evil.js");
        document["versions"]["1.0.0"]["deprecated"] = json!("");
        document["versions"].as_object_mut().unwrap().shift_remove("1.2.0");
        let update = update(&document);
        let changes = update.changes(&VERSIONS).unwrap();
        assert_eq!(changes.removed, ["1.2.0"]);
        assert_eq!(changes.deprecated, [("1.0.0", None), ("1.1.0", Some("use 2"))]);
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_name() {
        let mut document = served();
        document["versions"]["1.1.0"]["deprecated"] = json!(1);
        let reason = UpdateError::Reason(Excerpt::of("1.1.0"));
        assert_eq!(update(&document).changes(&VERSIONS), Err(reason.clone()));
        let mut document = served();
        document["versions"]["2.0.0"] = json!({});
        let unknown = UpdateError::Unknown(Excerpt::of("2.0.0"));
        assert_eq!(update(&document).changes(&VERSIONS), Err(unknown.clone()));
        let owners = json!({ "_id": "demo", "_rev": "3-x", "maintainers": [] });
        assert_eq!(update(&owners).changes(&VERSIONS), Err(UpdateError::NoVersions));
        assert_eq!(Update::parse(b"[1]").unwrap_err(), UpdateError::Malformed);
        for error in [reason, unknown, UpdateError::NoVersions, UpdateError::Malformed] {
            assert_fit_for_a_header(&error.to_string());
        }
    }

    proptest! {
        #[test]
        fn any_document_is_an_update_or_is_refused(document in "[\\[\\]{}\",:a-z0-9_]{0,60}") {
            if let Ok(update) = Update::parse(document.as_bytes()) {
                let _ = update.changes(&VERSIONS);
            }
        }
    }
}
