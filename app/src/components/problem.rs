//! What went wrong with the control beside it.

use leptos::prelude::*;

/// The sentence, read out when it comes.
#[component]
pub(crate) fn ProblemAlert(
    /// What went wrong, if anything did.
    problem: RwSignal<Option<String>>,
    /// The id by which a field is described.
    #[prop(optional)]
    id: Option<&'static str>,
) -> impl IntoView {
    move || {
        let problem = problem.get();
        problem.map(|problem| {
            view! { <p class="field-error" id=id role="alert">{problem}</p> }.into_any()
        })
    }
}
