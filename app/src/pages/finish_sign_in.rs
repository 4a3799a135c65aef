//! `/sign-in/finish`: what somebody decides who comes back from a provider. Nothing has been done yet.

use leptos::prelude::*;
use model::{
    names::Username,
    views::{Arrived, Decision},
};

use super::failed::Failed;
use crate::{
    Failure,
    components::{
        form_answer::FormAnswer,
        page_title::PageTitle,
        text_field::{TextField, USERNAME_HINT},
    },
    page_data::page_of,
    server_fns::identities::read_arrived,
};

/// The page.
#[component]
pub(crate) fn FinishSignInPage() -> impl IntoView {
    page_of(String::new, read_arrived, |arrived| match arrived {
        Ok(arrived) => view! { <Decide arrived/> }.into_any(),
        Err(Failure::NotFound) => view! { <Gone/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn Decide(arrived: Arrived) -> impl IntoView {
    let answer = FormAnswer::get();
    let Arrived { provider, can_confirm, label, decision } = arrived;
    let cannot_confirm = (!can_confirm).then(|| {
        format!("{provider} cannot confirm later that it is you. Set a password on the security page within two hours, so that you can show and make tokens afterwards.")
    });
    let (title, why, rows, field, button, cancel) = match decision {
        Decision::Link { username } => (
            format!("Link {provider}?"),
            "From now on whoever signs in with this identity is signed in to your account here.",
            vec![("Your account", username)],
            None,
            format!("Link {provider}"),
            "/profile/security",
        ),
        Decision::Join { username } => (
            format!("Join with {provider}?"),
            "The account gets no password: this identity opens it. You can set a password later.",
            vec![("Your account", username)],
            None,
            format!("Join with {provider}"),
            "/sign-in",
        ),
        Decision::SignUp { suggestion, email } => (
            "Choose your username".to_owned(),
            "No account is linked with this identity yet. The new account gets no password: this identity opens it.",
            vec![("Email", email)],
            Some(
                view! { <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="username" longest=Username::LONGEST value=suggestion answer=&answer/> },
            ),
            "Create account".to_owned(),
            "/sign-in",
        ),
    };
    let is_new = cancel == "/sign-in";
    let rows: Vec<_> = [(provider.as_str(), label)]
        .into_iter()
        .chain(rows.iter().map(|(name, value)| (*name, value.clone())))
        .map(|(name, value)| view! { <div><dt>{name.to_owned()}</dt><dd>{value}</dd></div> })
        .collect();
    view! {
        <PageTitle text=answer.title(&title)/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p class="muted">{why}</p>
                    </div>
                </div>
                {answer.summary("username")}
                <form class="card form" method="post" action="/sign-in/finish">
                    <dl class="facts">{rows}</dl>
                    {field}
                    {cannot_confirm.filter(|_| is_new).map(|words| view! { <p class="hint">{words}</p> })}
                    <div class="actions">
                        <button class="button primary">{button}</button>
                        <a class="button quiet" href=cancel>"Cancel"</a>
                    </div>
                </form>
            </main>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <PageTitle text="There is nothing to finish"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"There is nothing to finish"</h1>
                <div class="card">
                    <p>"You came back from the provider more than ten minutes ago, or this was finished already. Begin again."</p>
                    <div class="actions"><a class="button" href="/sign-in">"Sign in"</a></div>
                </div>
            </main>
        </div>
    }
}
