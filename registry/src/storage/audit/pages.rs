//! Pieces of the log, the newest row first. Each statement is led by one index that gives its rows in
//! their order, however long the log is; what else narrows it is looked at row by row.

use model::{
    audit::Act,
    id::{AccountId, FeedId},
    timestamp::Timestamp,
};

use super::AuditRow;
use crate::{
    error::Error,
    storage::{Source, Statement, sql},
};

/// What a statement is led by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The act, or the number of the row where any act is asked for.
    Row,
    /// The feed.
    Feed,
    /// The account that acted.
    Actor(AccountId),
    /// The account that it concerns.
    Account(AccountId),
    /// The name of whoever acted.
    Name(String),
}

/// Somebody who did something or whom it concerns.
#[derive(Debug, Clone)]
pub(crate) struct Somebody {
    /// The name as it may stand in rows.
    pub(crate) name: String,
    /// The account that has the name now.
    pub(crate) account: Option<AccountId>,
}

/// Which rows are read: those that the lead gives, as far as everything else leaves them.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) lead: Lead,
    pub(crate) act: Option<Act>,
    pub(crate) feed: Option<FeedId>,
    pub(crate) who: Option<Somebody>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    /// All have higher numbers.
    pub(crate) above: i64,
    /// None has a higher number.
    pub(crate) last: i64,
}

macro_rules! piece {
    ($lead:literal) => {
        concat!(
            "SELECT seq, at, actor_kind, actor_id, actor_name, account_id, act, subject, feed_id,
             address, client, details, prev_hash, hash FROM audit_log WHERE ",
            $lead,
            "seq < $1 AND seq > $2 AND at >= $3 AND at < $4 AND ($5 = '' OR act = $5)
             AND ($6 IS NULL OR feed_id = $6)
             AND ($7 = '' OR actor_name = $7 OR account_id = $8 OR actor_id = $8)
             ORDER BY seq DESC LIMIT $11"
        )
    };
}

impl Slice {
    /// Every row there is.
    pub(crate) const fn everything() -> Self {
        Self {
            lead: Lead::Row,
            act: None,
            feed: None,
            who: None,
            from: None,
            until: None,
            above: 0,
            last: i64::MAX,
        }
    }

    /// The statement for at most `most` rows with lower numbers than `below`.
    pub(crate) fn statement(&self, below: i64, most: i64) -> Statement {
        let text = match (&self.lead, self.act) {
            (Lead::Row, None) => piece!(""),
            (Lead::Row, Some(_)) => piece!("act = $5 AND "),
            (Lead::Feed, None) => piece!("feed_id = $6 AND "),
            (Lead::Feed, Some(_)) => piece!("feed_id = $6 AND act = $5 AND "),
            (Lead::Actor(_), None) => piece!("actor_id = $9 AND "),
            (Lead::Actor(_), Some(_)) => piece!("actor_id = $9 AND act = $5 AND "),
            (Lead::Account(_), None) => piece!("account_id = $9 AND "),
            (Lead::Account(_), Some(_)) => piece!("account_id = $9 AND act = $5 AND "),
            (Lead::Name(_), _) => piece!("actor_name = $10 AND "),
        };
        let (account, name) = match &self.lead {
            Lead::Actor(account) | Lead::Account(account) => (Some(*account), None),
            Lead::Name(name) => (None, Some(name.as_str())),
            Lead::Row | Lead::Feed => (None, None),
        };
        let who = self.who.as_ref();
        sql(text)
            .bind(below.min(self.last.saturating_add(1)))
            .bind(self.above)
            .bind(self.from.map_or(i64::MIN, Timestamp::as_millis))
            .bind(self.until.map_or(i64::MAX, Timestamp::as_millis))
            .bind(self.act.map_or("", Act::name))
            .bind(self.feed)
            .bind(who.map_or("", |who| &who.name))
            .bind(who.and_then(|who| who.account))
            .bind(account)
            .bind(name)
            .bind(most)
    }
}

/// At most `most` rows with lower numbers than `below`, the newest first.
pub(crate) async fn piece(
    source: &mut impl Source,
    slice: &Slice,
    below: i64,
    most: i64,
) -> Result<Vec<AuditRow>, Error> {
    source.all(slice.statement(below, most)).await
}

/// The days that have rows are found one after the other in their index.
pub(crate) const LAST_UP_TO: &str = "WITH RECURSIVE days(day) AS (
     SELECT MAX(at / 86400000) FROM audit_log WHERE at / 86400000 <= $1 UNION ALL
     SELECT (SELECT MAX(at / 86400000) FROM audit_log WHERE at / 86400000 < days.day)
     FROM days WHERE days.day IS NOT NULL)
     SELECT MAX((SELECT MAX(seq) FROM audit_log WHERE at / 86400000 = days.day)) FROM days";
pub(crate) const FIRST_FROM: &str = "WITH RECURSIVE days(day) AS (
     SELECT MIN(at / 86400000) FROM audit_log WHERE at / 86400000 >= $1 UNION ALL
     SELECT (SELECT MIN(at / 86400000) FROM audit_log WHERE at / 86400000 > days.day)
     FROM days WHERE days.day IS NOT NULL)
     SELECT MIN((SELECT MIN(seq) FROM audit_log WHERE at / 86400000 = days.day)) FROM days";

/// The highest number of a row of this day or of one before it.
pub(crate) async fn last_up_to(
    source: &mut impl Source,
    day: Timestamp,
) -> Result<Option<i64>, Error> {
    number(source, sql(LAST_UP_TO), day).await
}

/// The lowest number of a row of this day or of one after it.
pub(crate) async fn first_from(
    source: &mut impl Source,
    day: Timestamp,
) -> Result<Option<i64>, Error> {
    number(source, sql(FIRST_FROM), day).await
}

async fn number(
    source: &mut impl Source,
    statement: Statement,
    day: Timestamp,
) -> Result<Option<i64>, Error> {
    let days = day.as_millis().div_euclid(86_400_000);
    let row: Option<(Option<i64>,)> = source.optional(statement.bind(days)).await?;
    Ok(row.and_then(|(seq,)| seq))
}

/// The feeds of this name that were deleted, by what was written down then.
pub(crate) async fn deleted_feeds(
    source: &mut impl Source,
    name: &str,
) -> Result<Vec<FeedId>, Error> {
    let statement = sql("SELECT feed_id FROM audit_log
         WHERE act = $1 AND subject = $2 AND feed_id IS NOT NULL ORDER BY seq DESC");
    let statement = statement.bind(Act::FeedDelete.name()).bind(name);
    let rows: Vec<(uuid::Uuid,)> = source.all(statement).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The name under which a feed was made.
pub(crate) async fn feed_name(
    source: &mut impl Source,
    feed: FeedId,
) -> Result<Option<String>, Error> {
    let statement = sql("SELECT subject FROM audit_log
         WHERE feed_id = $1 AND act = $2 ORDER BY seq LIMIT 1");
    let statement = statement.bind(feed).bind(Act::FeedCreate.name());
    Ok(source.optional::<(String,)>(statement).await?.map(|(name,)| name))
}
