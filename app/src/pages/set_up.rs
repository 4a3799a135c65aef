//! Making the first account.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::sign_up::USERNAME_HINT;
use crate::components::{
    form_answer::{FormAnswer, FormFailure},
    page_title::PageTitle,
    password_field::NewPasswordField,
    text_field::TextField,
};

/// `/setup`: the first account, which administers the server. Asks for the code that the server
/// printed, so that nobody is quicker than whoever started it.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Set up" } else { "Set up" };
    let query = use_query_map();
    let code = untrack(move || query.with(|query| query.get("code").unwrap_or_default()));
    view! {
        <PageTitle text=title/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Set up Latchkey"</h1>
                        <p class="muted">"Create the first account. It will administer this server."</p>
                    </div>
                </div>
                <FormFailure answer first="code"/>
                <form class="card form" method="post" action="/setup">
                    <TextField name="code" label="Set-up code" hint="Printed on the terminal where Latchkey was started." is_code=true value=code/>
                    <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="username" longest=39/>
                    <TextField name="email" label="Email" kind="email" autocomplete="email"/>
                    <NewPasswordField name="password" label="Password"/>
                    <div class="actions"><button class="button primary">"Create account"</button></div>
                </form>
            </main>
        </div>
    }
}
