//! `/confirm`: the password once more before what needs it, for browsers without script; or a fresh
//! sign-in at a provider.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::views::WaysToConfirm;

use crate::{
    components::{
        form_answer::FormAnswer,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
        provider_links::way_to,
    },
    page_data::page_of,
    server_fns::identities::read_ways_to_confirm,
    site::Site,
};

/// The page. It leads to `next` afterwards, if the server finds that this is one of its own.
#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let viewer = Site::get().viewer;
    let has_password = viewer.as_ref().is_none_or(|viewer| viewer.has_password);
    let username = viewer.map(|viewer| viewer.username).unwrap_or_default();
    let why = if has_password {
        "You signed in some time ago. What you are about to do needs your password again."
    } else {
        "You signed in some time ago. What you are about to do needs another sign-in at your provider."
    };
    let after = next.clone();
    view! {
        <PageTitle text=answer.title("Confirm it is you")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Confirm it is you"</h1>
                        <p class="muted">{why}</p>
                    </div>
                </div>
                {answer.summary("password")}
                {has_password.then(|| view! {
                    <form class="card form" method="post" action="/confirm">
                        <input type="hidden" name="next" value=next/>
                        <UsernameForManagers username/>
                        <PasswordField is_first=true answer=&answer/>
                        <div class="actions">
                            <button class="button primary">"Confirm"</button>
                            <a class="button quiet" href="/profile/tokens">"Cancel"</a>
                        </div>
                    </form>
                })}
                {page_of(String::new, read_ways_to_confirm, move |ways| {
                    ways.map_or_else(|_| ().into_any(), |ways| other_ways(ways, after.as_deref()))
                })}
            </main>
        </div>
    }
}

/// The linked identities that can confirm, and what to do where none can.
fn other_ways(ways: WaysToConfirm, next: Option<&str>) -> AnyView {
    let WaysToConfirm { password, providers, unable } = ways;
    let is_stuck = !password && providers.is_empty();
    let class = if password { "button wide" } else { "button primary wide" };
    let links: Vec<_> = providers
        .into_iter()
        .map(|provider| {
            let href = way_to(&provider.name, "for=confirm", next);
            view! { <li><a class=class href=href rel="external">{format!("Confirm with {}", provider.label)}</a></li> }
        })
        .collect();
    let is_or = password && !links.is_empty();
    let unable = (!unable.is_empty() && !password).then(|| {
        let names = unable.join(" and ");
        view! { <p class="muted">{format!("{names} cannot confirm that it is you: it does not tell when you last signed in there.")}</p> }
    });
    view! {
        {is_or.then(|| view! { <p class="or"><span>"or"</span></p> })}
        {(!links.is_empty()).then(|| view! { <ul class="ways">{links}</ul> })}
        {unable}
        {(!password).then(|| view! { <p><a href="/profile/tokens">"Cancel"</a></p> })}
        {is_stuck.then(|| view! {
            <div class="notice">
                <div><p><strong>"Nothing else is set up that could."</strong>" Ask an administrator for a link with which you choose a password; it confirms from then on."</p></div>
            </div>
        })}
    }
    .into_any()
}
