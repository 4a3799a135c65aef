//! The list of an account's tokens: filtered, sorted and paged by the database.

use std::time::Duration;

use futures::try_join;
use model::{
    decide::TokenState,
    id::TokenId,
    listing::TokensQuery,
    views::{ExpiringToken, Few, OldSecretView, ReplacedSecret, Straggler, TokensPage},
};

use super::{
    Tokens, uses,
    views::{SOON, UNUSED, view},
};
use crate::{
    error::Error,
    sessions::Caller,
    storage::tokens::{
        self,
        list::{self, PAGE, Replaced, Wanted},
    },
};

/// For how long a revoked token stays in its owner's list.
pub(super) const REVOKED_STAY: Duration = Duration::from_hours(24 * 30);
/// How many things are told above the list one by one.
const MOST_TOLD: usize = 3;

impl Tokens {
    /// A page of the caller's tokens, without those that were revoked long ago. A page beyond the last
    /// one is the last. `revoked` is named above them, if it is the caller's and revoked.
    pub async fn page(
        &self,
        caller: &Caller,
        query: &TokensQuery,
        revoked: Option<TokenId>,
    ) -> Result<TokensPage, Error> {
        let database = &self.core.database;
        let (owner, now) = (caller.account, self.core.now());
        let soon = now.plus(SOON);
        let wanted = Wanted {
            owner,
            text: &query.text,
            standing: query.standing.word(),
            sort: query.sort.word(),
            now,
            soon,
            unused_since: now.minus(UNUSED),
            revoked_since: now.minus(REVOKED_STAY),
        };
        let since = uses::straggling_since(now);
        // Side by side: most of what a query takes is waiting for it.
        let (mut first, mut second, mut third) = (database, database, database);
        let ((total, found), expiring, replaced) = try_join!(
            list::counts(&mut first, &wanted),
            list::expiring(&mut second, owner, now, soon),
            list::replaced(&mut third, owner, now, since),
        )?;
        let (total, found) = (u64::try_from(total).unwrap_or(0), u64::try_from(found).unwrap_or(0));
        let pages = found.div_ceil(PAGE as u64).max(1);
        let page = query.page.clamp(1, pages);
        let offset = i64::try_from((page - 1) * PAGE as u64).unwrap_or(0);
        let (listed, feeds) = list::page(database, &wanted, offset).await?;
        let views = listed.into_iter().map(|listed| {
            let feed = listed.last_used_feed;
            view(&listed.token, &listed.newest, feed, now, |id| feeds.get(&id).cloned())
        });
        let mut views = views.collect::<Vec<_>>().into_iter();
        let primary = views.next().ok_or_else(|| Error::inconsistent("tokens", "kind"))?;
        let revoked = match revoked {
            Some(id) => tokens::by_id(&mut first, id)
                .await?
                .filter(|token| token.owner == owner && token.facts.state == TokenState::Revoked),
            None => None,
        };
        Ok(TokensPage {
            query: query.on_page(page),
            revoked: revoked.map(|token| token.description),
            primary,
            others: views.collect(),
            found,
            total,
            pages,
            expiring: Few {
                more: expiring.first().map_or(0, |(.., count)| more(*count)),
                first: expiring
                    .into_iter()
                    .map(|(id, description, expires_at, _)| ExpiringToken {
                        id,
                        description,
                        expires_at,
                    })
                    .collect(),
            },
            replaced: Few {
                more: more(i64::try_from(replaced.len()).unwrap_or(i64::MAX)),
                first: replaced
                    .into_iter()
                    .take(MOST_TOLD)
                    .map(|replaced| told(replaced, now))
                    .collect(),
            },
            now,
        })
    }
}

fn more(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0).saturating_sub(MOST_TOLD as u64)
}

fn told(replaced: Replaced, now: model::timestamp::Timestamp) -> ReplacedSecret {
    let Replaced { token, description, last4, stops_at, waits, used_by, .. } = replaced;
    let used_by = used_by.as_ref().map(uses::used_by);
    let old = match used_by {
        Some(used_by) if stops_at <= now => Err(Straggler { last4, stopped_at: stops_at, used_by }),
        used_by => Ok(OldSecretView {
            last4,
            stops_at,
            waits_for_first_use: waits,
            used_by: used_by.into_iter().collect(),
        }),
    };
    ReplacedSecret { id: token, description, old }
}
