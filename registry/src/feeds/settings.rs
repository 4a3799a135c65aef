//! What a feed says of itself, and who may read it.

use model::{
    audit::Act,
    views::{FeedContents, FeedSettings},
};
use serde_json::json;

use super::{Feeds, Word, check_description, count};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    sessions::Caller,
    storage::feeds::{self, deletion},
};

/// A change of a feed's settings; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What it is for.
    pub description: Option<String>,
    /// Whether anyone may read it.
    pub is_public: Option<bool>,
}

impl Feeds {
    /// The settings of a feed that the caller owns.
    pub async fn settings(&self, caller: &Caller, feed: &str) -> Result<FeedSettings, Error> {
        self.settings_on(Word::Owner(caller), feed).await
    }

    /// The settings of a feed, on an operator's word.
    pub async fn settings_of(&self, feed: &str) -> Result<FeedSettings, Error> {
        self.settings_on(Word::Operator, feed).await
    }

    async fn settings_on(&self, word: Word<'_>, feed: &str) -> Result<FeedSettings, Error> {
        let mut database = &self.core.database;
        let feed = word.feed(&mut database, feed).await?;
        let held = deletion::contents(&mut database, feed.id).await?;
        Ok(FeedSettings {
            feed: feed.name,
            description: feed.description,
            is_public: feed.is_public,
            contents: contents(held),
        })
    }

    /// Changes the settings of a feed that the caller owns. The caller has to be confirmed to let
    /// anyone read it.
    pub async fn change(
        &self,
        caller: &Caller,
        feed: &str,
        change: &Change,
        origin: &Origin,
    ) -> Result<(), Error> {
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.change_on(Word::Owner(caller), &actor, feed, change).await
    }

    /// Changes the settings of a feed on an operator's word.
    pub async fn change_for(
        &self,
        actor: &Actor,
        feed: &str,
        change: &Change,
    ) -> Result<(), Error> {
        self.change_on(Word::Operator, actor, feed, change).await
    }

    async fn change_on(
        &self,
        word: Word<'_>,
        actor: &Actor,
        feed: &str,
        change: &Change,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let feed = word.feed(&mut transaction, feed).await?;
        let description = change.description.as_deref().unwrap_or(&feed.description);
        let description = check_description(description)?;
        let is_public = change.is_public.unwrap_or(feed.is_public);
        if is_public && !feed.is_public {
            word.require_confirmed(&self.sessions)?;
        }
        feeds::update(&mut transaction, feed.id, description, is_public).await?;
        let now = self.core.now();
        if is_public != feed.is_public {
            let entry = Entry::new(Act::FeedVisibility, &feed.name)
                .in_feed(feed.id)
                .with(json!({ "public": is_public }));
            audit::append(&mut transaction, actor, now, entry).await?;
        }
        if description != feed.description {
            let details = json!({ "description": description, "before": feed.description });
            let entry = Entry::new(Act::FeedSettings, &feed.name).in_feed(feed.id).with(details);
            audit::append(&mut transaction, actor, now, entry).await?;
        }
        transaction.commit().await
    }
}

pub(super) fn contents(row: deletion::ContentsRow) -> FeedContents {
    FeedContents {
        packages: count(row.packages),
        versions: count(row.versions),
        tokens: count(row.tokens),
    }
}
