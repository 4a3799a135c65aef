//! What a package's page shows. Manifest and README are read of one version at most.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId, VersionId},
};
use uuid::Uuid;

use super::{Source, sql};
use crate::error::Error;

/// How many names [`present`] looks for at once.
const NAMES: usize = 16;

/// A version with all that is known about it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ShownRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: VersionId,
    pub(crate) version: String,
    pub(crate) manifest: String,
    pub(crate) readme: String,
    pub(crate) is_listed: bool,
    pub(crate) deprecation: Option<String>,
    pub(crate) downloads: i64,
    pub(crate) published_at: i64,
    #[sqlx(try_from = "Uuid")]
    pub(crate) published_by: AccountId,
    pub(crate) published_with: String,
    pub(crate) published_with_id: Option<Uuid>,
    /// The publisher's name, while the account is there.
    pub(crate) username: Option<String>,
    /// What the token is for, while it is there.
    pub(crate) token: Option<String>,
}

/// A file of a version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct FileRow {
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) sha256: Vec<u8>,
    pub(crate) sha1: Vec<u8>,
    pub(crate) sha512: Vec<u8>,
}

/// A version as the list of all shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LineRow {
    pub(crate) version: String,
    pub(crate) is_listed: bool,
    pub(crate) is_deprecated: bool,
    pub(crate) size: i64,
    pub(crate) downloads: i64,
    pub(crate) published_at: i64,
    pub(crate) username: Option<String>,
}

/// What is left of a package that was deleted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct GoneRow {
    pub(crate) deleted_at: i64,
    pub(crate) username: Option<String>,
    pub(crate) versions: i64,
}

/// One version, by its key.
pub(crate) async fn shown(
    source: &mut impl Source,
    package: PackageId,
    key: &str,
) -> Result<Option<ShownRow>, Error> {
    let statement = sql(
        "SELECT v.id, v.version, v.manifest, v.readme, v.is_listed, v.deprecation, v.downloads,
         v.published_at, v.published_by, v.published_with, v.published_with_id, a.username,
         t.description AS token
         FROM package_versions AS v
         LEFT JOIN accounts AS a ON a.id = v.published_by
         LEFT JOIN tokens AS t ON t.id = v.published_with_id
         WHERE v.package_id = $1 AND v.version_key = $2",
    );
    source.optional(statement.bind(package).bind(key)).await
}

/// The files of a version: the one that stands for it first, then those that weigh the most.
pub(crate) async fn files(
    source: &mut impl Source,
    version: VersionId,
) -> Result<Vec<FileRow>, Error> {
    let statement = sql("SELECT name, size, blob_hash AS sha256, sha1, sha512 FROM package_files
         WHERE version_id = $1 ORDER BY is_extra, weight DESC, name DESC");
    source.all(statement.bind(version)).await
}

/// The key of the version that the page begins with: the one `latest` points to, or else the newest.
pub(crate) async fn first(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Option<String>, Error> {
    let latest = sql("SELECT v.version_key FROM package_tags AS t
         JOIN package_versions AS v ON v.id = t.version_id
         WHERE t.package_id = $1 AND t.tag = 'latest'");
    let newest = sql("SELECT version_key FROM package_versions WHERE package_id = $1
         ORDER BY published_at DESC, id DESC LIMIT 1");
    let mut found: Option<(String,)> = source.optional(latest.bind(package)).await?;
    if found.is_none() {
        found = source.optional(newest.bind(package)).await?;
    }
    Ok(found.map(|(key,)| key))
}

/// Every version, the one that came last first.
pub(crate) async fn lines(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Vec<LineRow>, Error> {
    let statement =
        sql("SELECT v.version, v.is_listed, v.deprecation IS NOT NULL AS is_deprecated, v.size,
         v.downloads, v.published_at, a.username
         FROM package_versions AS v LEFT JOIN accounts AS a ON a.id = v.published_by
         WHERE v.package_id = $1 ORDER BY v.published_at DESC, v.id DESC");
    source.all(statement.bind(package)).await
}

/// How many versions there are, and how often they were downloaded.
pub(crate) async fn totals(
    source: &mut impl Source,
    package: PackageId,
) -> Result<(i64, i64), Error> {
    let statement = sql("SELECT COUNT(*), CAST(COALESCE(SUM(downloads), 0) AS BIGINT)
         FROM package_versions WHERE package_id = $1");
    Ok(source.optional(statement.bind(package)).await?.unwrap_or_default())
}

/// The normalised ids among `keys` of which the feed has a package.
pub(crate) async fn present(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    keys: &[String],
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for some in keys.chunks(NAMES) {
        let mut statement = sql("SELECT name_key FROM packages
             WHERE feed_id = $1 AND ecosystem = $2 AND name_key IN
             ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
        statement = statement.bind(feed).bind(ecosystem.name());
        // The last stands for what is missing to a full number.
        for at in 0..NAMES {
            statement = statement.bind(some[at.min(some.len() - 1)].as_str());
        }
        let rows: Vec<(String,)> = source.all(statement).await?;
        found.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok(found)
}

/// What is left of a package that is no more; `None` if there never was one.
pub(crate) async fn gone(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    key: &str,
) -> Result<Option<GoneRow>, Error> {
    let statement = sql("SELECT d.deleted_at, a.username,
         (SELECT COUNT(*) FROM deleted_versions AS o
          WHERE o.feed_id = $1 AND o.ecosystem = $2 AND o.name_key = $3) AS versions
         FROM deleted_versions AS d LEFT JOIN accounts AS a ON a.id = d.deleted_by
         WHERE d.feed_id = $1 AND d.ecosystem = $2 AND d.name_key = $3
         ORDER BY d.deleted_at DESC LIMIT 1");
    source.optional(statement.bind(feed).bind(ecosystem.name()).bind(key)).await
}
