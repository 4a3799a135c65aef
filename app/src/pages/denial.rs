//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub(crate) fn DenialPage() -> impl IntoView {}
