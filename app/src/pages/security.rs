//! What protects the account.

use leptos::prelude::*;

use crate::{
    components::{
        form_answer::{FormAnswer, FormFailure},
        frame::ProfileNav,
        page_title::PageTitle,
        password_field::{NewPasswordField, PasswordField},
    },
    site::Site,
};

/// `/profile/security`: changing the password.
#[component]
pub(crate) fn SecurityPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let title = if answer.failure.is_some() { "Error: Security" } else { "Security" };
    let username = Site::get().viewer.map(|viewer| viewer.username);
    let done = answer.done.clone();
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <h1>"Security"</h1>
                {done.map(|done| view! { <div class="notice ok" role="status"><p>{done}</p></div> })}
                <FormFailure answer first="current"/>
                <section class="card" aria-labelledby="change-password">
                    <h2 id="change-password">"Change password"</h2>
                    <p class="muted">"Your other sessions are signed out. Your tokens keep working."</p>
                    <form class="form" method="post" action="/profile/security">
                        <input class="visually-hidden" type="text" name="username" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true"/>
                        <PasswordField name="current" label="Current password"/>
                        <NewPasswordField name="new" label="New password"/>
                        <div class="actions"><button class="button primary">"Change password"</button></div>
                    </form>
                </section>
            </main>
        </div>
    }
}
