//! Reading the log: a page of it, what happened to an account lately, and the whole of it.
//!
//! Everybody sees what they did and what concerns their account; administrators and whoever is at the
//! machine see everything; owners of a feed see what happens in it when they ask for it. Only those who
//! see everything learn the addresses of others, the name of the operator and whole hashes: with the
//! hashes on both sides of a row that is not shown, its content could be guessed and tried.

use model::{
    audit::{Act, Group},
    id::AccountId,
    listing::AuditQuery,
    role::Role,
    timestamp::Timestamp,
    views::{AuditLine, AuditPage, AuditView, Doer, RecentEvents},
};
use serde::Serialize;

use super::{Audit, details, names::Names, rows::Rows};
use crate::{
    crypto::digest::hex,
    error::Error,
    sessions::Caller,
    storage::{
        self, accounts,
        audit::{
            AuditRow,
            pages::{self, Lead, Slice, Somebody},
        },
    },
};

/// Rows on a page.
const PAGE: usize = 50;
/// Rows of a piece of an export.
const PIECE: usize = 500;
/// Rows that tell what happened lately.
const RECENT: usize = 20;
/// The digits of a hash that are shown to everybody.
const BEGINNING: usize = 12;

/// Who reads.
#[derive(Debug, Clone)]
pub enum Reader {
    /// A person with a session.
    Person(Caller),
    /// Somebody at the machine.
    Operator,
}

impl Reader {
    fn account(&self) -> Option<AccountId> {
        match self {
            Self::Person(caller) => Some(caller.account),
            Self::Operator => None,
        }
    }
}

/// A row as it is exported. The names of its fields stay as they are.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedAct {
    /// Its number.
    pub seq: i64,
    /// When, RFC 3339.
    pub time: String,
    /// When, in milliseconds since 1970-01-01, as it was hashed.
    pub at: i64,
    /// `session`, `account`, `operator` or `stranger`.
    pub actor_kind: String,
    /// The account that acted.
    pub actor_id: Option<uuid::Uuid>,
    /// Its name then; the operating system's for an operator.
    pub actor_name: String,
    /// The account that it concerns.
    pub account_id: Option<uuid::Uuid>,
    /// Its name now.
    pub account: Option<String>,
    /// The act's name.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// The feed.
    pub feed_id: Option<uuid::Uuid>,
    /// Its name.
    pub feed: Option<String>,
    /// The address; empty for the machine itself, and where it is not for the reader.
    pub address: String,
    /// The client, the same way.
    pub client: String,
    /// The details: JSON, as it was hashed.
    pub details: String,
    /// The hash of the row before, in hexadecimal digits; for those who see everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_hash: Option<String>,
    /// The hash of the row, the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// What was asked for and may be seen, as it is read.
pub struct Export {
    reader: Option<AccountId>,
    sees_everything: bool,
    rows: Rows,
    names: Names,
}

impl Audit {
    /// A page of the log for a person.
    pub async fn page(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditPage, Error> {
        let mut database = &self.core.database;
        let reader = Reader::Person(caller.clone());
        let (view, slices) = self.slices(&reader, query).await?;
        let mut rows = Rows::new(slices, below(query), count(PAGE + 1));
        let mut found = rows.take(&mut database, PAGE + 1).await?;
        let older = if found.len() > PAGE {
            found.truncate(PAGE);
            found.last().map(|row| row.seq)
        } else {
            None
        };
        let lines = self.lines(found, caller.account, view).await?;
        Ok(AuditPage { query: query.clone(), view, lines, older })
    }

    /// What happened lately to the caller's own account: whatever opens it, or may have been meant to.
    pub async fn recent(&self, caller: &Caller) -> Result<RecentEvents, Error> {
        let slice = |act: &Act| Slice {
            act: Some(*act),
            lead: Lead::Account(caller.account),
            ..Slice::everything()
        };
        let acts = Group::SECURITY.iter().flat_map(|group| group.acts());
        let mut rows = Rows::new(acts.map(slice).collect(), i64::MAX, count(RECENT));
        let rows = rows.take(&mut &self.core.database, RECENT).await?;
        let lines = self.lines(rows, caller.account, AuditView::OwnAccount).await?;
        Ok(RecentEvents { lines, now: self.core.now() })
    }

    /// Begins to read everything that was asked for and may be seen.
    pub async fn export(&self, reader: &Reader, query: &AuditQuery) -> Result<Export, Error> {
        let (view, slices) = self.slices(reader, query).await?;
        Ok(Export {
            reader: reader.account(),
            sees_everything: view == AuditView::Everything,
            rows: Rows::new(slices, below(query), count(PIECE)),
            names: Names::default(),
        })
    }

    /// The next rows of an export, the newest first; none at its end.
    pub async fn next_of(&self, export: &mut Export) -> Result<Vec<LoggedAct>, Error> {
        let mut database = &self.core.database;
        let rows = export.rows.take(&mut database, PIECE).await?;
        let mut acts = Vec::with_capacity(rows.len());
        for row in rows {
            let (account, feed) = self.named(&mut export.names, &row).await?;
            let hashes =
                export.sees_everything.then(|| (hex(&row.prev_hash), hex(&row.hash))).unzip();
            let row = if export.sees_everything { row } else { veiled(row, export.reader) };
            acts.push(logged(row, account, feed, hashes));
        }
        Ok(acts)
    }

    /// What the reader sees, and the look-ups for what was asked of it.
    async fn slices(
        &self,
        reader: &Reader,
        query: &AuditQuery,
    ) -> Result<(AuditView, Vec<Slice>), Error> {
        let mut database = &self.core.database;
        let feed = query.feed.to_lowercase();
        let (known, deleted) = match feed.as_str() {
            "" => (None, Vec::new()),
            name => (
                storage::feeds::by_name(&mut database, name, reader.account()).await?,
                pages::deleted_feeds(&mut database, name).await?,
            ),
        };
        let owns = known.as_ref().is_some_and(|feed| feed.role == Some(Role::Owner));
        let (view, viewer) = match reader {
            Reader::Operator => (AuditView::Everything, None),
            Reader::Person(caller) if caller.is_admin => (AuditView::Everything, None),
            Reader::Person(_) if owns => (AuditView::OwnFeed, None),
            Reader::Person(caller) => (AuditView::OwnAccount, Some(caller.account)),
        };
        let mut feeds: Vec<_> = known.iter().map(|feed| Some(feed.id)).collect();
        // Who owns a feed now need not have owned one of the same name before.
        if view != AuditView::OwnFeed {
            feeds.extend(deleted.into_iter().map(Some));
        }
        if feed.is_empty() {
            feeds.push(None);
        }
        let who = match query.who.to_lowercase() {
            name if name.is_empty() => None,
            // An address would tell whose it is.
            name if name.contains('@') => Some(Somebody { name, account: None }),
            name => {
                let account = accounts::by_name(&mut database, &name).await?;
                Some(Somebody { name, account: account.map(|account| account.id) })
            }
        };
        let above = match query.from {
            Some(day) => {
                pages::first_from(&mut database, day).await?.map_or(i64::MAX, |seq| seq - 1)
            }
            None => 0,
        };
        let last = match query.to {
            Some(day) => pages::last_up_to(&mut database, day).await?.unwrap_or(0),
            None => i64::MAX,
        };
        // Whoever leads need not be looked for again in each row.
        let (leads, who) = match (viewer, who) {
            (Some(viewer), who) => (vec![Lead::Account(viewer), Lead::Actor(viewer)], who),
            (None, Some(Somebody { name, account })) => {
                let account = account.map(|id| [Lead::Account(id), Lead::Actor(id)]);
                (account.into_iter().flatten().chain([Lead::Name(name)]).collect(), None)
            }
            (None, None) if feed.is_empty() => (vec![Lead::Row], None),
            (None, None) => (vec![Lead::Feed], None),
        };
        let acts = query.acts().map(|acts| acts.into_iter().map(Some).collect());
        let acts: Vec<_> = acts.unwrap_or_else(|| vec![None]);
        let mut slices = Vec::new();
        for lead in leads {
            for act in &acts {
                slices.extend(feeds.iter().map(|feed| Slice {
                    lead: lead.clone(),
                    act: *act,
                    feed: *feed,
                    who: who.clone(),
                    from: query.from,
                    until: query.until(),
                    above,
                    last,
                }));
            }
        }
        Ok((view, slices))
    }

    /// The names of the account that a row concerns and of its feed.
    async fn named(
        &self,
        names: &mut Names,
        row: &AuditRow,
    ) -> Result<(Option<String>, Option<String>), Error> {
        let mut database = &self.core.database;
        let account = match row.account_id {
            Some(id) => names.account(&mut database, id.into()).await?,
            None => None,
        };
        let feed = match row.feed_id {
            Some(id) => names.feed(&mut database, id.into()).await?,
            None => None,
        };
        Ok((account, feed))
    }

    async fn lines(
        &self,
        rows: Vec<AuditRow>,
        reader: AccountId,
        view: AuditView,
    ) -> Result<Vec<AuditLine>, Error> {
        let mut names = Names::default();
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let (account, feed) = self.named(&mut names, &row).await?;
            let row = if view == AuditView::Everything { row } else { veiled(row, Some(reader)) };
            let mut database = &self.core.database;
            let details = details::in_lines(&mut database, &mut names, &row.details).await?;
            lines.push(line(row, account, feed, details));
        }
        Ok(lines)
    }
}

/// A row for somebody who does not see everything: of what others did, without where from.
fn veiled(mut row: AuditRow, reader: Option<AccountId>) -> AuditRow {
    let by = row.actor_id.map(AccountId::from);
    if row.actor_kind == "operator" {
        row.actor_name.clear();
    } else if by.is_some() && by != reader {
        row.address.clear();
        row.client.clear();
        row.details = details::without_private(&row.details);
    }
    row
}

fn line(
    row: AuditRow,
    account: Option<String>,
    feed: Option<String>,
    details: Vec<model::views::AuditDetail>,
) -> AuditLine {
    let concerns_another = row.account_id != row.actor_id;
    AuditLine {
        seq: row.seq,
        at: Timestamp::from_millis(row.at),
        doer: match row.actor_kind.as_str() {
            "operator" => Doer::Operator(Some(row.actor_name).filter(|name| !name.is_empty())),
            "stranger" => Doer::Stranger,
            _ => Doer::Account(row.actor_name),
        },
        words: Act::of(&row.act).map_or_else(|| row.act.clone(), |act| act.words().to_owned()),
        act: row.act,
        // A package's kind stands before its name.
        subject: row.subject.replacen('|', " ", 1),
        concerns: account.filter(|_| concerns_another),
        feed,
        address: row.address,
        client: row.client,
        details,
        hash: hex(&row.hash).chars().take(BEGINNING).collect(),
    }
}

fn logged(
    row: AuditRow,
    account: Option<String>,
    feed: Option<String>,
    (prev_hash, hash): (Option<String>, Option<String>),
) -> LoggedAct {
    LoggedAct {
        seq: row.seq,
        time: Timestamp::from_millis(row.at).to_string(),
        at: row.at,
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        actor_name: row.actor_name,
        account_id: row.account_id,
        account,
        act: row.act,
        subject: row.subject,
        feed_id: row.feed_id,
        feed,
        address: row.address,
        client: row.client,
        details: row.details,
        prev_hash,
        hash,
    }
}

fn below(query: &AuditQuery) -> i64 {
    query.before.unwrap_or(i64::MAX)
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
