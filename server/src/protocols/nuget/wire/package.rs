//! A package as it was uploaded: its archive, its manifest, and the files that the manifest names.

use std::io::{Read, Seek};

use super::{
    archive::{Archive, ArchiveError},
    nuspec::{Licence, Nuspec, NuspecError},
};
use crate::protocols::sentence::Excerpt;

/// The most bytes of a `.nuspec` file, and of a README, licence or icon.
const NUSPEC: u64 = 1 << 20;
const FILE: u64 = 1 << 20;

/// What is read of a package.
#[derive(Debug)]
pub(crate) struct UploadedPackage {
    pub(crate) nuspec: Nuspec,
    /// The `.nuspec` file as it is.
    pub(crate) nuspec_text: String,
    pub(crate) readme: Option<String>,
    pub(crate) licence_text: Option<String>,
    pub(crate) icon: Option<Icon>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Icon {
    pub(crate) kind: IconKind,
    pub(crate) content: Vec<u8>,
}

/// The kinds of pictures that packages may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IconKind {
    Png,
    Jpeg,
}

/// Why a package is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The manifest.
    #[error(transparent)]
    Nuspec(#[from] NuspecError),
    /// No manifest, or several.
    #[error("The package has {0} .nuspec files at its root; it has to be one. Pack it with NuGet.")]
    Nuspecs(usize),
    /// A picture of another kind.
    #[error("The icon {0} is neither a PNG nor a JPEG image.")]
    Icon(Excerpt),
    /// A README in another format.
    #[error("The readme {0} is not a Markdown file (.md) in UTF-8.")]
    Readme(Excerpt),
    /// A licence in another format.
    #[error("The license {0} is not a text file (.txt or .md) in UTF-8.")]
    Licence(Excerpt),
    /// A symbol package where a package is expected.
    #[error("This is a symbol package (.snupkg): push it to the symbol address of the feed.")]
    Symbols,
    /// A package where a symbol package is expected.
    #[error("This is not a symbol package (.snupkg): push it to the package address of the feed.")]
    NoSymbols,
    /// A symbol package with something else in it.
    #[error("The symbol package has the file {0}; it may only have portable symbols (.pdb).")]
    Foreign(Excerpt),
}

/// What symbol packages may hold: symbols, documentation, and what packages are made of.
const IN_SYMBOLS: [&str; 7] = ["pdb", "xml", "md", "nuspec", "psmdcp", "rels", "p7s"];

impl UploadedPackage {
    /// Reads a package (`.nupkg`).
    pub(crate) fn read(reader: impl Read + Seek) -> Result<Self, PackageError> {
        let mut archive = Archive::open(reader)?;
        let (nuspec, nuspec_text) = manifest(&mut archive)?;
        if nuspec.is_type("SymbolsPackage") {
            return Err(PackageError::Symbols);
        }
        let icon = nuspec.icon.as_deref().map(|file| icon(&mut archive, file)).transpose()?;
        let readme = nuspec.readme.as_deref().map(|file| {
            let wrong = || PackageError::Readme(Excerpt::of(file));
            text(&mut archive, file, &["md"])?.ok_or_else(wrong)
        });
        let licence_text = match &nuspec.licence {
            Some(Licence::File(file)) => {
                let text = text(&mut archive, file, &["txt", "md", ""])?;
                Some(text.ok_or_else(|| PackageError::Licence(Excerpt::of(file)))?)
            }
            _ => None,
        };
        Ok(Self { readme: readme.transpose()?, licence_text, icon, nuspec, nuspec_text })
    }

    /// Reads a package of symbols (`.snupkg`): its manifest.
    pub(crate) fn read_symbols(reader: impl Read + Seek) -> Result<Nuspec, PackageError> {
        let mut archive = Archive::open(reader)?;
        let (nuspec, _) = manifest(&mut archive)?;
        if !nuspec.is_type("SymbolsPackage") {
            return Err(PackageError::NoSymbols);
        }
        let is_fine = |name: &str| name.ends_with('/') || IN_SYMBOLS.contains(&ending(name));
        match archive.names().find(|name| !is_fine(name)) {
            Some(name) => Err(PackageError::Foreign(Excerpt::of(name))),
            None => Ok(nuspec),
        }
    }
}

/// The one manifest at the root of an archive.
fn manifest<R: Read + Seek>(archive: &mut Archive<R>) -> Result<(Nuspec, String), PackageError> {
    let is_manifest = |name: &&str| !name.contains('/') && ending(name) == "nuspec";
    let count = archive.names().filter(is_manifest).count();
    let name = archive.names().find(is_manifest).map(str::to_owned);
    let name = name.filter(|_| count == 1).ok_or(PackageError::Nuspecs(count))?;
    let bytes = archive.read(&name, NUSPEC)?;
    let nuspec = Nuspec::parse(&bytes)?;
    // It was read as UTF-8 just now.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok((nuspec, text))
}

/// A file's text, if its name has one of the endings and it is UTF-8.
fn text<R: Read + Seek>(
    archive: &mut Archive<R>,
    file: &str,
    endings: &[&str],
) -> Result<Option<String>, ArchiveError> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
    let mut bytes = archive.read(file, FILE)?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    Ok(String::from_utf8(bytes).ok().filter(|_| endings.contains(&ending(&name))))
}

/// What follows the last dot of a file's name; nothing if it has none.
fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn icon<R: Read + Seek>(archive: &mut Archive<R>, file: &str) -> Result<Icon, PackageError> {
    let content = archive.read(file, FILE)?;
    let kind = IconKind::of(&content).ok_or_else(|| PackageError::Icon(Excerpt::of(file)))?;
    Ok(Icon { kind, content })
}

impl IconKind {
    /// The kind by how a picture begins (PNG: RFC 2083 §3.1; JPEG: ITU-T T.81 §B.2).
    pub(crate) fn of(content: &[u8]) -> Option<Self> {
        if content.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if content.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else {
            None
        }
    }

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use super::{
        super::{archive::tests::zipped, nuspec::tests::nuspec},
        *,
    };
    use crate::protocols::sentence::tests::assert_fit_for_a_header;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n...";

    /// A package with this metadata and these files.
    pub(crate) fn nupkg(id: &str, version: &str, more: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
        let manifest = nuspec(id, version, more);
        let name = format!("{id}.nuspec");
        let mut all: Vec<(&str, &[u8])> =
            vec![("_rels/.rels", b"<r/>"), (&name, manifest.as_bytes())];
        all.extend_from_slice(files);
        zipped(&all)
    }

    fn read(more: &str, files: &[(&str, &[u8])]) -> Result<UploadedPackage, PackageError> {
        UploadedPackage::read(Cursor::new(nupkg("Demo", "1.0.0", more, files)))
    }

    #[test]
    fn what_the_manifest_names_is_read() {
        let package = read(
            "<icon>images\\icon.png</icon><readme>docs/README.md</readme><license type=\"file\">LICENSE</license>",
            &[
                ("images/icon.png", PNG),
                ("docs/README.md", b"\xef\xbb\xbf# Demo"),
                ("LICENSE", b"Do as you like."),
                (".signature.p7s", b"signed"),
            ],
        )
        .unwrap();
        assert_eq!(package.icon.unwrap().kind.media_type(), "image/png");
        assert_eq!(package.readme.as_deref(), Some("# Demo"));
        assert_eq!(package.licence_text.as_deref(), Some("Do as you like."));
        assert!(package.nuspec_text.contains("<id>Demo</id>"));
        let jpeg = read("<icon>a.jpg</icon>", &[("a.jpg", b"\xff\xd8\xff\xe0")]).unwrap();
        assert_eq!(jpeg.icon.unwrap().kind, IconKind::Jpeg);
    }

    #[test]
    fn what_is_wrong_with_a_package_is_said() {
        let large = vec![b'a'; (1 << 20) + 1];
        for (more, files, words) in [
            ("<icon>icon.png</icon>", &[][..], "no file icon.png"),
            ("<icon>../icon.png</icon>", &[], "no file ../icon.png"),
            ("<icon>i.svg</icon>", &[("i.svg", &b"<svg/>"[..])], "icon i.svg is neither"),
            ("<icon>i.png</icon>", &[("i.png", b"<html>")], "icon i.png is neither"),
            ("<readme>a.html</readme>", &[("a.html", b"x")], "readme a.html is not"),
            ("<readme>a.md</readme>", &[("a.md", b"\xff")], "readme a.md is not"),
            ("<readme>a.md</readme>", &[("a.md", &large)], "larger than 1 MiB"),
            ("<license type=\"file\">a.exe</license>", &[("a.exe", b"x")], "license a.exe is not"),
            ("", &[("other.NUSPEC", b"<package/>")], "has 2 .nuspec files"),
            (
                "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>",
                &[],
                "symbol package",
            ),
        ] {
            let error = read(more, files).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert_fit_for_a_header(&error);
        }
        for (files, words) in [
            (&[("lib/a.nuspec", &b"<package/>"[..])][..], "has 0 .nuspec files"),
            (&[("a.nuspec", b"<!DOCTYPE a><a/>")], "DOCTYPE"),
            (&[("a.nuspec", &large)], "larger than 1 MiB"),
        ] {
            let error = UploadedPackage::read(Cursor::new(zipped(files))).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert_fit_for_a_header(&error);
        }
    }

    #[test]
    fn symbols_are_packages_of_their_own_kind() {
        let symbols = "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>";
        let read = |more, files| {
            UploadedPackage::read_symbols(Cursor::new(nupkg("Demo", "1.0.0", more, files)))
        };
        let nuspec =
            read(symbols, &[("lib/net45/Demo.pdb", b"BSJB"), ("[Content_Types].xml", b"<t/>")]);
        assert_eq!(nuspec.unwrap().id.as_str(), "Demo");
        let error = read("", &[]).unwrap_err().to_string();
        assert!(error.contains("not a symbol package"), "{error}");
        let error = read(symbols, &[("lib/net45/Demo.dll", b"MZ")]).unwrap_err().to_string();
        assert!(error.contains("file lib/net45/demo.dll"), "{error}");
    }
}
