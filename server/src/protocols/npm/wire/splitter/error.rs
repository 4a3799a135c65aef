//! Why a publish body cannot be taken apart.

use super::{super::sentence::Size, DEPTH_LIMIT};

/// Why a body cannot be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SplitError {
    /// Not JSON, from this byte on.
    #[error(
        "The body is not valid JSON: it goes wrong at byte {0}. Send the document that npm publish sends."
    )]
    Syntax(u64),
    /// JSON, but not an object.
    #[error("The body is not a JSON object. Send the document that npm publish sends.")]
    NotAnObject,
    /// The body ended in the middle.
    #[error("The body ends in the middle of its JSON: the upload was cut short. Publish again.")]
    Truncated,
    /// Objects or arrays nested beyond the limit.
    #[error(
        "The body nests objects and lists deeper than {DEPTH_LIMIT} levels: simplify package.json."
    )]
    TooDeep,
    /// The document without the archive is over its limit.
    #[error(
        "The package's metadata is larger than {0}, the most this server takes (max_document_size): shorten the README or package.json."
    )]
    DocumentTooLarge(Size),
    /// The archive is over its limit.
    #[error(
        "The package is larger than {0}, the most this server takes (max_package_size): leave files out by \"files\" in package.json."
    )]
    AttachmentTooLarge(Size),
    /// The archive's text is not base64.
    #[error(
        "The archive in _attachments is not valid base64: the upload was damaged. Publish again."
    )]
    NotBase64,
    /// The archive's text ends in the middle of a group.
    #[error(
        "The archive in _attachments has wrong base64 padding: the upload was cut short. Publish again."
    )]
    Padding,
    /// The archive's text goes on after its end.
    #[error(
        "The archive in _attachments goes on after its base64 padding: the upload was damaged. Publish again."
    )]
    AfterPadding,
    /// `data` is not a string.
    #[error("The archive in _attachments is not a string: its data must be base64 text.")]
    DataNotText,
    /// More than one attachment, such as a provenance bundle beside the archive.
    #[error(
        "The body has more than one attachment: publish one archive at a time, with --provenance=false."
    )]
    SeveralAttachments,
    /// A field that decides where the archive is stands there twice.
    #[error("The body has the field {0} twice: send it once.")]
    Repeated(&'static str),
}

impl SplitError {
    /// Whether a limit was exceeded, rather than the body being wrong.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(self, Self::DocumentTooLarge(_) | Self::AttachmentTooLarge(_))
    }
}
