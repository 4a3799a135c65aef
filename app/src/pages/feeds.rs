//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub(crate) fn FeedsPage() -> impl IntoView {}
