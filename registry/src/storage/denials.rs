//! Rows of refusals.

use model::{
    id::{AccountId, TokenId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// A refusal as stored; the explanation is JSON.
#[derive(Debug, Clone)]
pub(crate) struct DenialRecord {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) token: Option<TokenId>,
    pub(crate) token_last4: Option<String>,
    pub(crate) code: String,
    pub(crate) action: Option<String>,
    pub(crate) feed: String,
    pub(crate) ecosystem: Option<String>,
    pub(crate) package: Option<String>,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) explanation: String,
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
    pub(crate) times: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: Uuid,
    token_id: Option<Uuid>,
    token_last4: Option<String>,
    code: String,
    action: Option<String>,
    feed: String,
    ecosystem: Option<String>,
    package: Option<String>,
    address: String,
    client: String,
    explanation: String,
    first_at: i64,
    last_at: i64,
    times: i64,
}

/// Adds a record, or the repeats it has had since it was last written.
pub(crate) async fn upsert(
    transaction: &mut Transaction,
    record: &DenialRecord,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO denials (id, account_id, token_id, token_last4, code, action, feed, ecosystem,
         package, address, client, explanation, first_at, last_at, times)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET times = denials.times + excluded.times,
         last_at = excluded.last_at, address = excluded.address, client = excluded.client",
    );
    transaction
        .execute(
            statement
                .bind(&record.id)
                .bind(record.account)
                .bind(record.token)
                .bind(record.token_last4.clone())
                .bind(&record.code)
                .bind(record.action.clone())
                .bind(&record.feed)
                .bind(record.ecosystem.clone())
                .bind(record.package.clone())
                .bind(&record.address)
                .bind(&record.client)
                .bind(&record.explanation)
                .bind(record.first_at)
                .bind(record.last_at)
                .bind(record.times),
        )
        .await?;
    Ok(())
}

/// A refusal of this account's credentials, not older than `since`.
pub(crate) async fn find(
    source: &mut impl Source,
    id: &str,
    account: AccountId,
    since: Timestamp,
) -> Result<Option<DenialRecord>, Error> {
    let statement = sql(
        "SELECT id, account_id, token_id, token_last4, code, action, feed, ecosystem, package, address,
         client, explanation, first_at, last_at, times FROM denials
         WHERE id = $1 AND account_id = $2 AND last_at >= $3",
    );
    let row: Option<Row> = source.optional(statement.bind(id).bind(account).bind(since)).await?;
    Ok(row.map(|row| DenialRecord {
        id: row.id,
        account: row.account_id.into(),
        token: row.token_id.map(Into::into),
        token_last4: row.token_last4,
        code: row.code,
        action: row.action,
        feed: row.feed,
        ecosystem: row.ecosystem,
        package: row.package,
        address: row.address,
        client: row.client,
        explanation: row.explanation,
        first_at: Timestamp::from_millis(row.first_at),
        last_at: Timestamp::from_millis(row.last_at),
        times: row.times,
    }))
}

pub(crate) async fn sweep(transaction: &mut Transaction, before: Timestamp) -> Result<u64, Error> {
    transaction.execute(sql("DELETE FROM denials WHERE last_at < $1").bind(before)).await
}
