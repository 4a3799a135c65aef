//! Confirming that it is still the same person.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{
        form_answer::{FormAnswer, FormFailure},
        page_title::PageTitle,
        password_field::PasswordField,
    },
    site::Site,
};

/// `/confirm?next=…`: asks for the password and leads on.
#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Confirm it is you" } else { "Confirm it is you" };
    let query = use_query_map();
    let asked = move || query.with(|query| query.get("next").unwrap_or_default());
    let next = answer.typed("next").unwrap_or_else(|| untrack(asked));
    let username = Site::get().viewer.map(|viewer| viewer.username);
    view! {
        <PageTitle text=title/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Confirm it is you"</h1>
                        <p class="muted">"You signed in some time ago. Showing, copying and making tokens needs your password again."</p>
                    </div>
                </div>
                <FormFailure answer first="password"/>
                <form class="card form" method="post" action="/confirm">
                    <input type="hidden" name="next" value=next/>
                    <input class="visually-hidden" type="text" name="username" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true"/>
                    <PasswordField name="password" label="Password"/>
                    <div class="actions">
                        <button class="button primary">"Confirm"</button>
                        <a class="button quiet" href="/profile/tokens" rel="external">"Cancel"</a>
                    </div>
                </form>
            </main>
        </div>
    }
}
