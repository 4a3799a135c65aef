//! `/invite/{code}`: the first password of an account that somebody else made, or a provider that
//! opens it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::links::segment;

use super::failed::Failed;
use crate::{
    Failure,
    components::{
        form_answer::FormAnswer,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
        provider_links::OrContinueWith,
    },
    page_data::page_of,
    server_fns::accounts::read_invitation,
};

/// The page.
#[component]
pub(crate) fn ChoosePasswordPage() -> impl IntoView {
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    view! {
        {page_of(code, move || read_invitation(untrack(code)), move |data| match data {
                    Ok(username) => view! { <Choose username code=untrack(code)/> }.into_any(),
                    Err(Failure::NotFound) => view! { <Gone/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Choose(username: String, code: String) -> impl IntoView {
    let answer = FormAnswer::get();
    let account = format!("For the account {username}. This link works once.");
    view! {
        <PageTitle text=answer.title("Choose your password")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Choose your password"</h1>
                        <p class="muted">{account}</p>
                    </div>
                </div>
                {answer.summary("password")}
                <form class="card form" method="post" action=format!("/invite/{code}")>
                    <UsernameForManagers username/>
                    <PasswordField is_new=true answer=&answer/>
                    <div class="actions"><button class="button primary">"Set password and sign in"</button></div>
                </form>
                <OrContinueWith asked=format!("invite={}", segment(&code))/>
            </main>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <PageTitle text="This link no longer works"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"This link no longer works"</h1>
                <div class="card">
                    <p>"It was used already, or it is older than 24 hours. Ask the administrator who sent it for another."</p>
                    <div class="actions"><a class="button" href="/sign-in">"Sign in"</a></div>
                </div>
            </main>
        </div>
    }
}
