//! The hashes a client declares, against those measured.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{path::hexadecimal, publish::PublishDocument};

/// What the archive turned out to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured<'a> {
    /// In bytes.
    pub(crate) length: u64,
    /// The SHA-1 digest.
    pub(crate) sha1: &'a [u8; 20],
    /// The SHA-512 digest.
    pub(crate) sha512: &'a [u8; 64],
}

/// What a client declared of its archive and the archive is not. In each case the upload was damaged,
/// or the client lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HashError {
    /// `_attachments.*.length`.
    #[error(
        "The archive has {measured} bytes, but _attachments declares {declared}: publish again."
    )]
    Length {
        /// In bytes.
        declared: u64,
        /// In bytes.
        measured: u64,
    },
    /// `dist.shasum`.
    #[error(
        "The archive does not have the SHA-1 that dist.shasum declares: the upload was damaged. Publish again."
    )]
    Shasum,
    /// An entry of `dist.integrity`.
    #[error(
        "The archive does not have the {0} that dist.integrity declares: the upload was damaged. Publish again."
    )]
    Integrity(&'static str),
}

/// Checks everything `document` declares of its archive: the length, `dist.shasum` and every SHA-512
/// and SHA-1 entry of `dist.integrity` (W3C Subresource Integrity §3.5: entries parted by blanks, each
/// `algorithm-base64`, with options after a `?`). Other algorithms are passed over, and what a client
/// does not declare is not asked for.
pub(crate) fn check_hashes(
    document: &PublishDocument,
    measured: Measured<'_>,
) -> Result<(), HashError> {
    if let Some(declared) = document.length.filter(|declared| *declared != measured.length) {
        return Err(HashError::Length { declared, measured: measured.length });
    }
    if document.shasum.as_deref().is_some_and(|shasum| !is_hexadecimal_of(shasum, measured.sha1)) {
        return Err(HashError::Shasum);
    }
    for entry in document.integrity.as_deref().unwrap_or_default().split_ascii_whitespace() {
        let (algorithm, digest) = entry.split_once('-').unwrap_or((entry, ""));
        let digest =
            STANDARD.decode(digest.split('?').next().unwrap_or_default()).unwrap_or_default();
        match algorithm {
            "sha512" if digest != measured.sha512 => return Err(HashError::Integrity("SHA-512")),
            "sha1" if digest != measured.sha1 => return Err(HashError::Integrity("SHA-1")),
            _ => {}
        }
    }
    Ok(())
}

fn is_hexadecimal_of(text: &str, digest: &[u8]) -> bool {
    text.len() == 2 * digest.len()
        && text.as_bytes().chunks_exact(2).zip(digest).all(|(pair, byte)| {
            matches!((hexadecimal(pair[0]), hexadecimal(pair[1])), (Some(high), Some(low)) if high << 4 | low == *byte)
        })
}

#[cfg(test)]
mod tests {
    use sha1::{Digest, Sha1};
    use sha2::Sha512;

    use super::{
        super::{
            publish::tests::{document, published},
            sentence::tests::assert_fit_for_a_header,
        },
        *,
    };

    fn check(
        length: Option<u64>,
        shasum: Option<&str>,
        integrity: Option<&str>,
    ) -> Result<(), HashError> {
        let mut document = published(&document("demo", "1.0.0"));
        document.length = length;
        document.shasum = shasum.map(str::to_owned);
        document.integrity = integrity.map(str::to_owned);
        let sha1: [u8; 20] = Sha1::digest(b"archive").into();
        let sha512: [u8; 64] = Sha512::digest(b"archive").into();
        check_hashes(&document, Measured { length: 7, sha1: &sha1, sha512: &sha512 })
    }

    #[test]
    fn everything_declared_must_be_true() {
        let sha1 = "ebfb55f4432b592119a10592e4f26272cc72359e";
        let right_512 = format!("sha512-{}", STANDARD.encode(Sha512::digest(b"archive")));
        let right_1 = format!("sha1-{}", STANDARD.encode(Sha1::digest(b"archive")));
        let wrong_512 = format!("sha512-{}", STANDARD.encode(Sha512::digest(b"other")));
        let wrong_1 = format!("sha1-{}", STANDARD.encode(Sha1::digest(b"other")));
        let both = format!("{right_1} {right_512}?opt sha384-AAAA md5-zz x");

        assert_eq!(check(None, None, None), Ok(()));
        assert_eq!(check(Some(7), Some(sha1), Some(&both)), Ok(()));
        assert_eq!(check(Some(7), Some(&sha1.to_uppercase()), Some(&right_512)), Ok(()));
        assert_eq!(check(Some(8), None, None), Err(HashError::Length { declared: 8, measured: 7 }));
        for shasum in
            ["", "00", &"0".repeat(40), &sha1[1..], &format!("{sha1}00"), "z".repeat(40).as_str()]
        {
            assert_eq!(check(None, Some(shasum), None), Err(HashError::Shasum), "{shasum}");
        }
        for integrity in [
            wrong_512.as_str(),
            "sha512-",
            "sha512",
            "sha512-####",
            &format!("{right_512}\n{wrong_512}"),
        ] {
            assert_eq!(
                check(None, None, Some(integrity)),
                Err(HashError::Integrity("SHA-512")),
                "{integrity}"
            );
        }
        let mixed = format!("{right_512} {wrong_1}");
        assert_eq!(check(None, None, Some(&mixed)), Err(HashError::Integrity("SHA-1")));
        for error in [
            HashError::Length { declared: 8, measured: 7 },
            HashError::Shasum,
            HashError::Integrity("SHA-1"),
        ] {
            assert_fit_for_a_header(&error.to_string());
        }
    }
}
