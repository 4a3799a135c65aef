//! Feeds and packages in lists.

use std::collections::HashMap;

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId},
    listing::{FeedsQuery, PackagesQuery},
    role::Role,
    timestamp::Timestamp,
    views::{FeedList, FeedPage, FeedView, ListedFeed, PackageView},
};

use super::{Feeds, count, page_of, window};
use crate::{
    access::Grant,
    error::Error,
    sessions::Caller,
    storage::feeds::{self, lists},
};

/// Feeds, or packages of one, on a page.
const PAGE: u64 = 50;

type Kinds = Vec<(Ecosystem, u64)>;

impl Feeds {
    /// The feeds the caller can reach, by name.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<FeedView>, Error> {
        self.list_for(caller.account).await
    }

    /// The feeds an account can reach, by name, on an operator's word.
    pub async fn list_for(&self, account: AccountId) -> Result<Vec<FeedView>, Error> {
        let mut database = &self.core.database;
        let feeds = feeds::reachable(&mut database, account).await?;
        let mut held: HashMap<FeedId, (Kinds, Timestamp)> = HashMap::new();
        for (feed, kind, packages, at) in feeds::package_counts(&mut database, account).await? {
            let (kinds, updated_at) = held.entry(feed).or_insert((Vec::new(), at));
            kinds.push((ecosystem(&kind)?, count(packages)));
            *updated_at = at.max(*updated_at);
        }
        Ok(feeds.into_iter().map(|feed| view(held.remove(&feed.id), feed)).collect())
    }

    /// A page of the feeds that the caller asked for.
    pub async fn find(&self, caller: &Caller, query: &FeedsQuery) -> Result<FeedList, Error> {
        let mut database = &self.core.database;
        let (found, reachable) = lists::count_feeds(&mut database, caller.account, query).await?;
        let (page, pages) = page_of(count(found), query.page, PAGE);
        let (limit, offset) = window(page, PAGE);
        let rows = lists::feeds(&mut database, caller.account, query, limit, offset).await?;
        let mut held: HashMap<FeedId, (Kinds, Timestamp)> = HashMap::new();
        let mut sizes: HashMap<FeedId, u64> = HashMap::new();
        for row in lists::held(&mut database, caller.account, query, limit, offset).await? {
            let at = Timestamp::from_millis(row.updated_at);
            let (kinds, updated_at) = held.entry(row.feed_id).or_insert((Vec::new(), at));
            kinds.push((ecosystem(&row.ecosystem)?, count(row.packages)));
            *updated_at = at.max(*updated_at);
            *sizes.entry(row.feed_id).or_default() += count(row.size);
        }
        let listed = |feed: feeds::Feed| ListedFeed {
            size: sizes.remove(&feed.id).unwrap_or(0),
            feed: view(held.remove(&feed.id), feed),
        };
        Ok(FeedList {
            query: query.on_page(page),
            feeds: rows.into_iter().map(listed).collect(),
            found: count(found),
            reachable: count(reachable),
            page,
            pages,
            now: self.core.now(),
        })
    }

    /// A feed's own page, with a page of the packages that were asked for. The grant is one to
    /// browse the feed; only owners see packages of which no version is listed.
    pub async fn page(&self, grant: &Grant, query: &PackagesQuery) -> Result<FeedPage, Error> {
        let of = grant.feed()?;
        let with_unlisted = of.role == Some(Role::Owner);
        let mut database = &self.core.database;
        let feed = feeds::by_name(&mut database, &of.name, grant.account()).await?;
        let feed = feed.filter(|feed| feed.id == of.id).ok_or(Error::NotFound("feed"))?;
        let mut kinds = Vec::new();
        let mut updated_at = feed.created_at;
        for (kind, packages, at) in lists::kinds(&mut database, of.id, with_unlisted).await? {
            kinds.push((ecosystem(&kind)?, count(packages)));
            updated_at = at.max(updated_at);
        }
        let found = if query.is_narrow() {
            count(lists::count_packages(&mut database, of.id, query, with_unlisted).await?)
        } else {
            kinds.iter().map(|(_, packages)| packages).sum()
        };
        let (page, pages) = page_of(found, query.page, PAGE);
        let (limit, offset) = window(page, PAGE);
        let rows =
            lists::packages(&mut database, of.id, query, with_unlisted, limit, offset).await?;
        Ok(FeedPage {
            address: format!("{}/F/{}", self.core.public_url, feed.name),
            feed: view(Some((kinds, updated_at)), feed),
            query: query.on_page(page),
            packages: rows.into_iter().map(package).collect::<Result<_, _>>()?,
            found,
            page,
            pages,
            now: self.core.now(),
        })
    }
}

fn view(held: Option<(Kinds, Timestamp)>, feed: feeds::Feed) -> FeedView {
    let (kinds, updated_at) = held.unwrap_or((Vec::new(), feed.created_at));
    FeedView {
        id: feed.id,
        name: feed.name,
        description: feed.description,
        is_public: feed.is_public,
        role: feed.role,
        kinds,
        updated_at,
    }
}

fn package(row: lists::ListedRow) -> Result<PackageView, Error> {
    Ok(PackageView {
        ecosystem: ecosystem(&row.ecosystem)?,
        name: row.name,
        description: row.description,
        latest: row.latest,
        versions: count(row.versions),
        is_unlisted: row.listed == 0,
        downloads: count(row.downloads),
        updated_at: Timestamp::from_millis(row.updated_at),
        published_by: row.published_by,
    })
}

fn ecosystem(name: &str) -> Result<Ecosystem, Error> {
    name.parse().map_err(|_| Error::inconsistent("packages", "ecosystem"))
}
