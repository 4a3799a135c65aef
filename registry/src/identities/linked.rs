//! The identities that an account has.

use model::{
    audit::Act,
    id::{AccountId, IdentityId},
    views::{LinkedIdentities, LinkedIdentity, WaysToConfirm},
};
use serde_json::json;

use super::Identities;
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    sessions::Caller,
    storage::{Source, Transaction, accounts, identities, sessions},
};

impl Identities {
    /// The caller's identities.
    pub async fn list(&self, caller: &Caller) -> Result<LinkedIdentities, Error> {
        self.of_account(&mut &self.core.database, caller.account).await
    }

    /// The identities of the account with this name, for an operator.
    pub async fn list_for(&self, name: &str) -> Result<LinkedIdentities, Error> {
        let account = self.accounts.id_of(name).await?;
        self.of_account(&mut &self.core.database, account).await
    }

    /// How the caller can confirm that it is still the same person.
    pub async fn ways_to_confirm(&self, caller: &Caller) -> Result<WaysToConfirm, Error> {
        let linked = identities::of_account(&mut &self.core.database, caller.account).await?;
        let is_linked = |name: &str| linked.iter().any(|identity| identity.provider == name);
        let linked_to = self.core.providers.iter().filter(|provider| is_linked(&provider.name));
        let (providers, unable): (Vec<_>, Vec<_>) =
            linked_to.cloned().partition(|provider| provider.can_confirm);
        Ok(WaysToConfirm {
            password: caller.has_password,
            providers,
            unable: unable.into_iter().map(|provider| provider.label).collect(),
        })
    }

    /// Unlinks one of the caller's identities, and ends the other sessions that it began. Never the
    /// last way in.
    pub async fn unlink(
        &self,
        caller: &Caller,
        id: IdentityId,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.sessions.require_confirmed(caller)?;
        let mut transaction = self.core.database.write().await?;
        let linked = self.of_account(&mut transaction, caller.account).await?;
        let identity = linked.identities.iter().find(|identity| identity.id == id);
        let identity = identity.ok_or(Error::NotFound("identity"))?;
        if identity.is_last_way_in {
            return Err(Error::Forbidden(
                "This is the only way into your account. Set a password or link another identity first.",
            ));
        }
        sessions::delete_begun_by(&mut transaction, id, caller.session).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.delete(transaction, &actor, caller.account, id).await
    }

    /// Unlinks an identity on an operator's word, also the last one: a link to choose a password can
    /// be made instead.
    pub async fn unlink_for(&self, actor: &Actor, name: &str, id: IdentityId) -> Result<(), Error> {
        let account = self.accounts.id_of(name).await?;
        let mut transaction = self.core.database.write().await?;
        for begun in sessions::begun_by(&mut transaction, id).await? {
            if begun.account == account {
                sessions::delete(&mut transaction, begun.id).await?;
            }
        }
        self.delete(transaction, actor, account, id).await
    }

    async fn delete(
        &self,
        mut transaction: Transaction,
        actor: &Actor,
        account: AccountId,
        id: IdentityId,
    ) -> Result<(), Error> {
        let linked = identities::of_account(&mut transaction, account).await?;
        let identity = linked.into_iter().find(|identity| identity.id == id);
        let identity = identity.ok_or(Error::NotFound("identity"))?;
        identities::delete(&mut transaction, id).await?;
        let details = json!({ "provider": identity.provider, "issuer": identity.issuer });
        let entry =
            Entry::new(Act::IdentityUnlink, &identity.provider).about(account).with(details);
        audit::append(&mut transaction, actor, self.core.now(), entry).await?;
        transaction.commit().await
    }

    async fn of_account(
        &self,
        source: &mut impl Source,
        id: AccountId,
    ) -> Result<LinkedIdentities, Error> {
        let account = accounts::by_id(source, id).await?.ok_or(Error::NotFound("account"))?;
        let has_password = account.password_hash.is_some();
        let rows = identities::of_account(source, id).await?;
        let usable = rows.iter().filter(|row| self.core.provider(&row.provider).is_some()).count();
        let identities = rows.into_iter().map(|row| {
            let provider = self.core.provider(&row.provider);
            let is_usable = provider.is_some();
            LinkedIdentity {
                id: row.id,
                provider: provider.map_or(row.provider, |provider| provider.label.clone()),
                label: row.label,
                linked_at: row.linked_at,
                last_used_at: row.last_used_at,
                is_usable,
                is_last_way_in: is_usable && usable == 1 && !has_password,
            }
        });
        Ok(LinkedIdentities {
            identities: identities.collect(),
            has_password,
            now: self.core.now(),
        })
    }
}
