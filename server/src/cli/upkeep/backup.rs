//! `latchkey backup` and `latchkey restore`.

use std::path::{Path, PathBuf};

use clap::Args;
use model::size::in_words;
use registry::{
    Actor, Settings,
    upkeep::{self, Manifest, Upkeep, Wanted},
};

use super::{
    super::{failure::Failure, output},
    failed, list,
};

pub(super) const BACKUP_EXAMPLES: &str = "\
The server may run, and people may publish meanwhile: the backup is the state at its beginning. Every
package file is checked on its way. The rows become a SQLite database, whatever they come from.

The master key is not in it. Keep a copy of the key file somewhere else: without it tokens go on
working after a restore, and can no longer be shown.

Examples:
  latchkey backup --data /srv/latchkey /backup/2027-02-22
  latchkey backup /backup/today && tar -C /backup -czf today.tar.gz today";

pub(super) const RESTORE_EXAMPLES: &str = "\
The data folder has to be new or empty. With --database postgres://… the rows go there, into a database
without accounts. Put the master key beside the data folder, or name its file, before the server starts.

Examples:
  latchkey restore /backup/2027-02-22 --data /srv/latchkey
  latchkey restore /backup/2027-02-22 --data /srv/latchkey --database postgres://latchkey@db/latchkey";

/// What is backed up where.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// Folder for the backup; it has to be new or empty
    folder: PathBuf,
}

impl BackupArgs {
    pub(super) async fn run(self, settings: &Settings, actor: &Actor) -> Result<(), Failure> {
        let data = Upkeep::open(settings).await.map_err(failed)?;
        let made = data.backup(&self.folder, actor).await;
        data.close().await;
        let manifest = made.map_err(failed)?;
        output::data(&format!("{} {}", self.folder.display(), contents(&manifest)))?;
        output::say(&key_in_words(&manifest));
        if !manifest.is_audit_whole {
            output::say("The audit log is broken: see `latchkey audit verify`.");
        }
        damage(&manifest, &self.folder)
    }
}

/// The backup is complete but for what was lost before.
fn damage(manifest: &Manifest, folder: &Path) -> Result<(), Failure> {
    if manifest.damaged.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "the backup {} holds everything but files that were damaged already:\n{}",
        folder.display(),
        list(&manifest.damaged)
    )))
}

fn contents(manifest: &Manifest) -> String {
    let rows = |name: &str| manifest.rows.get(name).copied().unwrap_or_default();
    format!(
        "holds {} accounts, {} tokens, {} versions and {} package files ({}), as of {}.",
        rows("accounts"),
        rows("tokens"),
        rows("versions"),
        manifest.blobs,
        in_words(manifest.blob_bytes),
        manifest.made_at
    )
}

fn key_in_words(manifest: &Manifest) -> String {
    match &manifest.master_key {
        Some(fingerprint) => format!(
            "The master key (fingerprint {fingerprint}) is not in it. Keep a copy of the key file \
             elsewhere: without it tokens go on working, and can no longer be shown."
        ),
        None => "No master key was in use.".to_owned(),
    }
}

/// What is restored.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Folder of the backup
    backup: PathBuf,
    /// Restore the rest where package files are missing from the backup or damaged in it
    #[arg(long)]
    allow_missing: bool,
}

impl RestoreArgs {
    pub(super) async fn run(self, settings: &Settings, actor: &Actor) -> Result<(), Failure> {
        let wanted = if self.allow_missing { Wanted::WhatThereIs } else { Wanted::Everything };
        let restored = upkeep::restore(&self.backup, settings, wanted, actor).await;
        let (manifest, damaged) = restored.map_err(failed)?;
        output::data(&format!("{} {}", settings.data.display(), contents(&manifest)))?;
        if let Some(fingerprint) = &manifest.master_key {
            output::say(&format!(
                "Put the master key with the fingerprint {fingerprint} beside the data folder, or name \
                 its file with --key-file. If it is lost: latchkey rotate-master-key --old-key-lost"
            ));
        }
        if damaged.is_empty() {
            return Ok(());
        }
        Err(Failure::Refused(format!(
            "these package files could not be restored:\n{}",
            list(&damaged)
        )))
    }
}
