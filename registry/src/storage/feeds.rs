//! Rows of feeds.

pub(crate) mod deletion;
pub(crate) mod lists;
pub(crate) mod members;

use model::{
    id::{AccountId, FeedId},
    names::FeedName,
    role::Role,
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// A feed as one account sees it.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) id: FeedId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) is_public: bool,
    pub(crate) created_at: Timestamp,
    /// The account's role; `None` for no member, or where no account was asked about.
    pub(crate) role: Option<Role>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    description: String,
    is_public: bool,
    created_at: i64,
    role: Option<String>,
}

impl TryFrom<Row> for Feed {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let role = row.role.map(|role| role.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            description: row.description,
            is_public: row.is_public,
            created_at: Timestamp::from_millis(row.created_at),
            role: role.map_err(|_| Error::inconsistent("feed_members", "role"))?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.name, f.description, f.is_public, f.created_at, m.role
             FROM feeds AS f LEFT JOIN feed_members AS m ON m.feed_id = f.id AND m.account_id = $1 ",
            $rest
        )
    };
}

/// A feed by name, with the role in it of `account`.
pub(crate) async fn by_name(
    source: &mut impl Source,
    name: &str,
    account: Option<AccountId>,
) -> Result<Option<Feed>, Error> {
    let statement = sql(select!("WHERE f.name = $2")).bind(account).bind(name);
    let row: Option<Row> = source.optional(statement).await?;
    row.map(Feed::try_from).transpose()
}

/// The feeds an account can reach: its own memberships, and public ones.
pub(crate) async fn reachable(
    source: &mut impl Source,
    account: AccountId,
) -> Result<Vec<Feed>, Error> {
    let statement = sql(select!("WHERE f.is_public OR m.role IS NOT NULL ORDER BY f.name"));
    let rows: Vec<Row> = source.all(statement.bind(account)).await?;
    rows.into_iter().map(Feed::try_from).collect()
}

/// Names of the feeds that one account's tokens mention.
pub(crate) async fn named_by_tokens_of(
    source: &mut impl Source,
    owner: AccountId,
) -> Result<Vec<(FeedId, String)>, Error> {
    let statement = sql("SELECT DISTINCT f.id, f.name FROM feeds AS f
         JOIN token_rule_feeds AS rf ON rf.feed_id = f.id
         JOIN token_rules AS r ON r.id = rf.rule_id
         JOIN tokens AS t ON t.id = r.token_id
         WHERE t.owner_id = $1 AND f.deleted_at IS NULL");
    let rows: Vec<(Uuid, String)> = source.all(statement.bind(owner)).await?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// Who made a feed.
pub(crate) async fn created_by(source: &mut impl Source, id: FeedId) -> Result<AccountId, Error> {
    let statement = sql("SELECT created_by FROM feeds WHERE id = $1").bind(id);
    let row: Option<(Uuid,)> = source.optional(statement).await?;
    row.map(|(account,)| account.into()).ok_or(Error::NotFound("feed"))
}

/// Changes what a feed says of itself, and who may read it.
pub(crate) async fn update(
    transaction: &mut Transaction,
    id: FeedId,
    description: &str,
    is_public: bool,
) -> Result<(), Error> {
    let statement = sql("UPDATE feeds SET description = $1, is_public = $2 WHERE id = $3");
    transaction.execute(statement.bind(description).bind(is_public).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Who holds the name of a deleted feed, unless it was released.
pub(crate) async fn tombstone(
    source: &mut impl Source,
    name: &FeedName,
) -> Result<Option<AccountId>, Error> {
    let statement = sql(
        "SELECT owner_id FROM name_tombstones WHERE kind = 'feed' AND name = $1 AND released_at IS NULL",
    );
    let row: Option<(Uuid,)> = source.optional(statement.bind(name.as_str())).await?;
    Ok(row.map(|(owner,)| owner.into()))
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: FeedId,
    name: &FeedName,
    description: &str,
    is_public: bool,
    owner: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO feeds (id, name, description, is_public, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6)");
    transaction
        .execute(
            statement
                .bind(id)
                .bind(name.as_str())
                .bind(description)
                .bind(is_public)
                .bind(now)
                .bind(owner),
        )
        .await?;
    members::set(transaction, id, owner, Role::Owner, now).await
}

/// Packages of each kind in the feeds an account can reach: feed, ecosystem, count, last update.
pub(crate) async fn package_counts(
    source: &mut impl Source,
    account: AccountId,
) -> Result<Vec<(FeedId, String, i64, Timestamp)>, Error> {
    let statement =
        sql("SELECT p.feed_id, p.ecosystem, COUNT(*), MAX(p.updated_at) FROM packages AS p
         JOIN feeds AS f ON f.id = p.feed_id
         LEFT JOIN feed_members AS m ON m.feed_id = f.id AND m.account_id = $1
         WHERE f.is_public OR m.role IS NOT NULL
         GROUP BY p.feed_id, p.ecosystem ORDER BY p.ecosystem");
    let rows: Vec<(Uuid, String, i64, i64)> = source.all(statement.bind(account)).await?;
    Ok(rows
        .into_iter()
        .map(|(feed, kind, count, at)| (feed.into(), kind, count, Timestamp::from_millis(at)))
        .collect())
}
