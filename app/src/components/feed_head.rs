//! What stands on top of every page of a feed.

use leptos::prelude::*;
use model::{links, role::Role};

use crate::site::Site;

/// A page of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedTab {
    /// Its packages.
    Packages,
    /// Its members.
    Members,
    /// Its settings.
    Settings,
}

/// The way here, the feed's name, and the ways to its other pages for those who may open them.
#[component]
pub(crate) fn FeedHead(
    /// The feed's name.
    #[prop(into)]
    name: String,
    /// Whether anyone may read it.
    is_public: bool,
    /// The viewer's role.
    role: Option<Role>,
    /// What it is for.
    #[prop(optional, into)]
    description: String,
    /// This page.
    here: FeedTab,
) -> impl IntoView {
    let badge = if is_public { "Public" } else { "Private" };
    let readers = if is_public { "Anyone may read." } else { "Members may read." };
    let part = role.map(|role| format!(" You are {role}."));
    let is_stranger = Site::get().viewer.is_none();
    let feeds = if is_stranger {
        view! { <span>"Feeds"</span> }.into_any()
    } else {
        view! { <a href="/feeds">"Feeds"</a> }.into_any()
    };
    let sign_in = is_stranger.then(|| {
        let next = links::segment(&links::feed(&name));
        view! { <a class="button" href=format!("/sign-in?next={next}") rel="external">"Sign in"</a> }
    });
    let connect = (!is_stranger).then(|| {
        let address = format!("/connect?feed={}", links::segment(&name));
        view! { <a class="button" href=address>"Connect"<span class="visually-hidden">" a client"</span></a> }
    });
    let (crumbs, tabs) = (crumbs(&name, here), role.map(|role| tabs(&name, role, here)));
    view! {
        <nav class="crumbs" aria-label="Breadcrumbs">
            <ol>
                <li>{feeds}</li>
                {crumbs}
            </ol>
        </nav>
        <div class="page-head">
            <div>
                <h1>{name}" "<span class="badge plain">{badge}</span></h1>
                {(!description.is_empty()).then(|| view! { <p>{description}</p> })}
                <p class="muted">{readers}{part}</p>
            </div>
            {sign_in}{connect}
        </div>
        {tabs}
    }
    .into_any()
}

fn crumbs(name: &str, here: FeedTab) -> AnyView {
    let page = match here {
        FeedTab::Packages => {
            return view! { <li><span aria-current="page">{name.to_owned()}</span></li> }
                .into_any();
        }
        FeedTab::Members => "Members",
        FeedTab::Settings => "Settings",
    };
    view! {
        <li><a href=links::feed(name)>{name.to_owned()}</a></li>
        <li><span aria-current="page">{page}</span></li>
    }
    .into_any()
}

fn tabs(name: &str, role: Role, here: FeedTab) -> AnyView {
    let tab = |tab: FeedTab, href: String, words: &'static str| {
        let current = (tab == here).then_some("page");
        view! { <li><a href=href aria-current=current>{words}</a></li> }
    };
    let settings = (role == Role::Owner)
        .then(|| tab(FeedTab::Settings, links::feed_settings(name), "Settings"));
    view! {
        <nav class="tabs" aria-label="Feed">
            <ul>
                {tab(FeedTab::Packages, links::feed(name), "Packages")}
                {tab(FeedTab::Members, links::feed_members(name), "Members")}
                {settings}
            </ul>
        </nav>
    }
    .into_any()
}
