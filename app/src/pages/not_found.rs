//! What is shown where there is nothing, or nothing for this person.

use leptos::prelude::*;

use crate::{components::page_title::PageTitle, site::Site};

/// The page.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    let ways = if Site::get().viewer.is_some() {
        view! {
            <a class="button" href="/feeds">"Feeds"</a>
            <a class="button" href="/profile/tokens">"Tokens"</a>
        }
        .into_any()
    } else {
        view! { <a class="button" href="/sign-in">"Sign in"</a> }.into_any()
    };
    view! {
        <PageTitle text="Page not found"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Page not found"</h1>
                <p>"Nothing is at this address, or it is not for you to see. If somebody sent you the link, ask them for access."</p>
                <div class="actions">{ways}</div>
            </main>
        </div>
    }
}
