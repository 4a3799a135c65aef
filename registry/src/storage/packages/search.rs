//! Rows that searches look through, and those they show.

use model::{
    ecosystem::Ecosystem,
    id::{FeedId, PackageId},
};
use uuid::Uuid;

use crate::{
    error::Error,
    storage::{Source, sql},
};

/// A package as searches judge it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct FoundRow {
    #[sqlx(try_from = "Uuid")]
    pub(crate) id: PackageId,
    pub(crate) name_key: String,
    pub(crate) description: String,
}

/// A package as searches show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ShownRow {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) version: String,
    pub(crate) published_at: i64,
    pub(crate) published_by: Option<String>,
}

/// What packages are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// In lower case; stands in the name or the description.
    pub(crate) word: &'a str,
    /// Whether a listed version has to be there that is no pre-release.
    pub(crate) only_released: bool,
    /// What has to stand in that version's short manifest.
    pub(crate) always: Option<&'a str>,
    /// One of these has to stand there too.
    pub(crate) either: Option<(&'a str, &'a str)>,
    /// The last name of the block before; empty for the first.
    pub(crate) after: &'a str,
}

macro_rules! block {
    ($more:literal) => {
        concat!(
            "SELECT p.id, p.name_key, p.description FROM packages AS p
             WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key > $3
             AND (p.name_key LIKE $4 ESCAPE '!' OR LOWER(p.description) LIKE $4 ESCAPE '!')
             AND EXISTS (SELECT 1 FROM package_versions AS v WHERE v.package_id = p.id AND v.is_listed
              AND v.version_key NOT LIKE $5",
            $more,
            ") ORDER BY p.name_key LIMIT 1000"
        )
    };
}

/// The next packages by name.
pub(crate) async fn block(
    source: &mut impl Source,
    feed: FeedId,
    ecosystem: Ecosystem,
    wanted: Wanted<'_>,
) -> Result<Vec<FoundRow>, Error> {
    let is_marked = wanted.always.is_some() || wanted.either.is_some();
    let statement = sql(if is_marked {
        block!(
            " AND LOWER(v.manifest_short) LIKE $6 ESCAPE '!'
              AND (LOWER(v.manifest_short) LIKE $7 ESCAPE '!'
              OR LOWER(v.manifest_short) LIKE $8 ESCAPE '!')"
        )
    } else {
        block!("")
    });
    let word = anywhere(wanted.word);
    let statement = statement.bind(feed).bind(ecosystem.name()).bind(wanted.after).bind(word);
    // A hyphen sets a pre-release apart (Semantic Versioning 2.0.0, §9). No version is empty.
    let mut statement = statement.bind(if wanted.only_released { "%-%" } else { "" });
    if is_marked {
        let (one, other) = wanted.either.unwrap_or_default();
        for mark in [wanted.always.unwrap_or_default(), one, other] {
            statement = statement.bind(anywhere(&mark.to_lowercase()));
        }
    }
    source.all(statement).await
}

/// A package by what `latest` points to; by its newest listed version if there is no such tag.
pub(crate) async fn shown(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Option<ShownRow>, Error> {
    let statement = sql("SELECT p.name, p.description, v.version, v.published_at,
         a.username AS published_by
         FROM packages AS p JOIN package_versions AS v ON v.package_id = p.id
         LEFT JOIN package_tags AS t ON t.version_id = v.id AND t.tag = 'latest'
         LEFT JOIN accounts AS a ON a.id = v.published_by
         WHERE p.id = $1 AND (t.tag IS NOT NULL OR v.is_listed)
         ORDER BY CASE WHEN t.tag IS NULL THEN 1 ELSE 0 END, v.published_at DESC, v.id DESC LIMIT 1");
    source.optional(statement.bind(package)).await
}

/// A pattern that finds the word anywhere.
pub(super) fn anywhere(word: &str) -> String {
    let mut pattern = String::from("%");
    for character in word.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
