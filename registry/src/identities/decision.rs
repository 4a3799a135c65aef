//! What somebody decides who came back from a provider: to link an identity, to join by it, or under
//! which name to sign up.

use model::{
    audit::Act,
    id::{AccountId, IdentityId},
    names::{BadName, Username},
    views::{Arrived, Decision},
};
use serde_json::json;

use super::{
    Identities, OPENS_NOTHING, Proof, Purpose,
    attempt::{self, Pending},
    whose,
};
use crate::{
    accounts::NewAccount,
    audit::{self, Actor, Entry, Origin},
    crypto::{digest, entropy},
    error::Error,
    sessions::{Caller, SessionSecret, Through},
    storage::{
        Transaction, accounts, identities,
        links::{self, Purpose as LinkPurpose},
    },
};

/// What became of the decision.
pub enum Decided {
    /// The identity is linked.
    Linked,
    /// The account is open.
    SignedIn(SessionSecret),
}

impl Identities {
    /// What the person has to decide who keeps this.
    pub async fn arrived(&self, sealed: &str, caller: Option<&Caller>) -> Result<Arrived, Error> {
        let Pending { proof, purpose, .. } = self.pending(sealed)?;
        let provider = self.core.provider(&proof.provider).ok_or(Error::NotFound("provider"))?;
        let decision = match &purpose {
            Purpose::Link(_) => {
                Decision::Link { username: whose(&purpose, caller)?.username.clone() }
            }
            Purpose::Join(code) => {
                let invited = self.accounts.invited_account(code).await?;
                let account = invited.ok_or(Error::NotFound("invitation"))?;
                Decision::Join { username: account.username }
            }
            Purpose::SignIn => Decision::SignUp {
                suggestion: self.free_name(&proof).await?,
                email: proof.email.map(String::from).unwrap_or_default(),
            },
            Purpose::Confirm(_) => return Err(Error::NotFound("decision")),
        };
        Ok(Arrived {
            provider: provider.label.clone(),
            can_confirm: provider.can_confirm,
            label: proof.label,
            decision,
        })
    }

    /// Does what was decided. `username` is the name chosen for a new account.
    pub async fn decide(
        &self,
        sealed: &str,
        username: &str,
        caller: Option<&Caller>,
        origin: &Origin,
    ) -> Result<Decided, Error> {
        let Pending { proof, purpose, .. } = self.pending(sealed)?;
        match &purpose {
            Purpose::Link(_) => {
                let caller = whose(&purpose, caller)?;
                self.link(&proof, caller, origin).await.map(|()| Decided::Linked)
            }
            Purpose::Join(code) => self.join(&proof, code, origin).await.map(Decided::SignedIn),
            Purpose::SignIn => self.sign_up(&proof, username, origin).await.map(Decided::SignedIn),
            Purpose::Confirm(_) => Err(Error::NotFound("decision")),
        }
    }

    fn pending(&self, sealed: &str) -> Result<Pending, Error> {
        attempt::open(&self.core, sealed).ok_or(Error::NotFound("decision"))
    }

    async fn link(&self, proof: &Proof, caller: &Caller, origin: &Origin) -> Result<(), Error> {
        self.sessions.require_confirmed(caller)?;
        let mut transaction = self.core.database.write().await?;
        self.not_linked_yet(&mut transaction, proof, Some(caller)).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.insert(&mut transaction, proof, caller.account, &actor, "profile").await?;
        transaction.commit().await
    }

    async fn join(
        &self,
        proof: &Proof,
        code: &str,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let gone = || Error::NotFound("invitation");
        let (now, hash) = (self.core.now(), digest::of_secret(code));
        let mut transaction = self.core.database.write().await?;
        let found = links::find(&mut transaction, LinkPurpose::ChoosePassword, &hash, now).await?;
        let id = found.flatten().ok_or_else(gone)?;
        let account = accounts::by_id(&mut transaction, id).await?;
        let account = account.filter(|account| account.disabled_at.is_none()).ok_or_else(gone)?;
        self.not_linked_yet(&mut transaction, proof, None).await?;
        links::withdraw_all(&mut transaction, id).await?;
        let actor = Actor::Account { id, name: account.username.clone(), origin: origin.clone() };
        let identity = self.insert(&mut transaction, proof, id, &actor, "invitation").await?;
        self.open(transaction, proof, identity, id, &account.username, origin).await
    }

    async fn sign_up(
        &self,
        proof: &Proof,
        username: &str,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let admitted = proof.email.clone().filter(|email| self.core.policy().admits(email));
        let email = admitted.ok_or(Error::Forbidden(OPENS_NOTHING))?;
        let username: Username =
            username.parse().map_err(|error: BadName| Error::Invalid(error.to_string()))?;
        let mut transaction = self.core.database.write().await?;
        self.not_linked_yet(&mut transaction, proof, None).await?;
        let new = NewAccount { username: username.clone(), email, password: None };
        let actor = Actor::Stranger(origin.clone());
        let act = Act::AccountSignUp;
        let id = self.accounts.insert(&mut transaction, &actor, new, None, false, act).await?;
        let actor = Actor::Account { id, name: username.to_string(), origin: origin.clone() };
        let identity = self.insert(&mut transaction, proof, id, &actor, "sign-up").await?;
        self.open(transaction, proof, identity, id, username.as_str(), origin).await
    }

    /// Begins the first session of an account that has just got its identity.
    async fn open(
        &self,
        mut transaction: Transaction,
        proof: &Proof,
        identity: IdentityId,
        account: AccountId,
        username: &str,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let now = self.core.now();
        identities::used(&mut transaction, identity, &proof.label, now).await?;
        let through = Through {
            identity,
            provider: &proof.provider,
            provider_session: proof.session.as_deref(),
            confirmed_at: now,
        };
        self.sessions.begin_in(transaction, account, username, origin, Some(through)).await
    }

    async fn insert(
        &self,
        transaction: &mut Transaction,
        proof: &Proof,
        account: AccountId,
        actor: &Actor,
        by: &'static str,
    ) -> Result<IdentityId, Error> {
        let now = self.core.now();
        let id = entropy::id(now)?;
        identities::insert(transaction, id, account, proof.key(), &proof.label, now).await?;
        let details = json!({ "provider": proof.provider, "issuer": proof.issuer, "by": by });
        let entry = Entry::new(Act::IdentityLink, &proof.provider).about(account).with(details);
        audit::append(transaction, actor, now, entry).await?;
        Ok(id)
    }

    /// A name for a new account like the one that the person has at the provider, if nobody has it.
    async fn free_name(&self, proof: &Proof) -> Result<String, Error> {
        let nickname = proof.nickname.as_deref().unwrap_or_default();
        let local = nickname.split('@').next().unwrap_or_default();
        let Some(name) = Username::nearest(local) else { return Ok(String::new()) };
        let is_taken = accounts::username_taken(&mut &self.core.database, &name).await?;
        Ok(if is_taken { String::new() } else { name.into() })
    }
}
