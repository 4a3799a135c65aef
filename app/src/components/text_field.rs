//! One line of text to type, with its label, its hint and what is wrong with it.

use leptos::prelude::*;

use super::form_answer::FormAnswer;

/// A labelled field. Its id is its name.
#[component]
pub(crate) fn TextField(
    /// The name it is sent under.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What is to be known before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `text` or `email`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers and password managers may fill in (HTML, “Autofill”).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it is set in the typeface of code.
    #[prop(default = false)]
    is_code: bool,
    /// Whether it may stay empty.
    #[prop(default = false)]
    is_optional: bool,
    /// The most characters.
    #[prop(default = 254)]
    longest: u16,
    /// What stands in it where nothing was typed.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let answer = FormAnswer::get();
    let value = answer.typed(name).unwrap_or(value);
    let problem = answer.problem_of(name);
    let described = [
        hint.as_ref().map(|_| format!("{name}-hint")),
        problem.as_ref().map(|_| format!("{name}-error")),
    ];
    let described: Vec<String> = described.into_iter().flatten().collect();
    let is_wrong = problem.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {problem.map(|problem| view! { <p class="field-error" id=format!("{name}-error")>{problem}</p> })}
            <input
                class=if is_code { "input code" } else { "input" }
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                maxlength=longest
                required=!is_optional
                aria-describedby=(!described.is_empty()).then(|| described.join(" "))
                aria-invalid=is_wrong
            />
        </div>
    }
}
