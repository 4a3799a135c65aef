//! A token in the list, with the menu of what can be done with it.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{TokenStatus, TokenView},
};

use crate::components::{
    time::Moment,
    token_act::{ActButton, TokenAct},
    token_status::StatusBadge,
    token_value::TokenValue,
};

/// The row.
pub(super) fn row(token: &TokenView, now: Timestamp) -> AnyView {
    let page = format!("/profile/tokens/{}", token.id);
    let is_over = matches!(token.status, TokenStatus::Expired | TokenStatus::Revoked);
    let could = if token.status == TokenStatus::Revoked { "Could" } else { "Can" };
    let abilities = format!("{could} {}", token.abilities);
    view! {
        <tr role="row" class:ended=is_over>
            <th role="rowheader" scope="row">
                <div class="token-name">
                    <a href=page.clone()>{token.description.clone()}</a>" "<StatusBadge status=token.status/>
                    {token.is_unused.then(|| view! { " "<span class="badge">"Unused for 90 days"</span> })}
                </div>
                <p>{abilities}</p>
                <TokenValue token/>
            </th>
            {last_used(token, now)}
            {expires(token, now)}
            <td role="cell" data-label="Created">
                <Moment at=token.created_at words=token.created_at.short_date()/>
            </td>
            <td role="cell" class="end">{menu(token, &page)}</td>
        </tr>
    }
    .into_any()
}

/// What can be done with it. It opens and closes without script.
fn menu(token: &TokenView, page: &str) -> AnyView {
    let (id, description, status) = (token.id, token.description.clone(), token.status);
    let is_revoked = status == TokenStatus::Revoked;
    // The form that shows the value stands in the same row.
    let show = (token.can_be_shown && !is_revoked)
        .then(|| view! { <button form=format!("show-{id}")>"Show"</button> }.into_any());
    let change = (!is_revoked).then(|| {
        view! {
            <a href=format!("{page}/edit")>"Edit"</a>
            <a href=format!("{page}/regenerate")>"Regenerate…"</a>
        }
        .into_any()
    });
    let act = match status {
        TokenStatus::Suspended => Some(TokenAct::Resume),
        TokenStatus::Active | TokenStatus::ExpiresSoon | TokenStatus::NotYet => {
            Some(TokenAct::Suspend)
        }
        TokenStatus::Leaked | TokenStatus::Expired | TokenStatus::Revoked => None,
    };
    let act = act.map(|act| view! { <ActButton act id description=&description class=""/> });
    let revoke = (!is_revoked).then(|| {
        view! { <hr/><a class="danger" href=format!("{page}#revoke")>"Revoke…"</a> }.into_any()
    });
    view! {
        <details class="menu row-menu" name="row">
            <summary class="button quiet">
                <span aria-hidden="true">"⋯"</span>
                <span class="visually-hidden">{format!("Actions for {description}")}</span>
            </summary>
            <div class="menu-panel">
                {show}
                {change}
                {act}
                <a href=format!("/profile/tokens/new?from={id}")>"New from this"</a>
                {revoke}
            </div>
        </details>
    }
    .into_any()
}

fn last_used(token: &TokenView, now: Timestamp) -> AnyView {
    let words = match &token.last_used {
        Some(last) => view! {
            <Moment at=last.at words=last.at.ago(now)/>
            {small(&last.client)}
            {small(&last.address)}
        }
        .into_any(),
        None => "Never".into_any(),
    };
    view! { <td role="cell" data-label="Last used">{words}</td> }.into_any()
}

fn expires(token: &TokenView, now: Timestamp) -> AnyView {
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
    view! { <td role="cell" data-label="Expires">{words}</td> }.into_any()
}

fn small(text: &str) -> Option<AnyView> {
    let text = text.to_owned();
    (!text.is_empty()).then(|| view! { <small>{text}</small> }.into_any())
}
