//! What was wrong with a form that was posted, for the page that shows it again.

use leptos::prelude::*;

use super::error_summary::ErrorSummary;

/// The answer to a posted form; empty in the browser, where pages with an answer are never hydrated.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormAnswer {
    /// What was wrong, in a sentence.
    pub(crate) failure: Option<String>,
    /// What was done, in a sentence.
    pub(crate) done: Option<String>,
    field: Option<&'static str>,
    typed: Vec<(String, String)>,
}

impl FormAnswer {
    /// The answer this page is made for.
    pub(crate) fn get() -> Self {
        #[cfg(feature = "ssr")]
        let answer = {
            let crate::Answer { failure, done, field, typed, .. } = crate::Answer::get();
            Self { failure, done, field, typed }
        };
        #[cfg(not(feature = "ssr"))]
        let answer = Self::default();
        answer
    }

    /// What was typed into a field.
    pub(crate) fn typed(&self, field: &str) -> Option<String> {
        let found = self.typed.iter().find(|(name, _)| name == field);
        found.map(|(_, value)| value.clone())
    }

    /// What is wrong with a field, if this is the one.
    pub(crate) fn problem_of(&self, field: &str) -> Option<String> {
        self.failure.clone().filter(|_| self.field == Some(field))
    }
}

/// The summary on top of the form; `first` is the field it leads to where none is named.
#[component]
pub(crate) fn FormFailure(
    /// The answer.
    answer: FormAnswer,
    /// The form's first field.
    first: &'static str,
) -> impl IntoView {
    let field = answer.field.unwrap_or(first).to_owned();
    let problems = answer.failure.map(|failure| (field, failure)).into_iter().collect();
    view! { <ErrorSummary problems/> }
}
