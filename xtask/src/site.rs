//! `cargo xtask site`: everything a browser downloads, in one folder named by its content.
//!
//! Output, under `target/site`: `assets/{hash}/` with the files (and their brotli copies, `*.br`),
//! and `hash.txt` with the hash alone. Every file may be cached for ever, since any change of any
//! file changes the folder's name. Only the newest folder is kept.

mod assets;
mod module;
mod style;

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::{env, io};

use anyhow::{Context as _, Result};

use self::assets::Assets;

/// What the site is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For people: small, with compressed copies.
    Release,
    /// For `make dev`: quick to build, large to load.
    Dev,
}

/// Builds the site of the workspace at `root` into `target/site`; does nothing when the files it is
/// made of are those of the last time.
pub(crate) fn build(root: &Path, mode: Mode) -> Result<()> {
    let target = root.join("target");
    let style = root.join("style");
    let wasm = module::compile(root, &target, mode)?;
    let inputs = inputs_digest(&wasm, &style, mode)?;

    // The lock keeps two builds, say of `make dev` and `make test`, from removing each other's files.
    let mut record = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(target.join("site.inputs"))
        .context("cannot open target/site.inputs")?;
    record.lock().context("cannot lock target/site.inputs")?;
    let mut last = String::new();
    record.read_to_string(&mut last)?;

    let site = target.join("site");
    if last == inputs
        && let Some(hash) = current_hash(&site)
    {
        println!("site {hash} is up to date");
        return Ok(());
    }

    let mut assets = module::bind(&wasm, &target.join("site-bindings"))?;
    assets.add("latchkey.css", style::bundle(&style)?.into_bytes())?;
    for (name, content) in Assets::load(&style.join("assets"))?.into_files() {
        assets.add(&name, content)?;
    }
    if mode == Mode::Release {
        assets.compress()?;
    }

    let sizes = assets.sizes()?;
    let hash = assets.digest()?;
    // Emptied first: a build that dies half-way must not be taken for the one before it.
    record.set_len(0)?;
    record.rewind()?;
    if current_hash(&site).as_deref() != Some(hash.as_str()) {
        publish(&assets, &hash, &target)?;
    }
    record.write_all(inputs.as_bytes())?;

    print!("site {hash}\n{sizes}");
    Ok(())
}

/// A digest of everything the site is made of, this program included: a change in how the site is
/// made makes a new one.
fn inputs_digest(wasm: &[u8], style: &Path, mode: Mode) -> Result<String> {
    let mut inputs = Assets::load(style)?;
    let program = fs::read(env::current_exe()?).context("cannot read this program's file")?;
    // Named as no file of `style/` can be.
    inputs.add("../frontend.wasm", wasm.to_vec())?;
    inputs.add("../xtask", program)?;
    inputs.add("../mode", vec![u8::from(mode == Mode::Dev)])?;
    inputs.digest()
}

/// The hash of the finished site, if there is one.
fn current_hash(site: &Path) -> Option<String> {
    let hash = fs::read_to_string(site.join("hash.txt")).ok()?;
    site.join("assets").join(&hash).is_dir().then_some(hash)
}

/// Puts the files in place: first whole under another name, then visible, then the older ones go.
fn publish(assets: &Assets, hash: &str, target: &Path) -> Result<()> {
    let staging = target.join("site-staging");
    let folders = target.join("site/assets");
    let folder = folders.join(hash);

    remove_folder(&staging)?;
    assets.write(&staging)?;
    fs::create_dir_all(&folders)?;
    remove_folder(&folder)?;
    fs::rename(&staging, &folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(target.join("site/hash.txt"), hash).context("cannot write target/site/hash.txt")?;

    for entry in fs::read_dir(&folders)? {
        let path = entry?.path();
        if path != folder {
            remove_folder(&path)?;
        }
    }
    Ok(())
}

/// Removes a folder with all in it; an absent one is fine.
fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
