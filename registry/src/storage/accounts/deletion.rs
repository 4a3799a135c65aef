//! The end of an account. Its row and its name stay, for what it published and did names it.

use model::{id::AccountId, timestamp::Timestamp};

use crate::{
    error::Error,
    storage::{Source, Transaction, sql},
};

/// What an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// Tokens that work or could be made to work.
    pub(crate) tokens: i64,
    /// Feeds it is a member of.
    pub(crate) memberships: i64,
}

pub(crate) async fn held(source: &mut impl Source, account: AccountId) -> Result<Held, Error> {
    let tokens = sql("SELECT COUNT(*) FROM tokens WHERE owner_id = $1 AND state <> 'revoked'");
    let memberships = sql("SELECT COUNT(*) FROM feed_members AS m
         JOIN feeds AS f ON f.id = m.feed_id AND f.deleted_at IS NULL WHERE m.account_id = $1");
    Ok(Held {
        tokens: source.count(tokens.bind(account)).await?,
        memberships: source.count(memberships.bind(account)).await?,
    })
}

/// Takes everything from an account but its name: it can do nothing, and nothing tells whose it was.
pub(crate) async fn delete(
    transaction: &mut Transaction,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    // Nobody's address: it has no `@`.
    let statement = sql("UPDATE accounts SET deleted_at = $1, disabled_at = $2, email = '',
         email_key = $3, display_name = username, password_hash = NULL, is_admin = $4 WHERE id = $5");
    let email_key = format!("deleted {account}");
    let statement = statement.bind(now).bind(now).bind(email_key).bind(false).bind(account);
    transaction.execute(statement).await?;
    for statement in [
        // Who still uses one of its tokens is told that the account is gone; its value is not kept.
        sql("UPDATE token_secrets SET sealed = NULL
             WHERE token_id IN (SELECT id FROM tokens WHERE owner_id = $1)"),
        sql("UPDATE tokens SET last_used_from = NULL, last_used_client = NULL, created_from = ''
             WHERE owner_id = $1"),
        sql(
            "DELETE FROM token_sources WHERE token_id IN (SELECT id FROM tokens WHERE owner_id = $1)",
        ),
        sql(
            "DELETE FROM usage_ledger WHERE token_id IN (SELECT id FROM tokens WHERE owner_id = $1)",
        ),
        sql("DELETE FROM denials WHERE account_id = $1"),
        sql("DELETE FROM web_logins WHERE account_id = $1"),
        sql("DELETE FROM feed_members WHERE account_id = $1"),
        sql("DELETE FROM known_networks WHERE account_id = $1"),
        sql("DELETE FROM one_time_links WHERE account_id = $1"),
        sql("DELETE FROM identities WHERE account_id = $1"),
        sql("DELETE FROM sessions WHERE account_id = $1"),
    ] {
        transaction.execute(statement.bind(account)).await?;
    }
    transaction.changes_authority();
    Ok(())
}
