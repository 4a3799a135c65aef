//! Noticing that rows changed, whoever changed them.
//!
//! Everything remembered about credentials, accounts, roles and feeds carries the epoch it was read
//! in and is used only while that epoch lasts. What is remembered of packages has an epoch of its own,
//! so that publishing does not make the server forget who may publish; other processes cannot tell the
//! two kinds of change apart, and end both. This process ends the epoch itself when it commits;
//! for commits of other processes the database is watched. If the watch does not get through for
//! [`BLIND_AFTER`], there is no epoch and nothing remembered is used.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{SqlitePool, postgres::PgListener};
use tokio::{
    sync::{Mutex, Notify},
    task::JoinHandle,
    time,
};

use super::{Source, database::Database, sql};
use crate::error::Error;

/// How often SQLite is asked; a look at shared memory, no I/O.
const SQLITE_PERIOD: Duration = Duration::from_millis(100);
/// How often PostgreSQL is asked, should a notification get lost.
const POSTGRES_PERIOD: Duration = Duration::from_millis(400);
/// Without a successful look for this long, remembered rows are not trusted.
const BLIND_AFTER: Duration = Duration::from_millis(900);

/// The present epoch.
pub(crate) struct Changes {
    epoch: AtomicU64,
    /// The present epoch of packages.
    packages: AtomicU64,
    started: Instant,
    /// Milliseconds after `started` of the last successful look.
    seen: AtomicU64,
    /// Told when an epoch ends.
    ended: Notify,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            epoch: AtomicU64::new(1),
            packages: AtomicU64::new(1),
            started: Instant::now(),
            seen: AtomicU64::new(0),
            ended: Notify::new(),
        }
    }
}

impl Changes {
    /// The epoch to read in or to compare with; `None` while the watch is blind. It has to be asked
    /// for *before* rows are read that are to be remembered under it.
    pub(crate) fn epoch(&self) -> Option<u64> {
        let blind = self.elapsed().saturating_sub(self.seen.load(Ordering::Acquire))
            > u64::try_from(BLIND_AFTER.as_millis()).unwrap_or(0);
        (!blind).then(|| self.epoch.load(Ordering::Acquire))
    }

    /// The same for what is remembered of packages.
    pub(crate) fn packages_epoch(&self) -> Option<u64> {
        self.epoch().map(|_| self.packages.load(Ordering::Acquire))
    }

    /// Waits until an epoch ends, or has ended since it was waited for last. For one who waits.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// Ends the epoch.
    pub(super) fn happened(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.ended.notify_one();
    }

    /// Ends the epoch of packages.
    pub(super) fn packages_changed(&self) {
        self.packages.fetch_add(1, Ordering::AcqRel);
    }

    fn looked(&self) {
        self.seen.store(self.elapsed(), Ordering::Release);
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Watches the database for changes by others until the task is aborted.
pub(crate) fn watch(database: &Database) -> JoinHandle<()> {
    let watcher = Watcher { database: database.clone(), counter: Mutex::new(None) };
    tokio::spawn(async move {
        loop {
            let result = match watcher.database.sqlite_readers() {
                Some(pool) => watcher.watch_sqlite(pool).await,
                None => watcher.watch_postgres().await,
            };
            if let Err(error) = result {
                tracing::warn!(%error, "the watch for changes failed and starts again");
            }
            time::sleep(SQLITE_PERIOD).await;
        }
    })
}

struct Watcher {
    database: Database,
    counter: Mutex<Option<i64>>,
}

impl Watcher {
    fn changes(&self) -> &Arc<Changes> {
        self.database.changes()
    }

    /// Reads the counter and ends both epochs if it moved.
    async fn look(&self) -> Result<(), Error> {
        let mut known = self.counter.lock().await;
        let statement = sql("SELECT value FROM change_counter WHERE id = 1");
        let value = (&self.database).count(statement).await?;
        if known.replace(value) != Some(value) {
            self.changes().packages_changed();
            self.changes().happened();
        }
        self.changes().looked();
        Ok(())
    }

    /// `PRAGMA data_version` of one connection moves when any other connection commits.
    async fn watch_sqlite(&self, pool: &SqlitePool) -> Result<(), Error> {
        let mut connection = pool.acquire().await?;
        let mut known = None;
        let mut period = time::interval(SQLITE_PERIOD);
        loop {
            period.tick().await;
            let (version,): (i64,) =
                sqlx::query_as("PRAGMA data_version").fetch_one(&mut *connection).await?;
            if known.replace(version) == Some(version) {
                self.changes().looked();
            } else {
                self.look().await?;
            }
        }
    }

    async fn watch_postgres(&self) -> Result<(), Error> {
        let Some(pool) = self.database.postgres() else { return Ok(()) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("latchkey_changes").await?;
        loop {
            self.look().await?;
            // Whatever comes first: a notification, or the time to look for a lost one.
            let _ = time::timeout(POSTGRES_PERIOD, listener.recv()).await;
        }
    }
}
