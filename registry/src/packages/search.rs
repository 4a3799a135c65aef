//! Finding packages by words.

use model::{ecosystem::Ecosystem, id::PackageId, timestamp::Timestamp};

use super::Packages;
use crate::{
    access::Grant,
    error::Error,
    storage::packages::search::{self, FoundRow, Wanted},
};

/// The most packages an answer has.
const MOST: usize = 250;
/// The furthest package that can be asked for; whoever wants more asks for something narrower.
const FURTHEST: usize = 10_000;

/// What is searched for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Words, each of which has to stand in the name or the description. None: every package.
    pub text: &'a str,
    /// How many of what is found to leave out first; at most 10 000 counts.
    pub from: usize,
    /// How many packages to answer; at most 250 are.
    pub size: usize,
    /// Whether packages of which every listed version comes before a release are left out.
    pub only_released: bool,
}

/// What is to stand in the manifest that installers want, as it is stored, of one listed version: for
/// what the database knows nothing else about. Texts are compared without regard to case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks<'a> {
    /// This text.
    pub always: Option<&'a str>,
    /// One of these two.
    pub either: Option<(&'a str, &'a str)>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// How many packages there are in all that the caller may read.
    pub total: u64,
    /// The ones asked for, the best first.
    pub packages: Vec<FoundPackage>,
}

/// A package that was found.
#[derive(Debug)]
pub struct FoundPackage {
    /// Its id as published.
    pub name: String,
    /// What it says of itself in a line; may be empty.
    pub description: String,
    /// The version that `latest` points to; the newest if nothing does.
    pub version: String,
    /// When that was published.
    pub published_at: Timestamp,
    /// By whom; `None` if the account is gone.
    pub published_by: Option<String>,
}

/// How well a package meets a query; the least is the best.
type Rank = (u8, String);

impl Packages {
    /// Packages of the feed that have all the words and a listed version, and that the grant's
    /// credential may read. The grant is one to browse.
    pub async fn search(
        &self,
        grant: &Grant,
        ecosystem: Ecosystem,
        query: Query<'_>,
    ) -> Result<Found, Error> {
        self.search_marked(grant, ecosystem, query, Marks::default()).await
    }

    /// The same, of those that have a listed version with these marks.
    pub async fn search_marked(
        &self,
        grant: &Grant,
        ecosystem: Ecosystem,
        query: Query<'_>,
        marks: Marks<'_>,
    ) -> Result<Found, Error> {
        let feed = grant.browsed()?.id;
        let text = query.text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let keep = query.from.min(FURTHEST) + query.size.min(MOST);
        let mut database = &self.core.database;
        let mut best: Vec<(Rank, PackageId)> = Vec::new();
        let mut total = 0;
        // A token's patterns cannot be told to the database: names go by in blocks, and of each no
        // more is kept than can be asked for.
        let mut after = String::new();
        loop {
            let longest = words.iter().max_by_key(|word| word.len()).copied().unwrap_or_default();
            let wanted = Wanted {
                word: longest,
                only_released: query.only_released,
                always: marks.always,
                either: marks.either,
                after: &after,
            };
            let block = search::block(&mut database, feed, ecosystem, wanted).await?;
            let Some(last) = block.last() else { break };
            after.clone_from(&last.name_key);
            for row in block {
                if has_all(&row, &words) && grant.may_read(ecosystem, &row.name_key) {
                    total += 1;
                    best.push((rank(&row, &words), row.id));
                }
            }
            best.sort_unstable();
            best.truncate(keep);
        }
        let mut packages = Vec::new();
        for (_, id) in best.into_iter().skip(query.from) {
            // What was deleted in between is left out.
            if let Some(row) = search::shown(&mut database, id).await? {
                packages.push(FoundPackage {
                    name: row.name,
                    description: row.description,
                    version: row.version,
                    published_at: Timestamp::from_millis(row.published_at),
                    published_by: row.published_by,
                });
            }
        }
        Ok(Found { total, packages })
    }
}

fn has_all(row: &FoundRow, words: &[&str]) -> bool {
    let description = row.description.to_lowercase();
    words.iter().all(|word| row.name_key.contains(word) || description.contains(word))
}

/// The package of that very name comes first, then names, then descriptions; each by name.
fn rank(row: &FoundRow, words: &[&str]) -> Rank {
    let name = row.name_key.as_str();
    let base = name.rsplit('/').next().unwrap_or(name);
    let place = match words {
        [word] if *word == name => 0,
        [word] if *word == base => 1,
        _ if words.iter().all(|word| name.contains(word)) => 2,
        _ => 3,
    };
    (place, name.to_owned())
}
