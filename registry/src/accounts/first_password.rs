//! The first password of an account that a linked identity opened so far.

use super::{Accounts, Caller, Error, PasswordText};
use crate::{
    audit::{self, Actor, Entry, Origin},
    storage::{accounts, sessions},
};
use model::audit::Act;

impl Accounts {
    /// Sets the caller's first password; needs a confirmed identity. Other sessions end, tokens
    /// stay.
    pub async fn set_first_password(
        &self,
        caller: &Caller,
        new: &PasswordText,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.sessions.require_confirmed(caller)?;
        let gone = || Error::NotFound("account");
        let account = accounts::by_id(&mut &self.core.database, caller.account).await?;
        let account = account.ok_or_else(gone)?;
        self.check_new_password(new, &[&account.username, &account.email])?;
        let hash = self.core.passwords.hash(new).await?;
        let now = self.core.now();
        let mut transaction = self.core.database.write().await?;
        let account = accounts::by_id(&mut transaction, caller.account).await?.ok_or_else(gone)?;
        if account.password_hash.is_some() {
            return Err(Error::Taken(
                "Your account has a password by now. Reload the page to change it.".to_owned(),
            ));
        }
        accounts::set_password(&mut transaction, account.id, &hash, now).await?;
        sessions::delete_others(&mut transaction, account.id, Some(caller.session)).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        let entry = Entry::new(Act::AccountChoosePassword, &account.username);
        audit::append(&mut transaction, &actor, now, entry).await?;
        transaction.commit().await
    }
}
