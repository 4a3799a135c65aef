//! What a manifest says about its package. It is the publisher's word, and may say anything: what is
//! too long or of another type than npm's documentation has it (`package-json.md`) is left out.

use model::views::{About, Dependencies, Dependency, DependencyKind, LinkKind};
use serde_json::{Map, Value};

/// The most dependencies of a sort that are shown.
const DEPENDENCIES: usize = 200;
/// The most characters of a description, of a name, and of anything else.
const LONGEST_DESCRIPTION: usize = 300;
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

/// A manifest of npm.
pub(super) struct Manifest(Map<String, Value>);

impl Manifest {
    /// Reads a stored manifest.
    pub(super) fn read(stored: &str) -> Self {
        Self(serde_json::from_str(stored).unwrap_or_default())
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
            licence: self.licence(),
            links: links.into_iter().filter_map(|(kind, link)| Some((kind, link?))).collect(),
            engines: engines.filter(|engine| !engine.is_empty()).take(8).collect(),
        }
    }

    /// Where a Bower package is; empty for others.
    pub(super) fn url(&self) -> String {
        self.text("url").unwrap_or_default().to_owned()
    }

    /// What it depends on. Whether the feed has it is not known here.
    pub(super) fn dependencies(&self) -> Vec<Dependencies> {
        let sorts = [
            ("dependencies", DependencyKind::Needed),
            ("peerDependencies", DependencyKind::Peer),
            ("optionalDependencies", DependencyKind::Optional),
            ("devDependencies", DependencyKind::Development),
        ];
        let part = |(field, kind)| {
            // npm writes what is optional among what is needed too.
            let is_optional = |name: &str| {
                kind == DependencyKind::Needed
                    && self.object("optionalDependencies").any(|(optional, _)| optional == name)
            };
            let mut all: Vec<_> = self
                .object(field)
                .filter(|(name, _)| !name.is_empty() && !is_optional(name))
                .map(|(name, range)| Dependency {
                    name: plain(name, LONGEST_NAME),
                    range: plain(range.as_str().unwrap_or_default(), LONGEST_WORDS),
                    is_here: false,
                })
                .collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            let more = all.len().saturating_sub(DEPENDENCIES);
            all.truncate(DEPENDENCIES);
            Dependencies { kind, shown: all, more: u64::try_from(more).unwrap_or(0) }
        };
        sorts.into_iter().map(part).filter(|part| !part.shown.is_empty()).collect()
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

    /// The licence; old packages have an object, or a list of them under another name.
    fn licence(&self) -> Option<String> {
        let old = || self.0.get("licenses")?.get(0)?.get("type")?.as_str();
        let text = self.text_or("license", "type").or_else(old);
        text.map(|text| plain(text, LONGEST_WORDS)).filter(|text| !text.is_empty())
    }
}

/// Text for one line: without control characters and those that turn the direction of what follows.
fn plain(text: &str, longest: usize) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control() && !turns(*c)).take(longest).collect()
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

    fn manifest(value: &Value) -> Manifest {
        Manifest::read(&value.to_string())
    }

    #[test]
    fn what_a_manifest_says_is_read() {
        let read = manifest(&json!({
            "description": " A \n thing ",
            "license": "MIT",
            "homepage": "https://acme.example/demo#readme",
            "repository": { "type": "git", "url": "git+https://git.example/acme/demo.git" },
            "bugs": "https://git.example/acme/demo/issues",
            "engines": { "node": ">=18", "npm": 9 },
            "dependencies": { "b": "^1.0.0", "a": "2", "o": "1" },
            "optionalDependencies": { "o": "1" },
            "peerDependencies": {},
            "devDependencies": { "t": { "odd": true } },
        }));
        let about = read.about();
        assert_eq!(
            (about.description.as_str(), about.licence.as_deref()),
            ("A thing", Some("MIT"))
        );
        assert_eq!(
            about.links,
            [
                (LinkKind::Homepage, "https://acme.example/demo#readme".to_owned()),
                (LinkKind::Repository, "https://git.example/acme/demo".to_owned()),
                (LinkKind::Issues, "https://git.example/acme/demo/issues".to_owned()),
            ]
        );
        assert_eq!(about.engines, ["node >=18"]);
        let parts = read.dependencies();
        let said: Vec<_> = parts
            .iter()
            .flat_map(|part| {
                part.shown.iter().map(|d| (part.kind, d.name.as_str(), d.range.as_str()))
            })
            .collect();
        assert_eq!(
            said,
            [
                (DependencyKind::Needed, "a", "2"),
                (DependencyKind::Needed, "b", "^1.0.0"),
                (DependencyKind::Optional, "o", "1"),
                (DependencyKind::Development, "t", ""),
            ]
        );
    }

    #[test]
    fn old_licences_are_read() {
        for old in [
            json!({ "license": { "type": "ISC", "url": "https://x.example" } }),
            json!({ "licenses": [{ "type": "ISC" }, { "type": "MIT" }] }),
        ] {
            assert_eq!(manifest(&old).about().licence.as_deref(), Some("ISC"), "{old}");
        }
    }

    #[test]
    fn odd_manifests_say_nothing() {
        for odd in [
            json!(null),
            json!([1]),
            json!({ "description": 1, "license": [], "homepage": {}, "repository": 7, "bugs": { "url": [] },
                "engines": "node", "dependencies": ["a"], "peerDependencies": "b", "licenses": "MIT" }),
        ] {
            let read = manifest(&odd);
            assert_eq!(read.about(), About::default(), "{odd}");
            assert_eq!(read.dependencies(), []);
        }
        assert_eq!(Manifest::read("not json").about(), About::default());
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
        assert_eq!(
            plain(&"ä".repeat(400), LONGEST_DESCRIPTION).chars().count(),
            LONGEST_DESCRIPTION
        );
    }
}
