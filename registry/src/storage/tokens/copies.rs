//! The sealed copies of tokens' values, all at once.

use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// How many sealed copies are kept: of primary tokens' values, and of all others'.
pub(crate) async fn sealed_copies(source: &mut impl Source) -> Result<(u64, u64), Error> {
    let statement = sql(
        "SELECT COUNT(CASE WHEN t.kind = 'primary' THEN 1 END), COUNT(CASE WHEN t.kind <> 'primary' THEN 1 END)
         FROM token_secrets AS s JOIN tokens AS t ON t.id = s.token_id WHERE s.sealed IS NOT NULL",
    );
    let row: Option<(i64, i64)> = source.optional(statement).await?;
    let (primary, others) = row.unwrap_or_default();
    let count = |number| u64::try_from(number).unwrap_or(0);
    Ok((count(primary), count(others)))
}

/// Drops the sealed copies that a lowered reveal policy no longer allows.
pub(crate) async fn drop_sealed(
    transaction: &mut Transaction,
    also_primary: bool,
) -> Result<u64, Error> {
    let statement = if also_primary {
        sql("UPDATE token_secrets SET sealed = NULL WHERE sealed IS NOT NULL")
    } else {
        sql("UPDATE token_secrets SET sealed = NULL WHERE sealed IS NOT NULL
             AND token_id IN (SELECT id FROM tokens WHERE kind <> 'primary')")
    };
    transaction.execute(statement).await
}
