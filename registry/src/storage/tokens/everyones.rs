//! Everybody's tokens in one list.

use std::collections::HashMap;

use model::{
    id::FeedId,
    listing::{EveryonesQuery, TokenEnd},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{
    Parts, Secret, Token, TokenRow,
    list::{PAGE, like, newest_secrets},
};
use crate::{
    error::Error,
    storage::{Source, Statement, sql},
};

/// What the list is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) query: &'a EveryonesQuery,
    pub(crate) now: Timestamp,
    /// What expires before this does so soon.
    pub(crate) soon: Timestamp,
    /// What was used last before this is unused.
    pub(crate) unused_since: Timestamp,
    /// What was revoked before this is not listed any more.
    pub(crate) revoked_since: Timestamp,
}

/// A token in the list.
pub(crate) struct Listed {
    pub(crate) token: Token,
    pub(crate) newest: Secret,
    pub(crate) owner: String,
    pub(crate) is_owner_disabled: bool,
    /// The name of the feed it was used on last.
    pub(crate) last_used_feed: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    token: TokenRow,
    owner_name: String,
    owner_disabled_at: Option<i64>,
    last_used_feed: Option<String>,
}

macro_rules! with_wanted {
    ($select:literal, $rest:literal) => {
        concat!(
            "WITH listed AS (SELECT t.*, a.username AS owner_name, a.disabled_at AS owner_disabled_at,
             f.name AS last_used_feed,
             CASE WHEN t.state <> 'active' THEN t.state WHEN t.expires_at <= $1 THEN 'expired'
             WHEN t.not_before > $1 THEN 'not-yet' ELSE 'active' END AS standing
             FROM tokens AS t JOIN accounts AS a ON a.id = t.owner_id AND a.deleted_at IS NULL
             LEFT JOIN feeds AS f ON f.id = t.last_used_feed_id
             WHERE t.state <> 'revoked' OR t.state_changed_at > $2),
             wanted AS (SELECT l.* FROM listed AS l WHERE ($3 = '' OR l.owner_name = $3)
             AND ($4 = '' OR l.standing = $4
             OR ($4 = 'soon' AND l.standing = 'active' AND l.expires_at < $5)
             OR ($4 = 'unused' AND l.standing = 'active' AND COALESCE(l.last_used_at, l.created_at) < $6))
             AND ($7 = '' OR ($7 = 'never' AND l.last_used_at IS NULL)
             OR ($7 = 'unused' AND l.standing = 'active' AND COALESCE(l.last_used_at, l.created_at) < $6))
             AND (NOT $8 OR l.expires_at IS NULL)
             AND ($9 = '%%' OR LOWER(l.description) LIKE $9 ESCAPE '!' OR LOWER(l.description) LIKE $10 ESCAPE '!'
             OR l.owner_name LIKE $10 ESCAPE '!' OR EXISTS (SELECT 1 FROM token_secrets AS s
                 WHERE s.token_id = l.id AND s.stops_at IS NULL AND LOWER(s.last4) LIKE $10 ESCAPE '!')))
             SELECT ",
            $select,
            " FROM wanted AS w ",
            $rest
        )
    };
}

/// How many tokens there are, and how many of them are wanted.
pub(crate) async fn counts(
    source: &mut impl Source,
    wanted: &Wanted<'_>,
) -> Result<(i64, i64), Error> {
    let text = with_wanted!("(SELECT COUNT(*) FROM listed), COUNT(*)", "");
    let row: Option<(i64, i64)> = source.optional(bound(text, wanted)).await?;
    Ok(row.unwrap_or_default())
}

/// A page of those that are wanted, by owner, the primary one first; and the names of the feeds that
/// their rules are about.
pub(crate) async fn page(
    source: &mut impl Source,
    wanted: &Wanted<'_>,
    offset: i64,
) -> Result<(Vec<Listed>, HashMap<FeedId, String>), Error> {
    let text = with_wanted!(
        "w.*",
        "ORDER BY w.owner_name, CASE w.kind WHEN 'primary' THEN 0 ELSE 1 END, w.created_at DESC, w.id DESC
         LIMIT $11 OFFSET $12"
    );
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let rows: Vec<ListedRow> = source.all(bound(text, wanted).bind(most).bind(offset)).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.token.id).collect();
    let mut newest = newest_secrets(source, &ids).await?;
    let mut parts = Parts::of_page(source, &ids).await?;
    let names = std::mem::take(&mut parts.feed_names);
    let listed = rows.into_iter().map(|row| {
        let newest = newest.remove(&row.token.id);
        Ok(Listed {
            newest: newest.ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?,
            token: parts.take(row.token)?,
            owner: row.owner_name,
            is_owner_disabled: row.owner_disabled_at.is_some(),
            last_used_feed: row.last_used_feed,
        })
    });
    Ok((listed.collect::<Result<_, Error>>()?, names))
}

/// The values of the conditions on what is wanted, `$1` to `$10`.
fn bound(text: &'static str, wanted: &Wanted<'_>) -> Statement {
    let query = wanted.query;
    sql(text)
        .bind(wanted.now)
        .bind(wanted.revoked_since)
        .bind(query.owner.to_lowercase())
        .bind(query.standing.word())
        .bind(wanted.soon)
        .bind(wanted.unused_since)
        .bind(query.used.word())
        .bind(query.end == TokenEnd::None)
        .bind(like(&query.text.to_lowercase()))
        // SQLite lowers ASCII alone.
        .bind(like(&query.text.to_ascii_lowercase()))
}
