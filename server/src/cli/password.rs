//! Passwords come from standard input alone: what stands on a command line is in the shell's history
//! and in the list of processes.

use std::io::{self, BufRead, IsTerminal as _};

use registry::sessions::PasswordText;

use super::{failure::Failure, output};

/// More than any password accepted, in bytes.
const MOST: u64 = 4096;

/// Reads a password: the first line of standard input, without the end of the line.
pub(super) fn from_input() -> Result<PasswordText, Failure> {
    let input = io::stdin();
    if input.is_terminal() {
        output::say("Type the password and press Enter. It will be visible.");
    }
    first_line(input.lock())
}

fn first_line(input: impl BufRead) -> Result<PasswordText, Failure> {
    let refused = |why: &str| Failure::Refused(format!("--password-stdin: {why}"));
    let mut line = String::new();
    input.take(MOST).read_line(&mut line).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => refused("the password is not UTF-8 text."),
        _ => refused(&format!("standard input cannot be read: {error}")),
    })?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(refused(
            "no password came. Give it on the first line of standard input, for example \
             `latchkey … --password-stdin < password.txt`.",
        ));
    }
    Ok(PasswordText::new(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Result<PasswordText, String> {
        first_line(input).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_password_is_one_line() {
        for input in ["a b ", "a b \n", "a b \r\n", "a b \nmore"] {
            assert!(read(input.as_bytes()).is_ok(), "{input:?}");
        }
    }

    #[test]
    fn nothing_is_no_password() {
        for input in ["", "\n", "\r\n", "\nlater"] {
            assert!(read(input.as_bytes()).unwrap_err().contains("no password came"), "{input:?}");
        }
        assert!(read(b"\xff\xfe\n").unwrap_err().contains("not UTF-8"));
    }
}
