//! Where a name may lead: a Git repository or an archive. The address is handed to whoever asks for the
//! package, and Bower gives it to Git; this server fetches nothing from it.

use percent_encoding::percent_decode_str;

/// What Bower fetches from.
const SCHEMES: [&str; 7] = ["git", "http", "https", "ssh", "git+ssh", "git+http", "git+https"];

/// A good address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url(String);

/// Why text is no address a name may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    /// It is empty.
    #[error("A package needs the URL of a Git repository or an archive.")]
    Empty,
    /// It is too long.
    #[error("The URL of a package has at most {} characters.", Url::LONGEST)]
    Long,
    /// It has characters that no URL has.
    #[error("The URL of a package is plain ASCII, without spaces or control characters.")]
    Character,
    /// It is of another kind.
    #[error("The URL has to be a git, http, https or ssh URL, or like git@host:path.")]
    Scheme,
    /// It names no host, or one that would be taken for something else.
    #[error("The URL names no host.")]
    Host,
    /// Everybody who may read the feed would see it.
    #[error(
        "The URL holds a password, which everybody who may read the feed would see: leave it out."
    )]
    Password,
    /// It holds one of our own tokens.
    #[error(
        "The URL holds an access token, which everybody who may read the feed would see: leave it out."
    )]
    Token,
}

impl Url {
    /// The most characters of an address.
    pub(crate) const LONGEST: usize = 1000;

    /// Reads an address.
    pub(crate) fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UrlError::Character);
        }
        if text.len() > Self::LONGEST {
            return Err(UrlError::Long);
        }
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        if decoded.contains(char::is_control) {
            return Err(UrlError::Character);
        }
        if holds_token(&decoded) {
            return Err(UrlError::Token);
        }
        let (authority, path) = match text.split_once("://") {
            Some((scheme, rest)) => {
                if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
                    return Err(UrlError::Scheme);
                }
                rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
            }
            // As scp and Git write it: `git@host:path`.
            None => text
                .split_once(':')
                .filter(|(authority, _)| authority.contains('@') && !authority.contains('/'))
                .ok_or(UrlError::Scheme)?,
        };
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        if user.contains(':') || percent_decode_str(user).any(|byte| byte == b':') {
            return Err(UrlError::Password);
        }
        // Git and SSH would take what begins with a hyphen for an option.
        let is_option = |part: &str| part.starts_with('-');
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if host.is_empty()
            || !host.bytes().all(is_host)
            || is_option(host)
            || is_option(user)
            || is_option(path)
        {
            return Err(UrlError::Host);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether something in the text begins like one of our tokens and goes on for longer than a word.
fn holds_token(text: &str) -> bool {
    text.match_indices("lk").any(|(at, _)| {
        let kind = |rest: &&str| rest.as_bytes().get(3) == Some(&b'_');
        let rest = Some(&text[at..]).filter(kind);
        let rest = rest.filter(|rest| matches!(rest.as_bytes()[2], b'a' | b'p' | b's' | b'o'));
        rest.is_some_and(|rest| {
            rest[4..].bytes().take_while(u8::is_ascii_alphanumeric).count() > FEW
        })
    })
}

/// More characters than this after a token's beginning are taken for a token, whole or cut short.
const FEW: usize = 7;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocols::sentence::tests::assert_fit_for_a_header;

    const TOKEN: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";

    #[test]
    fn addresses_of_repositories_and_archives() {
        for good in [
            "git://127.0.0.1:9418/x.git",
            "https://github.com/acme/demo.git",
            "http://git.example/acme/demo",
            "https://files.example/demo-1.0.0.tar.gz?x=y",
            "ssh://git@git.example:2222/acme/demo.git",
            "git+ssh://git@git.example/acme/demo.git",
            "git@github.com:acme/demo.git",
            "HTTPS://GIT.EXAMPLE/a",
            "https://[::1]/a.zip",
            "https://git.example/lka_pad.git",
        ] {
            assert_eq!(Url::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(Url::parse(" git://h/a ").unwrap().as_str(), "git://h/a");
    }

    #[test]
    fn what_a_name_may_not_lead_to() {
        let long = format!("https://h/{}", "a".repeat(Url::LONGEST));
        let token = format!("https://h/{TOKEN}/demo.git");
        let user = format!("https://{TOKEN}@h/demo.git");
        let encoded = format!("https://h/?t={}", TOKEN.replace('_', "%5F"));
        for (bad, error) in [
            ("", UrlError::Empty),
            (" ", UrlError::Empty),
            (&long, UrlError::Long),
            ("https://h/a b", UrlError::Character),
            ("https://h/a\n", UrlError::Character),
            ("https://h/a%0ab", UrlError::Character),
            ("https://h/\u{e4}", UrlError::Character),
            ("ftp://h/a", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("javascript://h/%20alert(1)", UrlError::Scheme),
            ("ext::sh", UrlError::Scheme),
            ("acme/demo", UrlError::Scheme),
            ("./demo", UrlError::Scheme),
            ("C:\\demo", UrlError::Scheme),
            ("https://", UrlError::Host),
            ("https:///a", UrlError::Host),
            ("ssh://-oProxyCommand=x/a", UrlError::Host),
            ("ssh://-l@h/a", UrlError::Host),
            ("git@h:-x", UrlError::Host),
            ("git@-h:x", UrlError::Host),
            ("https://a\"b/", UrlError::Host),
            ("https://ana:secret@h/a", UrlError::Password),
            ("https://ana%3asecret@h/a", UrlError::Password),
            (&token, UrlError::Token),
            (&user, UrlError::Token),
            (&encoded, UrlError::Token),
        ] {
            assert_eq!(Url::parse(bad), Err(error), "{bad}");
            assert_fit_for_a_header(&error.to_string());
        }
    }

    proptest! {
        #[test]
        fn no_address_holds_a_token_or_a_second_line(before in "[!-~]{0,20}", after in "[!-~]{0,9}") {
            let url = format!("https://h/{before}{TOKEN}{after}");
            prop_assert!(Url::parse(&url).is_err());
        }

        #[test]
        fn any_text_is_an_address_or_not(text in "\\PC{0,60}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!url.as_str().starts_with('-'));
            }
        }
    }
}
