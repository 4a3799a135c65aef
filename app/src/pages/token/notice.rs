//! What the state of a token means for its owner.

use leptos::prelude::*;
use model::{
    token::TokenKind,
    views::{TokenStatus, TokenView},
};

use crate::components::time::Moment;

/// The notice; none for a token that simply works.
pub(super) fn state_notice(token: &TokenView) -> Option<AnyView> {
    let by = (!token.stopped_by.is_empty()).then(|| format!(" by {}", token.stopped_by));
    let since = token.stopped_at.filter(|_| token.status != TokenStatus::Leaked).map(|at| {
        view! { " "<Moment at words=at.date_and_time()/> }
    });
    let is_primary = token.kind == TokenKind::Primary;
    let (class, lead, rest) = match token.status {
        TokenStatus::Active | TokenStatus::ExpiresSoon => return None,
        TokenStatus::Revoked => ("notice", "Revoked", ". It cannot be used again."),
        TokenStatus::Suspended if is_primary => {
            ("notice warn", "Suspended", ". It is refused until an administrator resumes it.")
        }
        TokenStatus::Suspended => {
            ("notice warn", "Suspended", ". It is refused until you resume it.")
        }
        TokenStatus::Leaked => (
            "notice danger",
            "This token was found in public",
            ". It is refused everywhere until you regenerate it.",
        ),
        TokenStatus::Expired => {
            ("notice", "Expired", ". It is refused everywhere. Regenerate it to renew it.")
        }
        TokenStatus::NotYet => ("notice", "Not yet valid", ". It is refused until its first day."),
    };
    Some(
        view! { <div class=class><div><p><strong>{lead}</strong>{by}{since}{rest}</p></div></div> }
            .into_any(),
    )
}
