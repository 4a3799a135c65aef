//! Rows of accounts. Those of deleted ones are found by id alone.

mod deletion;

use model::{
    id::AccountId,
    names::{Email, Username},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

pub(crate) use self::deletion::{delete, held};

/// An account as stored.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) is_admin: bool,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    username: String,
    email: String,
    display_name: String,
    password_hash: Option<String>,
    is_admin: bool,
    disabled_at: Option<i64>,
    created_at: i64,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            username: row.username,
            email: row.email,
            display_name: row.display_name,
            password_hash: row.password_hash,
            is_admin: row.is_admin,
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// A column list as one literal, so that each statement stays a `&'static str`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, username, email, display_name, password_hash, is_admin, disabled_at, created_at
             FROM accounts ",
            $rest
        )
    };
}

pub(crate) async fn any(source: &mut impl Source) -> Result<bool, Error> {
    Ok(source.count(sql("SELECT COUNT(*) FROM (SELECT id FROM accounts LIMIT 1) AS one")).await?
        > 0)
}

pub(crate) async fn by_id(
    source: &mut impl Source,
    id: AccountId,
) -> Result<Option<Account>, Error> {
    let row: Option<Row> = source.optional(sql(select!("WHERE id = $1")).bind(id)).await?;
    Ok(row.map(Into::into))
}

/// The account with this user name or e-mail address, both in lower case.
pub(crate) async fn by_name(source: &mut impl Source, key: &str) -> Result<Option<Account>, Error> {
    let statement = sql(select!("WHERE deleted_at IS NULL AND (username = $1 OR email_key = $2)"))
        .bind(key)
        .bind(key);
    let row: Option<Row> = source.optional(statement).await?;
    Ok(row.map(Into::into))
}

/// Whether another account, living or deleted, holds the name.
pub(crate) async fn username_taken(
    source: &mut impl Source,
    username: &Username,
) -> Result<bool, Error> {
    let statement = sql(
        "SELECT (SELECT COUNT(*) FROM accounts WHERE username = $1)
         + (SELECT COUNT(*) FROM name_tombstones WHERE kind = 'account' AND name = $2 AND released_at IS NULL)",
    );
    Ok(source.count(statement.bind(username.as_str()).bind(username.as_str())).await? > 0)
}

pub(crate) async fn email_taken(source: &mut impl Source, email: &Email) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM accounts WHERE email_key = $1");
    Ok(source.count(statement.bind(email.key())).await? > 0)
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: AccountId,
    username: &Username,
    email: &Email,
    password_hash: Option<&str>,
    is_admin: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO accounts (id, username, email, email_key, display_name, password_hash,
         password_changed_at, is_admin, disabled_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9)");
    let changed_at = password_hash.map(|_| now);
    transaction
        .execute(
            statement
                .bind(id)
                .bind(username.as_str())
                .bind(email.as_str())
                .bind(email.key())
                .bind(username.as_str())
                .bind(password_hash)
                .bind(changed_at)
                .bind(is_admin)
                .bind(now),
        )
        .await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn set_password(
    transaction: &mut Transaction,
    id: AccountId,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE accounts SET password_hash = $1, password_changed_at = $2 WHERE id = $3");
    transaction.execute(statement.bind(password_hash).bind(now).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn set_display_name(
    transaction: &mut Transaction,
    id: AccountId,
    display_name: &str,
) -> Result<(), Error> {
    let statement = sql("UPDATE accounts SET display_name = $1 WHERE id = $2");
    transaction.execute(statement.bind(display_name).bind(id)).await?;
    Ok(())
}

pub(crate) async fn set_email(
    transaction: &mut Transaction,
    id: AccountId,
    email: &Email,
) -> Result<(), Error> {
    let statement = sql("UPDATE accounts SET email = $1, email_key = $2 WHERE id = $3");
    transaction.execute(statement.bind(email.as_str()).bind(email.key()).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn set_disabled(
    transaction: &mut Transaction,
    id: AccountId,
    disabled_at: Option<Timestamp>,
) -> Result<(), Error> {
    let statement = sql("UPDATE accounts SET disabled_at = $1 WHERE id = $2");
    transaction.execute(statement.bind(disabled_at).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}
