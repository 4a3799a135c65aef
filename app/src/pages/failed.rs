//! What stands in a page's place when its data could not be had.

use leptos::prelude::*;

use super::not_found::NotFoundPage;
use crate::{Failure, components::page_title::PageTitle};

/// Says what went wrong.
#[component]
pub(crate) fn Failed(
    /// What went wrong.
    failure: Failure,
) -> impl IntoView {
    if failure == Failure::NotFound {
        return NotFoundPage().into_any();
    }
    let is_signed_out = failure == Failure::SignedOut;
    view! {
        <PageTitle text="That did not work"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"That did not work"</h1>
                <p>{failure.to_string()}</p>
                {is_signed_out.then(|| view! {
                    <div class="actions"><a class="button primary" href="/sign-in" rel="external">"Sign in"</a></div>
                })}
            </main>
        </div>
    }
    .into_any()
}
