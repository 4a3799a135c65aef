//! `latchkey migrate` and `latchkey rotate-master-key`.

use std::path::PathBuf;

use clap::Args;
use registry::{
    Actor, Settings,
    upkeep::{self, Upkeep},
};

use super::{
    super::{failure::Failure, output, table::table},
    failed,
};

pub(super) const MIGRATE_EXAMPLES: &str = "\
Stop the server first. All rows arrive in one transaction, or none does; package files stay in the data
folder. The SQLite file is left as it is: remove it once the server runs well on PostgreSQL.

Examples:
  latchkey migrate --data /srv/latchkey --to postgres://latchkey@db.internal/latchkey
  latchkey serve --data /srv/latchkey --database postgres://latchkey@db.internal/latchkey";

pub(super) const ROTATE_EXAMPLES: &str = "\
Stop the server first, on every node. The copies of tokens are sealed anew in one transaction; killed in
the middle, the command can be run again. Tokens themselves do not change. The old key is kept with
.old at its name: backups made so far need it to show tokens.

Examples:
  latchkey rotate-master-key --data /srv/latchkey
  A key that comes from LATCHKEY_MASTER_KEY, or from a place that cannot be written to:
    latchkey rotate-master-key --new-key-file /etc/latchkey/new.key
  The key is gone; tokens go on working, and can no longer be shown:
    latchkey rotate-master-key --old-key-lost";

/// Where the data goes.
#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Address of an empty database, such as postgres://…
    #[arg(long, value_name = "URL")]
    to: String,
}

impl MigrateArgs {
    pub(super) async fn run(self, settings: &Settings, actor: &Actor) -> Result<(), Failure> {
        let data = Upkeep::open_alone(settings).await.map_err(failed)?;
        let copied = data.migrate_to(&self.to, actor).await;
        data.close().await;
        let rows = copied.map_err(failed)?;
        let rows = rows.into_iter().map(|(name, count)| [name, count.to_string()]).collect();
        output::data(&table(["table", "rows"], rows))?;
        output::say(
            "All rows are in PostgreSQL, and the audit log is whole there. Start the server with \
             --database and the same data folder and key.",
        );
        Ok(())
    }
}

/// Which key takes the place of the one in use.
#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// File of the new key, made if it is not there [default: the place of the old one]
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<PathBuf>,
    /// The old key is lost: drop the copies that it sealed
    #[arg(long)]
    old_key_lost: bool,
}

impl RotateArgs {
    pub(super) async fn run(self, settings: &Settings, actor: &Actor) -> Result<(), Failure> {
        let Self { new_key_file, old_key_lost } = self;
        let rotated = upkeep::rotate_master_key(settings, new_key_file, old_key_lost, actor).await;
        let rotated = rotated.map_err(failed)?;
        output::data(&rotated.key.display().to_string())?;
        output::say(&format!("Copies of tokens sealed with the new key: {}.", rotated.resealed));
        if rotated.dropped > 0 {
            output::say(&format!(
                "Copies that could not be opened and were dropped: {}. The tokens go on working.",
                rotated.dropped
            ));
        }
        if let Some(old) = rotated.old_key {
            output::say(&format!(
                "The old key is kept at {}: backups made so far need it to show tokens.",
                old.display()
            ));
        }
        Ok(())
    }
}
