//! Where the value comes from that a snippet takes from the environment.

use leptos::prelude::*;

use super::npm::VARIABLE;

/// The sentence; nothing for a feed that anyone may read.
pub(crate) fn token_hint(feed: &str, is_public: bool) -> Option<AnyView> {
    (!is_public).then(|| {
        view! {
            <p class="hint">
                {format!("Set {VARIABLE} to ")}<a href="/profile/tokens">"a token"</a>
                {format!(" that may read {feed}. The file holds no secret and can be committed.")}
            </p>
        }
        .into_any()
    })
}
