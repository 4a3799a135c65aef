//! Bringing the tables up to date.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

use super::{Source, database::Database, sql};
use crate::error::{Error, OpenError};

/// The setting in which a migration that does not suit older programs leaves its number.
const OLDEST: &str = "oldest-migration";

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

impl Database {
    /// Applies what is missing. Migrations of a newer version are left alone: they add, or say that they do more.
    /// On PostgreSQL an advisory lock keeps two from migrating at once; on SQLite the caller holds
    /// the lock on the data folder.
    pub(crate) async fn migrate(&self) -> Result<(), OpenError> {
        let result = match (self.sqlite_writer(), self.postgres()) {
            (Some(pool), _) => lenient(&SQLITE).run(pool).await,
            (None, Some(pool)) => lenient(&POSTGRES).run(pool).await,
            (None, None) => Ok(()),
        };
        result.map_err(OpenError::Migrate)
    }

    /// Whether a migration that this program does not know took away what it needs.
    pub(crate) async fn is_beyond_this_program(&self) -> Result<bool, Error> {
        let statement = sql("SELECT value FROM settings WHERE name = $1").bind(OLDEST);
        let mut database = self;
        let Some((oldest,)) = database.optional::<(String,)>(statement).await? else {
            return Ok(false);
        };
        let oldest: i64 = oldest.parse().map_err(|_| Error::inconsistent("settings", "value"))?;
        Ok(self.versions().await?.0 < oldest)
    }

    /// Whether the tables have every migration this program knows.
    pub(crate) async fn is_migrated(&self) -> bool {
        self.versions().await.is_ok_and(|(known, applied)| applied >= known)
    }

    /// The newest migration that this program knows and the newest that was applied: a database of a
    /// newer program has things that this one does not know.
    pub(crate) async fn versions(&self) -> Result<(i64, i64), Error> {
        let known = if self.postgres().is_some() { &POSTGRES } else { &SQLITE };
        let newest = known.iter().map(|migration| migration.version).max().unwrap_or(0);
        let applied = sql("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success");
        let mut database = self;
        Ok((newest, database.count(applied).await?))
    }
}

fn lenient(migrator: &'static Migrator) -> Migrator {
    let mut migrator =
        Migrator { migrations: Cow::Borrowed(&migrator.migrations), ..Migrator::DEFAULT };
    migrator.set_ignore_missing(true);
    migrator
}

/// The newest migration's number on either database.
#[cfg(test)]
pub(super) fn newest_of_both() -> (Option<i64>, Option<i64>) {
    let newest = |migrator: &Migrator| migrator.iter().map(|migration| migration.version).max();
    (newest(&SQLITE), newest(&POSTGRES))
}
