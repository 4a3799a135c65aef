//! Package names, by the rules npm has for new packages.

use std::fmt;

use super::sentence::Excerpt;

/// The most characters a name may have, scope and slash included.
pub(crate) const NAME_LIMIT: usize = 214;

/// Names npm refuses because they mean something else on disk or in a browser.
const RESERVED: [&str; 2] = ["node_modules", "favicon.ico"];

/// A valid package name: `demo` or `@acme/demo`. Lower-case letters, digits, `.`, `_` and `-`, as npm
/// demands of new packages (`validate-npm-package-name`, `validForNewPackages`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    text: String,
    /// Where the base begins: 0, or just after the scope's slash.
    base: usize,
}

/// Why a text is no package name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    /// Nothing there.
    #[error("The package name is empty: give it a name in package.json.")]
    Empty,
    /// Over [`NAME_LIMIT`].
    #[error(
        "The package name is longer than 214 characters, scope included: choose a shorter one in package.json."
    )]
    TooLong,
    /// Capital letters.
    #[error(
        "The package name {0} has capital letters, which npm allows no more: write it in lower case."
    )]
    UpperCase(Excerpt),
    /// A character outside the allowed set.
    #[error(
        "The package name {0} may only have letters a to z, digits, dots, hyphens and underscores: rename it."
    )]
    Character(Excerpt),
    /// A first character that npm or the paths give another meaning.
    #[error("The package name {0} must begin with a letter or a digit: rename it in package.json.")]
    Beginning(Excerpt),
    /// `node_modules` or `favicon.ico`.
    #[error("The package name {0} is reserved by npm: choose another in package.json.")]
    Reserved(Excerpt),
    /// A scope that is empty, begins with a dot or has no name after it.
    #[error("The scoped package name {0} must look like @scope/name: correct it in package.json.")]
    Scope(Excerpt),
}

impl Name {
    /// Reads a name as it stands in a manifest or, decoded, in a path.
    pub(crate) fn parse(text: &str) -> Result<Self, NameError> {
        let excerpt = || Excerpt::of(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > NAME_LIMIT {
            return Err(NameError::TooLong);
        }
        let (scope, base) = match text.strip_prefix('@') {
            None => (None, text),
            Some(scoped) => match scoped.split_once('/') {
                Some((scope, base))
                    if !scope.is_empty() && !base.is_empty() && !scope.starts_with('.') =>
                {
                    (Some(scope), base)
                }
                _ => return Err(NameError::Scope(excerpt())),
            },
        };
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NameError::UpperCase(excerpt()));
        }
        if !scope.unwrap_or_default().bytes().chain(base.bytes()).all(is_allowed) {
            return Err(NameError::Character(excerpt()));
        }
        // npm lets the names of scoped packages begin with an underscore. A hyphen would read as the
        // `-` that separates a package from its archives in paths.
        if base.starts_with(['.', '-']) || (scope.is_none() && base.starts_with('_')) {
            return Err(NameError::Beginning(excerpt()));
        }
        if RESERVED.contains(&base) {
            return Err(NameError::Reserved(excerpt()));
        }
        Ok(Self { text: text.to_owned(), base: text.len() - base.len() })
    }

    /// The whole name, `@scope/base` or `base`.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The scope with its `@`, without its slash.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.text[..self.base].strip_suffix('/')
    }

    /// The name without its scope.
    pub(crate) fn base(&self) -> &str {
        &self.text[self.base..]
    }

    /// The file name of a version's archive, `base-version.tgz`.
    pub(crate) fn tarball_file(&self, version: &str) -> String {
        format!("{}-{version}.tgz", self.base())
    }

    /// What stands for the version in an archive's file name, with or without the scope before it
    /// (`demo-1.0.0.tgz`, `@acme/demo-1.0.0.tgz`). It need not be a valid version.
    pub(crate) fn tarball_version<'a>(&self, file: &'a str) -> Option<&'a str> {
        let file = file.strip_prefix(&self.text[..self.base]).unwrap_or(file);
        file.strip_prefix(self.base())?
            .strip_prefix('-')?
            .strip_suffix(".tgz")
            .filter(|version| !version.is_empty())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn is_allowed(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::super::sentence::tests::assert_fit_for_a_header;
    use super::*;

    /// Every name of up to a few characters a part.
    pub(crate) fn names() -> impl Strategy<Value = Name> {
        "(@[a-z0-9_-][a-z0-9._-]{0,8}/)?[a-z0-9][a-z0-9._-]{0,12}"
            .prop_filter_map("reserved", |text| Name::parse(&text).ok())
    }

    #[test]
    fn names_fall_into_scope_and_base() {
        let plain = Name::parse("demo").unwrap();
        assert_eq!((plain.scope(), plain.base(), plain.as_str()), (None, "demo", "demo"));
        let scoped = Name::parse("@acme/demo").unwrap();
        assert_eq!(
            (scoped.scope(), scoped.base(), scoped.as_str()),
            (Some("@acme"), "demo", "@acme/demo")
        );
        for fine in [
            "a",
            "0",
            "a.b_c-d",
            "@-x/y",
            "@a/_private",
            "http",
            "a..b",
            "@a.b/c",
            &"a".repeat(NAME_LIMIT),
        ] {
            assert!(Name::parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn what_npm_refuses_is_refused_with_the_reason() {
        let excerpt = Excerpt::of;
        for (text, error) in [
            ("", NameError::Empty),
            (&"a".repeat(NAME_LIMIT + 1), NameError::TooLong),
            ("Demo", NameError::UpperCase(excerpt("Demo"))),
            ("@Acme/demo", NameError::UpperCase(excerpt("@Acme/demo"))),
            ("a b", NameError::Character(excerpt("a b"))),
            ("a/b", NameError::Character(excerpt("a/b"))),
            ("a%2fb", NameError::Character(excerpt("a%2fb"))),
            ("caf\u{e9}", NameError::Character(excerpt("caf\u{e9}"))),
            ("a~b", NameError::Character(excerpt("a~b"))),
            ("@a/b/c", NameError::Character(excerpt("@a/b/c"))),
            ("@a@b/c", NameError::Character(excerpt("@a@b/c"))),
            ("a\0", NameError::Character(excerpt("a\0"))),
            (".a", NameError::Beginning(excerpt(".a"))),
            ("..", NameError::Beginning(excerpt(".."))),
            ("_a", NameError::Beginning(excerpt("_a"))),
            ("-", NameError::Beginning(excerpt("-"))),
            ("@a/-", NameError::Beginning(excerpt("@a/-"))),
            ("@a/..", NameError::Beginning(excerpt("@a/.."))),
            ("node_modules", NameError::Reserved(excerpt("node_modules"))),
            ("favicon.ico", NameError::Reserved(excerpt("favicon.ico"))),
            ("@", NameError::Scope(excerpt("@"))),
            ("@a", NameError::Scope(excerpt("@a"))),
            ("@a/", NameError::Scope(excerpt("@a/"))),
            ("@/a", NameError::Scope(excerpt("@/a"))),
            ("@../a", NameError::Scope(excerpt("@../a"))),
        ] {
            assert_fit_for_a_header(&error.to_string());
            assert_eq!(Name::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_archive_is_recognised_with_and_without_its_scope() {
        let name = Name::parse("@acme/demo").unwrap();
        assert_eq!(name.tarball_file("1.0.0-rc.1"), "demo-1.0.0-rc.1.tgz");
        for (file, version) in [
            ("demo-1.0.0.tgz", Some("1.0.0")),
            ("@acme/demo-1.0.0.tgz", Some("1.0.0")),
            ("@other/demo-1.0.0.tgz", None),
            ("demo-.tgz", None),
            ("demo-1.0.0.tar.gz", None),
            ("demo1.0.0.tgz", None),
            ("demon-1.0.0.tgz", None),
        ] {
            assert_eq!(name.tarball_version(file), version, "{file}");
        }
    }

    proptest! {
        #[test]
        fn a_name_survives_its_text(name in names()) {
            prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
            let joined = match name.scope() {
                Some(scope) => format!("{scope}/{}", name.base()),
                None => name.base().to_owned(),
            };
            prop_assert_eq!(joined, name.as_str());
        }

        #[test]
        fn an_archive_gives_its_version_back(name in names(), version in "[0-9a-z.-]{1,20}") {
            let file = name.tarball_file(&version);
            prop_assert_eq!(name.tarball_version(&file), Some(version.as_str()));
        }

        #[test]
        fn any_text_is_a_name_or_a_fit_sentence(text in any::<String>()) {
            if let Err(error) = Name::parse(&text) {
                assert_fit_for_a_header(&error.to_string());
            }
        }
    }
}
