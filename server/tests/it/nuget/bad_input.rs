//! What no server should take: each is refused with its reason, and nothing is left behind.

use std::io::Cursor;

use model::action::{Action, ActionSet};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::world::{PNG, ask, content_type, form, get, nupkg, nuspec, push, sentence, zipped};
use crate::npm::world::{World, allow, draft};

async fn world(flags: &[&str]) -> (World, String) {
    let world = World::with(flags).await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    (world, token)
}

/// A package whose last entry in the list is changed at a place (PKWARE's APPNOTE §4.3.12).
fn patched(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut package = nupkg("Demo", "1.0.0", "", &[("x", b"xyz")]);
    let entry = package.len() - 22 - 47 + at;
    package[entry..entry + bytes.len()].copy_from_slice(bytes);
    package
}

/// The same with an entry that says it is encrypted.
fn encrypted() -> Vec<u8> {
    patched(8, &[1, 0])
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

/// A manifest that is a page of UTF-16, with its mark.
fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn hostile_packages_are_refused_and_leave_nothing() {
    let (world, ana) = world(&[]).await;
    let laughs =
        "<!DOCTYPE a [<!ENTITY b \"lol\"><!ENTITY c \"&b;&b;&b;\">]><package>&c;</package>";
    let wide = format!("<package><metadata>{}</metadata></package>", "<a/>".repeat(30_000));
    let bomb = vec![0; 30 << 20];
    let long = vec![b' '; (1 << 20) + 1];
    let good = nuspec("Demo", "1.0.0", "");
    let twice = zipped(&[("Demo.nuspec", good.as_bytes()), ("a.txt", b"1"), ("A.txt", b"2")]);
    let page = "<icon>index.html</icon>";
    let whole = nupkg("Demo", "1.0.0", "", &[]);
    let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><package>&b;</package>";
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    // As many attributes as fit, none like another.
    let attributes: String = (0..90_000).map(|n| format!(" a{n:x}=''")).collect();
    let tall = format!("<package><metadata{attributes}/></package>");
    let latin = good.replace("?>", " encoding=\"ISO-8859-1\"?>");
    let far = "a".repeat(5000);
    for (package, words) in [
        (b"not a package".to_vec(), "not a zip archive"),
        (Vec::new(), "not a zip archive"),
        (zipped(&[("a", b"b")]), "0 .nuspec files"),
        (zipped(&[("a/Demo.nuspec", good.as_bytes())]), "0 .nuspec files"),
        (
            zipped(&[("Demo.nuspec", good.as_bytes()), ("Other.nuspec", good.as_bytes())]),
            "2 .nuspec files",
        ),
        (
            replaced(nupkg("Demo", "1.0.0", "", &[("nnnnnnn", b"x")]), "nnnnnnn", "../evil"),
            "outside its folder",
        ),
        (nupkg("Demo", "1.0.0", "", &[("lib/%2e%2e/%2e%2e/evil", b"x")]), "outside its folder"),
        (nupkg("Demo", "1.0.0", "", &[("/etc/passwd", b"x")]), "outside its folder"),
        (nupkg("Demo", "1.0.0", "", &[("lib/CON.txt", b"x")]), "as another file"),
        (nupkg("Demo", "1.0.0", "", &[("lib/a.dll.", b"x")]), "as another file"),
        (link(), "encrypted, a link or"),
        (encrypted(), "encrypted, a link or"),
        (patched(42, &0_u32.to_le_bytes()), "parts that overlap"),
        (patched(24, &1_u32.to_le_bytes()), "not as long as the package says"),
        (patched(24, &0xffff_fff0_u32.to_le_bytes()), "far more than it should"),
        (
            nupkg(
                "Demo",
                "1.0.0",
                "<dependencies><group targetFramework=\"net45|Evil:[1.0, ):\"/></dependencies>",
                &[],
            ),
            "target framework net45?Evil",
        ),
        (twice, "two files of the name"),
        (whole[..whole.len() / 2].to_vec(), "unusual kind"),
        (whole[..whole.len() - 1].to_vec(), "unusual kind"),
        (whole[1..].to_vec(), "not a zip archive, or a damaged one"),
        ([&whole[..], b"more"].concat(), "unusual kind"),
        (with_locator(), "unusual kind"),
        (zipped(&[("Demo.nuspec", outside.as_bytes())]), "document type"),
        (zipped(&[("Demo.nuspec", deep.as_bytes())]), "too deep"),
        (zipped(&[("Demo.nuspec", tall.as_bytes())]), "has no id"),
        (zipped(&[("Demo.nuspec", &utf16(&good))]), "not in UTF-8"),
        (zipped(&[("Demo.nuspec", latin.as_bytes())]), "not in UTF-8"),
        (zipped(&[("Demo.nuspec", b"<package>\xe9</package>")]), "not in UTF-8"),
        (zipped(&[("Demo.nuspec", &good.as_bytes()[..200])]), "not well-formed"),
        (nupkg("Demo", "1.0.0", &format!("<repository url=\"{far}\"/>"), &[]), "repository in the"),
        (
            nupkg(
                "Demo",
                "1.0.0",
                &format!("<dependencies><dependency id=\"{far}\"/></dependencies>"),
                &[],
            ),
            "dependency in the .nuspec file has the id aaaa",
        ),
        (
            nupkg(
                "Demo",
                "1.0.0",
                &format!("<dependencies><dependency id=\"a\" version=\"{far}\"/></dependencies>"),
                &[],
            ),
            "version range aaaa",
        ),
        (
            zipped(&[("a.nuspec", nuspec(&far, "1.0.0", "").as_bytes())]),
            "longer than 100 characters",
        ),
        (nupkg("Demo", &format!("1.{}", "0".repeat(9000)), "", &[]), "version 1.000"),
        (zipped(&[("Demo.nuspec", laughs.as_bytes())]), "document type"),
        (zipped(&[("Demo.nuspec", wide.as_bytes())]), "too many elements"),
        (zipped(&[("Demo.nuspec", &long)]), "larger than 1 MiB"),
        (zipped(&[("Demo.nuspec", &bomb)]), "larger than 1 MiB"),
        (zipped(&[("Demo.nuspec", b"\xff\xfe<\0a\0/\0>\0")]), "not in UTF-8"),
        (zipped(&[("a.nuspec", nuspec("../evil", "1.0.0", "").as_bytes())]), "package id ../evil"),
        (nupkg("Demo", "one", "", &[]), "version one is none"),
        (nupkg("Demo", "1.0.0", page, &[("index.html", b"<script>")]), "neither a PNG nor a JPEG"),
        (nupkg("Demo", "1.0.0", "<icon>a.png</icon>", &[]), "no file a.png"),
        (
            nupkg("Demo", "1.0.0", "<projectUrl>javascript:alert(1)</projectUrl>", &[]),
            "not an http or https address",
        ),
        (
            nupkg(
                "Demo",
                "1.0.0",
                "<dependencies><dependency id=\"a\" version=\"*\"/></dependencies>",
                &[],
            ),
            "version range ?, which is none",
        ),
    ] {
        let reply = push(&world, "main", &ana, &package).await;
        assert_eq!(reply.status, 400, "{words}");
        let sentence = sentence(&reply);
        assert!(sentence.contains(words), "{words}: {sentence}");
    }
    assert!(world.files().is_empty());
    assert_eq!(get(&world, "main/api/v3/query?prerelease=true", &ana).await.json()["totalHits"], 0);
    // A mark before the manifest is none of this, and a name of its file that is not the package's neither.
    let marked = zipped(&[(
        "Other.nuspec",
        format!("\u{feff}{}", nuspec("Marked", "1.0.0", "")).as_bytes(),
    )]);
    assert_eq!(push(&world, "main", &ana, &marked).await.status, 201);
    // A picture of a page is no page.
    let disguised = nupkg("Demo", "1.0.0", "<icon>a.png</icon>", &[("a.png", PNG)]);
    assert_eq!(push(&world, "main", &ana, &disguised).await.status, 201);
}

#[tokio::test]
async fn bodies_that_are_no_push() {
    let (world, ana) = world(&["--max-package-size", "20kB", "--max-document-size", "64kB"]).await;
    let good = form(&nupkg("Demo", "1.0.0", "", &[]));
    let path = "main/api/v2/package/";
    let cut = ask(&world, "PUT", path, (&ana, ""), good[..good.len() - 20].to_vec()).await;
    assert_eq!((cut.status, sentence(&cut).contains("cut short")), (400, true));
    for body in [Vec::new(), b"--".to_vec(), b"\r\n\r\n".to_vec(), good[30..].to_vec()] {
        let reply = ask(&world, "PUT", path, (&ana, ""), body).await;
        assert_eq!(reply.status, 400, "{}", sentence(&reply));
    }
    for kind in ["application/json", "application/octet-stream", "multipart/form-data", "text"] {
        let headers = [("x-nuget-apikey", ana.as_str()), ("content-type", kind)];
        let reply = world.ask("PUT", path, "", &headers, good.clone()).await;
        assert_eq!((reply.status, sentence(&reply).contains("not a form")), (415, true), "{kind}");
    }
    assert!(content_type().starts_with("multipart/form-data"));
    let large: Vec<u8> =
        (0..30_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let reply = push(&world, "main", &ana, &nupkg("Demo", "1.0.0", "", &[("large", &large)])).await;
    assert_eq!(reply.status, 413);
    assert!(sentence(&reply).contains("larger than 20 kB"), "{}", sentence(&reply));
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn other_addresses_are_nothing() {
    let (world, ana) = world(&[]).await;
    for path in [
        "api/v3/",
        "api/v3/flatcontainer",
        "api/v3/flatcontainer/demo/1.0.0/../../../index.json",
        "api/v3/registration/demo/index.json",
        "api/v3/registration/%2e%2e/index.json",
        "api/v3/flatcontainer/demo/one/demo.one.nupkg",
    ] {
        let reply = get(&world, &format!("main/{path}"), &ana).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.headers.contains_key("x-nuget-warning"), "{path}");
    }
}
