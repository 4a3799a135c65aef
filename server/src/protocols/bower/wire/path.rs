//! What an address below `bower/` means.

use percent_encoding::percent_decode_str;

use super::name::{Name, NameError};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// All packages: to list them, or to register one.
    Packages,
    /// One package.
    Package(Result<Name, NameError>),
    /// Packages by words.
    Search(String),
}

impl Path {
    /// Reads what follows `bower/`, as sent.
    pub(crate) fn parse(path: &str) -> Self {
        let rest = path.strip_prefix("packages").unwrap_or_default();
        match rest.strip_prefix('/').unwrap_or_default() {
            "" => Self::Packages,
            rest => match rest.split_once('/') {
                Some(("search", words)) => Self::Search(decoded(words)),
                _ => Self::Package(Name::parse(&decoded(rest))),
            },
        }
    }
}

/// The feed that a path names, and what follows `/bower/`, both as sent.
pub(crate) fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix("/F/").unwrap_or_default();
    let (feed, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (feed, rest.strip_prefix("bower/").unwrap_or_default())
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_bower_asks_for() {
        for (path, expected) in [
            ("packages", Path::Packages),
            ("packages/", Path::Packages),
            ("packages/demo", Path::Package(Name::parse("demo"))),
            ("packages/de%6do", Path::Package(Name::parse("demo"))),
            ("packages/search", Path::Package(Name::parse("search"))),
            ("packages/search/a%20b", Path::Search("a b".to_owned())),
            ("packages/a%2Fb", Path::Package(Err(NameError::Character))),
        ] {
            assert_eq!(Path::parse(path), expected, "{path}");
        }
        assert_eq!(split("/F/Main/bower/packages/x"), ("Main", "packages/x"));
        assert_eq!(split("/F/main"), ("main", ""));
    }

    proptest! {
        #[test]
        fn any_path_means_something(path in "[!-~]{0,40}") {
            Path::parse(&path);
            split(&path);
        }
    }
}
