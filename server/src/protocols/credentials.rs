//! The one credential that decides a request, out of its headers.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderMap, HeaderName, header};
use model::token::looks_like_token;
use registry::{access::Credential, sessions::PasswordText};
use unicode_normalization::UnicodeNormalization as _;

/// Where NuGet's clients put the token they publish with.
const API_KEY: HeaderName = HeaderName::from_static("x-nuget-apikey");
/// The scheme under which the token of an address travels on, in lower case; no client uses it.
pub(super) const IN_URL: &str = "latchkey-url";
/// More bytes than this are no credential.
const LONGEST: usize = 4096;
/// Base64 (RFC 4648 §4) as people write it, with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The credential of a request. On a write `X-NuGet-ApiKey` decides if it is there, otherwise
/// `Authorization`; the other is not looked at. What is there twice decides nothing.
pub(crate) fn credential(headers: &HeaderMap, is_write: bool) -> Credential {
    let is_key = is_write && headers.contains_key(API_KEY);
    let name = if is_key { API_KEY } else { header::AUTHORIZATION };
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Credential::Anonymous };
    let text = value.to_str().ok().filter(|text| text.len() <= LONGEST);
    match (text.map(str::trim), values.next()) {
        (Some(text), None) if is_key => token(text),
        (Some(text), None) => authorization(text),
        _ => Credential::Unreadable,
    }
}

/// Reads `Bearer …`, `token …` (Paket), `Basic …`, or a token by itself (cargo).
fn authorization(text: &str) -> Credential {
    if looks_like_token(text) {
        return token(text);
    }
    let Some((scheme, rest)) = text.split_once(' ') else { return Credential::Unreadable };
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => token(rest.trim()),
        IN_URL => Credential::TokenInUrl(rest.trim().to_owned()),
        "basic" => basic(rest.trim()).unwrap_or(Credential::Unreadable),
        _ => Credential::Unreadable,
    }
}

fn token(text: &str) -> Credential {
    if text.is_empty() { Credential::Unreadable } else { Credential::Token(text.to_owned()) }
}

/// Reads what follows `Basic` (RFC 7617). A token stands for the password, whatever the user name,
/// or for the user name, without a password. No account has an empty name or password, and neither
/// has control characters: such a pair is not worth a look-up. An empty pair is what nuget.exe sends
/// when it has nothing to send.
fn basic(encoded: &str) -> Option<Credential> {
    let bytes = BASE64.decode(encoded).ok()?;
    let pair = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    let (name, password) = pair.split_once(':').filter(|_| !pair.contains(char::is_control))?;
    if looks_like_token(password) {
        return Some(token(password));
    }
    if pair == ":" {
        return Some(Credential::Anonymous);
    }
    if password.is_empty() {
        return looks_like_token(name).then(|| token(name));
    }
    (!name.is_empty()).then(|| Credential::Password {
        name: name.nfc().collect(),
        password: PasswordText::new(password),
    })
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";

    /// What was found, in words. Passwords do not show themselves, so they are told apart by name.
    fn found(credential: &Credential) -> String {
        match credential {
            Credential::Anonymous => "nothing".to_owned(),
            Credential::Token(text) => format!("token {text}"),
            Credential::TokenInUrl(text) => format!("token {text} in the address"),
            Credential::Password { name, .. } => format!("password of {name}"),
            Credential::Session(_) => "session".to_owned(),
            Credential::Unreadable => "unreadable".to_owned(),
        }
    }

    fn of(authorization: &[&[u8]], key: &[&str], is_write: bool) -> String {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        for value in key {
            headers.append(API_KEY, value.parse().unwrap());
        }
        found(&credential(&headers, is_write))
    }

    fn encoded(pair: impl AsRef<[u8]>) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    #[test]
    fn every_form_clients_send() {
        let token = format!("token {TOKEN}");
        for (authorization, expected) in [
            (format!("Bearer {TOKEN}"), token.as_str()),
            (format!("bearer  {TOKEN} "), &token),
            (format!("BEARER {TOKEN}"), &token),
            (format!("token {TOKEN}"), &token),
            (format!("Token {TOKEN}"), &token),
            (TOKEN.to_owned(), &token),
            (format!("{IN_URL} {TOKEN}"), &format!("token {TOKEN} in the address")),
            ("Bearer npm_0123".to_owned(), "token npm_0123"),
            (TOKEN[..9].to_owned(), "token lka_01234"),
            (encoded(format!("anyone:{TOKEN}")), &token),
            (encoded(format!("__token__:{TOKEN}")), &token),
            (encoded(format!(":{TOKEN}")), &token),
            (encoded(format!("{TOKEN}:")), &token),
            (encoded("x:lkp_short"), "token lkp_short"),
            (encoded("ada:pass word:with colon"), "password of ada"),
            (encoded(format!("{TOKEN}:secret")), &format!("password of {TOKEN}")),
            (encoded(format!("ada:x{TOKEN}")), "password of ada"),
            (encoded("zo\u{eb}:s"), "password of zo\u{eb}"),
            (encoded("zoe\u{308}:s"), "password of zo\u{eb}"),
            (encoded(b"zo\xeb:s"), "password of zo\u{eb}"),
            ("Basic YWRhOnNl".to_owned(), "password of ada"),
            ("basic YWRhOnM=".to_owned(), "password of ada"),
            ("BASIC YWRhOnM".to_owned(), "password of ada"),
        ] {
            assert_eq!(of(&[authorization.as_bytes()], &[], false), expected, "{authorization}");
        }
        assert_eq!(of(&[], &[], false), "nothing");
        assert_eq!(of(&[b"Basic Og=="], &[], false), "nothing");
        assert_eq!(of(&[b"Basic Og=="], &[TOKEN], true), token);
    }

    #[test]
    fn what_cannot_be_read() {
        let long = format!("Bearer {}", "a".repeat(LONGEST));
        for authorization in [
            "",
            "Bearer",
            "Bearer ",
            "Basic",
            "Basic !!!!",
            "Basic Og==Og==",
            "Basic YWRh",
            "Basic YWRhOg==",
            "Basic OnNlY3JldA==",
            "Digest username=\"ada\"",
            "Negotiate abc",
            "lka",
            "LKA_0123456789",
            &encoded("ada\0:secret"),
            &encoded("ada:sec\rret"),
            &encoded("ada:sec\u{9b}ret"),
            &long,
        ] {
            assert_eq!(
                of(&[authorization.as_bytes()], &[], false),
                "unreadable",
                "{authorization}"
            );
        }
        assert_eq!(of(&[b"Bearer caf\xe9"], &[], false), "unreadable");
        let one = format!("Bearer {TOKEN}");
        assert_eq!(of(&[one.as_bytes(), one.as_bytes()], &[], false), "unreadable");
        assert_eq!(of(&[b"Basic Og==", one.as_bytes()], &[], false), "unreadable");
    }

    #[test]
    fn on_a_write_the_key_decides() {
        let authorization = [b"Bearer other".as_slice()];
        assert_eq!(of(&authorization, &[TOKEN], true), format!("token {TOKEN}"));
        assert_eq!(of(&authorization, &[TOKEN], false), "token other");
        assert_eq!(of(&authorization, &[], true), "token other");
        assert_eq!(of(&[], &[TOKEN], false), "nothing");
        assert_eq!(of(&[], &[TOKEN, TOKEN], true), "unreadable");
        assert_eq!(of(&authorization, &[""], true), "unreadable");
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_not(value in proptest::collection::vec(any::<u8>(), 0..99), is_write in any::<bool>()) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                for name in [header::AUTHORIZATION, API_KEY] {
                    credential(&HeaderMap::from_iter([(name, value.clone())]), is_write);
                }
            }
        }

        #[test]
        fn any_pair_is_a_password_a_token_or_nothing(pair in proptest::collection::vec(any::<u8>(), 0..60)) {
            match authorization(&encoded(&pair)) {
                Credential::Token(text) => prop_assert!(looks_like_token(&text)),
                Credential::TokenInUrl(_) => prop_assert!(false, "a pair is no address"),
                Credential::Password { name, .. } => prop_assert!(!name.is_empty()),
                Credential::Anonymous => prop_assert_eq!(&pair, b":"),
                Credential::Unreadable => {}
                Credential::Session(_) => prop_assert!(false, "a header is no session"),
            }
        }
    }
}
