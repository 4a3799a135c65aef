//! Rows of Bower packages: names that lead to the address of a Git repository or an archive. Such a
//! package has one version, which has a manifest and no file.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId},
};
use uuid::Uuid;

use super::search::anywhere;
use crate::{
    error::Error,
    storage::{Source, sql},
};

/// A name and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct RegisteredRow {
    pub(crate) name: String,
    pub(crate) name_key: String,
    pub(crate) manifest: String,
    #[sqlx(try_from = "Uuid")]
    pub(crate) published_by: AccountId,
}

/// Where a package leads, and who registered it.
pub(crate) async fn of(
    source: &mut impl Source,
    package: PackageId,
) -> Result<Option<RegisteredRow>, Error> {
    let statement = sql("SELECT p.name, p.name_key, v.manifest, v.published_by
         FROM packages AS p JOIN package_versions AS v ON v.package_id = p.id WHERE p.id = $1
         ORDER BY v.id LIMIT 1");
    source.optional(statement.bind(package)).await
}

/// The next packages by name that have the word, in lower case, in their name. `after` is the last name
/// of the block before; empty for the first.
pub(crate) async fn block(
    source: &mut impl Source,
    feed: FeedId,
    word: &str,
    after: &str,
) -> Result<Vec<RegisteredRow>, Error> {
    let statement = sql("SELECT p.name, p.name_key, v.manifest, v.published_by
         FROM packages AS p JOIN package_versions AS v ON v.package_id = p.id
         WHERE p.feed_id = $1 AND p.ecosystem = $2 AND p.name_key > $3
         AND p.name_key LIKE $4 ESCAPE '!' ORDER BY p.name_key LIMIT 1000");
    let statement = statement.bind(feed).bind(Ecosystem::Bower.name());
    source.all(statement.bind(after).bind(anywhere(word))).await
}
