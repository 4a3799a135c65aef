//! What the token would be able to do, and the buttons.

use leptos::prelude::*;
use model::{links, views::TokenPreview};

use super::filling::{Filling, Purpose};
use crate::components::token_words::packages_match;

/// The card beside the fields.
#[component]
pub(super) fn Summary(filling: Filling) -> impl IntoView {
    let sentence = move |preview: &TokenPreview| match (&preview.sentence, &preview.only_from) {
        (Ok(words), Some(only_from)) => format!("{words} {only_from}"),
        (Ok(words) | Err(words), _) => words.clone(),
    };
    let matches = move |preview: &TokenPreview| {
        let count = preview.sentence.is_ok().then_some(preview.matches)?;
        let least = if preview.is_partial { "At least " } else { "" };
        let words = format!("{least}{} today.", packages_match(count));
        Some(view! { <p class="hint">{words}</p> }.into_any())
    };
    let wider = move |preview: &TokenPreview| {
        let lines: Vec<_> =
            preview.wider.iter().map(|line| view! { <li>{line.clone()}</li> }).collect();
        (!lines.is_empty()).then(|| {
            view! {
                <div class="wider">
                    <h3>"More than now"</h3>
                    <ul>{lines}</ul>
                </div>
            }
            .into_any()
        })
    };
    let (label, cancel) = match filling.purpose {
        Purpose::Create(_) => ("Create token", "/profile/tokens".to_owned()),
        Purpose::Edit(editing) => ("Save changes", links::token(editing.id)),
    };
    view! {
        <section class="card aside" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <p class="sentence"><output aria-live="polite">{move || filling.preview.with(sentence)}</output></p>
            {move || filling.preview.with(matches)}
            {move || filling.preview.with(wider)}
            <div class="actions">
                <button class="button primary" aria-busy=move || filling.is_busy.get().then_some("true")>{label}</button>
                <button class="button only-plain" formmethod="get" formaction=filling.purpose.page()>"Update summary"</button>
                <a class="button quiet" href=cancel>"Cancel"</a>
            </div>
        </section>
    }
    .into_any()
}
