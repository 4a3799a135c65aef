//! Tokens that signing in from a terminal makes, and that signing out ends.

use model::{
    id::{AccountId, FeedId},
    login::{self, LONGEST_DAYS, LoginAccess},
    timestamp::Timestamp,
    token::RevealedSecret,
    token_form::TokenDraft,
};

use super::{CreatedToken, Tokens, create};
use crate::{
    access::{Grant, GrantedWith},
    audit::Actor,
    core::Core,
    error::Error,
    rate::RateOf,
    storage::{Transaction, accounts, logins},
};

/// What such a token is called; `address` is where the terminal is.
pub(crate) fn description(address: &str) -> String {
    format!("npm login from {address}")
}

/// What a token is made of that a sign-in makes.
pub(crate) struct LoginToken<'a> {
    pub(crate) owner: AccountId,
    pub(crate) feed: FeedId,
    pub(crate) access: LoginAccess,
    pub(crate) expires_at: Timestamp,
    /// Where the terminal is.
    pub(crate) address: &'a str,
}

/// Makes the token of a sign-in, in the transaction that ends it.
pub(crate) async fn issue(
    core: &Core,
    transaction: &mut Transaction,
    token: LoginToken<'_>,
    actor: &Actor,
) -> Result<RevealedSecret, Error> {
    let LoginToken { owner, feed, access, expires_at, address } = token;
    let scope = access.scope(feed);
    let draft = TokenDraft {
        description: description(address),
        scope: scope.map_err(|error| Error::internal("a sign-in without access", error))?,
        not_before: None,
        expires_at: Some(expires_at),
        networks: Vec::new(),
        is_pre_authenticated: false,
    };
    let CreatedToken { id, secret, .. } =
        create(core, transaction, owner, draft, actor, None).await?;
    logins::mark(transaction, id).await?;
    secret.ok_or_else(|| Error::internal("a token was made", "without a value"))
}

impl Tokens {
    /// Signs in by the password that the grant was made for: a token that reads the grant's feed, and
    /// only that, for thirty days or as long as the operator allows.
    pub async fn log_in(&self, grant: &Grant) -> Result<RevealedSecret, Error> {
        let account = grant.account().filter(|_| *grant.with() == GrantedWith::Password);
        let account = account.ok_or(Error::WrongPassword)?;
        let now = self.core.now();
        let end = login::end_within(LONGEST_DAYS, now, self.core.policy().longest_token_life);
        let end = end.ok_or(Error::Forbidden("Tokens live less than a day here."))?;
        self.core.rates.take(RateOf::Create, account, now)?;
        let mut transaction = self.core.database.write().await?;
        // Between the check of the password and here the account may have been disabled.
        let alive = accounts::by_id(&mut transaction, account).await?;
        if alive.is_none_or(|account| account.disabled_at.is_some()) {
            return Err(Error::WrongPassword);
        }
        let actor = grant.actor();
        let token = LoginToken {
            owner: account,
            feed: grant.feed()?.id,
            access: LoginAccess::Read,
            expires_at: end,
            address: &actor.address(),
        };
        let secret = issue(&self.core, &mut transaction, token, &actor).await?;
        transaction.commit().await?;
        Ok(secret)
    }

    /// Signs out: ends the token that the grant was made for, if signing in made it. `false`: it did
    /// not, and the token is as it was.
    pub async fn log_out(&self, grant: &Grant) -> Result<bool, Error> {
        let GrantedWith::Token { id, .. } = grant.with() else { return Ok(false) };
        let is_login = logins::is_marked(&mut &self.core.database, *id).await?;
        if is_login {
            self.revoke_granted(grant, *id).await?;
        }
        Ok(is_login)
    }
}
