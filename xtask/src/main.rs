//! Latchkey's build steps that need more than one cargo command. Run as `cargo xtask STEP`.

mod site;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::site::Mode;

const USAGE: &str = "\
Usage: cargo xtask site [--dev]

  site         builds the browser's part of Latchkey into target/site:
               WebAssembly, its JavaScript, the style sheet and the static files
  site --dev   the same quickly: not optimised for size, nothing compressed";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["site"] => run(Mode::Release),
        ["site", "--dev"] => run(Mode::Dev),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mode: Mode) -> Result<()> {
    // Read at run time, not at compile time: a checkout may be moved together with its `target`.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").context("run it as `cargo xtask`")?;
    let root = PathBuf::from(manifest).join("..").canonicalize()?;
    site::build(&root, mode)
}
