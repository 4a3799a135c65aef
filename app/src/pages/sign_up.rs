//! `/sign-up`: an account for whoever asks, or who makes one.

use leptos::prelude::*;
use model::{
    names::{Email, Username},
    policy::SignUp,
};

use crate::{
    components::{
        code_block::CodeBlock,
        form_answer::FormAnswer,
        page_title::PageTitle,
        password_field::PasswordField,
        provider_links::OrContinueWith,
        text_field::{TextField, USERNAME_HINT},
    },
    site::Site,
};

/// The page.
#[component]
pub(crate) fn SignUpPage() -> impl IntoView {
    let content = match Site::get().policy.sign_up {
        SignUp::Open => open().into_any(),
        SignUp::Domains | SignUp::Closed => closed().into_any(),
    };
    view! {
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                {content}
                <p class="small">"Have an account? "<a href="/sign-in">"Sign in"</a></p>
            </main>
        </div>
    }
}

fn open() -> impl IntoView {
    let answer = FormAnswer::get();
    view! {
        <PageTitle text=answer.title("Create your account")/>
        <h1>"Create your account"</h1>
        {answer.summary("email")}
        <form class="card form" method="post" action="/sign-up">
            <TextField name="email" label="Email" kind="email" autocomplete="email" longest=Email::LONGEST answer=&answer/>
            <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="username" longest=Username::LONGEST answer=&answer/>
            <PasswordField is_new=true answer=&answer/>
            <div class="actions"><button class="button primary">"Create account"</button></div>
        </form>
        <OrContinueWith/>
    }
}

fn closed() -> impl IntoView {
    view! {
        <PageTitle text="Accounts are by invitation"/>
        <h1>"Accounts are by invitation"</h1>
        <div class="card">
            <p>"Ask an administrator of this server for an account. They send you a link with which you choose your password."</p>
            <p class="muted">"Administrators make the link under Admin, People, or with this command:"</p>
            <CodeBlock place="On the server" what="the command" text="latchkey user create NAME --email EMAIL"/>
        </div>
    }
}
