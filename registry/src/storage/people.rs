//! Accounts as administrators look at them, and what stands and falls with one.

use model::{
    id::AccountId,
    listing::{PeopleQuery, PeopleRole},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Source, Statement, Transaction, sql, tokens::list::like};
use crate::error::Error;

/// An account in the list.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct PersonRow {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) is_admin: bool,
    pub(crate) state: String,
    pub(crate) created_at: i64,
    pub(crate) last_seen_at: Option<i64>,
    pub(crate) token_used_at: Option<i64>,
    pub(crate) tokens: i64,
    pub(crate) feeds: i64,
    pub(crate) invited_until: Option<i64>,
}

/// The accounts that are people, in one place, each with what it is.
macro_rules! with_people {
    ($($rest:tt)+) => {
        concat!(
            "WITH people AS (SELECT a.id, a.username, a.email, a.email_key, a.is_admin, a.created_at, a.last_seen_at,
             CASE WHEN a.disabled_at IS NOT NULL THEN 'disabled' WHEN a.password_hash IS NULL AND NOT EXISTS
             (SELECT 1 FROM identities AS i WHERE i.account_id = a.id) THEN 'invited' ELSE 'active' END AS state
             FROM accounts AS a WHERE a.deleted_at IS NULL) ",
            $($rest)+
        )
    };
}

/// The condition on who is wanted.
macro_rules! wanted {
    () => {
        "WHERE ($1 = '%%' OR p.username LIKE $1 ESCAPE '!' OR p.email_key LIKE $1 ESCAPE '!')
         AND ($2 = '' OR p.state = $2) AND (NOT $3 OR p.is_admin) AND (NOT $4 OR NOT p.is_admin)"
    };
}

/// Rows of people: besides the account's own columns a look-up or two for each, by an index.
macro_rules! select_people {
    ($($rest:tt)+) => {
        with_people!(
            "SELECT p.id, p.username, p.email, p.is_admin, p.state, p.created_at, p.last_seen_at,
             (SELECT MAX(t.last_used_at) FROM tokens AS t WHERE t.owner_id = p.id) AS token_used_at,
             (SELECT COUNT(*) FROM tokens AS t WHERE t.owner_id = p.id AND t.state <> 'revoked') AS tokens,
             (SELECT COUNT(*) FROM feed_members AS m JOIN feeds AS f ON f.id = m.feed_id AND f.deleted_at IS NULL
                 WHERE m.account_id = p.id AND m.role = 'owner') AS feeds,
             (SELECT MAX(l.ends_at) FROM one_time_links AS l WHERE l.account_id = p.id
                 AND l.purpose = 'choose-password' AND l.used_at IS NULL) AS invited_until
             FROM people AS p ",
            $($rest)+
        )
    };
}

/// How many people there are, and how many of them are wanted.
pub(crate) async fn counts(
    source: &mut impl Source,
    query: &PeopleQuery,
) -> Result<(i64, i64), Error> {
    let text =
        with_people!("SELECT (SELECT COUNT(*) FROM people), COUNT(*) FROM people AS p ", wanted!());
    let row: Option<(i64, i64)> = source.optional(bound(text, query)).await?;
    Ok(row.unwrap_or_default())
}

/// A page of those who are wanted, by name.
pub(crate) async fn page(
    source: &mut impl Source,
    query: &PeopleQuery,
    limit: i64,
    offset: i64,
) -> Result<Vec<PersonRow>, Error> {
    let text = select_people!(wanted!(), " ORDER BY p.username LIMIT $5 OFFSET $6");
    source.all(bound(text, query).bind(limit).bind(offset)).await
}

/// The values of the conditions on who is wanted, `$1` to `$4`.
fn bound(text: &'static str, query: &PeopleQuery) -> Statement {
    sql(text)
        .bind(like(&query.text.to_lowercase()))
        .bind(query.state.word())
        .bind(query.role == PeopleRole::Admin)
        .bind(query.role == PeopleRole::User)
}

/// One of the people, by exact user name.
pub(crate) async fn by_username(
    source: &mut impl Source,
    username: &str,
) -> Result<Option<PersonRow>, Error> {
    source.optional(sql(select_people!("WHERE p.username = $1")).bind(username)).await
}

/// What an account is: `active`, `invited` or `disabled`.
pub(crate) async fn state(
    source: &mut impl Source,
    id: AccountId,
) -> Result<Option<String>, Error> {
    let statement = sql(with_people!("SELECT p.state FROM people AS p WHERE p.id = $1")).bind(id);
    Ok(source.optional::<(String,)>(statement).await?.map(|(state,)| state))
}

/// How many others administer the server and can sign in.
pub(crate) async fn other_administrators(
    source: &mut impl Source,
    than: AccountId,
) -> Result<i64, Error> {
    let text = with_people!(
        "SELECT COUNT(*) FROM people AS p WHERE p.is_admin AND p.state = 'active' AND p.id <> $1"
    );
    source.count(sql(text).bind(than)).await
}

/// How many sessions of an account live.
pub(crate) async fn sessions(
    source: &mut impl Source,
    id: AccountId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<i64, Error> {
    let statement = sql("SELECT COUNT(*) FROM sessions
         WHERE account_id = $1 AND ends_at > $2 AND last_seen_at > $3");
    source.count(statement.bind(id).bind(now).bind(idle_since)).await
}

/// How many tokens of an account work, as far as the account itself does.
pub(crate) async fn working_tokens(
    source: &mut impl Source,
    id: AccountId,
    now: Timestamp,
) -> Result<i64, Error> {
    let statement = sql("SELECT COUNT(*) FROM tokens WHERE owner_id = $1 AND state = 'active'
         AND (expires_at IS NULL OR expires_at > $2)");
    source.count(statement.bind(id).bind(now)).await
}

/// The feeds an account owns, by name, each with whether no other owner can act.
pub(crate) async fn owned_feeds(
    source: &mut impl Source,
    id: AccountId,
) -> Result<Vec<(String, bool)>, Error> {
    let statement = sql(
        "SELECT f.name, (SELECT COUNT(*) FROM feed_members AS o JOIN accounts AS a ON a.id = o.account_id
         WHERE o.feed_id = f.id AND o.role = 'owner' AND o.account_id <> $1 AND a.disabled_at IS NULL)
         FROM feed_members AS m JOIN feeds AS f ON f.id = m.feed_id AND f.deleted_at IS NULL
         WHERE m.account_id = $1 AND m.role = 'owner' ORDER BY f.name",
    );
    let rows: Vec<(String, i64)> = source.all(statement.bind(id)).await?;
    Ok(rows.into_iter().map(|(name, others)| (name, others == 0)).collect())
}

/// The feeds an account owns and nobody else does who can act, by name.
pub(crate) async fn only_owner_of(
    source: &mut impl Source,
    id: AccountId,
) -> Result<Vec<String>, Error> {
    let owned = owned_feeds(source, id).await?;
    Ok(owned.into_iter().filter_map(|(name, is_alone)| is_alone.then_some(name)).collect())
}

/// Whether nothing has happened to an account since it was made: its primary token is all it has,
/// and has not been used.
pub(crate) async fn is_untouched(source: &mut impl Source, id: AccountId) -> Result<bool, Error> {
    let statement = sql("SELECT (SELECT COUNT(*) FROM feeds WHERE created_by = $1)
         + (SELECT COUNT(*) FROM feed_members WHERE account_id = $1 AND role = 'owner')
         + (SELECT COUNT(*) FROM package_versions WHERE published_by = $1)
         + (SELECT COUNT(*) FROM tokens WHERE owner_id = $1
             AND (kind <> 'primary' OR last_used_at IS NOT NULL))");
    Ok(source.count(statement.bind(id)).await? == 0)
}

/// Makes an account an administrator's, or not any more.
pub(crate) async fn set_admin(
    transaction: &mut Transaction,
    id: AccountId,
    is_admin: bool,
) -> Result<(), Error> {
    let statement = sql("UPDATE accounts SET is_admin = $1 WHERE id = $2");
    transaction.execute(statement.bind(is_admin).bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}

/// Removes an account, with everything that is its own.
pub(crate) async fn remove(transaction: &mut Transaction, id: AccountId) -> Result<(), Error> {
    transaction.execute(sql("DELETE FROM accounts WHERE id = $1").bind(id)).await?;
    transaction.changes_authority();
    Ok(())
}
