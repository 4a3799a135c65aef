//! What an account may do at all: whether it administers the server, whether it is disabled, and who
//! is signed in to it. All on the word of an operator or a confirmed administrator.

use model::audit::Act;
use serde_json::json;

use super::Accounts;
use crate::{
    audit::{self, Actor, Entry},
    authority::require_authority,
    error::Error,
    sessions::IDLE,
    storage::{
        Transaction,
        accounts::{self, Account},
        links, people, sessions,
    },
};

/// What stopped with a disabled account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stopped {
    /// Tokens that worked.
    pub tokens: u64,
    /// Sessions that lived.
    pub sessions: u64,
    /// Feeds without an owner who can act.
    pub feeds: Vec<String>,
}

impl Accounts {
    /// Makes somebody an administrator, or not any more; never the last one.
    pub async fn set_admin(&self, actor: &Actor, name: &str, is_admin: bool) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let account = self.found(&mut transaction, name).await?;
        if account.is_admin == is_admin {
            return Ok(());
        }
        if !is_admin {
            keep_one(&mut transaction, &account).await?;
        }
        people::set_admin(&mut transaction, account.id, is_admin).await?;
        let entry = Entry::new(Act::AccountRole, &account.username)
            .about(account.id)
            .with(json!({ "administrator": is_admin, "before": account.is_admin }));
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// Disables or enables an account. While it is disabled nothing of it works: its sessions end, its
    /// tokens are refused from the next request on, and its one-time links are dead. Nobody disables
    /// their own account or that of the last administrator.
    pub async fn set_disabled(
        &self,
        actor: &Actor,
        name: &str,
        disabled: bool,
    ) -> Result<Stopped, Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let account = self.found(&mut transaction, name).await?;
        if account.disabled_at.is_some() == disabled {
            return Ok(Stopped::default());
        }
        let (id, now) = (account.id, self.core.now());
        let mut stopped = Stopped::default();
        if disabled {
            if actor.account() == Some(id) {
                return Err(Error::Invalid(
                    "You cannot disable your own account. Another administrator can.".to_owned(),
                ));
            }
            keep_one(&mut transaction, &account).await?;
            stopped = self.would_stop(&mut transaction, &account).await?;
            sessions::delete_others(&mut transaction, id, None).await?;
            links::withdraw_all(&mut transaction, id).await?;
        }
        accounts::set_disabled(&mut transaction, id, disabled.then_some(now)).await?;
        let act = if disabled { Act::AccountDisable } else { Act::AccountEnable };
        let entry = Entry::new(act, &account.username).about(id);
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        Ok(stopped)
    }

    /// Ends every session of an account, but the one that asks for it.
    pub async fn end_sessions(&self, actor: &Actor, name: &str) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let account = self.found(&mut transaction, name).await?;
        let keep = match actor {
            Actor::Person(caller, _) => Some(caller.session),
            _ => None,
        };
        sessions::delete_others(&mut transaction, account.id, keep).await?;
        let entry = Entry::new(Act::AccountSignOut, &account.username).about(account.id);
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    async fn would_stop(
        &self,
        transaction: &mut Transaction,
        account: &Account,
    ) -> Result<Stopped, Error> {
        let (id, now) = (account.id, self.core.now());
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Stopped {
            tokens: count(people::working_tokens(transaction, id, now).await?),
            sessions: count(people::sessions(transaction, id, now, now.minus(IDLE)).await?),
            feeds: people::only_owner_of(transaction, id).await?,
        })
    }
}

/// Somebody who can sign in has to administer the server.
async fn keep_one(transaction: &mut Transaction, account: &Account) -> Result<(), Error> {
    let counts = account.is_admin && account.disabled_at.is_none();
    if counts && people::other_administrators(transaction, account.id).await? == 0 {
        return Err(Error::Invalid(format!(
            "{} is the only administrator left. Make somebody else one first.",
            account.username
        )));
    }
    Ok(())
}
