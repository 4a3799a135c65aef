//! Whether somebody administers the server.

use crate::{
    audit::Actor,
    error::Error,
    sessions::{Caller, Sessions},
    storage::{Source, accounts},
};

/// Refuses whoever is no administrator. To them nothing is there.
pub(crate) fn require_administrator(caller: &Caller) -> Result<(), Error> {
    if caller.is_admin { Ok(()) } else { Err(nothing()) }
}

/// Refuses whoever may not change what concerns others: it takes the operator, or an administrator
/// who still is one now and has confirmed the identity.
pub(crate) async fn require_authority(
    source: &mut impl Source,
    sessions: &Sessions,
    actor: &Actor,
) -> Result<(), Error> {
    match actor {
        Actor::Operator(_) => Ok(()),
        Actor::Person(caller, _) => {
            require_administrator(caller)?;
            let account = accounts::by_id(source, caller.account).await?;
            if !account.is_some_and(|account| account.is_admin && account.disabled_at.is_none()) {
                return Err(nothing());
            }
            sessions.require_confirmed(caller)
        }
        Actor::Account { .. } | Actor::Stranger(_) => Err(nothing()),
    }
}

fn nothing() -> Error {
    Error::NotFound("page")
}
