//! One feed.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    timestamp::Timestamp,
    views::{FeedPage as Page, FeedView, PackageView},
};

use super::failed::Failed;
use crate::{
    components::{code_block::CodeBlock, page_title::PageTitle, time::Moment},
    server_fns::feeds::read_feed,
};

/// `/feeds/{feed}`: its packages, or how to publish the first.
#[component]
pub(crate) fn FeedPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = move || {
        let feed = params.with(|params| params.get("feed").unwrap_or_default());
        let page = query.with(|query| query.get("page").and_then(|page| page.parse().ok()));
        (feed, page.unwrap_or(1))
    };
    let page = Resource::new(asked, |(feed, page)| read_feed(feed, page));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Content page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(page: Page) -> impl IntoView {
    let Page { feed, packages, page, pages, address, now } = page;
    let who = if feed.is_public { "Anyone may read." } else { "Members may read." };
    let role = feed.role.map(|role| format!(" You are {role}.")).unwrap_or_default();
    let badge = if feed.is_public { "Public" } else { "Private" };
    let description = feed.description.clone();
    let npmrc = npmrc(&address);
    view! {
        <PageTitle text=feed.name.clone()/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/feeds">"Feeds"</a></li>
                        <li><span aria-current="page">{feed.name.clone()}</span></li>
                    </ol>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{feed.name.clone()}" "<span class="badge plain">{badge}</span></h1>
                        {(!description.is_empty()).then(|| view! { <p>{description}</p> })}
                        <p class="muted">{who}{role}</p>
                    </div>
                </div>
                {if packages.is_empty() {
                    view! { <FirstPackage feed npmrc/> }.into_any()
                } else {
                    view! {
                        <Packages feed packages page pages now/>
                        <Use npmrc/>
                    }.into_any()
                }}
            </main>
        </div>
    }
}

/// The lines that tell npm where the feed is. They hold no secret.
fn npmrc(address: &str) -> String {
    let place = address.split_once(':').map_or(address, |(_, place)| place);
    format!("registry={address}/npm/\n{place}/npm/:_authToken=${{LATCHKEY_TOKEN}}")
}

#[component]
fn FirstPackage(feed: FeedView, npmrc: String) -> impl IntoView {
    let create = format!("/profile/tokens/new?access=write&feeds=chosen&feed={}", feed.id);
    view! {
        <section class="card" aria-labelledby="first">
            <h2 id="first">"Nothing here yet. Publish your first package"</h2>
            <ol class="steps">
                <li>
                    <h3>"Create a token that may write to "{feed.name}</h3>
                    <div class="actions"><a class="button primary" href=create>"Create token"</a></div>
                </li>
                <li>
                    <h3>"Tell npm where the feed is"</h3>
                    <p class="muted">"Beside package.json. It holds no secret and can be committed."</p>
                    <CodeBlock place=".npmrc" what=".npmrc" text=npmrc/>
                </li>
                <li>
                    <h3>"Publish"</h3>
                    <p class="muted">"The terminal waits for you to paste the token first."</p>
                    <CodeBlock place="Terminal" what="the publish command" text="read -rs LATCHKEY_TOKEN && export LATCHKEY_TOKEN\nnpm publish"/>
                </li>
            </ol>
        </section>
    }
}

#[component]
fn Packages(
    feed: FeedView,
    packages: Vec<PackageView>,
    page: u64,
    pages: u64,
    now: Timestamp,
) -> impl IntoView {
    let count = match feed.packages() {
        1 => "1 package".to_owned(),
        more => format!("{more} packages"),
    };
    let rows: Vec<_> =
        packages.into_iter().map(|package| view! { <Row package now/> }).collect();
    let to = |page: u64| format!("/feeds/{}?page={page}", feed.name);
    view! {
        <section class="section" aria-labelledby="packages">
            <h2 id="packages">{count}</h2>
            <div class="list">
                <table role="table">
                    <caption>"Packages in "{feed.name.clone()}</caption>
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
            {(pages > 1).then(|| view! {
                <nav class="pager" aria-label="Pages">
                    {if page > 1 {
                        view! { <a href=to(page - 1) rel="prev">"Previous page"</a> }.into_any()
                    } else {
                        view! { <span></span> }.into_any()
                    }}
                    {(page < pages).then(|| view! { <a href=to(page + 1) rel="next">"Next page"</a> })}
                </nav>
            })}
        </section>
    }
}

#[component]
fn Row(package: PackageView, now: Timestamp) -> impl IntoView {
    let PackageView { ecosystem, name, latest, versions, updated_at, published_by, .. } = package;
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><strong>{name}</strong></th>
            <td role="cell" data-label="Kind">{ecosystem.label()}</td>
            <td role="cell" data-label="Latest">{latest.unwrap_or_else(|| "None".to_owned())}</td>
            <td role="cell" data-label="Versions" class="end">{versions}</td>
            <td role="cell" data-label="Published">
                <Moment at=updated_at words=updated_at.ago(now)/>
                {published_by.map(|who| view! { <small>{who}</small> })}
            </td>
        </tr>
    }
}

#[component]
fn Use(npmrc: String) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="use">
            <h2 id="use">"Use it with npm"</h2>
            <p class="muted">
                "Put this beside package.json; it holds no secret. Set LATCHKEY_TOKEN to "
                <a href="/profile/tokens">"one of your tokens"</a>
                ". To take only one scope from here, begin with @scope:registry= instead."
            </p>
            <CodeBlock place=".npmrc" what=".npmrc" text=npmrc/>
        </section>
    }
}
