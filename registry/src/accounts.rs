//! Accounts: making them, and the passwords that open the pages.

mod first_password;
mod own;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use model::{
    audit::Act,
    id::AccountId,
    names::{Email, Username},
    password::{self, BadPassword},
    policy::SignUp,
    timestamp::Timestamp,
};
use uuid::Uuid;

use crate::{
    audit::{self, Actor, Entry, Origin},
    core::Core,
    crypto::{digest, entropy},
    error::Error,
    sessions::{Caller, PasswordText, SessionSecret, Sessions},
    storage::{
        Transaction,
        accounts::{self, Account},
        links::{self, Purpose},
        sessions,
    },
    tokens::issue_primary,
};

/// How long the link to choose a first password works.
const LINK_LIVES: Duration = Duration::from_hours(24);
/// How long a set-up code works; each start of the server makes a new one.
const SETUP_LIVES: Duration = Duration::from_hours(24 * 365);

/// What a new account begins with.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its name.
    pub username: Username,
    /// Its e-mail address.
    pub email: Email,
    /// Its password, checked by the service.
    pub password: Option<PasswordText>,
}

/// An account as operators list it.
#[derive(Debug, Clone)]
pub struct ListedAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub username: String,
    /// Its e-mail address.
    pub email: String,
    /// Whether it administers the server.
    pub is_admin: bool,
    /// Whether it is disabled.
    pub disabled: bool,
    /// Since when it exists.
    pub created_at: Timestamp,
}

/// Accounts.
pub struct Accounts {
    pub(crate) core: Arc<Core>,
    pub(crate) sessions: Arc<Sessions>,
    some_exist: AtomicBool,
}

impl Accounts {
    pub(crate) fn new(core: Arc<Core>, sessions: Arc<Sessions>) -> Self {
        Self { core, sessions, some_exist: AtomicBool::new(false) }
    }

    /// Whether the server still waits for its first account. Once one exists this never asks again.
    pub async fn none_exist(&self) -> Result<bool, Error> {
        if self.some_exist.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let any = accounts::any(&mut &self.core.database).await?;
        self.some_exist.store(any, Ordering::Relaxed);
        Ok(!any)
    }

    /// Makes the code that the set-up page asks for; earlier ones end. `None` once accounts exist.
    pub async fn issue_setup_code(&self) -> Result<Option<String>, Error> {
        if !self.none_exist().await? {
            return Ok(None);
        }
        let (now, code) = (self.core.now(), entropy::base62::<22>()?);
        let mut transaction = self.core.database.write().await?;
        links::withdraw(&mut transaction, Purpose::SetUp, None).await?;
        let hash = digest::of_secret(&code);
        let ends_at = now.plus(SETUP_LIVES);
        let id = entropy::id::<Uuid>(now)?;
        links::insert(&mut transaction, id, Purpose::SetUp, &hash, None, now, ends_at).await?;
        transaction.commit().await?;
        Ok(Some(code))
    }

    /// Makes the first account, an administrator, and signs it in. Of several at once, one wins.
    pub async fn set_up(
        &self,
        code: &str,
        new: NewAccount,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let now = self.core.now();
        let code_hash = digest::of_secret(code.trim());
        let live = links::find(&mut &self.core.database, Purpose::SetUp, &code_hash, now).await?;
        if live.is_none() {
            return Err(Error::Invalid(
                "This set-up code is not valid. Use the link that the server printed when it started."
                    .to_owned(),
            ));
        }
        let username = new.username.clone();
        let hash = self.hash_new_password(&new).await?;
        let mut transaction = self.core.database.write().await?;
        if accounts::any(&mut transaction).await? {
            return Err(Error::Taken(
                "This server was set up a moment ago. Sign in, or ask its administrator."
                    .to_owned(),
            ));
        }
        links::use_up(&mut transaction, &code_hash, now).await?;
        let actor = Actor::Stranger(origin.clone());
        let id = self.insert(&mut transaction, &actor, new, hash, true, Act::AccountSetUp).await?;
        transaction.commit().await?;
        self.sessions.begin(id, username.as_str(), origin).await
    }

    /// Makes an account for whoever asks, where the policy allows it, and signs it in.
    pub async fn sign_up(&self, new: NewAccount, origin: &Origin) -> Result<SessionSecret, Error> {
        if self.core.policy().sign_up != SignUp::Open {
            return Err(Error::Forbidden(
                "Sign-up is closed on this server. Ask its administrator.",
            ));
        }
        let username = new.username.clone();
        let hash = self.hash_new_password(&new).await?;
        let mut transaction = self.core.database.write().await?;
        let actor = Actor::Stranger(origin.clone());
        let id =
            self.insert(&mut transaction, &actor, new, hash, false, Act::AccountSignUp).await?;
        transaction.commit().await?;
        self.sessions.begin(id, username.as_str(), origin).await
    }

    /// Makes an account on an operator's word. Without a password, the path of a one-time link to
    /// choose one is returned.
    pub async fn create(
        &self,
        actor: &Actor,
        new: NewAccount,
        is_admin: bool,
    ) -> Result<(AccountId, Option<String>), Error> {
        let hash = match &new.password {
            Some(_) => Some(self.hash_new_password(&new).await?).flatten(),
            None => None,
        };
        let needs_link = hash.is_none();
        let mut transaction = self.core.database.write().await?;
        let id =
            self.insert(&mut transaction, actor, new, hash, is_admin, Act::AccountCreate).await?;
        let link = if needs_link {
            let (now, code) = (self.core.now(), entropy::base62::<22>()?);
            let (code_hash, ends_at) = (digest::of_secret(&code), now.plus(LINK_LIVES));
            let purpose = Purpose::ChoosePassword;
            let link = entropy::id::<Uuid>(now)?;
            links::insert(&mut transaction, link, purpose, &code_hash, Some(id), now, ends_at)
                .await?;
            Some(format!("{}/invite/{code}", self.core.public_url))
        } else {
            None
        };
        transaction.commit().await?;
        Ok((id, link))
    }

    /// The name of the account a one-time link is for, if the link is alive.
    pub async fn invited(&self, code: &str) -> Result<Option<String>, Error> {
        Ok(self.invited_account(code).await?.map(|account| account.username))
    }

    /// Chooses the password of an account by its one-time link, and signs it in.
    pub async fn accept_invitation(
        &self,
        code: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let gone = || Error::NotFound("invitation");
        let account = self.invited_account(code).await?.ok_or_else(gone)?;
        self.check_new_password(password, &[&account.username, &account.email])?;
        let hash = self.core.passwords.hash(password).await?;
        let (now, code_hash) = (self.core.now(), digest::of_secret(code));
        let mut transaction = self.core.database.write().await?;
        // Between look-up and here somebody else may have used it.
        links::find(&mut transaction, Purpose::ChoosePassword, &code_hash, now)
            .await?
            .ok_or_else(gone)?;
        links::use_up(&mut transaction, &code_hash, now).await?;
        accounts::set_password(&mut transaction, account.id, &hash, now).await?;
        let actor = Actor::Account {
            id: account.id,
            name: account.username.clone(),
            origin: origin.clone(),
        };
        let entry = Entry::new(Act::AccountChoosePassword, &account.username);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await?;
        self.sessions.begin(account.id, &account.username, origin).await
    }

    /// Sets a password on an operator's word; the account's sessions end, its tokens stay.
    pub async fn set_password(
        &self,
        actor: &Actor,
        name: &str,
        password: &PasswordText,
    ) -> Result<(), Error> {
        let account = self.by_name(name).await?;
        self.check_new_password(password, &[&account.username, &account.email])?;
        let hash = self.core.passwords.hash(password).await?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        accounts::set_password(&mut transaction, account.id, &hash, now).await?;
        sessions::delete_others(&mut transaction, account.id, None).await?;
        links::withdraw(&mut transaction, Purpose::ChoosePassword, Some(account.id)).await?;
        let entry = Entry::new(Act::AccountSetPassword, &account.username).about(account.id);
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await
    }

    /// Changes the caller's own password; other sessions end, tokens stay.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &PasswordText,
        new: &PasswordText,
        origin: &Origin,
    ) -> Result<(), Error> {
        let account = self.sessions.check_password(&caller.username, current, origin).await?;
        self.check_new_password(new, &[&account.username, &account.email])?;
        let hash = self.core.passwords.hash(new).await?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        accounts::set_password(&mut transaction, account.id, &hash, now).await?;
        sessions::delete_others(&mut transaction, account.id, Some(caller.session)).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let entry = Entry::new(Act::AccountChangePassword, &account.username);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }

    /// Disables or enables an account; while it is disabled nothing of it works.
    pub async fn set_disabled(
        &self,
        actor: &Actor,
        name: &str,
        disabled: bool,
    ) -> Result<(), Error> {
        let account = self.by_name(name).await?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        accounts::set_disabled(&mut transaction, account.id, disabled.then_some(now)).await?;
        if disabled {
            sessions::delete_others(&mut transaction, account.id, None).await?;
        }
        let act = if disabled { Act::AccountDisable } else { Act::AccountEnable };
        let entry = Entry::new(act, &account.username).about(account.id);
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await
    }

    /// Every account, by name.
    pub async fn list(&self) -> Result<Vec<ListedAccount>, Error> {
        let accounts = accounts::all(&mut &self.core.database).await?;
        Ok(accounts
            .into_iter()
            .map(|account| ListedAccount {
                id: account.id,
                username: account.username,
                email: account.email,
                is_admin: account.is_admin,
                disabled: account.disabled_at.is_some(),
                created_at: account.created_at,
            })
            .collect())
    }

    /// The id of the account with this user name or e-mail address.
    pub async fn id_of(&self, name: &str) -> Result<AccountId, Error> {
        Ok(self.by_name(name).await?.id)
    }

    /// A password nobody has used before, easy to say.
    pub fn suggest_passphrase(&self) -> Result<String, Error> {
        entropy::passphrase()
    }

    async fn by_name(&self, name: &str) -> Result<Account, Error> {
        let key = name.trim().to_lowercase();
        let account = accounts::by_name(&mut &self.core.database, &key).await?;
        account.ok_or(Error::NotFound("account"))
    }

    /// The account that a one-time link is for, if the link is alive.
    pub(crate) async fn invited_account(&self, code: &str) -> Result<Option<Account>, Error> {
        let mut database = &self.core.database;
        let (hash, now) = (digest::of_secret(code), self.core.now());
        match links::find(&mut database, Purpose::ChoosePassword, &hash, now).await? {
            Some(Some(id)) => accounts::by_id(&mut database, id).await,
            _ => Ok(None),
        }
    }

    /// Makes an account with its primary token; `act` is what the audit log calls it.
    pub(crate) async fn insert(
        &self,
        transaction: &mut Transaction,
        actor: &Actor,
        new: NewAccount,
        password_hash: Option<String>,
        is_admin: bool,
        act: Act,
    ) -> Result<AccountId, Error> {
        if accounts::username_taken(transaction, &new.username).await? {
            return Err(Error::Taken(format!(
                "The name “{}” is taken. Choose another.",
                new.username
            )));
        }
        // Whether an e-mail address is known is told to nobody by the pages of a server that is
        // open to strangers; an operator at the machine may know.
        if accounts::email_taken(transaction, &new.email).await? {
            return Err(match actor {
                Actor::Operator(_) => {
                    Error::Taken("This e-mail address has an account.".to_owned())
                }
                _ => Error::Taken("An account cannot be made with these details.".to_owned()),
            });
        }
        let now = self.core.now();
        let id = entropy::id(now)?;
        let hash = password_hash.as_deref();
        accounts::insert(transaction, id, &new.username, &new.email, hash, is_admin, now).await?;
        issue_primary(&self.core, transaction, id, actor, now).await?;
        let entry = Entry::new(act, new.username.as_str()).about(id);
        audit::append(transaction, actor, now, entry).await?;
        Ok(id)
    }

    async fn hash_new_password(&self, new: &NewAccount) -> Result<Option<String>, Error> {
        let Some(password) = &new.password else {
            return Err(Error::Invalid("Choose a password.".to_owned()));
        };
        self.check_new_password(password, &[new.username.as_str(), new.email.as_str()])?;
        Ok(Some(self.core.passwords.hash(password).await?))
    }

    /// `own_words` and those of the server are as good as none (ASVS 6.1.2: what a password of this
    /// place would be made of).
    fn check_new_password(&self, password: &PasswordText, own_words: &[&str]) -> Result<(), Error> {
        let text = password.expose();
        let url = self.core.public_url.as_str();
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        let words: Vec<&str> =
            own_words.iter().copied().chain(["latchkey", host]).chain(host.split('.')).collect();
        let verdict = password::check(text, self.core.policy().shortest_password).and_then(|()| {
            let head: String = text.chars().take(100).collect();
            let score = zxcvbn::zxcvbn(&head, &words).score();
            if score < zxcvbn::Score::Four { Err(BadPassword::Guessable) } else { Ok(()) }
        });
        verdict.map_err(|bad| Error::Invalid(bad.to_string()))
    }
}
