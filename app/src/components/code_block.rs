//! Text for a file or a terminal.

use leptos::prelude::*;

use super::copy_button::{CopyButton, Source};

/// The text with where it belongs and a button that copies it.
#[component]
pub(crate) fn CodeBlock(
    /// Where it belongs: the name of a file, or `Terminal`.
    #[prop(into)]
    place: String,
    /// What it is, to go after “Copy”.
    #[prop(into)]
    what: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <figure class="code-block">
            <figcaption>{place}<CopyButton what source=Source::Text(text.clone()) is_quiet=true/></figcaption>
            <pre><code>{text}</code></pre>
        </figure>
    }
}
