//! `/feeds`: the feeds a person can reach.

use leptos::prelude::*;
use model::{
    role::Role,
    timestamp::Timestamp,
    views::{FeedList, FeedView},
};

use super::failed::Failed;
use crate::{
    components::{page_title::PageTitle, time::Moment},
    page_data::page_of,
    server_fns::feeds::list_feeds,
    site::Site,
};

/// The page.
#[component]
pub(crate) fn FeedsPage() -> impl IntoView {
    view! {
        {page_of(String::new, list_feeds, move |data| match data {
                    Ok(list) => view! { <Feeds list/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Feeds(list: FeedList) -> impl IntoView {
    let may_create = Site::get().may_create_feeds();
    let create =
        may_create.then(|| view! { <a class="button primary" href="/feeds/new">"Create feed"</a> });
    let content = if list.feeds.is_empty() {
        let advice = if may_create {
            "A feed holds packages for one team or purpose. Create one, then publish to it with a token."
        } else {
            "A feed holds packages for one team or purpose. Ask the owner of one to make you a member."
        };
        view! {
            <h1>"Feeds"</h1>
            <div class="empty">
                <h2>"No feeds yet"</h2>
                <p>{advice}</p>
                {create}
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="page-head">
                <div>
                    <h1>"Feeds"</h1>
                    <p class="muted">"A feed holds packages for one team or purpose."</p>
                </div>
                {create}
            </div>
            {table(&list.feeds, list.now)}
        }
        .into_any()
    };
    view! {
        <PageTitle text="Feeds"/>
        <div class="shell">
            <main id="main" tabindex="-1">{content}</main>
        </div>
    }
}

fn table(feeds: &[FeedView], now: Timestamp) -> impl IntoView + use<> {
    let rows: Vec<_> = feeds.iter().map(|feed| row(feed, now)).collect();
    view! {
        <div class="list">
            <table role="table">
                <caption>"Feeds you can reach"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Feed"</th>
                        <th role="columnheader" scope="col">"Who may read"</th>
                        <th role="columnheader" scope="col">"You are"</th>
                        <th role="columnheader" scope="col" class="end">"Packages"</th>
                        <th role="columnheader" scope="col">"Last publish"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

fn row(feed: &FeedView, now: Timestamp) -> impl IntoView + use<> {
    let packages = feed.packages();
    let published = if packages == 0 {
        "Never".into_any()
    } else {
        view! { <Moment at=feed.updated_at words=feed.updated_at.ago(now)/> }.into_any()
    };
    let readers = if feed.is_public { "Anyone" } else { "Members" };
    let role = match feed.role {
        Some(Role::Owner) => "Owner",
        Some(Role::Contributor) => "Contributor",
        Some(Role::Reader) => "Reader",
        None => "No member",
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a href=format!("/feeds/{}", feed.name)>{feed.name.clone()}</a></th>
            <td role="cell" data-label="Who may read">{readers}</td>
            <td role="cell" data-label="You are">{role}</td>
            <td role="cell" data-label="Packages" class="end">{packages}</td>
            <td role="cell" data-label="Last publish">{published}</td>
        </tr>
    }
}
