//! Reading feeds, and their owners' acts.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    listing::{FeedsQuery, PackagesQuery},
    role::Role,
    views::{FeedList, FeedPage, FeedSettings, MembersPage, NameCheck},
};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What becomes of somebody's part in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// A role for somebody who has none.
    Add(Role),
    /// Another role.
    Change(Role),
    /// None any more.
    Remove,
}

/// What an owner does to a feed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedAct {
    /// Says what it is for.
    Describe(String),
    /// Lets anyone read it.
    Publish,
    /// Lets its members alone read it.
    Close,
    /// Deletes it with all it holds; the text is its name, typed once more.
    Delete(String),
}

/// The feeds the caller can reach, as far as they were asked for.
#[server(endpoint = "feeds/list", input = Json)]
pub async fn list_feeds(
    /// What is asked for.
    query: FeedsQuery,
) -> Result<FeedList, Failure> {
    use crate::context::{caller, failure, services};
    services()?.feeds.find(&caller()?, &query).await.map_err(failure)
}

/// A feed with the packages that were asked for. Public ones are for everybody.
#[server(endpoint = "feeds/page", input = Json)]
pub async fn read_feed(
    /// The feed's name.
    feed: String,
    /// What is asked for.
    query: PackagesQuery,
) -> Result<FeedPage, Failure> {
    use registry::access::{AccessRequest, Wanted};

    use crate::context::{credential, failure, origin, services, signed_out};
    let (services, origin) = (services()?, origin()?);
    let request = AccessRequest { feed: &feed, wanted: Wanted::Browse, origin: &origin };
    let grant = services.access.authorize(&credential(), request).await.map_err(signed_out)?;
    services.feeds.page(&grant, &query).await.map_err(failure)
}

/// Whether the caller can make a feed of this name.
#[server(endpoint = "feeds/name", input = Json)]
pub async fn check_feed_name(
    /// The name as typed.
    name: String,
) -> Result<NameCheck, Failure> {
    use crate::context::{caller, failure, services};
    services()?.feeds.check_name(&caller()?, &name).await.map_err(failure)
}

/// A page of a feed's members.
#[server(endpoint = "feeds/members", input = Json)]
pub async fn read_members(
    /// The feed's name.
    feed: String,
    /// Which page, from 1.
    page: u64,
) -> Result<MembersPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.feeds.members(&caller()?, &feed, page).await.map_err(failure)
}

/// Changes somebody's part in a feed.
#[server(endpoint = "feeds/members/change", input = Json)]
pub async fn change_members(
    /// The feed's name.
    feed: String,
    /// The user name.
    member: String,
    /// What becomes of the part.
    change: Membership,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    let (services, caller, origin) = (services()?, caller()?, origin()?);
    let feeds = &services.feeds;
    let changed = match change {
        Membership::Add(role) => feeds.add_member(&caller, &feed, &member, role, &origin).await,
        Membership::Change(role) => {
            feeds.change_member(&caller, &feed, &member, role, &origin).await
        }
        Membership::Remove => feeds.remove_member(&caller, &feed, &member, &origin).await,
    };
    changed.map_err(failure)
}

/// The settings of a feed that the caller owns.
#[server(endpoint = "feeds/settings", input = Json)]
pub async fn read_settings(
    /// The feed's name.
    feed: String,
) -> Result<FeedSettings, Failure> {
    use crate::context::{caller, failure, services};
    services()?.feeds.settings(&caller()?, &feed).await.map_err(failure)
}

/// Does something to a feed that the caller owns.
#[server(endpoint = "feeds/act", input = Json)]
pub async fn act_on_feed(
    /// The feed's name.
    feed: String,
    /// What is done.
    act: FeedAct,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    use registry::feeds::Change;

    let (services, caller, origin) = (services()?, caller()?, origin()?);
    let feeds = &services.feeds;
    let change = match act {
        FeedAct::Delete(typed) => {
            return feeds.delete(&caller, &feed, &typed, &origin).await.map_err(failure);
        }
        FeedAct::Describe(text) => Change { description: Some(text), is_public: None },
        FeedAct::Publish => Change { is_public: Some(true), description: None },
        FeedAct::Close => Change { is_public: Some(false), description: None },
    };
    feeds.change(&caller, &feed, &change, &origin).await.map_err(failure)
}
