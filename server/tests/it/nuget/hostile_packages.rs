//! Packages that no server should take: each is refused with its reason, and nothing is left behind.

use std::{fmt::Write as _, io::Cursor};

use model::action::{Action, ActionSet};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::world::{PNG, get, nupkg, nuspec, push, sentence, zipped};
use crate::npm::world::{World, allow, draft};

/// What is wrong with it, the package, and words of the reason.
type Case = (&'static str, Vec<u8>, &'static str);

/// A package whose last entry in the list is changed at a place (PKWARE's APPNOTE §4.3.12).
fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut package = nupkg("Demo", "1.0.0", "", &[("x", b"xyz")]);
    let entry = package.len() - 22 - 47 + at;
    package[entry..entry + bytes.len()].copy_from_slice(bytes);
    package
}

/// A package with a symbolic link.
fn link() -> Vec<u8> {
    let package = nupkg("Demo", "1.0.0", "", &[]);
    let mut writer = ZipWriter::new_append(Cursor::new(package)).unwrap();
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// Writes another text of the same length over every place of a text.
fn replaced(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from.as_bytes()) {
            bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        }
    }
    bytes
}

/// A package whose end says that another, larger one stands before it (PKWARE's APPNOTE §4.3.15).
fn with_locator() -> Vec<u8> {
    let mut package = nupkg("Demo", "1.0.0", "", &[]);
    let end = package.len() - 22;
    let locator = [&b"PK\x06\x07"[..], &[0xff; 16]].concat();
    package.splice(end..end, locator);
    package
}

/// A text in UTF-16, with its mark.
fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A manifest of one element with attributes, none like another.
fn many_attributes() -> String {
    let mut text = "<package><metadata".to_owned();
    for number in 0..90_000 {
        write!(text, " a{number:x}=''").unwrap();
    }
    text + "/></package>"
}

/// Archives that are not unpacked.
fn archives() -> Vec<Case> {
    let whole = nupkg("Demo", "1.0.0", "", &[]);
    let good = nuspec("Demo", "1.0.0", "");
    let good = ("Demo.nuspec", good.as_bytes());
    let with = |name: &str| nupkg("Demo", "1.0.0", "", &[(name, b"x")]);
    vec![
        ("no archive", b"not a package".to_vec(), "not a zip archive"),
        ("nothing", Vec::new(), "not a zip archive"),
        ("half of it", whole[..whole.len() / 2].to_vec(), "unusual kind"),
        ("all but the end", whole[..whole.len() - 1].to_vec(), "unusual kind"),
        ("all but the beginning", whole[1..].to_vec(), "a damaged one"),
        ("something behind it", [&whole[..], b"more"].concat(), "unusual kind"),
        ("another one before it", with_locator(), "unusual kind"),
        ("no manifest", zipped(&[("a", b"b")]), "0 .nuspec files"),
        ("the manifest in a folder", zipped(&[("a/Demo.nuspec", good.1)]), "0 .nuspec files"),
        ("two manifests", zipped(&[good, ("Other.nuspec", good.1)]), "2 .nuspec files"),
        (
            "a path that leads elsewhere",
            replaced(with("nnnnnnn"), "nnnnnnn", "../evil"),
            "outside its folder",
        ),
        ("the same in disguise", with("lib/%2e%2e/%2e%2e/evil"), "outside its folder"),
        ("an absolute path", with("/etc/passwd"), "outside its folder"),
        ("a device", with("lib/CON.txt"), "as another file"),
        ("a name that Windows shortens", with("lib/a.dll."), "as another file"),
        ("a link", link(), "encrypted, a link or"),
        ("a secret", patched(8, &[1, 0]), "encrypted, a link or"),
        ("two names of one place", patched(42, &0_u32.to_le_bytes()), "parts that overlap"),
        (
            "a length too small",
            patched(24, &1_u32.to_le_bytes()),
            "not as long as the package says",
        ),
        (
            "a length too large",
            patched(24, &0xffff_fff0_u32.to_le_bytes()),
            "far more than it should",
        ),
        (
            "a name twice",
            zipped(&[good, ("a.txt", b"1"), ("A.txt", b"2")]),
            "two files of the name",
        ),
        ("a bomb", zipped(&[("Demo.nuspec", &vec![0; 30 << 20])]), "larger than 1 MiB"),
    ]
}

/// Manifests that are not read.
fn manifests() -> Vec<Case> {
    let good = nuspec("Demo", "1.0.0", "");
    let laughs =
        "<!DOCTYPE a [<!ENTITY b \"lol\"><!ENTITY c \"&b;&b;&b;\">]><package>&c;</package>";
    let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><package>&b;</package>";
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    let wide = format!("<package><metadata>{}</metadata></package>", "<a/>".repeat(30_000));
    let latin = good.replace("?>", " encoding=\"ISO-8859-1\"?>");
    let attributes = many_attributes();
    let long = vec![b' '; (1 << 20) + 1];
    let half = &good.as_bytes()[..200];
    let evil = nuspec("../evil", "1.0.0", "");
    let manifests: [(&str, &[u8], &str); 12] = [
        ("entities", laughs.as_bytes(), "document type"),
        ("an entity from elsewhere", outside.as_bytes(), "document type"),
        ("elements deep within each other", deep.as_bytes(), "too deep"),
        ("too many elements", wide.as_bytes(), "too many elements"),
        ("too many bytes", &long, "larger than 1 MiB"),
        ("as many attributes as fit", attributes.as_bytes(), "has no id"),
        ("UTF-16", &utf16(&good), "not in UTF-8"),
        ("UTF-16 without its encoding", b"\xff\xfe<\0a\0/\0>\0", "not in UTF-8"),
        ("another encoding", latin.as_bytes(), "not in UTF-8"),
        ("no encoding at all", b"<package>\xe9</package>", "not in UTF-8"),
        ("half of it", half, "not well-formed"),
        ("a bad id", evil.as_bytes(), "package id ../evil"),
    ];
    let packed = |(case, manifest, words)| (case, zipped(&[("Demo.nuspec", manifest)]), words);
    manifests.map(packed).into()
}

/// What a manifest says that is not so, or cannot be.
fn claims() -> Vec<Case> {
    let far = "a".repeat(5000);
    let with = |more: &str| nupkg("Demo", "1.0.0", more, &[("index.html", b"<script>")]);
    let needs = |attributes: &str| {
        with(&format!("<dependencies><dependency {attributes}/></dependencies>"))
    };
    let frameworks =
        "<dependencies><group targetFramework=\"net45|Evil:[1.0, ):\"/></dependencies>";
    vec![
        (
            "a long id",
            zipped(&[("a.nuspec", nuspec(&far, "1.0.0", "").as_bytes())]),
            "longer than 100",
        ),
        ("no version", nupkg("Demo", "one", "", &[]), "version one is none"),
        (
            "a long version",
            nupkg("Demo", &format!("1.{}", "0".repeat(9000)), "", &[]),
            "version 1.000",
        ),
        ("a page for an icon", with("<icon>index.html</icon>"), "neither a PNG nor a JPEG"),
        ("an icon that is not there", with("<icon>a.png</icon>"), "no file a.png"),
        (
            "a script for an address",
            with("<projectUrl>javascript:alert(1)</projectUrl>"),
            "not an http or https",
        ),
        ("a long address", with(&format!("<repository url=\"{far}\"/>")), "repository in the"),
        ("more in a framework", with(frameworks), "target framework net45?Evil"),
        ("a long id of a dependency", needs(&format!("id=\"{far}\"")), "has the id aaaa"),
        ("a long range", needs(&format!("id=\"a\" version=\"{far}\"")), "version range aaaa"),
        ("a range that is none", needs("id=\"a\" version=\"*\""), "version range ?, which is none"),
    ]
}

#[tokio::test]
async fn hostile_packages_are_refused_and_leave_nothing() {
    let world = World::new().await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let ana = world.make(world.ana, draft(rules)).await.1;
    for (case, package, words) in archives().into_iter().chain(manifests()).chain(claims()) {
        let reply = push(&world, "main", &ana, &package).await;
        assert_eq!(reply.status, 400, "{case}");
        let sentence = sentence(&reply);
        assert!(sentence.contains(words), "{case}: {sentence}");
    }
    assert!(world.files().is_empty());
    assert_eq!(get(&world, "main/api/v3/query?prerelease=true", &ana).await.json()["totalHits"], 0);

    // A mark before the manifest does no harm, nor does another name of its file, nor a picture of a page.
    let marked = format!("\u{feff}{}", nuspec("Marked", "1.0.0", ""));
    let marked = zipped(&[("Other.nuspec", marked.as_bytes())]);
    let disguised = nupkg("Demo", "1.0.0", "<icon>a.png</icon>", &[("a.png", PNG)]);
    for package in [marked, disguised] {
        assert_eq!(push(&world, "main", &ana, &package).await.status, 201);
    }
}
