//! Moments on a page.

use leptos::prelude::*;
use model::timestamp::Timestamp;

/// A moment in words, exact for machines and on hover.
#[component]
pub(crate) fn Moment(
    /// The moment.
    at: Timestamp,
    /// What is shown.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! { <time datetime=at.to_string() title=at.date_and_time()>{words}</time> }
}
