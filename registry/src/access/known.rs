//! What is remembered of tokens and feeds, so that a read costs no query.
//!
//! Every entry carries the epoch it was read in ([`Changes`](crate::storage::Changes)) and is
//! dropped when that ends: no positive answer outlives a change. Dates are not part of an entry's
//! validity; they are compared at each request.

use std::sync::Arc;

use model::{id::AccountId, token::TokenText};
use quick_cache::sync::Cache;

use super::grant::FeedRef;
use crate::{
    core::Core,
    crypto::digest,
    error::Error,
    storage::{
        accounts, feeds,
        tokens::{self, Secret, Token},
    },
};

/// Tokens remembered at once; some 2 kB each.
const TOKENS: usize = 10_000;
/// Pairs of feed and account remembered at once.
const FEEDS: usize = 10_000;

/// A token with the secret that was presented and what matters of its owner.
#[derive(Debug)]
pub(super) struct KnownToken {
    pub(super) token: Token,
    pub(super) secret: Secret,
    pub(super) owner_name: String,
    pub(super) owner_disabled: bool,
}

type FeedKey = (String, Option<AccountId>);

pub(super) struct Known {
    core: Arc<Core>,
    tokens: Cache<[u8; 32], (u64, Arc<KnownToken>)>,
    feeds: Cache<FeedKey, (u64, Option<Arc<FeedRef>>)>,
}

impl Known {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { core, tokens: Cache::new(TOKENS), feeds: Cache::new(FEEDS) }
    }

    /// The token with this text; `None` for one that was never given out.
    pub(super) async fn token(&self, text: &TokenText) -> Result<Option<Arc<KnownToken>>, Error> {
        let digest = digest::of_token(text);
        // Asked for before reading: what is read under it cannot be older.
        let epoch = self.core.database.changes().epoch();
        if let (Some(epoch), Some((read_in, known))) = (epoch, self.tokens.get(&digest))
            && read_in == epoch
        {
            return Ok(Some(known));
        }
        // Apart, as all that is rare here: futures of what is remembered stay small.
        let known = Box::pin(self.read_token(&digest)).await?.map(Arc::new);
        if let (Some(epoch), Some(known)) = (epoch, &known) {
            self.tokens.insert(digest, (epoch, Arc::clone(known)));
        }
        Ok(known)
    }

    async fn read_token(&self, digest: &[u8; 32]) -> Result<Option<KnownToken>, Error> {
        let mut database = &self.core.database;
        let Some(mut secret) = tokens::secret_by_hash(&mut database, digest).await? else {
            return Ok(None);
        };
        secret.sealed = None;
        let token = tokens::by_id(&mut database, secret.token).await?;
        let token = token.ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
        let owner = accounts::by_id(&mut database, token.owner).await?;
        let owner = owner.ok_or_else(|| Error::inconsistent("tokens", "owner_id"))?;
        Ok(Some(KnownToken {
            token,
            secret,
            owner_name: owner.username,
            owner_disabled: owner.disabled_at.is_some(),
        }))
    }

    /// A feed by its name in lower case, with the account's role in it.
    pub(super) async fn feed(
        &self,
        name: &str,
        account: Option<AccountId>,
    ) -> Result<Option<Arc<FeedRef>>, Error> {
        let key = (name.to_owned(), account);
        let epoch = self.core.database.changes().epoch();
        if let (Some(epoch), Some((read_in, feed))) = (epoch, self.feeds.get(&key))
            && read_in == epoch
        {
            return Ok(feed);
        }
        let feed = feeds::by_name(&mut &self.core.database, name, account).await?;
        let feed = feed.map(|feed| {
            let feeds::Feed { id, name, is_public, role, .. } = feed;
            Arc::new(FeedRef { id, name, is_public, role })
        });
        if let Some(epoch) = epoch {
            self.feeds.insert(key, (epoch, feed.clone()));
        }
        Ok(feed)
    }
}
