//! `/confirm`: the password once more before what needs it, for browsers without script.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{
        form_answer::FormAnswer,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
    },
    site::Site,
};

/// The page. It leads to `next` afterwards, if the server finds that this is one of its own.
#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let username = Site::get().viewer.map(|viewer| viewer.username).unwrap_or_default();
    view! {
        <PageTitle text=answer.title("Confirm it is you")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Confirm it is you"</h1>
                        <p class="muted">"You signed in some time ago. What you are about to do needs your password again."</p>
                    </div>
                </div>
                {answer.summary("password")}
                <form class="card form" method="post" action="/confirm">
                    <input type="hidden" name="next" value=next/>
                    <UsernameForManagers username/>
                    <PasswordField is_first=true answer=&answer/>
                    <div class="actions">
                        <button class="button primary">"Confirm"</button>
                        <a class="button quiet" href="/profile/tokens">"Cancel"</a>
                    </div>
                </form>
            </main>
        </div>
    }
}
