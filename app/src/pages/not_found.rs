//! What is not there, and what is not for this person: one page.

use leptos::prelude::*;

use crate::{components::page_title::PageTitle, site::Site};

/// The page of every address that leads nowhere.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::context::set_status(http::StatusCode::NOT_FOUND);
    let is_signed_in = Site::get().viewer.is_some();
    let (href, words) = if is_signed_in { ("/feeds", "To your feeds") } else { ("/sign-in", "Sign in") };
    view! {
        <PageTitle text="Nothing here"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"There is nothing here"</h1>
                <p>"The address may be mistyped, or what was here is gone, or it is not shared with you."</p>
                <div class="actions"><a class="button primary" href=href rel="external">{words}</a></div>
            </main>
        </div>
    }
}
