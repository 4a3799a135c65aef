//! What the page about connecting clients asks of tokens.

use std::net::{IpAddr, Ipv4Addr};

use model::{
    action::Action,
    connect::Setup,
    decide::{self, Credential, Facts, FeedFacts, Request, TokenFacts, Want},
    id::{FormId, TokenId},
    timestamp::Timestamp,
    token::mask,
    views::{ConnectToken, FeedView, Seen},
};

use super::{Tokens, uses::MOST_RECENT, views::status};
use crate::{
    crypto::entropy,
    error::Error,
    sessions::Caller,
    storage::{
        tokens,
        usage::{self, Use},
    },
};

impl Tokens {
    /// The caller's tokens that work, with what each may do in a feed, the newest first but for the
    /// primary one. Where they may be used from is not looked at: the client may be elsewhere.
    pub async fn to_connect(
        &self,
        caller: &Caller,
        feed: &FeedView,
        setup: &Setup,
    ) -> Result<Vec<ConnectToken>, Error> {
        let mut database = &self.core.database;
        let now = self.core.now();
        let secrets = tokens::newest_secrets(&mut database, caller.account).await?;
        let tokens = tokens::of_owner(&mut database, caller.account).await?;
        let (ecosystem, name) = setup.example_package();
        let package = Some((ecosystem, name.as_str()));
        let in_feed = FeedFacts { id: feed.id, public: feed.is_public, role: feed.role };
        let may = |facts: &TokenFacts, action: Action| {
            let facts = Facts {
                credential: Credential::Token {
                    token: facts,
                    secret_stops_at: None,
                    is_in_url: false,
                },
                owner_disabled: false,
                feed: Some(in_feed),
                wait: None,
            };
            let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let request = Request { want: Want::Act(action, package), address };
            decide::decide(&facts, &request, now).is_ok()
        };
        let connects = tokens.into_iter().filter_map(|token| {
            let secret = secrets.get(&token.id)?;
            if !status(&token, now).works() {
                return None;
            }
            let anywhere = TokenFacts { networks: Vec::new(), ..token.facts };
            Some(ConnectToken {
                id: token.id,
                mask: mask(token.kind, &secret.last4),
                can_be_shown: secret.sealed.is_some(),
                may_install: may(&anywhere, Action::Read),
                may_publish: may(&anywhere, Action::PushNew) || may(&anywhere, Action::PushVersion),
                description: token.description,
            })
        });
        Ok(connects.collect())
    }

    /// The last request to a feed with one of the caller's tokens since a moment.
    pub async fn seen(
        &self,
        caller: &Caller,
        id: TokenId,
        feed: &str,
        since: Timestamp,
    ) -> Result<Option<Seen>, Error> {
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, id).await?;
        token.filter(|token| token.owner == caller.account).ok_or(Error::NotFound("token"))?;
        let recent = usage::recent(&mut database, id, MOST_RECENT).await?;
        let is_here = |row: &usage::RecentRow| {
            row.at >= since.as_millis() && row.feed.as_deref().is_none_or(|name| name == feed)
        };
        Ok(recent.into_iter().find(is_here).map(|row| Seen {
            at: Timestamp::from_millis(row.at),
            address: row.address,
            client: row.client,
            refused: Some(row.result).filter(|result| result != Use::ACCEPTED),
        }))
    }

    /// An id for a form that makes a token, and the moment.
    pub fn new_form(&self) -> Result<(FormId, Timestamp), Error> {
        let now = self.core.now();
        Ok((entropy::id(now)?, now))
    }
}
