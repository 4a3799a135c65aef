//! The contract of storage: every method, on both databases.

mod accounts;
mod audit;
mod bower;
mod changes;
mod feed_lists;
mod feeds;
mod identities;
mod ledgers;
mod logins;
mod package_arrivals;
mod package_pages;
mod packages;
mod people;
mod schema;
mod settings;
mod token_life;
mod tokens;
mod upkeep;

use std::net::{IpAddr, Ipv4Addr};

use model::{
    id::{AccountId, FeedId},
    timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Database, accounts as account_rows, feeds as feed_rows};
use crate::crypto::entropy;

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(super) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(super) fn later(seconds: u64) -> Timestamp {
    NOW.plus(std::time::Duration::from_secs(seconds))
}

pub(super) fn id<T: From<Uuid>>() -> T {
    entropy::id(NOW).unwrap()
}

/// An account of this name.
pub(super) async fn account(database: &Database, name: &str) -> AccountId {
    let id = id();
    let mut transaction = database.write().await.unwrap();
    let email = format!("{name}@example.com").parse().unwrap();
    let name = name.parse().unwrap();
    account_rows::insert(&mut transaction, id, &name, &email, Some("hash"), false, NOW)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    id
}

/// A feed of this name that the account owns.
pub(super) async fn feed(
    database: &Database,
    name: &str,
    owner: AccountId,
    public: bool,
) -> FeedId {
    let id = id();
    let mut transaction = database.write().await.unwrap();
    let name = name.parse().unwrap();
    feed_rows::insert(&mut transaction, id, &name, "words", public, owner, NOW).await.unwrap();
    transaction.commit().await.unwrap();
    id
}
