//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub(crate) fn FeedPage() -> impl IntoView {}
