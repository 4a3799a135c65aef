//! A set of files, held in memory: named, digested, compressed, written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest as _, Sha256};

/// Files by their path in the folder, with `/` between its parts; sorted, so that a digest of them
/// is the same everywhere.
#[derive(Default)]
pub(super) struct Assets(BTreeMap<String, Vec<u8>>);

impl Assets {
    /// Reads all files under `folder`. An absent folder is an empty one.
    pub(super) fn load(folder: &Path) -> Result<Self> {
        let mut assets = Self::default();
        if folder.is_dir() {
            assets.load_into("", folder)?;
        }
        Ok(assets)
    }

    fn load_into(&mut self, prefix: &str, folder: &Path) -> Result<()> {
        for entry in
            fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                bail!("the file name {} is not Unicode", entry.path().display());
            };
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                self.load_into(&format!("{path}/"), &entry.path())?;
            } else {
                let content = fs::read(entry.path())
                    .with_context(|| format!("cannot read {}", entry.path().display()))?;
                self.add(&path, content)?;
            }
        }
        Ok(())
    }

    /// Adds a file.
    ///
    /// # Errors
    /// A second file of one name is refused: which one wins would be chance.
    pub(super) fn add(&mut self, name: &str, content: Vec<u8>) -> Result<()> {
        match self.0.entry(name.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(content);
                Ok(())
            }
            Entry::Occupied(_) => bail!("two files of the site are named {name}"),
        }
    }

    pub(super) fn into_files(self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.0.into_iter()
    }

    /// 16 hex digits that stand for all names and contents: the first 64 bits of a SHA-256.
    pub(super) fn digest(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        for (name, content) in &self.0 {
            // With the lengths, no two sets of files can feed the hasher the same bytes.
            for part in [name.as_bytes(), content] {
                hasher.update(u64::try_from(part.len())?.to_le_bytes());
                hasher.update(part);
            }
        }
        let digest = hasher.finalize();
        let first = u64::from_be_bytes(digest[..8].try_into()?);
        Ok(format!("{first:016x}"))
    }

    /// Adds a brotli copy, `NAME.br`, of each file that shrinks by a tenth or more.
    pub(super) fn compress(&mut self) -> Result<()> {
        let mut copies = BTreeMap::new();
        for (name, content) in &self.0 {
            let compressed = brotli(content).with_context(|| format!("cannot compress {name}"))?;
            if compressed.len() <= content.len() / 10 * 9 {
                copies.insert(format!("{name}.br"), compressed);
            }
        }
        for (name, content) in copies {
            self.add(&name, content)?;
        }
        Ok(())
    }

    /// Writes all files under `folder`, which is made.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)
                    .with_context(|| format!("cannot make {}", parent.display()))?;
            }
            fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// What every visit downloads at first, a line each, as it is and as sent; then, together, what
    /// pages download when they are opened.
    ///
    /// # Errors
    /// Names the one that is missing: the pages ask for these three by name.
    pub(super) fn sizes(&self) -> Result<String> {
        const FIRST: [&str; 4] =
            ["latchkey.js", "latchkey_pages.js", "latchkey_bg.wasm", "latchkey.css"];
        let mut lines = String::new();
        let mut write = |name: &str, (plain, sent)| {
            writeln!(lines, "  {name:<18}{:>12}{:>12} sent", kilobytes(plain), kilobytes(sent))
        };
        let (mut first, mut later) = ((0, 0), (0, 0));
        for name in FIRST {
            let (plain, sent) =
                self.size(name).with_context(|| format!("the site lacks {name}"))?;
            first = (first.0 + plain, first.1 + sent);
            write(name, (plain, sent))?;
        }
        write("together", first)?;
        for name in self.0.keys() {
            if Path::new(name).extension().is_some_and(|kind| kind == "wasm")
                && !FIRST.contains(&name.as_str())
                && let Some((plain, sent)) = self.size(name)
            {
                later = (later.0 + plain, later.1 + sent);
            }
        }
        write("all pages' own", later)?;
        Ok(lines)
    }

    /// The length of a file, and of what is sent of it.
    fn size(&self, name: &str) -> Option<(usize, usize)> {
        let plain = self.0.get(name)?.len();
        Some((plain, self.0.get(&format!("{name}.br")).map_or(plain, Vec::len)))
    }
}

/// Bytes in kB of 1000, with one decimal.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

/// At the highest quality: it is done once, and read on every first visit.
fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &[u8])]) -> Assets {
        let mut assets = Assets::default();
        for (name, content) in files {
            assets.add(name, content.to_vec()).unwrap();
        }
        assets
    }

    #[test]
    fn the_digest_stands_for_names_and_contents_in_any_order() {
        let digest = of(&[("a", b"1"), ("b", b"2")]).digest().unwrap();
        assert_eq!(digest.len(), 16);
        assert_eq!(digest, of(&[("b", b"2"), ("a", b"1")]).digest().unwrap());
        for other in
            [of(&[("a", b"1"), ("b", b"3")]), of(&[("a", b"1"), ("c", b"2")]), of(&[("a", b"1b2")])]
        {
            assert_ne!(digest, other.digest().unwrap());
        }
    }

    #[test]
    fn only_what_shrinks_gets_a_compressed_copy() {
        let text = b"the same again and again; ".repeat(40);
        let mut assets = of(&[("text.svg", &text), ("noise.png", b"\x89\x01\xfe\x33")]);
        assets.compress().unwrap();
        let names: Vec<&String> = assets.0.keys().collect();
        assert_eq!(names, ["noise.png", "text.svg", "text.svg.br"]);

        let mut again = Vec::new();
        brotli::BrotliDecompress(&mut &assets.0["text.svg.br"][..], &mut again).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn sizes_name_what_is_missing() {
        let mut assets =
            of(&[("latchkey.js", b"1"), ("latchkey_pages.js", b"1"), ("latchkey.css", b"1")]);
        assert_eq!(assets.sizes().unwrap_err().to_string(), "the site lacks latchkey_bg.wasm");
        assets.add("latchkey_bg.wasm", vec![0; 1900]).unwrap();
        assets.add("latchkey_bg.wasm.br", vec![0; 1000]).unwrap();
        let sizes = assets.sizes().unwrap();
        let together = sizes.lines().find(|line| line.contains("together")).unwrap();
        assert!(together.ends_with(" 1.0 kB sent"), "{sizes}");
    }

    #[test]
    fn a_second_file_of_one_name_is_refused() {
        let mut assets = of(&[("latchkey.css", b"")]);
        assert!(assets.add("latchkey.css", Vec::new()).is_err());
    }
}
