//! Random numbers from the operating system, and what is made of them.

use model::{
    timestamp::Timestamp,
    token::{RANDOM_DIGITS, TokenKind, TokenText},
};
use uuid::Uuid;

use crate::error::Error;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("no randomness", error))?;
    Ok(bytes)
}

/// Digits below 62, each equally likely: bytes from 248 on are drawn again.
fn digits<const N: usize>() -> Result<[u8; N], Error> {
    let mut digits = [0; N];
    let mut filled = 0;
    while filled < N {
        for byte in bytes::<64>()? {
            if byte < 248 && filled < N {
                digits[filled] = byte % 62;
                filled += 1;
            }
        }
    }
    Ok(digits)
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    bytes()
}

/// A new id (`UUIDv7`): ordered by time, unguessable in its last 74 bits.
pub(crate) fn id<T: From<Uuid>>(now: Timestamp) -> Result<T, Error> {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes()?).into_uuid().into())
}

/// A new token.
pub(crate) fn token(kind: TokenKind) -> Result<TokenText, Error> {
    Ok(TokenText::from_digits(kind, &digits::<RANDOM_DIGITS>()?))
}

/// A text of `N` base62 digits: 22 carry 130 bits, 43 carry 256, 17 carry 101.
pub(crate) fn base62<const N: usize>() -> Result<String, Error> {
    Ok(digits::<N>()?.map(|digit| char::from(BASE62[usize::from(digit)])).iter().collect())
}

/// Five pronounceable five-letter words (proquints, 80 random bits): a password that can be said.
pub(crate) fn passphrase() -> Result<String, Error> {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let quint = |high: u8, low: u8| {
        let word = u16::from_be_bytes([high, low]);
        let consonant = |shift: u32| CONSONANTS[usize::from((word >> shift) & 15)];
        let vowel = |shift: u32| VOWELS[usize::from((word >> shift) & 3)];
        [consonant(12), vowel(10), consonant(6), vowel(4), consonant(0)].map(char::from)
    };
    let bytes = bytes::<10>()?;
    let words: Vec<String> =
        bytes.chunks_exact(2).map(|pair| quint(pair[0], pair[1]).iter().collect()).collect();
    Ok(words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_tokens_ids_and_passphrases() {
        let one = token(TokenKind::Additional).unwrap();
        assert!(TokenText::parse(one.expose()).is_ok());
        assert_ne!(one, token(TokenKind::Additional).unwrap());
        let id: Uuid = id(Timestamp::from_millis(1_800_000_000_000)).unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(base62::<43>().unwrap().len(), 43);
        let phrase = passphrase().unwrap();
        assert_eq!((phrase.len(), phrase.split('-').count()), (29, 5));
    }
}
