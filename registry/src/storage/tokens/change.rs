//! Changing what a token is.

use model::{id::TokenId, network::Network, timestamp::Timestamp};

use crate::{
    error::Error,
    storage::{Transaction, sql},
};

/// A token's own columns as they become.
pub(crate) struct Change<'a> {
    pub(crate) description: &'a str,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    /// For how long it is made, in milliseconds; `None` for a token without an end.
    pub(crate) life_ms: Option<i64>,
    pub(crate) is_pre_authenticated: bool,
    pub(crate) at: Timestamp,
}

/// Changes a token's own columns, and counts the change.
pub(crate) async fn update(
    transaction: &mut Transaction,
    id: TokenId,
    change: Change<'_>,
) -> Result<(), Error> {
    let statement = sql("UPDATE tokens SET description = $1, not_before = $2, expires_at = $3,
         life_ms = $4, is_pre_authenticated = $5, changed_at = $6, revision = revision + 1
         WHERE id = $7");
    let statement = statement
        .bind(change.description)
        .bind(change.not_before)
        .bind(change.expires_at)
        .bind(change.life_ms)
        .bind(change.is_pre_authenticated)
        .bind(change.at)
        .bind(id);
    transaction.execute(statement).await?;
    transaction.changes_authority();
    Ok(())
}

/// Takes all rules from a token, with their feeds and patterns.
pub(crate) async fn delete_rules(
    transaction: &mut Transaction,
    token: TokenId,
) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM token_rules WHERE token_id = $1").bind(token)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Sets the networks of a token; none means anywhere.
pub(crate) async fn set_networks(
    transaction: &mut Transaction,
    token: TokenId,
    networks: &[Network],
) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM token_networks WHERE token_id = $1").bind(token)).await?;
    for network in networks {
        let statement = sql("INSERT INTO token_networks (token_id, network) VALUES ($1, $2)
             ON CONFLICT (token_id, network) DO NOTHING");
        transaction.execute(statement.bind(token).bind(network.to_string())).await?;
    }
    transaction.changes_authority();
    Ok(())
}
