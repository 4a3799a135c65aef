//! Refusals kept for thirty days, so that the owner of a credential can see what was refused and
//! which rule was missing.
//!
//! A refusal's id is known at once, since it stands in the answer; its row is written with others in
//! one transaction a second. Repeats within an hour share one id.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::{
    action::Action,
    decide::{Because, Denied, RuleVerdict, Step},
    denial::{self, Bearer, Code, Particulars},
    id::{AccountId, FeedId, TokenId},
    scope::{FeedSet, Rule},
    sentence,
    timestamp::Timestamp,
    views::{DenialPage, DeniedToken, EvaluatedRule},
};
use serde::{Deserialize, Serialize};

use crate::{
    core::Core,
    crypto::entropy::base62,
    error::Error,
    sessions::Caller,
    storage::{self, denials::DenialRecord, feeds, tokens},
};

/// How long a refusal is kept.
const KEPT: Duration = Duration::from_hours(24 * 30);
/// How long repeats share an id.
const MERGED_FOR: Duration = Duration::from_hours(1);
/// Ids remembered for merging; beyond that every refusal has its own row.
const MOST_REMEMBERED: usize = 20_000;

/// What repeats have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sameness {
    pub(crate) account: AccountId,
    pub(crate) token: Option<TokenId>,
    pub(crate) code: Code,
    pub(crate) action: Option<Action>,
    pub(crate) feed: String,
    pub(crate) package: Option<(&'static str, String)>,
}

/// A refusal to be recorded.
pub(crate) struct Refusal {
    pub(crate) same: Sameness,
    pub(crate) token_last4: Option<String>,
    pub(crate) address: String,
    pub(crate) client: String,
    pub(crate) explanation: Explanation,
}

/// The decision as it was made, kept with the refusal: rules may be edited later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Explanation {
    rules: Vec<(Rule, RuleVerdict)>,
    step: Step,
    decisive: Option<usize>,
    missing: String,
}

impl Explanation {
    pub(crate) fn new(
        denied: &Denied,
        rules: Vec<(Rule, RuleVerdict)>,
        action: Option<Action>,
    ) -> Self {
        let verb = action.map_or("use", Action::verb);
        let (decisive, missing) = match denied.because {
            Because::DenyRule(index) => {
                (Some(index), "A deny rule of the token forbids this, whatever its other rules allow.".to_owned())
            }
            Because::NoRuleWithAction => (None, format!("No rule of the token allows the action “{verb}”.")),
            Because::NoRuleForFeed(index) => (
                Some(index),
                format!("A rule allows the action “{verb}”, but not in this feed."),
            ),
            Because::NoRuleForPackage(index) => (
                Some(index),
                "A rule allows this action in this feed, but its patterns do not match the package.".to_owned(),
            ),
            Because::Password => (
                None,
                "A password reads and never publishes. Create an access token with write access.".to_owned(),
            ),
            Because::Role(role) => (
                None,
                format!(
                    "The token allows it, but you may not: your role in the feed is {}. An owner of the feed can change that.",
                    role.map_or("none", |role| role.name())
                ),
            ),
            Because::NotForUrls => (
                None,
                "The token stood in the address of the request, and it was not made for that. Send it in a header, or make another token for URLs.".to_owned(),
            ),
            Because::UrlsOnlyRead => (
                None,
                "The token stood in the address of the request. Such a request only reads, whatever its token may do.".to_owned(),
            ),
            Because::Network => (
                None,
                "The request came from an address outside the networks the token is limited to.".to_owned(),
            ),
            Because::OutOfReach => {
                (None, "There is no such feed, or you are no member of it.".to_owned())
            }
            Because::Anonymous | Because::Token(_) | Because::Account | Because::Rate(_) => {
                (None, "The credential could not be used at that moment.".to_owned())
            }
        };
        Self { rules, step: denied.step(), decisive, missing }
    }
}

#[derive(Default)]
struct Pending {
    /// Ids given out within the hour, and since when.
    known: HashMap<Sameness, (String, Timestamp)>,
    /// What is to be written, by id.
    rows: HashMap<String, DenialRecord>,
}

/// Refusals.
pub struct Denials {
    pub(crate) core: Arc<Core>,
    pending: Mutex<Pending>,
}

impl Denials {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, pending: Mutex::default() }
    }

    /// Notes a refusal and gives the id under which its page will be found.
    pub(crate) fn record(&self, refusal: Refusal) -> Result<String, Error> {
        let now = self.core.now();
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: Timestamp| now.since(since) < MERGED_FOR;
        let known = pending.known.get(&refusal.same).filter(|(_, since)| fresh(*since));
        let id = if let Some((id, _)) = known {
            id.clone()
        } else {
            let id = base62::<17>()?;
            if pending.known.len() >= MOST_REMEMBERED {
                // A page of its own for each repeat costs less than looking through all of them.
                pending.known.clear();
            }
            if pending.known.len() < MOST_REMEMBERED {
                pending.known.insert(refusal.same.clone(), (id.clone(), now));
            }
            id
        };
        if let Some(row) = pending.rows.get_mut(&id) {
            row.times += 1;
            row.last_at = now;
            row.address = refusal.address;
            row.client = refusal.client;
        } else {
            let explanation = serde_json::to_string(&refusal.explanation)
                .map_err(|error| Error::internal("an explanation could not be written", error))?;
            let Sameness { account, token, code, action, feed, package } = refusal.same;
            let (ecosystem, package) = package.unzip();
            let row = DenialRecord {
                id: id.clone(),
                account,
                token,
                token_last4: refusal.token_last4,
                code: code.text().to_owned(),
                action: action.map(|action| action.name().to_owned()),
                feed,
                ecosystem: ecosystem.map(str::to_owned),
                package,
                address: refusal.address,
                client: refusal.client,
                explanation,
                first_at: now,
                last_at: now,
                times: 1,
            };
            pending.rows.insert(id.clone(), row);
        }
        Ok(id)
    }

    /// Writes what was gathered.
    pub async fn flush(&self) -> Result<(), Error> {
        let rows = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut pending.rows)
        };
        if rows.is_empty() {
            return Ok(());
        }
        let written = self.write(rows.values()).await;
        if written.is_err() {
            // Links to them are printed already; they are tried again.
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, row) in rows {
                let times = row.times;
                let waiting = pending.rows.entry(id).or_insert(DenialRecord { times: 0, ..row });
                waiting.times += times;
            }
        }
        written
    }

    async fn write(&self, rows: impl Iterator<Item = &DenialRecord>) -> Result<(), Error> {
        let mut transaction = self.core.database.write().await?;
        for row in rows {
            storage::denials::upsert(&mut transaction, row).await?;
        }
        transaction.commit().await
    }

    /// The page about a refusal of one of the caller's own credentials.
    pub async fn page(&self, caller: &Caller, id: &str) -> Result<DenialPage, Error> {
        let gone = Error::NotFound("denial");
        if id.len() != 17 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(gone);
        }
        // Somebody who follows the link at once must not come too early.
        let waiting = {
            let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            pending.rows.contains_key(id)
        };
        if waiting {
            self.flush().await?;
        }
        let mut database = &self.core.database;
        let now = self.core.now();
        let found =
            storage::denials::find(&mut database, id, caller.account, now.minus(KEPT)).await?;
        let row = found.ok_or(gone)?;
        let explanation: Explanation = serde_json::from_str(&row.explanation)
            .map_err(|_| Error::inconsistent("denials", "explanation"))?;
        let names = feeds::named_by_tokens_of(&mut database, caller.account).await?;
        let name =
            |id: FeedId| names.iter().find(|(feed, _)| *feed == id).map(|(_, name)| name.clone());
        let token = match row.token {
            Some(id) => tokens::by_id(&mut database, id).await?.map(|token| DeniedToken {
                id,
                kind: token.kind,
                description: token.description,
                last4: row.token_last4.clone().unwrap_or_default(),
            }),
            None => None,
        };
        let key = row.feed.to_ascii_lowercase();
        let feed = feeds::by_name(&mut database, &key, Some(caller.account)).await?;
        let feed = feed.filter(|feed| feed.is_public || feed.role.is_some());
        let rules = explanation.rules.iter().enumerate().map(|(index, (rule, verdict))| {
            let effect = if verdict.denies { "never " } else { "" };
            EvaluatedRule {
                words: format!("{effect}{}", sentence::clause(rule, name)),
                feeds: match &rule.feeds {
                    FeedSet::All => None,
                    FeedSet::Only(feeds) => Some(feeds.iter().filter_map(|id| name(*id)).collect()),
                },
                patterns: rule.patterns.iter().map(ToString::to_string).collect(),
                verdict: *verdict,
                decisive: explanation.decisive == Some(index),
            }
        });
        let rules = rules.collect();
        Ok(DenialPage {
            code: code_of(&row)?,
            told: self.told(&row)?,
            step: explanation.step,
            missing: explanation.missing,
            token,
            action: row.action.as_deref().and_then(Action::from_name),
            feed: row.feed,
            feed_id: feed.map(|feed| feed.id),
            package: row.package,
            address: row.address,
            client: row.client,
            first_at: row.first_at,
            last_at: row.last_at,
            times: u64::try_from(row.times).unwrap_or(0),
            rules,
            now,
        })
    }

    /// The sentence as the client got it. How much room it had depends on the link.
    fn told(&self, row: &DenialRecord) -> Result<String, Error> {
        let bearer = row.token_last4.clone().map_or(Bearer::Account, Bearer::Token);
        let particulars = Particulars {
            bearer,
            action: row.action.as_deref().and_then(Action::from_name),
            feed: &row.feed,
            package: row.package.as_deref(),
            version: None,
            at: None,
            retry_after: None,
        };
        let link = format!("{}/denials/{}", self.core.public_url, row.id);
        let told = denial::sentence(code_of(row)?, &particulars, Some(&link));
        Ok(told.strip_suffix(&format!(" Why: {link}")).unwrap_or(&told).to_owned())
    }

    /// Removes what is older than thirty days.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let before = self.core.now().minus(KEPT);
        let mut transaction = self.core.database.write().await?;
        storage::denials::sweep(&mut transaction, before).await?;
        storage::usage::sweep(&mut transaction, before.minus(KEPT * 2)).await?;
        transaction.commit().await
    }
}

fn code_of(row: &DenialRecord) -> Result<Code, Error> {
    Code::from_text(&row.code).ok_or_else(|| Error::inconsistent("denials", "code"))
}
