//! Which master key the database is used with, and the copies that it seals.

use model::id::{AccountId, SecretId, TokenId};
use uuid::Uuid;

use super::{Source, Transaction, sql};
use crate::error::Error;

/// The setting's name.
const NAME: &str = "master-key";
/// The version of the first key.
const FIRST: i64 = 1;
/// How many copies are read at a time.
pub(crate) const PAGE: i64 = 500;

/// What the database knows of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownKey {
    /// How many keys there were, this one included; part of what a seal is bound to.
    pub(crate) version: i64,
    /// The key's fingerprint.
    pub(crate) fingerprint: String,
}

/// What is known of the key; `None` while the database was used with none.
pub(crate) async fn known(source: &mut impl Source) -> Result<Option<KnownKey>, Error> {
    let statement = sql("SELECT value FROM settings WHERE name = $1").bind(NAME);
    let Some((value,)) = source.optional::<(String,)>(statement).await? else { return Ok(None) };
    let (version, fingerprint) = value.split_once(' ').unwrap_or_default();
    let version = version.parse().map_err(|_| Error::inconsistent("settings", "value"))?;
    Ok(Some(KnownKey { version, fingerprint: fingerprint.to_owned() }))
}

/// Notes the first key, unless another was noted meanwhile.
pub(crate) async fn begin_with(
    transaction: &mut Transaction,
    fingerprint: &str,
) -> Result<(), Error> {
    let statement =
        sql("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");
    transaction.execute(statement.bind(NAME).bind(format!("{FIRST} {fingerprint}"))).await?;
    Ok(())
}

/// Notes another key in the place of the one before.
pub(crate) async fn replace(transaction: &mut Transaction, key: &KnownKey) -> Result<(), Error> {
    let statement = sql("INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    let value = format!("{} {}", key.version, key.fingerprint);
    transaction.execute(statement.bind(NAME).bind(value)).await?;
    Ok(())
}

/// A sealed copy and what it belongs to.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct SealedRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: SecretId,
    #[sqlx(try_from = "Uuid")]
    pub(crate) token_id: TokenId,
    #[sqlx(try_from = "Uuid")]
    pub(crate) owner_id: AccountId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) key_version: i64,
}

/// Sealed copies in the order of their secrets, those after this one, [`PAGE`] at most.
pub(crate) async fn sealed_after(
    source: &mut impl Source,
    after: Uuid,
) -> Result<Vec<SealedRow>, Error> {
    let statement = sql("SELECT s.id, s.token_id, t.owner_id, s.sealed, s.key_version
         FROM token_secrets AS s JOIN tokens AS t ON t.id = s.token_id
         WHERE s.sealed IS NOT NULL AND s.id > $1 ORDER BY s.id LIMIT $2");
    source.all(statement.bind(after).bind(PAGE)).await
}

/// Puts another sealed copy in the place of one, or none.
pub(crate) async fn reseal(
    transaction: &mut Transaction,
    secret: SecretId,
    sealed: Option<Vec<u8>>,
    version: i64,
) -> Result<(), Error> {
    let statement = sql("UPDATE token_secrets SET sealed = $1, key_version = $2 WHERE id = $3");
    transaction.execute(statement.bind(sealed).bind(version).bind(secret)).await?;
    Ok(())
}
