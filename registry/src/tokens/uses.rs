//! Who used which secret of a token, and how often the token was used.

use std::time::Duration;

use model::{
    id::{SecretId, TokenId},
    timestamp::Timestamp,
    views::{DayOfUse, OldSecretView, RecentUse, Straggler, TokenUse, UsedBy},
};

use super::Tokens;
use crate::{
    error::Error,
    storage::{
        tokens::Secret,
        usage::{self, SourceOfUse, Use},
    },
};

/// How many days of use a page shows.
const DAYS: i64 = 30;
/// How many addresses and clients a page names.
const MOST_SOURCES: usize = 5;
/// How many requests a page lists.
pub(super) const MOST_RECENT: i64 = 20;
/// For how long after its last try somebody is said to still send what has stopped.
const STRAGGLING: Duration = Duration::from_hours(24 * 7);

impl Tokens {
    /// What a token was used for lately; `sources` are its own.
    pub(super) async fn used(
        &self,
        token: TokenId,
        sources: &[SourceOfUse],
    ) -> Result<TokenUse, Error> {
        let mut database = &self.core.database;
        let today = usage::days_since_epoch(self.core.now());
        let first = today - DAYS + 1;
        let counted = usage::days(&mut database, token, first).await?;
        let days = (first..=today).map(|day| {
            let (accepted, refused) = counted
                .iter()
                .find(|(counted, ..)| *counted == day)
                .map_or((0, 0), |(_, accepted, refused)| (*accepted, *refused));
            DayOfUse {
                day: Timestamp::from_millis(day * 86_400_000),
                accepted: u64::try_from(accepted).unwrap_or(0),
                refused: u64::try_from(refused).unwrap_or(0),
            }
        });
        let recent = usage::recent(&mut database, token, MOST_RECENT).await?;
        let recent = recent.into_iter().map(|row| RecentUse {
            at: Timestamp::from_millis(row.at),
            action: row.action,
            package: row.package,
            feed: row.feed,
            refused: Some(row.result).filter(|result| result != Use::ACCEPTED),
            address: row.address,
            client: row.client,
        });
        Ok(TokenUse {
            days: days.collect(),
            sources: newest(sources.iter()),
            recent: recent.collect(),
        })
    }
}

/// The secret that no other has replaced, and the one that it is replacing, while that works.
pub(super) fn newest_and_old(
    secrets: &[Secret],
    now: Timestamp,
) -> Result<(&Secret, Option<&Secret>), Error> {
    let newest = secrets.first().ok_or_else(|| Error::inconsistent("token_secrets", "token_id"))?;
    let old = secrets.get(1).filter(|old| old.stops_at.is_some_and(|at| at > now));
    Ok((newest, old))
}

/// Who used a secret since a moment, newest first.
pub(super) fn of_secret(
    sources: &[SourceOfUse],
    secret: SecretId,
    since: Timestamp,
) -> Vec<UsedBy> {
    newest(sources.iter().filter(|source| source.secret == secret && source.last_at >= since))
}

/// A secret that `newest` replaces.
pub(super) fn old_view(old: &Secret, newest: &Secret, sources: &[SourceOfUse]) -> OldSecretView {
    OldSecretView {
        last4: old.last4.clone(),
        stops_at: old.stops_at.unwrap_or(newest.created_at),
        waits_for_first_use: old.stops_after_first_use_ms.is_some(),
        used_by: of_secret(sources, old.id, newest.created_at),
    }
}

/// Who still sends secrets that have stopped, newest first.
pub(super) fn stragglers(
    secrets: &[Secret],
    sources: &[SourceOfUse],
    now: Timestamp,
) -> Vec<Straggler> {
    let since = straggling_since(now);
    let straggler = |source: &SourceOfUse| {
        let secret = secrets.iter().find(|secret| secret.id == source.secret)?;
        let stopped_at = secret.stops_at.filter(|at| *at <= now)?;
        (source.last_at > stopped_at && source.last_at > since).then(|| Straggler {
            last4: secret.last4.clone(),
            stopped_at,
            used_by: used_by(source),
        })
    };
    sources.iter().filter_map(straggler).take(MOST_SOURCES).collect()
}

/// Tries before this are not told of any more.
pub(super) fn straggling_since(now: Timestamp) -> Timestamp {
    now.minus(STRAGGLING)
}

pub(super) fn used_by(source: &SourceOfUse) -> UsedBy {
    UsedBy {
        address: source.address.clone(),
        client: source.client.clone(),
        last_at: source.last_at,
    }
}

/// The first few, each address and client once: two secrets may have been used by the same.
fn newest<'a>(sources: impl Iterator<Item = &'a SourceOfUse>) -> Vec<UsedBy> {
    let mut named: Vec<UsedBy> = Vec::new();
    for source in sources {
        let is_named =
            |known: &UsedBy| known.address == source.address && known.client == source.client;
        if named.len() < MOST_SOURCES && !named.iter().any(is_named) {
            named.push(used_by(source));
        }
    }
    named
}
