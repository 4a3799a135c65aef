//! Files of versions that arrive one by one, and the lists that clients keep beside them.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, TokenId, VersionId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::versions::NewFile;
use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// A file with its digests.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AddedRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) version_id: VersionId,
    pub(crate) size: i64,
    pub(crate) sha256: Vec<u8>,
    pub(crate) sha1: Vec<u8>,
    pub(crate) sha512: Vec<u8>,
    pub(crate) md5: Option<Vec<u8>>,
    pub(crate) added_at: i64,
    pub(crate) added_by: Option<Uuid>,
    pub(crate) is_confirmed: bool,
}

/// What is known of a file that arrives by itself.
pub(crate) struct Arrived<'a> {
    pub(crate) md5: &'a [u8; 16],
    pub(crate) weight: i64,
    pub(crate) at: Timestamp,
    pub(crate) by: AccountId,
}

/// A package by feed, kind and normalised id.
pub(crate) type Key<'a> = (FeedId, Ecosystem, &'a str);

/// A list that a client keeps.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct DocumentRow {
    pub(crate) content: String,
}

/// A file of a version.
pub(crate) async fn find(
    source: &mut impl Source,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
    name: &str,
) -> Result<Option<AddedRow>, Error> {
    let statement = sql("SELECT f.version_id, f.size, f.blob_hash AS sha256, f.sha1, f.sha512,
         f.md5, f.added_at, f.added_by, f.is_confirmed
         FROM packages AS p
         JOIN package_versions AS v ON v.package_id = p.id
         JOIN package_files AS f ON f.version_id = v.id
         WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key = $3 AND v.version_key = $4
         AND f.name = $5");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key).bind(version).bind(name);
    source.optional(statement).await
}

/// Whether this token published a version since then: this one, or any if `version` is empty.
pub(crate) async fn is_of_token(
    source: &mut impl Source,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
    token: TokenId,
    since: Timestamp,
) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM packages AS p
         JOIN package_versions AS v ON v.package_id = p.id
         WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key = $3
         AND ($4 = '' OR v.version_key = $4) AND v.published_with = 'token'
         AND v.published_with_id = $5 AND v.published_at >= $6");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key).bind(version);
    Ok(source.count(statement.bind(token).bind(since)).await? > 0)
}

/// Adds a file, in the place of one of the same name if there is one.
pub(crate) async fn put(
    transaction: &mut Transaction,
    version: VersionId,
    file: NewFile<'_>,
    arrived: Arrived<'_>,
) -> Result<(), Error> {
    let name = file.name;
    remove(transaction, version, name).await?;
    super::versions::insert_file(transaction, version, file).await?;
    let statement =
        sql("UPDATE package_files SET md5 = $1, weight = $2, added_at = $3, added_by = $4
         WHERE version_id = $5 AND name = $6");
    let statement = statement
        .bind(arrived.md5.to_vec())
        .bind(arrived.weight)
        .bind(arrived.at)
        .bind(arrived.by)
        .bind(version)
        .bind(name);
    transaction.execute(statement).await?;
    Ok(())
}

/// Removes a file of a version.
pub(crate) async fn remove(
    transaction: &mut Transaction,
    version: VersionId,
    name: &str,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM package_files WHERE version_id = $1 AND name = $2");
    transaction.execute(statement.bind(version).bind(name)).await?;
    transaction.changes_packages();
    Ok(())
}

/// Remembers that a checksum agreed with a file.
pub(crate) async fn confirm(
    transaction: &mut Transaction,
    version: VersionId,
    name: &str,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE package_files SET is_confirmed = $1 WHERE version_id = $2 AND name = $3");
    transaction.execute(statement.bind(true).bind(version).bind(name)).await?;
    Ok(())
}

/// Lets the file that weighs the most stand for its version, of equals the last by name; whether there
/// is any.
pub(crate) async fn settle(
    transaction: &mut Transaction,
    version: VersionId,
) -> Result<bool, Error> {
    let statement = sql("UPDATE package_files SET is_extra = (name <> (SELECT f.name
         FROM package_files AS f WHERE f.version_id = $1 ORDER BY f.weight DESC, f.name DESC LIMIT 1))
         WHERE version_id = $1");
    if transaction.execute(statement.bind(version)).await? == 0 {
        return Ok(false);
    }
    let statement = sql("UPDATE package_versions SET size = (SELECT f.size FROM package_files AS f
         WHERE f.version_id = $1 AND NOT f.is_extra) WHERE id = $1");
    transaction.execute(statement.bind(version)).await?;
    Ok(true)
}

/// Sets what a version says of itself.
pub(crate) async fn describe(
    transaction: &mut Transaction,
    version: VersionId,
    manifest: &str,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE package_versions SET manifest = $1, manifest_short = $1 WHERE id = $2");
    transaction.execute(statement.bind(manifest).bind(version)).await?;
    Ok(())
}

/// Remembers that a file was taken back.
pub(crate) async fn note_withdrawn(
    transaction: &mut Transaction,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO withdrawn_files (feed_id, ecosystem, name_key, version_key, name,
         withdrawn_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (feed_id, ecosystem, name_key, version_key, name)
         DO UPDATE SET withdrawn_at = excluded.withdrawn_at");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key);
    transaction.execute(statement.bind(version).bind(name).bind(now)).await?;
    Ok(())
}

/// Forgets it: the file came again.
pub(crate) async fn forget_withdrawn(
    transaction: &mut Transaction,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
    name: &str,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM withdrawn_files WHERE feed_id = $1 AND ecosystem = $2
         AND name_key = $3 AND version_key = $4 AND name = $5");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key);
    transaction.execute(statement.bind(version).bind(name)).await?;
    Ok(())
}

/// Versions and files of a package that were taken back.
pub(crate) async fn withdrawn(
    source: &mut impl Source,
    (feed, ecosystem, key): Key<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let statement = sql("SELECT version_key, name FROM withdrawn_files
         WHERE feed_id = $1 AND ecosystem = $2 AND name_key = $3 ORDER BY version_key, name");
    source.all(statement.bind(feed).bind(ecosystem.name()).bind(key)).await
}

/// The list of a package or group (the version is empty), or of a version.
pub(crate) async fn document(
    source: &mut impl Source,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
) -> Result<Option<DocumentRow>, Error> {
    let statement = sql("SELECT content FROM package_documents
         WHERE feed_id = $1 AND ecosystem = $2 AND name_key = $3 AND version_key = $4");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key).bind(version);
    source.optional(statement).await
}

/// Keeps such a list in the place of the one before.
pub(crate) async fn set_document(
    transaction: &mut Transaction,
    (feed, ecosystem, key): Key<'_>,
    version: &str,
    content: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("INSERT INTO package_documents (feed_id, ecosystem, name_key, version_key,
         content, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (feed_id, ecosystem, name_key, version_key)
         DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(key);
    transaction.execute(statement.bind(version).bind(content).bind(now)).await?;
    Ok(())
}

/// Drops the list of a package, and those of versions that it has no more.
pub(crate) async fn drop_documents(
    transaction: &mut Transaction,
    (feed, ecosystem, key): Key<'_>,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM package_documents
         WHERE feed_id = $1 AND ecosystem = $2 AND name_key = $3 AND version_key NOT IN
         (SELECT v.version_key FROM packages AS p
          JOIN package_versions AS v ON v.package_id = p.id
          WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key = $3)");
    transaction.execute(statement.bind(feed).bind(ecosystem.name()).bind(key)).await?;
    Ok(())
}
