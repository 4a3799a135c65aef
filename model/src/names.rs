//! Names people choose: of feeds and of accounts. Parsing one is the only way to get one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::characters::{has_no_width, turns};

/// Why text is not a name. The sentences are shown beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing was given.
    #[error("Give a name.")]
    Empty,
    /// Longer than the kind of name may be.
    #[error("A name has at most {0} characters.")]
    TooLong(usize),
    /// It starts with a hyphen.
    #[error("A name starts with a letter or a digit.")]
    BadStart,
    /// It holds a character that names do not have.
    #[error("A name is made of the letters a to z, digits and hyphens.")]
    BadCharacter,
    /// The server keeps the word for itself.
    #[error("This name is reserved. Choose another.")]
    Reserved,
    /// It holds characters that nobody sees, or that turn text around.
    #[error("A name holds no invisible characters.")]
    Invisible,
    /// An e-mail address without a local part, `@` or domain.
    #[error("This is not an e-mail address: write it like ana@example.com.")]
    NotAnEmail,
}

/// Words that read like parts of a URL or like the server speaking.
const RESERVED: [&str; 26] = [
    "about",
    "admin",
    "administrator",
    "all",
    "anonymous",
    "api",
    "assets",
    "audit",
    "auth",
    "connect",
    "feeds",
    "help",
    "invite",
    "latchkey",
    "me",
    "members",
    "new",
    "none",
    "null",
    "operator",
    "primary",
    "profile",
    "root",
    "setup",
    "system",
    "undefined",
];

/// `[a-z0-9][a-z0-9-]*` of at most `longest` characters; capital letters are folded, because names
/// are matched without regard to case.
fn parse(text: &str, longest: usize) -> Result<String, BadName> {
    let name = text.trim().to_ascii_lowercase();
    if name.is_empty() {
        return Err(BadName::Empty);
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err(BadName::BadCharacter);
    }
    if name.len() > longest {
        return Err(BadName::TooLong(longest));
    }
    if name.starts_with('-') {
        return Err(BadName::BadStart);
    }
    if RESERVED.contains(&name.as_str()) {
        return Err(BadName::Reserved);
    }
    Ok(name)
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $longest:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The most characters such a name has.
            pub const LONGEST: usize = $longest;

            /// The name, in lower case.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                parse(text, Self::LONGEST).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

impl FeedName {
    /// What is wrong with text as the name of a feed and how to mend it; `None` for a name.
    pub fn advice(text: &str) -> Option<String> {
        let wrong = text.parse::<Self>().err()?;
        Some(match Self::nearest(text) {
            Some(name) => format!("{wrong} It could be “{name}”."),
            None => wrong.to_string(),
        })
    }

    fn nearest(text: &str) -> Option<Self> {
        nearest(text, Self::LONGEST).parse().ok()
    }
}

impl Username {
    /// A name that looks like the text, if one does: what somebody is called elsewhere.
    pub fn nearest(text: &str) -> Option<Self> {
        nearest(text, Self::LONGEST).parse().ok()
    }
}

/// The text with a hyphen for whatever names cannot hold.
fn nearest(text: &str, longest: usize) -> String {
    let mut name = String::new();
    for c in text.trim().chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(longest);
    name.trim_end_matches('-').to_owned()
}

names! {
    /// A feed's name: `[a-z0-9][a-z0-9-]{0,62}`, not a reserved word.
    FeedName, 63;
    /// An account's name: `[a-z0-9][a-z0-9-]{0,38}`, not a reserved word.
    Username, 39;
}

/// What somebody wants to be called: any writing, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The most characters such a name has.
    pub const LONGEST: usize = 60;

    /// The name, its words one space apart.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(BadName::Empty);
        }
        if name.chars().count() > Self::LONGEST {
            return Err(BadName::TooLong(Self::LONGEST));
        }
        if name.chars().any(|c| c.is_control() || turns(c) || has_no_width(c)) {
            return Err(BadName::Invisible);
        }
        Ok(Self(name))
    }
}

/// An e-mail address as typed; [`key`](Self::key) is the form in which two are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The most characters an address has (RFC 5321 §4.5.3.1.3, less the brackets).
    pub const LONGEST: usize = 254;

    /// The address as typed, without surrounding space.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case, under which it is unique.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Email {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        let well_formed = text.len() <= Self::LONGEST
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.is_empty() && !domain.contains('@')
            });
        if well_formed { Ok(Self(text.to_owned())) } else { Err(BadName::NotAnEmail) }
    }
}

impl TryFrom<String> for Email {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_what_they_write() {
        for (text, name) in
            [("Ana Pérez", "Ana Pérez"), ("  山田  花子 ", "山田 花子"), ("Ana\nP.", "Ana P.")]
        {
            assert_eq!(text.parse::<DisplayName>().unwrap().as_str(), name);
        }
        for (text, why) in [
            (" ", BadName::Empty),
            ("ana\u{202e}nimda", BadName::Invisible),
            ("an\u{200b}a", BadName::Invisible),
            ("a\u{7}", BadName::Invisible),
            (&"é".repeat(61), BadName::TooLong(60)),
        ] {
            assert_eq!(text.parse::<DisplayName>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn feed_names_follow_the_rule() {
        for good in ["main", "a", "0", "team-1", "Main", "a-", &"x".repeat(63)] {
            assert!(good.parse::<FeedName>().is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", BadName::Empty),
            ("-a", BadName::BadStart),
            ("a b", BadName::BadCharacter),
            ("ä", BadName::BadCharacter),
            ("a.b", BadName::BadCharacter),
            ("../x", BadName::BadCharacter),
            ("new", BadName::Reserved),
            ("API", BadName::Reserved),
            (&"x".repeat(64), BadName::TooLong(63)),
        ] {
            assert_eq!(bad.parse::<FeedName>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn what_is_no_feed_name_is_told_how_to_become_one() {
        let advice = |text: &str| FeedName::advice(text);
        assert_eq!(advice("main"), None);
        assert_eq!(
            advice("My Feed!").as_deref(),
            Some(
                "A name is made of the letters a to z, digits and hyphens. It could be “my-feed”."
            )
        );
        assert_eq!(
            advice("-a").as_deref(),
            Some("A name starts with a letter or a digit. It could be “a”.")
        );
        assert_eq!(
            advice(&"x".repeat(64)),
            Some(format!("A name has at most 63 characters. It could be “{}”.", "x".repeat(63)))
        );
        for (text, words) in [
            ("", "Give a name."),
            ("äöü", "A name is made of the letters a to z, digits and hyphens."),
            ("api", "This name is reserved. Choose another."),
            ("new!", "A name is made of the letters a to z, digits and hyphens."),
        ] {
            assert_eq!(advice(text).as_deref(), Some(words), "{text}");
        }
    }

    #[test]
    fn a_user_name_is_found_in_what_somebody_is_called_elsewhere() {
        let nearest = |text: &str| Username::nearest(text).map(String::from);
        assert_eq!(nearest("Ada.Lovelace").as_deref(), Some("ada-lovelace"));
        assert_eq!(nearest("ada@example.com").as_deref(), Some("ada-example-com"));
        assert_eq!(nearest("ä"), None);
        assert_eq!(nearest("admin"), None);
    }

    #[test]
    fn e_mail_addresses_are_one_whatever_their_case() {
        let email: Email = " Ana@Example.com ".parse().unwrap();
        assert_eq!((email.as_str(), email.key().as_str()), ("Ana@Example.com", "ana@example.com"));
        for bad in ["ana", "@example.com", "ana@", "a b@c", "a@b@c"] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
