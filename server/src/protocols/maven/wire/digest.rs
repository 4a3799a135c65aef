//! Checksums, in the files that hold them.

use std::fmt::Write as _;

use md5::Md5;
use registry::packages::Checksum;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// The kinds of checksums, by the ends of their files' names.
pub(crate) const KINDS: [(&str, Checksum); 4] = [
    (".md5", Checksum::Md5),
    (".sha1", Checksum::Sha1),
    (".sha256", Checksum::Sha256),
    (".sha512", Checksum::Sha512),
];

/// The most bytes of a file with a checksum.
pub(crate) const LONGEST: usize = 1024;

/// Reads a checksum: hexadecimal, alone or followed by the name of its file.
pub(crate) fn read(kind: Checksum, text: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok()?.split_whitespace().next()?;
    let bytes = text.as_bytes();
    let is_hexadecimal = bytes.iter().all(u8::is_ascii_hexdigit);
    if bytes.len() != 2 * length(kind) || !is_hexadecimal {
        return None;
    }
    (0..bytes.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

const fn length(kind: Checksum) -> usize {
    match kind {
        Checksum::Md5 => 16,
        Checksum::Sha1 => 20,
        Checksum::Sha256 => 32,
        Checksum::Sha512 => 64,
    }
}

/// A checksum as it stands in a file.
pub(crate) fn write(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The checksum of a document.
pub(crate) fn of(kind: Checksum, content: &[u8]) -> Vec<u8> {
    match kind {
        Checksum::Md5 => Md5::digest(content).to_vec(),
        Checksum::Sha1 => Sha1::digest(content).to_vec(),
        Checksum::Sha256 => Sha256::digest(content).to_vec(),
        Checksum::Sha512 => Sha512::digest(content).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn checksums_are_read_as_clients_write_them() {
        let text = "D41D8CD98F00B204E9800998ECF8427E";
        let digest = of(Checksum::Md5, b"");
        for file in [text.to_owned(), text.to_lowercase(), format!("{text}  demo.jar\n")] {
            assert_eq!(read(Checksum::Md5, file.as_bytes()), Some(digest.clone()), "{file}");
        }
        assert_eq!(write(&digest), text.to_lowercase());
        for bad in ["", "d41d", "g41d8cd98f00b204e9800998ecf8427e", "\u{e9}"] {
            assert_eq!(read(Checksum::Md5, bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(content in proptest::collection::vec(any::<u8>(), 0..99)) {
            for (_, kind) in KINDS {
                let digest = of(kind, &content);
                prop_assert_eq!(read(kind, write(&digest).as_bytes()), Some(digest));
                let _ = read(kind, &content);
            }
        }
    }
}
