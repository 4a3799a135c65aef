//! The two databases behind one face.

pub(crate) mod copy;

use std::{sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, Connection as _, FromRow, PgConnection, PgPool, Postgres, Sqlite, SqlitePool,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};

pub(super) use copy::server_sessions;

use super::{changes::Changes, statement::Statement};
use crate::error::{Error, OpenError};

/// Takes the advisory lock under which PostgreSQL's write transactions run, one at a time. Whoever waits
/// for it too long gives up: the client may try again.
const WRITE_LOCK: &str =
    "SELECT set_config('lock_timeout', '20s', true), pg_advisory_xact_lock(7234911)";
/// What PostgreSQL does about a program that is gone without a word, such as one whose machine lost its
/// network: it may hold the lock.
const GONE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "30s"),
];
/// How long a writer waits for another process to finish writing.
const BUSY: Duration = Duration::from_secs(10);

/// A row that either database can give.
pub(crate) trait Row:
    Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{
}

impl<T> Row for T where T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{}

/// Something rows can be read from: the database at large, or a transaction.
pub(crate) trait Source {
    /// Every row.
    async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, Error>;
    /// The row, if there is one.
    async fn optional<R: Row>(&mut self, statement: Statement) -> Result<Option<R>, Error>;

    /// The number a `SELECT COUNT(*)` gives.
    async fn count(&mut self, statement: Statement) -> Result<i64, Error> {
        Ok(self.optional::<(i64,)>(statement).await?.map_or(0, |(count,)| count))
    }
}

/// Runs the body for whichever database it is, with `Db` standing for its driver and `$arguments`
/// for the statement's values as that driver takes them.
macro_rules! dispatch {
    ($which:expr, $statement:expr, |$executor:ident, $text:ident, $arguments:ident| $body:expr) => {{
        let $text = $statement.text;
        match $which {
            Pools::Sqlite($executor) => {
                type Db = Sqlite;
                let $arguments = $statement.into_sqlite()?;
                $body
            }
            Pools::Postgres($executor) => {
                type Db = Postgres;
                let $arguments = $statement.into_postgres()?;
                $body
            }
        }
    }};
}

/// One thing for SQLite, another for PostgreSQL.
#[derive(Clone)]
enum Pools<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// A pool whose connections stay. Those that are to go are looked for by a task of sqlx 0.9 that asks how
/// many are idle; asked while one is given back, it may be told 2^64 - 1, and looks for so many without
/// ever making room for anything else on its core.
fn lasting<D: sqlx::Database>() -> PoolOptions<D> {
    PoolOptions::new().idle_timeout(None).max_lifetime(None)
}

/// Pools of connections: one writer and several readers on SQLite, one pool on PostgreSQL.
#[derive(Clone)]
pub(crate) struct Database {
    readers: Pools<SqlitePool, PgPool>,
    writer: Pools<SqlitePool, PgPool>,
    changes: Arc<Changes>,
}

impl Database {
    pub(crate) async fn open_sqlite(options: SqliteConnectOptions) -> Result<Self, OpenError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is dropped, such as a copy of a secret, is overwritten.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY)
            .disable_statement_logging();
        let writer = lasting::<Sqlite>()
            .max_connections(1)
            // SQLite ends a transaction by itself when the disk is full. The driver does not see that, fails
            // to end it once more, and would never begin another one on this connection.
            .before_acquire(|connection, _| {
                let is_free = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_free) })
            })
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Connect)?;
        let readers = lasting::<Sqlite>()
            .max_connections(8)
            .min_connections(1)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self {
            readers: Pools::Sqlite(readers),
            writer: Pools::Sqlite(writer),
            changes: Arc::default(),
        })
    }

    pub(crate) async fn open_postgres(options: PgConnectOptions) -> Result<Self, OpenError> {
        let options = options.options(GONE);
        // The pool would try again until its time is up and then say only that; one try says why.
        let first = PgConnection::connect_with(&options).await.map_err(OpenError::Connect)?;
        first.close().await.map_err(OpenError::Connect)?;
        let pool = lasting::<Postgres>()
            .max_connections(16)
            .acquire_timeout(BUSY)
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self {
            readers: Pools::Postgres(pool.clone()),
            writer: Pools::Postgres(pool),
            changes: Arc::default(),
        })
    }

    /// What tells cached rows from outdated ones.
    pub(crate) fn changes(&self) -> &Arc<Changes> {
        &self.changes
    }

    /// The pool to migrate and watch with, if it is SQLite.
    pub(super) fn sqlite_writer(&self) -> Option<&SqlitePool> {
        match &self.writer {
            Pools::Sqlite(pool) => Some(pool),
            Pools::Postgres(_) => None,
        }
    }

    /// The pool to watch with, if it is SQLite.
    pub(super) fn sqlite_readers(&self) -> Option<&SqlitePool> {
        match &self.readers {
            Pools::Sqlite(pool) => Some(pool),
            Pools::Postgres(_) => None,
        }
    }

    /// The pool, if it is PostgreSQL.
    pub(super) fn postgres(&self) -> Option<&PgPool> {
        match &self.readers {
            Pools::Sqlite(_) => None,
            Pools::Postgres(pool) => Some(pool),
        }
    }

    /// Begins to write. Waits until no other transaction writes.
    pub(crate) async fn write(&self) -> Result<Transaction, Error> {
        let inner = match &self.writer {
            // A deferred transaction would fail where another process committed in between.
            Pools::Sqlite(pool) => Pools::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                sqlx::query(WRITE_LOCK).execute(&mut *transaction).await?;
                Pools::Postgres(transaction)
            }
        };
        let changes = Arc::clone(&self.changes);
        Ok(Transaction { inner, changes, changed: false, packages_changed: false })
    }

    /// The same database as another process would open it.
    #[cfg(test)]
    pub(super) async fn reopened(&self) -> Self {
        let opened = match &self.writer {
            Pools::Sqlite(pool) => Self::open_sqlite((*pool.connect_options()).clone()).await,
            Pools::Postgres(pool) => Self::open_postgres((*pool.connect_options()).clone()).await,
        };
        opened.unwrap()
    }

    /// Whether it is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres().is_some()
    }

    /// The pools by name, each with how many connections it has and how many of them nobody uses.
    pub(crate) fn connections(&self) -> Vec<(&'static str, usize, usize)> {
        let named = |name, pools: &Pools<SqlitePool, PgPool>| {
            let (size, idle) = match pools {
                Pools::Sqlite(pool) => (pool.size() as usize, pool.num_idle()),
                Pools::Postgres(pool) => (pool.size() as usize, pool.num_idle()),
            };
            // See `lasting`.
            (name, size, idle.min(size))
        };
        match self.writer {
            Pools::Sqlite(_) => vec![named("read", &self.readers), named("write", &self.writer)],
            Pools::Postgres(_) => vec![named("all", &self.readers)],
        }
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        for pools in [&self.readers, &self.writer] {
            match pools {
                Pools::Sqlite(pool) => pool.close().await,
                Pools::Postgres(pool) => pool.close().await,
            }
        }
    }
}

impl Source for &Database {
    async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, Error> {
        Ok(dispatch!(&self.readers, statement, |pool, text, arguments| {
            sqlx::query_as_with::<Db, R, _>(text, arguments).fetch_all(pool).await?
        }))
    }

    async fn optional<R: Row>(&mut self, statement: Statement) -> Result<Option<R>, Error> {
        Ok(dispatch!(&self.readers, statement, |pool, text, arguments| {
            sqlx::query_as_with::<Db, R, _>(text, arguments).fetch_optional(pool).await?
        }))
    }
}

/// Writes that become visible together, or not at all: dropped without [`commit`](Self::commit),
/// nothing happened.
pub(crate) struct Transaction {
    inner: Pools<sqlx::Transaction<'static, Sqlite>, sqlx::Transaction<'static, Postgres>>,
    changes: Arc<Changes>,
    changed: bool,
    packages_changed: bool,
}

impl Transaction {
    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64, Error> {
        Ok(dispatch!(&mut self.inner, statement, |transaction, text, arguments| {
            sqlx::query_with::<Db, _>(text, arguments)
                .execute(&mut **transaction)
                .await?
                .rows_affected()
        }))
    }

    /// Says that this transaction changes credentials, accounts, roles, feeds or policy: whatever
    /// was remembered of them, in any process, is outdated once it commits.
    pub(crate) fn changes_authority(&mut self) {
        self.changed = true;
    }

    /// The same for which packages there are, in which state, and which files they have.
    pub(super) fn changes_packages(&mut self) {
        self.packages_changed = true;
    }

    /// Makes it all visible.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        if self.changed || self.packages_changed {
            let bump = super::sql("UPDATE change_counter SET value = value + 1 WHERE id = 1");
            self.execute(bump).await?;
            if let Pools::Postgres(transaction) = &mut self.inner {
                sqlx::query("SELECT pg_notify('latchkey_changes', '')")
                    .execute(&mut **transaction)
                    .await?;
            }
        }
        match self.inner {
            Pools::Sqlite(transaction) => transaction.commit().await?,
            Pools::Postgres(transaction) => transaction.commit().await?,
        }
        if self.packages_changed {
            self.changes.packages_changed();
        }
        if self.changed {
            self.changes.happened();
        }
        Ok(())
    }
}

impl Source for Transaction {
    async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, Error> {
        Ok(dispatch!(&mut self.inner, statement, |transaction, text, arguments| {
            sqlx::query_as_with::<Db, R, _>(text, arguments).fetch_all(&mut **transaction).await?
        }))
    }

    async fn optional<R: Row>(&mut self, statement: Statement) -> Result<Option<R>, Error> {
        Ok(dispatch!(&mut self.inner, statement, |transaction, text, arguments| {
            sqlx::query_as_with::<Db, R, _>(text, arguments)
                .fetch_optional(&mut **transaction)
                .await?
        }))
    }
}
