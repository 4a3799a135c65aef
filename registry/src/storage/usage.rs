//! Rows of the usage ledger, and what is gathered from it: the last use of each token, its requests by
//! day, and where each of its secrets was used from.

use model::{
    id::{AccountId, FeedId, SecretId, TokenId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// Uses of a credential that are alike, all of one day.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) id: Uuid,
    /// When the first of them was.
    pub(crate) first_at: Timestamp,
    /// When the last was; the ledger keeps this alone.
    pub(crate) at: Timestamp,
    pub(crate) times: i64,
    pub(crate) account: AccountId,
    pub(crate) token: Option<(TokenId, SecretId)>,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) feed: Option<FeedId>,
    pub(crate) ecosystem: Option<&'static str>,
    pub(crate) package: Option<String>,
    pub(crate) action: Option<&'static str>,
    pub(crate) result: &'static str,
}

impl Use {
    /// The `result` of a request that was not refused.
    pub(crate) const ACCEPTED: &str = "ok";

    /// Whether the request was not refused.
    pub(crate) fn is_accepted(&self) -> bool {
        self.result == Self::ACCEPTED
    }
}

pub(crate) async fn insert(transaction: &mut Transaction, usage: &Use) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO usage_ledger (id, at, account_id, token_id, secret_id, address, client, feed_id,
         ecosystem, package, action, result) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    );
    let (token, secret) = usage.token.unzip();
    transaction
        .execute(
            statement
                .bind(usage.id)
                .bind(usage.at)
                .bind(usage.account)
                .bind(token)
                .bind(secret)
                .bind(&usage.address)
                .bind(&usage.client)
                .bind(usage.feed)
                .bind(usage.ecosystem)
                .bind(usage.package.clone())
                .bind(usage.action)
                .bind(usage.result),
        )
        .await?;
    Ok(())
}

/// Notes on the token that this was its last use so far.
pub(crate) async fn note_last(transaction: &mut Transaction, usage: &Use) -> Result<(), Error> {
    let Some((token, _)) = usage.token else { return Ok(()) };
    let statement =
        sql("UPDATE tokens SET last_used_at = $1, last_used_from = $2, last_used_client = $3,
         last_used_feed_id = $4 WHERE id = $5 AND (last_used_at IS NULL OR last_used_at <= $6)");
    transaction
        .execute(
            statement
                .bind(usage.at)
                .bind(&usage.address)
                .bind(&usage.client)
                .bind(usage.feed)
                .bind(token)
                .bind(usage.at),
        )
        .await?;
    Ok(())
}

/// Adds to the requests of a token on a day, counted from 1970-01-01, UTC.
pub(crate) async fn add_to_day(
    transaction: &mut Transaction,
    token: TokenId,
    day: i64,
    accepted: i64,
    refused: i64,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO token_days (token_id, day, accepted, refused) VALUES ($1, $2, $3, $4)
         ON CONFLICT (token_id, day) DO UPDATE SET accepted = token_days.accepted + excluded.accepted,
         refused = token_days.refused + excluded.refused");
    transaction.execute(statement.bind(token).bind(day).bind(accepted).bind(refused)).await?;
    Ok(())
}

/// Uses of a secret by one client from one address.
#[derive(Debug, Clone)]
pub(crate) struct SourceOfUse {
    pub(crate) secret: SecretId,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) last_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SourceRow {
    pub(crate) secret_id: Uuid,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) last_at: i64,
}

impl From<SourceRow> for SourceOfUse {
    fn from(row: SourceRow) -> Self {
        Self {
            secret: row.secret_id.into(),
            address: row.address,
            client: row.client,
            last_at: Timestamp::from_millis(row.last_at),
        }
    }
}

/// Notes that a secret was used so many times, the last time by `usage`.
pub(crate) async fn note_source(
    transaction: &mut Transaction,
    usage: &Use,
    first_at: Timestamp,
    times: i64,
) -> Result<(), Error> {
    let Some((token, secret)) = usage.token else { return Ok(()) };
    let statement = sql(
        "INSERT INTO token_sources (secret_id, address, client, token_id, first_at, last_at, times)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (secret_id, address, client) DO UPDATE SET
         last_at = CASE WHEN excluded.last_at > token_sources.last_at THEN excluded.last_at
             ELSE token_sources.last_at END, times = token_sources.times + excluded.times",
    );
    transaction
        .execute(
            statement
                .bind(secret)
                .bind(&usage.address)
                .bind(&usage.client)
                .bind(token)
                .bind(first_at)
                .bind(usage.at)
                .bind(times),
        )
        .await?;
    Ok(())
}

/// The requests of a token by day, from a day on: the day, accepted, refused.
pub(crate) async fn days(
    source: &mut impl Source,
    token: TokenId,
    from: i64,
) -> Result<Vec<(i64, i64, i64)>, Error> {
    let statement = sql("SELECT day, accepted, refused FROM token_days
         WHERE token_id = $1 AND day >= $2 ORDER BY day");
    source.all(statement.bind(token).bind(from)).await
}

/// Where the secrets of a token were used from, the last use first, at most a hundred.
pub(crate) async fn sources(
    source: &mut impl Source,
    token: TokenId,
) -> Result<Vec<SourceOfUse>, Error> {
    let statement = sql("SELECT secret_id, address, client, last_at FROM token_sources
         WHERE token_id = $1 ORDER BY last_at DESC, address, client LIMIT 100");
    let rows: Vec<SourceRow> = source.all(statement.bind(token)).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One line of the ledger, with the name of the feed if the account can reach that.
#[derive(sqlx::FromRow)]
pub(crate) struct RecentRow {
    pub(crate) at: i64,
    pub(crate) action: Option<String>,
    pub(crate) package: Option<String>,
    pub(crate) feed: Option<String>,
    pub(crate) result: String,
    pub(crate) address: String,
    pub(crate) client: String,
}

/// The last requests with a token, newest first.
pub(crate) async fn recent(
    source: &mut impl Source,
    token: TokenId,
    most: i64,
) -> Result<Vec<RecentRow>, Error> {
    let statement =
        sql("SELECT u.at, u.action, u.package, f.name AS feed, u.result, u.address, u.client
         FROM usage_ledger AS u LEFT JOIN feeds AS f ON f.id = u.feed_id AND (f.is_public OR EXISTS
         (SELECT 1 FROM feed_members AS m WHERE m.feed_id = f.id AND m.account_id = u.account_id))
         WHERE u.token_id = $1 ORDER BY u.at DESC, u.id DESC LIMIT $2");
    source.all(statement.bind(token).bind(most)).await
}

/// Removes what is older than `before`, and of each secret's sources all but the newest hundred.
pub(crate) async fn sweep(transaction: &mut Transaction, before: Timestamp) -> Result<u64, Error> {
    let day = days_since_epoch(before);
    transaction.execute(sql("DELETE FROM token_days WHERE day < $1").bind(day)).await?;
    let old = sql("DELETE FROM token_sources WHERE last_at < $1");
    transaction.execute(old.bind(before)).await?;
    let beyond = sql(
        "DELETE FROM token_sources WHERE (secret_id, address, client) IN (SELECT r.secret_id, r.address,
         r.client FROM (SELECT secret_id, address, client,
         ROW_NUMBER() OVER (PARTITION BY secret_id ORDER BY last_at DESC) AS place
         FROM token_sources) AS r WHERE r.place > 100)",
    );
    transaction.execute(beyond).await?;
    transaction.execute(sql("DELETE FROM usage_ledger WHERE at < $1").bind(before)).await
}

/// The number of a moment's day, counted from 1970-01-01, UTC.
pub(crate) const fn days_since_epoch(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(86_400_000)
}
