//! What happens to a token after it was made: revoked, suspended, leaked, given a new secret.

use std::time::Duration;

use model::{
    decide::TokenState,
    id::{AccountId, TokenId},
    timestamp::Timestamp,
    token::{RevealedSecret, TokenKind},
};
use serde_json::json;

use super::{Tokens, add_secret, owned};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    sessions::Caller,
    storage::{
        Transaction,
        tokens::{self, Token},
    },
};

/// What becomes of the old secret when a token gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldSecret {
    /// It stops at once.
    StopsNow,
    /// It stops after this long.
    StopsAfter(Duration),
    /// It stops this long after the new one is first used, at the latest in thirty days.
    StopsAfterFirstUse(Duration),
}

/// However long nobody uses the new secret, the old one stops then.
const LONGEST_GRACE: Duration = Duration::from_hours(24 * 30);

impl Tokens {
    /// Ends one of the caller's own tokens, for good.
    pub async fn revoke(&self, caller: &Caller, id: TokenId, origin: &Origin) -> Result<(), Error> {
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.revoke_as(&actor, Some(caller.account), id).await
    }

    /// Ends anybody's token on an operator's word.
    pub async fn revoke_any(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        self.revoke_as(actor, None, id).await
    }

    async fn revoke_as(
        &self,
        actor: &Actor,
        owner: Option<AccountId>,
        id: TokenId,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let token = self.find(&mut transaction, owner, id).await?;
        if token.kind == TokenKind::Primary {
            return Err(Error::Invalid(
                "The primary access token cannot be revoked. Regenerate it instead: the old value stops at once."
                    .to_owned(),
            ));
        }
        if token.facts.state == TokenState::Revoked {
            return Ok(());
        }
        self.enter(&mut transaction, actor, &token, TokenState::Revoked, "token.revoke").await?;
        transaction.commit().await
    }

    /// Puts a token to rest, or wakes it, on an operator's word.
    pub async fn set_suspended(
        &self,
        actor: &Actor,
        id: TokenId,
        suspended: bool,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let token = self.find(&mut transaction, None, id).await?;
        let (from, to, act) = if suspended {
            (TokenState::Active, TokenState::Suspended, "token.suspend")
        } else {
            (TokenState::Suspended, TokenState::Active, "token.resume")
        };
        if token.facts.state != from {
            return Err(Error::Invalid(format!("This token is {}.", token.facts.state.name())));
        }
        self.enter(&mut transaction, actor, &token, to, act).await?;
        transaction.commit().await
    }

    /// Refuses a token that was found in public, until its owner regenerates it.
    pub async fn mark_leaked(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let token = self.find(&mut transaction, None, id).await?;
        if token.facts.state == TokenState::Revoked {
            return Ok(());
        }
        self.enter(&mut transaction, actor, &token, TokenState::Leaked, "token.leak").await?;
        transaction.commit().await
    }

    /// Gives a token a new secret on an operator's word.
    pub async fn regenerate_any(
        &self,
        actor: &Actor,
        id: TokenId,
        old: OldSecret,
    ) -> Result<RevealedSecret, Error> {
        let mut transaction = self.core.database.write().await?;
        let token = self.find(&mut transaction, None, id).await?;
        if token.facts.state == TokenState::Revoked {
            return Err(Error::Invalid(
                "A revoked token stays revoked. Create another.".to_owned(),
            ));
        }
        let now = self.core.now();
        // What leaked must not live on, whatever was asked for.
        let leaked = token.facts.state == TokenState::Leaked;
        let old = if leaked { OldSecret::StopsNow } else { old };
        let (stops_at, after_first_use) = match old {
            OldSecret::StopsNow => (now, None),
            OldSecret::StopsAfter(grace) => (now.plus(grace), None),
            OldSecret::StopsAfterFirstUse(grace) => {
                (now.plus(LONGEST_GRACE), i64::try_from(grace.as_millis()).ok())
            }
        };
        let secrets = tokens::secrets(&mut transaction, id).await?;
        let generation = secrets.first().map_or(0, |secret| secret.generation);
        for (index, secret) in secrets.iter().enumerate() {
            let alive = secret.stops_at.is_none_or(|at| at > now);
            // At most two live: whatever was being replaced before ends now.
            let at = if index == 0 { stops_at } else { now };
            let after = if index == 0 { after_first_use } else { None };
            if alive {
                tokens::set_stop(&mut transaction, secret.id, at, after, now).await?;
            }
        }
        let value =
            add_secret(&self.core, &mut transaction, id, token.owner, token.kind, generation + 1)
                .await?;
        self.renew(&mut transaction, &token, now).await?;
        let details = json!({ "token": id.to_string(), "old_stops_at": stops_at });
        let entry =
            Entry::new("token.regenerate", &token.description).about(token.owner).with(details);
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        Ok(value)
    }

    /// Regenerating renews an expired token for as long as it was given at first, and clears a leak.
    async fn renew(
        &self,
        transaction: &mut Transaction,
        token: &Token,
        now: Timestamp,
    ) -> Result<(), Error> {
        if token.facts.state == TokenState::Leaked {
            tokens::set_state(transaction, token.id, TokenState::Active, now).await?;
        }
        match token.facts.expires_at {
            Some(at) if at <= now => {
                let life = token.life.unwrap_or_else(|| at.since(token.created_at));
                let longest = self.core.policy.longest_token_life;
                let end = now.plus(longest.map_or(life, |longest| life.min(longest)));
                let not_before = token.facts.not_before;
                tokens::set_dates(transaction, token.id, not_before, Some(end)).await
            }
            _ => Ok(()),
        }
    }

    async fn find(
        &self,
        transaction: &mut Transaction,
        owner: Option<AccountId>,
        id: TokenId,
    ) -> Result<Token, Error> {
        match owner {
            Some(owner) => owned(transaction, owner, id).await,
            None => tokens::by_id(transaction, id).await?.ok_or(Error::NotFound("token")),
        }
    }

    async fn enter(
        &self,
        transaction: &mut Transaction,
        actor: &Actor,
        token: &Token,
        state: TokenState,
        act: &'static str,
    ) -> Result<(), Error> {
        let now = self.core.now();
        tokens::set_state(transaction, token.id, state, now).await?;
        let details = json!({ "token": token.id.to_string() });
        let entry = Entry::new(act, &token.description).about(token.owner).with(details);
        audit::append(transaction, actor, now, entry).await
    }

    /// Notes the first use of a secret, and sets the deadline of the one it replaces.
    pub(crate) async fn first_used(
        &self,
        token: TokenId,
        secret: model::id::SecretId,
    ) -> Result<(), Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        if tokens::first_used(&mut transaction, secret, now).await? {
            for old in tokens::secrets(&mut transaction, token).await? {
                let grace = old.stops_after_first_use_ms.and_then(|ms| u64::try_from(ms).ok());
                let waits = old.id != secret && old.stops_at.is_some_and(|at| at > now);
                if let (Some(grace), true) = (grace, waits) {
                    let latest = old.stops_at.unwrap_or(now);
                    let at = now.plus(Duration::from_millis(grace)).min(latest);
                    tokens::set_stop(&mut transaction, old.id, at, None, now).await?;
                }
            }
            // What is remembered of the secret must learn that it has been used.
            transaction.changes_authority();
        }
        transaction.commit().await
    }
}
