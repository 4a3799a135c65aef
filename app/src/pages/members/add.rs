//! The form that makes somebody a member.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{links, names::Username, role::Role};

use super::acts::{Acts, role};
use crate::{
    components::{form_answer::FormAnswer, text_field::TextField},
    server_fns::feeds::Membership,
};

/// The form, with what each role may do.
#[component]
pub(super) fn AddMember<'a>(
    /// The acts of the page.
    acts: Acts,
    /// The answer that the form got.
    answer: &'a FormAnswer,
) -> impl IntoView + use<> {
    // What was typed before the password was asked for.
    let query = use_query_map();
    let before = |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let chosen = answer.typed("role").unwrap_or_else(|| before("role"));
    let chosen = chosen.parse().unwrap_or(Role::Reader);
    let roles: Vec<_> = Role::ALL.into_iter().map(|role| card(role, role == chosen)).collect();
    let action = links::feed_members(&acts.feed.get_value());
    let submit = acts.submit(|data| {
        let username = data.get("username").as_string()?;
        Some((username, Membership::Add(role(data)?)))
    });
    view! {
        <section class="section" aria-labelledby="add">
            <h2 id="add">"Add a member"</h2>
            <form class="card form" method="post" action=action on:submit=submit>
                <TextField
                    name="username"
                    label="Username"
                    hint="As it is written, not an email address."
                    autocomplete="off"
                    longest=Username::LONGEST
                    value=before("username")
                    is_code=true
                    answer
                />
                <fieldset class="choices">
                    <legend>"Role"</legend>
                    <div class="radio-cards one">{roles}</div>
                </fieldset>
                <div class="actions">
                    <button class="button primary" aria-busy=move || acts.is_busy.get().then_some("true")>"Add member"</button>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn card(role: Role, is_chosen: bool) -> impl IntoView {
    view! {
        <div class="radio-card">
            <label>
                <input type="radio" name="role" value=role.name() checked=is_chosen/>
                <strong>{role.label()}</strong>
                <span class="hint">{format!("May {}.", role.abilities())}</span>
            </label>
        </div>
    }
}
