//! Everybody with an account, as administrators look at them.

use model::{
    listing::{EveryonesQuery, PeopleQuery},
    timestamp::Timestamp,
    views::{ListedPerson, OwnedFeed, PeoplePage, PersonPage, PersonState},
};

use super::{Accounts, ListedAccount};
use crate::{
    authority::require_administrator,
    error::Error,
    feeds::{count, page_of, window},
    sessions::{Caller, IDLE},
    storage::people::{self, PersonRow},
    tokens::everyones,
};

/// People on a page.
const PAGE: u64 = 50;

impl Accounts {
    /// A page of the people that an administrator asked for.
    pub async fn people(&self, caller: &Caller, query: &PeopleQuery) -> Result<PeoplePage, Error> {
        require_administrator(caller)?;
        let mut database = &self.core.database;
        let (total, found) = people::counts(&mut database, query).await?;
        let (page, pages) = page_of(count(found), query.page, PAGE);
        let (limit, offset) = window(page, PAGE);
        let rows = people::page(&mut database, query, limit, offset).await?;
        Ok(PeoplePage {
            query: query.on_page(page),
            people: rows.into_iter().map(listed).collect::<Result<_, _>>()?,
            found: count(found),
            total: count(total),
            pages,
            now: self.core.now(),
        })
    }

    /// Whether the caller may invite people, which administrators may.
    pub fn may_invite(&self, caller: &Caller) -> Result<(), Error> {
        require_administrator(caller)
    }

    /// One person, and what stands and falls with the account, for administrators.
    pub async fn person(&self, caller: &Caller, username: &str) -> Result<PersonPage, Error> {
        require_administrator(caller)?;
        let mut database = &self.core.database;
        let username = username.to_lowercase();
        let row = people::by_username(&mut database, &username).await?;
        let row = row.ok_or(Error::NotFound("account"))?;
        let (id, now) = (row.id.into(), self.core.now());
        let person = listed(row)?;
        let query = EveryonesQuery { owner: username, ..EveryonesQuery::default() };
        let feeds = people::owned_feeds(&mut database, id).await?;
        let is_counted = person.is_admin && person.state == PersonState::Active;
        Ok(PersonPage {
            is_viewer: id == caller.account,
            is_last_admin: is_counted
                && people::other_administrators(&mut database, id).await? == 0,
            is_untouched: people::is_untouched(&mut database, id).await?,
            sessions: count(people::sessions(&mut database, id, now, now.minus(IDLE)).await?),
            tokens: everyones::page(&self.core, &query).await?.tokens,
            feeds: feeds.into_iter().map(|(name, is_alone)| OwnedFeed { name, is_alone }).collect(),
            person,
            now,
        })
    }

    /// Every account, by name, on an operator's word.
    pub async fn list(&self) -> Result<Vec<ListedAccount>, Error> {
        let everybody = PeopleQuery::default();
        let rows = people::page(&mut &self.core.database, &everybody, i64::MAX, 0).await?;
        let account =
            |row: PersonRow| Ok(ListedAccount { id: row.id.into(), person: listed(row)? });
        rows.into_iter().map(account).collect()
    }
}

fn listed(row: PersonRow) -> Result<ListedPerson, Error> {
    let state = PersonState::ALL.into_iter().find(|state| state.name() == row.state);
    let seen = row.last_seen_at.max(row.token_used_at);
    Ok(ListedPerson {
        username: row.username,
        email: row.email,
        is_admin: row.is_admin,
        state: state.ok_or_else(|| Error::inconsistent("accounts", "state"))?,
        created_at: Timestamp::from_millis(row.created_at),
        last_seen_at: seen.map(Timestamp::from_millis),
        tokens: count(row.tokens),
        feeds: count(row.feeds),
        invited_until: row.invited_until.map(Timestamp::from_millis),
    })
}
