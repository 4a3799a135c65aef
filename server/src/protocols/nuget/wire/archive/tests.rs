use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::protocols::sentence::tests::assert_fit_for_a_header;

/// A zip archive of these files.
pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn open(bytes: &[u8]) -> Result<Archive<Cursor<&[u8]>>, ArchiveError> {
    Archive::open(Cursor::new(bytes))
}

/// Why an archive is refused, in a sentence that can travel in a header.
#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let error = open(bytes).err().unwrap();
    assert_fit_for_a_header(&error.to_string());
    error.to_string()
}

/// Writes another text of the same length over every place of a text.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut count = 0;
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
            count += 1;
        }
    }
    assert!(count > 0);
    bytes
}

/// Where the record begins that an archive ends with.
fn end(bytes: &[u8]) -> usize {
    bytes.len() - END
}

#[test]
fn files_are_found_as_nuspecs_name_them() {
    let bytes = zipped(&[
        ("demo.nuspec", b"<a/>"),
        ("images/My%20Icon.png", b"icon"),
        ("_rels/.rels", b""),
    ]);
    let mut archive = open(&bytes).unwrap();
    for name in ["images/My Icon.png", "images\\my icon.PNG", "./images/My Icon.png"] {
        assert_eq!(archive.read(name, 4).unwrap(), b"icon", "{name}");
    }
    let mut names: Vec<_> = archive.names().collect();
    names.sort_unstable();
    assert_eq!(names, ["_rels/.rels", "demo.nuspec", "images/my icon.png"]);
    // Case is case in every language.
    let umlauts = zipped(&[("docs/Ä.MD", b"text")]);
    for name in ["docs/Ä.md", "DOCS/ä.md"] {
        assert_eq!(open(&umlauts).unwrap().read(name, 9).unwrap(), b"text", "{name}");
    }
    let absent = archive.read("a\r\nb", 9).unwrap_err();
    assert_eq!(absent.to_string(), "The package has no file a??b, which its .nuspec file names.");
    let large = archive.read("demo.nuspec", 3).unwrap_err();
    assert_eq!(large.to_string(), "The file demo.nuspec in the package is larger than 3 bytes.");
}

#[test]
fn what_is_no_archive() {
    let good = zipped(&[("demo.nuspec", b"<a/>")]);
    for bytes in [&b""[..], b"PK", b"PK\x05\x06", &good[..good.len() - 1], &good[1..]] {
        refused(bytes);
    }
    let mut cut = good.clone();
    cut.drain(10..20);
    refused(&cut);
    // The list of entries does not end where the last record begins.
    let mut before = b"something before".to_vec();
    before.extend_from_slice(&good);
    assert!(refused(&before).contains("damaged"));
}

#[test]
fn forms_that_readers_take_differently() {
    let good = zipped(&[("demo.nuspec", b"<a/>")]);
    let mut writer = ZipWriter::new_append(Cursor::new(good.clone())).unwrap();
    writer.set_comment("hello").unwrap();
    let commented = writer.finish().unwrap().into_inner();
    let mut parts = good.clone();
    let at = end(&parts);
    parts[at + 4] = 1;
    let mut large = good.clone();
    large[at + 16..at + 20].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut located = good.clone();
    located.splice(at..at, b"PK\x06\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".iter().copied());
    for bytes in [commented, parts, large, located] {
        assert!(refused(&bytes).contains("unusual kind"));
    }
}

#[test]
fn names_that_lead_elsewhere() {
    for name in [
        "../evil",
        "a/../../evil",
        "/evil",
        "a//b",
        "./a",
        "..",
        "C:/evil",
        "c:evil",
        "..%2fevil",
        "%2e%2e/evil",
        "a/%2E%2E/evil",
        "%2fetc/passwd",
        "a%00b",
        "a\nb",
        "..\\evil",
        "a\\..\\evil",
        "%5c%5chost/share",
        "..%5cevil",
        "a./b",
        "a%2e/b",
        "lib/a.dll.",
        "lib/a.dll ",
        "a%20",
        "con",
        "lib/NUL.txt",
        "aux .md",
        "a/com1",
        "LPT9.tar.gz",
        "com%c2%b9",
        "conin$",
    ] {
        let place = "n".repeat(name.len());
        let bytes = zipped(&[("demo.nuspec", b"<a/>"), (&place, b"")]);
        let bytes = replaced(bytes, place.as_bytes(), name.as_bytes());
        assert!(refused(&bytes).contains("outside its folder"), "{name}");
    }
    let latin = replaced(zipped(&[("nnnn", b"")]), b"nnnn", b"caf\xe9");
    assert!(refused(&latin).contains("outside its folder"));
}

#[test]
fn names_that_are_there_twice() {
    for (first, second) in [("a.txt", "A.TXT"), ("a b", "a%20b"), ("\u{e9}", "\u{c9}")] {
        let bytes = zipped(&[(first, b"1"), (second, b"2")]);
        assert!(refused(&bytes).contains("two files"), "{first}");
    }
    // Written by no library: the same name twice in the list.
    let same = replaced(zipped(&[("aaaa", b"1"), ("bbbb", b"2")]), b"bbbb", b"aaaa");
    assert!(open(&same).is_err());
}

#[test]
fn entries_of_unusual_kinds() {
    let good = zipped(&[("demo.nuspec", b"<a/>")]);
    let central = end(&good) - 46 - "demo.nuspec".len();
    let mut encrypted = good.clone();
    encrypted[central + 8] |= 1;
    let mut lzma = good.clone();
    lzma[central + 10] = 14;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let link = writer.finish().unwrap().into_inner();
    for bytes in [encrypted, lzma, link] {
        assert!(refused(&bytes).contains("unusual way"));
    }
}

#[test]
fn bombs() {
    let two = zipped(&[("a", b"<a/>"), ("b", b"")]);
    let entries = [end(&two) - 2 * 47, end(&two) - 47];
    let mut huge = two.clone();
    let mut overlapping = two;
    for entry in entries {
        huge[entry + 24..entry + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
        overlapping[entry + 20..entry + 24].copy_from_slice(&200_u32.to_le_bytes());
    }
    for bytes in [huge, overlapping] {
        assert!(refused(&bytes).contains("far more than it should"));
    }
    let mut zeros = zipped(&[("big", &vec![0; 5 << 20])]);
    assert!(zeros.len() < 10_000);
    let error = open(&zeros).unwrap().read("big", 1 << 20).unwrap_err();
    assert_eq!(error.to_string(), "The file big in the package is larger than 1 MiB.");
    // What an entry says of its length has to be true.
    let at = end(&zeros) - 46 - "big".len() + 24;
    for length in [9_u32, 6 << 20] {
        zeros[at..at + 4].copy_from_slice(&length.to_le_bytes());
        assert!(refused(&zeros).contains("not as long as the package says"));
    }
    // Far more content than the archive has bytes.
    let mut many = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    many.start_file("zeros", options).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..=(HARMLESS >> 20) {
        many.write_all(&zeros).unwrap();
    }
    let many = many.finish().unwrap().into_inner();
    assert!(refused(&many).contains("far more than it should"));

    let good = zipped(&[("demo.nuspec", b"<a/>")]);
    let mut many = good.clone();
    let at = end(&many);
    many[at + 8..at + 12].copy_from_slice(&[0x30, 0x75, 0x30, 0x75]);
    assert!(refused(&many).contains("20000"));
    let mut long = good;
    long[at + 12..at + 16].copy_from_slice(&(DIRECTORY + 1).to_le_bytes());
    assert!(refused(&long).contains("20000"));
}

#[test]
fn parts_that_overlap() {
    // The second entry is where the first is: found by whoever follows the list, and twice the bytes.
    let two = zipped(&[("a", b"content"), ("b", b"content")]);
    let second = end(&two) - 47 + 42;
    let mut overlapping = two.clone();
    overlapping[second..second + 4].copy_from_slice(&0_u32.to_le_bytes());
    assert!(refused(&overlapping).contains("parts that overlap"));
}

#[test]
fn content_is_what_was_packed() {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", stored).unwrap();
    writer.write_all(b"content").unwrap();
    let bytes = replaced(writer.finish().unwrap().into_inner(), b"content", b"CONTENT");
    assert!(refused(&bytes).contains("file a in the package is damaged"));
}

proptest! {
    #[test]
    fn any_bytes_are_an_archive_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = open(&bytes);
    }

    #[test]
    fn what_was_packed_is_found_again_or_refused(files in prop::collection::vec(("(a|B|con|\\.|\\.\\.|/|\\\\|%2e|%20|:| |\u{e9}){1,6}", "[ab]{0,300}"), 1..5)) {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let mut packed = Vec::new();
        for (name, content) in files {
            // The library writes no name twice.
            if writer.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
                writer.write_all(content.as_bytes()).unwrap();
                packed.push((name, content));
            }
        }
        let bytes = writer.finish().unwrap().into_inner();
        match open(&bytes) {
            Ok(mut archive) => {
                prop_assert_eq!(archive.names().count(), packed.len());
                for (name, content) in packed {
                    let name = percent_decode(name.as_bytes()).decode_utf8().unwrap();
                    prop_assert!(!name.split(['/', '\\']).any(|part| part.trim_end_matches([' ', '.']) != part));
                    prop_assert_eq!(archive.read(&name, 300).unwrap(), content.as_bytes());
                }
            }
            Err(error) => assert_fit_for_a_header(&error.to_string()),
        }
    }

    #[test]
    fn a_part_of_an_archive_is_none(at in any::<prop::sample::Index>()) {
        let bytes = zipped(&[("demo.nuspec", b"<package/>"), ("lib/net45/a.dll", &[7; 99])]);
        let at = at.index(bytes.len());
        prop_assert!(open(&bytes[..at]).is_err());
        prop_assert!(at == 0 || open(&bytes[at..]).is_err());
    }

    #[test]
    fn damaged_archives_do_no_harm(place in any::<prop::sample::Index>(), byte in any::<u8>(), second in any::<prop::sample::Index>()) {
        let mut bytes = zipped(&[("demo.nuspec", b"<package/>"), ("lib/net45/a.dll", &[7; 99])]);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let second = second.index(bytes.len());
        bytes[second] ^= byte;
        if let Ok(mut archive) = open(&bytes) {
            let names: Vec<String> = archive.names().map(str::to_owned).collect();
            for name in names {
                prop_assert!(!name.split('/').any(|part| part == ".."));
                if let Ok(content) = archive.read(&name, 100) {
                    prop_assert!(content.len() <= 100);
                }
            }
        }
    }
}
