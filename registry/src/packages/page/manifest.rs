//! What a manifest says about its package. It is the publisher's word, and may say anything: what is
//! too long or of another type than the ecosystem's documentation has it is left out.
//!
//! npm's is kept as it came (`package-json.md`); those of the others are made by their protocols, with
//! the same names for the same things.

mod dependencies;
mod licences;

use model::{
    characters::turns,
    ecosystem::Ecosystem,
    views::{About, LinkKind},
};
use serde_json::{Map, Value};

/// The most words to find a package by that are shown.
const KEYWORDS: usize = 20;
/// The most characters of a description, of texts in lines, of a name, and of anything else.
const LONGEST_DESCRIPTION: usize = 1000;
const LONGEST_TEXT: usize = 40_000;
const LONGEST_NAME: usize = 214;
const LONGEST_WORDS: usize = 100;
/// The most characters of an address.
const LONGEST_ADDRESS: usize = 500;

/// Where the short forms of repositories lead.
const HOSTS: [(&str, &str); 4] = [
    ("github:", "https://github.com/"),
    ("gitlab:", "https://gitlab.com/"),
    ("bitbucket:", "https://bitbucket.org/"),
    ("gist:", "https://gist.github.com/"),
];

/// A manifest of a kind of package.
pub(super) struct Manifest(Map<String, Value>, Ecosystem);

impl Manifest {
    /// Reads a stored manifest.
    pub(super) fn read(ecosystem: Ecosystem, stored: &str) -> Self {
        Self(serde_json::from_str(stored).unwrap_or_default(), ecosystem)
    }

    /// What it says in a few words.
    pub(super) fn about(&self) -> About {
        let engines = self.object("engines").filter_map(|(name, range)| {
            Some(plain(&format!("{name} {}", range.as_str()?), LONGEST_WORDS))
        });
        let links = [
            (LinkKind::Homepage, self.text("homepage").and_then(web_address)),
            (LinkKind::Repository, self.text_or("repository", "url").and_then(repository)),
            (LinkKind::Issues, self.text_or("bugs", "url").and_then(web_address)),
        ];
        About {
            description: plain(self.text("description").unwrap_or_default(), LONGEST_DESCRIPTION),
            licences: self.licences(),
            authors: plain(self.text("authors").unwrap_or_default(), LONGEST_NAME),
            keywords: self
                .words(if self.1 == Ecosystem::Nuget { "tags" } else { "keywords" })
                .collect(),
            notes: lines(self.text("releaseNotes").unwrap_or_default()),
            links: links.into_iter().filter_map(|(kind, link)| Some((kind, link?))).collect(),
            engines: engines.filter(|engine| !engine.is_empty()).take(8).collect(),
        }
    }

    /// Where a Bower package is; empty for others.
    pub(super) fn url(&self) -> String {
        self.text("url").unwrap_or_default().to_owned()
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// A field that is a text, or an object in which `inner` is the text.
    fn text_or(&self, field: &str, inner: &str) -> Option<&str> {
        self.text(field).or_else(|| self.0.get(field)?.get(inner)?.as_str())
    }

    fn object(&self, field: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.0.get(field).and_then(Value::as_object).into_iter().flatten()
    }

    /// The texts of a list.
    fn words(&self, field: &str) -> impl Iterator<Item = String> {
        let all = self.0.get(field).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(|word| Some(plain(word.as_str()?, LONGEST_WORDS)))
            .filter(|word| !word.is_empty())
            .take(KEYWORDS)
    }
}

/// Text for one line: without control characters and those that turn the direction of what follows.
fn plain(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    cut(words.chars().filter(|c| !c.is_control() && !turns(*c)), longest)
}

/// Text in lines.
fn lines(text: &str) -> String {
    let kept = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !turns(*c);
    cut(text.trim().chars().filter(kept), LONGEST_TEXT)
}

/// What is cut short says so.
fn cut(mut text: impl Iterator<Item = char>, longest: usize) -> String {
    let mut kept: String = text.by_ref().take(longest).collect();
    if text.next().is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}

/// An address that a browser may be led to: `http` or `https`, with a host and no password.
fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte));
    let is_fit =
        is_web && is_host && is_plain && !host.contains('@') && text.len() <= LONGEST_ADDRESS;
    is_fit.then(|| text.to_owned())
}

/// The page of a repository. What is cloned by another protocol has none.
fn repository(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("git+").unwrap_or(text);
    let path = |path: &str| {
        let mut parts = path.split('/');
        let is_name = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        (parts.clone().count() <= 2 && parts.all(is_name)).then(|| path.to_owned())
    };
    if let Some((_, rest)) = text.split_once("://") {
        let is_git = rest.contains('/');
        return web_address(text.strip_suffix(".git").unwrap_or(text)).filter(|_| is_git);
    }
    for (prefix, site) in HOSTS {
        if let Some(rest) = text.strip_prefix(prefix) {
            return path(rest).map(|path| format!("{site}{path}"));
        }
    }
    path(text).filter(|path| path.contains('/')).map(|path| format!("https://github.com/{path}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn manifest(ecosystem: Ecosystem, value: &Value) -> Manifest {
        Manifest::read(ecosystem, &value.to_string())
    }

    fn npm(value: &Value) -> Manifest {
        manifest(Ecosystem::Npm, value)
    }

    #[test]
    fn what_a_manifest_says_is_read() {
        let read = npm(&json!({
            "description": " A \n thing ",
            "keywords": ["a", " b  c "],
            "license": "MIT",
            "homepage": "https://acme.example/demo#readme",
            "repository": { "type": "git", "url": "git+https://git.example/acme/demo.git" },
            "bugs": "https://git.example/acme/demo/issues",
            "engines": { "node": ">=18", "npm": 9 },
        }));
        let about = read.about();
        assert_eq!(about.description, "A thing");
        assert_eq!(
            about.links,
            [
                (LinkKind::Homepage, "https://acme.example/demo#readme".to_owned()),
                (LinkKind::Repository, "https://git.example/acme/demo".to_owned()),
                (LinkKind::Issues, "https://git.example/acme/demo/issues".to_owned()),
            ]
        );
        assert_eq!(about.engines, ["node >=18"]);
        assert_eq!(about.keywords, ["a", "b c"]);
    }

    #[test]
    fn what_nuget_says_is_read() {
        let about = manifest(
            Ecosystem::Nuget,
            &json!({
                "description": "A\nthing", "authors": "Ann, Bob", "tags": ["x", "<b>", 7, ""],
                "releaseNotes": " One.\r\n\u{202e}Two.\u{7} ",
                "homepage": "javascript:alert(1)", "repository": { "type": "git", "url": "https://git.example/a/b.git" },
            }),
        )
        .about();
        assert_eq!((about.description.as_str(), about.authors.as_str()), ("A thing", "Ann, Bob"));
        assert_eq!(
            (about.keywords, about.notes.as_str()),
            (vec!["x".to_owned(), "<b>".to_owned()], "One.\nTwo.")
        );
        assert_eq!(about.links, [(LinkKind::Repository, "https://git.example/a/b".to_owned())]);
    }

    #[test]
    fn odd_manifests_say_nothing() {
        for odd in [
            json!(null),
            json!([1]),
            json!({ "description": 1, "license": [], "homepage": {}, "repository": 7, "bugs": { "url": [] },
                "engines": "node", "dependencies": ["a"], "peerDependencies": "b", "licenses": "MIT",
                "dependencyGroups": [7, { "dependencies": "x" }], "authors": [], "tags": "a", "releaseNotes": {}, "licenseText": 1 }),
        ] {
            for ecosystem in Ecosystem::ALL {
                let read = manifest(ecosystem, &odd);
                assert_eq!(read.about(), About::default(), "{odd}");
                assert_eq!(read.dependencies(), [], "{odd}");
            }
        }
        assert_eq!(Manifest::read(Ecosystem::Npm, "not json").about(), About::default());
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for good in [
            "https://a.example",
            "http://127.0.0.1:3000/x?y#z",
            "HTTPS://A.EXAMPLE/",
            "https://[::1]/",
        ] {
            assert_eq!(web_address(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data:text/html,x",
            "//a.example",
            "https://",
            "https:///a",
            "https://user:pass@a.example",
            "https://a.example/\"onclick=",
            "https://a.example/\u{202e}",
            "ftp://a.example",
            "file:///etc/passwd",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
        assert_eq!(
            web_address(&format!("https://a.example/{}", "x".repeat(LONGEST_ADDRESS))),
            None
        );
    }

    #[test]
    fn repositories_have_pages_where_they_are_on_the_web() {
        for (text, page) in [
            ("git+https://git.example/a/b.git", Some("https://git.example/a/b")),
            ("https://git.example/a/b", Some("https://git.example/a/b")),
            ("github:a/b", Some("https://github.com/a/b")),
            ("a/b", Some("https://github.com/a/b")),
            ("gitlab:a/b", Some("https://gitlab.com/a/b")),
            ("git+ssh://git@git.example/a/b.git", None),
            ("git@git.example:a/b.git", None),
            ("git://git.example/a/b.git", None),
            ("a", None),
            ("github:../../x", None),
            ("javascript:alert(1)//a", None),
            ("a/b/c", None),
        ] {
            assert_eq!(repository(text).as_deref(), page, "{text}");
        }
    }

    #[test]
    fn text_cannot_turn_around_what_follows() {
        assert_eq!(plain("a\u{202e}b\u{0007}c\n\td", 100), "abc d");
        let long = plain(&"ä".repeat(LONGEST_DESCRIPTION + 1), LONGEST_DESCRIPTION);
        assert_eq!(long.chars().count(), LONGEST_DESCRIPTION);
        assert!(long.ends_with('…'));
    }
}
