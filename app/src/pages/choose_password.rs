//! Choosing the first password of an account that an operator made.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::failed::Failed;
use crate::{
    components::{
        form_answer::{FormAnswer, FormFailure},
        page_title::PageTitle,
        password_field::NewPasswordField,
    },
    server_fns::accounts::invited,
};

/// `/invite/{code}`: the link works once, for a day.
#[component]
pub(crate) fn ChoosePasswordPage() -> impl IntoView {
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    let name = Resource::new(code, invited);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match name.await {
                    Ok(Some(name)) => view! { <Form name code=untrack(code)/> }.into_any(),
                    Ok(None) => view! { <Gone/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Form(name: String, code: String) -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Choose your password" } else { "Choose your password" };
    view! {
        <PageTitle text=title/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Choose your password"</h1>
                        <p class="muted">"An account was made for you: "<strong>{name.clone()}</strong></p>
                    </div>
                </div>
                <FormFailure answer first="password"/>
                <form class="card form" method="post" action=format!("/invite/{code}")>
                    <input class="visually-hidden" type="text" name="username" value=name autocomplete="username" readonly tabindex="-1" aria-hidden="true"/>
                    <NewPasswordField name="password" label="Password"/>
                    <div class="actions"><button class="button primary">"Save and sign in"</button></div>
                </form>
            </main>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <PageTitle text="This link does not work any more"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"This link does not work any more"</h1>
                <p>"It was used, replaced by a newer one, or is older than a day. Ask the administrator for another."</p>
                <div class="actions"><a class="button primary" href="/sign-in" rel="external">"Sign in"</a></div>
            </main>
        </div>
    }
}
