//! What a password must be (after NIST SP 800-63B: length, no composition rules).

use crate::token::looks_like_token;

/// The shortest password unless the operator sets another length.
pub const SHORTEST: usize = 15;
/// The longest password accepted, in characters.
pub const LONGEST: usize = 256;

/// Why a new password is refused. The sentences are shown beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer characters than the setting asks for.
    #[error("Too short: {has} of at least {needs} characters. Spaces are fine.")]
    TooShort {
        /// Characters given.
        has: usize,
        /// Characters needed.
        needs: usize,
    },
    /// More than [`LONGEST`] characters.
    #[error("Too long: at most {LONGEST} characters.")]
    TooLong,
    /// It starts like an access token and could never be told from one.
    #[error("A password cannot begin like an access token (lka_…). Choose another.")]
    LooksLikeToken,
    /// Known from lists of common passwords, or made of the account's own words.
    #[error("Too easy to guess. Try four or more unrelated words.")]
    Guessable,
}

/// Checks what can be checked without a list of common passwords; `shortest` in characters.
pub fn check(password: &str, shortest: usize) -> Result<(), BadPassword> {
    let has = password.chars().count();
    if looks_like_token(password) {
        Err(BadPassword::LooksLikeToken)
    } else if has < shortest {
        Err(BadPassword::TooShort { has, needs: shortest })
    } else if has > LONGEST {
        Err(BadPassword::TooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(check("ääääääääääääääa", SHORTEST), Ok(()));
        assert_eq!(check("ää", SHORTEST), Err(BadPassword::TooShort { has: 2, needs: 15 }));
        assert_eq!(check(&"x".repeat(257), SHORTEST), Err(BadPassword::TooLong));
    }

    #[test]
    fn a_password_never_begins_like_a_token() {
        assert_eq!(check("lka_and some more words", 15), Err(BadPassword::LooksLikeToken));
        assert_eq!(check("lkx_and some more words", 15), Ok(()));
    }
}
