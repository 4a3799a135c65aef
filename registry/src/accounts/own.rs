//! What people change of their own accounts, up to their end.

use model::{
    audit::Act,
    names::{DisplayName, Email},
    views::{Farewell, ProfilePage},
};
use serde_json::json;

use super::Accounts;
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    rate::RateOf,
    sessions::{Caller, PasswordText},
    storage::{
        Source,
        accounts::{self, Account},
        people,
    },
};

impl Accounts {
    /// What the caller can change of the account.
    pub async fn profile(&self, caller: &Caller) -> Result<ProfilePage, Error> {
        let account = own(&mut &self.core.database, caller).await?;
        Ok(ProfilePage {
            username: account.username,
            display_name: account.display_name,
            email: account.email,
            has_password: account.password_hash.is_some(),
            created_at: account.created_at,
        })
    }

    /// Changes what the caller wants to be called; `None` is the user name.
    pub async fn rename(
        &self,
        caller: &Caller,
        display_name: Option<&DisplayName>,
        origin: &Origin,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let account = own(&mut transaction, caller).await?;
        let name = display_name.map_or(account.username.as_str(), DisplayName::as_str);
        if name == account.display_name {
            return Ok(());
        }
        accounts::set_display_name(&mut transaction, account.id, name).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let details = json!({ "before": account.display_name, "after": name });
        let entry = Entry::new(Act::AccountRename, &account.username).with(details);
        audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// Changes the caller's e-mail address, which the password confirms; where there is none, the
    /// caller has to be confirmed. Whether another account has the address is told to nobody.
    pub async fn change_email(
        &self,
        caller: &Caller,
        email: &Email,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<(), Error> {
        if own(&mut &self.core.database, caller).await?.password_hash.is_some() {
            self.sessions.check_password(&caller.username, password, origin).await?;
        } else {
            self.sessions.require_confirmed(caller)?;
        }
        let now = self.core.now();
        self.core.rates.take(RateOf::ChangeEmail, caller.account, now)?;
        let mut transaction = self.core.database.write().await?;
        let account = own(&mut transaction, caller).await?;
        if account.email == email.as_str() {
            return Ok(());
        }
        let is_only_written_anew =
            account.email.parse::<Email>().is_ok_and(|present| present.key() == email.key());
        if !is_only_written_anew && accounts::email_taken(&mut transaction, email).await? {
            return Err(Error::Taken("This address cannot be used.".to_owned()));
        }
        accounts::set_email(&mut transaction, account.id, email).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let entry = Entry::new(Act::AccountEmail, &account.username);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }

    /// What deleting the caller's account would do.
    pub async fn farewell(&self, caller: &Caller) -> Result<Farewell, Error> {
        let mut database = &self.core.database;
        let account = own(&mut database, caller).await?;
        farewell(&mut database, &account).await
    }

    /// Deletes the caller's account. `typed` has to be its name, and the caller confirmed. A feed
    /// keeps an owner and the server an administrator: until that is so, nothing is deleted.
    pub async fn delete_own(
        &self,
        caller: &Caller,
        typed: &str,
        origin: &Origin,
    ) -> Result<(), Error> {
        if typed.trim().to_lowercase() != caller.username {
            return Err(Error::Invalid(format!(
                "To delete the account, type its name: {}.",
                caller.username
            )));
        }
        self.sessions.require_confirmed(caller)?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let account = own(&mut transaction, caller).await?;
        let farewell = farewell(&mut transaction, &account).await?;
        if let Some(feed) = farewell.orphans.first() {
            return Err(Error::Taken(format!(
                "You are the only owner of {feed}. Make somebody else an owner, or delete the feed."
            )));
        }
        if farewell.is_only_admin {
            return Err(Error::Taken(
                "You are the only administrator. Make somebody else one first.".to_owned(),
            ));
        }
        accounts::delete(&mut transaction, account.id, now).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let details = json!({ "tokens": farewell.tokens, "feeds": farewell.memberships });
        let entry = Entry::new(Act::AccountDelete, &account.username).with(details);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }
}

/// The caller's account. It may be gone since the session was looked up.
async fn own(source: &mut impl Source, caller: &Caller) -> Result<Account, Error> {
    let account = accounts::by_id(source, caller.account).await?;
    account.filter(|account| account.disabled_at.is_none()).ok_or(Error::NotFound("account"))
}

async fn farewell(source: &mut impl Source, account: &Account) -> Result<Farewell, Error> {
    let held = accounts::held(source, account.id).await?;
    let is_only_admin =
        account.is_admin && people::other_administrators(source, account.id).await? == 0;
    Ok(Farewell {
        username: account.username.clone(),
        tokens: held.tokens.unsigned_abs(),
        memberships: held.memberships.unsigned_abs(),
        orphans: people::only_owner_of(source, account.id).await?,
        is_only_admin,
    })
}
