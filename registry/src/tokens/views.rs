//! Tokens as their owner sees them.

use std::{collections::HashMap, time::Duration};

use model::{
    decide::TokenState,
    id::{AccountId, FeedId, TokenId},
    scope::{Effect, FeedSet, Rule, Scope},
    sentence,
    timestamp::Timestamp,
    token::TokenKind,
    views::{LastUse, RuleView, TokenPage, TokenStatus, TokenView},
};

use super::{Tokens, matching, uses};
use crate::{
    access::Grant,
    error::Error,
    sessions::Caller,
    storage::{
        tokens::{self, Secret, Token},
        usage,
    },
};

/// From how long before its end a token is said to expire soon.
pub(super) const SOON: Duration = Duration::from_hours(24 * 14);
/// From how long without a use on a token is said to be unused.
pub(super) const UNUSED: Duration = Duration::from_hours(24 * 90);

/// What an owner's tokens are described with.
struct Surroundings {
    feeds: HashMap<FeedId, String>,
    now: Timestamp,
}

impl Surroundings {
    fn feed_name(&self, id: FeedId) -> Option<String> {
        self.feeds.get(&id).cloned()
    }

    fn view(&self, token: &Token, secret: &Secret) -> TokenView {
        let last_used_feed = token.last_used_feed.and_then(|feed| self.feed_name(feed));
        view(token, secret, last_used_feed, self.now, |id| self.feed_name(id))
    }
}

impl Tokens {
    /// All tokens of an account: the primary first, then those that work, then the newest.
    pub async fn list(&self, owner: AccountId) -> Result<Vec<TokenView>, Error> {
        let mut database = &self.core.database;
        let surroundings = self.surroundings(owner).await?;
        let secrets = tokens::newest_secrets(&mut database, owner).await?;
        let tokens = tokens::of_owner(&mut database, owner).await?;
        let views = tokens.iter().filter_map(|token| {
            secrets.get(&token.id).map(|secret| surroundings.view(token, secret))
        });
        let mut views: Vec<TokenView> = views.collect();
        views.sort_by_key(|view| (view.kind != TokenKind::Primary, !view.status.works()));
        Ok(views)
    }

    /// One of the caller's tokens on its own page.
    pub async fn detail(&self, caller: &Caller, id: TokenId) -> Result<TokenPage, Error> {
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, id).await?;
        let token = token.filter(|token| token.owner == caller.account);
        let token = token.ok_or(Error::NotFound("token"))?;
        let surroundings = self.surroundings(caller.account).await?;
        let secrets = tokens::secrets(&mut database, id).await?;
        let now = surroundings.now;
        let (newest, old) = uses::newest_and_old(&secrets, now)?;
        let sources = usage::sources(&mut database, id).await?;
        let view = surroundings.view(&token, newest);
        let matches = if view.status.works() {
            let scope = Some(&token.facts.scope);
            matching::count(database, caller.account, scope, &[]).await?.scope
        } else {
            0
        };
        Ok(TokenPage {
            rules: rule_views(&token.facts.scope, |id| surroundings.feed_name(id)),
            networks: token.facts.networks.iter().map(ToString::to_string).collect(),
            token: view,
            matches,
            used: self.used(id, &sources).await?,
            old: old.map(|old| uses::old_view(old, newest, &sources)),
            stragglers: uses::stragglers(&secrets, &sources, now),
            now,
        })
    }

    /// One of the caller's tokens and its secrets, the newest first.
    pub(super) async fn described(
        &self,
        caller: &Caller,
        id: TokenId,
    ) -> Result<(Token, TokenView, Vec<Secret>), Error> {
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, id).await?;
        let token = token.filter(|token| token.owner == caller.account);
        let token = token.ok_or(Error::NotFound("token"))?;
        let surroundings = self.surroundings(caller.account).await?;
        let secrets = tokens::secrets(&mut database, id).await?;
        let (newest, _) = uses::newest_and_old(&secrets, surroundings.now)?;
        let view = surroundings.view(&token, newest);
        Ok((token, view, secrets))
    }

    /// A token describing itself: what its grant was made for.
    pub async fn describe(&self, grant: &Grant) -> Result<(TokenView, Vec<RuleView>), Error> {
        let crate::access::GrantedWith::Token { id, .. } = grant.with() else {
            return Err(Error::NotFound("token"));
        };
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, *id).await?.ok_or(Error::NotFound("token"))?;
        let surroundings = self.surroundings(token.owner).await?;
        let secrets = tokens::secrets(&mut database, *id).await?;
        let newest =
            secrets.first().ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
        let rules = rule_views(&token.facts.scope, |id| surroundings.feed_name(id));
        Ok((surroundings.view(&token, newest), rules))
    }

    async fn surroundings(&self, owner: AccountId) -> Result<Surroundings, Error> {
        Ok(Surroundings { feeds: self.feed_names(owner).await?, now: self.core.now() })
    }
}

fn rule_views(scope: &Scope, feed_name: impl Fn(FeedId) -> Option<String>) -> Vec<RuleView> {
    let view = |rule: &model::scope::Rule| RuleView {
        denies: rule.effect == Effect::Deny,
        actions: rule.actions.iter().map(|action| action.name().to_owned()).collect(),
        feeds: match &rule.feeds {
            FeedSet::All => None,
            FeedSet::Only(ids) => Some(ids.iter().filter_map(|id| feed_name(*id)).collect()),
        },
        patterns: rule
            .patterns
            .iter()
            .map(|pattern| (pattern.to_string(), pattern.in_words()))
            .collect(),
    };
    scope.rules.iter().map(view).collect()
}

/// A token as its owner sees it.
pub(super) fn view(
    token: &Token,
    newest: &Secret,
    last_used_feed: Option<String>,
    now: Timestamp,
    feed_name: impl Fn(FeedId) -> Option<String>,
) -> TokenView {
    let status = status(token, now);
    let last_at = token.last_used_at.unwrap_or(token.created_at);
    TokenView {
        id: token.id,
        kind: token.kind,
        description: token.description.clone(),
        last4: newest.last4.clone(),
        status,
        sentence: whole_sentence(token, &feed_name),
        abilities: sentence::abilities(&token.facts.scope, &feed_name),
        is_unused: status.works() && last_at < now.minus(UNUSED),
        stopped_at: token.facts.state_since.filter(|_| token.facts.state != TokenState::Active),
        stopped_by: token.stopped_by.clone(),
        created_at: token.created_at,
        created_by: token.created_by.clone(),
        created_from: token.created_from.clone(),
        not_before: token.facts.not_before,
        expires_at: token.facts.expires_at,
        last_used: token.last_used_at.map(|at| LastUse {
            at,
            address: token.last_used_from.clone().unwrap_or_default(),
            client: token.last_used_client.clone().unwrap_or_default(),
            feed: last_used_feed,
        }),
        can_be_shown: newest.sealed.is_some(),
        url_feeds: url_feeds(token, &feed_name),
    }
}

/// The feeds that a token may read while it stands in a URL, if it may.
fn url_feeds(token: &Token, feed_name: impl Fn(FeedId) -> Option<String>) -> Vec<String> {
    let is_allowed =
        |rule: &&Rule| token.facts.is_pre_authenticated && rule.effect == Effect::Allow;
    let rules = token.facts.scope.rules.iter().filter(is_allowed);
    let mut feeds: Vec<String> = rules
        .flat_map(|rule| match &rule.feeds {
            FeedSet::All => Vec::new(),
            FeedSet::Only(ids) => ids.iter().filter_map(|id| feed_name(*id)).collect(),
        })
        .collect();
    feeds.sort_unstable();
    feeds.dedup();
    feeds
}

/// Scope, expiry and networks. The list does not read the networks, and says nothing of them.
fn whole_sentence(token: &Token, feed_name: impl Fn(FeedId) -> Option<String>) -> String {
    let facts = &token.facts;
    let words = sentence::sentence(&facts.scope, facts.expires_at, feed_name);
    match sentence::only_from(&facts.networks) {
        Some(only_from) => format!("{words} {only_from}"),
        None => words,
    }
}

pub(super) fn status(token: &Token, now: Timestamp) -> TokenStatus {
    match token.facts.state {
        TokenState::Revoked => TokenStatus::Revoked,
        TokenState::Leaked => TokenStatus::Leaked,
        TokenState::Suspended => TokenStatus::Suspended,
        TokenState::Active => match (token.facts.not_before, token.facts.expires_at) {
            (_, Some(at)) if at <= now => TokenStatus::Expired,
            (Some(at), _) if at > now => TokenStatus::NotYet,
            (_, Some(at)) if at.since(now) < SOON => TokenStatus::ExpiresSoon,
            _ => TokenStatus::Active,
        },
    }
}
