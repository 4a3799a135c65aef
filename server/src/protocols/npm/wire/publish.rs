//! The document of a publish.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use super::{
    name::{Name, NameError},
    sentence::Excerpt,
    splitter::Split,
    version::{TagError, VersionError, check_tag, check_version},
};

/// The most bytes of a README that are kept, npm's own figure.
const README_LIMIT: usize = 64 << 10;

/// What npm writes where a package has no README.
const NO_README: &str = "ERROR: No README data found!";

/// What a `PUT` of a package asks for.
#[derive(Debug)]
pub(crate) enum Document {
    /// A new version, with its archive.
    Publish(Box<PublishDocument>),
    /// A change to what is there (deprecate, unpublish, owners, stars): nothing is attached.
    Update,
}

/// One new version, checked against itself.
#[derive(Debug)]
pub(crate) struct PublishDocument {
    /// The package, equal to the one in the URL.
    pub(crate) name: Name,
    /// A version that passed [`check_version`].
    pub(crate) version: String,
    /// The manifest as sent, without its README.
    pub(crate) manifest: Map<String, Value>,
    /// The dist-tags that shall point to this version: each passed [`check_tag`].
    pub(crate) tags: Vec<String>,
    /// The length of the archive in bytes as the client declares it.
    pub(crate) length: Option<u64>,
    /// `dist.shasum` as sent: the archive's SHA-1 in hexadecimal.
    pub(crate) shasum: Option<String>,
    /// `dist.integrity` as sent: Subresource Integrity metadata.
    pub(crate) integrity: Option<String>,
    /// At most the first 64 KiB of the README.
    pub(crate) readme: Option<String>,
}

/// Why a document cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PublishError {
    /// Not JSON, or a top-level field twice.
    #[error(
        "The document is not valid JSON, or has a field twice, at line {line}, column {column}: publish with npm."
    )]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A field of the wrong type.
    #[error(
        "The field {field} must be {expected}: correct it in package.json or publish with npm."
    )]
    Field {
        /// Where, in the document.
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A field that must be there and is not.
    #[error("The field {0} is missing: publish with npm, which writes it.")]
    Missing(&'static str),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A name other than the one in the URL.
    #[error(
        "The field {field} says {found}, but the address names another package: make the two agree."
    )]
    OtherName {
        /// Where, in the document.
        field: &'static str,
        /// What it says.
        found: Excerpt,
    },
    /// A version that is none.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The manifest's version is not the one it is filed under.
    #[error("The manifest of version {filed} says it is version {found}: make the two agree.")]
    OtherVersion {
        /// The key in `versions`.
        filed: Excerpt,
        /// The manifest's `version`.
        found: Excerpt,
    },
    /// An attachment that is not an archive of this package.
    #[error(
        "The attachment {0} is not named after the package, as in name-1.2.3.tgz: publish with npm."
    )]
    AttachmentName(Excerpt),
    /// An archive of a version that the document does not describe.
    #[error(
        "The attachment is of version {0}, which the field versions does not have: make the two agree."
    )]
    AttachmentVersion(Excerpt),
    /// Several attachments.
    #[error(
        "The document has more than one attachment: publish one archive at a time, with --provenance=false."
    )]
    SeveralAttachments,
    /// A dist-tag that is none.
    #[error(transparent)]
    Tag(#[from] TagError),
}

/// The top level of the document. Everything in it is left unread until it is known to matter: values
/// that are not used cost no memory.
#[derive(Deserialize)]
struct Root<'a> {
    #[serde(rename = "_id", borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(rename = "dist-tags", borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow)]
    versions: Option<&'a RawValue>,
    #[serde(borrow)]
    readme: Option<&'a RawValue>,
    #[serde(rename = "_attachments", borrow)]
    attachments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Attachment {
    length: Option<u64>,
}

impl Document {
    /// Reads the document of a `PUT` to `name` and checks that all it says agrees.
    ///
    /// Of several versions only the one whose archive is attached counts, and of the dist-tags only
    /// those that point to it. A document without any dist-tags means `latest`, as with npm.
    pub(crate) fn parse(name: &Name, split: &Split) -> Result<Self, PublishError> {
        let root: Root<'_> = serde_json::from_slice(&split.document).map_err(|error| {
            PublishError::Malformed { line: error.line(), column: error.column() }
        })?;
        let sent: String = required(root.name, "name", "a string")?;
        agree(name, "name", &sent)?;
        if let Some(id) = read::<String>(root.id, "_id", "a string")? {
            agree(name, "_id", &id)?;
        }

        let attachments: Option<BTreeMap<String, Attachment>> = read(
            root.attachments,
            "_attachments",
            "an object of objects, each with a length in bytes",
        )?;
        let mut attachments = attachments.unwrap_or_default().into_iter();
        let Some((file, attachment)) = attachments.next() else {
            return Ok(Self::Update);
        };
        if attachments.next().is_some() {
            return Err(PublishError::SeveralAttachments);
        }
        if split.attachment.is_none() {
            return Err(PublishError::Missing("_attachments.*.data"));
        }
        let version = name
            .tarball_version(&file)
            .ok_or_else(|| PublishError::AttachmentName(Excerpt::of(&file)))?
            .to_owned();
        let mut manifest = manifest(name, &version, root.versions)?;

        let tags: Option<BTreeMap<String, String>> =
            read(root.tags, "dist-tags", "an object of strings")?;
        let tags = tags_of(&version, tags.unwrap_or_default())?;
        let (shasum, integrity) = match manifest.get("dist") {
            None => (None, None),
            Some(Value::Object(dist)) => {
                (text(dist, "shasum", "dist.shasum")?, text(dist, "integrity", "dist.integrity")?)
            }
            Some(_) => {
                return Err(PublishError::Field { field: "dist", expected: "an object" });
            }
        };
        let readme = match manifest.shift_remove("readme") {
            Some(Value::String(readme)) => Some(readme),
            _ => read(root.readme, "readme", "a string")?,
        };
        Ok(Self::Publish(Box::new(PublishDocument {
            name: name.clone(),
            version,
            manifest,
            tags,
            length: attachment.length,
            shasum,
            integrity,
            readme: readme.and_then(shortened),
        })))
    }
}

/// The manifest filed under `version`.
fn manifest(
    name: &Name,
    version: &str,
    versions: Option<&RawValue>,
) -> Result<Map<String, Value>, PublishError> {
    let versions: BTreeMap<String, Box<RawValue>> =
        required(versions, "versions", "an object of manifests")?;
    let raw = versions
        .get(version)
        .ok_or_else(|| PublishError::AttachmentVersion(Excerpt::of(version)))?;
    check_version(version)?;
    let manifest: Map<String, Value> =
        required(Some(raw), "versions.*", "an object, the package.json")?;
    let sent = text(&manifest, "name", "versions.*.name")?
        .ok_or(PublishError::Missing("versions.*.name"))?;
    agree(name, "versions.*.name", &sent)?;
    let sent = text(&manifest, "version", "versions.*.version")?
        .ok_or(PublishError::Missing("versions.*.version"))?;
    if sent != version {
        return Err(PublishError::OtherVersion {
            filed: Excerpt::of(version),
            found: Excerpt::of(&sent),
        });
    }
    Ok(manifest)
}

fn tags_of(version: &str, sent: BTreeMap<String, String>) -> Result<Vec<String>, PublishError> {
    if sent.is_empty() {
        return Ok(vec!["latest".to_owned()]);
    }
    let tags: Vec<String> =
        sent.into_iter().filter(|(_, target)| target == version).map(|(tag, _)| tag).collect();
    tags.iter().try_for_each(|tag| check_tag(tag))?;
    Ok(tags)
}

/// Checks that a name in the document is the one in the URL. A name that could not stand there says
/// why, which helps more than that it differs.
fn agree(name: &Name, field: &'static str, sent: &str) -> Result<(), PublishError> {
    if Name::parse(sent)? == *name {
        Ok(())
    } else {
        Err(PublishError::OtherName { field, found: Excerpt::of(sent) })
    }
}

/// Reads a field that may be missing or null.
fn read<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &'static str,
) -> Result<Option<T>, PublishError> {
    raw.map_or(Ok(None), |raw| {
        serde_json::from_str(raw.get()).map_err(|_| PublishError::Field { field, expected })
    })
}

fn required<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
    expected: &'static str,
) -> Result<T, PublishError> {
    read(raw, field, expected)?.ok_or(PublishError::Missing(field))
}

/// A string in an object already read; missing or null is none.
fn text(
    object: &Map<String, Value>,
    key: &str,
    field: &'static str,
) -> Result<Option<String>, PublishError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(PublishError::Field { field, expected: "a string" }),
    }
}

/// The README as it is kept: not npm's stand-in for none, not more than the limit.
fn shortened(mut readme: String) -> Option<String> {
    readme.truncate(readme.floor_char_boundary(README_LIMIT));
    (!readme.is_empty() && readme != NO_README).then_some(readme)
}

#[cfg(test)]
pub(crate) mod tests;
