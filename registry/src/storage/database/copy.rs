//! Copying every row, from one snapshot, into a database of the other kind.
//!
//! The tables and their order come from the databases themselves, so that a table that is added later
//! is copied like the others. Of what type a column is says PostgreSQL, which tells more of them apart.

use std::path::Path;

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, PgConnection, Row as _, SqliteConnection,
    postgres::PgArguments,
    sqlite::{SqliteArguments, SqliteConnectOptions},
};

use super::{Database, Pools, Transaction};
use crate::{
    error::{Error, OpenError},
    storage::statement::{Value, arguments},
};

/// How many values are sent at a time; each database takes more.
const VALUES: usize = 4000;
/// How many bytes of them.
const BYTES: usize = 4 << 20;
/// The table in which sqlx keeps what was migrated: each database has its own.
const MIGRATIONS: &str = "_sqlx_migrations";
/// Everything that is read belongs to one moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A table by name, and how many rows of it were copied.
pub(crate) type Copied = (String, u64);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Id,
    Int,
    Text,
    Bytes,
    Flag,
}

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

impl Table {
    fn names(&self) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        names.join(", ")
    }

    fn select(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("SELECT {} FROM \"{}\"", self.names(), self.name))
    }

    fn delete(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("DELETE FROM \"{}\"", self.name))
    }

    fn count(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{}\"", self.name))
    }

    fn insert(&self, rows: usize) -> AssertSqlSafe<String> {
        let width = self.columns.len();
        let row = |row: usize| {
            let marks: Vec<String> =
                (1..=width).map(|at| format!("${}", row * width + at)).collect();
            format!("({})", marks.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        let (name, names) = (&self.name, self.names());
        AssertSqlSafe(format!("INSERT INTO \"{name}\" ({names}) VALUES {}", rows.join(", ")))
    }
}

/// Rows that are on their way.
#[derive(Default)]
struct Batch {
    values: Vec<Value>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, value: Value) {
        self.bytes += match &value {
            Value::Text(Some(text)) => text.len(),
            Value::Bytes(Some(bytes)) => bytes.len(),
            _ => 8,
        };
        self.values.push(value);
    }

    fn is_full(&self, width: usize) -> bool {
        self.values.len() + width > VALUES || self.bytes > BYTES
    }
}

/// Copies the tables' rows; the numbers of rows are compared afterwards.
macro_rules! copy_rows {
    ($tables:expr, $from:expr, $to:expr, $arguments:ty) => {{
        // Whatever the migrations put there comes from the source, too.
        for table in $tables.iter().rev() {
            sqlx::query(table.delete()).execute(&mut $to).await?;
        }
        let mut copied: Vec<Copied> = Vec::new();
        for table in &$tables {
            let width = table.columns.len();
            let (mut batch, mut count) = (Batch::default(), 0_u64);
            let mut rows = sqlx::query(table.select()).fetch(&mut $from);
            loop {
                let row = rows.try_next().await?;
                let is_last = row.is_none();
                if let Some(row) = row {
                    for (at, (_, kind)) in table.columns.iter().enumerate() {
                        batch.push(match kind {
                            Kind::Id => Value::Id(row.try_get(at)?),
                            Kind::Int => Value::Int(row.try_get(at)?),
                            Kind::Text => Value::Text(row.try_get(at)?),
                            Kind::Bytes => Value::Bytes(row.try_get(at)?),
                            Kind::Flag => Value::Flag(row.try_get(at)?),
                        });
                    }
                    count += 1;
                }
                if (is_last || batch.is_full(width)) && !batch.values.is_empty() {
                    let Batch { values, .. } = std::mem::take(&mut batch);
                    let insert = table.insert(values.len() / width);
                    let values = arguments::<$arguments>(values)?;
                    sqlx::query_with(insert, values).execute(&mut $to).await?;
                }
                if is_last {
                    break;
                }
            }
            drop(rows);
            let (there,): (i64,) = sqlx::query_as(table.count()).fetch_one(&mut $to).await?;
            if u64::try_from(there) != Ok(count) {
                let words = format!("{} has {there} rows instead of {count}", table.name);
                return Err(Error::internal("the copy is not whole", words));
            }
            copied.push((table.name.clone(), count));
        }
        copied
    }};
}

impl Transaction {
    /// Puts every row of `from`, as of one moment, in the place of what is here. The two are databases
    /// of different kinds, with the same tables.
    pub(crate) async fn copy_from(&mut self, from: &Database) -> Result<Vec<Copied>, Error> {
        match (&from.readers, &mut self.inner) {
            (Pools::Sqlite(pool), Pools::Postgres(to)) => {
                let mut from = pool.begin().await?;
                let tables = tables(&mut from, to).await?;
                Ok(copy_rows!(tables, *from, **to, PgArguments))
            }
            (Pools::Postgres(pool), Pools::Sqlite(to)) => {
                let mut from = pool.begin_with(SNAPSHOT).await?;
                let tables = tables(to, &mut from).await?;
                Ok(copy_rows!(tables, *from, **to, SqliteArguments))
            }
            _ => Err(Error::internal("a copy", "both databases are of the same kind")),
        }
    }
}

impl Database {
    /// Writes everything, as of one moment, into a new SQLite file, while others go on writing here.
    pub(crate) async fn snapshot_into(&self, file: &Path) -> Result<(), OpenError> {
        match &self.writer {
            Pools::Sqlite(pool) => {
                let path = file.to_string_lossy().into_owned();
                let vacuum = sqlx::query("VACUUM INTO $1").bind(path);
                vacuum.execute(pool).await.map_err(Error::from)?;
            }
            Pools::Postgres(_) => {
                let options = SqliteConnectOptions::new().filename(file);
                let copy = Self::open_sqlite(options).await?;
                copy.migrate().await?;
                let mut transaction = copy.write().await?;
                transaction.copy_from(self).await?;
                transaction.commit().await?;
                copy.close().await;
            }
        }
        Ok(())
    }
}

/// How many servers are connected to a PostgreSQL database; of SQLite the data folder's lock tells.
pub(in crate::storage) async fn server_sessions(database: &Database) -> Result<i64, Error> {
    let Some(pool) = database.postgres() else { return Ok(0) };
    let (sessions,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = $1",
    )
    .bind(crate::opening::SERVER_NAME)
    .fetch_one(pool)
    .await?;
    Ok(sessions)
}

/// Every table, each after those that it refers to.
async fn tables(
    sqlite: &mut SqliteConnection,
    postgres: &mut PgConnection,
) -> Result<Vec<Table>, Error> {
    let names: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> $1 ORDER BY name",
    )
    .bind(MIGRATIONS)
    .fetch_all(&mut *sqlite)
    .await?;
    let there: Vec<(String,)> = sqlx::query_as(
        "SELECT table_name::TEXT FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> $1
         ORDER BY table_name::TEXT COLLATE \"C\"",
    )
    .bind(MIGRATIONS)
    .fetch_all(&mut *postgres)
    .await?;
    if names != there {
        return Err(differs("the tables"));
    }
    let mut waiting = Vec::new();
    for (name,) in names {
        let parents: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)")
                .bind(&name)
                .fetch_all(&mut *sqlite)
                .await?;
        let columns = columns(sqlite, postgres, &name).await?;
        let parents: Vec<String> =
            parents.into_iter().map(|(parent,)| parent).filter(|parent| *parent != name).collect();
        waiting.push((Table { name, columns }, parents));
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let is_there = |parent: &String| ordered.iter().any(|table| table.name == *parent);
        let next = waiting.iter().position(|(_, parents)| parents.iter().all(is_there));
        let next = next.ok_or_else(|| Error::internal("a copy", "tables refer to each other"))?;
        ordered.push(waiting.remove(next).0);
    }
    Ok(ordered)
}

async fn columns(
    sqlite: &mut SqliteConnection,
    postgres: &mut PgConnection,
    table: &str,
) -> Result<Vec<(String, Kind)>, Error> {
    let mut names: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM pragma_table_info($1) ORDER BY name")
            .bind(table)
            .fetch_all(sqlite)
            .await?;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT column_name::TEXT, data_type::TEXT FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1
         ORDER BY column_name::TEXT COLLATE \"C\"",
    )
    .bind(table)
    .fetch_all(postgres)
    .await?;
    names.sort();
    if !names.iter().map(|(name,)| name).eq(columns.iter().map(|(name, _)| name)) {
        return Err(differs(table));
    }
    columns
        .into_iter()
        .map(|(name, kind)| {
            let kind = match kind.as_str() {
                "uuid" => Kind::Id,
                "bigint" => Kind::Int,
                "text" => Kind::Text,
                "bytea" => Kind::Bytes,
                "boolean" => Kind::Flag,
                _ => return Err(differs(table)),
            };
            Ok((name, kind))
        })
        .collect()
}

fn differs(what: &str) -> Error {
    Error::internal("the two databases belong to different versions of Latchkey", what.to_owned())
}
