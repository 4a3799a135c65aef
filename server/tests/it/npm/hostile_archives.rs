//! Archives that would hurt whoever unpacks them without care. npm's clients unpack with care; this server
//! does not unpack at all: what was sent is kept and served as it is, whatever is in it.

use std::{collections::BTreeSet, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::world::{World, document};

/// An entry of a tar archive (POSIX.1-2017, pax, ustar interchange format).
fn entry(kind: u8, name: &str, leads_to: &str, size: usize, content: &[u8]) -> Vec<u8> {
    let mut head = [0; 512];
    let mut put =
        |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644");
    put(124, &format!("{size:011o}"));
    put(148, "        ");
    put(157, leads_to);
    put(257, "ustar\x0000");
    head[156] = kind;
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut entry = head.to_vec();
    entry.extend_from_slice(content);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

fn compressed(tar: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(tar).unwrap();
    encoder.finish().unwrap()
}

/// A file with this name.
fn file(name: &str) -> Vec<u8> {
    compressed(&entry(b'0', name, "", 1, b"x"))
}

#[tokio::test]
async fn nothing_is_unpacked() {
    let world = World::new().await;
    let ana = world.everything().await;
    let link =
        [entry(b'2', "package/a", "/etc", 0, b""), entry(b'0', "package/a/passwd", "", 1, b"x")];
    let before = std::fs::read_dir(world.server.folder.path()).unwrap().count();
    let mut versions = BTreeSet::new();
    for (number, (case, archive)) in [
        ("a path that leads elsewhere", file("../../../evil")),
        ("an absolute path", file("/tmp/evil")),
        ("a path of Windows", file("C:\\evil")),
        ("a device", compressed(&entry(b'3', "package/null", "", 0, b""))),
        ("a link and a file behind it", compressed(&link.concat())),
        ("a hard link", compressed(&entry(b'1', "package/a", "/etc/passwd", 0, b""))),
        (
            "the same name twice",
            compressed(&[entry(b'0', "a", "", 0, b""), entry(b'0', "a", "", 0, b"")].concat()),
        ),
        ("a length that is a lie", compressed(&entry(b'0', "package/a", "", 0o7_777_777, b"x"))),
        ("a bomb", compressed(&vec![0; 64 << 20])),
        (
            "an enormous package.json",
            compressed(&entry(b'0', "package/package.json", "", 16 << 20, &vec![b' '; 16 << 20])),
        ),
        ("half of it", file("package/a")[..20].to_vec()),
        ("no archive", b"<script>".to_vec()),
    ]
    .into_iter()
    .enumerate()
    {
        let version = format!("1.0.{number}");
        let sent = document("demo", &version, "latest", &archive);
        assert_eq!(world.put("main", &ana, &sent).await.status, 201, "{case}");
        let read = world.get(&format!("main/npm/demo/-/demo-{version}.tgz"), &ana).await;
        assert!(read.status == 200 && read.body == archive, "{case}");
        versions.insert(version);
    }
    let blobs = world.files();
    assert_eq!(blobs.len(), versions.len());
    assert!(blobs.iter().all(|file| !file.contains("staging")));
    assert_eq!(std::fs::read_dir(world.server.folder.path()).unwrap().count(), before);
}

#[tokio::test]
async fn a_manifest_is_bounded_in_its_depth() {
    let world = World::new().await;
    let ana = world.everything().await;
    for place in ["dependencies", "scripts", "anything"] {
        let mut sent = document("demo", "1.0.0", "latest", b"archive");
        sent["versions"]["1.0.0"][place] =
            (0..70).fold(json!("x"), |inner, _| json!({ "a": inner }));
        let reply = world.put("main", &ana, &sent).await;
        assert_eq!(reply.status, 400, "{place}");
        assert!(reply.sentence().contains("deeper than 64 levels"), "{}", reply.sentence());
    }
    assert!(world.files().is_empty());
}
