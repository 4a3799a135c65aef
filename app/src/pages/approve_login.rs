//! `/login/{code}`: what a terminal asks for that wants to sign in, and the decision about it.

mod form;
mod request;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::views::{LoginPage, OpenLogin};

use self::{form::decision, request::Request};
use super::failed::Failed;
use crate::{
    Failure,
    components::{form_answer::FormAnswer, page_title::PageTitle},
    page_data::page_of,
    server_fns::logins::read_login,
};

/// The page.
#[component]
pub(crate) fn ApproveLoginPage() -> impl IntoView {
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    view! {
        {page_of(code, move || read_login(untrack(code)), move |data| match data {
                    Ok(LoginPage::Open(login)) => view! { <Open login code=untrack(code)/> }.into_any(),
                    Ok(LoginPage::Approved) => view! { <Approved/> }.into_any(),
                    Ok(LoginPage::Denied) => view! { <Denied/> }.into_any(),
                    Err(Failure::NotFound) => view! { <Gone/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Open(login: OpenLogin, code: String) -> impl IntoView {
    let answer = FormAnswer::get();
    let intro = if login.reach.is_some() {
        "Approve it only if you started it yourself, just now, on a machine that you trust. Whoever is at that terminal gets the token."
    } else {
        "The feed it asks for does not exist, or it is not for you. There is nothing to approve."
    };
    view! {
        <PageTitle text=answer.title("Sign in from a terminal")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"A terminal asks to sign in as you"</h1>
                        <p class="muted">{intro}</p>
                    </div>
                </div>
                {answer.summary(form::FIRST)}
                <Request login=login.clone()/>
                {decision(&login, &code, &answer)}
            </main>
        </div>
    }
}

#[component]
fn Approved() -> impl IntoView {
    view! {
        <PageTitle text="Signed in"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Go back to your terminal"</h1>
                <div class="card">
                    <p>"You have approved the sign-in. The terminal gets its token in a few seconds, once; this page can be closed."</p>
                    <p class="hint">"The token is listed with your others, where you can see its use and revoke it."</p>
                    <div class="actions"><a class="button" href="/profile/tokens">"Tokens"</a></div>
                </div>
            </main>
        </div>
    }
}

#[component]
fn Denied() -> impl IntoView {
    view! {
        <PageTitle text="Sign-in denied"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Sign-in denied"</h1>
                <div class="card">
                    <p>"The terminal gets no token. If you did not start this sign-in, somebody sent you its link: tell your administrator."</p>
                    <div class="actions"><a class="button" href="/profile/tokens">"Tokens"</a></div>
                </div>
            </main>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <PageTitle text="This sign-in is over"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"This sign-in is over"</h1>
                <div class="card">
                    <p>"Its link works for ten minutes, and until somebody has decided. To sign in, begin again in the terminal:"</p>
                    <p><code>"npm login"</code></p>
                    <div class="actions"><a class="button" href="/profile/tokens">"Tokens"</a></div>
                </div>
            </main>
        </div>
    }
}
