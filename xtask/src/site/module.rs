//! The `frontend` crate as a WebAssembly module with its JavaScript bindings.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
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
        .args(["--target", TARGET, "--profile", profile, "--config", &without_home()?])
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

/// A setting that keeps the folder in which cargo unpacks crates out of the module: its panic
/// messages would tell every visitor where, and as whom, it was built.
fn without_home() -> Result<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    let sources = cargo_home.join("registry/src");
    let flag = format!("--remap-path-prefix={}=crates", sources.display());
    Ok(format!("target.{TARGET}.rustflags=[{flag:?}]"))
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

/// Makes `latchkey.js` and `latchkey_bg.wasm` (and `snippets/`, if a crate brings JavaScript of its
/// own) of a compiled module. `scratch` is a folder of this function's own.
pub(super) fn bind(module: Vec<u8>, scratch: &Path) -> Result<Assets> {
    remove_folder(scratch)?;
    Bindgen::new()
        .input_bytes("latchkey", module)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(scratch)
        .context("wasm-bindgen refuses the module")?;
    Assets::load(scratch)
}
