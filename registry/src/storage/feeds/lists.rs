//! Rows for lists of feeds, and of the packages in one: a page at a time, each by as many queries
//! however long the page is.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId},
    listing::{FeedsQuery, PackageSort, PackagesQuery, Part, Readers},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Feed, Row};
use crate::{
    error::Error,
    storage::{Source, Statement, sql},
};

/// The feeds that `$1` can reach and that were asked for: `$2` is part of a name or description,
/// `$3` who may read, `$4` the role.
macro_rules! feeds {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM feeds AS f LEFT JOIN feed_members AS m ON m.feed_id = f.id AND m.account_id = $1
             WHERE (f.is_public OR m.role IS NOT NULL)
             AND (f.name LIKE $2 ESCAPE '\\' OR LOWER(f.description) LIKE $2 ESCAPE '\\')
             AND ($3 = '' OR ($3 = 'public') = f.is_public)
             AND ($4 = '' OR COALESCE(m.role, 'none') = $4)",
            $rest
        )
    };
}

fn of_feeds(text: &'static str, account: AccountId, query: &FeedsQuery) -> Statement {
    let statement = sql(text).bind(account).bind(containing(&query.text));
    statement.bind(query.readers.word()).bind(query.part.word())
}

/// How many feeds were asked for, and how many the account can reach at all.
pub(crate) async fn count_feeds(
    source: &mut impl Source,
    account: AccountId,
    query: &FeedsQuery,
) -> Result<(i64, i64), Error> {
    let statement = feeds!("COUNT(*)", "");
    let found = source.count(of_feeds(statement, account, query)).await?;
    if !query.is_narrow() {
        return Ok((found, found));
    }
    let all = FeedsQuery { text: String::new(), readers: Readers::Any, part: Part::Any, page: 0 };
    Ok((found, source.count(of_feeds(statement, account, &all)).await?))
}

/// A page of the feeds that were asked for, by name.
pub(crate) async fn feeds(
    source: &mut impl Source,
    account: AccountId,
    query: &FeedsQuery,
    limit: i64,
    offset: i64,
) -> Result<Vec<Feed>, Error> {
    let statement = of_feeds(
        feeds!(
            "f.id, f.name, f.description, f.is_public, f.created_at, m.role",
            " ORDER BY f.name LIMIT $5 OFFSET $6"
        ),
        account,
        query,
    );
    let rows: Vec<Row> = source.all(statement.bind(limit).bind(offset)).await?;
    rows.into_iter().map(Feed::try_from).collect()
}

/// What a feed holds of one kind.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct HeldRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) feed_id: FeedId,
    pub(crate) ecosystem: String,
    pub(crate) packages: i64,
    pub(crate) updated_at: i64,
    pub(crate) size: i64,
}

/// What the feeds of the same page hold, by kind.
pub(crate) async fn held(
    source: &mut impl Source,
    account: AccountId,
    query: &FeedsQuery,
    limit: i64,
    offset: i64,
) -> Result<Vec<HeldRow>, Error> {
    let statement = of_feeds(
        concat!(
            "SELECT p.feed_id, p.ecosystem, COUNT(DISTINCT p.id) AS packages,
             MAX(p.updated_at) AS updated_at, CAST(COALESCE(SUM(v.size), 0) AS BIGINT) AS size
             FROM packages AS p LEFT JOIN package_versions AS v ON v.package_id = p.id
             WHERE p.feed_id IN (SELECT page.id FROM (",
            feeds!("f.id, f.name", " ORDER BY f.name LIMIT $5 OFFSET $6"),
            ") AS page) GROUP BY p.feed_id, p.ecosystem ORDER BY p.ecosystem"
        ),
        account,
        query,
    );
    source.all(statement.bind(limit).bind(offset)).await
}

/// Packages of each kind in one feed, and its last change.
pub(crate) async fn kinds(
    source: &mut impl Source,
    feed: FeedId,
    with_unlisted: bool,
) -> Result<Vec<(String, i64, Timestamp)>, Error> {
    let statement = sql("SELECT p.ecosystem, COUNT(*), MAX(p.updated_at) FROM packages AS p
         WHERE p.feed_id = $1 AND ($2 OR EXISTS (SELECT 1 FROM package_versions AS v
         WHERE v.package_id = p.id AND v.is_listed)) GROUP BY p.ecosystem ORDER BY p.ecosystem");
    let rows: Vec<(String, i64, i64)> =
        source.all(statement.bind(feed).bind(with_unlisted)).await?;
    Ok(rows
        .into_iter()
        .map(|(kind, count, at)| (kind, count, Timestamp::from_millis(at)))
        .collect())
}

/// A package as lists show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) updated_at: i64,
    pub(crate) versions: i64,
    pub(crate) listed: i64,
    pub(crate) downloads: i64,
    pub(crate) latest: Option<String>,
    pub(crate) published_by: Option<String>,
}

/// The packages of the feed `$1` that were asked for: `$2` is part of a name or description, `$3`
/// the kind, `$4` says whether those without a listed version count.
macro_rules! packages {
    ($columns:literal, $more:expr) => {
        concat!(
            "SELECT ",
            $columns,
            $more,
            " FROM packages AS p WHERE p.feed_id = $1
             AND (p.name_key LIKE $2 ESCAPE '\\' OR LOWER(p.description) LIKE $2 ESCAPE '\\')
             AND ($3 = '' OR p.ecosystem = $3)
             AND ($4 OR EXISTS (SELECT 1 FROM package_versions AS v
             WHERE v.package_id = p.id AND v.is_listed))"
        )
    };
}

/// A page of packages in some order: first which, then what is said of each. Downloads are counted
/// for every package only where they are the order.
macro_rules! page {
    ($order:literal) => {
        page!($order, "", downloads!())
    };
    ($order:literal, $which:expr, $downloads:expr) => {
        concat!(
            "SELECT p.ecosystem, p.name, p.description, p.updated_at, ",
            $downloads,
            " AS downloads,
             (SELECT COUNT(*) FROM package_versions AS v WHERE v.package_id = p.id) AS versions,
             (SELECT COUNT(*) FROM package_versions AS v
              WHERE v.package_id = p.id AND v.is_listed) AS listed,
             l.version AS latest, a.username AS published_by FROM (",
            packages!("p.id, p.ecosystem, p.name, p.description, p.updated_at", $which),
            " ORDER BY ",
            $order,
            " LIMIT $5 OFFSET $6) AS p
             LEFT JOIN package_tags AS t ON t.package_id = p.id AND t.tag = 'latest'
             LEFT JOIN package_versions AS l ON l.id = t.version_id
             LEFT JOIN accounts AS a ON a.id = l.published_by ORDER BY ",
            $order
        )
    };
}

macro_rules! downloads {
    () => {
        "(SELECT CAST(COALESCE(SUM(v.downloads), 0) AS BIGINT) FROM package_versions AS v
          WHERE v.package_id = p.id)"
    };
}

fn of_packages(
    text: &'static str,
    feed: FeedId,
    query: &PackagesQuery,
    with_unlisted: bool,
) -> Statement {
    let kind = query.kind.map_or("", Ecosystem::name);
    sql(text).bind(feed).bind(containing(&query.text)).bind(kind).bind(with_unlisted)
}

/// How many packages of a feed were asked for.
pub(crate) async fn count_packages(
    source: &mut impl Source,
    feed: FeedId,
    query: &PackagesQuery,
    with_unlisted: bool,
) -> Result<i64, Error> {
    source.count(of_packages(packages!("COUNT(*)", ""), feed, query, with_unlisted)).await
}

/// A page of the packages of a feed that were asked for.
pub(crate) async fn packages(
    source: &mut impl Source,
    feed: FeedId,
    query: &PackagesQuery,
    with_unlisted: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<ListedRow>, Error> {
    let text = match query.sort {
        PackageSort::Updated => page!("updated_at DESC, name"),
        PackageSort::Name => page!("name, ecosystem"),
        PackageSort::Downloads => {
            page!(
                "downloads DESC, name",
                concat!(", ", downloads!(), " AS downloads"),
                "p.downloads"
            )
        }
    };
    let statement = of_packages(text, feed, query, with_unlisted);
    source.all(statement.bind(limit).bind(offset)).await
}

/// What `LIKE` finds text by, anywhere in a lower-case text; words may stand apart.
fn containing(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for word in text.to_lowercase().split_whitespace() {
        for c in word.chars() {
            if matches!(c, '\\' | '%' | '_') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn what_is_searched_for_steers_no_pattern() {
        for (text, pattern) in [
            ("", "%"),
            ("Acme", "%acme%"),
            (" acme  http ", "%acme%http%"),
            ("100%_\\", "%100\\%\\_\\\\%"),
        ] {
            assert_eq!(containing(text), pattern);
        }
    }
}
