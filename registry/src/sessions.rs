//! Browser sessions: signing in, out, and confirming that it is still the same person.

mod own;

use std::{net::IpAddr, sync::Arc, time::Duration};

use model::{
    audit::Act,
    id::{AccountId, IdentityId, SessionId},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::{
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::{
        digest,
        entropy::{self, base62},
    },
    error::Error,
    metrics::SignIn,
    storage::{Transaction, accounts, identities, sessions},
    throttle::{self, Subjects},
};

pub use crate::crypto::passwords::PasswordText;

/// Without a request for this long a session ends.
pub(crate) const IDLE: Duration = Duration::from_hours(12);
/// No session lasts longer.
const LONGEST: Duration = Duration::from_hours(24 * 30);
/// However short the operator makes the window, what the password was typed for can be done in it.
const SHORTEST_CONFIRMATION: Duration = Duration::from_mins(1);
/// How exactly the last request is noted.
const SEEN_EVERY: Duration = Duration::from_mins(5);
/// A session that was used or confirmed later than this after now is of a clock that has been set back: it
/// would neither rest nor need another confirmation until then. It has ended.
const AHEAD: Duration = Duration::from_mins(10);

/// A person with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub username: String,
    /// What it wants to be called.
    pub display_name: String,
    /// Whether it administers the server.
    pub is_admin: bool,
    /// Whether it has a password.
    pub has_password: bool,
    /// The session.
    pub session: SessionId,
    /// Until when the identity counts as confirmed.
    pub confirmed_until: Timestamp,
}

/// A session's secret on its way into the cookie.
pub struct SessionSecret(String);

impl SessionSecret {
    /// The value of the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(hidden)")
    }
}

/// The linked identity by which somebody signs in.
pub(crate) struct Through<'a> {
    pub(crate) identity: IdentityId,
    pub(crate) provider: &'a str,
    /// What the provider calls the session there.
    pub(crate) provider_session: Option<&'a str>,
    /// When the person last proved who they are, there or here.
    pub(crate) confirmed_at: Timestamp,
}

/// Sessions.
pub struct Sessions {
    pub(crate) core: Arc<Core>,
}

impl Sessions {
    /// Signs in by user name or e-mail address and password. Unknown names take as long and are
    /// answered the same as wrong passwords.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let account = self.check_password(name, password, origin).await?;
        let mut transaction = self.core.database.write().await?;
        still_valid(&mut transaction, &account).await?;
        self.begin_in(transaction, account.id, &account.username, origin, None).await
    }

    /// Begins a session for somebody who has just made the account, or chosen its password.
    pub(crate) async fn begin(
        &self,
        account: AccountId,
        username: &str,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let transaction = self.core.database.write().await?;
        self.begin_in(transaction, account, username, origin, None).await
    }

    /// Begins a session as the last act of a transaction.
    pub(crate) async fn begin_in(
        &self,
        mut transaction: Transaction,
        account: AccountId,
        username: &str,
        origin: &Origin,
        through: Option<Through<'_>>,
    ) -> Result<SessionSecret, Error> {
        let now = self.core.now();
        let secret = base62::<43>()?;
        let new = sessions::NewSession {
            id: entropy::id(now)?,
            secret_hash: &digest::of_secret(&secret),
            account_id: account,
            now,
            confirmed_at: through.as_ref().map_or(now, |through| through.confirmed_at),
            ends_at: now.plus(LONGEST),
            address: origin.address.to_string(),
            client: origin.client(),
            identity: through.as_ref().map(|through| through.identity),
            provider_session: through.as_ref().and_then(|through| through.provider_session),
        };
        sessions::insert(&mut transaction, new).await?;
        let actor =
            Actor::Account { id: account, name: username.to_owned(), origin: origin.clone() };
        let mut entry = Entry::new(Act::SessionBegin, username);
        if let Some(through) = through {
            entry = entry.with(json!({ "provider": through.provider }));
        }
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await?;
        self.core.metrics.signed_in(SignIn::Accepted);
        Ok(SessionSecret(secret))
    }

    /// The person behind a cookie, if the session is alive; `from` is noted as where it was last used.
    pub async fn resolve(&self, cookie: &str, from: IpAddr) -> Result<Option<Caller>, Error> {
        // Anything else was never ours; it is not worth a look-up.
        if cookie.len() != 43 || !cookie.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        let now = self.core.now();
        let hash = digest::of_secret(cookie);
        let session = sessions::by_secret(&mut &self.core.database, &hash).await?;
        let Some(session) = session.filter(|session| {
            !session.account_disabled
                && session.ends_at > now
                && now.since(session.last_seen_at) < IDLE
                && session.last_seen_at.since(now) < AHEAD
                && session.confirmed_at.since(now) < AHEAD
        }) else {
            return Ok(None);
        };
        let from = from.to_string();
        if now.since(session.last_seen_at) >= SEEN_EVERY || session.last_address != from {
            let seen = async {
                let mut transaction = self.core.database.write().await?;
                sessions::seen(&mut transaction, &session, &from, now).await?;
                transaction.commit().await
            };
            match seen.await {
                // People may go on reading while nothing can be written; a session ends the sooner for it.
                Err(error) if error.fault().is_some() => {
                    let source = std::error::Error::source(&error);
                    tracing::warn!(%error, source, "that a session was used could not be noted");
                }
                other => other?,
            }
        }
        Ok(Some(Caller {
            account: session.account_id,
            username: session.username,
            display_name: session.display_name,
            is_admin: session.is_admin,
            has_password: session.has_password,
            session: session.id,
            confirmed_until: session
                .confirmed_at
                .plus(self.core.policy().confirmation_window.max(SHORTEST_CONFIRMATION)),
        }))
    }

    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: &Caller, origin: &Origin) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        sessions::delete(&mut transaction, caller.session).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let entry = Entry::new(Act::SessionEnd, &caller.username);
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// Confirms that it is still the same person. The session gets a new secret; the old is dead.
    pub async fn confirm(
        &self,
        caller: &Caller,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let account = self.check_password(&caller.username, password, origin).await?;
        let mut transaction = self.core.database.write().await?;
        still_valid(&mut transaction, &account).await?;
        let entry = Entry::new(Act::SessionConfirm, &caller.username);
        self.confirm_in(transaction, caller, origin, entry).await
    }

    /// Confirms the caller's identity as the last act of a transaction.
    pub(crate) async fn confirm_in(
        &self,
        mut transaction: Transaction,
        caller: &Caller,
        origin: &Origin,
        entry: Entry<'_>,
    ) -> Result<SessionSecret, Error> {
        let (now, secret) = (self.core.now(), base62::<43>()?);
        let hash = digest::of_secret(&secret);
        sessions::confirm(&mut transaction, caller.session, &hash, now).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await?;
        Ok(SessionSecret(secret))
    }

    /// Refuses unless the caller's identity is confirmed at this moment.
    pub fn require_confirmed(&self, caller: &Caller) -> Result<(), Error> {
        if self.core.now() < caller.confirmed_until { Ok(()) } else { Err(Error::Unconfirmed) }
    }

    /// Checks name and password, throttled. Both the pages and HTTP Basic come here.
    pub(crate) async fn check_password(
        &self,
        name: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<accounts::Account, Error> {
        let name = name.trim().to_lowercase();
        let subjects = Subjects::of(&name, origin.address);
        let account = accounts::by_name(&mut &self.core.database, &name).await?;
        // Counted before it is known: however many are sent at once, and whether or not the client
        // waits for the answer, no try is free.
        let known = account.as_ref().map(|account| account.id);
        throttle::reserve(&self.core, &subjects, known).await.inspect_err(|error| {
            if matches!(error, Error::Throttled(_)) {
                self.core.metrics.signed_in(SignIn::Throttled);
            }
        })?;
        let usable = account.as_ref().filter(|account| account.disabled_at.is_none());
        let hash = usable.and_then(|account| account.password_hash.as_deref());
        if self.core.passwords.verify(password, hash).await? {
            let account = account.ok_or(Error::WrongPassword)?;
            throttle::succeeded(&self.core, &subjects, account.id).await?;
            return Ok(account);
        }
        let mut transaction = self.core.database.write().await?;
        let mut entry = Entry::new(Act::SessionFail, "");
        entry.account = account.map(|account| account.id);
        let actor = Actor::Stranger(origin.clone());
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await?;
        self.core.metrics.signed_in(SignIn::Refused);
        Err(Error::WrongPassword)
    }

    /// Removes what has ended.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        sessions::sweep(&mut transaction, now, now.minus(IDLE)).await?;
        identities::sweep(&mut transaction, now).await?;
        throttle::sweep(&mut transaction, now).await?;
        transaction.commit().await
    }
}

/// Between the check of a password and what it allows, the password may have been changed or the
/// account disabled: then it allows nothing.
async fn still_valid(
    transaction: &mut Transaction,
    verified: &accounts::Account,
) -> Result<(), Error> {
    let account = accounts::by_id(transaction, verified.id).await?;
    let is_same = account.is_some_and(|account| {
        account.disabled_at.is_none() && account.password_hash == verified.password_hash
    });
    if is_same { Ok(()) } else { Err(Error::WrongPassword) }
}
