//! Rows of the usage ledger, and the last use noted on each token.

use model::{
    id::{AccountId, FeedId, SecretId, TokenId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Transaction, sql};
use crate::error::Error;

/// One use of a credential.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) account: AccountId,
    pub(crate) token: Option<(TokenId, SecretId)>,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) feed: Option<FeedId>,
    pub(crate) ecosystem: Option<String>,
    pub(crate) package: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) result: String,
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
                .bind(usage.ecosystem.clone())
                .bind(usage.package.clone())
                .bind(usage.action.clone())
                .bind(&usage.result),
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

pub(crate) async fn sweep(transaction: &mut Transaction, before: Timestamp) -> Result<u64, Error> {
    transaction.execute(sql("DELETE FROM usage_ledger WHERE at < $1").bind(before)).await
}
