//! Looking after the data as a whole: backing it up, checking it, moving it, exchanging its key.
//!
//! | module | what it does |
//! |---|---|
//! | `backup` | copies everything while a server runs |
//! | `restore` | makes new data of a backup |
//! | `check` | compares blobs with the rows that refer to them |
//! | `migration` | moves the rows from SQLite to PostgreSQL |
//! | `key_rotation` | puts another master key in the place of the one in use |
//!
//! None of it needs the master key but the last.

mod backup;
mod blob_copies;
mod check;
mod key_rotation;
mod lease;
mod migration;
mod restore;

use std::{fs::File, path::PathBuf, sync::Arc};

pub use backup::Manifest;
pub use blob_copies::DamagedBlob;
pub use check::Verdict;
pub use key_rotation::{Rotated, rotate_master_key};
pub use restore::{Wanted, restore};

pub use crate::blobs::{Condition, Swept};

use crate::{
    blobs::Blobs,
    clock::Clock,
    error::{Error, OpenError},
    metrics::Metrics,
    opening::{self, Opened},
    services::Settings,
    storage::{Database, upkeep},
};

/// The data, opened to be looked after.
pub struct Upkeep {
    database: Database,
    blobs: Blobs,
    clock: Arc<dyn Clock>,
    data: PathBuf,
    /// Held where no server may start meanwhile.
    alone: Option<File>,
}

impl Upkeep {
    /// Opens the data, beside a running server or without one.
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let Opened { database, lock: _, opening: _ } = opening::open(settings).await?;
        let data = Self::of(settings, database, None)?;
        data.blobs.settle(&data.database).await?;
        Ok(data)
    }

    /// Opens the data where no server runs, and lets none start.
    pub async fn open_alone(settings: &Settings) -> Result<Self, OpenError> {
        let Opened { database, lock, opening: _ } = opening::open(settings).await?;
        let runs = lock.is_none() || upkeep::has_servers(&database).await?;
        if runs {
            database.close().await;
            return Err(OpenError::Refused(
                "a Latchkey server is using this data. Stop it first.".to_owned(),
            ));
        }
        Self::of(settings, database, lock)
    }

    fn of(settings: &Settings, database: Database, alone: Option<File>) -> Result<Self, OpenError> {
        let blobs = Blobs::of(settings, false, Metrics::new()?.blob_bytes())?;
        let clock = Arc::clone(&settings.clock);
        Ok(Self { database, blobs, clock, data: settings.data.clone(), alone })
    }

    /// Removes blobs that nothing refers to any more, or says which would be: only those that are a day
    /// old, so that uploads in progress are safe.
    pub async fn collect_garbage(&self, is_rehearsal: bool) -> Result<Swept, Error> {
        self.blobs.sweep(&self.database, self.clock.now(), is_rehearsal).await
    }

    /// Closes the database and lets servers start again.
    pub async fn close(self) {
        self.database.close().await;
        drop(self.alone);
    }
}
