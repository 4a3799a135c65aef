//! Faults of the machine and of clients, made on purpose: the real program, and what is left of its
//! promises. `docs/faults.md` lists them.
//!
//! Each test comes in a short form and, with `LATCHKEY_LONG=1`, in full. What it measured goes to standard
//! output and, if `LATCHKEY_FIGURES` names a file, to the end of that.

mod clock;
mod corrupted;
mod disk;
mod idle;
mod killed;
mod process;
mod readers;
mod revoked;
mod sign_ins;
mod slow;
mod wire;

use std::{fs::OpenOptions, io::Write as _};

/// A count of the short form, or that of the long one.
fn counted(short: usize, long: usize) -> usize {
    if std::env::var_os("LATCHKEY_LONG").is_some_and(|value| value == "1") { long } else { short }
}

/// Tells what was measured.
fn figure(text: &str) {
    println!("faults: {text}");
    let Some(file) = std::env::var_os("LATCHKEY_FIGURES") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    // In one piece: other tests write at the same time.
    file.write_all(format!("faults: {text}\n").as_bytes()).unwrap();
}
