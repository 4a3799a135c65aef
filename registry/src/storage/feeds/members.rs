//! Rows of the members of feeds.

use model::{
    id::{AccountId, FeedId},
    role::Role,
    timestamp::Timestamp,
};

use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// Gives an account a role, in place of the one it had.
pub(crate) async fn set(
    transaction: &mut Transaction,
    feed: FeedId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO feed_members (feed_id, account_id, role, added_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (feed_id, account_id) DO UPDATE SET role = excluded.role",
    );
    transaction.execute(statement.bind(feed).bind(account).bind(role.name()).bind(now)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Takes an account's role away.
pub(crate) async fn remove(
    transaction: &mut Transaction,
    feed: FeedId,
    account: AccountId,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM feed_members WHERE feed_id = $1 AND account_id = $2");
    transaction.execute(statement.bind(feed).bind(account)).await?;
    transaction.changes_authority();
    Ok(())
}

/// An account's role.
pub(crate) async fn role(
    source: &mut impl Source,
    feed: FeedId,
    account: AccountId,
) -> Result<Option<Role>, Error> {
    let statement = sql("SELECT role FROM feed_members WHERE feed_id = $1 AND account_id = $2");
    let row: Option<(String,)> = source.optional(statement.bind(feed).bind(account)).await?;
    let role = row.map(|(role,)| role.parse()).transpose();
    role.map_err(|_| Error::inconsistent("feed_members", "role"))
}

/// How many owners who can act a feed has besides this account.
pub(crate) async fn other_owners(
    source: &mut impl Source,
    feed: FeedId,
    account: AccountId,
) -> Result<i64, Error> {
    let statement = sql("SELECT COUNT(*) FROM feed_members AS m
         JOIN accounts AS a ON a.id = m.account_id AND a.disabled_at IS NULL
         WHERE m.feed_id = $1 AND m.account_id <> $2 AND m.role = 'owner'");
    source.count(statement.bind(feed).bind(account)).await
}

/// A member as listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct MemberRow {
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) role: String,
    pub(crate) added_at: i64,
    pub(crate) disabled_at: Option<i64>,
}

/// A page of the members: owners, contributors, readers, each by name.
pub(crate) async fn list(
    source: &mut impl Source,
    feed: FeedId,
    limit: i64,
    offset: i64,
) -> Result<Vec<MemberRow>, Error> {
    let statement = sql("SELECT a.username, a.display_name, m.role, m.added_at, a.disabled_at
         FROM feed_members AS m JOIN accounts AS a ON a.id = m.account_id WHERE m.feed_id = $1
         ORDER BY CASE m.role WHEN 'owner' THEN 1 WHEN 'contributor' THEN 2 ELSE 3 END, a.username
         LIMIT $2 OFFSET $3");
    source.all(statement.bind(feed).bind(limit).bind(offset)).await
}

pub(crate) async fn count(source: &mut impl Source, feed: FeedId) -> Result<i64, Error> {
    source.count(sql("SELECT COUNT(*) FROM feed_members WHERE feed_id = $1").bind(feed)).await
}
