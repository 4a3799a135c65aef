//! Refusals: their stable codes, their statuses and the sentences that name them.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{action::Action, role::Role, timestamp::Timestamp};

/// The most characters of a sentence; it has to fit a reason phrase and a terminal.
pub const LONGEST_SENTENCE: usize = 200;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal;)+) => {
        /// Why a request was refused. Codes are stable: people search for them, scripts match them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as shown: `LK-SCOPE`.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The HTTP status it answers with. `LK-EXISTS` has the status its ecosystem's clients
            /// understand; 409 is what fits where they do not care.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }
        }
    };
}

codes! {
    /// No credential was given and one is needed.
    Missing = "LK-MISSING", 401;
    /// The credential is none that this server knows.
    Unknown = "LK-UNKNOWN", 401;
    /// The token's check digits do not match.
    Checksum = "LK-CHECKSUM", 401;
    /// The token has expired.
    Expired = "LK-EXPIRED", 401;
    /// The token is not valid yet.
    NotYet = "LK-NOTYET", 401;
    /// The token was revoked.
    Revoked = "LK-REVOKED", 401;
    /// The token is suspended.
    Suspended = "LK-SUSPENDED", 401;
    /// The token was found in public and is refused until it is regenerated.
    Leaked = "LK-LEAKED", 401;
    /// This secret of the token was replaced and its time is over.
    Rotated = "LK-ROTATED", 401;
    /// The owner's account is disabled.
    Disabled = "LK-DISABLED", 401;
    /// A password reads; it never publishes.
    PasswordReadonly = "LK-PASSWORD-READONLY", 403;
    /// No rule of the token has this action.
    Scope = "LK-SCOPE", 403;
    /// No rule for this feed, or the feed is out of reach.
    Feed = "LK-FEED", 403;
    /// No pattern matches the package.
    Package = "LK-PACKAGE", 403;
    /// The address lies outside the token's networks.
    Network = "LK-NETWORK", 403;
    /// The owner may not do this in the feed.
    Role = "LK-ROLE", 403;
    /// Too many tries.
    Rate = "LK-RATE", 429;
    /// The version exists and versions are never overwritten.
    Exists = "LK-EXISTS", 409;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Code {
    /// The code with this [`text`](Self::text).
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.text() == text)
    }
}

/// The credential as a sentence may name it: never more than the last four characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// Nobody said who they are.
    Nobody,
    /// An access token, by its last four characters.
    Token(String),
    /// A password, or a person signed in to the pages.
    Account,
}

impl fmt::Display for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("an anonymous request"),
            Self::Token(last4) => write!(f, "token ending {last4}"),
            Self::Account => f.write_str("this account"),
        }
    }
}

/// What a sentence is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars<'a> {
    /// Who was refused.
    pub bearer: Bearer,
    /// What they wanted to do, if the request got that far.
    pub action: Option<Action>,
    /// The feed as named in the request.
    pub feed: &'a str,
    /// The package as named in the request.
    pub package: Option<&'a str>,
    /// The version, for [`Code::Exists`].
    pub version: Option<&'a str>,
    /// When the credential ended or begins, for the codes that tell of it.
    pub at: Option<Timestamp>,
    /// How long to wait, for [`Code::Rate`].
    pub retry_after: Option<Duration>,
}

/// The one line a client prints: the code, what happened, and where the rest is explained. At most
/// [`LONGEST_SENTENCE`] printable ASCII characters; names are cut to what they may contain.
pub fn sentence(code: Code, particulars: &Particulars<'_>, link: Option<&str>) -> String {
    fitted(code, particulars, link, |package| body(code, particulars, package))
}

/// The line of [`Code::Exists`] for a version that was deleted: no number is used twice.
pub fn deleted_sentence(particulars: &Particulars<'_>) -> String {
    fitted(Code::Exists, particulars, None, |package| {
        format!(
            "{} {} was deleted from feed {}, and a number is never used again. Publish a new version.",
            package.unwrap_or("this package"),
            safe(particulars.version.unwrap_or_default()),
            safe(particulars.feed),
        )
    })
}

/// The line for a token in the address of a request that was not made for that.
pub fn not_for_urls_sentence(particulars: &Particulars<'_>, link: Option<&str>) -> String {
    fitted(Code::Scope, particulars, link, |_| {
        format!(
            "{} may not stand in a URL: it was not made for that. Send it in a header.",
            particulars.bearer
        )
    })
}

/// The line for a change that was asked for by an address which holds a token.
pub fn urls_only_read_sentence() -> String {
    format!(
        "[{}] a URL with a token in it only reads. To change something use the feed's plain URL, and send a token in a header.",
        Code::Scope
    )
}

/// The line of [`Code::Exists`] for a name that leads somewhere already.
pub fn registered_sentence(particulars: &Particulars<'_>) -> String {
    fitted(Code::Exists, particulars, None, |package| {
        format!(
            "{} is registered in feed {}. Unregister it first to have it lead elsewhere.",
            package.unwrap_or("this package"),
            safe(particulars.feed),
        )
    })
}

/// What `text` says of a package, within the longest sentence.
fn fitted(
    code: Code,
    particulars: &Particulars<'_>,
    link: Option<&str>,
    text: impl Fn(Option<&str>) -> String,
) -> String {
    let link = link.map(|link| format!(" Why: {link}")).unwrap_or_default();
    let head = format!("[{code}] ");
    let room = LONGEST_SENTENCE.saturating_sub(head.len() + link.len());
    let package = particulars.package.map(safe);
    let mut said = text(package.as_deref());
    if said.len() > room {
        // The package's name is the one long part; without it the sentence is still true.
        said = text(particulars.package.map(|_| "this package"));
    }
    said.truncate(room);
    format!("{head}{said}{link}")
}

fn body(code: Code, particulars: &Particulars<'_>, package: Option<&str>) -> String {
    let Particulars { bearer, action, version, at, .. } = particulars;
    let feed = safe(particulars.feed);
    let verb = action.map_or("use", Action::verb);
    let on = at.map(|at| format!(" on {}", at.short_date())).unwrap_or_default();
    let object = match (package, action) {
        (Some(package), Some(Action::Read)) => format!("{package} from feed {feed}"),
        (Some(package), Some(Action::PushNew | Action::PushVersion)) => {
            format!("{package} to feed {feed}")
        }
        (Some(package), _) => format!("{package} in feed {feed}"),
        (None, Some(Action::PushNew | Action::PushVersion)) => format!("to feed {feed}"),
        (None, _) => format!("feed {feed}"),
    };
    match code {
        Code::Missing => format!(
            "feed {feed} asks for a credential: an access token, or a user name with a password to read."
        ),
        Code::Unknown => "no access token or account here matches this credential.".to_owned(),
        Code::Checksum => {
            "this access token looks mistyped or cut short: its check digits do not match."
                .to_owned()
        }
        Code::Expired => format!("{bearer} expired{on}. Its owner can renew it with Regenerate."),
        Code::NotYet => {
            let from = at.map(|at| format!(" before {}", at.short_date())).unwrap_or_default();
            format!("{bearer} is not valid{from}.")
        }
        Code::Revoked => format!("{bearer} was revoked{on}. Create another."),
        Code::Suspended => format!("{bearer} was suspended{on}. Its owner can resume it."),
        Code::Leaked => {
            format!(
                "{bearer} was found in public{on} and is refused until its owner regenerates it."
            )
        }
        Code::Rotated => {
            format!("this secret of {bearer} was replaced and stopped{on}. Use the new one.")
        }
        Code::Disabled => "the account of this credential is disabled.".to_owned(),
        Code::PasswordReadonly => {
            format!(
                "a password may read feed {feed} but not {verb}. Use an access token with write access."
            )
        }
        Code::Scope => {
            format!("{bearer} may not {verb} {object}: no rule of its scope allows {verb}.")
        }
        Code::Feed => format!("{bearer} has no access to feed {feed}."),
        Code::Package => format!("{bearer} may not {verb} {object}."),
        Code::Network => format!("{bearer} may not be used from this address."),
        Code::Role => {
            let needed = action.map_or(Role::Reader, Role::needed_for);
            format!(
                "the owner of this credential may not {verb} {object}: that takes the role {needed}."
            )
        }
        Code::Rate => {
            let seconds = particulars.retry_after.map_or(1, |wait| wait.as_secs().max(1));
            format!("too many failed tries. Try again in {seconds} s.")
        }
        Code::Exists => format!(
            "{} {} exists in feed {feed} and cannot be overwritten. Publish a new version.",
            package.unwrap_or("this package"),
            safe(version.unwrap_or_default()),
        ),
    }
}

/// A name from a request, reduced to the characters names have, so that nothing can be smuggled
/// into a header or a terminal.
fn safe(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "@/._:-+".contains(*c)).take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn push(package: &str) -> Particulars<'_> {
        Particulars {
            bearer: Bearer::Token("91c2".to_owned()),
            action: Some(Action::PushVersion),
            feed: "main",
            package: Some(package),
            version: Some("1.0.0"),
            at: Some(Timestamp::from_millis(1_803_297_600_000)),
            retry_after: Some(Duration::from_secs(8)),
        }
    }

    #[test]
    fn says_what_the_product_promises() {
        assert_eq!(
            sentence(Code::Package, &push("Foo.Bar"), Some("https://host/denials/4fJ")),
            "[LK-PACKAGE] token ending 91c2 may not push Foo.Bar to feed main. Why: https://host/denials/4fJ"
        );
    }

    #[test]
    fn statuses_follow_the_table() {
        let of = |status| Code::ALL.iter().filter(|code| code.status() == status).count();
        assert_eq!((of(401), of(403), of(429), of(409)), (10, 6, 1, 1));
        for code in Code::ALL {
            assert_eq!(Code::from_text(code.text()), Some(*code));
        }
    }

    proptest! {
        #[test]
        fn a_sentence_is_one_short_ascii_line(
            index in 0..Code::ALL.len(),
            package in "\\PC{0,300}",
            feed in "\\PC{0,80}",
            link in proptest::option::of("https://[a-z]{1,40}/denials/[0-9A-Za-z]{17}"),
        ) {
            let particulars = Particulars { feed: &feed, ..push(&package) };
            let text = sentence(Code::ALL[index], &particulars, link.as_deref());
            prop_assert!(text.len() <= LONGEST_SENTENCE, "{}", text);
            prop_assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", text);
            let head = format!("[{}] ", Code::ALL[index]);
            prop_assert!(text.starts_with(&head));
            if let Some(link) = &link {
                prop_assert!(text.ends_with(link));
            }
            for text in [
                urls_only_read_sentence(),
                not_for_urls_sentence(&particulars, link.as_deref()),
                registered_sentence(&particulars),
            ] {
                prop_assert!(text.len() <= LONGEST_SENTENCE, "{}", text);
                prop_assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", text);
            }
            let text = deleted_sentence(&particulars);
            prop_assert!(text.len() <= LONGEST_SENTENCE, "{}", text);
            prop_assert!(text.starts_with("[LK-EXISTS] ") && text.ends_with('.'), "{}", text);
        }
    }
}
