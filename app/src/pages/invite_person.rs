//! `/admin/people/new`: the form that invites somebody, and the link to send.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    links,
    names::{Email, Username},
};

use crate::{
    Failure,
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        form_answer::FormAnswer,
        frame::AdminNav,
        one_time_link::{Asked, LinkCard, Linking},
        page_title::PageTitle,
        problem::ProblemAlert,
        text_field::{TextField, USERNAME_HINT},
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::people::{NewPerson, may_invite},
};

/// The page.
#[component]
pub(crate) fn InvitePersonPage() -> impl IntoView {
    Confirmation::provide();
    let form = page_of(String::new, may_invite, |data: Result<(), Failure>| match data {
        Ok(()) => view! { <Invite/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    });
    view! {
        {form}
        <ConfirmDialog why="Inviting somebody needs your password again."/>
    }
}

#[component]
fn Invite() -> impl IntoView {
    let answer = FormAnswer::get();
    let linking = Linking::new();
    let title = answer.title("Invite somebody");
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <AdminNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/admin">"People"</a></li>
                        <li><span aria-current="page">"Invite"</span></li>
                    </ol>
                </nav>
                <h1>"Invite somebody"</h1>
                {move || match linking.link.get() {
                    Some(link) => {
                        let person = links::person(&link.username);
                        view! {
                            <LinkCard link/>
                            <div class="actions">
                                <a class="button primary" href=person>"Done"</a>
                                <a class="button" href="/admin/people/new" rel="external">"Invite somebody else"</a>
                            </div>
                        }
                        .into_any()
                    }
                    None => form(linking, &answer).into_any(),
                }}
            </main>
        </div>
    }
}

fn form(linking: Linking, answer: &FormAnswer) -> impl IntoView + use<> {
    // What was typed before the password was asked for.
    let before = |name: &str| use_query_map().with_untracked(|query| query.get(name));
    let is_admin = answer.typed("admin").or_else(|| before("admin")).as_deref() == Some("yes");
    let submit = linking.submit(|data| {
        Some(Asked::Invitation(NewPerson {
            username: data.get("username").as_string()?,
            email: data.get("email").as_string()?,
            is_admin: data.get("admin").as_string().as_deref() == Some("yes"),
        }))
    });
    view! {
        {answer.summary("username")}
        <form class="card form" method="post" action="/admin/people/new" on:submit=submit>
            <p class="muted">"An account is made, and you get a link to send. Whoever opens it within 24 hours chooses the password."</p>
            <TextField name="username" label="Username" hint=USERNAME_HINT autocomplete="off" longest=Username::LONGEST value=before("username").unwrap_or_default() is_code=true answer/>
            <TextField name="email" label="Email" hint="To sign in with. This server sends no mail: you send the link yourself." kind="email" autocomplete="off" longest=Email::LONGEST answer/>
            <div class="choice">
                <label>
                    <input type="checkbox" name="admin" value="yes" checked=is_admin/>
                    <strong>"Administrator"</strong>
                    <span class="hint">"Sees everybody, everybody's tokens without their values, and changes the policy."</span>
                </label>
            </div>
            <ProblemAlert problem=linking.problem/>
            <div class="actions">
                <button class="button primary" aria-busy=move || linking.is_busy.get().then_some("true")>"Invite"</button>
                <a class="button quiet" href="/admin">"Cancel"</a>
            </div>
        </form>
    }
}
