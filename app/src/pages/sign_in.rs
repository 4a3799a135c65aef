//! `/sign-in`: name and password, or a provider.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{names::Email, policy::SignUp};

use crate::{
    components::{
        form_answer::FormAnswer, page_title::PageTitle, password_field::PasswordField,
        provider_links::OrContinueWith, text_field::TextField,
    },
    site::Site,
};

/// The page. It leads to `next` afterwards, if the server finds that this is one of its own.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let asked = |name: &str| use_query_map().with_untracked(|query| query.get(name));
    let (next, is_deleted) = (asked("next"), asked("deleted").is_some());
    let account = match Site::get().policy.sign_up {
        SignUp::Open => "Create an account",
        SignUp::Domains | SignUp::Closed => "How to get an account",
    };
    view! {
        <PageTitle text=answer.title("Sign in")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"Sign in"</h1>
                {is_deleted.then(|| view! {
                    <div class="notice ok" role="status"><div><p>"Your account is deleted."</p></div></div>
                })}
                {answer.summary("login")}
                <form class="card form" method="post" action="/sign-in">
                    <input type="hidden" name="next" value=next.clone()/>
                    <TextField name="login" label="Email or username" autocomplete="username" longest=Email::LONGEST answer=&answer/>
                    <PasswordField answer=&answer/>
                    <div class="actions"><button class="button primary">"Sign in"</button></div>
                </form>
                <OrContinueWith next/>
                <p class="small"><a href="/sign-up">{account}</a></p>
            </main>
        </div>
    }
}
