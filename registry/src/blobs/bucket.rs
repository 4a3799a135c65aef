//! The address of a bucket.

use std::{fmt, str::FromStr};

/// A bucket of an S3-compatible store, and what the names of its objects begin with:
/// `s3://bucket/prefix`. Where its server is and which keys open it is said by `AWS_…` variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub(super) name: String,
    /// Without a slash at either end; empty for none.
    pub(super) prefix: String,
}

/// Why a text is no address of a bucket. It is not repeated: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadBucket(&'static str);

impl FromStr for Bucket {
    type Err = BadBucket;

    fn from_str(text: &str) -> Result<Self, BadBucket> {
        let rest = text.strip_prefix("s3://").ok_or(BadBucket("this does not begin with s3://"))?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.contains(['@', ':']) {
            return Err(BadBucket(
                "keys and servers do not belong there: set AWS_ACCESS_KEY_ID, \
                 AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL",
            ));
        }
        let is_plain = |part: &str| {
            part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        };
        if !(3..=63).contains(&name.len()) || !is_plain(name) {
            return Err(BadBucket("a bucket's name has 3 to 63 letters, digits, dots and dashes"));
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && is_plain(part);
        if !prefix.is_empty() && !prefix.split('/').all(is_part) {
            return Err(BadBucket("a prefix has parts of letters, digits, dots and dashes"));
        }
        Ok(Self { name: name.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        for (text, shown) in [
            ("s3://packages", "s3://packages"),
            ("s3://packages/", "s3://packages"),
            ("s3://my.packages-1/latchkey/live/", "s3://my.packages-1/latchkey/live"),
        ] {
            assert_eq!(text.parse::<Bucket>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "packages",
            "https://packages/x",
            "s3://",
            "s3://ab",
            "s3://a b c",
            "s3://packages//x",
            "s3://packages/../x",
            "s3://packages/a?b=c",
        ] {
            assert!(text.parse::<Bucket>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_refused_and_not_repeated() {
        let refusal = "s3://AKIA:secret@packages/x".parse::<Bucket>().unwrap_err().to_string();
        assert!(
            refusal.contains("AWS_SECRET_ACCESS_KEY") && !refusal.contains("AKIA"),
            "{refusal}"
        );
    }
}
