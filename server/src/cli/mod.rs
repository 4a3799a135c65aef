//! The commands of operators and scripts, on the same data as the server and while it runs.
//!
//! What was asked for goes to standard output and nothing else does, so that `$(latchkey token
//! create …)` is the token. Everything said to people goes to standard error. The exit code is 0, 1
//! for what could not be done, 2 for what has to be said differently.

mod audit;
mod failure;
mod feed;
mod identities;
mod operator;
mod output;
mod password;
mod policy;
mod table;
mod token;
mod upkeep;
mod user;

use std::process::ExitCode;

use clap::Subcommand;
use model::id::AccountId;
use registry::{Actor, Services};

pub(crate) use self::upkeep::UpkeepCommand;
use self::{
    audit::AuditCommand, failure::Failure, feed::FeedCommand, policy::PolicyCommand,
    token::TokenCommand, user::UserCommand,
};
use crate::{
    config::{Config, Environment, StorageArgs},
    start,
};

/// The commands, by what they are about.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make accounts, list them, give links and roles, disable and enable
    #[command(subcommand)]
    User(UserCommand),
    /// Make feeds, list them, give people roles in them
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Make access tokens, list them, replace and end them
    #[command(subcommand)]
    Token(Box<TokenCommand>),
    /// Show and change what is decided for everyone
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List, export and check the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// Runs a command to its end.
pub(crate) async fn run(
    command: Command,
    storage: &StorageArgs,
    environment: &Environment,
) -> ExitCode {
    ended(carry_out(command, storage, environment).await)
}

/// Runs a command that looks after the data to its end.
pub(crate) async fn look_after(
    command: UpkeepCommand,
    storage: &StorageArgs,
    environment: &Environment,
) -> ExitCode {
    ended(command.run(storage, environment).await)
}

fn ended(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::say(&format!("error: {failure}"));
            failure.exit_code()
        }
    }
}

async fn carry_out(
    command: Command,
    storage: &StorageArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    let config = Config::of_command(storage, command.public_url(), environment)?;
    if !command.may_be_first() {
        require_data(&config)?;
    }
    let services = start::open(&config, environment).await?;
    let actor = Actor::Operator(operator::name());
    let outcome = match command {
        Command::User(command) => command.run(&services, &actor, config.public_url.is_none()).await,
        Command::Feed(command) => command.run(&services, &actor).await,
        Command::Token(command) => command.run(&services, &actor).await,
        Command::Policy(command) => command.run(&services, &actor).await,
        Command::Audit(command) => command.run(&services).await,
    };
    services.close().await;
    outcome
}

/// A mistyped folder must not become a new, empty server.
fn require_data(config: &Config) -> Result<(), Failure> {
    if config.database.is_none() && !config.data.is_dir() {
        return Err(Failure::Refused(format!(
            "there is no data folder {}. Name the right one with --data, or make the first account \
             with `latchkey user create`.",
            config.data.display()
        )));
    }
    Ok(())
}

impl Command {
    /// Whether the command makes sense where nothing has been kept yet.
    fn may_be_first(&self) -> bool {
        matches!(self, Self::User(UserCommand::Create(_)))
    }

    /// The address that links shall begin with, if the command prints any and one was given.
    fn public_url(&self) -> Option<&str> {
        match self {
            Self::User(command) => command.public_url(),
            _ => None,
        }
    }
}

/// The account with this user name or e-mail address.
async fn account(services: &Services, name: &str) -> Result<AccountId, Failure> {
    services.accounts.id_of(name).await.map_err(|error| no_account(error, name))
}

/// Says of an account that is absent which one it is, and where to look.
fn no_account(error: registry::Error, name: &str) -> Failure {
    Failure::absent(error, || {
        format!("there is no account “{name}”. `latchkey user list` shows all of them.")
    })
}
