//! The commands of operators and scripts: the real program on a folder of its own.

mod audit;
mod beside_a_server;
mod feeds;
mod policy;
mod settings;
mod tokens;
mod users;

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::latchkey;

/// A password that is long and random enough.
const PASSWORD: &str = "quartz lantern bicycle meadow";

/// The commands on one set of data.
struct Cli {
    folder: TempDir,
    /// The database's address; without one it is the one in the data folder.
    database: Option<String>,
    /// Whether it is 24 November 2026, noon, for the commands.
    dated: bool,
}

/// What a command left behind.
#[derive(Debug)]
struct Ended {
    code: i32,
    output: String,
    error: String,
}

impl Cli {
    /// No data yet.
    fn empty() -> Self {
        Self::on(None)
    }

    fn on(database: Option<String>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database, dated: false }
    }

    /// The accounts `ana`, an administrator, and `bob`, and ana's feed `main`.
    fn new() -> Self {
        Self::empty().furnished()
    }

    /// The same on 24 November 2026, noon.
    fn dated() -> Self {
        let cli = Self::empty();
        cli.does(&["test-data"]);
        std::fs::write(cli.folder.path().join("now"), "1795521600000").unwrap();
        Self { dated: true, ..cli }.furnished()
    }

    fn furnished(self) -> Self {
        self.does(&["user", "create", "ana", "--email", "ana@example.com", "--admin"]);
        self.does(&["user", "create", "bob", "--email", "bob@example.com"]);
        self.does(&["feed", "create", "main", "--owner", "ana"]);
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = latchkey(&self.folder);
        command.args(arguments).stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        if self.dated {
            command.env("LATCHKEY_TEST_CLOCK", "now");
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever does not want the input may close it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ended::from(child.wait_with_output().unwrap())
    }

    /// Runs a command that succeeds; its output without the end of the last line.
    fn does(&self, arguments: &[&str]) -> String {
        self.run(arguments).succeeded()
    }

    /// Runs a command that cannot be carried out; what it says.
    fn refuses(&self, arguments: &[&str]) -> String {
        self.run(arguments).failed(1)
    }

    /// Runs a command that has to be said differently; what it says.
    fn misreads(&self, arguments: &[&str]) -> String {
        self.run(arguments).failed(2)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.does(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Somebody's tokens, the primary one first.
    fn tokens(&self, user: &str) -> Vec<Value> {
        let Value::Array(tokens) = self.json(&["token", "list", "--user", user]) else {
            panic!("tokens are listed in an array")
        };
        tokens
    }

    /// Makes a token for ana; its value.
    fn token(&self, more: &[&str]) -> String {
        let create = ["token", "create", "--user", "ana", "--description", "CI"];
        self.does(&[&create, more].concat())
    }
}

impl Ended {
    fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap())
    }

    fn succeeded(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.output.trim_end().to_owned()
    }

    /// A command that fails writes nothing to standard output and one sentence to standard error.
    fn failed(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.output, "");
        assert!(self.error.starts_with("error: "), "{self:?}");
        self.error
    }
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            output: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A text of a JSON object.
fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_else(|| panic!("{key} in {object}"))
}
