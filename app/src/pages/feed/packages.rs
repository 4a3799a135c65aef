//! The packages of a feed: searched for, sorted, page by page.

use leptos::prelude::*;
use model::{
    ecosystem::Ecosystem,
    links,
    listing::{self, LONGEST_SEARCH, PackageSort, PackagesQuery},
    timestamp::Timestamp,
    views::{FeedPage, PackageView},
};

use crate::{
    components::{
        figures::count,
        list_filter::{ChoiceField, ListFilter, Pager, SearchField, follow},
        time::Moment,
        token_words::packages,
    },
    server_fns::feeds::read_feed,
};

/// The list with the form above it.
#[component]
pub(super) fn Packages(page: FeedPage, asked: Signal<PackagesQuery>) -> impl IntoView {
    let feed = page.feed.name.clone();
    let path = links::feed(&feed);
    let query = page.query.clone();
    let kinds = page.feed.kinds.iter();
    let kinds =
        kinds.map(|(kind, held)| (kind.name(), format!("{} ({})", kind.label(), count(*held))));
    let kinds = [("", "All".to_owned())].into_iter().chain(kinds).collect();
    let chosen = query.kind.map_or("", Ecosystem::name);
    let sorts = PackageSort::options();
    let followed = follow(page, move || asked.get(), move |query| read_feed(feed.clone(), query));
    let found = move || followed.list.with(words);
    view! {
        <section class="section" aria-label="Packages">
            <ListFilter label="Packages" path found=Signal::derive(found)>
                <SearchField label="Search" value=query.text longest=LONGEST_SEARCH/>
                <ChoiceField name="kind" label="Kind" options=kinds chosen/>
                <ChoiceField name="sort" label="Sort by" options=sorts chosen=query.sort.word()/>
            </ListFilter>
            {followed.problem()}
            {followed.shown(list)}
        </section>
    }
    .into_any()
}

/// `214 packages`, `3 of 214 packages`.
fn words(page: &FeedPage) -> String {
    let all = packages(page.feed.packages());
    listing::found(page.found, all, page.query.is_narrow())
}

fn list(page: &FeedPage) -> AnyView {
    let feed = &page.feed.name;
    if page.packages.is_empty() {
        return view! {
            <div class="empty">
                <h2>"No package matches"</h2>
                <p>"Names and descriptions are searched. Try fewer letters, or another kind."</p>
                <a class="button" href=links::feed(feed) rel="external">"Show all packages"</a>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = page.packages.iter().map(|package| row(feed, package, page.now)).collect();
    let at = |number: u64| format!("{}{}", links::feed(feed), page.query.on_page(number).link());
    view! {
        <div class="list">
            <table role="table">
                <caption>{format!("Packages in {feed}")}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Package"</th>
                        <th role="columnheader" scope="col">"Kind"</th>
                        <th role="columnheader" scope="col">"Latest"</th>
                        <th role="columnheader" scope="col" class="end">"Downloads"</th>
                        <th role="columnheader" scope="col">"Last change"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pager page=page.page pages=page.pages links=[at(page.page.saturating_sub(1)), at(page.page + 1)]/>
    }
    .into_any()
}

fn row(feed: &str, package: &PackageView, now: Timestamp) -> AnyView {
    let PackageView { ecosystem, name, description, latest, downloads, updated_at, .. } =
        package.clone();
    let href = links::package(feed, ecosystem, &name);
    let badge =
        package.is_unlisted.then(|| view! { " "<span class="badge plain">"Unlisted"</span> });
    let by = package.published_by.clone().map(|who| view! { <small>{format!("by {who}")}</small> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a href=href>{name}</a>{badge}
                {(!description.is_empty()).then(|| view! { <p class="hint">{description}</p> })}
            </th>
            <td role="cell" data-label="Kind"><span class="badge plain">{ecosystem.label()}</span></td>
            <td role="cell" data-label="Latest">{latest}</td>
            <td role="cell" data-label="Downloads" class="end">{downloads}</td>
            <td role="cell" data-label="Last change">
                <Moment at=updated_at words=updated_at.ago(now)/>
                {by}
            </td>
        </tr>
    }
    .into_any()
}
