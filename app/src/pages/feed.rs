//! `/feeds/{feed}`: its packages, or how to publish the first.

mod clients;
mod packages;
mod publish;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{listing::PackagesQuery, role::Role, views::FeedPage as Page};

use self::{clients::clients, packages::Packages, publish::first_package};
use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        feed_head::{FeedHead, FeedTab},
        npm::VARIABLE,
        page_title::PageTitle,
    },
    page_data::page_of,
    server_fns::feeds::read_feed,
};

/// The page.
#[component]
pub(crate) fn FeedPage() -> impl IntoView {
    let params = use_params_map();
    let feed = move || params.with(|params| params.get("feed").unwrap_or_default());
    let asked = asked(PackagesQuery::from_pairs);
    page_of(
        feed,
        move || untrack(|| read_feed(feed(), asked())),
        move |data| match data {
            Ok(page) => view! { <Feed page asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    )
}

#[component]
fn Feed(page: Page, asked: Signal<PackagesQuery>) -> impl IntoView {
    let feed = page.feed.clone();
    let may_publish = feed.role >= Some(Role::Contributor);
    let content = match (feed.packages(), may_publish) {
        (0, true) => first_package(&page).into_any(),
        (0, false) => empty().into_any(),
        _ => {
            let usage = usage(&page, may_publish);
            view! { <Packages page asked/> {usage} }.into_any()
        }
    };
    view! {
        <PageTitle text=feed.name.clone()/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <FeedHead
                    name=feed.name
                    is_public=feed.is_public
                    role=feed.role
                    description=feed.description
                    here=FeedTab::Packages
                />
                {content}
            </main>
        </div>
    }
    .into_any()
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No packages yet"</h2>
            <p>"Packages appear here when a contributor or an owner of the feed publishes them."</p>
        </div>
    }
}

/// What clients need; to read a public feed it takes no token.
fn usage(page: &Page, may_publish: bool) -> impl IntoView + use<> {
    let needs_token = !page.feed.is_public || page.feed.role.is_some();
    let token = needs_token.then(|| {
        view! {
            <p class="muted">
                {format!("The files hold no secret. Set {VARIABLE} to ")}
                <a href="/profile/tokens">"one of your tokens"</a>"."
            </p>
        }
    });
    view! {
        <section class="section" aria-labelledby="use">
            <h2 id="use">"Use it with your client"</h2>
            {token}
            {clients(page, needs_token, may_publish)}
        </section>
    }
}
