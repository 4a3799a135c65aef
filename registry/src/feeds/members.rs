//! Who may do what in a feed.

use model::{
    audit::Act,
    role::Role,
    timestamp::Timestamp,
    views::{MemberView, MembersPage},
};
use serde_json::json;

use super::{Feeds, Word, count, page_of, reachable, window};
use crate::{
    audit::{self, Actor, Entry, Origin},
    error::Error,
    sessions::Caller,
    storage::{
        Source, Transaction,
        accounts::{self, Account},
        feeds::{self, Feed, members},
    },
};

/// Members on a page.
const PAGE: u64 = 100;

/// What becomes of somebody's part in a feed.
#[derive(Clone, Copy)]
enum Part {
    /// A role for somebody who has none.
    New(Role),
    /// A role in place of another.
    Changed(Role),
    /// Either.
    Set(Role),
    /// None any more.
    Removed,
}

impl Feeds {
    /// A page of a feed's members, for its members; pages count from 1.
    pub async fn members(
        &self,
        caller: &Caller,
        feed: &str,
        page: u64,
    ) -> Result<MembersPage, Error> {
        let mut database = &self.core.database;
        let feed = reachable(&mut database, caller, feed).await?;
        let role = feed.role.ok_or(Error::Forbidden("Only its members see who they are."))?;
        let all = count(members::count(&mut database, feed.id).await?);
        let (page, pages) = page_of(all, page, PAGE);
        let (limit, offset) = window(page, PAGE);
        let rows = members::list(&mut database, feed.id, limit, offset).await?;
        Ok(MembersPage {
            feed: feed.name,
            is_public: feed.is_public,
            viewer: caller.username.clone(),
            role,
            members: rows.into_iter().map(member).collect::<Result<_, _>>()?,
            count: all,
            page,
            pages,
            now: self.core.now(),
        })
    }

    /// Every member of a feed, on an operator's word: owners, contributors, readers.
    pub async fn members_of(&self, feed: &str) -> Result<Vec<MemberView>, Error> {
        let mut database = &self.core.database;
        let feed = Word::Operator.feed(&mut database, feed).await?;
        let rows = members::list(&mut database, feed.id, i64::MAX, 0).await?;
        rows.into_iter().map(member).collect()
    }

    /// Makes somebody, by user name, a member of a feed that the caller owns. The caller has to be
    /// confirmed.
    pub async fn add_member(
        &self,
        caller: &Caller,
        feed: &str,
        member: &str,
        role: Role,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.by_owner(caller, feed, member, Part::New(role), origin).await
    }

    /// Gives a member of a feed that the caller owns another role. The caller has to be confirmed
    /// for one that may do more.
    pub async fn change_member(
        &self,
        caller: &Caller,
        feed: &str,
        member: &str,
        role: Role,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.by_owner(caller, feed, member, Part::Changed(role), origin).await
    }

    /// Takes the role of a member away: an owner does it to anybody, everybody to themselves.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        feed: &str,
        member: &str,
        origin: &Origin,
    ) -> Result<(), Error> {
        self.by_owner(caller, feed, member, Part::Removed, origin).await
    }

    /// Gives somebody, by user name or e-mail address, a role in a feed on an operator's word.
    pub async fn set_member(
        &self,
        actor: &Actor,
        feed: &str,
        member: &str,
        role: Role,
    ) -> Result<(), Error> {
        self.by_operator(actor, feed, member, Part::Set(role)).await
    }

    /// Takes somebody's role away on an operator's word.
    pub async fn remove_member_for(
        &self,
        actor: &Actor,
        feed: &str,
        member: &str,
    ) -> Result<(), Error> {
        self.by_operator(actor, feed, member, Part::Removed).await
    }

    async fn by_operator(
        &self,
        actor: &Actor,
        feed: &str,
        member: &str,
        part: Part,
    ) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        let feed = Word::Operator.feed(&mut transaction, feed).await?;
        let account = accounts::by_name(&mut transaction, &member.trim().to_lowercase()).await?;
        let account = account.ok_or(Error::NotFound("account"))?;
        self.settle(&mut transaction, Word::Operator, actor, &feed, &account, part).await?;
        transaction.commit().await
    }

    async fn by_owner(
        &self,
        caller: &Caller,
        feed: &str,
        member: &str,
        part: Part,
        origin: &Origin,
    ) -> Result<(), Error> {
        let word = Word::Owner(caller);
        let mut transaction = self.core.database.write().await?;
        let key = member.trim().to_lowercase();
        let is_leaving = matches!(part, Part::Removed) && key == caller.username;
        let feed = if is_leaving {
            reachable(&mut transaction, caller, feed).await?
        } else {
            word.feed(&mut transaction, feed).await?
        };
        let account = by_username(&mut transaction, &key).await?;
        let actor = Actor::Person(caller.clone(), origin.clone());
        self.settle(&mut transaction, word, &actor, &feed, &account, part).await?;
        transaction.commit().await
    }

    /// Writes down what becomes of somebody's part, unless the feed would be without an owner.
    async fn settle(
        &self,
        transaction: &mut Transaction,
        word: Word<'_>,
        actor: &Actor,
        feed: &Feed,
        account: &Account,
        part: Part,
    ) -> Result<(), Error> {
        let name = &account.username;
        let before = members::role(transaction, feed.id, account.id).await?;
        let role = match (part, before) {
            (Part::New(_), Some(role)) => {
                return Err(Error::Taken(format!(
                    "{name} is a member already, as {role}. Change the role in the list of members."
                )));
            }
            (Part::Changed(_) | Part::Removed, None) => {
                return Err(Error::Invalid(format!(
                    "{name} is no member of {} any more.",
                    feed.name
                )));
            }
            (Part::New(role) | Part::Changed(role) | Part::Set(role), _) => Some(role),
            (Part::Removed, _) => None,
        };
        if role == before {
            return Ok(());
        }
        if before == Some(Role::Owner)
            && members::other_owners(transaction, feed.id, account.id).await? == 0
        {
            return Err(Error::Invalid(format!(
                "{name} is the only owner of {}. Make somebody else an owner first.",
                feed.name
            )));
        }
        if role > before {
            word.require_confirmed(&self.sessions)?;
        }
        let now = self.core.now();
        let act = if let Some(role) = role {
            members::set(transaction, feed.id, account.id, role, now).await?;
            Act::MemberSet
        } else {
            members::remove(transaction, feed.id, account.id).await?;
            Act::MemberRemove
        };
        let entry = Entry::new(act, &feed.name)
            .about(account.id)
            .in_feed(feed.id)
            .with(json!({ "member": name, "role": role, "before": before }));
        audit::append(transaction, actor, now, entry).await
    }
}

/// The account with exactly this user name. An address would tell whose it is.
async fn by_username(source: &mut impl Source, key: &str) -> Result<Account, Error> {
    if key.contains('@') {
        return Err(Error::Invalid("Give the user name, not the email address.".to_owned()));
    }
    let found = accounts::by_name(source, key).await?;
    found.ok_or_else(|| {
        let shown: String = key.chars().take(40).collect();
        Error::Invalid(format!("There is no account “{shown}”. Check the spelling."))
    })
}

fn member(row: feeds::members::MemberRow) -> Result<MemberView, Error> {
    Ok(MemberView {
        username: row.username,
        display_name: row.display_name,
        role: row.role.parse().map_err(|_| Error::inconsistent("feed_members", "role"))?,
        added_at: Timestamp::from_millis(row.added_at),
        is_disabled: row.disabled_at.is_some(),
    })
}
