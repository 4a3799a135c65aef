//! The commands that look after the data as a whole.

mod backup;
mod check;
mod moving;

use clap::Subcommand;
use registry::{Actor, OpenError, Program, Settings, upkeep::DamagedBlob};

use self::{
    backup::{BackupArgs, RestoreArgs},
    check::{GcArgs, VerifyArgs},
    moving::{MigrateArgs, RotateArgs},
};
use super::{failure::Failure, operator, require_data};
use crate::{
    config::{Config, Environment, StorageArgs},
    start::StartError,
    test_data,
};

/// What can be done with the data as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum UpkeepCommand {
    /// Copy everything into a folder, while the server runs
    #[command(after_help = backup::BACKUP_EXAMPLES)]
    Backup(BackupArgs),
    /// Make new data of a backup
    #[command(after_help = backup::RESTORE_EXAMPLES)]
    Restore(RestoreArgs),
    /// Check that every package file is there and unchanged, and the audit log whole
    #[command(after_help = check::VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Remove package files that nothing refers to any more
    #[command(after_help = check::GC_EXAMPLES)]
    Gc(GcArgs),
    /// Move the data from SQLite to PostgreSQL
    #[command(after_help = moving::MIGRATE_EXAMPLES)]
    Migrate(MigrateArgs),
    /// Replace the key that seals tokens for showing again
    #[command(after_help = moving::ROTATE_EXAMPLES)]
    RotateMasterKey(RotateArgs),
}

impl UpkeepCommand {
    pub(super) async fn run(
        self,
        storage: &StorageArgs,
        environment: &Environment,
    ) -> Result<(), Failure> {
        let config = Config::of_command(storage, None, environment)?;
        if !matches!(self, Self::Restore(_)) {
            require_data(&config)?;
        }
        let settings = settings(&config, environment)?;
        let actor = Actor::Operator(operator::name());
        match self {
            Self::Backup(arguments) => arguments.run(&settings, &actor).await,
            Self::Restore(arguments) => arguments.run(&settings, &actor).await,
            Self::Verify(arguments) => arguments.run(&settings).await,
            Self::Gc(arguments) => arguments.run(&settings).await,
            Self::Migrate(arguments) => arguments.run(&settings, &actor).await,
            Self::RotateMasterKey(arguments) => arguments.run(&settings, &actor).await,
        }
    }
}

fn settings(config: &Config, environment: &Environment) -> Result<Settings, Failure> {
    let clock = test_data::clock(environment, &config.data, None)?;
    let public_url = config.public_url_of(config.listen);
    Ok(config.settings(Program::Command, &public_url, clock))
}

/// What went wrong while data was opened or worked on.
fn failed(error: OpenError) -> Failure {
    match error {
        OpenError::Other(error) => error.into(),
        error => StartError::from(error).into(),
    }
}

/// Damaged blobs, one a line, with what they take along.
fn list(damaged: &[DamagedBlob]) -> String {
    let line = |blob: &DamagedBlob| {
        let what = if blob.is_missing { "missing" } else { "corrupt" };
        format!("{what} {}  {}", blob.sha256, blob.files.join(", "))
    };
    damaged.iter().map(line).collect::<Vec<_>>().join("\n")
}
