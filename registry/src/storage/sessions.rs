//! Rows of browser sessions.

use model::{
    id::{AccountId, IdentityId, SessionId},
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
    pub(crate) display_name: String,
    pub(crate) is_admin: bool,
    pub(crate) has_password: bool,
    pub(crate) account_disabled: bool,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) last_address: String,
    pub(crate) confirmed_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    username: String,
    display_name: String,
    is_admin: bool,
    has_password: bool,
    disabled_at: Option<i64>,
    last_seen_at: i64,
    last_address: String,
    confirmed_at: i64,
    ends_at: i64,
}

/// What a new session begins with.
pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) secret_hash: &'a [u8; 32],
    pub(crate) account_id: AccountId,
    pub(crate) now: Timestamp,
    /// When the person last proved who they are.
    pub(crate) confirmed_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) address: String,
    pub(crate) client: String,
    /// The linked identity that began it.
    pub(crate) identity: Option<IdentityId>,
    /// What the identity's provider calls the session there.
    pub(crate) provider_session: Option<&'a str>,
}

/// A session that a provider may end.
#[derive(Debug, Clone, sqlx::FromRow)]
struct BegunRow {
    id: Uuid,
    account_id: Uuid,
    username: String,
}

/// The same.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) username: String,
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    session: NewSession<'_>,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO sessions (id, secret_hash, account_id, created_at, last_seen_at, confirmed_at,
         ends_at, address, last_address, client, identity_id, provider_session)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    );
    let NewSession { id, secret_hash, account_id, now, confirmed_at, ends_at, .. } = session;
    transaction
        .execute(
            statement
                .bind(id)
                .bind(secret_hash)
                .bind(account_id)
                .bind(now)
                .bind(now)
                .bind(confirmed_at)
                .bind(ends_at)
                .bind(session.address.clone())
                .bind(session.address)
                .bind(session.client)
                .bind(session.identity)
                .bind(session.provider_session),
        )
        .await?;
    person_seen(transaction, account_id, now).await
}

pub(crate) async fn by_secret(
    source: &mut impl Source,
    secret_hash: &[u8; 32],
) -> Result<Option<Session>, Error> {
    let statement = sql("SELECT s.id, s.account_id, a.username, a.display_name, a.is_admin,
         a.password_hash IS NOT NULL AS has_password, a.disabled_at, s.last_seen_at,
         s.last_address, s.confirmed_at, s.ends_at
         FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id WHERE s.secret_hash = $1");
    let row: Option<Row> = source.optional(statement.bind(secret_hash)).await?;
    Ok(row.map(|row| Session {
        id: row.id.into(),
        account_id: row.account_id.into(),
        username: row.username,
        display_name: row.display_name,
        is_admin: row.is_admin,
        has_password: row.has_password,
        account_disabled: row.disabled_at.is_some(),
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
        last_address: row.last_address,
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
    address: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE sessions SET last_seen_at = $1, last_address = $2 WHERE id = $3");
    transaction.execute(statement.bind(now).bind(address).bind(session.id)).await?;
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

/// A session as its owner reads it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ListedSession {
    pub(crate) id: Uuid,
    pub(crate) client: String,
    pub(crate) address: String,
    pub(crate) last_address: String,
    pub(crate) created_at: i64,
    pub(crate) last_seen_at: i64,
}

/// The sessions of an account that are alive, the one used last first.
pub(crate) async fn of_account(
    source: &mut impl Source,
    account: AccountId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<ListedSession>, Error> {
    let statement = sql("SELECT id, client, address, last_address, created_at, last_seen_at
         FROM sessions WHERE account_id = $1 AND ends_at > $2 AND last_seen_at > $3
         ORDER BY last_seen_at DESC, id DESC");
    source.all(statement.bind(account).bind(now).bind(idle_since)).await
}

/// Ends a session of an account; whether there was one.
pub(crate) async fn delete_of(
    transaction: &mut Transaction,
    account: AccountId,
    id: SessionId,
) -> Result<bool, Error> {
    let statement = sql("DELETE FROM sessions WHERE account_id = $1 AND id = $2");
    let ended = transaction.execute(statement.bind(account).bind(id)).await? > 0;
    transaction.changes_authority();
    Ok(ended)
}

pub(crate) async fn delete(transaction: &mut Transaction, id: SessionId) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM sessions WHERE id = $1").bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Ends an account's sessions, all but one; how many.
pub(crate) async fn delete_others(
    transaction: &mut Transaction,
    account: AccountId,
    keep: Option<SessionId>,
) -> Result<u64, Error> {
    let statement = match keep {
        Some(keep) => {
            sql("DELETE FROM sessions WHERE account_id = $1 AND id <> $2").bind(account).bind(keep)
        }
        None => sql("DELETE FROM sessions WHERE account_id = $1").bind(account),
    };
    let ended = transaction.execute(statement).await?;
    transaction.changes_authority();
    Ok(ended)
}

/// Ends what an identity began, all but one session.
pub(crate) async fn delete_begun_by(
    transaction: &mut Transaction,
    identity: IdentityId,
    keep: SessionId,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM sessions WHERE identity_id = $1 AND id <> $2");
    transaction.execute(statement.bind(identity).bind(keep)).await?;
    transaction.changes_authority();
    Ok(())
}

/// What an identity began.
pub(crate) async fn begun_by(
    source: &mut impl Source,
    identity: IdentityId,
) -> Result<Vec<Begun>, Error> {
    let statement = sql("SELECT s.id, s.account_id, a.username
         FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id WHERE s.identity_id = $1");
    Ok(begun(source.all(statement.bind(identity)).await?))
}

/// What identities of an issuer began in a session that the provider calls so.
pub(crate) async fn begun_in(
    source: &mut impl Source,
    provider: &str,
    issuer: &str,
    provider_session: &str,
) -> Result<Vec<Begun>, Error> {
    let statement = sql("SELECT s.id, s.account_id, a.username FROM sessions AS s
         JOIN accounts AS a ON a.id = s.account_id JOIN identities AS i ON i.id = s.identity_id
         WHERE i.provider = $1 AND i.issuer = $2 AND s.provider_session = $3");
    Ok(begun(source.all(statement.bind(provider).bind(issuer).bind(provider_session)).await?))
}

fn begun(rows: Vec<BegunRow>) -> Vec<Begun> {
    let begun = |row: BegunRow| Begun {
        id: row.id.into(),
        account: row.account_id.into(),
        username: row.username,
    };
    rows.into_iter().map(begun).collect()
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
