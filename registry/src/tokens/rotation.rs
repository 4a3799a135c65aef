//! Giving a token a new secret, and the end of the one before.

use std::time::Duration;

use model::{
    audit::Act,
    decide::TokenState,
    id::{FormId, SecretId, TokenId},
    rotation::OldStops,
    timestamp::Timestamp,
    token::RevealedSecret,
    views::{OldSecretView, RegeneratePage, Regenerated},
};
use serde_json::json;

use super::{RESULT_LIVES, Tokens, add_secret, keeps_copy, newest_secret, owned, uses};
use crate::{
    audit::{self, Actor, Entry, Origin},
    crypto::entropy,
    error::Error,
    rate::RateOf,
    sessions::Caller,
    storage::{
        Transaction,
        tokens::{self, Secret, Token},
        usage,
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

impl From<OldStops> for OldSecret {
    fn from(choice: OldStops) -> Self {
        match choice {
            OldStops::Now => Self::StopsNow,
            OldStops::FirstUse => Self::StopsAfterFirstUse(Duration::from_hours(1)),
            OldStops::Day => Self::StopsAfter(Duration::from_hours(24)),
            OldStops::Week => Self::StopsAfter(Duration::from_hours(24 * 7)),
        }
    }
}

/// One use of the form that gives a token a new secret.
#[derive(Debug, Clone, Copy)]
pub struct Regeneration {
    /// The use: sent twice, it makes one secret.
    pub form: FormId,
    /// The secret that the person saw as the present one.
    pub replaces: SecretId,
    /// What becomes of it.
    pub old: OldStops,
}

/// However long nobody uses the new secret, the old one stops then.
const LONGEST_GRACE: Duration = Duration::from_hours(24 * 30);

impl Tokens {
    /// The form at the beginning of a new use.
    pub async fn begin_regeneration(
        &self,
        caller: &Caller,
        id: TokenId,
    ) -> Result<RegeneratePage, Error> {
        let mut database = &self.core.database;
        let (token, view, secrets) = self.described(caller, id).await?;
        if token.facts.state == TokenState::Revoked {
            return Err(revoked());
        }
        let now = self.core.now();
        let sources = usage::sources(&mut database, id).await?;
        let (newest, old) = uses::newest_and_old(&secrets, now)?;
        let is_expired = token.facts.expires_at.is_some_and(|at| at <= now);
        Ok(RegeneratePage {
            token: view,
            form: entropy::id(now)?,
            replaces: newest.id,
            used_by: uses::of_secret(&sources, newest.id, newest.created_at),
            old: old.map(|old| uses::old_view(old, newest, &sources)),
            renewed_until: is_expired.then(|| self.renewed_until(&token, now)).flatten(),
            now,
        })
    }

    /// Gives one of the caller's own tokens a new secret. The caller has to be confirmed. The same use
    /// of a form makes one secret however often it is sent, and a form that was opened before the
    /// token got its present one makes none.
    pub async fn regenerate(
        &self,
        caller: &Caller,
        id: TokenId,
        regeneration: Regeneration,
        origin: &Origin,
    ) -> Result<Regenerated, Error> {
        self.sessions.require_confirmed(caller)?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let token = owned(&mut transaction, caller.account, id).await?;
        let made = tokens::secret_by_form(&mut transaction, regeneration.form).await?;
        if let Some((secret, session)) = made {
            if secret.token != id {
                return Err(outdated());
            }
            let is_fresh =
                session == Some(caller.session) && now.since(secret.created_at) < RESULT_LIVES;
            let is_newest = newest_secret(&mut transaction, id).await?.id == secret.id;
            let value =
                if is_fresh && is_newest { self.unseal(&token, &secret).ok() } else { None };
            return self.regenerated(&mut transaction, token, value).await;
        }
        if newest_secret(&mut transaction, id).await?.id != regeneration.replaces {
            return Err(Error::Taken(
                "This token got another new value while this page was open, perhaps from another window. Look at it again before you replace that one too."
                    .to_owned(),
            ));
        }
        self.core.rates.take(RateOf::Regenerate, caller.account, now)?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let old = regeneration.old.into();
        let value = self.replace(&mut transaction, &actor, &token, old).await?;
        let made = newest_secret(&mut transaction, id).await?.id;
        tokens::note_form(&mut transaction, made, regeneration.form, caller.session).await?;
        let regenerated = self.regenerated(&mut transaction, token, Some(value)).await?;
        transaction.commit().await?;
        Ok(regenerated)
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
        let value = self.replace(&mut transaction, actor, &token, old).await?;
        transaction.commit().await?;
        Ok(value)
    }

    /// Ends the secret that is being replaced at once.
    pub async fn stop_old(
        &self,
        caller: &Caller,
        id: TokenId,
        origin: &Origin,
    ) -> Result<(), Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let token = owned(&mut transaction, caller.account, id).await?;
        let secrets = tokens::secrets(&mut transaction, id).await?;
        // Nothing is left to do where it has stopped in the meantime.
        let (_, Some(old)) = uses::newest_and_old(&secrets, now)? else { return Ok(()) };
        tokens::set_stop(&mut transaction, old.id, now, None, now).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let details = json!({ "token": id.to_string(), "last4": old.last4 });
        let entry = Entry::new(Act::TokenStopOld, &token.description).with(details);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }

    async fn regenerated(
        &self,
        transaction: &mut Transaction,
        token: Token,
        secret: Option<RevealedSecret>,
    ) -> Result<Regenerated, Error> {
        let now = self.core.now();
        let secrets = tokens::secrets(transaction, token.id).await?;
        let (newest, old) = uses::newest_and_old(&secrets, now)?;
        let is_allowed = keeps_copy(self.core.policy().reveal, token.kind);
        Ok(Regenerated {
            id: token.id,
            description: token.description,
            secret,
            can_be_shown: is_allowed && newest.sealed.is_some(),
            old: old.map(|old| OldSecretView {
                last4: old.last4.clone(),
                stops_at: old.stops_at.unwrap_or(now),
                waits_for_first_use: old.stops_after_first_use_ms.is_some(),
                used_by: Vec::new(),
            }),
            now,
        })
    }

    async fn replace(
        &self,
        transaction: &mut Transaction,
        actor: &Actor,
        token: &Token,
        old: OldSecret,
    ) -> Result<RevealedSecret, Error> {
        if token.facts.state == TokenState::Revoked {
            return Err(revoked());
        }
        let (id, now) = (token.id, self.core.now());
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
        let secrets = tokens::secrets(transaction, id).await?;
        let generation = secrets.first().map_or(0, |secret| secret.generation);
        for (index, secret) in secrets.iter().enumerate() {
            // At most two live: whatever was being replaced before ends now.
            let at = if index == 0 { stops_at } else { now };
            let after = if index == 0 { after_first_use } else { None };
            if is_alive(secret, now) {
                tokens::set_stop(transaction, secret.id, at, after, now).await?;
            }
        }
        let value =
            add_secret(&self.core, transaction, id, token.owner, token.kind, generation + 1)
                .await?;
        self.renew(transaction, token, now).await?;
        let details = json!({ "token": id.to_string(), "old_stops_at": stops_at });
        let entry =
            Entry::new(Act::TokenRegenerate, &token.description).about(token.owner).with(details);
        audit::append(transaction, actor, now, entry).await?;
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
            tokens::set_state(transaction, token.id, TokenState::Active, "", now).await?;
        }
        if token.facts.expires_at.is_some_and(|at| at <= now) {
            let end = self.renewed_until(token, now);
            tokens::set_dates(transaction, token.id, token.facts.not_before, end, now).await?;
        }
        Ok(())
    }

    /// Until when a token that has an end works if it is renewed now.
    fn renewed_until(&self, token: &Token, now: Timestamp) -> Option<Timestamp> {
        let at = token.facts.expires_at?;
        let life = token.life.unwrap_or_else(|| at.since(token.created_at));
        let longest = self.core.policy().longest_token_life;
        Some(now.plus(longest.map_or(life, |longest| life.min(longest))))
    }

    /// Notes the first use of a secret, and sets the deadline of the one it replaces.
    pub(crate) async fn first_used(&self, token: TokenId, secret: SecretId) -> Result<(), Error> {
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

fn is_alive(secret: &Secret, now: Timestamp) -> bool {
    secret.stops_at.is_none_or(|at| at > now)
}

fn revoked() -> Error {
    Error::Invalid("A revoked token stays revoked. Create another.".to_owned())
}

fn outdated() -> Error {
    Error::Invalid("This form is out of date. Reload the page and try again.".to_owned())
}
