//! Identities at providers: signing in with one, linking it to an account, confirming by it.
//!
//! An identity is what its provider, the issuer and the subject say together, never an e-mail
//! address: an address that is the same as an account's neither signs in nor links. Somebody goes to
//! a provider with an [`Attempt`] and comes back with a [`Proof`], which the server has checked.

mod attempt;
mod decision;
mod linked;
mod logout;

use std::{sync::Arc, time::Duration};

use model::{audit::Act, id::AccountId, timestamp::Timestamp};
use serde_json::json;

use self::attempt::Pending;
pub use self::{
    attempt::{Attempt, LIVES, Proof, Purpose},
    decision::Decided,
    logout::Logout,
};
use crate::{
    accounts::Accounts,
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::entropy::base62,
    error::Error,
    sessions::{Caller, SessionSecret, Sessions, Through},
    storage::{
        Source, Transaction, accounts,
        identities::{self, Key},
        throttles,
    },
    throttle,
};

/// How far the clocks of two machines may be apart.
pub const SKEW: Duration = Duration::from_mins(1);
/// What somebody is told whose identity opens no account; also if the account is disabled.
const OPENS_NOTHING: &str = "This identity opens no account here. If you have an account, sign in with your password and link the identity on its security page; if not, ask an administrator.";
const OTHER_SESSION: &str =
    "You are not signed in as you were when you left for the provider. Begin again.";

/// What became of somebody who came back from a provider.
pub enum Arrival {
    /// The session has a new secret, or is new.
    Session(SessionSecret),
    /// There is something to decide first; the browser keeps this, sealed.
    Decision(String),
}

/// Linked identities.
pub struct Identities {
    pub(crate) core: Arc<Core>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) accounts: Arc<Accounts>,
}

impl Proof {
    fn key(&self) -> Key<'_> {
        Key { provider: &self.provider, issuer: &self.issuer, subject: &self.subject }
    }
}

impl Identities {
    /// Begins a way to a provider: the attempt, and what the browser keeps of it.
    pub async fn begin(
        &self,
        provider: &str,
        purpose: Purpose,
        next: &str,
        caller: Option<&Caller>,
    ) -> Result<(Attempt, String), Error> {
        let known = self.core.provider(provider).ok_or(Error::NotFound("provider"))?;
        match &purpose {
            Purpose::SignIn => {}
            Purpose::Link(_) => self.sessions.require_confirmed(whose(&purpose, caller)?)?,
            Purpose::Confirm(_) => {
                whose(&purpose, caller)?;
                if !known.can_confirm {
                    return Err(Error::Forbidden(
                        "This provider cannot confirm that it is you: it does not tell when you last signed in there.",
                    ));
                }
            }
            Purpose::Join(code) => {
                let invited = self.accounts.invited_account(code).await?;
                invited.ok_or(Error::NotFound("invitation"))?;
            }
        }
        let attempt = Attempt {
            provider: provider.to_owned(),
            state: base62::<43>()?,
            nonce: base62::<43>()?,
            verifier: base62::<43>()?,
            purpose,
            next: next.to_owned(),
            began_at: self.core.now(),
        };
        let sealed = attempt::seal(&self.core, &attempt)?;
        Ok((attempt, sealed))
    }

    /// The attempt that this browser began with this provider and that has this state.
    pub fn resume(&self, sealed: &str, provider: &str, state: &str) -> Option<Attempt> {
        let attempt: Attempt = attempt::open(&self.core, sealed)?;
        (attempt.provider == provider && attempt.state == state).then_some(attempt)
    }

    /// Takes somebody in who comes back from a provider with a proof.
    pub async fn arrive(
        &self,
        attempt: Attempt,
        proof: Proof,
        caller: Option<&Caller>,
        origin: &Origin,
    ) -> Result<Arrival, Error> {
        match &attempt.purpose {
            Purpose::SignIn => self.sign_in(proof, origin).await,
            Purpose::Confirm(_) => {
                let caller = whose(&attempt.purpose, caller)?;
                self.confirm(&attempt, &proof, caller, origin).await.map(Arrival::Session)
            }
            Purpose::Link(_) => {
                whose(&attempt.purpose, caller)?;
                self.not_linked_yet(&mut &self.core.database, &proof, caller).await?;
                self.leave_to_decide(proof, attempt.purpose)
            }
            Purpose::Join(_) => {
                self.not_linked_yet(&mut &self.core.database, &proof, None).await?;
                self.leave_to_decide(proof, attempt.purpose)
            }
        }
    }

    async fn sign_in(&self, proof: Proof, origin: &Origin) -> Result<Arrival, Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let Some(identity) = identities::by_key(&mut transaction, proof.key()).await? else {
            if proof.email.as_ref().is_some_and(|email| self.core.policy().admits(email)) {
                return self.leave_to_decide(proof, Purpose::SignIn);
            }
            return self.refuse(transaction, &proof, None, origin).await;
        };
        let account = accounts::by_id(&mut transaction, identity.account_id).await?;
        let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
            return self.refuse(transaction, &proof, Some(identity.account_id), origin).await;
        };
        identities::used(&mut transaction, identity.id, &proof.label, now).await?;
        // From now on strangers' failures do not delay a password that is typed here.
        let network = throttle::network(origin.address);
        throttles::remember_network(&mut transaction, account.id, &network, now).await?;
        let through = Through {
            identity: identity.id,
            provider: &proof.provider,
            provider_session: proof.session.as_deref(),
            // One who was signed in there already has proven nothing just now.
            confirmed_at: proof.authenticated_at.unwrap_or(Timestamp::from_millis(0)).min(now),
        };
        let begun = self.sessions.begin_in(
            transaction,
            account.id,
            &account.username,
            origin,
            Some(through),
        );
        begun.await.map(Arrival::Session)
    }

    /// Notes that a provider's answer was not believed.
    pub async fn note_failure(&self, attempt: &Attempt, origin: &Origin) -> Result<(), Error> {
        let transaction = self.core.database.write().await?;
        self.fail(transaction, &attempt.provider, "answer", None, origin).await
    }

    async fn refuse<T>(
        &self,
        transaction: Transaction,
        proof: &Proof,
        account: Option<AccountId>,
        origin: &Origin,
    ) -> Result<T, Error> {
        let reason = if account.is_some() { "disabled" } else { "not linked" };
        self.fail(transaction, &proof.provider, reason, account, origin).await?;
        Err(Error::Forbidden(OPENS_NOTHING))
    }

    async fn fail(
        &self,
        mut transaction: Transaction,
        provider: &str,
        reason: &'static str,
        account: Option<AccountId>,
        origin: &Origin,
    ) -> Result<(), Error> {
        let details = json!({ "provider": provider, "reason": reason });
        let mut entry = Entry::new(Act::SessionFail, "").with(details);
        entry.account = account;
        let actor = Actor::Stranger(origin.clone());
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    async fn confirm(
        &self,
        attempt: &Attempt,
        proof: &Proof,
        caller: &Caller,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let mut transaction = self.core.database.write().await?;
        let identity = identities::by_key(&mut transaction, proof.key()).await?;
        let Some(identity) = identity.filter(|found| found.account_id == caller.account) else {
            return Err(Error::Forbidden(
                "The identity you signed in with is not linked to your account.",
            ));
        };
        let since = attempt.began_at.minus(SKEW);
        if proof.authenticated_at.is_none_or(|authenticated_at| authenticated_at < since) {
            return Err(Error::Forbidden(
                "The provider did not ask you to sign in again, so this does not confirm that it is you.",
            ));
        }
        identities::used(&mut transaction, identity.id, &proof.label, self.core.now()).await?;
        let entry = Entry::new(Act::SessionConfirm, &caller.username)
            .with(json!({ "provider": proof.provider }));
        self.sessions.confirm_in(transaction, caller, origin, entry).await
    }

    /// Refuses an identity that is linked. That it is somebody else's tells nothing of whose.
    async fn not_linked_yet(
        &self,
        source: &mut impl Source,
        proof: &Proof,
        caller: Option<&Caller>,
    ) -> Result<(), Error> {
        let Some(identity) = identities::by_key(source, proof.key()).await? else { return Ok(()) };
        let is_own = caller.is_some_and(|caller| caller.account == identity.account_id);
        Err(Error::Taken(
            if is_own {
                "This identity is linked to your account already."
            } else {
                "This identity cannot be linked: it is in use."
            }
            .to_owned(),
        ))
    }

    fn leave_to_decide(&self, proof: Proof, purpose: Purpose) -> Result<Arrival, Error> {
        let pending = Pending { proof, purpose, since: self.core.now() };
        attempt::seal(&self.core, &pending).map(Arrival::Decision)
    }
}

/// The caller, if it is the one whose session went to the provider.
fn whose<'a>(purpose: &Purpose, caller: Option<&'a Caller>) -> Result<&'a Caller, Error> {
    let session = match purpose {
        Purpose::Confirm(session) | Purpose::Link(session) => Some(*session),
        Purpose::SignIn | Purpose::Join(_) => None,
    };
    let same = caller.filter(|caller| Some(caller.session) == session);
    same.ok_or(Error::Forbidden(OTHER_SESSION))
}
