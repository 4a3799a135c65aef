//! Rows of packages: what a feed has, and how it is listed.

pub(crate) mod bower;
pub(crate) mod files;
pub(crate) mod search;
pub(crate) mod versions;

use model::{
    ecosystem::{Ecosystem, confusable},
    id::{AccountId, FeedId, PackageId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

pub(crate) use versions::{add_downloads, blob_is_used};

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
    transaction.changes_packages();
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
    transaction.changes_packages();
    Ok(())
}

/// Sets what searches show of a package.
pub(crate) async fn describe(
    transaction: &mut Transaction,
    id: PackageId,
    description: &str,
) -> Result<(), Error> {
    let statement = sql("UPDATE packages SET description = $1 WHERE id = $2");
    transaction.execute(statement.bind(description).bind(id)).await?;
    Ok(())
}

/// Deletes a package with all its versions. Its name stays free.
pub(crate) async fn delete(transaction: &mut Transaction, id: PackageId) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM packages WHERE id = $1").bind(id)).await?;
    transaction.changes_packages();
    Ok(())
}

/// Feed, kind and normalised id of a package.
pub(crate) type Named = (FeedId, String, String);

/// Some of the packages in the feeds an account can reach: those after `after`, at most `limit`. The
/// id of each leads on to the next.
pub(crate) async fn reachable_names(
    source: &mut impl Source,
    account: AccountId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, Named)>, Error> {
    let statement = sql("SELECT p.id, p.feed_id, p.ecosystem, p.name_key FROM packages AS p
         JOIN feeds AS f ON f.id = p.feed_id
         LEFT JOIN feed_members AS m ON m.feed_id = f.id AND m.account_id = $1
         WHERE p.id > $2 AND (f.is_public OR m.role IS NOT NULL) ORDER BY p.id LIMIT $3");
    let statement = statement.bind(account).bind(after).bind(limit);
    let rows: Vec<(Uuid, Uuid, String, String)> = source.all(statement).await?;
    Ok(rows.into_iter().map(|(id, feed, kind, name)| (id, (feed.into(), kind, name))).collect())
}
