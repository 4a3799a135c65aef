//! What administrators see of people and everybody's tokens, and what they do to others' accounts.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is asynchronous whatever it does")
)]

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    listing::{EveryonesQuery, PeopleQuery},
    views::{EveryonesTokens, OneTimeLink, PeoplePage, PersonPage},
};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What an administrator does to somebody's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonAct {
    /// Makes the person an administrator.
    MakeAdmin,
    /// Takes that away.
    TakeAdmin,
    /// Refuses everything of the account.
    Disable,
    /// Accepts it again.
    Enable,
    /// Ends all sessions.
    SignOut,
    /// Makes a new invitation.
    Invite,
    /// Removes the account of somebody who never came.
    Withdraw,
    /// Makes a link with which another password is chosen.
    Reset,
}

impl PersonAct {
    /// Every act.
    pub const ALL: [Self; 8] = [
        Self::MakeAdmin,
        Self::TakeAdmin,
        Self::Disable,
        Self::Enable,
        Self::SignOut,
        Self::Invite,
        Self::Withdraw,
        Self::Reset,
    ];

    /// The act's word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::MakeAdmin => "make-admin",
            Self::TakeAdmin => "take-admin",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::SignOut => "sign-out",
            Self::Invite => "invite",
            Self::Withdraw => "withdraw",
            Self::Reset => "reset",
        }
    }
}

/// Somebody who is to be invited, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// Whether it is to be an administrator.
    pub is_admin: bool,
}

/// A page of the people that were asked for.
#[server(endpoint = "people/list", input = Json)]
pub async fn list_people(
    /// What is asked for.
    query: PeopleQuery,
) -> Result<PeoplePage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.accounts.people(&caller()?, &query).await.map_err(failure)
}

/// Whether the caller may invite people.
#[server(endpoint = "people/may-invite", input = Json)]
pub async fn may_invite() -> Result<(), Failure> {
    use crate::context::{caller, failure, services};
    services()?.accounts.may_invite(&caller()?).map_err(failure)
}

/// One person.
#[server(endpoint = "people/page", input = Json)]
pub async fn read_person(
    /// The user name.
    username: String,
) -> Result<PersonPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.accounts.person(&caller()?, &username).await.map_err(failure)
}

/// A page of everybody's tokens that were asked for.
#[server(endpoint = "people/tokens", input = Json)]
pub async fn list_everyones(
    /// What is asked for.
    query: EveryonesQuery,
) -> Result<EveryonesTokens, Failure> {
    use crate::context::{caller, failure, services};
    services()?.tokens.everyones(&caller()?, &query).await.map_err(failure)
}

/// Makes an account and the link with which its first password is chosen. Called in an event, never
/// as a resource: its answer holds the link.
#[server(endpoint = "people/invite", input = Json)]
pub async fn invite_person(
    /// The form as typed.
    person: NewPerson,
) -> Result<OneTimeLink, Failure> {
    use crate::context::{caller, failure, origin, services};
    invite(&*services()?, &caller()?, &origin()?, &person).await.map_err(failure)
}

/// Does something to an account that gives a link. Called in an event, never as a resource: its answer
/// holds the link.
#[server(endpoint = "people/link", input = Json)]
pub async fn make_link(
    /// The user name.
    username: String,
    /// The act: a new invitation, or a link to choose another password.
    act: PersonAct,
) -> Result<OneTimeLink, Failure> {
    use crate::context::{caller, failure, origin, services};
    let made = match act {
        PersonAct::Invite | PersonAct::Reset => {
            perform(&*services()?, &caller()?, &origin()?, &username, act).await
        }
        _ => Ok(None),
    };
    made.map_err(failure)?.ok_or_else(|| failure(registry::Error::NotFound("link")))
}

/// Invites somebody. Pages that are hydrated and those that are not both come here.
#[cfg(feature = "ssr")]
pub async fn invite(
    services: &registry::Services,
    caller: &registry::Caller,
    origin: &registry::Origin,
    person: &NewPerson,
) -> Result<OneTimeLink, registry::Error> {
    use registry::{Actor, Error, accounts::NewAccount};
    let wrong = |error: model::names::BadName| Error::Invalid(error.to_string());
    let new = NewAccount {
        username: person.username.parse().map_err(wrong)?,
        email: person.email.parse().map_err(wrong)?,
        password: None,
    };
    let actor = Actor::Person(caller.clone(), origin.clone());
    let (_, link) = services.accounts.create(&actor, new, person.is_admin).await?;
    link.ok_or(Error::NotFound("link"))
}

/// Does something to an account; some acts give a link. Pages that are hydrated and those that are not
/// both come here.
#[cfg(feature = "ssr")]
pub async fn perform(
    services: &registry::Services,
    caller: &registry::Caller,
    origin: &registry::Origin,
    username: &str,
    act: PersonAct,
) -> Result<Option<OneTimeLink>, registry::Error> {
    let accounts = &services.accounts;
    let actor = registry::Actor::Person(caller.clone(), origin.clone());
    match act {
        PersonAct::MakeAdmin => accounts.set_admin(&actor, username, true).await?,
        PersonAct::TakeAdmin => accounts.set_admin(&actor, username, false).await?,
        PersonAct::Disable => drop(accounts.set_disabled(&actor, username, true).await?),
        PersonAct::Enable => drop(accounts.set_disabled(&actor, username, false).await?),
        PersonAct::SignOut => accounts.end_sessions(&actor, username).await?,
        PersonAct::Withdraw => accounts.withdraw_invitation(&actor, username).await?,
        PersonAct::Invite => return accounts.invite_again(&actor, username).await.map(Some),
        PersonAct::Reset => return accounts.reset_link(&actor, username).await.map(Some),
    }
    Ok(None)
}
