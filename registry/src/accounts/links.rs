//! Links that work once and let somebody choose a password: the first one, or another in place of one
//! that is forgotten. A link is alive until it is used, replaced or withdrawn, or its time is over;
//! which of these ended it is told to nobody.

use std::time::Duration;

use model::{
    audit::Act,
    views::{LinkPurpose, OneTimeLink},
};
use uuid::Uuid;

use super::Accounts;
use crate::{
    audit::{self, Actor, Entry, Origin},
    authority::require_authority,
    crypto::{digest, entropy},
    error::Error,
    sessions::{PasswordText, SessionSecret},
    storage::{
        Source, Transaction,
        accounts::{self, Account},
        links::{self, Purpose},
        people, sessions,
    },
};

/// How long the link to choose a first password works.
const INVITATION_LIVES: Duration = Duration::from_hours(24);
/// How long the link to choose another password works.
const RESET_LIVES: Duration = Duration::from_mins(30);

const fn stored(purpose: LinkPurpose) -> Purpose {
    match purpose {
        LinkPurpose::Invitation => Purpose::ChoosePassword,
        LinkPurpose::Reset => Purpose::ResetPassword,
    }
}

impl Accounts {
    /// Makes another link for somebody who has not chosen a password yet; the one before is dead. On
    /// the word of an operator or a confirmed administrator.
    pub async fn invite_again(&self, actor: &Actor, name: &str) -> Result<OneTimeLink, Error> {
        self.give_link(actor, name, LinkPurpose::Invitation).await
    }

    /// Makes the link with which somebody chooses another password; the one before is dead. On the
    /// word of an operator or a confirmed administrator.
    pub async fn reset_link(&self, actor: &Actor, name: &str) -> Result<OneTimeLink, Error> {
        self.give_link(actor, name, LinkPurpose::Reset).await
    }

    /// Removes the account of somebody who was invited, if nothing has happened to it yet. On the
    /// word of an operator or a confirmed administrator.
    pub async fn withdraw_invitation(&self, actor: &Actor, name: &str) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let account = self.found(&mut transaction, name).await?;
        let name = &account.username;
        let state = people::state(&mut transaction, account.id).await?;
        if state.as_deref() != Some("invited") {
            return Err(Error::Invalid(format!(
                "{name} is not invited any more. Disable the account instead."
            )));
        }
        if !people::is_untouched(&mut transaction, account.id).await? {
            return Err(Error::Invalid(format!(
                "{name} was given feeds or tokens already. Disable the account instead."
            )));
        }
        people::remove(&mut transaction, account.id).await?;
        let entry = Entry::new(Act::AccountWithdraw, name).about(account.id);
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// The name of the account that an invitation is for, if the link is alive.
    pub async fn invited(&self, code: &str) -> Result<Option<String>, Error> {
        self.named_by(LinkPurpose::Invitation, code).await
    }

    /// Chooses the first password of an account by its link, and signs it in.
    pub async fn accept_invitation(
        &self,
        code: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        self.choose_password(LinkPurpose::Invitation, code, password, origin).await
    }

    /// The name of the account that a link to choose another password is for, if it is alive.
    pub async fn resetting(&self, code: &str) -> Result<Option<String>, Error> {
        self.named_by(LinkPurpose::Reset, code).await
    }

    /// Chooses another password of an account by its link, and signs it in. All its sessions end; its
    /// tokens stay.
    pub async fn reset_password(
        &self,
        code: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        self.choose_password(LinkPurpose::Reset, code, password, origin).await
    }

    async fn give_link(
        &self,
        actor: &Actor,
        name: &str,
        purpose: LinkPurpose,
    ) -> Result<OneTimeLink, Error> {
        let mut transaction = self.core.database.write().await?;
        require_authority(&mut transaction, &self.sessions, actor).await?;
        let account = self.found(&mut transaction, name).await?;
        let state = people::state(&mut transaction, account.id).await?.unwrap_or_default();
        let name = &account.username;
        let refusal = match (purpose, state.as_str()) {
            (_, "disabled") => format!("{name} is disabled. Enable the account first."),
            (LinkPurpose::Invitation, "active") => {
                format!("{name} has chosen a password already. Make a link to reset it.")
            }
            (LinkPurpose::Reset, "invited") => {
                format!("{name} has not chosen a password yet. Make a new invitation link.")
            }
            _ => String::new(),
        };
        if !refusal.is_empty() {
            return Err(Error::Invalid(refusal));
        }
        let link = self.issue_link(&mut transaction, purpose, &account).await?;
        let act = match purpose {
            LinkPurpose::Invitation => Act::AccountInvite,
            LinkPurpose::Reset => Act::AccountResetLink,
        };
        let entry = Entry::new(act, name).about(account.id);
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// Makes a link in the transaction; older ones of its kind are dead.
    pub(super) async fn issue_link(
        &self,
        transaction: &mut Transaction,
        purpose: LinkPurpose,
        account: &Account,
    ) -> Result<OneTimeLink, Error> {
        let (now, code) = (self.core.now(), entropy::base62::<22>()?);
        let (page, lives) = match purpose {
            LinkPurpose::Invitation => ("invite", INVITATION_LIVES),
            LinkPurpose::Reset => ("reset", RESET_LIVES),
        };
        let (hash, ends_at) = (digest::of_secret(&code), now.plus(lives));
        links::withdraw(transaction, stored(purpose), Some(account.id)).await?;
        let (id, of) = (entropy::id::<Uuid>(now)?, Some(account.id));
        links::insert(transaction, id, stored(purpose), &hash, of, now, ends_at).await?;
        Ok(OneTimeLink {
            username: account.username.clone(),
            purpose,
            ends_at,
            url: format!("{}/{page}/{code}", self.core.public_url),
        })
    }

    async fn named_by(&self, purpose: LinkPurpose, code: &str) -> Result<Option<String>, Error> {
        let account = self.account_of(&mut &self.core.database, purpose, code).await?;
        Ok(account.map(|account| account.username))
    }

    /// The account that a live invitation is for.
    pub(crate) async fn invited_account(&self, code: &str) -> Result<Option<Account>, Error> {
        self.account_of(&mut &self.core.database, LinkPurpose::Invitation, code).await
    }

    /// The account that a live link is for.
    async fn account_of(
        &self,
        source: &mut impl Source,
        purpose: LinkPurpose,
        code: &str,
    ) -> Result<Option<Account>, Error> {
        let (hash, now) = (digest::of_secret(code), self.core.now());
        let account = match links::find(source, stored(purpose), &hash, now).await? {
            Some(Some(id)) => accounts::by_id(source, id).await?,
            _ => None,
        };
        Ok(account.filter(|account| account.disabled_at.is_none()))
    }

    async fn choose_password(
        &self,
        purpose: LinkPurpose,
        code: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<SessionSecret, Error> {
        let gone = || Error::NotFound("link");
        let account = self.account_of(&mut &self.core.database, purpose, code).await?;
        let account = account.ok_or_else(gone)?;
        self.check_new_password(password, &[&account.username, &account.email])?;
        let hash = self.core.passwords.hash(password).await?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        // Between look-up and here somebody else may have used it.
        self.account_of(&mut transaction, purpose, code).await?.ok_or_else(gone)?;
        accounts::set_password(&mut transaction, account.id, &hash, now).await?;
        sessions::delete_others(&mut transaction, account.id, None).await?;
        links::withdraw_all(&mut transaction, account.id).await?;
        let Account { id, username: name, .. } = account;
        let actor = Actor::Account { id, name: name.clone(), origin: origin.clone() };
        let act = match purpose {
            LinkPurpose::Invitation => Act::AccountChoosePassword,
            LinkPurpose::Reset => Act::AccountResetPassword,
        };
        audit::append(&mut transaction, &actor, now, Entry::new(act, &name)).await?;
        transaction.commit().await?;
        self.sessions.begin(id, &name, origin).await
    }
}
