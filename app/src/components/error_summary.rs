//! What is wrong with a form, on top of it.

use leptos::prelude::*;

/// Lists what is wrong; what concerns a field leads to it. Reading begins here.
#[component]
pub(crate) fn ErrorSummary(
    /// The id of the field, if it is about one, and the sentence.
    problems: Vec<(Option<String>, String)>,
) -> impl IntoView {
    let items: Vec<_> = problems
        .into_iter()
        .map(|(field, message)| match field {
            Some(field) => view! { <li><a href=format!("#{field}")>{message}</a></li> }.into_any(),
            None => view! { <li>{message}</li> }.into_any(),
        })
        .collect();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus>
            <h2>"There is a problem"</h2>
            <ul>{items}</ul>
        </div>
    }
}
