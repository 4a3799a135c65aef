//! What a page's form has to show when it was posted and refused.

use leptos::prelude::*;

use super::error_summary::ErrorSummary;

/// The answer; empty for a page that was simply opened, which in a browser with script every page is.
#[derive(Clone, Default)]
pub(crate) struct FormAnswer {
    failure: Option<String>,
    wrong: Vec<(&'static str, String)>,
    typed: Vec<(&'static str, String)>,
}

impl FormAnswer {
    /// The answer that this page is made for.
    #[cfg(feature = "ssr")]
    pub(crate) fn get() -> Self {
        let crate::Answer { failure, wrong, typed, .. } = crate::Answer::get();
        Self { failure, wrong, typed }
    }

    /// The answer that this page is made for.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn get() -> Self {
        Self::default()
    }

    /// What is wrong with a field.
    pub(crate) fn wrong(&self, field: &str) -> Option<String> {
        find(&self.wrong, field)
    }

    /// What was typed into a field.
    pub(crate) fn typed(&self, field: &str) -> Option<String> {
        find(&self.typed, field)
    }

    /// The page's title, which tells before anything else that something is wrong.
    pub(crate) fn title(&self, title: &str) -> String {
        if self.is_refusal() { format!("Error: {title}") } else { title.to_owned() }
    }

    /// Everything that is wrong, to stand above the form. What concerns the whole form leads to its
    /// `first` field.
    pub(crate) fn summary(&self, first: &'static str) -> impl IntoView + use<> {
        let failure = self.failure.iter().map(|message| (Some(first.to_owned()), message.clone()));
        let wrong =
            self.wrong.iter().map(|(field, message)| (Some((*field).to_owned()), message.clone()));
        let problems: Vec<_> = failure.chain(wrong).collect();
        self.is_refusal().then(|| view! { <ErrorSummary problems/> })
    }

    fn is_refusal(&self) -> bool {
        self.failure.is_some() || !self.wrong.is_empty()
    }
}

fn find(pairs: &[(&'static str, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}
