//! Rows of the audit log.

pub(crate) mod pages;

use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// A row as stored. Its hash covers every field before it and the hash of the row before.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AuditRow {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) actor_kind: String,
    pub(crate) actor_id: Option<Uuid>,
    pub(crate) actor_name: String,
    pub(crate) account_id: Option<Uuid>,
    pub(crate) act: String,
    pub(crate) subject: String,
    pub(crate) feed_id: Option<Uuid>,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) details: String,
    pub(crate) prev_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

/// Number and hash of the newest row.
pub(crate) async fn newest(source: &mut impl Source) -> Result<Option<(i64, Vec<u8>)>, Error> {
    source.optional(sql("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1")).await
}

/// Rows after `seq`, oldest first, at most a thousand.
pub(crate) async fn after(source: &mut impl Source, seq: i64) -> Result<Vec<AuditRow>, Error> {
    let statement = sql(
        "SELECT seq, at, actor_kind, actor_id, actor_name, account_id, act, subject, feed_id, address,
         client, details, prev_hash, hash FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT 1000",
    );
    source.all(statement.bind(seq)).await
}

pub(crate) async fn insert(transaction: &mut Transaction, row: AuditRow) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO audit_log (seq, at, actor_kind, actor_id, actor_name, account_id, act, subject,
         feed_id, address, client, details, prev_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    );
    transaction
        .execute(
            statement
                .bind(row.seq)
                .bind(row.at)
                .bind(row.actor_kind)
                .bind(row.actor_id)
                .bind(row.actor_name)
                .bind(row.account_id)
                .bind(row.act)
                .bind(row.subject)
                .bind(row.feed_id)
                .bind(row.address)
                .bind(row.client)
                .bind(row.details)
                .bind(row.prev_hash)
                .bind(row.hash),
        )
        .await?;
    Ok(())
}
