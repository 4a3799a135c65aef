//! What an administrator gives somebody and takes away: links, sessions, the role.

use leptos::prelude::*;
use model::{links, views::PersonPage};

use crate::{
    components::one_time_link::{Asked, Linking},
    server_fns::people::PersonAct,
};

/// The address of an act on an account.
pub(super) fn address(username: &str, act: PersonAct) -> String {
    format!("{}/{}", links::person(username), act.word())
}

/// A form that takes one button and gives a link.
fn link_form(
    username: &str,
    act: PersonAct,
    label: &'static str,
    class: &'static str,
    linking: Linking,
) -> AnyView {
    let name = username.to_owned();
    let submit = linking.submit(move |_| Some(Asked::Act(name.clone(), act)));
    view! {
        <form class="act" method="post" action=address(username, act) on:submit=submit>
            <button class=class aria-busy=move || linking.is_busy.get().then_some("true")>{label}</button>
        </form>
    }
    .into_any()
}

/// How somebody gets in who cannot, and out who is.
#[component]
pub(super) fn SignIn<'a>(
    /// The page.
    page: &'a PersonPage,
    /// The link of the page.
    linking: Linking,
) -> impl IntoView + use<> {
    let name = &page.person.username;
    let reset = link_form(name, PersonAct::Reset, "Make a reset link", "button", linking);
    let sign_out = (page.sessions > 0).then(|| {
        view! {
            <form class="act" method="post" action=address(name, PersonAct::SignOut)>
                <button class="button">"Sign out everywhere"</button>
            </form>
        }
        .into_any()
    });
    view! {
        <section class="section" aria-labelledby="sign-in">
            <h2 id="sign-in">"Signing in"</h2>
            <p>"Whoever has forgotten the password gets a link from you: it works once, for 30 minutes. When it is used, all sessions end; tokens keep working."</p>
            <div class="actions">{reset}{sign_out}</div>
        </section>
    }
    .into_any()
}

/// What becomes of an invitation.
#[component]
pub(super) fn Invitation<'a>(
    /// The page.
    page: &'a PersonPage,
    /// The link of the page.
    linking: Linking,
) -> impl IntoView + use<> {
    let name = &page.person.username;
    let again = link_form(name, PersonAct::Invite, "Make a new link", "button", linking);
    let withdraw = page.is_untouched.then(|| {
        let label = format!("Withdraw the invitation of {name}");
        view! {
            <details class="confirm">
                <summary class="button danger">"Withdraw…"</summary>
                <form class="card" method="post" action=address(name, PersonAct::Withdraw)>
                    <p>"The account is removed, and its name is free again."</p>
                    <div class="actions"><button class="button danger solid">{label}</button></div>
                </form>
            </details>
        }
        .into_any()
    });
    view! {
        <section class="section" aria-labelledby="invitation">
            <h2 id="invitation">"Invitation"</h2>
            <p>"Nobody has chosen a password for this account yet. A new link works for 24 hours, and the one before is dead."</p>
            <div class="actions">{again}</div>
            {withdraw}
        </section>
    }
    .into_any()
}

/// Whether the account administers the server.
#[component]
pub(super) fn Role<'a>(
    /// The page.
    page: &'a PersonPage,
) -> impl IntoView + use<> {
    let name = &page.person.username;
    let change = if page.is_last_admin {
        view! { <p>{format!("{name} is the only administrator who can sign in, and stays one until there is another.")}</p> }
            .into_any()
    } else if page.person.is_admin {
        let meaning = if page.is_viewer {
            "You lose these pages at once, and only another administrator can give them back."
        } else {
            "These pages are gone for this account at once. Its tokens, feeds and sessions stay."
        };
        role_form(
            name,
            PersonAct::TakeAdmin,
            "Take the role away…",
            format!("Take the role from {name}"),
            meaning,
        )
    } else {
        let meaning = "Administrators see everybody, everybody's tokens without their values, and change the policy. They may disable others, and make more administrators.";
        role_form(
            name,
            PersonAct::MakeAdmin,
            "Make an administrator…",
            format!("Make {name} an administrator"),
            meaning,
        )
    };
    view! {
        <section class="section" aria-labelledby="role">
            <h2 id="role">"Role"</h2>
            {change}
        </section>
    }
    .into_any()
}

fn role_form(
    name: &str,
    act: PersonAct,
    summary: &'static str,
    label: String,
    meaning: &'static str,
) -> AnyView {
    view! {
        <details class="confirm">
            <summary class="button">{summary}</summary>
            <form class="card" method="post" action=address(name, act)>
                <p>{meaning}</p>
                <div class="actions"><button class="button danger solid">{label}</button></div>
            </form>
        </details>
    }
    .into_any()
}
