//! Rows of versions, their files and the tags that point to them.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId, VersionId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// A version with its one archive and the manifest that was asked for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct VersionRow {
    pub(crate) version: String,
    pub(crate) manifest: String,
    pub(crate) is_listed: bool,
    pub(crate) deprecation: Option<String>,
    pub(crate) published_at: i64,
    pub(crate) downloads: i64,
    pub(crate) file: String,
    pub(crate) size: i64,
    pub(crate) sha1: Vec<u8>,
    pub(crate) sha512: Vec<u8>,
}

/// A version without its manifest: what is said of it, and where its archive is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SaidRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: VersionId,
    pub(crate) version: String,
    pub(crate) version_key: String,
    pub(crate) is_listed: bool,
    pub(crate) deprecation: Option<String>,
    pub(crate) published_at: i64,
    pub(crate) file: String,
}

/// Which version it is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct IdentityRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: VersionId,
    pub(crate) version: String,
}

/// A stored file of a version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct FileRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) version_id: VersionId,
    pub(crate) blob_hash: Vec<u8>,
    pub(crate) size: i64,
}

/// What a version begins with.
pub(crate) struct NewVersion<'a> {
    pub(crate) id: VersionId,
    pub(crate) package: PackageId,
    pub(crate) version: &'a str,
    pub(crate) key: &'a str,
    pub(crate) manifest: &'a str,
    pub(crate) manifest_short: &'a str,
    pub(crate) readme: &'a str,
    pub(crate) size: i64,
    pub(crate) at: Timestamp,
    pub(crate) by: AccountId,
    pub(crate) with: &'static str,
    pub(crate) with_id: Option<Uuid>,
    pub(crate) from: String,
}

/// A file's name, length and digests.
#[derive(Debug, Clone)]
pub(crate) struct NewFile<'a> {
    pub(crate) name: &'a str,
    pub(crate) size: i64,
    pub(crate) sha256: &'a [u8; 32],
    pub(crate) sha1: &'a [u8],
    pub(crate) sha512: &'a [u8],
    /// Whether it is a file beside the version's archive.
    pub(crate) is_extra: bool,
}

pub(crate) async fn exists(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<bool, Error> {
    let statement =
        sql("SELECT COUNT(*) FROM package_versions WHERE package_id = $1 AND version_key = $2");
    Ok(source.count(statement.bind(package).bind(key)).await? > 0)
}

/// Whether the version was there and deleted: its number stays used.
pub(crate) async fn was_deleted(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    name_key: &str,
    key: &str,
) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM deleted_versions
         WHERE feed_id = $1 AND ecosystem = $2 AND name_key = $3 AND version_key = $4");
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(name_key).bind(key);
    Ok(source.count(statement).await? > 0)
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    new: NewVersion<'_>,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO package_versions (id, package_id, version, version_key, manifest, manifest_short,
         readme, is_listed, deprecation, size, downloads, published_at, published_by, published_with,
         published_with_id, published_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, 0, $10, $11, $12, $13, $14)",
    );
    transaction
        .execute(
            statement
                .bind(new.id)
                .bind(new.package)
                .bind(new.version)
                .bind(new.key)
                .bind(new.manifest)
                .bind(new.manifest_short)
                .bind(new.readme)
                .bind(true)
                .bind(new.size)
                .bind(new.at)
                .bind(new.by)
                .bind(new.with)
                .bind(new.with_id)
                .bind(new.from),
        )
        .await?;
    Ok(())
}

pub(crate) async fn insert_file(
    transaction: &mut Transaction,
    version: VersionId,
    file: NewFile<'_>,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO package_files (version_id, name, blob_hash, size, sha1, sha512, is_extra)
         VALUES ($1, $2, $3, $4, $5, $6, $7)");
    transaction
        .execute(
            statement
                .bind(version)
                .bind(file.name)
                .bind(file.sha256)
                .bind(file.size)
                .bind(file.sha1.to_vec())
                .bind(file.sha512.to_vec())
                .bind(file.is_extra),
        )
        .await?;
    transaction.changes_packages();
    Ok(())
}

macro_rules! with_manifest {
    ($manifest:literal, $rest:literal) => {
        concat!(
            "SELECT v.version, v.",
            $manifest,
            " AS manifest, v.is_listed, v.deprecation, v.published_at, v.downloads,
             f.name AS file, f.size, f.sha1, f.sha512
             FROM package_versions AS v
             JOIN package_files AS f ON f.version_id = v.id AND NOT f.is_extra
             WHERE v.package_id = $1 ",
            $rest
        )
    };
}

/// Every version with its whole manifest, oldest first.
pub(crate) async fn whole(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<VersionRow>, Error> {
    let statement = sql(with_manifest!("manifest", "ORDER BY v.published_at, v.id"));
    source.all(statement.bind(package)).await
}

/// Every version with the manifest that installers want, oldest first.
pub(crate) async fn short(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<VersionRow>, Error> {
    let statement = sql(with_manifest!("manifest_short", "ORDER BY v.published_at, v.id"));
    source.all(statement.bind(package)).await
}

/// One version with its whole manifest.
pub(crate) async fn one(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<Option<VersionRow>, Error> {
    let statement = sql(with_manifest!("manifest", "AND v.version_key = $2"));
    source.optional(statement.bind(package).bind(key)).await
}

/// The version a tag points to, with its whole manifest.
pub(crate) async fn tagged(
    source: &mut impl Source,
    package: PackageId,
    tag: &str,
) -> Result<Option<VersionRow>, Error> {
    let statement = sql(with_manifest!(
        "manifest",
        "AND v.id = (SELECT t.version_id FROM package_tags AS t
         WHERE t.package_id = $1 AND t.tag = $2)"
    ));
    source.optional(statement.bind(package).bind(tag)).await
}

/// What is said of every version, oldest first.
pub(crate) async fn said(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<SaidRow>, Error> {
    let statement =
        sql("SELECT v.id, v.version, v.version_key, v.is_listed, v.deprecation, v.published_at,
         f.name AS file
         FROM package_versions AS v
         JOIN package_files AS f ON f.version_id = v.id AND NOT f.is_extra
         WHERE v.package_id = $1 ORDER BY v.published_at, v.id");
    source.all(statement.bind(package)).await
}

/// The README of the version a tag points to; empty if there is none.
pub(crate) async fn readme(
    source: &mut impl Source,
    package: PackageId,
    tag: &str,
) -> Result<String, Error> {
    let statement = sql(
        "SELECT v.readme FROM package_tags AS t JOIN package_versions AS v ON v.id = t.version_id
         WHERE t.package_id = $1 AND t.tag = $2",
    );
    let row: Option<(String,)> = source.optional(statement.bind(package).bind(tag)).await?;
    Ok(row.map(|(readme,)| readme).unwrap_or_default())
}

/// The README of one version; empty if it has none.
pub(crate) async fn readme_of(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<Option<String>, Error> {
    let statement =
        sql("SELECT readme FROM package_versions WHERE package_id = $1 AND version_key = $2");
    let row: Option<(String,)> = source.optional(statement.bind(package).bind(key)).await?;
    Ok(row.map(|(readme,)| readme))
}

/// A version by its key.
pub(crate) async fn identify(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<Option<IdentityRow>, Error> {
    let statement = sql("SELECT id, version FROM package_versions
         WHERE package_id = $1 AND version_key = $2");
    source.optional(statement.bind(package).bind(key)).await
}

/// Whether a version has a file of the name.
pub(crate) async fn has_file(
    source: &mut impl Source,
    version: VersionId,
    name: &str,
) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM package_files WHERE version_id = $1 AND name = $2");
    Ok(source.count(statement.bind(version).bind(name)).await? > 0)
}

pub(crate) async fn set_listed(
    transaction: &mut Transaction,
    version: VersionId,
    is_listed: bool,
) -> Result<(), Error> {
    let statement = sql("UPDATE package_versions SET is_listed = $1 WHERE id = $2");
    transaction.execute(statement.bind(is_listed).bind(version)).await?;
    Ok(())
}

pub(crate) async fn set_deprecation(
    transaction: &mut Transaction,
    version: VersionId,
    reason: Option<&str>,
) -> Result<(), Error> {
    let statement = sql("UPDATE package_versions SET deprecation = $1 WHERE id = $2");
    transaction.execute(statement.bind(reason).bind(version)).await?;
    Ok(())
}

/// Deletes a version with its files and the tags that point to it. Its blobs are swept later.
pub(crate) async fn delete(transaction: &mut Transaction, version: VersionId) -> Result<(), Error> {
    let statement = sql("DELETE FROM package_versions WHERE id = $1");
    transaction.execute(statement.bind(version)).await?;
    transaction.changes_packages();
    Ok(())
}

/// Remembers that a version was deleted, so that its number is never used again.
pub(crate) async fn note_deleted(
    transaction: &mut Transaction,
    version: VersionId,
    by: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO deleted_versions (feed_id, ecosystem, name_key, version_key, deleted_at, deleted_by)
         SELECT p.feed_id, p.ecosystem, p.name_key, v.version_key, $1, $2
         FROM package_versions AS v JOIN packages AS p ON p.id = v.package_id WHERE v.id = $3
         ON CONFLICT (feed_id, ecosystem, name_key, version_key)
         DO UPDATE SET deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by",
    );
    transaction.execute(statement.bind(now).bind(by).bind(version)).await?;
    Ok(())
}

pub(crate) async fn set_tag(
    transaction: &mut Transaction,
    package: PackageId,
    tag: &str,
    version: VersionId,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO package_tags (package_id, tag, version_id) VALUES ($1, $2, $3)
         ON CONFLICT (package_id, tag) DO UPDATE SET version_id = excluded.version_id");
    transaction.execute(statement.bind(package).bind(tag).bind(version)).await?;
    Ok(())
}

/// Removes a tag and says whether it was there.
pub(crate) async fn remove_tag(
    transaction: &mut Transaction,
    package: PackageId,
    tag: &str,
) -> Result<bool, Error> {
    let statement = sql("DELETE FROM package_tags WHERE package_id = $1 AND tag = $2");
    Ok(transaction.execute(statement.bind(package).bind(tag)).await? > 0)
}

/// Tags and the versions they point to.
pub(crate) async fn tags(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<(String, String)>, Error> {
    let statement = sql("SELECT t.tag, v.version FROM package_tags AS t
         JOIN package_versions AS v ON v.id = t.version_id WHERE t.package_id = $1 ORDER BY t.tag");
    source.all(statement.bind(package)).await
}

pub(crate) async fn file(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    key: &str,
    file: &str,
) -> Result<Option<FileRow>, Error> {
    let statement = sql("SELECT f.version_id, f.blob_hash, f.size FROM packages AS p
         JOIN package_versions AS v ON v.package_id = p.id
         JOIN package_files AS f ON f.version_id = v.id
         WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key = $3 AND f.name = $4");
    source.optional(statement.bind(feed).bind(ecosystem.name()).bind(key).bind(file)).await
}

pub(crate) async fn add_downloads(
    transaction: &mut Transaction,
    version: VersionId,
    count: i64,
) -> Result<(), Error> {
    let statement = sql("UPDATE package_versions SET downloads = downloads + $1 WHERE id = $2");
    transaction.execute(statement.bind(count).bind(version)).await?;
    Ok(())
}

pub(crate) async fn blob_is_used(source: &mut impl Source, hash: &[u8]) -> Result<bool, Error> {
    let statement = sql(
        "SELECT COUNT(*) FROM (SELECT 1 AS used FROM package_files WHERE blob_hash = $1 LIMIT 1) AS one",
    );
    Ok(source.count(statement.bind(hash.to_vec())).await? > 0)
}
