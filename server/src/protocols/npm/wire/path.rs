//! What a path below a feed's npm address means.

use super::{
    account::Account,
    name::{Name, NameError},
};

/// Everything this server knows to lie below `/F/{feed}/npm/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// The address itself; npm looks here for updates of its own.
    Root,
    /// `-/ping`.
    Ping,
    /// `-/whoami`.
    Whoami,
    /// `-/npm/v1/security/advisories/bulk`, npm 7 and later.
    AdvisoriesBulk,
    /// `-/npm/v1/security/audits/quick`, the older fallback.
    AuditQuick,
    /// `-/npm/v1/security/audits`, npm 6, yarn and pnpm.
    Audits,
    /// A package: `demo`, `@acme/demo`, `@acme%2fdemo`.
    Package(Name),
    /// A package's archive: `demo/-/demo-1.0.0.tgz`. `file` is without scope and need not name a
    /// version: ask [`Name::tarball_version`].
    Tarball {
        /// The package.
        name: Name,
        /// The file name after `/-/`, or after `/-/@scope/`, where npm's own clients look.
        file: String,
    },
    /// One version, by its number or by a dist-tag: `demo/1.0.0`, `demo/latest`.
    Version(Name, String),
    /// A package as somebody changed it, by its `_rev`: `demo/-rev/1-abc`.
    PackageRevision(Name, String),
    /// An archive to be deleted, by the package's `_rev`: `demo/-/demo-1.0.0.tgz/-rev/1-abc`.
    TarballRevision {
        /// The package.
        name: Name,
        /// The file name, as in [`Tarball`](Self::Tarball).
        file: String,
        /// The `_rev`.
        rev: String,
    },
    /// A package's dist-tags: `-/package/demo/dist-tags`.
    Tags(Name),
    /// One of them: `-/package/demo/dist-tags/beta`.
    Tag(Name, String),
    /// `-/v1/search`.
    Search,
    /// Signing in and out, tokens, the profile.
    Account(Account),
    /// What a command of npm's asks for and this server does not have.
    Unserved(Command),
    /// Well formed, but nothing npm's clients ask for.
    Unknown,
}

/// A command that npm's clients have and this server does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// `npm owner`.
    Owner,
    /// `npm star`, `npm unstar`, `npm stars`.
    Star,
    /// `npm access`, `npm team`, `npm org`.
    Access,
    /// `npm hook`.
    Hook,
}

impl Command {
    /// The command as people type it.
    pub(crate) fn typed(self) -> &'static str {
        match self {
            Self::Owner => "npm owner",
            Self::Star => "npm star",
            Self::Access => "npm access",
            Self::Hook => "npm hook",
        }
    }

    /// The command that npm says it runs in the header `npm-command`, if it is one that is not served
    /// and would ask for something that is.
    pub(crate) fn named(command: &str) -> Option<Self> {
        match command {
            "owner" => Some(Self::Owner),
            "star" | "unstar" | "stars" => Some(Self::Star),
            "access" | "team" | "org" => Some(Self::Access),
            "hook" => Some(Self::Hook),
            _ => None,
        }
    }
}

/// Why a path is refused before its meaning is looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// A `%` without two hexadecimal digits.
    #[error(
        "The path has a percent sign without two hexadecimal digits after it: encode it as %25."
    )]
    PercentEncoding,
    /// NUL, line breaks and their kin.
    #[error("The path has a control character: package names and files have none.")]
    Control,
    /// Anything beyond ASCII.
    #[error("The path has characters beyond ASCII: package names and files have none.")]
    NonAscii,
    /// A separator on some systems.
    #[error("The path has a backslash: use a slash.")]
    Backslash,
    /// `.` or `..`.
    #[error("The path has a segment of only dots: write the path without . and .. segments.")]
    Dots,
    /// Two slashes in a row, or one at either end.
    #[error(
        "The path has an empty segment: write it without doubled, leading or trailing slashes."
    )]
    EmptySegment,
    /// The package it names cannot exist.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl Path {
    /// Reads what follows `/F/{feed}/npm/`, still percent-encoded and without the query.
    ///
    /// The path is decoded once and as a whole: clients encode the slash of a scoped name as `%2f`,
    /// as `%2F` or not at all, and no other slash can be part of a name.
    pub(crate) fn parse(raw: &str) -> Result<Self, PathError> {
        let decoded = decode(raw)?;
        if decoded.is_empty() {
            return Ok(Self::Root);
        }
        let segments: Vec<&str> = decoded.split('/').collect();
        if segments.contains(&"") {
            return Err(PathError::EmptySegment);
        }
        if segments.iter().any(|segment| matches!(*segment, "." | "..")) {
            return Err(PathError::Dots);
        }
        // npm 6 sends the registry's path twice when it unpublishes; no package is called `F`.
        let segments = match segments.as_slice() {
            ["F", _, "npm", rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        match segments {
            ["-", "package", scope, base, rest @ ..] if scope.starts_with('@') => {
                Ok(Self::about(Name::parse(&format!("{scope}/{base}"))?, rest))
            }
            ["-", "package", name, rest @ ..] => Ok(Self::about(Name::parse(name)?, rest)),
            ["-", route @ ..] => Ok(Self::service(route)),
            [scope, base, rest @ ..] if scope.starts_with('@') => {
                Ok(Self::below(Name::parse(&format!("{scope}/{base}"))?, rest))
            }
            [name, rest @ ..] => Ok(Self::below(Name::parse(name)?, rest)),
            [] => Ok(Self::Root),
        }
    }

    /// What lies below `-/`.
    fn service(route: &[&str]) -> Self {
        match route {
            ["ping"] => Self::Ping,
            ["whoami"] => Self::Whoami,
            ["npm", "v1", "security", "advisories", "bulk"] => Self::AdvisoriesBulk,
            ["npm", "v1", "security", "audits", "quick"] => Self::AuditQuick,
            ["npm", "v1", "security", "audits"] => Self::Audits,
            ["v1", "search"] => Self::Search,
            ["team" | "org", ..] => Self::Unserved(Command::Access),
            ["npm", "v1", "hooks", ..] => Self::Unserved(Command::Hook),
            ["_view", "starredByUser", ..] => Self::Unserved(Command::Star),
            _ => Account::of(route).map_or(Self::Unknown, Self::Account),
        }
    }

    /// What lies below `-/package/` and a package.
    fn about(name: Name, rest: &[&str]) -> Self {
        match rest {
            ["dist-tags"] => Self::Tags(name),
            ["dist-tags", tag] => Self::Tag(name, (*tag).to_owned()),
            ["access" | "collaborators"] => Self::Unserved(Command::Access),
            _ => Self::Unknown,
        }
    }

    /// What lies below a package.
    fn below(name: Name, rest: &[&str]) -> Self {
        match rest {
            [] => Self::Package(name),
            ["-", file] => Self::Tarball { file: (*file).to_owned(), name },
            ["-", scope, file] if name.scope() == Some(scope) => {
                Self::Tarball { file: (*file).to_owned(), name }
            }
            ["-rev", rev] => Self::PackageRevision(name, (*rev).to_owned()),
            ["-", file, "-rev", rev] => {
                Self::TarballRevision { name, file: (*file).to_owned(), rev: (*rev).to_owned() }
            }
            ["-", scope, file, "-rev", rev] if name.scope() == Some(scope) => {
                Self::TarballRevision { name, file: (*file).to_owned(), rev: (*rev).to_owned() }
            }
            [version] if !version.starts_with('-') => Self::Version(name, (*version).to_owned()),
            _ => Self::Unknown,
        }
    }
}

/// Percent-decodes `raw` (RFC 3986 §2.1) and lets only printable ASCII without backslashes through.
fn decode(raw: &str) -> Result<String, PathError> {
    let mut decoded = String::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                match (bytes.next().and_then(hexadecimal), bytes.next().and_then(hexadecimal)) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(PathError::PercentEncoding),
                }
            }
            plain => plain,
        };
        match byte {
            0..=0x1f | 0x7f => return Err(PathError::Control),
            0x80.. => return Err(PathError::NonAscii),
            b'\\' => return Err(PathError::Backslash),
            _ => decoded.push(char::from(byte)),
        }
    }
    Ok(decoded)
}

/// The value of a hexadecimal digit.
pub(crate) fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{name::tests::names, sentence::tests::assert_fit_for_a_header};
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn tarball(package: &str, file: &str) -> Path {
        Path::Tarball { name: name(package), file: file.to_owned() }
    }

    fn revision(package: &str) -> Path {
        Path::PackageRevision(name(package), "1-abc".to_owned())
    }

    fn archive(package: &str) -> Path {
        let (file, rev) = ("demo-1.0.0.tgz".to_owned(), "1-abc".to_owned());
        Path::TarballRevision { name: name(package), file, rev }
    }

    #[test]
    fn the_paths_clients_send() {
        for (raw, path) in [
            ("", Path::Root),
            ("-/ping", Path::Ping),
            ("-/whoami", Path::Whoami),
            ("-/npm/v1/security/advisories/bulk", Path::AdvisoriesBulk),
            ("-/npm/v1/security/audits/quick", Path::AuditQuick),
            ("-/npm/v1/security/audits", Path::Audits),
            ("demo", Path::Package(name("demo"))),
            ("@acme/demo", Path::Package(name("@acme/demo"))),
            ("@acme%2fdemo", Path::Package(name("@acme/demo"))),
            ("@acme%2Fdemo", Path::Package(name("@acme/demo"))),
            ("%40acme%2Fdemo", Path::Package(name("@acme/demo"))),
            ("demo/1.2.3", Path::Version(name("demo"), "1.2.3".to_owned())),
            ("demo/latest", Path::Version(name("demo"), "latest".to_owned())),
            ("@acme/demo/1.2.3", Path::Version(name("@acme/demo"), "1.2.3".to_owned())),
            ("@acme%2fdemo/1.2.3", Path::Version(name("@acme/demo"), "1.2.3".to_owned())),
            ("demo/-/demo-1.0.0.tgz", tarball("demo", "demo-1.0.0.tgz")),
            ("@acme/demo/-/demo-1.0.0.tgz", tarball("@acme/demo", "demo-1.0.0.tgz")),
            ("@acme%2fdemo/-/demo-1.0.0.tgz", tarball("@acme/demo", "demo-1.0.0.tgz")),
            ("@acme/demo/-/@acme/demo-1.0.0.tgz", tarball("@acme/demo", "demo-1.0.0.tgz")),
            ("@acme%2Fdemo/-/@acme%2Fdemo-1.0.0.tgz", tarball("@acme/demo", "demo-1.0.0.tgz")),
            ("-/v1/login", Path::Account(Account::Login)),
            ("-/v1/done/0123", Path::Account(Account::Done("0123".into()))),
            ("-/v1/done", Path::Unknown),
            ("-/user/org.couchdb.user:alice", Path::Account(Account::User("alice".to_owned()))),
            ("-/user/org.couchdb.user%3Aa%40b", Path::Account(Account::User("a@b".to_owned()))),
            ("-/user/org.couchdb.user:alice/-rev/1-abc", Path::Unknown),
            ("-/user/alice", Path::Unknown),
            ("-/user/token/lka_0123", Path::Account(Account::Logout("lka_0123".into()))),
            ("-/npm/v1/tokens", Path::Account(Account::Tokens)),
            ("-/npm/v1/tokens/token/0123", Path::Account(Account::Token("0123".into()))),
            ("-/npm/v1/user", Path::Account(Account::Profile)),
            ("-/v1/search", Path::Search),
            ("-/package/demo/dist-tags", Path::Tags(name("demo"))),
            ("-/package/@acme%2fdemo/dist-tags", Path::Tags(name("@acme/demo"))),
            (
                "-/package/@acme/demo/dist-tags/beta",
                Path::Tag(name("@acme/demo"), "beta".to_owned()),
            ),
            (
                "-/package/@acme%2fdemo/dist-tags/a%20b",
                Path::Tag(name("@acme/demo"), "a b".to_owned()),
            ),
            ("-/package/demo/access", Path::Unserved(Command::Access)),
            ("-/package/demo/collaborators", Path::Unserved(Command::Access)),
            ("-/team/acme/developers/package", Path::Unserved(Command::Access)),
            ("-/npm/v1/hooks", Path::Unserved(Command::Hook)),
            ("demo/-rev/1-abc", revision("demo")),
            ("F/main/npm/demo/-/demo-1.0.0.tgz/-rev/1-abc", archive("demo")),
            ("F/main/npm/@acme/demo/-/@acme/demo-1.0.0.tgz/-rev/1-abc", archive("@acme/demo")),
            ("@acme%2fdemo/-rev/1-abc", revision("@acme/demo")),
            ("demo/-/demo-1.0.0.tgz/-rev/1-abc", archive("demo")),
            ("@acme/demo/-/@acme/demo-1.0.0.tgz/-rev/1-abc", archive("@acme/demo")),
            ("@acme/demo/-/demo-1.0.0.tgz/-rev/1-abc", archive("@acme/demo")),
            ("-/package/demo", Path::Unknown),
            ("-/package", Path::Unknown),
            ("-", Path::Unknown),
            ("-/user", Path::Unknown),
            ("-/nothing", Path::Unknown),
            ("demo/-", Path::Unknown),
            ("demo/-rev", Path::Unknown),
            ("@acme/demo/-/@other/demo-1.0.0.tgz", Path::Unknown),
            ("demo/1.0.0/more", Path::Unknown),
        ] {
            assert_eq!(Path::parse(raw), Ok(path), "{raw}");
        }
    }

    #[test]
    fn tricks_are_refused_by_name() {
        for (raw, error) in [
            ("demo%", PathError::PercentEncoding),
            ("demo%2", PathError::PercentEncoding),
            ("demo%zz", PathError::PercentEncoding),
            ("demo%+1", PathError::PercentEncoding),
            ("demo%00", PathError::Control),
            ("demo/-/a%0d%0ab", PathError::Control),
            ("demo\u{7f}", PathError::Control),
            ("caf%c3%a9", PathError::NonAscii),
            ("caf\u{e9}", PathError::NonAscii),
            ("a%ff", PathError::NonAscii),
            ("demo%5c..", PathError::Backslash),
            ("demo\\x", PathError::Backslash),
            ("..", PathError::Dots),
            ("demo/-/..", PathError::Dots),
            ("demo/%2e%2e/x", PathError::Dots),
            ("demo/-/..%2f..%2fetc", PathError::Dots),
            ("./demo", PathError::Dots),
            ("demo/", PathError::EmptySegment),
            ("/demo", PathError::EmptySegment),
            ("demo//1.0.0", PathError::EmptySegment),
            ("@acme%2f%2fdemo", PathError::EmptySegment),
        ] {
            assert_fit_for_a_header(&error.to_string());
            assert_eq!(Path::parse(raw), Err(error), "{raw}");
        }
        for raw in [
            "Demo",
            "@acme",
            "@acme%252fdemo",
            "favicon.ico",
            "node_modules/x",
            ".git/config",
            "_all_docs",
            "a b",
            "a?b",
        ] {
            assert!(matches!(Path::parse(raw), Err(PathError::Name(_))), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_of_a_package_is_the_same_package(name in names(), version in "[0-9a-z][0-9a-z.-]{0,9}", style in 0_u8..3) {
            let spelled = match style {
                0 => name.as_str().to_owned(),
                1 => name.as_str().replace('/', "%2f"),
                _ => name.as_str().bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}")),
            };
            let file = name.tarball_file(&version);
            prop_assert_eq!(Path::parse(&spelled), Ok(Path::Package(name.clone())));
            prop_assert_eq!(Path::parse(&format!("{spelled}/{version}")), Ok(Path::Version(name.clone(), version)));
            prop_assert_eq!(Path::parse(&format!("{spelled}/-/{file}")), Ok(Path::Tarball { name, file }));
        }

        #[test]
        fn any_path_is_understood_or_refused(raw in "[-@a-zA-Z0-9%./\\\\_\u{0}-\u{ff}]{0,40}") {
            match Path::parse(&raw) {
                Ok(Path::Tarball { file, .. } | Path::Version(_, file)) => {
                    prop_assert!(!file.contains(['/', '\\', '\0']) && file != "..");
                }
                Ok(_) => {}
                Err(error) => assert_fit_for_a_header(&error.to_string()),
            }
        }
    }
}
