//! The first page.

use leptos::prelude::*;

use crate::{components::page_title::PageTitle, site::Site};

/// `/`: leads to the tokens, or to the sign-in.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let target = if Site::get().viewer.is_some() { "/profile/tokens" } else { "/sign-in" };
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(target);
    view! {
        <PageTitle text="Welcome"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Latchkey"</h1>
                <div class="actions"><a class="button primary" href=target rel="external">"Go on"</a></div>
            </main>
        </div>
    }
}
