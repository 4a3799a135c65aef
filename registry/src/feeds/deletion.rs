//! The end of a feed. It is out of reach in one short transaction; what it held is removed bit by
//! bit afterwards, so that nobody else who writes has to wait. Its archives are swept with those that
//! nothing refers to.

use std::time::Duration;

use model::{
    audit::Act,
    id::{AccountId, FeedId},
    names::FeedName,
};
use serde_json::json;

use super::{Feeds, Word};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    sessions::Caller,
    storage::{
        Transaction,
        feeds::{self, deletion},
    },
};

/// Versions or packages removed in one transaction.
const BIT: i64 = 200;
/// Between two of them, in which others write.
const PAUSE: Duration = Duration::from_millis(5);

impl Feeds {
    /// Deletes a feed that the caller owns, with all its packages. `typed` has to be its name; the
    /// caller has to be confirmed. The name stays the caller's.
    pub async fn delete(
        &self,
        caller: &Caller,
        feed: &str,
        typed: &str,
        origin: &Origin,
    ) -> Result<(), Error> {
        let actor = Actor::Person(caller.clone(), origin.clone());
        let word = Word::Owner(caller);
        let mut transaction = self.core.database.write().await?;
        let feed = word.feed(&mut transaction, feed).await?;
        if typed.trim().to_ascii_lowercase() != feed.name {
            return Err(Error::Invalid(format!(
                "To delete the feed, type its name: {}.",
                feed.name
            )));
        }
        word.require_confirmed(&self.sessions)?;
        self.delete_in(transaction, &actor, &feed, caller.account).await
    }

    /// Deletes a feed with all its packages on an operator's word. The name stays with
    /// whoever made the feed.
    pub async fn delete_for(&self, actor: &Actor, feed: &str) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let feed = Word::Operator.feed(&mut transaction, feed).await?;
        let owner = feeds::created_by(&mut transaction, feed.id).await?;
        self.delete_in(transaction, actor, &feed, owner).await
    }

    async fn delete_in(
        &self,
        mut transaction: Transaction,
        actor: &Actor,
        feed: &feeds::Feed,
        owner: AccountId,
    ) -> Result<(), Error> {
        let now = self.core.now();
        let held = deletion::contents(&mut transaction, feed.id).await?;
        deletion::hide(&mut transaction, feed.id, now).await?;
        deletion::keep_name(&mut transaction, &feed.name, owner, now).await?;
        let entry =
            Entry::new(Act::FeedDelete, &feed.name).about(owner).in_feed(feed.id).with(json!({
                "packages": held.packages,
                "versions": held.versions,
                "tokens": held.tokens,
            }));
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        self.deleted.notify_one();
        Ok(())
    }

    /// Lets anybody use the name of a deleted feed, on an operator's word.
    pub async fn release_name(&self, actor: &Actor, name: &FeedName) -> Result<(), Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        if !deletion::release_name(&mut transaction, name.as_str(), now).await? {
            return Err(Error::NotFound("name"));
        }
        let entry = Entry::new(Act::FeedRelease, name.as_str());
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await
    }

    /// Removes what deleted feeds held. The server does it by itself.
    pub async fn remove_deleted(&self) -> Result<(), Error> {
        while let Some(feed) = deletion::any_hidden(&mut &self.core.database).await? {
            while self.remove_bit(feed).await? {
                tokio::time::sleep(PAUSE).await;
            }
            tracing::info!(%feed, "removed what a deleted feed held");
        }
        Ok(())
    }

    /// Removes a bit of what a deleted feed held, and in the end itself; whether there is more.
    async fn remove_bit(&self, feed: FeedId) -> Result<bool, Error> {
        let mut transaction = self.core.database.write().await?;
        let removed = deletion::remove_versions(&mut transaction, feed, BIT).await?
            + deletion::remove_packages(&mut transaction, feed, BIT).await?;
        if removed == 0 {
            deletion::remove(&mut transaction, feed).await?;
        }
        transaction.commit().await?;
        Ok(removed > 0)
    }

    /// Waits until a feed is deleted.
    pub(crate) async fn deleted(&self) {
        self.deleted.notified().await;
    }
}
