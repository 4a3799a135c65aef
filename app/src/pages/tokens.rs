//! `/profile/tokens`: the primary token, and the others in a list.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    timestamp::Timestamp,
    views::{TokenStatus, TokenView, TokensPage as Tokens},
};

use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        frame::ProfileNav,
        page_title::PageTitle,
        time::Moment,
        token_status::StatusBadge,
        token_value::TokenValue,
        token_words::{by_and_from, packages_match},
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::tokens::list_tokens,
};

/// At most so many tokens are warned of by name.
const MOST_WARNINGS: usize = 3;

/// The page.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    Confirmation::provide();
    view! {
        <PageTitle text="Access tokens"/>
        {page_of(String::new, list_tokens, move |data| match data {
                    Ok(tokens) => view! { <TokenList tokens/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
        <ConfirmDialog/>
    }
}

#[component]
fn TokenList(tokens: Tokens) -> impl IntoView {
    let Tokens { primary, others, now } = tokens;
    // The address names the token, the list says whether it is true.
    let revoked = use_query_map().with_untracked(|query| query.get("revoked")).and_then(|id| {
        let is_it =
            |token: &&TokenView| token.status == TokenStatus::Revoked && token.id.to_string() == id;
        others.iter().find(is_it).map(|token| token.description.clone())
    });
    let warnings = warnings(&others, now);
    let rows: Vec<_> = others.iter().map(|token| row(token, now)).collect();
    view! {
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Access tokens"</h1>
                        <p class="muted">"Package clients sign in with a token. Make one for each machine or job."</p>
                    </div>
                    <a class="button primary" href="/profile/tokens/new">"Create token"</a>
                </div>
                {revoked.map(|description| view! {
                    <div class="notice ok">
                        <div><p><strong>{description}</strong>" is revoked. Clients that use it are refused from now on."</p></div>
                    </div>
                })}
                {warnings}
                {primary_card(&primary, now)}
                <section class="section" aria-labelledby="others">
                    <h2 id="others">"Other tokens"</h2>
                    {if rows.is_empty() { empty().into_any() } else { table(rows).into_any() }}
                </section>
            </main>
        </div>
    }
}

/// What ends soon, by name.
fn warnings(tokens: &[TokenView], now: Timestamp) -> Option<impl IntoView + use<>> {
    let soon: Vec<_> = tokens
        .iter()
        .filter(|token| token.status == TokenStatus::ExpiresSoon)
        .filter_map(|token| token.expires_at.map(|at| (token.id, token.description.clone(), at)))
        .collect();
    let more = soon.len().saturating_sub(MOST_WARNINGS);
    (!soon.is_empty()).then(move || {
        let lines: Vec<_> = soon
            .into_iter()
            .take(MOST_WARNINGS)
            .map(|(id, description, at)| {
                view! {
                    <p>
                        <a href=format!("/profile/tokens/{id}")>{description}</a>
                        {format!(" expires {}, on ", at.ahead(now))}
                        <Moment at words=at.long_date()/>"."
                    </p>
                }
            })
            .collect();
        view! {
            <div class="notice warn">
                <div>
                    {lines}
                    {(more > 0).then(|| view! { <p>{format!("And {more} more.")}</p> })}
                </div>
            </div>
        }
    })
}

fn primary_card(token: &TokenView, now: Timestamp) -> impl IntoView + use<> {
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
    view! {
        <section class="card" aria-labelledby="primary">
            <div class="card-head">
                <h2 id="primary"><a href=format!("/profile/tokens/{}", token.id)>"Primary access token"</a></h2>
                <StatusBadge status=token.status/>
            </div>
            <TokenValue token/>
            <p>{token.sentence.clone()}</p>
            <p class="meta">
                {used}
                <span>"Created "<Moment at=token.created_at words=token.created_at.short_date()/></span>
                {expires}
            </p>
        </section>
    }
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty">
            <h3>"No other tokens yet"</h3>
            <p>"Keep the primary token for yourself. Give every machine and job a token of its own, that may do only what it needs."</p>
            <a class="button" href="/profile/tokens/new">"Create token"</a>
        </div>
    }
}

fn table(rows: Vec<AnyView>) -> impl IntoView {
    view! {
        <div class="list">
            <table role="table">
                <caption>"Your other tokens"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Token"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                        <th role="columnheader" scope="col">"Created"</th>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Action"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

fn row(token: &TokenView, now: Timestamp) -> AnyView {
    let page = format!("/profile/tokens/{}", token.id);
    let is_over = matches!(token.status, TokenStatus::Expired | TokenStatus::Revoked);
    let could = if token.status == TokenStatus::Revoked { "Could" } else { "Can" };
    let abilities = format!("{could} {}", token.abilities);
    let matches = token.status.works().then(|| {
        view! { <p class="hint">{format!("{} today", packages_match(token.matches))}</p> }
    });
    let revoke = (token.status != TokenStatus::Revoked).then(|| {
        view! {
            <a class="button quiet danger" href=format!("{page}#revoke")>
                "Revoke"<span class="visually-hidden">{format!(" {}", token.description)}</span>
            </a>
        }
    });
    view! {
        <tr role="row" class:ended=is_over>
            <th role="rowheader" scope="row">
                <div class="token-name">
                    <a href=page>{token.description.clone()}</a>" "<StatusBadge status=token.status/>
                </div>
                <p>{abilities}</p>
                {matches}
                <TokenValue token/>
            </th>
            {last_used(token, now)}
            {expires(token, now)}
            <td role="cell" data-label="Created">
                <Moment at=token.created_at words=token.created_at.short_date()/>
            </td>
            <td role="cell" class="end">{revoke}</td>
        </tr>
    }
    .into_any()
}

fn last_used(token: &TokenView, now: Timestamp) -> impl IntoView + use<> {
    let words = match &token.last_used {
        Some(last) => view! {
            <Moment at=last.at words=last.at.ago(now)/>
            {small(&last.client)}
            {small(&last.address)}
        }
        .into_any(),
        None => "Never".into_any(),
    };
    view! { <td role="cell" data-label="Last used">{words}</td> }
}

fn expires(token: &TokenView, now: Timestamp) -> impl IntoView + use<> {
    let stopped = token.stopped_at.filter(|_| token.status == TokenStatus::Revoked);
    let (at, words) = match (stopped, token.expires_at) {
        (Some(at), _) => (Some(at), "Revoked".to_owned()),
        (None, Some(at)) if at <= now => (Some(at), at.ago(now)),
        (None, Some(at)) => (Some(at), at.ahead(now)),
        (None, None) => (None, "Never".to_owned()),
    };
    let words = match at {
        Some(at) => {
            view! { <Moment at words/><small><Moment at words=at.short_date()/></small> }.into_any()
        }
        None => words.into_any(),
    };
    view! { <td role="cell" data-label="Expires">{words}</td> }
}

fn small(text: &str) -> Option<impl IntoView + use<>> {
    let text = text.to_owned();
    (!text.is_empty()).then(|| view! { <small>{text}</small> })
}
