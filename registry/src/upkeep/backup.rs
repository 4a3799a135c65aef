//! A backup: a folder with the rows, as a SQLite database, the blobs, and a manifest.
//!
//! The rows are read first, in one snapshot, and the blobs after them: what a row refers to is durable
//! before the row is there, and is not removed before the backup is finished. The manifest is written
//! last; a folder without one is no backup.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use model::audit::Act;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnectOptions;

use super::{
    Upkeep,
    blob_copies::{self, DamagedBlob},
    lease::Lease,
};
use crate::{
    audit::{self, Actor, Entry},
    blobs::Blobs,
    crypto::digest::{self, hex},
    error::{Error, OpenError},
    metrics::Metrics,
    opening,
    storage::{Database, keys, upkeep},
};

/// The form of backups that this program makes and reads.
pub(super) const FORMAT: u32 = 1;
/// The file of the rows.
const DATABASE: &str = "latchkey.db";
/// The file that says what there is.
const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the backup.
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The newest migration of its tables.
    pub migration: i64,
    /// When it was begun, RFC 3339.
    pub made_at: String,
    /// The SHA-256 of the file of the rows, in hexadecimal.
    pub database_sha256: String,
    /// How many rows there are of what people know by name.
    pub rows: BTreeMap<String, i64>,
    /// Whether the chain of the audit log was whole.
    pub is_audit_whole: bool,
    /// How many blobs.
    pub blobs: u64,
    /// How many bytes they have together.
    pub blob_bytes: u64,
    /// Blobs that were damaged already and are not in the backup.
    pub damaged: Vec<DamagedBlob>,
    /// The fingerprint of the master key in use, which is not in the backup; `None` while none was used.
    pub master_key: Option<String>,
}

impl Manifest {
    /// Reads the manifest of a backup.
    pub(super) fn of(backup: &Path) -> Result<Self, OpenError> {
        let refused =
            |why: &str| OpenError::Refused(format!("{} is no backup: {why}.", backup.display()));
        let text = fs::read(backup.join(MANIFEST)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refused("it has no manifest, or was never finished"),
            _ => refused(&format!("its manifest cannot be read ({error})")),
        })?;
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|_| refused("its manifest is not readable"))?;
        if manifest.format != FORMAT {
            return Err(refused("its form is one that this version does not know"));
        }
        Ok(manifest)
    }

    fn write(&self, backup: &Path) -> Result<(), Error> {
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|error| Error::internal("the manifest could not be written", error))?;
        text.push(b'\n');
        let mut file = tempfile::NamedTempFile::new_in(backup)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(backup.join(MANIFEST)).map_err(|error| error.error)?;
        Ok(fs::File::open(backup)?.sync_all()?)
    }
}

impl Upkeep {
    /// Copies everything into a new folder, while a server may run.
    pub async fn backup(&self, folder: &Path, actor: &Actor) -> Result<Manifest, OpenError> {
        make_empty_folder(folder)?;
        let now = self.clock.now();
        let entry = Entry::new(Act::DataBackup, "");
        let lease = Lease::begin(&self.database, &self.clock, actor, entry).await?;
        self.database.snapshot_into(&rows_of(folder)).await?;
        #[cfg(unix)]
        for_owner_alone(&rows_of(folder)).map_err(Error::from)?;
        let copy = open_rows(folder).await?;
        let store = Blobs::on_disk(folder, true, Metrics::new()?.blob_bytes())?;
        let copied = blob_copies::copy(&copy, &self.blobs, &store).await?;
        lease.has_held().await?;
        let (_, migration) = copy.versions().await?;
        let rows = upkeep::counts(&mut &copy).await?;
        let is_audit_whole = audit::verify(&mut &copy, None).await?.is_ok();
        let master_key = keys::known(&mut &copy).await?.map(|key| key.fingerprint);
        copy.close().await;
        drop(store);
        fs::remove_dir_all(folder.join("staging")).map_err(Error::from)?;
        let manifest = Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            migration,
            made_at: now.to_string(),
            database_sha256: digest_of(rows_of(folder)).await?,
            rows: rows.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
            is_audit_whole,
            blobs: copied.count,
            blob_bytes: copied.bytes,
            damaged: copied.damaged,
            master_key,
        };
        manifest.write(folder)?;
        Ok(manifest)
    }
}

/// Opens the rows of a backup, or of what is being made of one.
pub(super) async fn open_rows(folder: &Path) -> Result<Database, OpenError> {
    Database::open_sqlite(SqliteConnectOptions::new().filename(rows_of(folder))).await
}

pub(super) fn rows_of(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// The folder is its owner's alone, but it may be packed up and unpacked elsewhere.
#[cfg(unix)]
fn for_owner_alone(file: &Path) -> io::Result<()> {
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

/// Makes a folder, unless it is there and holds something.
pub(super) fn make_empty_folder(folder: &Path) -> Result<(), OpenError> {
    let unusable = |source| OpenError::Folder { path: folder.display().to_string(), source };
    opening::make_folder(folder).map_err(unusable)?;
    if fs::read_dir(folder).map_err(unusable)?.next().is_some() {
        let folder = folder.display();
        return Err(OpenError::Refused(format!("{folder} is not empty. Name a new folder.")));
    }
    Ok(())
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) async fn digest_of(file: PathBuf) -> Result<String, Error> {
    let digest = move || digest::of_file(fs::File::open(file)?);
    let digest = tokio::task::spawn_blocking(digest).await.map_err(io::Error::other)??;
    Ok(hex(&digest))
}
