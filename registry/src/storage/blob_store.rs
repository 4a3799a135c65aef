//! Which store the database's packages are in.

use super::{Source, Transaction, sql};
use crate::error::Error;

/// The setting's name.
const NAME: &str = "blob-store";

/// The word that marks the store; `None` while none was used.
pub(crate) async fn known(source: &mut impl Source) -> Result<Option<String>, Error> {
    let statement = sql("SELECT value FROM settings WHERE name = $1").bind(NAME);
    Ok(source.optional::<(String,)>(statement).await?.map(|(value,)| value))
}

/// Notes the word.
pub(crate) async fn note(transaction: &mut Transaction, word: &str) -> Result<(), Error> {
    let statement = sql("INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    transaction.execute(statement.bind(NAME).bind(word)).await?;
    Ok(())
}
