//! The primary token, above the others.

use leptos::prelude::*;
use model::{timestamp::Timestamp, views::TokenView};

use crate::components::{
    time::Moment, token_status::StatusBadge, token_value::TokenValue, token_words::by_and_from,
};

/// The card.
#[component]
pub(super) fn PrimaryCard<'a>(
    /// The token.
    token: &'a TokenView,
    /// The server's present moment.
    now: Timestamp,
) -> impl IntoView + use<> {
    let used = match &token.last_used {
        Some(last) => view! {
            <span>"Last used "<Moment at=last.at words=last.at.ago(now)/>{by_and_from(&last.client, &last.address)}</span>
        }
        .into_any(),
        None => view! { <span>"Never used"</span> }.into_any(),
    };
    let expires = match token.expires_at {
        Some(at) if at <= now => {
            view! { <span>"Expired "<Moment at words=at.ago(now)/></span> }.into_any()
        }
        Some(at) => view! { <span>"Expires "<Moment at words=at.ahead(now)/></span> }.into_any(),
        None => view! { <span>"Never expires"</span> }.into_any(),
    };
    let page = format!("/profile/tokens/{}", token.id);
    view! {
        <section class="card" aria-labelledby="primary">
            <div class="card-head">
                <h2 id="primary"><a href=page.clone()>"Primary access token"</a></h2>
                <StatusBadge status=token.status/>
            </div>
            <TokenValue token/>
            <p>{token.sentence.clone()}</p>
            <p class="meta">
                {used}
                <span>"Created "<Moment at=token.created_at words=token.created_at.short_date()/></span>
                {expires}
            </p>
            <div class="actions">
                <a class="button" href=format!("{page}/regenerate")>"Regenerate…"<span class="visually-hidden">" primary access token"</span></a>
                <a class="button" href=format!("{page}/edit")>"Edit"<span class="visually-hidden">" primary access token"</span></a>
            </div>
        </section>
    }
    .into_any()
}
