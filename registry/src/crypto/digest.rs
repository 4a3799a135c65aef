//! Digests under which secrets are looked up.

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
