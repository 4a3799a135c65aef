//! Signing in from a terminal by way of the browser.
//!
//! The terminal begins and gets two addresses with independent secrets: one it shows to the person,
//! one it asks until there is an answer. Whoever opens the first sees what is asked for and decides;
//! the token is made in the moment in which the terminal fetches it, once.

use std::{sync::Arc, time::Duration};

use model::{
    audit::Act,
    id::FeedId,
    login::{self, LONGEST_DAYS, LoginAccess, LoginChoice},
    role::Role,
    timestamp::Timestamp,
    token::RevealedSecret,
    views::{LoginPage, LoginReach, OpenLogin},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::{digest, entropy},
    error::Error,
    rate::RateOf,
    sessions::{Caller, Sessions},
    storage::{
        Source, Transaction, accounts, feeds,
        logins::{self, LoginState, NewWebLogin, WebLogin},
    },
    throttle,
    tokens::login::{self as login_tokens, LoginToken},
};

/// How long a sign-in waits.
const LIVES: Duration = Duration::from_mins(10);
/// For how long after its end it is told what became of it.
const REMEMBERED: Duration = Duration::from_hours(1);
/// The most that wait at once, for one network and for all.
const MOST: [i64; 2] = [20, 5_000];
/// The most characters kept of the name of a feed: none has more.
const LONGEST_FEED: usize = 63;

/// A sign-in that was just begun: the two secrets, each for one address.
pub struct NewLogin {
    /// For the address that the person opens.
    pub login: String,
    /// For the address that the terminal asks.
    pub done: String,
}

/// What the terminal is told.
pub enum LoginAnswer {
    /// Nobody has decided yet.
    Waiting,
    /// The token. It is given this once.
    Token(RevealedSecret),
    /// Somebody denied it.
    Denied,
    /// The sign-in is over: fetched, too old, or none that was ever begun.
    Over,
}

/// What was approved, as stored.
#[derive(Serialize, Deserialize)]
struct Approved {
    feed: FeedId,
    access: LoginAccess,
    expires_at: Timestamp,
}

/// Sign-ins.
pub struct Logins {
    pub(crate) core: Arc<Core>,
    pub(crate) sessions: Arc<Sessions>,
}

impl Logins {
    /// Begins a sign-in to the feed of this name, whether or not there is one.
    pub async fn begin(&self, feed: &str, origin: &Origin) -> Result<NewLogin, Error> {
        let now = self.core.now();
        let (login, done) = (entropy::base62::<22>()?, entropy::base62::<22>()?);
        let network = throttle::network(origin.address);
        let feed: String = feed.chars().filter(char::is_ascii_graphic).take(LONGEST_FEED).collect();
        // Whoever begins too many is refused without making others wait who write.
        has_room(&mut &self.core.database, &network, now).await?;
        let mut transaction = self.core.database.write().await?;
        has_room(&mut transaction, &network, now).await?;
        let new = NewWebLogin {
            id: entropy::id::<Uuid>(now)?,
            feed: &feed,
            login_hash: &digest::of_secret(&login),
            done_hash: &digest::of_secret(&done),
            address: origin.address.to_string(),
            network: &network,
            client: origin.client(),
            now,
            ends_at: now.plus(LIVES),
        };
        logins::insert(&mut transaction, new).await?;
        transaction.commit().await?;
        Ok(NewLogin { login, done })
    }

    /// What the person sees who opens the address. Changes nothing.
    pub async fn page(
        &self,
        caller: &Caller,
        code: &str,
        origin: &Origin,
    ) -> Result<LoginPage, Error> {
        let mut database = &self.core.database;
        let login = logins::by_login(&mut database, &digest::of_secret(code)).await?;
        let login = login.ok_or(Error::NotFound("sign-in"))?;
        let is_own = login.account == Some(caller.account);
        match login.state {
            LoginState::Open if self.core.now() < login.ends_at => {
                let reach = reach(&mut database, &login, caller).await?;
                Ok(LoginPage::Open(self.open(login, reach.map(|(_, reach)| reach), origin)))
            }
            LoginState::Approved | LoginState::Over if is_own => Ok(LoginPage::Approved),
            LoginState::Denied if is_own => Ok(LoginPage::Denied),
            _ => Err(Error::NotFound("sign-in")),
        }
    }

    fn open(&self, login: WebLogin, reach: Option<LoginReach>, origin: &Origin) -> OpenLogin {
        let now = self.core.now();
        OpenLogin {
            reach,
            other_address: other_address(&login, origin),
            began_at: login.created_at,
            ends_at: login.ends_at,
            description: login_tokens::description(&login.address),
            offers: login::offers(now, self.core.policy().longest_token_life),
            feed: login.feed,
            address: login.address,
            client: login.client,
            now,
        }
    }

    /// Approves a sign-in. The caller has to be confirmed and, where the terminal has another address
    /// than the browser, to have typed the feed's name.
    pub async fn approve(
        &self,
        caller: &Caller,
        code: &str,
        choice: LoginChoice,
        typed_feed: &str,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.sessions.require_confirmed(caller)?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let login = self.waiting(&mut transaction, code).await?;
        let found = reach(&mut transaction, &login, caller).await?;
        let (feed, reach) = found.ok_or(Error::Forbidden(
            "This feed does not exist, or it is not for you. There is nothing to approve.",
        ))?;
        let is_elsewhere = other_address(&login, origin).is_some();
        if is_elsewhere && !typed_feed.trim().eq_ignore_ascii_case(&login.feed) {
            return Err(Error::Invalid(format!("Type the name of the feed, {}.", login.feed)));
        }
        if choice.access != LoginAccess::Read && reach != LoginReach::Publishes {
            return Err(Error::Forbidden(
                "You may read this feed but not publish to it. Choose Read.",
            ));
        }
        let days = choice.days.min(LONGEST_DAYS);
        let end = login::end_within(days, now, self.core.policy().longest_token_life);
        let expires_at =
            end.ok_or_else(|| Error::Invalid("Choose how long it lasts.".to_owned()))?;
        self.core.rates.take(RateOf::Create, caller.account, now)?;
        let approved = json!(Approved { feed, access: choice.access, expires_at });
        let (state, text) = (LoginState::Approved, approved.to_string());
        logins::decide(&mut transaction, login.id, state, caller.account, &text).await?;
        let details =
            json!({ "address": login.address, "client": login.client, "choice": approved });
        let entry = Entry::new(Act::LoginApprove, &login.feed).in_feed(feed).with(details);
        let actor = Actor::Person(caller.clone(), origin.clone());
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }

    /// Denies a sign-in.
    pub async fn deny(&self, caller: &Caller, code: &str, origin: &Origin) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let login = self.waiting(&mut transaction, code).await?;
        let state = LoginState::Denied;
        logins::decide(&mut transaction, login.id, state, caller.account, "").await?;
        let details = json!({ "address": login.address, "client": login.client });
        let entry = Entry::new(Act::LoginDeny, &login.feed).with(details);
        let actor = Actor::Person(caller.clone(), origin.clone());
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// What the terminal asks for. Of several that ask for an approved one, one gets the token.
    pub async fn fetch(&self, code: &str, origin: &Origin) -> Result<LoginAnswer, Error> {
        let hash = digest::of_secret(code);
        let login = logins::by_done(&mut &self.core.database, &hash).await?;
        let Some(login) = login else { return Ok(LoginAnswer::Over) };
        match login.state {
            LoginState::Denied => return Ok(LoginAnswer::Denied),
            LoginState::Over => return Ok(LoginAnswer::Over),
            _ if login.ends_at <= self.core.now() => return Ok(LoginAnswer::Over),
            LoginState::Open => return Ok(LoginAnswer::Waiting),
            LoginState::Approved => {}
        }
        let mut transaction = self.core.database.write().await?;
        let login = logins::by_done(&mut transaction, &hash).await?;
        let login = login.filter(|login| login.state == LoginState::Approved);
        let Some(login) = login else { return Ok(LoginAnswer::Over) };
        let secret = self.deliver(&mut transaction, &login, origin).await?;
        logins::set_state(&mut transaction, login.id, LoginState::Over).await?;
        transaction.commit().await?;
        Ok(secret.map_or(LoginAnswer::Over, LoginAnswer::Token))
    }

    /// Makes the token of an approved sign-in, unless what it was approved for is gone.
    async fn deliver(
        &self,
        transaction: &mut Transaction,
        login: &WebLogin,
        origin: &Origin,
    ) -> Result<Option<RevealedSecret>, Error> {
        let unreadable = || Error::inconsistent("web_logins", "choice");
        let approved: Approved = serde_json::from_str(&login.choice).map_err(|_| unreadable())?;
        let id = login.account.ok_or_else(unreadable)?;
        let account = accounts::by_id(transaction, id).await?;
        let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
            return Ok(None);
        };
        let reachable = feeds::reachable(transaction, id).await?;
        if !reachable.iter().any(|feed| feed.id == approved.feed) {
            return Ok(None);
        }
        let actor = Actor::Account { id, name: account.username, origin: origin.clone() };
        let token = LoginToken {
            owner: id,
            feed: approved.feed,
            access: approved.access,
            expires_at: approved.expires_at,
            address: &login.address,
        };
        login_tokens::issue(&self.core, transaction, token, &actor).await.map(Some)
    }

    /// The sign-in that the browser was led to, if it still waits.
    async fn waiting(&self, transaction: &mut Transaction, code: &str) -> Result<WebLogin, Error> {
        let now = self.core.now();
        let login = logins::by_login(transaction, &digest::of_secret(code)).await?;
        let login = login.filter(|login| login.state == LoginState::Open && now < login.ends_at);
        login.ok_or(Error::NotFound("sign-in"))
    }

    /// Removes what ended some time ago.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        logins::sweep(&mut transaction, self.core.now().minus(REMEMBERED)).await?;
        transaction.commit().await
    }
}

/// Refuses where as many wait as may.
async fn has_room(source: &mut impl Source, network: &str, now: Timestamp) -> Result<(), Error> {
    for (network, most) in [Some(network), None].into_iter().zip(MOST) {
        let (waiting, first) = logins::waiting(source, network, now).await?;
        if waiting >= most {
            return Err(Error::Throttled(first.unwrap_or(now).since(now)));
        }
    }
    Ok(())
}

/// The feed of a sign-in and what the person may do there; `None` for one that is out of reach or
/// absent.
async fn reach(
    source: &mut impl Source,
    login: &WebLogin,
    caller: &Caller,
) -> Result<Option<(FeedId, LoginReach)>, Error> {
    let name = login.feed.to_ascii_lowercase();
    let feed = feeds::by_name(source, &name, Some(caller.account)).await?;
    Ok(feed.filter(|feed| feed.is_public || feed.role.is_some()).map(|feed| {
        let publishes = feed.role.is_some_and(|role| role >= Role::Contributor);
        (feed.id, if publishes { LoginReach::Publishes } else { LoginReach::Reads })
    }))
}

/// The browser's address, if the terminal has another one.
fn other_address(login: &WebLogin, origin: &Origin) -> Option<String> {
    let address = origin.address.to_string();
    (address != login.address).then_some(address)
}
