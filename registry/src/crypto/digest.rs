//! Digests: those under which secrets are looked up, those of files, and how they are written.

use std::{
    fs::File,
    io::{self, Read as _},
};

use model::token::TokenText;
use sha2::{Digest, Sha256};

/// SHA-256 of a secret's whole text. A secret of 128 random bits or more needs no slow hash: there
/// is no guessing it, so the look-up key may be quick.
pub(crate) fn of_secret(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The look-up key of a token.
pub(crate) fn of_token(token: &TokenText) -> [u8; 32] {
    of_secret(token.expose())
}

/// Bytes of a file hashed at a time.
const PIECE: usize = 256 << 10;

/// SHA-256 of what is left of a file. It blocks.
pub(crate) fn of_file(mut file: File) -> io::Result<[u8; 32]> {
    let (mut digest, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(digest.finalize().into()),
            length => digest.update(&piece[..length]),
        }
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
