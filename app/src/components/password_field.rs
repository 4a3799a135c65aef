//! Passwords in forms: one that exists, and one that is being chosen.

use leptos::{html, prelude::*};
use model::password::LONGEST;

use super::{
    form_answer::FormAnswer,
    text_field::{described, field_error},
};
use crate::{page_data::page_of, server_fns::accounts::suggest_passphrase, site::Site};

/// A field for a password. Nothing that was typed into it ever comes back.
#[component]
pub(crate) fn PasswordField<'a>(
    /// Its name, and its id.
    #[prop(default = "password")]
    name: &'static str,
    /// Its label.
    #[prop(default = "Password")]
    label: &'static str,
    /// Whether it is being chosen here.
    #[prop(optional)]
    is_new: bool,
    /// Whether typing starts here.
    #[prop(optional)]
    is_first: bool,
    /// The answer that the form got.
    answer: &'a FormAnswer,
) -> impl IntoView + use<> {
    let wrong = answer.wrong(name);
    let is_shown = RwSignal::new(false);
    let length = RwSignal::new(0);
    let field = NodeRef::<html::Input>::new();
    let count = move || {
        if let Some(field) = field.get_untracked() {
            length.set(field.value().chars().count());
        }
    };
    // What was typed before the script came counts too.
    Effect::new(move |_| count());
    hide_when_sent(is_shown);
    let shortest = Site::get().policy.shortest_password;
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {is_new.then(|| view! {
                <p class="hint" id=format!("{name}-hint")>{format!("{shortest} characters or more. Spaces are fine.")}</p>
            })}
            {field_error(name, wrong.clone())}
            <div class="joined">
                <input
                    class="input"
                    id=name
                    name=name
                    type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=if is_new { "new-password" } else { "current-password" }
                    maxlength=LONGEST
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=described(name, wrong.is_some(), is_new)
                    aria-invalid=wrong.is_some().then_some("true")
                    required
                    autofocus=is_first
                    node_ref=field
                    on:input=move |_| count()
                />
                <button
                    type="button"
                    class="button needs-script"
                    aria-pressed=move || if is_shown.get() { "true" } else { "false" }
                    aria-controls=name
                    on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    "Show"<span class="visually-hidden">{format!(" {}", label.to_lowercase())}</span>
                </button>
            </div>
            {is_new.then(|| view! {
                <p class="hint needs-script" role="status">{move || format!("{} of {shortest} characters", length.get())}</p>
                <Suggestion/>
            })}
        </div>
    }
}

/// Tells password managers whose password a form is about, where nobody has to type the name.
#[component]
pub(crate) fn UsernameForManagers(
    /// The account's name.
    username: String,
) -> impl IntoView {
    view! {
        <input class="visually-hidden" type="text" name="username" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true"/>
    }
}

/// A form that is sent shows no password to whoever looks at the screen while it is under way.
fn hide_when_sent(is_shown: RwSignal<bool>) {
    Effect::new(move |_| {
        let sending = window_event_listener_untyped("submit", move |_| is_shown.set(false));
        on_cleanup(move || sending.remove());
    });
}

/// A passphrase made for this page, one click away.
#[component]
fn Suggestion() -> impl IntoView {
    page_of(String::new, suggest_passphrase, |suggestion| {
        suggestion
            .ok()
            .map(|passphrase: String| view! {
                <details class="suggest">
                    <summary>"Suggest a passphrase"</summary>
                    <p><output class="secret" translate="no" spellcheck="false"><span>{passphrase}</span></output></p>
                    <p class="hint">"Made for you just now. Keep it in a password manager. Reload the page for another."</p>
                </details>
            })
            .into_any()
    })
}
