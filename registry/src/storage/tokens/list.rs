//! The list of an account's tokens: a page of it, and what is told above it.

use std::collections::HashMap;

use futures::try_join;
use model::{
    id::{AccountId, FeedId, SecretId, TokenId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Parts, Secret, SecretRow, Token, TokenRow};
use crate::{
    error::Error,
    storage::{
        Database, Source, Statement, sql,
        usage::{SourceOfUse, SourceRow},
    },
};

/// How many tokens a page has. Statements about a page name so many ids and one more: the primary
/// token's, which stands on each.
pub(crate) const PAGE: usize = 50;

/// What the list is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) owner: AccountId,
    /// Part of what the token is known by; empty for any.
    pub(crate) text: &'a str,
    /// The word of a standing, as addresses have it; empty for any.
    pub(crate) standing: &'a str,
    /// The word of an order; empty for the last use first.
    pub(crate) sort: &'a str,
    pub(crate) now: Timestamp,
    /// What expires before this does so soon.
    pub(crate) soon: Timestamp,
    /// What was used last before this is unused.
    pub(crate) unused_since: Timestamp,
    /// What was revoked before this is not listed any more.
    pub(crate) revoked_since: Timestamp,
}

/// A token as the list needs it, without its networks.
pub(crate) struct Listed {
    pub(crate) token: Token,
    /// The name of the feed it was used on last, if its owner can reach that.
    pub(crate) last_used_feed: Option<String>,
    pub(crate) newest: Secret,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    token: TokenRow,
    last_used_feed: Option<String>,
}

macro_rules! select_listed {
    ($filter:literal) => {
        concat!(
            "SELECT t.*, f.name AS last_used_feed,
             CASE WHEN t.state <> 'active' THEN t.state WHEN t.expires_at <= $2 THEN 'expired'
             WHEN t.not_before > $2 THEN 'not-yet' ELSE 'active' END AS standing
             FROM tokens AS t LEFT JOIN feeds AS f ON f.id = t.last_used_feed_id AND (f.is_public OR EXISTS
             (SELECT 1 FROM feed_members AS m WHERE m.feed_id = f.id AND m.account_id = t.owner_id))
             WHERE t.owner_id = $1 AND ",
            $filter
        )
    };
}

macro_rules! with_wanted {
    ($select:literal, $rest:literal) => {
        concat!(
            "WITH listed AS (",
            select_listed!(
                "t.kind <> 'primary' AND (t.state <> 'revoked' OR t.state_changed_at > $3)"
            ),
            "), wanted AS (SELECT l.* FROM listed AS l WHERE
             ($4 = '' OR l.standing = $4
             OR ($4 = 'soon' AND l.standing = 'active' AND l.expires_at < $5)
             OR ($4 = 'unused' AND l.standing = 'active' AND COALESCE(l.last_used_at, l.created_at) < $6))
             AND ($7 = '%%' OR LOWER(l.description) LIKE $7 ESCAPE '!' OR LOWER(l.description) LIKE $8 ESCAPE '!'
             OR EXISTS (SELECT 1 FROM token_secrets AS s WHERE s.token_id = l.id AND s.stops_at IS NULL
                 AND LOWER(s.last4) LIKE $8 ESCAPE '!')
             OR EXISTS (SELECT 1 FROM token_rules AS r JOIN token_rule_patterns AS p ON p.rule_id = r.id
                 WHERE r.token_id = l.id AND LOWER(p.pattern) LIKE $8 ESCAPE '!')
             OR EXISTS (SELECT 1 FROM token_rules AS r JOIN token_rule_feeds AS rf ON rf.rule_id = r.id
                 JOIN feeds AS n ON n.id = rf.feed_id WHERE r.token_id = l.id AND n.name LIKE $8 ESCAPE '!')))
             SELECT ",
            $select,
            " FROM wanted AS w ",
            $rest
        )
    };
}

/// How many tokens there are besides the primary one, and how many of them are wanted.
pub(crate) async fn counts(
    source: &mut impl Source,
    wanted: &Wanted<'_>,
) -> Result<(i64, i64), Error> {
    let text = with_wanted!("(SELECT COUNT(*) FROM listed), COUNT(*)", "");
    let row: Option<(i64, i64)> = source.optional(bound(text, wanted)).await?;
    Ok(row.unwrap_or_default())
}

/// The primary token and a page of those that are wanted, and the names of the feeds that their rules
/// are about.
pub(crate) async fn page(
    database: &Database,
    wanted: &Wanted<'_>,
    offset: i64,
) -> Result<(Vec<Listed>, HashMap<FeedId, String>), Error> {
    let primary = sql(select_listed!("t.kind = 'primary'")).bind(wanted.owner).bind(wanted.now);
    let text = with_wanted!(
        "w.*",
        "ORDER BY CASE w.standing WHEN 'revoked' THEN 2 WHEN 'expired' THEN 1 ELSE 0 END,
         CASE WHEN $9 = 'name' THEN LOWER(w.description) END,
         CASE WHEN $9 = 'expires' THEN COALESCE(w.expires_at, 9007199254740991) END,
         CASE WHEN $9 = '' THEN COALESCE(w.last_used_at, 0) END DESC,
         w.created_at DESC, w.id DESC LIMIT $10 OFFSET $11"
    );
    let statement = bound(text, wanted).bind(wanted.sort);
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let others = statement.bind(most).bind(offset);
    let (mut first, mut second) = (database, database);
    let (mut rows, others) =
        try_join!(first.all::<ListedRow>(primary), second.all::<ListedRow>(others))?;
    rows.extend(others);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.token.id).collect();
    let (mut newest, mut parts) =
        try_join!(newest_secrets(&mut first, &ids), Parts::of_page(&mut second, &ids))?;
    let names = std::mem::take(&mut parts.feed_names);
    let listed = rows.into_iter().map(|ListedRow { token, last_used_feed }| {
        let newest = newest.remove(&token.id);
        let newest = newest.ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
        Ok(Listed { token: parts.take(token)?, last_used_feed, newest })
    });
    Ok((listed.collect::<Result<_, Error>>()?, names))
}

/// The values of the conditions on what is wanted, `$1` to `$8`.
fn bound(text: &'static str, wanted: &Wanted<'_>) -> Statement {
    sql(text)
        .bind(wanted.owner)
        .bind(wanted.now)
        .bind(wanted.revoked_since)
        .bind(wanted.standing)
        .bind(wanted.soon)
        .bind(wanted.unused_since)
        .bind(like(&wanted.text.to_lowercase()))
        // SQLite lowers ASCII alone.
        .bind(like(&wanted.text.to_ascii_lowercase()))
}

/// The pattern that holds this text anywhere, with `!` as its escape.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The secret of each token on a page that no other has replaced.
pub(super) async fn newest_secrets(
    source: &mut impl Source,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Secret>, Error> {
    let text = concat!(
        "SELECT s.id, s.token_id, s.generation, s.last4, s.sealed, s.key_version, s.created_at,
         s.first_used_at, s.stops_at, s.stops_after_first_use_ms FROM token_secrets AS s
         WHERE s.stops_at IS NULL AND s.token_id IN ",
        page_of_ids!()
    );
    let rows: Vec<SecretRow> = source.all(bind_page(sql(text), ids)).await?;
    Ok(rows.into_iter().map(|row| (row.token_id, row.into())).collect())
}

/// Binds the ids of a page; where there are fewer, the last one stands for those that are missing.
pub(super) fn bind_page(statement: Statement, ids: &[Uuid]) -> Statement {
    let last = ids.last().copied().unwrap_or_default();
    let ids = ids.iter().copied().chain(std::iter::repeat(last));
    ids.take(PAGE + 1).fold(statement, Statement::bind)
}

/// Tokens of an account that work and end before `soon`, the first three, and how many there are.
pub(crate) async fn expiring(
    source: &mut impl Source,
    owner: AccountId,
    now: Timestamp,
    soon: Timestamp,
) -> Result<Vec<(TokenId, String, Timestamp, i64)>, Error> {
    let statement = sql("SELECT id, description, expires_at, COUNT(*) OVER () FROM tokens
         WHERE owner_id = $1 AND state = 'active' AND expires_at > $2 AND expires_at < $3
         AND (not_before IS NULL OR not_before <= $2) ORDER BY expires_at, id LIMIT 3");
    let rows: Vec<(Uuid, String, i64, i64)> =
        source.all(statement.bind(owner).bind(now).bind(soon)).await?;
    let token = |(id, description, at, count): (Uuid, String, i64, i64)| {
        (id.into(), description, Timestamp::from_millis(at), count)
    };
    Ok(rows.into_iter().map(token).collect())
}

/// A secret that was replaced, and who used it last since.
pub(crate) struct Replaced {
    pub(crate) token: TokenId,
    pub(crate) description: String,
    pub(crate) secret: SecretId,
    pub(crate) last4: String,
    pub(crate) stops_at: Timestamp,
    pub(crate) waits: bool,
    pub(crate) used_by: Option<SourceOfUse>,
}

#[derive(sqlx::FromRow)]
struct ReplacedRow {
    token_id: Uuid,
    description: String,
    secret_id: Uuid,
    last4: String,
    stops_at: i64,
    waits: Option<i64>,
    address: Option<String>,
    client: Option<String>,
    last_at: Option<i64>,
}

/// Secrets of an account's tokens that were replaced and still work, and those that do not work any
/// more but have been sent since, after `since`; those that work first.
pub(crate) async fn replaced(
    source: &mut impl Source,
    owner: AccountId,
    now: Timestamp,
    since: Timestamp,
) -> Result<Vec<Replaced>, Error> {
    let statement = sql(
        "SELECT t.id AS token_id, t.description, s.id AS secret_id, s.last4, s.stops_at,
         s.stops_after_first_use_ms AS waits, u.address, u.client, u.last_at
         FROM tokens AS t JOIN token_secrets AS s ON s.token_id = t.id
         JOIN token_secrets AS n ON n.token_id = t.id AND n.generation = s.generation + 1
         LEFT JOIN token_sources AS u ON u.secret_id = s.id AND u.last_at >= n.created_at
         AND u.last_at = (SELECT MAX(x.last_at) FROM token_sources AS x WHERE x.secret_id = s.id)
         WHERE t.owner_id = $1 AND t.state <> 'revoked'
         AND (s.stops_at > $2 OR (u.last_at > s.stops_at AND u.last_at > $3))
         ORDER BY CASE WHEN s.stops_at > $2 THEN 0 ELSE 1 END, u.last_at DESC, s.stops_at, s.id LIMIT 100",
    );
    let rows: Vec<ReplacedRow> = source.all(statement.bind(owner).bind(now).bind(since)).await?;
    let mut replaced: Vec<Replaced> = rows
        .into_iter()
        .map(|row| Replaced {
            token: row.token_id.into(),
            description: row.description,
            secret: row.secret_id.into(),
            last4: row.last4,
            stops_at: Timestamp::from_millis(row.stops_at),
            waits: row.waits.is_some(),
            used_by: row.last_at.map(|last_at| {
                let (address, client) =
                    (row.address.unwrap_or_default(), row.client.unwrap_or_default());
                SourceRow { secret_id: row.secret_id, address, client, last_at }.into()
            }),
        })
        .collect();
    // Two clients may have used it at the same moment.
    replaced.dedup_by_key(|replaced| replaced.secret);
    Ok(replaced)
}
