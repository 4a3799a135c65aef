//! The commands, and how the program answers when one fails.

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    cli,
    config::{Config, Environment, ServeArgs, StorageArgs},
    start::{self, StartError},
    test_data,
};

const SERVE_EXAMPLES: &str = "\
Every setting can also be given as an environment variable (--public-url is LATCHKEY_PUBLIC_URL) or
in latchkey.toml (public_url = \"…\"). A flag wins over a variable, a variable over the file.

Examples:
  Try it on this machine:
    latchkey serve
  For others, with a certificate; a changed file is read again by itself:
    latchkey serve --listen 0.0.0.0:443 --public-url https://packages.example.com \\
      --tls-cert /etc/latchkey/cert.pem --tls-key /etc/latchkey/key.pem
  Behind a proxy on the same machine that speaks https:
    latchkey serve --public-url https://packages.example.com --trusted-proxy 127.0.0.1
  Behind a proxy on another machine, with PostgreSQL:
    latchkey serve --listen 0.0.0.0:3000 --public-url https://packages.example.com \\
      --trusted-proxy 10.0.0.2 --database postgres://latchkey@db.internal/latchkey
  One of several servers on that database, with the packages in a bucket whose server and keys are in
  AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:
    latchkey serve --listen 0.0.0.0:3000 --public-url https://packages.example.com \\
      --trusted-proxy 10.0.0.2 --database postgres://latchkey@db.internal/latchkey \\
      --blobs s3://packages/latchkey --key-file /etc/latchkey/master.key
  From a file, /etc/latchkey.toml:
    data = \"/srv/latchkey\"
    public_url = \"https://packages.example.com\"
    trusted_proxy = [\"127.0.0.1\"]
    max_package_size = \"500MB\"
    latchkey serve --config /etc/latchkey.toml";

/// Private package feeds with access tokens people can trust.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(flatten)]
    storage: StorageArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages and the feeds
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Box<ServeArgs>),
    /// Make a data folder for tests, whose server's time can be set
    #[command(hide = true)]
    TestData,
    #[command(flatten)]
    Operate(cli::Command),
    #[command(flatten)]
    LookAfter(cli::UpkeepCommand),
}

/// Runs the command that these arguments name.
pub(crate) async fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let CommandLine { storage, command } = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(refusal) => {
            // Where standard output or error are closed there is nobody to tell.
            let _ = refusal.print();
            return if refusal.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let environment = Environment::of_process();
    let outcome = match command {
        Command::Serve(arguments) => start::serve(&storage, &arguments, &environment).await,
        Command::TestData => make_test_data(&storage, &environment),
        Command::Operate(command) => return cli::run(command, &storage, &environment).await,
        Command::LookAfter(command) => {
            return cli::look_after(command, &storage, &environment).await;
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

fn make_test_data(storage: &StorageArgs, environment: &Environment) -> Result<(), StartError> {
    let config = Config::of_command(storage, None, environment)?;
    Ok(test_data::make(&config.data)?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn storage_can_be_named_before_and_after_the_command() {
        for line in ["latchkey --data d serve", "latchkey serve --data d"] {
            assert!(CommandLine::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_only_tests_need_is_not_shown() {
        let help = CommandLine::command().render_long_help().to_string();
        assert!(help.contains("serve") && !help.contains("test-data"), "{help}");
    }
}
