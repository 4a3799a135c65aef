//! Rows that count failed passwords.

use model::{id::AccountId, timestamp::Timestamp};

use super::{Source, Transaction, sql};
use crate::error::Error;

/// Failures in a row, and when the last was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failures {
    pub(crate) count: u32,
    pub(crate) last_at: Timestamp,
}

pub(crate) async fn get(
    source: &mut impl Source,
    subject: &str,
) -> Result<Option<Failures>, Error> {
    let statement = sql("SELECT failures, last_failed_at FROM throttles WHERE subject = $1");
    let row: Option<(i64, i64)> = source.optional(statement.bind(subject)).await?;
    Ok(row.map(|(count, last_at)| Failures {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        last_at: Timestamp::from_millis(last_at),
    }))
}

pub(crate) async fn put(
    transaction: &mut Transaction,
    subject: &str,
    failures: Failures,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO throttles (subject, failures, last_failed_at) VALUES ($1, $2, $3)
         ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures,
         last_failed_at = excluded.last_failed_at");
    let count = i64::from(failures.count);
    transaction.execute(statement.bind(subject).bind(count).bind(failures.last_at)).await?;
    Ok(())
}

pub(crate) async fn clear(transaction: &mut Transaction, subject: &str) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM throttles WHERE subject = $1").bind(subject)).await?;
    Ok(())
}

pub(crate) async fn sweep(transaction: &mut Transaction, before: Timestamp) -> Result<u64, Error> {
    transaction.execute(sql("DELETE FROM throttles WHERE last_failed_at < $1").bind(before)).await
}

/// Removes networks from which nobody signed in since `before`.
pub(crate) async fn sweep_networks(
    transaction: &mut Transaction,
    before: Timestamp,
) -> Result<u64, Error> {
    let statement = sql("DELETE FROM known_networks WHERE last_succeeded_at < $1");
    transaction.execute(statement.bind(before)).await
}

/// Whether the account signed in from this network since `since`.
pub(crate) async fn knows_network(
    source: &mut impl Source,
    account: AccountId,
    network: &str,
    since: Timestamp,
) -> Result<bool, Error> {
    let statement = sql("SELECT COUNT(*) FROM known_networks
         WHERE account_id = $1 AND network = $2 AND last_succeeded_at >= $3");
    Ok(source.count(statement.bind(account).bind(network).bind(since)).await? > 0)
}

pub(crate) async fn remember_network(
    transaction: &mut Transaction,
    account: AccountId,
    network: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO known_networks (account_id, network, last_succeeded_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, network) DO UPDATE SET last_succeeded_at = excluded.last_succeeded_at",
    );
    transaction.execute(statement.bind(account).bind(network).bind(now)).await?;
    Ok(())
}
