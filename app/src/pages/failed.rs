//! What stands in a page's place when its data could not be had.

use leptos::prelude::*;
use leptos_router::location::Url;

use super::not_found::NotFoundPage;
use crate::{Failure, address::here, components::page_title::PageTitle};

/// Says what went wrong; leads to the sign-in if that is what is missing.
#[component]
pub(crate) fn Failed(
    /// What went wrong.
    failure: Failure,
) -> impl IntoView {
    match failure {
        Failure::NotFound => view! { <NotFoundPage/> }.into_any(),
        Failure::SignedOut => view! { <SignedOut/> }.into_any(),
        Failure::Internal(number) => view! { <Broken number/> }.into_any(),
        other => view! { <Refused words=other.to_string()/> }.into_any(),
    }
}

#[component]
fn Refused(words: String) -> impl IntoView {
    view! {
        <PageTitle text="That did not work"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"That did not work"</h1>
                <p>{words}</p>
            </main>
        </div>
    }
}

/// The fault is the server's own.
#[component]
fn Broken(number: String) -> impl IntoView {
    view! {
        <PageTitle text="Something went wrong"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Something went wrong"</h1>
                <p>"The fault is on this server, not with you. Try again in a moment. If it happens again, give the administrator this number:"</p>
                <p><code>{number}</code></p>
                <div class="actions"><a class="button" href="/">"Start page"</a></div>
            </main>
        </div>
    }
}

/// The session ended while the page was open. The sign-in leads back to it.
#[component]
fn SignedOut() -> impl IntoView {
    let address = sign_in_address();
    let href = address.clone();
    Effect::new(move |_| {
        // The page that is left needs no say in it.
        let _ = window().location().replace(&address);
    });
    view! {
        <PageTitle text="Signed out"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Signed out"</h1>
                <p>"Your session has ended."</p>
                <div class="actions"><a class="button primary" href=href rel="external">"Sign in"</a></div>
            </main>
        </div>
    }
}

/// The sign-in, with the way back to this page.
fn sign_in_address() -> String {
    format!("/sign-in?next={}", Url::escape(&here().get_untracked()))
}
