//! Whether the client has come: asked again and again while somebody looks.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use model::{id::TokenId, timestamp::Timestamp, views::Seen};

use crate::{components::time::Moment, server_fns::connect::read_seen};

/// How long to wait before asking again. Uses are written down once a second.
const PAUSE: Duration = Duration::from_secs(2);

/// The last request with a token since a moment, by itself as soon as there is one.
#[component]
pub(super) fn SeenBox(
    /// The token.
    token: TokenId,
    /// The feed.
    feed: String,
    /// The moment.
    since: Timestamp,
    /// What was seen when the page was made.
    first: Option<Seen>,
    /// The page's address, for who has no script.
    again: String,
) -> impl IntoView {
    let seen = RwSignal::new(first);
    let is_asking = StoredValue::new(false);
    let ask = move || {
        // Nobody looks, or it came already, or the last question is still on its way.
        let has_come =
            seen.with_untracked(|seen| seen.as_ref().is_some_and(|seen| seen.refused.is_none()));
        if document().hidden() || has_come || is_asking.get_value() {
            return;
        }
        is_asking.set_value(true);
        let feed = feed.clone();
        spawn_local(async move {
            let answer = read_seen(token, feed, since).await;
            // The page may have been left meanwhile. What could not be asked is asked again.
            let _ = is_asking.try_set_value(false);
            // The same is not said twice.
            if let Ok(Some(new)) = answer
                && seen.try_with_untracked(|old| old.as_ref() != Some(&new)) == Some(true)
            {
                seen.set(Some(new));
            }
        });
    };
    Effect::new(move |_| {
        let asking = set_interval_with_handle(ask.clone(), PAUSE);
        on_cleanup(move || {
            if let Ok(asking) = asking {
                asking.clear();
            }
        });
    });
    let words = move || seen.get().map_or_else(|| waiting(&again), |seen| came(token, seen));
    view! { <div class="seen" role="status">{words}</div> }
}

fn waiting(again: &str) -> AnyView {
    view! {
        <p class="needs-script">"Waiting for your first request…"</p>
        <p class="only-plain">"No request yet. "<a href=again.to_owned()>"Look again"</a></p>
    }
    .into_any()
}

fn came(token: TokenId, seen: Seen) -> AnyView {
    let Seen { at, address, client, refused } = seen;
    let moment = view! { <Moment at words=at.date_and_time()/> };
    match refused {
        None => view! {
            <p><strong>{format!("Seen from {address} by {client}")}</strong>", "{moment}"."</p>
        }
        .into_any(),
        Some(code) => view! {
            <p>
                <strong>{format!("Refused, {code}: {address} by {client}")}</strong>", "{moment}". "
                <a href=model::links::token(token)>"Look at the token"</a>
            </p>
        }
        .into_any(),
    }
}
