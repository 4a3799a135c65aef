//! What happens to a token after it was made: revoked, suspended, resumed, leaked.

use model::{
    audit::Act,
    decide::TokenState,
    id::{AccountId, TokenId},
    token::TokenKind,
};
use serde_json::json;

use super::{Tokens, owned};
use crate::{
    access::Grant,
    audit::{self, Actor, Entry, Origin},
    authority::require_authority,
    error::Error,
    sessions::Caller,
    storage::{
        Transaction,
        tokens::{self, Token},
    },
};

impl Tokens {
    /// Ends one of the caller's own tokens, for good.
    pub async fn revoke(&self, caller: &Caller, id: TokenId, origin: &Origin) -> Result<(), Error> {
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.revoke_as(&actor, Some(caller.account), id).await
    }

    /// Ends anybody's token, on the word of an operator or a confirmed administrator.
    pub async fn revoke_any(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        self.revoke_as(actor, None, id).await
    }

    /// Ends a token of the account that a grant was made for.
    pub(super) async fn revoke_granted(&self, grant: &Grant, id: TokenId) -> Result<(), Error> {
        let owner = grant.account().ok_or(Error::NotFound("token"))?;
        self.revoke_as(&grant.actor(), Some(owner), id).await
    }

    async fn revoke_as(
        &self,
        actor: &Actor,
        owner: Option<AccountId>,
        id: TokenId,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        if owner.is_none() {
            require_authority(&mut transaction, &self.sessions, actor).await?;
        }
        let token = self.find(&mut transaction, owner, id).await?;
        if token.kind == TokenKind::Primary {
            let instead = match actor {
                Actor::Person(..) if owner.is_none() => "Suspend it, or disable the account.",
                _ => "Regenerate it instead: the old value stops at once.",
            };
            return Err(Error::Invalid(format!(
                "The primary access token cannot be revoked. {instead}"
            )));
        }
        if token.facts.state == TokenState::Revoked {
            return Ok(());
        }
        self.enter(&mut transaction, actor, &token, TokenState::Revoked, Act::TokenRevoke).await?;
        transaction.commit().await
    }

    /// Puts one of the caller's own tokens to rest: it is refused until it is resumed.
    pub async fn suspend(
        &self,
        caller: &Caller,
        id: TokenId,
        origin: &Origin,
    ) -> Result<(), Error> {
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.set_suspended_as(&actor, Some(caller.account), id, true).await
    }

    /// Wakes one of the caller's own tokens. The caller has to be confirmed: it can do more then.
    pub async fn resume(&self, caller: &Caller, id: TokenId, origin: &Origin) -> Result<(), Error> {
        self.sessions.require_confirmed(caller)?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.set_suspended_as(&actor, Some(caller.account), id, false).await
    }

    /// Puts anybody's token to rest, or wakes it, on the word of an operator or a confirmed
    /// administrator.
    pub async fn set_suspended(
        &self,
        actor: &Actor,
        id: TokenId,
        suspended: bool,
    ) -> Result<(), Error> {
        self.set_suspended_as(actor, None, id, suspended).await
    }

    async fn set_suspended_as(
        &self,
        actor: &Actor,
        owner: Option<AccountId>,
        id: TokenId,
        suspended: bool,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        if owner.is_none() {
            require_authority(&mut transaction, &self.sessions, actor).await?;
        }
        let token = self.find(&mut transaction, owner, id).await?;
        if owner.is_some() && token.kind == TokenKind::Primary {
            return Err(Error::Invalid(
                "The primary access token is suspended and resumed by administrators alone. Regenerate it to end its value."
                    .to_owned(),
            ));
        }
        let (from, to, act) = if suspended {
            (TokenState::Active, TokenState::Suspended, Act::TokenSuspend)
        } else {
            (TokenState::Suspended, TokenState::Active, Act::TokenResume)
        };
        // Another window may have been quicker; at a terminal it is worth saying.
        if token.facts.state == to && owner.is_some() {
            return Ok(());
        }
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
        self.enter(&mut transaction, actor, &token, TokenState::Leaked, Act::TokenLeak).await?;
        transaction.commit().await
    }

    pub(super) async fn find(
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
        act: Act,
    ) -> Result<(), Error> {
        let now = self.core.now();
        let by = match state {
            TokenState::Active => String::new(),
            _ => actor.in_place_of(token.owner),
        };
        tokens::set_state(transaction, token.id, state, &by, now).await?;
        let details = json!({ "token": token.id.to_string() });
        let entry = Entry::new(act, &token.description).about(token.owner).with(details);
        audit::append(transaction, actor, now, entry).await
    }
}
