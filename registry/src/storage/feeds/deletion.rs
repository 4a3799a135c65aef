//! What becomes of the rows of a deleted feed, and of its name.

use model::{
    id::{AccountId, FeedId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// What a feed holds and what depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ContentsRow {
    pub(crate) packages: i64,
    pub(crate) versions: i64,
    pub(crate) tokens: i64,
}

/// Counts what a feed holds, and the tokens that can be used and have a rule that names it.
pub(crate) async fn contents(source: &mut impl Source, feed: FeedId) -> Result<ContentsRow, Error> {
    let statement = sql("SELECT
         (SELECT COUNT(*) FROM packages WHERE feed_id = $1) AS packages,
         (SELECT COUNT(*) FROM package_versions AS v JOIN packages AS p ON p.id = v.package_id
          WHERE p.feed_id = $1) AS versions,
         (SELECT COUNT(DISTINCT t.id) FROM token_rule_feeds AS f
          JOIN token_rules AS r ON r.id = f.rule_id JOIN tokens AS t ON t.id = r.token_id
          WHERE f.feed_id = $1 AND t.state <> 'revoked') AS tokens");
    let row = source.optional(statement.bind(feed)).await?;
    row.ok_or_else(|| Error::internal("a count", "gave no row"))
}

/// Puts a feed out of everybody's reach. Its row takes a name that no feed can have, so that its
/// owner can use the old one again.
pub(crate) async fn hide(
    transaction: &mut Transaction,
    feed: FeedId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM feed_members WHERE feed_id = $1");
    transaction.execute(statement.bind(feed)).await?;
    let statement =
        sql("UPDATE feeds SET name = $1, is_public = $2, deleted_at = $3 WHERE id = $4");
    let name = format!("deleted/{feed}");
    transaction.execute(statement.bind(name).bind(false).bind(now).bind(feed)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Keeps the name of a deleted feed for its owner.
pub(crate) async fn keep_name(
    transaction: &mut Transaction,
    name: &str,
    owner: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO name_tombstones (kind, name, owner_id, deleted_at, released_at)
         VALUES ('feed', $1, $2, $3, NULL)
         ON CONFLICT (kind, name) DO UPDATE SET owner_id = excluded.owner_id,
         deleted_at = excluded.deleted_at, released_at = NULL");
    transaction.execute(statement.bind(name).bind(owner).bind(now)).await?;
    Ok(())
}

/// Lets anybody use the name of a deleted feed; whether one was kept.
pub(crate) async fn release_name(
    transaction: &mut Transaction,
    name: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let statement = sql("UPDATE name_tombstones SET released_at = $1
         WHERE kind = 'feed' AND name = $2 AND released_at IS NULL");
    Ok(transaction.execute(statement.bind(now).bind(name)).await? > 0)
}

/// A deleted feed whose rows are still there.
pub(crate) async fn any_hidden(source: &mut impl Source) -> Result<Option<FeedId>, Error> {
    let statement = sql("SELECT id FROM feeds WHERE deleted_at IS NOT NULL LIMIT 1");
    Ok(source.optional::<(Uuid,)>(statement).await?.map(|(id,)| id.into()))
}

/// Removes some of the versions of a feed, at most `most`; how many it were.
pub(crate) async fn remove_versions(
    transaction: &mut Transaction,
    feed: FeedId,
    most: i64,
) -> Result<u64, Error> {
    let statement = sql("DELETE FROM package_versions WHERE id IN (
         SELECT v.id FROM package_versions AS v WHERE v.package_id IN (
         SELECT p.id FROM packages AS p WHERE p.feed_id = $1 LIMIT $2) LIMIT $2)");
    transaction.execute(statement.bind(feed).bind(most)).await
}

/// Removes some packages of a feed that have no versions, at most `most`; how many it were.
pub(crate) async fn remove_packages(
    transaction: &mut Transaction,
    feed: FeedId,
    most: i64,
) -> Result<u64, Error> {
    let statement = sql("DELETE FROM packages WHERE id IN (
         SELECT p.id FROM packages AS p WHERE p.feed_id = $1 AND NOT EXISTS
         (SELECT 1 FROM package_versions AS v WHERE v.package_id = p.id) LIMIT $2)");
    transaction.execute(statement.bind(feed).bind(most)).await
}

/// Removes the row of a deleted feed.
pub(crate) async fn remove(transaction: &mut Transaction, feed: FeedId) -> Result<(), Error> {
    let statement = sql("DELETE FROM feeds WHERE id = $1 AND deleted_at IS NOT NULL");
    transaction.execute(statement.bind(feed)).await?;
    Ok(())
}
