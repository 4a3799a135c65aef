//! Where a token stands, in a word and a colour.

use leptos::prelude::*;
use model::views::TokenStatus;

/// The badge.
#[component]
pub(crate) fn StatusBadge(
    /// Where the token stands.
    status: TokenStatus,
) -> impl IntoView {
    let class = match status {
        TokenStatus::Active => "badge ok",
        TokenStatus::ExpiresSoon | TokenStatus::NotYet | TokenStatus::Suspended => "badge warn",
        TokenStatus::Leaked => "badge danger",
        TokenStatus::Expired | TokenStatus::Revoked => "badge",
    };
    view! { <span class=class>{status.label()}</span> }
}
