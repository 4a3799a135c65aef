//! Rows of access tokens and their secrets.

/// The ids of a page of tokens, as [`list::bind_page`] binds them.
macro_rules! page_of_ids {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
         $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
         $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
         $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51)"
    };
}

mod change;
mod copies;
mod count;
pub(crate) mod everyones;
pub(crate) mod list;
mod parts;

use std::{collections::HashMap, time::Duration};

use model::{
    decide::{TokenFacts, TokenState},
    id::{AccountId, FeedId, FormId, SecretId, SessionId, TokenId},
    timestamp::Timestamp,
    token::TokenKind,
};
use uuid::Uuid;

use self::parts::Parts;
use super::{Source, Transaction, sql};
use crate::error::Error;
pub(crate) use change::{Change, delete_rules, set_networks, update};
pub(crate) use copies::{drop_sealed, sealed_copies};
pub(crate) use count::count_by_state;
pub(crate) use parts::insert_rule;

/// A token as stored.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) id: TokenId,
    pub(crate) owner: AccountId,
    pub(crate) kind: TokenKind,
    pub(crate) description: String,
    /// Who revoked or suspended it, if it was not its owner; empty otherwise.
    pub(crate) stopped_by: String,
    /// Counts the changes; a form that was opened before one of them is out of date.
    pub(crate) revision: i64,
    /// When it was changed last; 1970 for never.
    pub(crate) changed_at: Timestamp,
    /// For how long it was made; `None` for a token without an end.
    pub(crate) life: Option<Duration>,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: String,
    pub(crate) created_from: String,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) last_used_from: Option<String>,
    pub(crate) last_used_client: Option<String>,
    pub(crate) last_used_feed: Option<FeedId>,
    /// What decisions are made on.
    pub(crate) facts: TokenFacts,
}

/// One secret of a token, without the secret.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub(crate) id: SecretId,
    pub(crate) token: TokenId,
    pub(crate) generation: i64,
    pub(crate) last4: String,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) key_version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) first_used_at: Option<Timestamp>,
    pub(crate) stops_at: Option<Timestamp>,
    /// How long after the first use of its successor it stops, in milliseconds.
    pub(crate) stops_after_first_use_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Uuid,
    owner_id: Uuid,
    kind: String,
    description: String,
    stopped_by: String,
    revision: i64,
    changed_at: i64,
    state: String,
    state_changed_at: i64,
    not_before: Option<i64>,
    expires_at: Option<i64>,
    life_ms: Option<i64>,
    is_pre_authenticated: bool,
    created_at: i64,
    created_by: String,
    created_from: String,
    last_used_at: Option<i64>,
    last_used_from: Option<String>,
    last_used_client: Option<String>,
    last_used_feed_id: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct SecretRow {
    id: Uuid,
    token_id: Uuid,
    generation: i64,
    last4: String,
    sealed: Option<Vec<u8>>,
    key_version: i64,
    created_at: i64,
    first_used_at: Option<i64>,
    stops_at: Option<i64>,
    stops_after_first_use_ms: Option<i64>,
}

impl From<SecretRow> for Secret {
    fn from(row: SecretRow) -> Self {
        Self {
            id: row.id.into(),
            token: row.token_id.into(),
            generation: row.generation,
            last4: row.last4,
            sealed: row.sealed,
            key_version: row.key_version,
            created_at: Timestamp::from_millis(row.created_at),
            first_used_at: row.first_used_at.map(Timestamp::from_millis),
            stops_at: row.stops_at.map(Timestamp::from_millis),
            stops_after_first_use_ms: row.stops_after_first_use_ms,
        }
    }
}

macro_rules! select_token {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.owner_id, t.kind, t.description, t.stopped_by, t.revision, t.changed_at, t.state, t.state_changed_at, t.not_before,
             t.expires_at, t.life_ms, t.is_pre_authenticated, t.created_at, t.created_by, t.created_from, t.last_used_at, t.last_used_from,
             t.last_used_client, t.last_used_feed_id FROM tokens AS t ",
            $rest
        )
    };
}

macro_rules! select_secret {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.token_id, s.generation, s.last4, s.sealed, s.key_version, s.created_at,
             s.first_used_at, s.stops_at, s.stops_after_first_use_ms FROM token_secrets AS s ",
            $rest
        )
    };
}

pub(crate) async fn by_id(source: &mut impl Source, id: TokenId) -> Result<Option<Token>, Error> {
    let row = source.optional(sql(select_token!("WHERE t.id = $1")).bind(id)).await?;
    let Some(row) = row else { return Ok(None) };
    let parts = Parts::of_token(source, id).await?;
    parts.complete(row).map(Some)
}

/// The secret with this digest.
pub(crate) async fn secret_by_hash(
    source: &mut impl Source,
    hash: &[u8; 32],
) -> Result<Option<Secret>, Error> {
    let statement = sql(select_secret!("WHERE s.hash = $1")).bind(hash);
    let row: Option<SecretRow> = source.optional(statement).await?;
    Ok(row.map(Into::into))
}

/// Every token of an account, newest first.
pub(crate) async fn of_owner(
    source: &mut impl Source,
    owner: AccountId,
) -> Result<Vec<Token>, Error> {
    let statement =
        sql(select_token!("WHERE t.owner_id = $1 ORDER BY t.created_at DESC, t.id DESC"));
    let rows: Vec<TokenRow> = source.all(statement.bind(owner)).await?;
    let mut parts = Parts::of_owner(source, owner).await?;
    rows.into_iter().map(|row| parts.take(row)).collect()
}

/// What a use of the form made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MadeByForm {
    pub(crate) token: TokenId,
    pub(crate) owner: AccountId,
    pub(crate) at: Timestamp,
    pub(crate) session: Option<SessionId>,
}

/// The token that a use of the form made, if it did.
pub(crate) async fn by_form(
    source: &mut impl Source,
    form: FormId,
) -> Result<Option<MadeByForm>, Error> {
    let statement =
        sql("SELECT id, owner_id, created_at, form_session_id FROM tokens WHERE form_id = $1");
    let row: Option<(Uuid, Uuid, i64, Option<Uuid>)> =
        source.optional(statement.bind(form)).await?;
    Ok(row.map(|(token, owner, at, session)| MadeByForm {
        token: token.into(),
        owner: owner.into(),
        at: Timestamp::from_millis(at),
        session: session.map(Into::into),
    }))
}

/// The secrets of a token, newest first.
pub(crate) async fn secrets(
    source: &mut impl Source,
    token: TokenId,
) -> Result<Vec<Secret>, Error> {
    let statement = sql(select_secret!("WHERE s.token_id = $1 ORDER BY s.generation DESC"));
    let rows: Vec<SecretRow> = source.all(statement.bind(token)).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The newest secret of each of an account's tokens.
pub(crate) async fn newest_secrets(
    source: &mut impl Source,
    owner: AccountId,
) -> Result<HashMap<TokenId, Secret>, Error> {
    let statement = sql(select_secret!(
        "JOIN tokens AS t ON t.id = s.token_id WHERE t.owner_id = $1 ORDER BY s.generation"
    ));
    let rows: Vec<SecretRow> = source.all(statement.bind(owner)).await?;
    Ok(rows.into_iter().map(|row| (row.token_id.into(), row.into())).collect())
}

/// How a token came to be.
pub(crate) struct Creation<'a> {
    pub(crate) at: Timestamp,
    pub(crate) by: &'a str,
    pub(crate) from: &'a str,
    pub(crate) form: Option<(FormId, SessionId)>,
}

pub(crate) async fn insert(
    transaction: &mut Transaction,
    id: TokenId,
    owner: AccountId,
    kind: TokenKind,
    description: &str,
    facts: &TokenFacts,
    creation: Creation<'_>,
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO tokens (id, owner_id, kind, description, state, state_changed_at, not_before,
         expires_at, life_ms, is_pre_authenticated, revision, created_at, created_by, created_from,
         form_id, form_session_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14, $15)",
    );
    let (form, session) = creation.form.unzip();
    transaction
        .execute(
            statement
                .bind(id)
                .bind(owner)
                .bind(kind.name())
                .bind(description)
                .bind(facts.state.name())
                .bind(creation.at)
                .bind(facts.not_before)
                .bind(facts.expires_at)
                .bind(facts.expires_at.map(|at| at.as_millis() - creation.at.as_millis()))
                .bind(facts.is_pre_authenticated)
                .bind(creation.at)
                .bind(creation.by)
                .bind(creation.from)
                .bind(form)
                .bind(session),
        )
        .await?;
    set_networks(transaction, id, &facts.networks).await
}

/// Adds a secret to a token.
pub(crate) async fn insert_secret(
    transaction: &mut Transaction,
    secret: &Secret,
    hash: &[u8; 32],
) -> Result<(), Error> {
    let statement = sql(
        "INSERT INTO token_secrets (id, token_id, generation, hash, last4, sealed, key_version,
         created_at, first_used_at, stops_at, stops_after_first_use_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    transaction
        .execute(
            statement
                .bind(secret.id)
                .bind(secret.token)
                .bind(secret.generation)
                .bind(hash)
                .bind(&secret.last4)
                .bind(secret.sealed.clone())
                .bind(secret.key_version)
                .bind(secret.created_at)
                .bind(secret.first_used_at)
                .bind(secret.stops_at)
                .bind(secret.stops_after_first_use_ms),
        )
        .await?;
    transaction.changes_authority();
    Ok(())
}

/// Notes which use of a form made a secret, and in which session.
pub(crate) async fn note_form(
    transaction: &mut Transaction,
    secret: SecretId,
    form: FormId,
    session: SessionId,
) -> Result<(), Error> {
    let statement =
        sql("UPDATE token_secrets SET form_id = $1, form_session_id = $2 WHERE id = $3");
    transaction.execute(statement.bind(form).bind(session).bind(secret)).await?;
    Ok(())
}

/// The secret that a use of the form made, if it did, and in which session.
pub(crate) async fn secret_by_form(
    source: &mut impl Source,
    form: FormId,
) -> Result<Option<(Secret, Option<SessionId>)>, Error> {
    let statement = sql("SELECT id, form_session_id FROM token_secrets WHERE form_id = $1");
    let row: Option<(Uuid, Option<Uuid>)> = source.optional(statement.bind(form)).await?;
    let Some((id, session)) = row else { return Ok(None) };
    let row: Option<SecretRow> =
        source.optional(sql(select_secret!("WHERE s.id = $1")).bind(id)).await?;
    Ok(row.map(|row| (row.into(), session.map(Into::into))))
}

/// Sets when a secret stops, and drops its sealed copy if it stops at once.
pub(crate) async fn set_stop(
    transaction: &mut Transaction,
    secret: SecretId,
    stops_at: Timestamp,
    after_first_use_ms: Option<i64>,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE token_secrets SET stops_at = $1, stops_after_first_use_ms = $2,
         sealed = CASE WHEN $3 THEN NULL ELSE sealed END WHERE id = $4");
    let statement =
        statement.bind(stops_at).bind(after_first_use_ms).bind(stops_at <= now).bind(secret);
    transaction.execute(statement).await?;
    transaction.changes_authority();
    Ok(())
}

pub(crate) async fn first_used(
    transaction: &mut Transaction,
    secret: SecretId,
    now: Timestamp,
) -> Result<bool, Error> {
    let statement =
        sql("UPDATE token_secrets SET first_used_at = $1 WHERE id = $2 AND first_used_at IS NULL");
    Ok(transaction.execute(statement.bind(now).bind(secret)).await? > 0)
}

/// Puts a token into a state; `by` names who did, if it was not its owner.
pub(crate) async fn set_state(
    transaction: &mut Transaction,
    id: TokenId,
    state: TokenState,
    by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE tokens SET state = $1, state_changed_at = $2, changed_at = $2,
         stopped_by = $3, revision = revision + 1 WHERE id = $4");
    transaction.execute(statement.bind(state.name()).bind(now).bind(by).bind(id)).await?;
    if state == TokenState::Revoked {
        // What can never work again need not be shown again.
        let statement = sql("UPDATE token_secrets SET sealed = NULL WHERE token_id = $1");
        transaction.execute(statement.bind(id)).await?;
    }
    transaction.changes_authority();
    Ok(())
}

/// Sets the dates of a token.
pub(crate) async fn set_dates(
    transaction: &mut Transaction,
    id: TokenId,
    not_before: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = sql("UPDATE tokens SET not_before = $1, expires_at = $2, changed_at = $3,
         revision = revision + 1 WHERE id = $4");
    let statement = statement.bind(not_before).bind(expires_at).bind(now).bind(id);
    transaction.execute(statement).await?;
    transaction.changes_authority();
    Ok(())
}
