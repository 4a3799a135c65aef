//! The tokens and feeds of an account.

use leptos::prelude::*;
use model::{
    links,
    views::{EveryonesToken, OwnedFeed, PersonPage},
};

use crate::components::{time::Moment, token_status::StatusBadge, token_words::by_and_from};

/// Its tokens; the first of them, and the way to all.
#[component]
pub(super) fn Tokens<'a>(
    /// The page.
    page: &'a PersonPage,
) -> impl IntoView + use<> {
    let all = format!("/admin/tokens?owner={}", links::segment(&page.person.username));
    view! {
        <section class="section" aria-labelledby="tokens">
            <h2 id="tokens">"Tokens"</h2>
            {token_list(page)}
            <p><a href=all>"Look through them"</a></p>
        </section>
    }
    .into_any()
}

/// Each token with what it is for and its last use.
pub(super) fn token_list(page: &PersonPage) -> AnyView {
    let now = page.now;
    let line = |token: &EveryonesToken| {
        let used = match &token.last_used {
            Some(last) => {
                let from = by_and_from(&last.client, &last.address);
                view! { "last used "<Moment at=last.at words=last.at.ago(now)/>{from} }.into_any()
            }
            None => "never used".into_any(),
        };
        let (mask, spoken) = (token.mask(), token.spoken_mask());
        view! {
            <li>
                <strong>{token.description.clone()}</strong>" "<StatusBadge status=token.status/>" "
                <code aria-hidden="true">{mask}</code><span class="visually-hidden">{spoken}</span>", "{used}
            </li>
        }
        .into_any()
    };
    let lines: Vec<_> = page.tokens.iter().map(line).collect();
    let listed = u64::try_from(page.tokens.len()).unwrap_or(u64::MAX);
    let more = page.person.tokens.saturating_sub(listed);
    view! {
        <ul class="stack">{lines}</ul>
        {(more > 0).then(|| view! { <p class="muted">{format!("And {more} more.")}</p> })}
    }
    .into_any()
}

/// The feeds it owns.
#[component]
pub(super) fn Feeds<'a>(
    /// The page.
    page: &'a PersonPage,
) -> impl IntoView + use<> {
    let line = |feed: &OwnedFeed| {
        let alone = feed.is_alone.then_some(", without another owner who can act");
        view! { <li><strong>{feed.name.clone()}</strong>{alone}</li> }.into_any()
    };
    let lines: Vec<_> = page.feeds.iter().map(line).collect();
    let list = if lines.is_empty() {
        view! { <p class="muted">"None."</p> }.into_any()
    } else {
        view! { <ul class="stack">{lines}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="feeds">
            <h2 id="feeds">"Feeds owned"</h2>
            {list}
        </section>
    }
    .into_any()
}
