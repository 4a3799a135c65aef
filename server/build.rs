//! Says in words what is missing when the site is to be baked in before it was built.

use std::path::Path;

/// Written last by `cargo xtask site`, and changed whenever any file of the site changes.
const HASH: &str = "../target/site/hash.txt";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_none() {
        return;
    }
    println!("cargo::rerun-if-changed={HASH}");
    if !Path::new(HASH).is_file() {
        println!(
            "cargo::error=The feature `embed` needs the browser's part of Latchkey in target/site. \
             Build it with `cargo xtask site`, or let `make build` do both."
        );
    }
}
