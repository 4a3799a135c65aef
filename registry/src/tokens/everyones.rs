//! Everybody's tokens, as administrators look at them.

use model::{
    decide::TokenState,
    listing::EveryonesQuery,
    sentence,
    timestamp::Timestamp,
    views::{EveryonesToken, EveryonesTokens, LastUse},
};

use super::{
    Tokens,
    list::REVOKED_STAY,
    views::{SOON, UNUSED, status},
};
use crate::{
    authority::require_administrator,
    core::Core,
    error::Error,
    feeds::{count, page_of, window},
    sessions::Caller,
    storage::tokens::{
        everyones::{self, Listed, Wanted},
        list::PAGE,
    },
};

impl Tokens {
    /// A page of everybody's tokens, without those that were revoked long ago, for administrators.
    pub async fn everyones(
        &self,
        caller: &Caller,
        query: &EveryonesQuery,
    ) -> Result<EveryonesTokens, Error> {
        require_administrator(caller)?;
        page(&self.core, query).await
    }

    /// The same on an operator's word.
    pub async fn everyones_for(&self, query: &EveryonesQuery) -> Result<EveryonesTokens, Error> {
        page(&self.core, query).await
    }
}

/// A page of the tokens that are asked for.
pub(crate) async fn page(core: &Core, query: &EveryonesQuery) -> Result<EveryonesTokens, Error> {
    let (mut database, now) = (&core.database, core.now());
    let wanted = Wanted {
        query,
        now,
        soon: now.plus(SOON),
        unused_since: now.minus(UNUSED),
        revoked_since: now.minus(REVOKED_STAY),
    };
    let (total, found) = everyones::counts(&mut database, &wanted).await?;
    let (page, pages) = page_of(count(found), query.page, PAGE as u64);
    let (_, offset) = window(page, PAGE as u64);
    let (listed, feeds) = everyones::page(&mut database, &wanted, offset).await?;
    let view = |listed| view(listed, now, |id| feeds.get(&id).cloned());
    Ok(EveryonesTokens {
        query: query.on_page(page),
        tokens: listed.into_iter().map(view).collect(),
        found: count(found),
        total: count(total),
        pages,
        now,
    })
}

fn view(
    listed: Listed,
    now: Timestamp,
    feed_name: impl Fn(model::id::FeedId) -> Option<String>,
) -> EveryonesToken {
    let Listed { token, newest, owner, is_owner_disabled, last_used_feed } = listed;
    EveryonesToken {
        id: token.id,
        owner,
        is_owner_disabled,
        kind: token.kind,
        last4: newest.last4,
        status: status(&token, now),
        abilities: sentence::abilities(&token.facts.scope, feed_name),
        stopped_at: token.facts.state_since.filter(|_| token.facts.state != TokenState::Active),
        stopped_by: token.stopped_by,
        created_at: token.created_at,
        expires_at: token.facts.expires_at,
        last_used: token.last_used_at.map(|at| LastUse {
            at,
            address: token.last_used_from.unwrap_or_default(),
            client: token.last_used_client.unwrap_or_default(),
            feed: last_used_feed,
        }),
        description: token.description,
    }
}
