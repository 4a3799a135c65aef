//! Rows of links that work once.

use model::{id::AccountId, timestamp::Timestamp};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Making the first account.
    SetUp,
    /// Choosing the first password of an account that somebody else made.
    ChoosePassword,
    /// Choosing another password in place of one that is forgotten.
    ResetPassword,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::ChoosePassword => "choose-password",
            Self::ResetPassword => "reset-password",
        }
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: Uuid,
    purpose: Purpose,
    code_hash: &[u8; 32],
    account: Option<AccountId>,
    now: Timestamp,
    ends_at: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO one_time_links (id, purpose, code_hash, account_id, created_at, ends_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, NULL)",
    );
    transaction
        .execute(
            statement
                .bind(id)
                .bind(purpose.name())
                .bind(code_hash)
                .bind(account)
                .bind(now)
                .bind(ends_at),
        )
        .await?;
    Ok(())
}

/// The account a live link is for; the outer `None` where there is no such link.
pub(crate) async fn find(
    source: &mut impl Source,
    purpose: Purpose,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Option<AccountId>>, Error> {
    let statement = sql("SELECT account_id FROM one_time_links
         WHERE purpose = $1 AND code_hash = $2 AND used_at IS NULL AND ends_at > $3");
    let row: Option<(Option<Uuid>,)> =
        source.optional(statement.bind(purpose.name()).bind(code_hash).bind(now)).await?;
    Ok(row.map(|(account,)| account.map(Into::into)))
}

pub(crate) async fn use_up(
    transaction: &mut Transaction,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE one_time_links SET used_at = $1 WHERE code_hash = $2");
    transaction.execute(statement.bind(now).bind(code_hash)).await?;
    Ok(())
}

/// Withdraws every link of a purpose, for one account or for all.
pub(crate) async fn withdraw(
    transaction: &mut Transaction,
    purpose: Purpose,
    account: Option<AccountId>,
) -> Result<(), Error> {
    let statement = match account {
        Some(account) => sql("DELETE FROM one_time_links WHERE purpose = $1 AND account_id = $2")
            .bind(purpose.name())
            .bind(account),
        None => sql("DELETE FROM one_time_links WHERE purpose = $1").bind(purpose.name()),
    };
    transaction.execute(statement).await?;
    Ok(())
}

/// Withdraws every link of an account.
pub(crate) async fn withdraw_all(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<(), Error> {
    let statement = sql("DELETE FROM one_time_links WHERE account_id = $1");
    transaction.execute(statement.bind(account)).await?;
    Ok(())
}
