//! What a package client may do about tokens: little, with a token alone. A token sees and ends itself;
//! it makes another only together with its owner's password, and none that may do more than it may
//! itself. By the password, the client sees and ends all but the primary one.

use model::{
    action::ActionSet,
    decide::TokenState,
    ecosystem::Ecosystem,
    expiry::Expiry,
    id::TokenId,
    login,
    narrow::Narrowing,
    network::Network,
    scope::Effect,
    timestamp::Timestamp,
    token::{RevealedSecret, TokenKind, TokenText},
    token_form::{TokenDraft, check_description},
};

use super::{CreatedToken, Tokens, create};
use crate::{
    access::{Grant, GrantedWith},
    audit::Origin,
    crypto::digest,
    error::Error,
    rate::RateOf,
    sessions::PasswordText,
    storage::tokens::{self, Token},
};

/// The most days that a token lives which a client makes.
const LONGEST_DAYS: u16 = 90;

/// A token as clients list it, without its value.
#[derive(Debug, Clone)]
pub struct ListedToken {
    /// Its id.
    pub id: TokenId,
    /// Its kind.
    pub kind: TokenKind,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment it does not work any more; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// Where it may be used from; none means anywhere.
    pub networks: Vec<Network>,
    /// Whether it may do nothing but read.
    pub is_read_only: bool,
}

impl From<Token> for ListedToken {
    fn from(token: Token) -> Self {
        let mut allowed = token.facts.scope.rules.iter();
        let is_read_only = allowed
            .all(|rule| rule.effect == Effect::Deny || ActionSet::READ.contains_all(rule.actions));
        Self {
            id: token.id,
            kind: token.kind,
            description: token.description,
            created_at: token.created_at,
            expires_at: token.facts.expires_at,
            last_used_at: token.last_used_at,
            networks: token.facts.networks,
            is_read_only,
        }
    }
}

/// What a client wants of a new token.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is for; `None` to be named after the client and its address.
    pub description: Option<String>,
    /// Whether it is to do nothing but read.
    pub read_only: bool,
    /// The packages it is about, as patterns without a kind; none means those of the presented token.
    pub packages: Vec<String>,
    /// Where it may be used from; none means where the presented one may.
    pub networks: Vec<Network>,
    /// For how many days; `None` for as many as there may be.
    pub days: Option<u16>,
}

impl Tokens {
    /// The tokens that the credential of the grant may see: a token itself, a password all that are
    /// not revoked, the newest first.
    pub async fn listed(&self, grant: &Grant) -> Result<Vec<ListedToken>, Error> {
        let mut database = &self.core.database;
        Ok(match (grant.with(), grant.account()) {
            (GrantedWith::Token { id, .. }, _) => {
                let token = tokens::by_id(&mut database, *id).await?;
                token.into_iter().map(Into::into).collect()
            }
            (GrantedWith::Password, Some(account)) => tokens::of_owner(&mut database, account)
                .await?
                .into_iter()
                .filter(|token| token.facts.state != TokenState::Revoked)
                .map(Into::into)
                .collect(),
            _ => Vec::new(),
        })
    }

    /// Ends a token that a client names by its id or by its value: a token itself alone, a password
    /// any of the account's but the primary one.
    pub async fn revoke_named(&self, grant: &Grant, named: &str) -> Result<(), Error> {
        let mut database = &self.core.database;
        let id = match (named.parse::<TokenId>(), TokenText::parse(named)) {
            (Ok(id), _) => Some(id),
            (_, Ok(text)) => {
                let hash = digest::of_token(&text);
                tokens::secret_by_hash(&mut database, &hash).await?.map(|secret| secret.token)
            }
            _ => None,
        };
        if let GrantedWith::Token { id: own, .. } = grant.with() {
            // Whether there is another one is not for a token to know.
            if id != Some(*own) {
                return Err(Error::Forbidden("a token revokes no token but itself."));
            }
            return self.revoke_granted(grant, *own).await;
        }
        let token = match id {
            Some(id) => tokens::by_id(&mut database, id).await?,
            None => None,
        };
        let is_own = |token: &Token| grant.account() == Some(token.owner);
        let token = token.filter(is_own).ok_or(Error::NotFound("token"))?;
        self.revoke_granted(grant, token.id).await
    }

    /// Makes a token out of the one that the grant was made for, with its owner's password: for the
    /// grant's feed alone, with at most its scope and networks, for at most ninety days.
    pub async fn mint(
        &self,
        grant: &Grant,
        password: &PasswordText,
        wish: &Wish,
        origin: &Origin,
    ) -> Result<(ListedToken, RevealedSecret), Error> {
        let GrantedWith::Token { id, .. } = grant.with() else {
            return Err(Error::Forbidden(
                "a new token is made out of one: present an access token.",
            ));
        };
        let mut database = &self.core.database;
        let token = tokens::by_id(&mut database, *id).await?.ok_or(Error::NotFound("token"))?;
        // What is wrong with the wish is said before the password is looked at.
        self.wished(grant, &token, wish)?;
        let username = grant.username().unwrap_or_default();
        let account = self.sessions.check_password(username, password, origin).await?;
        if account.id != token.owner {
            return Err(Error::WrongPassword);
        }
        self.core.rates.take(RateOf::Create, account.id, self.core.now())?;
        let mut transaction = self.core.database.write().await?;
        // As it is now: it may have been changed while the password was checked.
        let token = tokens::by_id(&mut transaction, *id).await?.ok_or(Error::NotFound("token"))?;
        if token.facts.state != TokenState::Active {
            return Err(Error::Forbidden("the token you present has just ended."));
        }
        let draft = self.wished(grant, &token, wish)?;
        let (owner, actor) = (account.id, grant.actor());
        let made = create(&self.core, &mut transaction, owner, draft, &actor, None).await?;
        let CreatedToken { id, secret, .. } = made;
        let token = tokens::by_id(&mut transaction, id).await?.ok_or(Error::NotFound("token"))?;
        transaction.commit().await?;
        let secret =
            secret.ok_or_else(|| Error::internal("a token was made", "without a value"))?;
        Ok((token.into(), secret))
    }

    /// The token that a wish comes to.
    fn wished(&self, grant: &Grant, token: &Token, wish: &Wish) -> Result<TokenDraft, Error> {
        let now = self.core.now();
        let invalid = |text: &dyn ToString| Error::Invalid(text.to_string());
        let actor = grant.actor();
        let description = match &wish.description {
            Some(text) => check_description(text).map_err(|error| invalid(&error))?,
            None => format!("npm token create from {}", actor.address()),
        };
        let narrowing = Narrowing {
            feed: grant.feed()?.id,
            read_only: wish.read_only,
            packages: wish.packages.clone(),
            ecosystem: Ecosystem::Npm,
        };
        let scope = token.facts.scope.narrowed(&narrowing).map_err(|error| invalid(&error))?;
        let allowed = &token.facts.networks;
        let is_held = |network: &Network| {
            allowed.is_empty() || allowed.iter().any(|allowed| allowed.holds(network))
        };
        if let Some(outside) = wish.networks.iter().find(|network| !is_held(network)) {
            return Err(Error::Invalid(format!(
                "the token you present may not be used from all of {outside}."
            )));
        }
        let networks = if wish.networks.is_empty() { allowed } else { &wish.networks };
        let longest = self.core.policy().longest_token_life;
        let expires_at = match wish.days {
            Some(days) if !(1..=LONGEST_DAYS).contains(&days) => {
                return Err(Error::Invalid(format!(
                    "such a token lives 1 to {LONGEST_DAYS} days."
                )));
            }
            Some(days) => Expiry::Days(days).at(now, longest).map_err(|error| invalid(&error))?,
            None => login::end_within(LONGEST_DAYS, now, longest),
        };
        let expires_at = expires_at.ok_or(Error::Forbidden("tokens live less than a day here."))?;
        Ok(TokenDraft {
            description,
            scope,
            not_before: None,
            expires_at: Some(expires_at),
            networks: networks.clone(),
            is_pre_authenticated: false,
        })
    }
}
