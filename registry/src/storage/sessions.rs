//! Rows of browser sessions.

use model::{
    id::{AccountId, SessionId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// A session with what is asked of its account at every request.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) account_id: AccountId,
    pub(crate) username: String,
    pub(crate) is_admin: bool,
    pub(crate) account_disabled: bool,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) confirmed_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    username: String,
    is_admin: bool,
    disabled_at: Option<i64>,
    last_seen_at: i64,
    confirmed_at: i64,
    ends_at: i64,
}

/// What a new session begins with.
pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) secret_hash: &'a [u8; 32],
    pub(crate) account_id: AccountId,
    pub(crate) now: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) address: String,
    pub(crate) client: String,
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    session: NewSession<'_>,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO sessions (id, secret_hash, account_id, created_at, last_seen_at, confirmed_at,
         ends_at, address, client) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let NewSession { id, secret_hash, account_id, now, ends_at, address, client } = session;
    transaction
        .execute(
            statement
                .bind(id)
                .bind(secret_hash)
                .bind(account_id)
                .bind(now)
                .bind(now)
                .bind(now)
                .bind(ends_at)
                .bind(address)
                .bind(client),
        )
        .await?;
    person_seen(transaction, account_id, now).await
}

pub(crate) async fn by_secret(
    source: &mut impl Source,
    secret_hash: &[u8; 32],
) -> Result<Option<Session>, Error> {
    let statement =
        sql("SELECT s.id, s.account_id, a.username, a.is_admin, a.disabled_at, s.last_seen_at,
         s.confirmed_at, s.ends_at
         FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id WHERE s.secret_hash = $1");
    let row: Option<Row> = source.optional(statement.bind(secret_hash)).await?;
    Ok(row.map(|row| Session {
        id: row.id.into(),
        account_id: row.account_id.into(),
        username: row.username,
        is_admin: row.is_admin,
        account_disabled: row.disabled_at.is_some(),
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
        confirmed_at: Timestamp::from_millis(row.confirmed_at),
        ends_at: Timestamp::from_millis(row.ends_at),
    }))
}

/// Gives a session a new secret and confirms its identity; the old secret is dead.
pub(crate) async fn confirm(
    transaction: &mut Transaction,
    id: SessionId,
    secret_hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "UPDATE sessions SET secret_hash = $1, confirmed_at = $2, last_seen_at = $3 WHERE id = $4",
    );
    transaction.execute(statement.bind(secret_hash).bind(now).bind(now).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn seen(
    transaction: &mut Transaction,
    session: &Session,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE sessions SET last_seen_at = $1 WHERE id = $2");
    transaction.execute(statement.bind(now).bind(session.id)).await?;
    person_seen(transaction, session.account_id, now).await
}

/// Notes on the account, which outlives its sessions, when the person was here.
async fn person_seen(
    transaction: &mut Transaction,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE accounts SET last_seen_at = $1 WHERE id = $2");
    transaction.execute(statement.bind(now).bind(account)).await?;
    Ok(())
}

pub(crate) async fn delete(transaction: &mut Transaction, id: SessionId) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM sessions WHERE id = $1").bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Ends an account's sessions, all but one.
pub(crate) async fn delete_others(
    transaction: &mut Transaction,
    account: AccountId,
    keep: Option<SessionId>,
) -> Result<(), Error> {
    let statement = match keep {
        Some(keep) => {
            sql("DELETE FROM sessions WHERE account_id = $1 AND id <> $2").bind(account).bind(keep)
        }
        None => sql("DELETE FROM sessions WHERE account_id = $1").bind(account),
    };
    transaction.execute(statement).await?;
    transaction.changes_authority();
    Ok(())
}

/// Removes sessions that ended or slept too long.
pub(crate) async fn sweep(
    transaction: &mut Transaction,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<u64, Error> {
    let statement = sql("DELETE FROM sessions WHERE ends_at <= $1 OR last_seen_at <= $2");
    transaction.execute(statement.bind(now).bind(idle_since)).await
}
