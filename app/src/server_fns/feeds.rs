//! Reading feeds.

use leptos::prelude::*;
use model::views::{FeedList, FeedPage};

use crate::Failure;

/// The feeds the caller can reach.
#[server(endpoint = "feeds/list")]
pub async fn list_feeds() -> Result<FeedList, Failure> {
    use crate::context::{caller, failure, services};
    let services = services()?;
    let feeds = services.feeds.list(&caller()?).await.map_err(failure)?;
    Ok(FeedList { feeds, now: services.now() })
}

/// A feed with a page of its packages.
#[server(endpoint = "feeds/page")]
pub async fn read_feed(
    /// The feed's name.
    feed: String,
    /// Which page of its packages, from 1.
    page: u64,
) -> Result<FeedPage, Failure> {
    use registry::access::{AccessRequest, Credential, Wanted};

    use crate::context::{caller, failure, origin, services};
    let (services, caller, origin) = (services()?, caller()?, origin()?);
    let request = AccessRequest { feed: &feed, wanted: Wanted::Browse, origin: &origin };
    let credential = Credential::Session(caller.clone());
    let grant = services.access.authorize(&credential, request).await.map_err(failure)?;
    services.feeds.page(&caller, &grant, page).await.map_err(failure)
}
