//! `/feeds`: the feeds a person can reach.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    links,
    listing::{self, FeedsQuery, LONGEST_SEARCH, Part, Readers},
    names::FeedName,
    role::Role,
    size,
    timestamp::Timestamp,
    views::{FeedList, ListedFeed},
};

use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        list_filter::{ChoiceField, ListFilter, Pager, SearchField, follow},
        page_title::PageTitle,
        time::Moment,
    },
    page_data::page_of,
    server_fns::feeds::list_feeds,
    site::Site,
};

const PATH: &str = "/feeds";

/// The page.
#[component]
pub(crate) fn FeedsPage() -> impl IntoView {
    let asked = asked(FeedsQuery::from_pairs);
    page_of(
        String::new,
        move || list_feeds(untrack(asked)),
        move |data| match data {
            Ok(list) => view! { <Feeds list asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    )
}

#[component]
fn Feeds(list: FeedList, asked: Signal<FeedsQuery>) -> impl IntoView {
    let may_create = Site::get().may_create_feeds();
    let create =
        may_create.then(|| view! { <a class="button primary" href="/feeds/new">"Create feed"</a> });
    let done = done(&list);
    let content = if list.reachable == 0 {
        let advice = if may_create {
            "A feed holds packages for one team or purpose. Create one, then publish to it with a token."
        } else {
            "A feed holds packages for one team or purpose. Ask the owner of one to make you a member."
        };
        view! {
            <h1>"Feeds"</h1>
            {done}
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
            {done}
            <FoundFeeds list asked/>
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

/// What the page before did. The address names a feed, the list says whether it can be true.
fn done(list: &FeedList) -> Option<impl IntoView + use<>> {
    let asked = |act: &str| use_query_map().with_untracked(|query| query.get(act));
    let (name, words) = match (asked("deleted"), asked("left")) {
        (Some(name), _) => (name, " is deleted. Clients that ask for it are refused from now on."),
        (None, Some(name)) => {
            (name, " has you as a member no more. Your tokens are refused there.")
        }
        (None, None) => return None,
    };
    let name: FeedName = name.parse().ok()?;
    let is_there =
        |listed: &ListedFeed| listed.feed.name == name.as_str() && listed.feed.role.is_some();
    (!list.feeds.iter().any(is_there)).then(|| {
        view! {
            <div class="notice ok"><div><p><strong>{name.to_string()}</strong>{words}</p></div></div>
        }
    })
}

#[component]
fn FoundFeeds(list: FeedList, asked: Signal<FeedsQuery>) -> impl IntoView {
    let query = list.query.clone();
    let readers = Readers::options();
    let parts = Part::options();
    let followed = follow(list, move || asked.get(), list_feeds);
    let found = move || followed.list.with(words);
    view! {
        <section class="section" aria-label="Feeds you can reach">
            <ListFilter label="Feeds" path=PATH found=Signal::derive(found)>
                <SearchField label="Filter" value=query.text longest=LONGEST_SEARCH/>
                <ChoiceField name="type" label="Who may read" options=readers chosen=query.readers.word()/>
                <ChoiceField name="role" label="You are" options=parts chosen=query.part.word()/>
            </ListFilter>
            {followed.problem()}
            {followed.shown(table)}
        </section>
    }
    .into_any()
}

/// `200 feeds`, `3 of 200 feeds`.
fn words(list: &FeedList) -> String {
    let all = format!("{} feed{}", list.reachable, if list.reachable == 1 { "" } else { "s" });
    listing::found(list.found, all, list.query.is_narrow())
}

fn table(list: &FeedList) -> AnyView {
    if list.feeds.is_empty() {
        return view! {
            <div class="empty">
                <h2>"No feed matches"</h2>
                <p>"Names and descriptions are searched."</p>
                <a class="button" href=PATH rel="external">"Show all feeds"</a>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = list.feeds.iter().map(|feed| row(feed, list.now)).collect();
    let at = |number: u64| format!("{PATH}{}", list.query.on_page(number).link());
    view! {
        <div class="list">
            <table role="table">
                <caption>"Feeds you can reach"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Feed"</th>
                        <th role="columnheader" scope="col">"Who may read"</th>
                        <th role="columnheader" scope="col">"You are"</th>
                        <th role="columnheader" scope="col">"Packages"</th>
                        <th role="columnheader" scope="col" class="end">"Size"</th>
                        <th role="columnheader" scope="col">"Last change"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pager page=list.page pages=list.pages links=[at(list.page.saturating_sub(1)), at(list.page + 1)]/>
    }
    .into_any()
}

fn row(listed: &ListedFeed, now: Timestamp) -> AnyView {
    let ListedFeed { feed, size } = listed;
    let changed = if feed.packages() == 0 {
        "Never".into_any()
    } else {
        view! { <Moment at=feed.updated_at words=feed.updated_at.ago(now)/> }.into_any()
    };
    let readers = if feed.is_public { "Anyone" } else { "Members" };
    let role = feed.role.map_or("No member", Role::label);
    let kinds: Vec<_> = feed
        .kinds
        .iter()
        .map(|(kind, count)| format!("{} {count}", kind.label().to_owned()))
        .collect();
    let kinds = (!kinds.is_empty()).then(|| view! { <small>{kinds.join(", ")}</small> });
    let description = feed.description.clone();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a href=links::feed(&feed.name)>{feed.name.clone()}</a>
                {(!description.is_empty()).then(|| view! { <p class="hint">{description}</p> })}
            </th>
            <td role="cell" data-label="Who may read">{readers}</td>
            <td role="cell" data-label="You are">{role}</td>
            <td role="cell" data-label="Packages"><span>{feed.packages()}</span>{kinds}</td>
            <td role="cell" data-label="Size" class="end">{size::in_words(*size).replace(' ', "\u{a0}")}</td>
            <td role="cell" data-label="Last change">{changed}</td>
        </tr>
    }
    .into_any()
}
