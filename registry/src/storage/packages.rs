//! Rows of packages, their versions, files and tags.

use model::{
    ecosystem::{Ecosystem, confusable},
    id::{AccountId, FeedId, PackageId, VersionId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// A package as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PackageRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: PackageId,
    pub(crate) name: String,
    pub(crate) revision: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A version with its one archive.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct VersionRow {
    pub(crate) version: String,
    pub(crate) manifest: String,
    pub(crate) manifest_short: String,
    pub(crate) readme: String,
    pub(crate) deprecation: Option<String>,
    pub(crate) published_at: i64,
    pub(crate) file: String,
    pub(crate) size: i64,
    pub(crate) sha1: Vec<u8>,
    pub(crate) sha512: Vec<u8>,
}

/// A stored file of a version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct FileRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) version_id: VersionId,
    pub(crate) blob_hash: Vec<u8>,
    pub(crate) size: i64,
}

/// A package as lists show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
    pub(crate) updated_at: i64,
    pub(crate) versions: i64,
    pub(crate) downloads: i64,
    pub(crate) latest: Option<String>,
    pub(crate) published_by: Option<String>,
}

pub(crate) async fn find(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    key: &str,
) -> Result<Option<PackageRow>, Error> {
    let statement = sql("SELECT id, name, revision, created_at, updated_at FROM packages
         WHERE feed_id = $1 AND ecosystem = $2 AND name_key = $3");
    source.optional(statement.bind(feed).bind(ecosystem.name()).bind(key)).await
}

/// The name of a package of the feed that could be taken for this one.
pub(crate) async fn lookalike(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    name: &str,
) -> Result<Option<String>, Error> {
    let statement = sql(
        "SELECT name FROM packages WHERE feed_id = $1 AND ecosystem = $2 AND confusable_key = $3",
    );
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(confusable(name));
    Ok(source.optional::<(String,)>(statement).await?.map(|(name,)| name))
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: PackageId,
    feed: FeedId,
    ecosystem: Ecosystem,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO packages (id, feed_id, ecosystem, name, name_key, confusable_key, revision,
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
    );
    let statement = statement
        .bind(id)
        .bind(feed)
        .bind(ecosystem.name())
        .bind(name)
        .bind(ecosystem.normalise(name))
        .bind(confusable(name))
        .bind(now)
        .bind(now);
    transaction.execute(statement).await?;
    Ok(())
}

/// Notes that something about a package changed.
pub(crate) async fn touch(
    transaction: &mut Transaction,
    id: PackageId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE packages SET revision = revision + 1, updated_at = $1 WHERE id = $2");
    transaction.execute(statement.bind(now).bind(id)).await?;
    Ok(())
}

pub(crate) async fn version_exists(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<bool, Error> {
    let statement =
        sql("SELECT COUNT(*) FROM package_versions WHERE package_id = $1 AND version_key = $2");
    Ok(source.count(statement.bind(package).bind(key)).await? > 0)
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

pub(crate) async fn insert_version(
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

/// A file's name, length and digests.
#[derive(Debug, Clone)]
pub(crate) struct NewFile<'a> {
    pub(crate) name: &'a str,
    pub(crate) size: i64,
    pub(crate) sha256: &'a [u8; 32],
    pub(crate) sha1: &'a [u8],
    pub(crate) sha512: &'a [u8],
}

pub(crate) async fn insert_file(
    transaction: &mut Transaction,
    version: VersionId,
    file: NewFile<'_>,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO package_files (version_id, name, blob_hash, size, sha1, sha512)
         VALUES ($1, $2, $3, $4, $5, $6)");
    transaction
        .execute(
            statement
                .bind(version)
                .bind(file.name)
                .bind(file.sha256)
                .bind(file.size)
                .bind(file.sha1.to_vec())
                .bind(file.sha512.to_vec()),
        )
        .await?;
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

pub(crate) async fn versions(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<VersionRow>, Error> {
    let statement = sql(
        "SELECT v.version, v.manifest, v.manifest_short, v.readme, v.deprecation, v.published_at,
         f.name AS file, f.size, f.sha1, f.sha512
         FROM package_versions AS v JOIN package_files AS f ON f.version_id = v.id
         WHERE v.package_id = $1 ORDER BY v.published_at, v.id",
    );
    source.all(statement.bind(package)).await
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

/// A page of a feed's packages, newest change first.
pub(crate) async fn list(
    source: &mut impl Source,
    feed: FeedId,
    limit: i64,
    offset: i64,
) -> Result<Vec<ListedRow>, Error> {
    let statement = sql("SELECT p.ecosystem, p.name, p.updated_at,
         (SELECT COUNT(*) FROM package_versions AS v WHERE v.package_id = p.id) AS versions,
         (SELECT CAST(COALESCE(SUM(v.downloads), 0) AS BIGINT) FROM package_versions AS v
          WHERE v.package_id = p.id) AS downloads,
         l.version AS latest, a.username AS published_by
         FROM packages AS p
         LEFT JOIN package_tags AS t ON t.package_id = p.id AND t.tag = 'latest'
         LEFT JOIN package_versions AS l ON l.id = t.version_id
         LEFT JOIN accounts AS a ON a.id = l.published_by
         WHERE p.feed_id = $1 ORDER BY p.updated_at DESC, p.name LIMIT $2 OFFSET $3");
    source.all(statement.bind(feed).bind(limit).bind(offset)).await
}

pub(crate) async fn count(source: &mut impl Source, feed: FeedId) -> Result<i64, Error> {
    source.count(sql("SELECT COUNT(*) FROM packages WHERE feed_id = $1").bind(feed)).await
}

/// Feed, kind and normalised id of every package in the feeds an account can reach.
pub(crate) async fn reachable_names(
    source: &mut impl Source,
    account: AccountId,
) -> Result<Vec<(FeedId, String, String)>, Error> {
    let statement = sql("SELECT p.feed_id, p.ecosystem, p.name_key FROM packages AS p
         JOIN feeds AS f ON f.id = p.feed_id
         LEFT JOIN feed_members AS m ON m.feed_id = f.id AND m.account_id = $1
         WHERE f.is_public OR m.role IS NOT NULL");
    let rows: Vec<(Uuid, String, String)> = source.all(statement.bind(account)).await?;
    Ok(rows.into_iter().map(|(feed, kind, name)| (feed.into(), kind, name)).collect())
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
