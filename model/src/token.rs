//! The text of an access token: its kinds, its check digits, its mask.
//!
//! `lka_` + 30 random base62 characters + 6 base62 check characters: the CRC-32/ISO-HDLC of the
//! 34 characters before, left-padded with `0`. 40 characters in all, none of which needs escaping
//! in Basic credentials, URLs, `.npmrc` or XML. Published for secret scanners:
//! `(?<![0-9A-Za-z])lk[apso]_[0-9A-Za-z]{36}(?![0-9A-Za-z])`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The digits of base62, in their order.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters before the check digits.
const BODY: usize = 34;
/// Characters of a whole token.
pub const LENGTH: usize = 40;
/// Random characters of a token.
pub const RANDOM_DIGITS: usize = 30;

/// What kind of token a secret belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// The one every account always has.
    Primary,
    /// One a person made for a machine or a job.
    Additional,
    /// A service account's.
    Service,
    /// Minted from a CI system's identity.
    Minted,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Primary, Self::Additional, Self::Service, Self::Minted];

    /// The four characters its secrets begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Primary => "lkp_",
            Self::Additional => "lka_",
            Self::Service => "lks_",
            Self::Minted => "lko_",
        }
    }

    /// The kind's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Additional => "additional",
            Self::Service => "service",
            Self::Minted => "minted",
        }
    }

    /// The kind with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whether text would be taken for a token rather than a password: it begins with `lk[apso]_`.
pub fn looks_like_token(text: &str) -> bool {
    TokenKind::ALL.iter().any(|kind| text.starts_with(kind.prefix()))
}

/// Why text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It does not begin like one of ours.
    #[error("this is not one of our access tokens")]
    Foreign,
    /// It begins like one, but its length, alphabet or check digits are wrong.
    #[error("this access token looks mistyped or cut short")]
    Mistyped,
}

/// The whole text of a token: a secret. It shows itself neither by `Debug` nor `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// The token of this kind with these random digits, each below 62 (higher ones wrap).
    pub fn from_digits(kind: TokenKind, digits: &[u8; RANDOM_DIGITS]) -> Self {
        let mut text = String::with_capacity(LENGTH);
        text.push_str(kind.prefix());
        text.extend(digits.iter().map(|digit| char::from(ALPHABET[usize::from(digit % 62)])));
        let check = check_digits(&text);
        text.extend(check.map(char::from));
        Self(text)
    }

    /// Reads a token, checking all that can be checked without looking it up.
    pub fn parse(text: &str) -> Result<Self, BadToken> {
        if !looks_like_token(text) {
            return Err(BadToken::Foreign);
        }
        let whole =
            text.len() == LENGTH && text[4..].bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !whole || check_digits(&text[..BODY]) != text.as_bytes()[BODY..] {
            return Err(BadToken::Mistyped);
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The kind its prefix names.
    pub fn kind(&self) -> TokenKind {
        let prefix = &self.0[..4];
        TokenKind::ALL
            .into_iter()
            .find(|kind| kind.prefix() == prefix)
            .unwrap_or(TokenKind::Additional)
    }

    /// The last four characters, by which people tell tokens apart.
    pub fn last4(&self) -> &str {
        &self.0[LENGTH - 4..]
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(hidden)")
    }
}

/// What is shown in a token's place: `lka_••••••••••••91c2`. Of fixed width, so it tells nothing
/// of the value but its kind and last four characters.
pub fn mask(kind: TokenKind, last4: &str) -> String {
    format!("{}••••••••••••{last4}", kind.prefix())
}

/// The mask for ears: `ends in 9 1 c 2`.
pub fn spoken_mask(last4: &str) -> String {
    let letters: Vec<String> = last4.chars().map(String::from).collect();
    format!("ends in {}", letters.join(" "))
}

/// Where a person wants the value of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevealTo {
    /// On the screen.
    Screen,
    /// On the clipboard, without being seen.
    Clipboard,
}

/// A token's value on its way to its owner, once. The only secret that can be serialised: it is
/// built by the services that create, reveal and regenerate, and travels only in the answer to
/// the POST that asked for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevealedSecret(String);

impl RevealedSecret {
    /// Makes the value of a token ready to be sent to its owner.
    pub fn of(token: &TokenText) -> Self {
        Self(token.expose().to_owned())
    }

    /// The value.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RevealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevealedSecret(hidden)")
    }
}

fn check_digits(body: &str) -> [u8; 6] {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VECTOR: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";

    #[test]
    fn agrees_with_the_published_vector() {
        let digits = std::array::from_fn(|index| u8::try_from(index).unwrap());
        assert_eq!(TokenText::from_digits(TokenKind::Additional, &digits).expose(), VECTOR);
        let token = TokenText::parse(VECTOR).unwrap();
        assert_eq!((token.kind(), token.last4()), (TokenKind::Additional, "ik9R"));
    }

    #[test]
    fn every_single_character_change_is_noticed() {
        for position in 0..LENGTH {
            for replacement in ALPHABET.iter().chain(b"_-. ") {
                let mut changed = VECTOR.as_bytes().to_vec();
                if changed[position] == *replacement {
                    continue;
                }
                changed[position] = *replacement;
                let changed = String::from_utf8(changed).unwrap();
                assert!(TokenText::parse(&changed).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn cut_long_and_foreign_texts_are_told_apart() {
        assert_eq!(TokenText::parse("npm_0123456789"), Err(BadToken::Foreign));
        assert_eq!(TokenText::parse(""), Err(BadToken::Foreign));
        assert_eq!(TokenText::parse(&VECTOR[..39]), Err(BadToken::Mistyped));
        assert_eq!(TokenText::parse(&format!("{VECTOR}x")), Err(BadToken::Mistyped));
        assert_eq!(TokenText::parse("lka_äöü"), Err(BadToken::Mistyped));
    }

    #[test]
    fn masks_have_one_width_and_debug_shows_nothing() {
        assert_eq!(mask(TokenKind::Primary, "3f9a"), "lkp_••••••••••••3f9a");
        assert_eq!(spoken_mask("3f9a"), "ends in 3 f 9 a");
        let token = TokenText::parse(VECTOR).unwrap();
        let shown = format!("{token:?} {:?}", RevealedSecret::of(&token));
        assert!(!shown.contains("0123"), "{shown}");
    }

    proptest! {
        #[test]
        fn what_is_made_can_be_read(digits in proptest::array::uniform30(0_u8..62), kind in 0_usize..4) {
            let token = TokenText::from_digits(TokenKind::ALL[kind], &digits);
            prop_assert_eq!(token.expose().len(), LENGTH);
            prop_assert_eq!(TokenText::parse(token.expose()).unwrap().kind(), TokenKind::ALL[kind]);
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,60}") {
            let _ = TokenText::parse(&text);
        }
    }
}
