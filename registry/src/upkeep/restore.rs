//! New data from a backup: the blobs first, then the rows, so that what was broken off is no data yet.

use std::{fs, path::Path};

use model::audit::Act;

use super::{
    backup::{self, Manifest},
    blob_copies::{self, DamagedBlob},
};
use crate::{
    audit::{self, Actor, Entry},
    blobs::Blobs,
    error::{Error, OpenError},
    metrics::Metrics,
    opening::Address,
    services::{Program, Settings},
    storage::{Database, Transaction, blob_store, upkeep},
};

/// What is done about blobs that the backup should have and has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing is restored.
    Everything,
    /// The rest is restored.
    WhatThereIs,
}

/// Restores a backup into a new data folder or a bucket that no database uses, and into the database that
/// the settings name: a new file of SQLite, or one of PostgreSQL without accounts.
pub async fn restore(
    folder: &Path,
    settings: &Settings,
    wanted: Wanted,
    actor: &Actor,
) -> Result<(Manifest, Vec<DamagedBlob>), OpenError> {
    let manifest = Manifest::of(folder)?;
    let target = Target::of(settings)?;
    backup::make_empty_folder(&settings.data)?;
    let restored = fill(folder, &manifest, target, settings, wanted, actor).await;
    if restored.is_err() {
        // Half of a backup is no data; the folder was empty.
        let _ = fs::remove_dir_all(&settings.data);
    }
    Ok((manifest, restored?))
}

/// Does it; the blobs that are damaged in the backup.
async fn fill(
    folder: &Path,
    manifest: &Manifest,
    target: Target,
    settings: &Settings,
    wanted: Wanted,
    actor: &Actor,
) -> Result<Vec<DamagedBlob>, OpenError> {
    let damaged = |what: &str| {
        let folder = folder.display();
        OpenError::Refused(format!("the backup {folder} is damaged: {what}. Nothing was restored."))
    };
    // A copy, because opening a database writes to its folder.
    let part = settings.data.join("restoring");
    fs::create_dir(&part).map_err(Error::from)?;
    fs::copy(backup::rows_of(folder), backup::rows_of(&part))
        .map_err(|error| damaged(&format!("its rows cannot be read ({error})")))?;
    if backup::digest_of(backup::rows_of(&part)).await? != manifest.database_sha256 {
        return Err(damaged("its rows are not what its manifest says"));
    }
    let rows = backup::open_rows(&part).await?;
    let (known, applied) = rows.versions().await?;
    if applied > known {
        return Err(OpenError::Refused(format!(
            "this backup was made by a newer version of Latchkey, {}. Restore it with that one.",
            manifest.program
        )));
    }
    rows.migrate().await?;
    let counter = Metrics::new()?.blob_bytes();
    let from = Blobs::beside(folder, counter.clone())?;
    let to = Blobs::of(settings, true, counter)?;
    to.must_be_unmarked().await?;
    let mut missing = blob_copies::copy(&rows, &from, &to).await?.damaged;
    // What was damaged when the backup was made is no fault of the backup.
    let is_news =
        |blob: &DamagedBlob| !manifest.damaged.iter().any(|known| known.sha256 == blob.sha256);
    let news = missing.iter().filter(|blob| is_news(blob)).count();
    if news > 0 && wanted == Wanted::Everything {
        rows.close().await;
        let lines: Vec<String> = missing.iter().filter(|blob| is_news(blob)).map(line).collect();
        return Err(damaged(&format!(
            "blobs are missing or corrupt (--allow-missing restores the rest)\n  {}\n",
            lines.join("\n  ")
        )));
    }
    missing.sort_by(|a, b| a.sha256.cmp(&b.sha256));
    let mark = to.mark_anew().await?;
    if let Err(error) = target.fill(rows, &part, manifest, &mark, settings, actor).await {
        // Else the store would belong to a database that is not there.
        to.unmark().await?;
        return Err(error);
    }
    fs::remove_dir_all(&part).map_err(Error::from)?;
    Ok(missing)
}

fn line(blob: &DamagedBlob) -> String {
    let what = if blob.is_missing { "missing" } else { "corrupt" };
    format!("{what} {}: {}", blob.sha256, blob.files.join(", "))
}

/// Where the rows go.
enum Target {
    /// A file that is not there yet.
    File(std::path::PathBuf),
    /// A database of PostgreSQL.
    Postgres(Box<Address>),
}

impl Target {
    fn of(settings: &Settings) -> Result<Self, OpenError> {
        match Address::of(settings)? {
            Address::Sqlite(options) => {
                let file = options.get_filename().to_owned();
                if file.exists() {
                    let file = file.display();
                    return Err(OpenError::Refused(format!(
                        "there is a database already: {file}. Name a new one."
                    )));
                }
                Ok(Self::File(file))
            }
            address @ Address::Postgres(_) => Ok(Self::Postgres(Box::new(address))),
        }
    }

    /// Puts the rows there, with the mark of their blobs' store and a word in the audit log.
    async fn fill(
        self,
        rows: Database,
        part: &Path,
        manifest: &Manifest,
        mark: &str,
        settings: &Settings,
        actor: &Actor,
    ) -> Result<(), OpenError> {
        match self {
            Self::File(file) => {
                let mut transaction = rows.write().await?;
                blob_store::note(&mut transaction, mark).await?;
                note(&mut transaction, manifest, settings, actor).await?;
                transaction.commit().await?;
                rows.close().await;
                let whole = fs::File::open(backup::rows_of(part)).map_err(Error::from)?;
                whole.sync_all().map_err(Error::from)?;
                fs::rename(backup::rows_of(part), file).map_err(Error::from)?;
            }
            Self::Postgres(address) => {
                let database = empty_database(*address).await?;
                let mut transaction = database.write().await?;
                transaction.copy_from(&rows).await?;
                blob_store::note(&mut transaction, mark).await?;
                note(&mut transaction, manifest, settings, actor).await?;
                transaction.changes_authority();
                transaction.commit().await?;
                rows.close().await;
                database.close().await;
            }
        }
        Ok(())
    }
}

async fn note(
    transaction: &mut Transaction,
    manifest: &Manifest,
    settings: &Settings,
    actor: &Actor,
) -> Result<(), Error> {
    let details = serde_json::json!({ "made_at": manifest.made_at });
    let entry = Entry::new(Act::DataRestore, "").with(details);
    audit::append(transaction, actor, settings.clock.now(), entry).await
}

/// Opens a database of PostgreSQL that nobody has used yet.
pub(super) async fn empty_database(address: Address) -> Result<Database, OpenError> {
    let database = address.open(Program::Command).await?;
    database.migrate().await?;
    if upkeep::accounts(&mut &database).await? > 0 {
        database.close().await;
        return Err(OpenError::Refused(
            "there are accounts in the destination already. Name an empty database.".to_owned(),
        ));
    }
    Ok(database)
}
