//! What an account is, in a word and a colour.

use leptos::prelude::*;
use model::views::PersonState;

/// The badge, and one for administrators where it is not said beside it.
#[component]
pub(crate) fn PersonBadges(
    /// What the account is.
    state: PersonState,
    /// Whether it is to be said that the person administers the server.
    #[prop(optional)]
    is_admin: bool,
) -> impl IntoView {
    let class = match state {
        PersonState::Active => "badge ok",
        PersonState::Invited => "badge warn",
        PersonState::Disabled => "badge",
    };
    view! {
        <span class=class>{state.label()}</span>
        {is_admin.then(|| view! { " "<span class="badge plain">"Administrator"</span> })}
    }
}
