//! The names behind the numbers in rows, each looked up once.

use std::collections::HashMap;

use model::{
    id::{AccountId, FeedId},
    scope::{FeedSet, Scope},
};

use crate::{
    error::Error,
    storage::{Source, accounts, audit::pages},
};

/// The names that were looked up so far.
#[derive(Default)]
pub(super) struct Names {
    accounts: HashMap<AccountId, Option<String>>,
    feeds: HashMap<FeedId, Option<String>>,
}

impl Names {
    /// The name of an account; `None` for one that is gone.
    pub(super) async fn account(
        &mut self,
        source: &mut impl Source,
        id: AccountId,
    ) -> Result<Option<String>, Error> {
        if let Some(known) = self.accounts.get(&id) {
            return Ok(known.clone());
        }
        let name = accounts::by_id(source, id).await?.map(|account| account.username);
        self.accounts.insert(id, name.clone());
        Ok(name)
    }

    /// The name of a feed, also of one that was deleted: it is never changed.
    pub(super) async fn feed(
        &mut self,
        source: &mut impl Source,
        id: FeedId,
    ) -> Result<Option<String>, Error> {
        if let Some(known) = self.feeds.get(&id) {
            return Ok(known.clone());
        }
        let name = pages::feed_name(source, id).await?;
        self.feeds.insert(id, name.clone());
        Ok(name)
    }

    /// Looks up the feeds that a scope names.
    pub(super) async fn feeds_of(
        &mut self,
        source: &mut impl Source,
        scope: &Scope,
    ) -> Result<(), Error> {
        for rule in &scope.rules {
            let FeedSet::Only(feeds) = &rule.feeds else { continue };
            for feed in feeds {
                self.feed(source, *feed).await?;
            }
        }
        Ok(())
    }

    /// The name of a feed that was looked up before.
    pub(super) fn known_feed(&self, id: FeedId) -> Option<String> {
        self.feeds.get(&id).cloned().flatten()
    }
}
