//! A line of text in a form.

use leptos::prelude::*;

use super::form_answer::FormAnswer;

/// What a user name is made of.
pub(crate) const USERNAME_HINT: &str = "Small letters, digits and hyphens.";

/// The field with its label. Its name is its id too.
#[component]
pub(crate) fn TextField<'a>(
    /// Its name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What to know before filling it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The kind of input: `text`, `email`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in (HTML, “Autofill”).
    autocomplete: &'static str,
    /// The most characters it takes.
    longest: usize,
    /// What it begins with, unless something was typed before.
    #[prop(optional)]
    value: String,
    /// Whether each character counts.
    #[prop(optional)]
    is_code: bool,
    /// Whether it may stay empty.
    #[prop(optional)]
    is_optional: bool,
    /// The answer that the form got.
    answer: &'a FormAnswer,
) -> impl IntoView + use<> {
    let wrong = answer.wrong(name);
    let described = described(name, wrong.is_some(), hint.is_some());
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {field_error(name, wrong.clone())}
            <input
                class=if is_code { "input code" } else { "input" }
                id=name
                name=name
                type=kind
                value=answer.typed(name).unwrap_or(value)
                autocomplete=autocomplete
                maxlength=longest
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=wrong.is_some().then_some("true")
                required=!is_optional
            />
        </div>
    }
}

/// What is wrong with a field, beside it.
pub(crate) fn field_error(name: &'static str, wrong: Option<String>) -> impl IntoView {
    wrong.map(|wrong| view! { <p class="field-error" id=format!("{name}-error")>{wrong}</p> })
}

/// The ids of what a field is described by.
pub(crate) fn described(name: &str, is_wrong: bool, has_hint: bool) -> Option<String> {
    match (is_wrong, has_hint) {
        (true, true) => Some(format!("{name}-error {name}-hint")),
        (true, false) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-hint")),
        (false, false) => None,
    }
}
