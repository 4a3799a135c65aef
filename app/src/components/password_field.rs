//! A password to type: it can be looked at, and a new one is counted and suggested.

use leptos::{html, prelude::*};

use super::form_answer::FormAnswer;
use crate::{server_fns::accounts::suggest_passphrase, site::Site};

/// A password that exists already.
#[component]
pub(crate) fn PasswordField(
    /// The name it is sent under.
    name: &'static str,
    /// What it is called.
    label: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <PasswordInput name label=label.to_lowercase() autocomplete="current-password"/>
        </div>
    }
}

/// A password to choose: its length is counted, and one is suggested.
#[component]
pub(crate) fn NewPasswordField(
    /// The name it is sent under.
    name: &'static str,
    /// What it is called.
    label: &'static str,
) -> impl IntoView {
    let shortest = Site::get().policy.shortest_password;
    let length = RwSignal::new(0);
    let count = move || match length.get() {
        few if few < shortest => format!("{few} of {shortest} characters"),
        enough => format!("{enough} characters. Long enough."),
    };
    let problem = FormAnswer::get().problem_of(name);
    let suggestion = Resource::new(|| (), |()| suggest_passphrase());
    let described = match problem {
        Some(_) => format!("{name}-hint {name}-error"),
        None => format!("{name}-hint"),
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <p class="hint" id=format!("{name}-hint")>{shortest}" characters or more. Spaces are fine."</p>
            {problem.map(|problem| view! { <p class="field-error" id=format!("{name}-error")>{problem}</p> })}
            <PasswordInput name label=label.to_lowercase() autocomplete="new-password" described length/>
            <p class="hint needs-script">{count}</p>
            <details class="suggest">
                <summary>"Suggest a passphrase"</summary>
                <p>
                    <output class="secret" translate="no" spellcheck="false">
                        <Suspense>{move || Suspend::new(async move { view! { <span>{suggestion.await.ok()}</span> } })}</Suspense>
                    </output>
                </p>
                <p class="hint">"Made for you just now. Keep it in a password manager. Reload the page for another."</p>
            </details>
        </div>
    }
}

#[component]
fn PasswordInput(
    name: &'static str,
    label: String,
    autocomplete: &'static str,
    #[prop(optional)] described: Option<String>,
    #[prop(optional)] length: Option<RwSignal<usize>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let is_shown = RwSignal::new(false);
    let kind = move || if is_shown.get() { "text" } else { "password" };
    let word = move || if is_shown.get() { "Hide" } else { "Show" };
    let typed = move |_| {
        if let (Some(length), Some(input)) = (length, input.get_untracked()) {
            length.set(input.value().chars().count());
        }
    };
    view! {
        <div class="joined">
            <input
                class="input"
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                maxlength="256"
                autocapitalize="none"
                spellcheck="false"
                required
                aria-describedby=described
                node_ref=input
                on:input=typed
            />
            <button
                type="button"
                class="button needs-script"
                aria-controls=name
                on:click=move |_| is_shown.update(|shown| *shown = !*shown)
            >
                {word}
                <span class="visually-hidden">" "{label}</span>
            </button>
        </div>
    }
}
