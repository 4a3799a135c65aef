//! A package's archive: a zip file that somebody else made, read without trusting a word of it.
//!
//! What is unpacked here is bounded, and what would hurt whoever unpacks the whole is refused: names
//! that lead elsewhere, names that are there twice, far more content than the archive has bytes.

use std::{
    collections::HashMap,
    io::{self, Read, Seek, SeekFrom},
};

use percent_encoding::percent_decode;
use zip::{CompressionMethod, ZipArchive};

use crate::protocols::sentence::{Excerpt, Size};

/// The most entries of an archive.
const ENTRIES: u16 = 20_000;
/// The most bytes of the list of them.
const DIRECTORY: u32 = 8 << 20;
/// The most bytes an archive unpacks to: at all, and as a multiple of its length once it is more than
/// what is harmless.
const UNPACKED: u64 = 4 << 30;
const RATIO: u64 = 200;
const HARMLESS: u64 = 64 << 20;
/// Names that Windows takes for devices, whatever follows a dot in them.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The length of the record an archive ends with (PKWARE's APPNOTE §4.3.16), without a comment.
const END: usize = 22;
/// The length of what comes before it in archives over 4 GiB (§4.3.15).
const LOCATOR: usize = 20;

/// An archive whose list of entries is in order.
pub(crate) struct Archive<R> {
    zip: ZipArchive<R>,
    /// Where each entry stands, by its decoded name in lower case.
    entries: HashMap<String, usize>,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It cannot be read as one.
    #[error("The package is not a zip archive, or a damaged one. Pack it again.")]
    Malformed,
    /// A form of zip that packages have no use for, and that readers understand differently.
    #[error(
        "The package is a zip archive of an unusual kind (with a comment, in parts or over 4 GiB). Pack it with NuGet."
    )]
    Unusual,
    /// Over [`ENTRIES`], or over [`DIRECTORY`] bytes of names.
    #[error("The package has more than 20000 files, or names that are too long.")]
    TooMany,
    /// Over [`UNPACKED`] or [`RATIO`], or the same bytes in several entries.
    #[error(
        "The package unpacks to far more than it should: over 4 GiB, over 200 times its length, or from parts that overlap."
    )]
    Bomb,
    /// An entry that has not the length or the checksum that the archive says.
    #[error("The file {0} in the package is damaged, or not as long as the package says.")]
    Forged(Excerpt),
    /// A name that leads out of the folder into which a package is unpacked, or that is another file
    /// on another system.
    #[error(
        "The package has a file of the name {0}, which could be written outside its folder or as another file."
    )]
    Name(Excerpt),
    /// A name that is there twice, as some systems see it.
    #[error("The package has two files of the name {0}, which differ at most in case.")]
    Twice(Excerpt),
    /// An entry that is encrypted, a link, or compressed in another way than NuGet's.
    #[error("The file {0} in the package is encrypted, a link or compressed in an unusual way.")]
    Entry(Excerpt),
    /// There is no such entry.
    #[error("The package has no file {0}, which its .nuspec file names.")]
    Absent(Excerpt),
    /// An entry that is longer than such an entry may be.
    #[error("The file {0} in the package is larger than {1}.")]
    TooLarge(Excerpt, Size),
    /// The file could not be read.
    #[error("the uploaded file could not be read")]
    Io(#[source] std::io::Error),
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of entries and checks every one.
    pub(crate) fn open(mut reader: R) -> Result<Self, ArchiveError> {
        check_end(&mut reader)?;
        let length = reader.seek(SeekFrom::End(0)).map_err(ArchiveError::Io)?;
        let mut zip = ZipArchive::new(reader).map_err(|_| ArchiveError::Malformed)?;
        if zip.offset() != 0 || zip.has_duplicate_names() {
            return Err(ArchiveError::Malformed);
        }
        let mut entries = HashMap::with_capacity(zip.len());
        let (mut packed, mut unpacked) = (0_u64, 0_u64);
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|_| ArchiveError::Malformed)?;
            let raw = entry.name_raw();
            let excerpt = || Excerpt::of(&String::from_utf8_lossy(raw));
            let is_usual = matches!(
                entry.compression(),
                CompressionMethod::Stored | CompressionMethod::Deflated
            );
            if !is_usual || entry.encrypted() || entry.is_symlink() {
                return Err(ArchiveError::Entry(excerpt()));
            }
            packed = packed.saturating_add(entry.compressed_size());
            unpacked = unpacked.saturating_add(entry.size());
            let name = safe_name(raw).ok_or_else(|| ArchiveError::Name(excerpt()))?;
            if entries.insert(name, index).is_some() {
                return Err(ArchiveError::Twice(excerpt()));
            }
        }
        let most = length.saturating_mul(RATIO).clamp(HARMLESS, UNPACKED);
        if unpacked > most || packed > length {
            return Err(ArchiveError::Bomb);
        }
        if zip.has_overlapping_entries().map_err(|_| ArchiveError::Malformed)? {
            return Err(ArchiveError::Bomb);
        }
        check_content(&mut zip)?;
        Ok(Self { zip, entries })
    }

    /// The names of the entries: decoded and in lower case.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The content of an entry, of at most so many bytes. The name is one as `.nuspec` files write
    /// it: without regard to case, and with either kind of slash.
    pub(crate) fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, ArchiveError> {
        let excerpt = || Excerpt::of(name);
        let wanted = folded(name);
        let index = self.entries.get(wanted.strip_prefix("./").unwrap_or(&wanted));
        let index = *index.ok_or_else(|| ArchiveError::Absent(excerpt()))?;
        let entry = self.zip.by_index(index).map_err(|_| ArchiveError::Malformed)?;
        let mut content = Vec::new();
        // What an entry says of its length need not be true. Checksums are compared by the reader.
        let read = entry.take(most + 1).read_to_end(&mut content);
        read.map_err(|_| ArchiveError::Malformed)?;
        if content.len() as u64 > most {
            return Err(ArchiveError::TooLarge(excerpt(), Size(most)));
        }
        Ok(content)
    }
}

/// Unpacks every entry into nothing: what the archive says of lengths, which was judged, has to be true.
/// Checksums are compared by the reader.
fn check_content<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<(), ArchiveError> {
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|_| ArchiveError::Malformed)?;
        let (size, name) = (entry.size(), Excerpt::of(&String::from_utf8_lossy(entry.name_raw())));
        match io::copy(&mut entry.take(size.saturating_add(1)), &mut io::sink()) {
            Ok(length) if length == size => {}
            _ => return Err(ArchiveError::Forged(name)),
        }
    }
    Ok(())
}

/// Looks at the very end of the archive, before anything is built from what it says. An archive
/// without a comment has its last record in one place only, so that no two readers find another.
fn check_end<R: Read + Seek>(reader: &mut R) -> Result<(), ArchiveError> {
    let length = reader.seek(SeekFrom::End(0)).map_err(ArchiveError::Io)?;
    let tail = length.min((END + LOCATOR) as u64);
    reader.seek(SeekFrom::Start(length - tail)).map_err(ArchiveError::Io)?;
    let mut bytes = Vec::with_capacity(END + LOCATOR);
    reader.take(tail).read_to_end(&mut bytes).map_err(ArchiveError::Io)?;
    let Some((before, end)) = bytes.split_last_chunk::<END>() else {
        return Err(ArchiveError::Malformed);
    };
    if !end.starts_with(b"PK\x05\x06") {
        return Err(ArchiveError::Unusual);
    }
    let two = |at: usize| u16::from_le_bytes([end[at], end[at + 1]]);
    let four = |at: usize| u32::from_le_bytes([end[at], end[at + 1], end[at + 2], end[at + 3]]);
    let is_one_disk = two(4) == 0 && two(6) == 0 && two(8) == two(10);
    let has_locator = before.starts_with(b"PK\x06\x07");
    if !is_one_disk || two(20) != 0 || has_locator || two(10) == u16::MAX || four(16) == u32::MAX {
        return Err(ArchiveError::Unusual);
    }
    if two(10) > ENTRIES || four(12) > DIRECTORY {
        return Err(ArchiveError::TooMany);
    }
    // The list ends where the last record begins: nothing else can be taken for a part of it.
    if u64::from(four(16)) + u64::from(four(12)) + END as u64 != length {
        return Err(ArchiveError::Malformed);
    }
    Ok(())
}

/// An entry's name, decoded as NuGet's clients do and in lower case, if it stays within the folder
/// it is unpacked into, on every system.
fn safe_name(raw: &[u8]) -> Option<String> {
    let text = str::from_utf8(raw).ok()?;
    let decoded = percent_decode(raw).decode_utf8().ok()?;
    for name in [text, &decoded] {
        let path = name.strip_suffix('/').unwrap_or(name);
        if !path.split(['/', '\\']).all(is_safe) || name.contains([':', '\0']) {
            return None;
        }
        if name.chars().any(char::is_control) {
            return None;
        }
    }
    Some(folded(&decoded))
}

/// Whether a part of a name is the same file on every system: Windows leaves out dots and spaces at the
/// end, and has names that are devices.
fn is_safe(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = number.is_some_and(|number| {
        number.chars().count() == 1
            && number.contains(|c: char| c.is_ascii_digit() || "¹²³".contains(c))
    });
    let is_device = is_port || DEVICES.contains(&stem.as_str());
    !part.is_empty() && !part.ends_with(['.', ' ']) && !is_device
}

/// The form in which names are compared: with forward slashes, in lower case.
fn folded(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

#[cfg(test)]
pub(crate) mod tests;
