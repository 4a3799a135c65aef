//! The `frontend` crate as WebAssembly modules, one for what every page needs and one for each page
//! that is loaded when it is opened, with their JavaScript bindings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::assets::Assets;
use super::{Mode, remove_folder};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles `frontend` and returns the module as the compiler left it.
pub(super) fn compile(root: &Path, target: &Path, mode: Mode) -> Result<Vec<u8>> {
    let (profile, folder) = match mode {
        Mode::Release => ("wasm-release", "wasm-release"),
        Mode::Dev => ("dev", "debug"),
    };
    // `cargo` by its name, not the one that runs us: only rustup's understands `+toolchain`.
    let status = Command::new("cargo")
        .args(toolchain(root)?)
        .args(["build", "--package", "latchkey-frontend", "--lib"])
        .args(["--target", TARGET, "--profile", profile, "--config", &flags()?])
        .arg("--target-dir")
        .arg(target)
        .current_dir(root)
        // It names the libraries of the toolchain that runs us, which may be another one.
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the browser's part does not compile");

    let module = target.join(TARGET).join(folder).join("frontend.wasm");
    fs::read(&module).with_context(|| format!("cannot read {}", module.display()))
}

/// Settings that keep what the splitter follows from function to function, and leave out the folder in
/// which cargo unpacks crates: panic messages would tell every visitor where, and as whom, the module
/// was built.
fn flags() -> Result<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    let sources = cargo_home.join("registry/src");
    let path = format!("--remap-path-prefix={}=crates", sources.display());
    Ok(format!("target.{TARGET}.rustflags=[{path:?}, \"-Clink-args=--emit-relocs\"]"))
}

/// What to say to `cargo` so that it can build WebAssembly: nothing, or `+toolchain`.
fn toolchain(root: &Path) -> Result<Option<String>> {
    let output = Command::new(root.join("scripts/wasm-toolchain.sh"))
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .context("cannot run scripts/wasm-toolchain.sh")?;
    ensure!(
        output.status.success(),
        "no Rust toolchain here can build for {TARGET}; `scripts/bootstrap.sh build` installs one"
    );
    let answer = String::from_utf8(output.stdout)?;
    Ok(Some(answer.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// Makes `latchkey.js`, `latchkey_bg.wasm` and what pages load besides (and `snippets/`, if a crate
/// brings JavaScript of its own) of a compiled module. `scratch` is a folder of this function's own.
pub(super) fn bind(module: &[u8], scratch: &Path) -> Result<Assets> {
    remove_folder(scratch)?;
    let (files, main) = (scratch.join("files"), scratch.join("main.wasm"));
    let mut options = wasm_split_cli_support::Options::new(module);
    options.output_dir = &files;
    options.main_out_path = &main;
    options.main_module = "./latchkey.js";
    options.link_name = "./latchkey_pages.js";
    let split = wasm_split_cli_support::transform(options);
    let split = split.map_err(|error| anyhow!("the module cannot be split: {error:#}"))?;
    for page in split.split_modules {
        let module = fs::read(&page).with_context(|| format!("cannot read {}", page.display()))?;
        let module = without_custom_sections(&module);
        let module = module.with_context(|| format!("{} is no module", page.display()))?;
        fs::write(&page, module).with_context(|| format!("cannot write {}", page.display()))?;
    }
    Bindgen::new()
        .input_path(&main)
        .out_name("latchkey")
        .web(true)?
        .typescript(false)
        // The pages' modules are linked by them.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&files)
        .context("wasm-bindgen refuses the module")?;
    Assets::load(&files)
}

/// A module without the sections that only tools read: names and relocations, two thirds of it
/// (WebAssembly Core Specification §5.5).
fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    const CUSTOM: u8 = 0;
    let (header, mut rest) = module.split_at_checked(8)?;
    let mut stripped = header.to_vec();
    while let Some((id, sized)) = rest.split_first() {
        let (size, length) = leb128(sized)?;
        let end = 1 + length + size;
        let section = rest.get(..end)?;
        if *id != CUSTOM {
            stripped.extend_from_slice(section);
        }
        rest = &rest[end..];
    }
    Some(stripped)
}

/// An unsigned number in LEB128, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_left_out() {
        let module = b"\0asm\x01\0\0\0\x01\x01\x00\x00\x03\x02hi\x0a\x81\x00\x07";
        let stripped = without_custom_sections(module).unwrap();
        assert_eq!(stripped, b"\0asm\x01\0\0\0\x01\x01\x00\x0a\x81\x00\x07");
        assert_eq!(without_custom_sections(b"\0asm\x01\0\0\0\x01\x09"), None);
    }
}
