//! Feeds and their members.

use std::{collections::HashMap, sync::Arc};

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId},
    names::FeedName,
    policy::FeedCreation,
    role::Role,
    timestamp::Timestamp,
    views::{FeedPage, FeedView, PackageView},
};
use serde_json::json;

use crate::{
    access::Grant,
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::entropy,
    error::Error,
    sessions::Caller,
    storage::{Transaction, accounts, feeds, packages},
};

/// Packages on one page of a feed.
const PAGE: u64 = 50;
/// The most characters of a feed's description.
const LONGEST_DESCRIPTION: usize = 200;

/// What a new feed begins with.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// Its name.
    pub name: FeedName,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether anyone may read it.
    pub is_public: bool,
}

/// Feeds.
pub struct Feeds {
    pub(crate) core: Arc<Core>,
}

impl Feeds {
    /// Makes a feed that the caller owns.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewFeed,
        origin: &Origin,
    ) -> Result<FeedId, Error> {
        if self.core.policy.feed_creation == FeedCreation::Admins && !caller.is_admin {
            return Err(Error::Forbidden("Only administrators create feeds on this server."));
        }
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.create_for(&actor, caller.account, new).await
    }

    /// Makes a feed on an operator's word.
    pub async fn create_for(
        &self,
        actor: &Actor,
        owner: AccountId,
        new: NewFeed,
    ) -> Result<FeedId, Error> {
        let description = new.description.trim();
        if description.chars().count() > LONGEST_DESCRIPTION {
            return Err(Error::Invalid("A description has at most 200 characters.".to_owned()));
        }
        let now = self.core.now();
        let id = entropy::id(now)?;
        let mut transaction = self.core.database.write().await?;
        self.check_name(&mut transaction, &new.name, owner).await?;
        feeds::insert(&mut transaction, id, &new.name, description, new.is_public, owner, now)
            .await?;
        let entry = Entry::new("feed.create", new.name.as_str())
            .in_feed(id)
            .with(json!({ "public": new.is_public }));
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Gives somebody a role in a feed, on an operator's word.
    pub async fn set_member(
        &self,
        actor: &Actor,
        feed: &str,
        member: &str,
        role: Role,
    ) -> Result<(), Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let feed = feeds::by_name(&mut transaction, &feed.trim().to_ascii_lowercase(), None)
            .await?
            .ok_or(Error::NotFound("feed"))?;
        let account = accounts::by_name(&mut transaction, &member.trim().to_lowercase())
            .await?
            .ok_or(Error::NotFound("account"))?;
        if role != Role::Owner
            && feeds::other_owners(&mut transaction, feed.id, account.id).await? == 0
        {
            return Err(Error::Invalid(format!(
                "{} is the only owner of {}. Make somebody else an owner first.",
                account.username, feed.name
            )));
        }
        feeds::set_member(&mut transaction, feed.id, account.id, role, now).await?;
        let entry = Entry::new("feed.member", &feed.name)
            .about(account.id)
            .in_feed(feed.id)
            .with(json!({ "member": account.username, "role": role }));
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await
    }

    /// The ids of feeds by name, for somebody who can reach them; the first name that is none is
    /// the error.
    pub async fn ids_of(&self, account: AccountId, names: &[String]) -> Result<Vec<FeedId>, Error> {
        let reachable = feeds::reachable(&mut &self.core.database, account).await?;
        let id = |name: &String| {
            let key = name.trim().to_ascii_lowercase();
            reachable.iter().find(|feed| feed.name == key).map(|feed| feed.id).ok_or_else(|| {
                Error::Invalid(format!("“{key}” is no feed that this account can reach."))
            })
        };
        names.iter().map(id).collect()
    }

    /// The feeds the caller can reach, by name.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<FeedView>, Error> {
        self.list_for(caller.account).await
    }

    /// The feeds an account can reach, by name, on an operator's word.
    pub async fn list_for(&self, account: AccountId) -> Result<Vec<FeedView>, Error> {
        let mut database = &self.core.database;
        let feeds = feeds::reachable(&mut database, account).await?;
        let mut kinds: HashMap<FeedId, Vec<(Ecosystem, u64)>> = HashMap::new();
        let mut updated: HashMap<FeedId, Timestamp> = HashMap::new();
        for (feed, kind, count, at) in feeds::package_counts(&mut database, account).await? {
            let kind = kind.parse().map_err(|_| Error::inconsistent("packages", "ecosystem"))?;
            kinds.entry(feed).or_default().push((kind, u64::try_from(count).unwrap_or(0)));
            let latest = updated.entry(feed).or_insert(at);
            *latest = at.max(*latest);
        }
        Ok(feeds
            .into_iter()
            .map(|feed| FeedView {
                kinds: kinds.remove(&feed.id).unwrap_or_default(),
                updated_at: updated.get(&feed.id).copied().unwrap_or(feed.created_at),
                id: feed.id,
                name: feed.name,
                description: feed.description,
                is_public: feed.is_public,
                role: feed.role,
            })
            .collect())
    }

    /// A feed's own page. The grant is one to browse it; pages count from 1.
    pub async fn page(&self, caller: &Caller, grant: &Grant, page: u64) -> Result<FeedPage, Error> {
        let feed = grant.feed()?;
        let views = self.list(caller).await?;
        let view = views.into_iter().find(|view| view.id == feed.id);
        let view = view.ok_or(Error::NotFound("feed"))?;
        let mut database = &self.core.database;
        let count = packages::count(&mut database, feed.id).await?;
        let pages = u64::try_from(count).unwrap_or(0).div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let (limit, offset) = (PAGE.cast_signed(), ((page - 1) * PAGE).cast_signed());
        let rows = packages::list(&mut database, feed.id, limit, offset).await?;
        let packages = rows.into_iter().map(package_view).collect::<Result<_, _>>()?;
        let address = format!("{}/F/{}", self.core.public_url, feed.name);
        Ok(FeedPage { feed: view, packages, page, pages, address, now: self.core.now() })
    }

    async fn check_name(
        &self,
        transaction: &mut Transaction,
        name: &FeedName,
        owner: AccountId,
    ) -> Result<(), Error> {
        let taken = feeds::by_name(transaction, name.as_str(), None).await?.is_some();
        let held = feeds::tombstone(transaction, name).await?.is_some_and(|held| held != owner);
        if taken || held {
            return Err(Error::Taken(format!("The name “{name}” is taken. Choose another.")));
        }
        Ok(())
    }
}

fn package_view(row: packages::ListedRow) -> Result<PackageView, Error> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(PackageView {
        ecosystem: row
            .ecosystem
            .parse()
            .map_err(|_| Error::inconsistent("packages", "ecosystem"))?,
        name: row.name,
        latest: row.latest,
        versions: count(row.versions),
        downloads: count(row.downloads),
        updated_at: Timestamp::from_millis(row.updated_at),
        published_by: row.published_by,
    })
}
