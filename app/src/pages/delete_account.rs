//! `/profile/delete`: the end of an account. What it does is said first.

use leptos::prelude::*;
use model::{links, names::Username, views::Farewell};

use super::failed::Failed;
use crate::{
    components::{
        form_answer::FormAnswer, frame::ProfileNav, page_title::PageTitle, text_field::TextField,
    },
    page_data::page_of,
    server_fns::accounts::read_farewell,
};

/// The page.
#[component]
pub(crate) fn DeleteAccountPage() -> impl IntoView {
    page_of(String::new, read_farewell, |data| match data {
        Ok(farewell) => view! { <DeleteAccount farewell/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn DeleteAccount(farewell: Farewell) -> impl IntoView {
    let answer = FormAnswer::get();
    let content = if farewell.is_possible() {
        confirm(&farewell, &answer).into_any()
    } else {
        obstacles(&farewell).into_any()
    };
    view! {
        <PageTitle text=answer.title("Delete account")/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <h1>"Delete account"</h1>
                {answer.summary("confirm")}
                {content}
            </main>
        </div>
    }
    .into_any()
}

/// What stands in the way, and what to do about it.
fn obstacles(farewell: &Farewell) -> impl IntoView + use<> {
    let feeds: Vec<_> = farewell
        .orphans
        .iter()
        .map(|feed| {
            view! {
                <li>
                    <strong>{feed.clone()}</strong>": "
                    <a href=links::feed_members(feed)>"make somebody else an owner"</a>" or "
                    <a href=links::feed_settings(feed)>"delete the feed"</a>
                </li>
            }
        })
        .collect();
    let feeds = (!feeds.is_empty()).then(|| {
        view! {
            <p>"You are the only owner of these feeds. Nobody could look after them and their packages:"</p>
            <ul class="rules">{feeds}</ul>
        }
    });
    let admin = farewell.is_only_admin.then(|| {
        view! { <p>"You are the only administrator of this server. Make somebody else one first."</p> }
    });
    view! {
        <div class="card stack">
            <p><strong>"Your account cannot be deleted yet."</strong></p>
            {feeds}
            {admin}
            <div class="actions"><a class="button" href="/profile">"Back to your profile"</a></div>
        </div>
    }
}

fn confirm(farewell: &Farewell, answer: &FormAnswer) -> impl IntoView + use<> {
    let Farewell { username, tokens, memberships, .. } = farewell;
    let hint = format!("Type {username} to confirm.");
    view! {
        <form class="card form danger-zone" method="post" action="/profile/delete">
            <div class="stack">
                <ul class="rules">
                    <li>{tokens_stop(*tokens)}</li>
                    {feeds_stay(*memberships).map(|words| view! { <li>{words}</li> })}
                    <li>{format!("Packages you published stay, and name {username} as who published them.")}</li>
                    <li>"Your password, email address, sessions and the addresses you came from are deleted. The audit log keeps what was done."</li>
                    <li>{format!("Nobody else can take the name {username}.")}</li>
                </ul>
                <p>"This cannot be undone."</p>
            </div>
            <TextField name="confirm" label="Username" hint autocomplete="off" longest=Username::LONGEST is_code=true answer/>
            <div class="actions">
                <button class="button danger solid">{format!("Delete {username}")}</button>
                <a class="button quiet" href="/profile">"Cancel"</a>
            </div>
        </form>
    }
}

fn tokens_stop(tokens: u64) -> String {
    match tokens {
        0 | 1 => "Your token stops at once: clients that use it are refused.".to_owned(),
        _ => format!("Your {tokens} tokens stop at once: clients that use them are refused."),
    }
}

fn feeds_stay(memberships: u64) -> Option<String> {
    match memberships {
        0 => None,
        1 => Some("The feed you are a member of stays, with its other owners.".to_owned()),
        _ => Some(format!(
            "The {memberships} feeds you are a member of stay, with their other owners."
        )),
    }
}
