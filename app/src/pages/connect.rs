//! `/connect`: what a client has to be told to work with a feed.

mod choices;
mod guide;
mod seen;

use leptos::prelude::*;
use model::{
    connect::ConnectQuery,
    links::segment,
    views::{ConnectPage as Page, Told},
};

use self::{
    choices::{Choices, make},
    guide::Steps,
};
use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        error_summary::ErrorSummary,
        form_answer::FormAnswer,
        list_filter::follow,
        page_title::PageTitle,
    },
    page_data::page_of,
    server_fns::connect::read_connect,
    site::Site,
};

/// The page.
#[component]
pub(crate) fn ConnectPage() -> impl IntoView {
    Confirmation::provide();
    let asked = asked(ConnectQuery::from_pairs);
    let page = page_of(
        String::new,
        move || read_connect(untrack(asked)),
        move |page| match page {
            Ok(page) => view! { <Connect page asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    );
    view! { {page}<ConfirmDialog/> }
}

#[component]
fn Connect(page: Page, asked: Signal<ConnectQuery>) -> impl IntoView {
    let answer = FormAnswer::get();
    let title = answer.title("Connect a client");
    let content = if page.told.is_some() {
        let first = page.clone();
        let followed = follow(page, move || asked.get(), read_connect);
        let packages = move || {
            let told = |page: &Page| page.told.as_ref().map(|told| told.setup.packages.clone());
            followed.list.with(told).unwrap_or_default()
        };
        view! {
            {answer.summary("feed")}
            <Choices page=first packages=Signal::derive(packages)/>
            {followed.problem()}
            {move || followed.list.with(|page| page.told.clone().map(|told| shown(page, told)))}
        }
        .into_any()
    } else {
        view! { <NoFeed/> }.into_any()
    };
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1" class="connect">
                <h1>"Connect a client"</h1>
                {content}
            </main>
        </div>
    }
}

fn shown(page: &Page, told: Told) -> AnyView {
    let since = page.query.since.unwrap_or(page.now);
    let again = ConnectQuery { since: Some(since), ..page.query.clone() }.link();
    let problem = told.problem.clone().map(|problem| {
        let problems = vec![(Some("packages".to_owned()), problem)];
        view! { <ErrorSummary problems/> }
    });
    view! { {problem}{make(&told, &page.query)}<Steps told again since/> }.into_any()
}

#[component]
fn NoFeed() -> impl IntoView {
    let advice = if Site::get().may_create_feeds() {
        view! { <a class="button primary" href="/feeds/new">"Create feed"</a> }.into_any()
    } else {
        view! { <p>"Ask the owner of one to make you a member."</p> }.into_any()
    };
    view! {
        <div class="empty">
            <h2>"No feeds yet"</h2>
            <p>"A client is connected with a feed, which holds packages for one team or purpose."</p>
            {advice}
        </div>
    }
}

/// The form for a token that may do what the setup takes, for those who want to look at it first.
fn token_form_link(told: &Told) -> String {
    let form = told.setup.token_form(&told.setup.feed);
    let fields: Vec<_> =
        form.link().map(|(name, value)| format!("{name}={}", segment(value))).collect();
    format!("/profile/tokens/new?{}", fields.join("&"))
}
