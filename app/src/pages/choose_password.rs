//! `/invite/{code}` and `/reset/{code}`: a password chosen by a link that works once, the first one of
//! an account that somebody else made, or another in place of one that is forgotten. A provider may
//! open an invited account instead.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{links::segment, views::LinkPurpose};

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
    server_fns::accounts::{read_invitation, read_reset},
};

/// The page of an invitation.
#[component]
pub(crate) fn ChoosePasswordPage() -> impl IntoView {
    page(LinkPurpose::Invitation)
}

/// The page of a link that resets a password.
#[component]
pub(crate) fn ResetPasswordPage() -> impl IntoView {
    page(LinkPurpose::Reset)
}

fn page(purpose: LinkPurpose) -> AnyView {
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    let read = move || {
        let code = untrack(code);
        async move {
            match purpose {
                LinkPurpose::Invitation => read_invitation(code).await,
                LinkPurpose::Reset => read_reset(code).await,
            }
        }
    };
    page_of(code, read, move |data| match data {
        Ok(username) => view! { <Choose username code=untrack(code) purpose/> }.into_any(),
        Err(Failure::NotFound) => view! { <Gone purpose/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn Choose(username: String, code: String, purpose: LinkPurpose) -> impl IntoView {
    let answer = FormAnswer::get();
    let account = format!("For the account {username}. This link works once.");
    let (title, action, consequence) = match purpose {
        LinkPurpose::Invitation => ("Choose your password", "invite", None),
        LinkPurpose::Reset => (
            "Choose a new password",
            "reset",
            Some("You are signed out everywhere else. Your tokens keep working."),
        ),
    };
    view! {
        <PageTitle text=answer.title(title)/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p class="muted">{account}</p>
                    </div>
                </div>
                {answer.summary("password")}
                <form class="card form" method="post" action=format!("/{action}/{code}")>
                    <UsernameForManagers username/>
                    <PasswordField is_new=true answer=&answer/>
                    {consequence.map(|words| view! { <p class="hint">{words}</p> })}
                    <div class="actions"><button class="button primary">"Set password and sign in"</button></div>
                </form>
                {(purpose == LinkPurpose::Invitation).then(|| view! {
                    <OrContinueWith asked=format!("invite={}", segment(&code))/>
                })}
            </main>
        </div>
    }
}

#[component]
fn Gone(purpose: LinkPurpose) -> impl IntoView {
    let lives = match purpose {
        LinkPurpose::Invitation => "24 hours",
        LinkPurpose::Reset => "30 minutes",
    };
    let why = format!(
        "It was used already, it is older than {lives}, or a newer one was made. Ask the administrator who sent it for another."
    );
    view! {
        <PageTitle text="This link no longer works"/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <h1>"This link no longer works"</h1>
                <div class="card">
                    <p>{why}</p>
                    <div class="actions"><a class="button" href="/sign-in">"Sign in"</a></div>
                </div>
            </main>
        </div>
    }
}
