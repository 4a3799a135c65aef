//! Rows of linked identities, and of the logout tokens that providers sent about them.

use model::{
    id::{AccountId, IdentityId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// An identity as stored.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) id: IdentityId,
    pub(crate) account_id: AccountId,
    pub(crate) provider: String,
    pub(crate) issuer: String,
    pub(crate) label: String,
    pub(crate) linked_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    provider: String,
    issuer: String,
    label: String,
    linked_at: i64,
    last_used_at: Option<i64>,
}

impl From<Row> for Identity {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            account_id: row.account_id.into(),
            provider: row.provider,
            issuer: row.issuer,
            label: row.label,
            linked_at: Timestamp::from_millis(row.linked_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
        }
    }
}

/// What an identity is known by: nothing else of it stays the same for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) provider: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
}

/// A column list as one literal, so that each statement stays a `&'static str`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, provider, issuer, label, linked_at, last_used_at FROM identities ",
            $rest
        )
    };
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: IdentityId,
    account: AccountId,
    key: Key<'_>,
    label: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO identities (id, account_id, provider, issuer, subject, label, linked_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
    );
    let statement = statement.bind(id).bind(account).bind(key.provider).bind(key.issuer);
    transaction.execute(statement.bind(key.subject).bind(label).bind(now)).await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn by_key(
    source: &mut impl Source,
    key: Key<'_>,
) -> Result<Option<Identity>, Error> {
    let statement = sql(select!("WHERE provider = $1 AND issuer = $2 AND subject = $3"));
    let statement = statement.bind(key.provider).bind(key.issuer).bind(key.subject);
    let row: Option<Row> = source.optional(statement).await?;
    Ok(row.map(Into::into))
}

/// An account's identities, the oldest first.
pub(crate) async fn of_account(
    source: &mut impl Source,
    account: AccountId,
) -> Result<Vec<Identity>, Error> {
    let statement = sql(select!("WHERE account_id = $1 ORDER BY linked_at, id"));
    let rows: Vec<Row> = source.all(statement.bind(account)).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Notes that an identity was used, and what its provider calls the person now.
pub(crate) async fn used(
    transaction: &mut Transaction,
    id: IdentityId,
    label: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE identities SET last_used_at = $1, label = $2 WHERE id = $3");
    transaction.execute(statement.bind(now).bind(label).bind(id)).await?;
    Ok(())
}

pub(crate) async fn delete(transaction: &mut Transaction, id: IdentityId) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM identities WHERE id = $1").bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Whether a logout token comes for the first time. It is noted until `ends_at`.
pub(crate) async fn is_first(
    transaction: &mut Transaction,
    hash: &[u8; 32],
    ends_at: Timestamp,
) -> Result<bool, Error> {
    let statement = sql("INSERT INTO logout_tokens (hash, ends_at) VALUES ($1, $2)
         ON CONFLICT (hash) DO NOTHING");
    Ok(transaction.execute(statement.bind(hash).bind(ends_at)).await? > 0)
}

/// Forgets logout tokens that are too old by themselves.
pub(crate) async fn sweep(transaction: &mut Transaction, now: Timestamp) -> Result<u64, Error> {
    let statement = sql("DELETE FROM logout_tokens WHERE ends_at <= $1");
    transaction.execute(statement.bind(now)).await
}
