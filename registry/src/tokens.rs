//! Access tokens: making, showing, replacing and ending them.

mod clients;
mod connect;
mod edit;
pub(crate) mod everyones;
mod form;
mod lifecycle;
mod list;
pub(crate) mod login;
mod matching;
mod rotation;
mod uses;
mod views;

use std::{sync::Arc, time::Duration};

use model::{
    audit::Act,
    decide::{TokenFacts, TokenState},
    id::{AccountId, FormId, TokenId},
    policy::Reveal,
    scope::Scope,
    timestamp::Timestamp,
    token::{RevealTo, RevealedSecret, TokenKind},
    token_form::TokenDraft,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::{digest, entropy, master_key::SealOf},
    error::Error,
    rate::RateOf,
    sessions::{Caller, Sessions},
    storage::{
        Transaction, accounts,
        tokens::{self, Creation, Secret, Token},
    },
};

pub use clients::{ListedToken, Wish};
pub use rotation::{OldSecret, Regeneration};

/// For how long the session that used a form sees its result again.
const RESULT_LIVES: Duration = Duration::from_mins(10);

/// Tokens.
pub struct Tokens {
    pub(crate) core: Arc<Core>,
    pub(crate) sessions: Arc<Sessions>,
}

/// A token that was just made, or that the same form made a moment ago.
#[derive(Debug)]
pub struct CreatedToken {
    /// The token.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// Its value; `None` where the form was used before and no copy is kept.
    pub secret: Option<RevealedSecret>,
}

impl Tokens {
    /// Makes a token for the caller, who has to be confirmed. The same use of a form makes one token
    /// however often it is sent; the session that sent it sees the result again for ten minutes.
    pub async fn create(
        &self,
        caller: &Caller,
        draft: TokenDraft,
        form: FormId,
        origin: &Origin,
    ) -> Result<CreatedToken, Error> {
        self.sessions.require_confirmed(caller)?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        if let Some(made) = tokens::by_form(&mut transaction, form).await? {
            if made.owner != caller.account {
                return Err(Error::Invalid(
                    "This form is out of date. Reload the page and try again.".to_owned(),
                ));
            }
            let fresh = made.session == Some(caller.session) && now.since(made.at) < RESULT_LIVES;
            return self.created_before(&mut transaction, made.token, fresh).await;
        }
        self.core.rates.take(RateOf::Create, caller.account, now)?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let form = Some((form, caller.session));
        let created =
            create(&self.core, &mut transaction, caller.account, draft, &actor, form).await?;
        transaction.commit().await?;
        Ok(created)
    }

    /// Makes a token for somebody on an operator's word.
    pub async fn create_for(
        &self,
        actor: &Actor,
        owner: AccountId,
        draft: TokenDraft,
    ) -> Result<CreatedToken, Error> {
        let mut transaction = self.core.database.write().await?;
        let created = create(&self.core, &mut transaction, owner, draft, actor, None).await?;
        transaction.commit().await?;
        Ok(created)
    }

    /// The value of one of the caller's own tokens, to be shown or copied. The caller has to be
    /// confirmed.
    pub async fn reveal(
        &self,
        caller: &Caller,
        id: TokenId,
        to: RevealTo,
        origin: &Origin,
    ) -> Result<RevealedSecret, Error> {
        self.sessions.require_confirmed(caller)?;
        self.core.rates.take(RateOf::Reveal, caller.account, self.core.now())?;
        let mut transaction = self.core.database.write().await?;
        let token = owned(&mut transaction, caller.account, id).await?;
        let secret = newest_secret(&mut transaction, id).await?;
        let value = self.unseal(&token, &secret)?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let act = match to {
            RevealTo::Screen => Act::TokenReveal,
            RevealTo::Clipboard => Act::TokenCopy,
        };
        let entry = Entry::new(act, &token.description)
            .with(json!({ "token": id.to_string(), "last4": secret.last4 }));
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await?;
        Ok(value)
    }

    async fn created_before(
        &self,
        transaction: &mut Transaction,
        id: TokenId,
        fresh: bool,
    ) -> Result<CreatedToken, Error> {
        let token = tokens::by_id(transaction, id).await?.ok_or(Error::NotFound("token"))?;
        let secret = newest_secret(transaction, id).await?;
        let secret = if fresh { self.unseal(&token, &secret).ok() } else { None };
        Ok(CreatedToken { id, description: token.description, secret })
    }

    fn unseal(&self, token: &Token, secret: &Secret) -> Result<RevealedSecret, Error> {
        // A command may have kept a copy that the server's policy does not allow.
        let is_allowed = keeps_copy(self.core.policy().reveal, token.kind);
        let sealed = secret.sealed.as_deref().filter(|_| is_allowed).ok_or_else(|| {
            Error::Invalid(
                "No copy of this value is kept, so it cannot be shown. Regenerate the token to get a new one."
                    .to_owned(),
            )
        })?;
        let of = SealOf {
            token: token.id,
            secret: secret.id,
            owner: token.owner,
            key_version: secret.key_version,
        };
        let text = self.core.keys.open(sealed, &of);
        let text = text.and_then(|text| model::token::TokenText::parse(&text).ok());
        text.map(|text| RevealedSecret::of(&text)).ok_or_else(|| {
            Error::Invalid(
                "This value was sealed with another master key and cannot be shown. The token still works."
                    .to_owned(),
            )
        })
    }
}

/// Makes the primary token of a new account, in the transaction that makes the account.
pub(crate) async fn issue_primary(
    core: &Core,
    transaction: &mut Transaction,
    owner: AccountId,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Error> {
    let facts = TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: None,
        expires_at: None,
        networks: Vec::new(),
        scope: Scope::full(),
        is_pre_authenticated: false,
    };
    let made_by = actor.in_words();
    let from = actor.address();
    let creation = Creation { at: now, by: &made_by, from: &from, form: None };
    insert(core, transaction, owner, TokenKind::Primary, "Primary", &facts, creation).await?;
    Ok(())
}

async fn create(
    core: &Core,
    transaction: &mut Transaction,
    owner: AccountId,
    draft: TokenDraft,
    actor: &Actor,
    form: Option<(FormId, model::id::SessionId)>,
) -> Result<CreatedToken, Error> {
    draft.check_pre_authenticated().map_err(|why| Error::Invalid(why.to_owned()))?;
    let account = accounts::by_id(transaction, owner).await?.ok_or(Error::NotFound("account"))?;
    let facts = TokenFacts {
        state: TokenState::Active,
        state_since: None,
        not_before: draft.not_before,
        expires_at: draft.expires_at,
        networks: draft.networks,
        scope: draft.scope,
        is_pre_authenticated: draft.is_pre_authenticated,
    };
    let (made_by, from) = (actor.in_words(), actor.address());
    let now = core.now();
    let creation = Creation { at: now, by: &made_by, from: &from, form };
    let kind = TokenKind::Additional;
    let (id, secret) =
        insert(core, transaction, owner, kind, &draft.description, &facts, creation).await?;
    let details = json!({ "token": id.to_string(), "scope": facts.scope, "expires_at": facts.expires_at,
            "pre_authenticated": facts.is_pre_authenticated });
    let entry = Entry::new(Act::TokenCreate, &draft.description).about(account.id).with(details);
    audit::append(transaction, actor, now, entry).await?;
    Ok(CreatedToken { id, description: draft.description, secret: Some(secret) })
}

async fn insert(
    core: &Core,
    transaction: &mut Transaction,
    owner: AccountId,
    kind: TokenKind,
    description: &str,
    facts: &TokenFacts,
    creation: Creation<'_>,
) -> Result<(TokenId, RevealedSecret), Error> {
    let now = creation.at;
    let id = entropy::id(now)?;
    tokens::insert(transaction, id, owner, kind, description, facts, creation).await?;
    insert_rules(transaction, id, &facts.scope, now).await?;
    let secret = add_secret(core, transaction, id, owner, kind, 1).await?;
    Ok((id, secret))
}

/// Gives a token without rules those of a scope.
async fn insert_rules(
    transaction: &mut Transaction,
    token: TokenId,
    scope: &Scope,
    now: Timestamp,
) -> Result<(), Error> {
    for (position, rule) in (0_i64..).zip(&scope.rules) {
        let id = entropy::id::<Uuid>(now)?;
        tokens::insert_rule(transaction, id, token, position, rule).await?;
    }
    Ok(())
}

/// Draws a new secret for a token and keeps its digest, and a sealed copy where policy keeps one.
async fn add_secret(
    core: &Core,
    transaction: &mut Transaction,
    token: TokenId,
    owner: AccountId,
    kind: TokenKind,
    generation: i64,
) -> Result<RevealedSecret, Error> {
    let now = core.now();
    let (id, text) = (entropy::id(now)?, entropy::token(kind)?);
    let sealed = if keeps_copy(core.policy_in(transaction).await?.reveal, kind) {
        let of = SealOf { token, secret: id, owner, key_version: core.keys.version() };
        Some(core.keys.seal(text.expose(), &of)?)
    } else {
        None
    };
    let secret = Secret {
        id,
        token,
        generation,
        last4: text.last4().to_owned(),
        sealed,
        key_version: core.keys.version(),
        created_at: now,
        first_used_at: None,
        stops_at: None,
        stops_after_first_use_ms: None,
    };
    tokens::insert_secret(transaction, &secret, &digest::of_token(&text)).await?;
    Ok(RevealedSecret::of(&text))
}

/// Whether a copy of such a token's value is kept for showing.
fn keeps_copy(reveal: Reveal, kind: TokenKind) -> bool {
    match reveal {
        Reveal::All => true,
        Reveal::Primary => kind == TokenKind::Primary,
        Reveal::Never => false,
    }
}

/// A token of this owner; somebody else's is as absent as none.
async fn owned(
    transaction: &mut Transaction,
    owner: AccountId,
    id: TokenId,
) -> Result<Token, Error> {
    let token = tokens::by_id(transaction, id).await?;
    token.filter(|token| token.owner == owner).ok_or(Error::NotFound("token"))
}

async fn newest_secret(transaction: &mut Transaction, token: TokenId) -> Result<Secret, Error> {
    let secrets = tokens::secrets(transaction, token).await?;
    secrets.into_iter().next().ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))
}
