//! The addresses of pages that are about something: feeds, packages, versions, tokens.
//!
//! What stands in an address is percent-encoded here and nowhere else (RFC 3986 §2.1): npm's names
//! hold a slash, and what is asked for in an address need not be a name at all.

use crate::{ecosystem::Ecosystem, id::TokenId};

/// The page of a feed.
pub fn feed(feed: &str) -> String {
    format!("/feeds/{}", segment(feed))
}

/// The page of a feed's settings.
pub fn feed_settings(feed: &str) -> String {
    format!("/feeds/{}/settings", segment(feed))
}

/// The page of a feed's members.
pub fn feed_members(feed: &str) -> String {
    format!("/feeds/{}/members", segment(feed))
}

/// The page of a package, which shows the version `latest` points to.
pub fn package(feed: &str, ecosystem: Ecosystem, name: &str) -> String {
    format!("/feeds/{}/{ecosystem}/{}", segment(feed), segment(name))
}

/// The page of a package that shows this version.
pub fn version(feed: &str, ecosystem: Ecosystem, name: &str, version: &str) -> String {
    format!("{}/{}", package(feed, ecosystem, name), segment(version))
}

/// The page of a token.
pub fn token(id: TokenId) -> String {
    format!("/profile/tokens/{id}")
}

/// The page on which a token is edited.
pub fn token_edit(id: TokenId) -> String {
    format!("/profile/tokens/{id}/edit")
}

/// The page on which a token's value is replaced.
pub fn token_regenerate(id: TokenId) -> String {
    format!("/profile/tokens/{id}/regenerate")
}

/// The page on which administrators see somebody.
pub fn person(username: &str) -> String {
    format!("/admin/people/{}", segment(username))
}

/// Text as one segment of a path, or as a value in a query: all but unreserved characters and `@`
/// is encoded.
pub fn segment(text: &str) -> String {
    // A lone dot or two would be taken for a step in the path, encoded or not.
    if matches!(text, "." | "..") {
        return "_".to_owned();
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 0xf] {
                    encoded.push(
                        char::from_digit(u32::from(digit), 16)
                            .map_or('0', |d| d.to_ascii_uppercase()),
                    );
                }
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_whatever_it_holds() {
        for (name, path) in [
            ("demo", "/feeds/main/npm/demo"),
            ("@acme/demo", "/feeds/main/npm/@acme%2Fdemo"),
            ("a?b#c", "/feeds/main/npm/a%3Fb%23c"),
            ("<script>", "/feeds/main/npm/%3Cscript%3E"),
            ("ä", "/feeds/main/npm/%C3%A4"),
            ("a%2fb", "/feeds/main/npm/a%252fb"),
            ("..", "/feeds/main/npm/_"),
        ] {
            assert_eq!(package("main", Ecosystem::Npm, name), path);
        }
        assert_eq!(
            version("main", Ecosystem::Npm, "@acme/demo", "1.0.0-rc.1+build"),
            "/feeds/main/npm/@acme%2Fdemo/1.0.0-rc.1%2Bbuild"
        );
    }

    #[test]
    fn pages_of_feeds_and_tokens() {
        let id: TokenId = "0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11".parse().unwrap();
        assert_eq!(feed("main"), "/feeds/main");
        assert_eq!(feed_settings("main"), "/feeds/main/settings");
        assert_eq!(feed_members("main"), "/feeds/main/members");
        assert_eq!(token(id), format!("/profile/tokens/{id}"));
        assert_eq!(token_edit(id), format!("/profile/tokens/{id}/edit"));
        assert_eq!(token_regenerate(id), format!("/profile/tokens/{id}/regenerate"));
    }
}
