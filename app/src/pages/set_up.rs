//! `/setup`: the first account.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::names::{Email, Username};

use crate::components::{
    form_answer::FormAnswer,
    page_title::PageTitle,
    password_field::PasswordField,
    text_field::{TextField, USERNAME_HINT},
};

/// The most characters of a code; ours are shorter.
const LONGEST_CODE: usize = 64;

/// The page. The link that the server prints brings its code.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let code = use_query_map().with_untracked(|query| query.get("code"));
    view! {
        <PageTitle text=answer.title("Set up")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Set up Latchkey"</h1>
                        <p class="muted">"Create the first account. It will administer this server."</p>
                    </div>
                </div>
                {answer.summary("code")}
                <form class="card form" method="post" action="/setup">
                    <TextField name="code" label="Set-up code" hint="Printed on the terminal where Latchkey was started." autocomplete="off" longest=LONGEST_CODE value=code.unwrap_or_default() is_code=true answer=&answer/>
                    <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="username" longest=Username::LONGEST answer=&answer/>
                    <TextField name="email" label="Email" kind="email" autocomplete="email" longest=Email::LONGEST answer=&answer/>
                    <PasswordField is_new=true answer=&answer/>
                    <div class="actions"><button class="button primary">"Create account"</button></div>
                </form>
            </main>
        </div>
    }
}
