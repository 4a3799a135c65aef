//! Every document of version 3 in the shape that NuGet documents
//! (<https://learn.microsoft.com/nuget/api/overview>): from the service index on, each address that a
//! document gives is opened as its client would, and what is there is judged too.

use std::collections::{BTreeSet, VecDeque};

use model::{
    action::{Action, ActionSet},
    nuget_version::NugetVersion,
    token_form::TokenDraft,
};
use serde_json::Value;

use super::world::{PNG, ask, nupkg, push};
use crate::npm::world::{World, allow, bearer, draft};

const SERVER: &str = "http://127.0.0.1:3000";

/// A property: its name, whether it has to be there, and what it is.
type Property = (&'static str, bool, Kind);

#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// A text, or several.
    Texts,
    List(&'static [Property]),
    Object(&'static [Property]),
    Number,
    Flag,
    /// A moment (ISO 8601).
    Time,
    /// A version, normalised.
    Version,
    /// The same without build metadata.
    Bound,
    /// An address in the feed, and what is there.
    Here(Document),
    /// An address anywhere.
    Web,
}

/// What is at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Document {
    Service,
    Index,
    Page,
    Leaf,
    Versions,
    Found,
    Completed,
    Vulnerabilities,
    Vulnerable,
    /// Something that is no JSON.
    File,
}

use Document::{File, Index, Leaf, Page, Vulnerable};
use Kind::{Bound, Flag, Here, List, Number, Object, Text, Texts, Time, Version, Web};

const SERVICE: &[Property] = &[
    ("version", true, Version),
    ("resources", true, List(&[("@id", true, Web), ("@type", true, Text)])),
];
const INDEX: &[Property] = &[("count", true, Number), ("items", true, List(PAGE_IN_INDEX))];
const PAGE_IN_INDEX: &[Property] = &[
    ("@id", true, Here(Page)),
    ("count", true, Number),
    ("items", false, List(LEAF_IN_PAGE)),
    ("lower", true, Bound),
    ("upper", true, Bound),
    ("parent", false, Here(Index)),
];
const PAGE: &[Property] = &[
    ("@id", true, Here(Page)),
    ("count", true, Number),
    ("items", true, List(LEAF_IN_PAGE)),
    ("lower", true, Bound),
    ("upper", true, Bound),
    ("parent", true, Here(Index)),
];
const LEAF_IN_PAGE: &[Property] = &[
    ("@id", true, Here(Leaf)),
    ("catalogEntry", true, Object(ENTRY)),
    ("packageContent", true, Here(File)),
    ("registration", false, Here(Index)),
];
const ENTRY: &[Property] = &[
    ("@id", true, Here(Leaf)),
    ("authors", false, Texts),
    ("dependencyGroups", false, List(GROUP)),
    ("description", false, Text),
    ("iconUrl", false, Here(File)),
    ("id", true, Text),
    ("language", false, Text),
    ("licenseUrl", false, Here(File)),
    ("licenseExpression", false, Text),
    ("listed", false, Flag),
    ("minClientVersion", false, Text),
    ("packageContent", false, Here(File)),
    ("projectUrl", false, Web),
    ("published", false, Time),
    ("readmeUrl", false, Here(File)),
    ("requireLicenseAcceptance", false, Flag),
    ("summary", false, Text),
    ("tags", false, Texts),
    ("title", false, Text),
    ("version", true, Version),
];
const GROUP: &[Property] =
    &[("targetFramework", false, Text), ("dependencies", false, List(DEPENDENCY))];
const DEPENDENCY: &[Property] =
    &[("id", true, Text), ("range", false, Text), ("registration", false, Here(Index))];
const LEAF: &[Property] = &[
    ("@id", true, Here(Leaf)),
    ("catalogEntry", false, Web),
    ("listed", false, Flag),
    ("packageContent", false, Here(File)),
    ("published", false, Time),
    ("registration", false, Here(Index)),
];
const VERSIONS: &[Property] = &[("versions", true, Texts)];
const FOUND: &[Property] = &[("totalHits", true, Number), ("data", true, List(RESULT))];
const RESULT: &[Property] = &[
    ("id", true, Text),
    ("version", true, Version),
    ("description", false, Text),
    (
        "versions",
        true,
        List(&[("@id", true, Here(Leaf)), ("version", true, Version), ("downloads", true, Number)]),
    ),
    ("authors", false, Texts),
    ("iconUrl", false, Here(File)),
    ("licenseUrl", false, Here(File)),
    ("owners", false, Texts),
    ("projectUrl", false, Web),
    ("registration", false, Here(Index)),
    ("summary", false, Text),
    ("tags", false, Texts),
    ("title", false, Text),
    ("totalDownloads", false, Number),
    ("verified", false, Flag),
    ("packageTypes", true, List(&[("name", true, Text)])),
];
const COMPLETED: &[Property] = &[("totalHits", true, Number), ("data", true, Texts)];
const VULNERABILITIES: &[Property] = &[
    ("@name", true, Text),
    ("@id", true, Here(Vulnerable)),
    ("@updated", true, Time),
    ("comment", false, Text),
];

impl Document {
    fn check(self, value: &Value, visit: &mut Visit) {
        let properties = match self {
            Self::Service => SERVICE,
            Self::Index => INDEX,
            Self::Page => PAGE,
            Self::Leaf => LEAF,
            Self::Versions => VERSIONS,
            Self::Found => FOUND,
            Self::Completed => COMPLETED,
            Self::Vulnerabilities => {
                let length = value.as_array().map_or(0, Vec::len);
                assert!((1..=16).contains(&length), "{}: {length} files", visit.at);
                return visit.check(value, List(VULNERABILITIES));
            }
            // Nothing is known of any: an object by id without ids.
            Self::Vulnerable | Self::File => &[],
        };
        visit.check(value, Object(properties));
        if matches!(self, Self::Index | Self::Page) {
            check_bounds(value, &visit.at);
        }
    }
}

/// That pages have as many leaves as they say, each between their bounds.
fn check_bounds(document: &Value, at: &str) {
    let version = |value: &Value| value.as_str().unwrap().parse::<NugetVersion>().unwrap();
    let pages = if document.get("lower").is_some() {
        std::slice::from_ref(document)
    } else {
        let pages = document["items"].as_array().unwrap();
        assert_eq!(document["count"], pages.len(), "{at}");
        pages
    };
    for page in pages {
        let Some(leaves) = page.get("items").and_then(Value::as_array) else { continue };
        assert_eq!(page["count"], leaves.len(), "{at}");
        for leaf in leaves {
            let found = version(&leaf["catalogEntry"]["version"]);
            assert!(version(&page["lower"]) <= found && found <= version(&page["upper"]), "{at}");
        }
    }
}

/// A walk through a feed.
struct Visit {
    /// Where the feed is, with what stands in its addresses.
    base: String,
    /// Of what is judged, to be named in what is wrong.
    at: String,
    /// Found, and not opened yet.
    ahead: VecDeque<(String, Document)>,
}

impl Visit {
    fn check(&mut self, value: &Value, kind: Kind) {
        let at = self.at.clone();
        let is_right = match kind {
            Text => value.is_string(),
            Texts => {
                let all = value.as_array();
                value.is_string() || all.is_some_and(|all| all.iter().all(Value::is_string))
            }
            Number => value.is_u64(),
            Flag => value.is_boolean(),
            Time => value.as_str().is_some_and(is_time),
            Version | Bound => value.as_str().is_some_and(|text| {
                let version = text.parse::<NugetVersion>();
                let is_bound = !text.contains('+') || matches!(kind, Version);
                is_bound && version.is_ok_and(|version| version.to_string() == text)
            }),
            Web => value.as_str().is_some_and(|text| url::Url::parse(text).is_ok()),
            Here(document) => {
                let address = value.as_str().and_then(|text| text.strip_prefix(&self.base));
                let address = address.unwrap_or_else(|| panic!("{at}: {value} leads elsewhere"));
                self.ahead.push_back((address.to_owned(), document));
                true
            }
            List(properties) => {
                let all = value.as_array().unwrap_or_else(|| panic!("{at}: {value}"));
                for one in all {
                    self.check(one, Object(properties));
                }
                true
            }
            Object(properties) => {
                assert!(value.is_object(), "{at}: {value}");
                for (name, is_required, kind) in properties {
                    match value.get(name) {
                        Some(value) => self.inside(name, value, *kind),
                        None => assert!(!is_required, "{at}: no {name} in {value}"),
                    }
                }
                true
            }
        };
        assert!(is_right, "{}: {value}", self.at);
    }

    fn inside(&mut self, name: &str, value: &Value, kind: Kind) {
        let length = self.at.len();
        self.at = format!("{} {name}", self.at);
        self.check(value, kind);
        self.at.truncate(length);
    }
}

/// Like `2026-11-23T18:01:32.123Z`.
fn is_time(text: &str) -> bool {
    let shape: String =
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).take(19).collect();
    shape == "0000-00-00T00:00:00" && text.ends_with('Z')
}

/// What clients make of the service index, for packages they know of.
fn starts(index: &Value, base: &str) -> Vec<(String, Document)> {
    let mut starts = Vec::new();
    for resource in index["resources"].as_array().unwrap() {
        let kind = resource["@type"].as_str().unwrap().split('/').next().unwrap();
        let id = resource["@id"].as_str().unwrap();
        if kind == "PackageDetailsUriTemplate" {
            assert!(id.starts_with(&format!("{SERVER}/feeds/")), "{id}");
            continue;
        }
        let place = id.strip_prefix(base).unwrap_or_else(|| panic!("{kind}: {id} leads elsewhere"));
        let more: &[(&str, Document)] = match kind {
            "PackageBaseAddress" => &[
                ("demo.pkg/index.json", Document::Versions),
                ("many/index.json", Document::Versions),
                ("demo.pkg/1.0.0/demo.pkg.1.0.0.nupkg", File),
                ("demo.pkg/1.0.0/demo.pkg.nuspec", File),
            ],
            "RegistrationsBaseUrl" => &[("demo.pkg/index.json", Index), ("many/index.json", Index)],
            "SearchQueryService" => &[
                ("?prerelease=true&semVerLevel=2.0.0", Document::Found),
                ("?q=demo&skip=0&take=1", Document::Found),
                ("?q=nothing", Document::Found),
            ],
            "SearchAutocompleteService" => &[
                ("?q=d&prerelease=true", Document::Completed),
                ("?id=demo.pkg&prerelease=true&semVerLevel=2.0.0", Document::Completed),
                ("?id=absent", Document::Completed),
            ],
            "VulnerabilityInfo" => &[("", Document::Vulnerabilities)],
            "LegacyGallery" => &[("", File), ("/$metadata", File)],
            "ReadmeUriTemplate" => &[("", File)],
            "PackagePublish" | "SymbolPackagePublish" => &[],
            kind => panic!("{kind} is unknown here"),
        };
        let place = place.replace("{lower_id}", "demo.pkg").replace("{lower_version}", "1.0.0");
        starts.extend(more.iter().map(|(more, document)| (format!("{place}{more}"), *document)));
    }
    starts
}

/// Opens all there is in a feed: how many documents of each kind there were.
async fn walk(world: &World, feed: &str, credential: &str) -> Vec<Document> {
    let base = format!("{SERVER}/F/{feed}/");
    let mut visit = Visit { base, at: String::new(), ahead: VecDeque::new() };
    visit.ahead.push_back(("api/v3/index.json".to_owned(), Document::Service));
    let (mut opened, mut seen) = (Vec::new(), BTreeSet::new());
    while let Some((path, document)) = visit.ahead.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        visit.at = format!("{document:?} {path}");
        let path = format!("{feed}/{path}");
        let head = world.ask("HEAD", &path, credential, &[], "").await;
        let reply = world.get(&path, credential).await;
        assert_eq!((reply.status, head.status), (200, 200), "{}: {}", visit.at, reply.reason);
        let is_json = reply.header("content-type") == "application/json";
        assert_eq!(is_json, document != File, "{}", visit.at);
        if is_json {
            let value = reply.json();
            document.check(&value, &mut visit);
            if document == Document::Service {
                let found = starts(&value, &visit.base);
                visit.ahead.extend(found);
            }
        }
        opened.push(document);
    }
    opened
}

#[tokio::test]
async fn every_document_has_its_shape_and_leads_on() {
    let world = World::new().await;
    let all = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    let key = world.make(world.ana, all).await.1;
    let more = "<title>A demo</title><summary>S</summary><tags>one two</tags><language>en</language><copyright>C</copyright>\
                <projectUrl>https://acme.example/</projectUrl><readme>a.md</readme><icon>a.png</icon>\
                <license type=\"file\">a.txt</license><requireLicenseAcceptance>true</requireLicenseAcceptance>\
                <releaseNotes>N</releaseNotes><minClientVersion>2.12</minClientVersion><dependencies>\
                <group targetFramework=\"net6.0\"><dependency id=\"Many\" version=\"[1.0,2.0)\"/><dependency id=\"Demo.Pkg\"/>\
                </group><group targetFramework=\"net8.0\"/></dependencies>";
    let files = [("a.md", &b"# Demo"[..]), ("a.txt", b"Licence"), ("a.png", PNG)];
    for feed in ["main", "open"] {
        for version in ["1.0.0", "1.1.0-beta", "1.1.0-beta.2", "01.2.0.0", "2.0.0+build.5"] {
            let package = nupkg("Demo.Pkg", version, more, &files);
            assert_eq!(push(&world, feed, &key, &package).await.status, 201, "{version}");
        }
        for patch in 0..66 {
            let package = nupkg("Many", &format!("1.0.{patch}"), "", &[]);
            assert_eq!(push(&world, feed, &key, &package).await.status, 201);
        }
        let path = format!("{feed}/api/v2/package/Demo.Pkg/1.2.0");
        assert_eq!(ask(&world, "DELETE", &path, (&key, ""), "").await.status, 204);
    }
    let read = allow(ActionSet::READ, &[world.main], &[]);
    let in_url = TokenDraft { is_pre_authenticated: true, ..draft(vec![read]) };
    let in_url = world.make(world.ana, in_url).await.1;
    for (feed, credential) in [
        ("main", bearer(&key)),
        ("open", String::new()),
        (&format!("main/auth/{in_url}"), String::new()),
    ] {
        let opened = walk(&world, feed, &credential).await;
        let count = |wanted| opened.iter().filter(|document| **document == wanted).count();
        // Three hives of two packages; two pages of many versions each, and the one in the index.
        assert_eq!((count(Document::Index), count(Document::Page)), (6, 9), "{feed}");
        // Both packages' versions, of which old clients cannot read two.
        assert_eq!(count(Document::Leaf), 3 * (66 + 5) - 2 * 2, "{feed}");
        assert!(count(File) > 70, "{feed}");
    }
}
