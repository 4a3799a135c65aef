//! A value that was asked for, in a field to copy it from.

use leptos::{html, prelude::*};

use super::copy_button::{CopyButton, Source};

/// The field, with its label and what stands below it. It empties itself when the page is left.
#[component]
pub(crate) fn SecretField(
    /// Its label.
    label: &'static str,
    /// The value.
    value: String,
    /// What it is, to go after “Copy”.
    what: String,
    /// What there is to know about the value.
    hint: &'static str,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let leaving = window_event_listener_untyped("pagehide", move |_| {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
                // The attribute is the value's second copy.
                let _ = field.remove_attribute("value");
            }
        });
        on_cleanup(move || leaving.remove());
    });
    view! {
        <div class="stack">
            <label for="value">{label}</label>
            <div class="token-value">
                <div class="secret">
                    <input class="input code" id="value" value=value.clone() size=value.chars().count() readonly autocomplete="off" spellcheck="false" translate="no" data-1p-ignore="" data-lpignore="true" aria-describedby="value-hint" node_ref=field/>
                </div>
                <CopyButton what source=Source::Text(value)/>
            </div>
            <p class="hint" id="value-hint">
                <span class="only-plain">"Select it and press Ctrl+C. "</span>{hint}
            </p>
        </div>
    }
}
