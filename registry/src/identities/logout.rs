//! A provider that ends what it began (OpenID Connect Back-Channel Logout 1.0).

use std::collections::HashSet;

use model::{audit::Act, timestamp::Timestamp};
use serde_json::json;

use super::Identities;
use crate::{
    audit::{self, Actor, Entry, Origin},
    crypto::digest,
    error::Error,
    storage::{
        identities::{self, Key},
        sessions,
    },
};

/// What a logout token says, which the server has checked.
#[derive(Debug, Clone)]
pub struct Logout {
    /// The provider's name.
    pub provider: String,
    /// Who it says it is.
    pub issuer: String,
    /// Whose sessions end.
    pub subject: Option<String>,
    /// Which session there ends.
    pub session: Option<String>,
    /// The token's own name; it counts once.
    pub id: String,
    /// When the token would be too old anyway.
    pub ends_at: Timestamp,
}

impl Identities {
    /// Ends the sessions that a logout token is about: how many there were. `None` for one that was
    /// obeyed before.
    pub async fn log_out(&self, logout: &Logout, origin: &Origin) -> Result<Option<usize>, Error> {
        let Logout { provider, issuer, subject, session, id, ends_at } = logout;
        let mut transaction = self.core.database.write().await?;
        let hash = digest::of_secret(&json!([provider, issuer, id]).to_string());
        if !identities::is_first(&mut transaction, &hash, *ends_at).await? {
            return Ok(None);
        }
        let of_subject = match subject {
            Some(subject) => {
                let identity =
                    identities::by_key(&mut transaction, Key { provider, issuer, subject }).await?;
                match identity {
                    Some(identity) => sessions::begun_by(&mut transaction, identity.id).await?,
                    None => Vec::new(),
                }
            }
            None => Vec::new(),
        };
        // A session that is named is meant alone; it is the subject's, if one is named too.
        let ended = match session {
            Some(session) => {
                let named = sessions::begun_in(&mut transaction, provider, issuer, session).await?;
                let of_subject: HashSet<_> = of_subject.iter().map(|begun| begun.id).collect();
                let fits = |id| subject.is_none() || of_subject.contains(&id);
                named.into_iter().filter(|begun| fits(begun.id)).collect()
            }
            None => of_subject,
        };
        let actor = Actor::Stranger(origin.clone());
        for begun in &ended {
            sessions::delete(&mut transaction, begun.id).await?;
            let entry = Entry::new(Act::SessionEnd, &begun.username)
                .about(begun.account)
                .with(json!({ "provider": provider }));
            audit::append(&mut transaction, &actor, self.core.now(), entry).await?;
        }
        transaction.commit().await?;
        Ok(Some(ended.len()))
    }
}
