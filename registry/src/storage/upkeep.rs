//! What looking after the data asks of the database.

use super::{Database, Source, Transaction, database::server_sessions, sql};
use crate::error::Error;

/// The setting that says until when blobs are not to be removed, in milliseconds.
const BLOBS_KEPT_UNTIL: &str = "blobs-kept-until";
/// The setting that counts the blobs that were removed.
const BLOBS_REMOVED: &str = "blobs-removed";
/// How many blobs are read at a time.
const PAGE: i64 = 1000;

/// Keeps blobs from being removed until this moment at least.
pub(crate) async fn keep_blobs(transaction: &mut Transaction, until: i64) -> Result<(), Error> {
    let until = until.max(blobs_kept_until(transaction).await?);
    put(transaction, BLOBS_KEPT_UNTIL, until).await
}

/// Until when blobs are not to be removed; 0 for never.
pub(crate) async fn blobs_kept_until(source: &mut impl Source) -> Result<i64, Error> {
    number(source, BLOBS_KEPT_UNTIL).await
}

/// How many blobs were ever removed.
pub(crate) async fn blobs_removed(source: &mut impl Source) -> Result<i64, Error> {
    number(source, BLOBS_REMOVED).await
}

/// Notes that a blob is removed.
pub(crate) async fn note_removal(transaction: &mut Transaction) -> Result<(), Error> {
    let count = blobs_removed(transaction).await? + 1;
    put(transaction, BLOBS_REMOVED, count).await
}

/// A setting that is a number; 0 if it was never written.
async fn number(source: &mut impl Source, name: &'static str) -> Result<i64, Error> {
    let statement = sql("SELECT value FROM settings WHERE name = $1").bind(name);
    let value = source.optional::<(String,)>(statement).await?;
    value.map_or(Ok(0), |(value,)| {
        value.parse().map_err(|_| Error::inconsistent("settings", "value"))
    })
}

async fn put(transaction: &mut Transaction, name: &'static str, number: i64) -> Result<(), Error> {
    let statement = sql("INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    transaction.execute(statement.bind(name).bind(number.to_string())).await?;
    Ok(())
}

/// Blobs that versions refer to, in the order of their digests, those after this one; at most a
/// thousand.
pub(crate) async fn blobs_after(
    source: &mut impl Source,
    after: &[u8],
) -> Result<Vec<Vec<u8>>, Error> {
    let statement = sql("SELECT DISTINCT blob_hash FROM package_files WHERE blob_hash > $1
         ORDER BY blob_hash LIMIT $2");
    let rows: Vec<(Vec<u8>,)> = source.all(statement.bind(after.to_vec()).bind(PAGE)).await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

/// A file that refers to a blob.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct FileRow {
    pub(crate) feed: String,
    pub(crate) ecosystem: String,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) name: String,
}

/// The files that refer to a blob, a hundred at most.
pub(crate) async fn files_of(source: &mut impl Source, hash: &[u8]) -> Result<Vec<FileRow>, Error> {
    let statement = sql("SELECT d.name AS feed, p.ecosystem, p.name AS package, v.version, f.name
         FROM package_files AS f
         JOIN package_versions AS v ON v.id = f.version_id
         JOIN packages AS p ON p.id = v.package_id
         JOIN feeds AS d ON d.id = p.feed_id
         WHERE f.blob_hash = $1 ORDER BY d.name, p.ecosystem, p.name, v.version, f.name LIMIT 100");
    source.all(statement.bind(hash.to_vec())).await
}

/// How many accounts there are, deleted ones included.
pub(crate) async fn accounts(source: &mut impl Source) -> Result<i64, Error> {
    source.count(sql("SELECT COUNT(*) FROM accounts")).await
}

/// How many rows there are of what people know by name.
pub(crate) async fn counts(source: &mut impl Source) -> Result<Vec<(&'static str, i64)>, Error> {
    let mut counts = Vec::new();
    for (name, text) in [
        ("accounts", "SELECT COUNT(*) FROM accounts"),
        ("tokens", "SELECT COUNT(*) FROM tokens"),
        ("feeds", "SELECT COUNT(*) FROM feeds"),
        ("packages", "SELECT COUNT(*) FROM packages"),
        ("versions", "SELECT COUNT(*) FROM package_versions"),
        ("files", "SELECT COUNT(*) FROM package_files"),
        ("audit_rows", "SELECT COUNT(*) FROM audit_log"),
    ] {
        counts.push((name, source.count(sql(text)).await?));
    }
    Ok(counts)
}

/// Whether servers are connected to the database; only PostgreSQL can tell.
pub(crate) async fn has_servers(database: &Database) -> Result<bool, Error> {
    server_sessions(database).await.map(|sessions| sessions > 0)
}
