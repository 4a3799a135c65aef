//! A person's own sessions: which there are, and ending them.

use model::{
    audit::Act,
    id::SessionId,
    timestamp::Timestamp,
    views::{SecurityPage, SessionView},
};
use serde_json::json;

use super::{Caller, IDLE, Sessions};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    storage::sessions::{self, ListedSession},
};

impl Sessions {
    /// The caller's sessions that are alive: the caller's own first, then the one used last.
    pub async fn security(&self, caller: &Caller) -> Result<SecurityPage, Error> {
        let now = self.core.now();
        let mut database = &self.core.database;
        let rows =
            sessions::of_account(&mut database, caller.account, now, now.minus(IDLE)).await?;
        let mut sessions: Vec<_> = rows.into_iter().map(|row| view(row, caller)).collect();
        sessions.sort_by_key(|session| !session.is_current);
        Ok(SecurityPage { sessions, now })
    }

    /// Ends one of the caller's sessions; the caller has to be confirmed, so that whoever sits at a
    /// session left open cannot shut its owner out. One that has ended meanwhile is no error: it is
    /// what was asked for.
    pub async fn end(
        &self,
        caller: &Caller,
        session: SessionId,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.require_confirmed(caller)?;
        let mut transaction = self.core.database.write().await?;
        if sessions::delete_of(&mut transaction, caller.account, session).await? {
            let actor = Actor::Person(caller.clone(), origin.clone());
            let entry =
                Entry::new(Act::SessionEnd, &caller.username).with(json!({ "session": session }));
            audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        }
        transaction.commit().await
    }

    /// Ends the caller's sessions but the one that asks; the caller has to be confirmed.
    pub async fn end_others(&self, caller: &Caller, origin: &Origin) -> Result<(), Error> {
        self.require_confirmed(caller)?;
        let mut transaction = self.core.database.write().await?;
        let ended =
            sessions::delete_others(&mut transaction, caller.account, Some(caller.session)).await?;
        if ended > 0 {
            let actor = Actor::Person(caller.clone(), origin.clone());
            let entry = Entry::new(Act::SessionEndOthers, &caller.username)
                .with(json!({ "sessions": ended }));
            audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        }
        transaction.commit().await
    }
}

fn view(row: ListedSession, caller: &Caller) -> SessionView {
    let ListedSession { id, client, address, last_address, created_at, last_seen_at } = row;
    let id = id.into();
    SessionView {
        id,
        is_current: id == caller.session,
        client,
        // A session from before addresses were followed.
        last_address: if last_address.is_empty() { address.clone() } else { last_address },
        address,
        began_at: Timestamp::from_millis(created_at),
        last_seen_at: Timestamp::from_millis(last_seen_at),
    }
}
