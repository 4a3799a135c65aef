//! Making an account for oneself, where the operator lets everybody.

use leptos::prelude::*;
use model::policy::SignUp;

use crate::{
    components::{
        form_answer::{FormAnswer, FormFailure},
        page_title::PageTitle,
        password_field::NewPasswordField,
        text_field::TextField,
    },
    site::Site,
};

/// What a user name is made of.
pub(super) const USERNAME_HINT: &str = "Small letters, digits and hyphens.";

/// `/sign-up`: the form, or who can help.
#[component]
pub(crate) fn SignUpPage() -> impl IntoView {
    match Site::get().policy.sign_up {
        SignUp::Open => view! { <OpenPage/> }.into_any(),
        SignUp::Closed => view! { <ClosedPage/> }.into_any(),
    }
}

#[component]
fn OpenPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Create your account" } else { "Create your account" };
    view! {
        <PageTitle text=title/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Create your account"</h1>
                <FormFailure answer first="username"/>
                <form class="card form" method="post" action="/sign-up">
                    <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="username" longest=39/>
                    <TextField name="email" label="Email" kind="email" autocomplete="email"/>
                    <NewPasswordField name="password" label="Password"/>
                    <div class="actions"><button class="button primary">"Create account"</button></div>
                </form>
                <p class="small">"You have one already? "<a href="/sign-in" rel="external">"Sign in"</a></p>
            </main>
        </div>
    }
}

#[component]
fn ClosedPage() -> impl IntoView {
    view! {
        <PageTitle text="Create your account"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Create your account"</h1>
                <div class="card">
                    <p>"Sign-up is closed on this server. An administrator can make an account for you; you then get a link to choose your password."</p>
                    <div class="actions"><a class="button primary" href="/sign-in" rel="external">"Sign in"</a></div>
                </div>
            </main>
        </div>
    }
}
