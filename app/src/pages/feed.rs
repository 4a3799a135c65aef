//! `/feeds/{feed}`: its packages, or how to publish the first.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    timestamp::Timestamp,
    views::{FeedPage as Page, FeedView, PackageView},
};

use super::failed::Failed;
use crate::{
    components::{
        code_block::CodeBlock,
        npm::{npmrc, take_token},
        page_title::PageTitle,
        time::Moment,
        token_words::packages,
    },
    page_data::page_of,
    server_fns::feeds::read_feed,
};

/// The page.
#[component]
pub(crate) fn FeedPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = move || {
        let feed = params.with(|params| params.get("feed").unwrap_or_default());
        let page = query.with(|query| query.get("page").and_then(|page| page.parse().ok()));
        (feed, page.unwrap_or(1))
    };
    view! {
        {page_of(move || format!("{:?}", asked()), move || { let (feed, page) = untrack(asked); read_feed(feed, page) }, move |data| match data {
                    Ok(page) => view! { <Feed page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Feed(page: Page) -> impl IntoView {
    let feed = &page.feed;
    let (badge, readers) = if feed.is_public {
        ("Public", "Anyone may read.")
    } else {
        ("Private", "Members may read.")
    };
    let role = feed.role.map(|role| format!(" You are {role}."));
    let name = feed.name.clone();
    let content = if page.packages.is_empty() {
        first_package(&page).into_any()
    } else {
        view! { {package_list(&page)} {usage(&page)} }.into_any()
    };
    view! {
        <PageTitle text=name.clone()/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/feeds">"Feeds"</a></li>
                        <li><span aria-current="page">{name.clone()}</span></li>
                    </ol>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{name}" "<span class="badge plain">{badge}</span></h1>
                        <p class="muted">{readers}{role}</p>
                    </div>
                </div>
                {content}
            </main>
        </div>
    }
}

fn first_package(page: &Page) -> impl IntoView + use<> {
    let FeedView { id, name, .. } = &page.feed;
    let create = format!("/profile/tokens/new?access=write&feeds=chosen&feed={id}");
    let publish = format!("{}\nnpm publish", take_token());
    view! {
        <section class="card" aria-labelledby="first">
            <h2 id="first">"Nothing here yet. Publish your first package"</h2>
            <ol class="steps">
                <li>
                    <h3>{format!("Create a token that may write to {name}")}</h3>
                    <div class="actions"><a class="button primary" href=create>"Create token"</a></div>
                </li>
                <li>
                    <h3>"Tell npm where the feed is"</h3>
                    <p class="muted">"Beside package.json. It holds no secret and can be committed."</p>
                    <CodeBlock place=".npmrc" what=".npmrc" text=npmrc(&page.address, None)/>
                </li>
                <li>
                    <h3>"Publish"</h3>
                    <p class="muted">"The terminal waits for you to paste the token first."</p>
                    <CodeBlock place="Terminal" what="the publish command" text=publish/>
                </li>
            </ol>
        </section>
    }
}

fn package_list(page: &Page) -> impl IntoView + use<> {
    let name = &page.feed.name;
    let rows: Vec<_> = page.packages.iter().map(|package| row(package, page.now)).collect();
    let link = |number: u64| format!("/feeds/{name}?page={number}");
    let previous = match page.page {
        0 | 1 => view! { <span></span> }.into_any(),
        number => view! { <a href=link(number - 1) rel="prev">"Previous page"</a> }.into_any(),
    };
    let next = (page.page < page.pages)
        .then(|| view! { <a href=link(page.page + 1) rel="next">"Next page"</a> });
    let pager = (page.pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">{previous}{next}</nav>
        }
    });
    view! {
        <section class="section" aria-labelledby="packages">
            <h2 id="packages">{packages(page.feed.packages())}</h2>
            <div class="list">
                <table role="table">
                    <caption>{format!("Packages in {name}")}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Package"</th>
                            <th role="columnheader" scope="col">"Kind"</th>
                            <th role="columnheader" scope="col">"Latest"</th>
                            <th role="columnheader" scope="col" class="end">"Versions"</th>
                            <th role="columnheader" scope="col">"Published"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            {pager}
        </section>
    }
}

fn row(package: &PackageView, now: Timestamp) -> impl IntoView + use<> {
    let PackageView { ecosystem, name, latest, versions, updated_at, published_by, .. } =
        package.clone();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><strong>{name}</strong></th>
            <td role="cell" data-label="Kind">{ecosystem.label()}</td>
            <td role="cell" data-label="Latest">{latest}</td>
            <td role="cell" data-label="Versions" class="end">{versions}</td>
            <td role="cell" data-label="Published">
                <Moment at=updated_at words=updated_at.ago(now)/>
                {published_by.map(|who| view! { <small>{who}</small> })}
            </td>
        </tr>
    }
}

fn usage(page: &Page) -> impl IntoView + use<> {
    view! {
        <section class="section" aria-labelledby="use">
            <h2 id="use">"Use it with npm"</h2>
            <p class="muted">
                "Put this beside package.json; it holds no secret. Set LATCHKEY_TOKEN to "
                <a href="/profile/tokens">"one of your tokens"</a>
                ". To take only one scope from here, begin with @scope:registry= instead."
            </p>
            <CodeBlock place=".npmrc" what=".npmrc" text=npmrc(&page.address, None)/>
        </section>
    }
}
