//! What went wrong in a store, in words for people. What a store answers is not repeated but for its
//! code: it may hold what the store was asked, signature included.

use std::error::Error as StdError;

use super::{Blobs, Place};
use crate::error::{Error, OpenError};

/// The most characters of a cause that are repeated.
const LONGEST: usize = 160;

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if is_of_a_server(&error) {
            Self::unavailable("the package store does not answer as it should", cause(&error))
        } else {
            Self::internal("the blob store failed", error)
        }
    }
}

/// Why a write failed. That there is nothing is said of a bucket, or of parts that a store lost.
pub(super) fn not_written(error: object_store::Error) -> Error {
    match &error {
        object_store::Error::NotFound { .. } => {
            Error::unavailable("the package store does not take what it is given", cause(&error))
        }
        _ => error.into(),
    }
}

/// Whether a store beyond this machine did not do what it was asked.
fn is_of_a_server(error: &object_store::Error) -> bool {
    use object_store::Error::{Generic, PermissionDenied, Unauthenticated};
    matches!(error, Generic { store: "S3", .. } | PermissionDenied { .. } | Unauthenticated { .. })
}

/// The code that a store gave for its refusal.
fn code(error: &object_store::Error) -> Option<String> {
    let text = error.to_string();
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once('<')?;
    code.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| code.to_owned())
}

/// Why, in a few words.
pub(super) fn cause(error: &object_store::Error) -> String {
    if let Some(code) = code(error) {
        return format!("it answers {code}");
    }
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let text = text.split('<').next().unwrap_or_default().trim_end_matches([' ', ':']);
    text.chars().take(LONGEST).collect()
}

impl Blobs {
    /// Why the store cannot be used, and what to do about it.
    pub(super) fn unusable(&self, error: &object_store::Error) -> OpenError {
        use object_store::Error::{PermissionDenied, Unauthenticated};
        let bucket = match &self.place {
            Place::Disk(folder) => {
                let folder = folder.display();
                return OpenError::Blobs(format!(
                    "the packages in {folder} cannot be read: {error}."
                ));
            }
            Place::Bucket(bucket) => bucket,
        };
        let code = code(error).unwrap_or_default();
        let is_refusal = matches!(error, PermissionDenied { .. } | Unauthenticated { .. });
        OpenError::Blobs(match code.as_str() {
            "NoSuchBucket" => format!(
                "there is no bucket {} in the package store. Make it first, or mend its name in --blobs; \
                 its server is named by AWS_ENDPOINT_URL, its region by AWS_REGION.",
                bucket.name
            ),
            "PermanentRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException" => {
                format!("the bucket of {bucket} is in another region. Name that with AWS_REGION.")
            }
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken" => {
                format!(
                    "the package store {bucket} refuses the keys it is given ({code}). Check \
                 AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."
                )
            }
            _ if is_refusal => format!(
                "the package store {bucket} refuses the keys it is given. Check AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, and that they may list the bucket and read, write and delete in it."
            ),
            _ => format!(
                "the package store {bucket} cannot be used: {}. Check AWS_ENDPOINT_URL and that this \
                 machine reaches it.",
                cause(error)
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_was_asked_is_not_repeated() {
        let answer = "Server returned non-2xx status code: 403 Forbidden: <Error><Code>\
                      SignatureDoesNotMatch</Code><StringToSign>secret</StringToSign></Error>";
        let error = object_store::Error::PermissionDenied {
            path: "latchkey-store".to_owned(),
            source: answer.into(),
        };
        assert_eq!(cause(&error), "it answers SignatureDoesNotMatch");
        let error = object_store::Error::Generic { store: "S3", source: "gone: <html>".into() };
        assert_eq!(cause(&error), "gone");
        let error = Error::from(error);
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    }
}
