//! Feeds: making them, their settings and members, and their end.

mod deletion;
mod lists;
mod members;
mod settings;

use std::sync::Arc;

use model::{
    audit::Act,
    id::{AccountId, FeedId},
    names::FeedName,
    policy::FeedCreation,
    role::Role,
    views::NameCheck,
};
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::entropy,
    error::Error,
    sessions::{Caller, Sessions},
    storage::{Source, feeds},
};

pub use settings::Change;

/// The most characters of a feed's description.
pub const LONGEST_DESCRIPTION: usize = 200;

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
    core: Arc<Core>,
    sessions: Arc<Sessions>,
    /// Told when a feed was deleted and its rows wait to be removed.
    deleted: Notify,
}

/// On whose word a feed is changed.
#[derive(Clone, Copy)]
enum Word<'a> {
    /// An owner's.
    Owner(&'a Caller),
    /// The operator's.
    Operator,
}

impl Feeds {
    pub(crate) fn new(core: Arc<Core>, sessions: Arc<Sessions>) -> Self {
        Self { core, sessions, deleted: Notify::new() }
    }

    /// Makes a feed that the caller owns.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewFeed,
        origin: &Origin,
    ) -> Result<FeedId, Error> {
        self.may_create(caller)?;
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
        let description = check_description(&new.description)?;
        let now = self.core.now();
        let id = entropy::id(now)?;
        let mut transaction = self.core.database.write().await?;
        if let Some(taken) = taken(&mut transaction, &new.name, owner).await? {
            return Err(Error::Taken(taken));
        }
        feeds::insert(&mut transaction, id, &new.name, description, new.is_public, owner, now)
            .await?;
        let entry = Entry::new(Act::FeedCreate, new.name.as_str())
            .about(owner)
            .in_feed(id)
            .with(json!({ "public": new.is_public }));
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Whether the caller can make a feed of this name.
    pub async fn check_name(&self, caller: &Caller, name: &str) -> Result<NameCheck, Error> {
        self.may_create(caller)?;
        let wrong = match name.parse::<FeedName>() {
            Ok(name) => taken(&mut &self.core.database, &name, caller.account).await?,
            Err(_) => FeedName::advice(name),
        };
        let is_free = wrong.is_none();
        let words =
            wrong.unwrap_or_else(|| format!("“{}” is free.", name.trim().to_ascii_lowercase()));
        Ok(NameCheck { is_free, words })
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

    fn may_create(&self, caller: &Caller) -> Result<(), Error> {
        if self.core.policy().feed_creation == FeedCreation::Admins && !caller.is_admin {
            return Err(Error::Forbidden("Only administrators create feeds on this server."));
        }
        Ok(())
    }
}

impl Word<'_> {
    /// The feed, if it may be changed on this word.
    async fn feed(self, source: &mut impl Source, name: &str) -> Result<feeds::Feed, Error> {
        let feed = match self {
            Self::Owner(caller) => reachable(source, caller, name).await?,
            Self::Operator => {
                let found = feeds::by_name(source, &name.trim().to_ascii_lowercase(), None).await?;
                return found.ok_or(Error::NotFound("feed"));
            }
        };
        if feed.role == Some(Role::Owner) {
            Ok(feed)
        } else {
            Err(Error::Forbidden("Only its owners change a feed. Ask one of them."))
        }
    }

    /// Refuses unless the owner's identity is confirmed at this moment.
    fn require_confirmed(self, sessions: &Sessions) -> Result<(), Error> {
        match self {
            Self::Owner(caller) => sessions.require_confirmed(caller),
            Self::Operator => Ok(()),
        }
    }
}

/// A feed that the caller can reach; any other is as absent as none.
async fn reachable(
    source: &mut impl Source,
    caller: &Caller,
    name: &str,
) -> Result<feeds::Feed, Error> {
    let name = name.trim().to_ascii_lowercase();
    let feed = feeds::by_name(source, &name, Some(caller.account)).await?;
    feed.filter(|feed| feed.is_public || feed.role.is_some()).ok_or(Error::NotFound("feed"))
}

/// Why this account cannot have a feed of this name.
async fn taken(
    source: &mut impl Source,
    name: &FeedName,
    owner: AccountId,
) -> Result<Option<String>, Error> {
    if feeds::by_name(source, name.as_str(), None).await?.is_some() {
        return Ok(Some(format!("The name “{name}” is taken. Choose another.")));
    }
    let held = feeds::tombstone(source, name).await?.is_some_and(|held| held != owner);
    Ok(held.then(|| {
        format!(
            "The name “{name}” was used before: whoever still asks for the old feed must not get yours. Choose another, or ask an administrator to release it."
        )
    }))
}

fn check_description(description: &str) -> Result<&str, Error> {
    let description = description.trim();
    if description.chars().count() > LONGEST_DESCRIPTION {
        return Err(Error::Invalid("A description has at most 200 characters.".to_owned()));
    }
    Ok(description)
}

pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Which of the pages that hold `found` rows is shown where `page` was asked for, and how many
/// there are.
pub(crate) fn page_of(found: u64, page: u64, rows: u64) -> (u64, u64) {
    let pages = found.div_ceil(rows).max(1);
    (page.clamp(1, pages), pages)
}

/// Limit and offset of a page.
pub(crate) fn window(page: u64, rows: u64) -> (i64, i64) {
    (rows.cast_signed(), ((page - 1) * rows).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_there_is_the_nearest() {
        for (found, asked, page) in [
            (0, 0, (1, 1)),
            (0, 9, (1, 1)),
            (50, 2, (1, 1)),
            (51, 2, (2, 2)),
            (51, u64::MAX, (2, 2)),
        ] {
            assert_eq!(page_of(found, asked, 50), page, "{found} {asked}");
        }
        assert_eq!((window(1, 50), window(3, 50)), ((50, 0), (50, 100)));
    }
}
