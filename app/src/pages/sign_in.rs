//! Signing in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::policy::SignUp;

use crate::{
    components::{
        form_answer::{FormAnswer, FormFailure},
        page_title::PageTitle,
        password_field::PasswordField,
        text_field::TextField,
    },
    site::Site,
};

/// `/sign-in`: by user name or e-mail address and password.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Sign in" } else { "Sign in" };
    let query = use_query_map();
    let asked = move || query.with(|query| query.get("next").unwrap_or_default());
    let next = answer.typed("next").unwrap_or_else(|| untrack(asked));
    let help = match Site::get().policy.sign_up {
        SignUp::Open => "Create an account",
        SignUp::Closed => "No account yet?",
    };
    view! {
        <PageTitle text=title/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Sign in"</h1>
                <FormFailure answer first="login"/>
                <form class="card form" method="post" action="/sign-in">
                    <input type="hidden" name="next" value=next/>
                    <TextField name="login" label="Email or username" autocomplete="username"/>
                    <PasswordField name="password" label="Password"/>
                    <div class="actions"><button class="button primary">"Sign in"</button></div>
                </form>
                <p class="small"><a href="/sign-up" rel="external">{help}</a></p>
            </main>
        </div>
    }
}
