//! What goes to which stream.

use std::io::{self, Write as _};

use serde::Serialize;

use super::failure::Failure;

/// Writes what was asked for to standard output, as a line or several.
pub(super) fn data(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}").and_then(|()| output.flush()).map_err(Failure::Output)
}

/// The same for programs.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    data(&text)
}

/// Writes a piece of a file to standard output.
pub(super) fn raw(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(Failure::Output)
}

/// Says something to the person at the terminal. Where nobody listens, nothing is lost.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
