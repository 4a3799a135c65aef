//! Where the account is signed in, and signing out there.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{SecurityPage, SessionView},
};

use crate::components::time::Moment;

/// The section.
#[component]
pub(super) fn Sessions(
    /// What the page shows.
    page: SecurityPage,
) -> impl IntoView {
    let SecurityPage { sessions, now } = page;
    let others = sessions.iter().filter(|session| !session.is_current).count();
    let rows: Vec<_> = sessions.into_iter().map(|session| row(session, now)).collect();
    view! {
        <section class="section" aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            <p class="muted">"Where your account is signed in to these pages. A session ends after 12 hours without use. Tokens are not sessions: they keep working."</p>
            <div class="list">
                <table role="table">
                    <caption>"Your sessions"</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col" class="wide">"Browser"</th>
                            <th role="columnheader" scope="col">"Address"</th>
                            <th role="columnheader" scope="col">"Signed in"</th>
                            <th role="columnheader" scope="col">"Last used"</th>
                            <th role="columnheader" scope="col"><span class="visually-hidden">"Action"</span></th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            {(others > 0).then(|| end_others(others))}
        </section>
    }
    .into_any()
}

fn row(session: SessionView, now: Timestamp) -> AnyView {
    let SessionView { id, is_current, client, address, last_address, began_at, last_seen_at } =
        session;
    let began = (address != last_address)
        .then(|| view! { <small>{format!("signed in from {address}")}</small> });
    let what = format!(" {client} at {last_address}");
    let action = if is_current {
        view! { <span class="badge plain">"This session"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/profile/security/sessions/end">
                <input type="hidden" name="session" value=id.to_string()/>
                <button class="button">"Sign out"<span class="visually-hidden">{what}</span></button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{client}</th>
            <td role="cell" data-label="Address"><span>{last_address}</span>{began}</td>
            <td role="cell" data-label="Signed in"><Moment at=began_at words=began_at.ago(now)/></td>
            <td role="cell" data-label="Last used"><Moment at=last_seen_at words=last_seen_at.ago(now)/></td>
            <td role="cell" class="end">{action}</td>
        </tr>
    }
    .into_any()
}

fn end_others(others: usize) -> impl IntoView {
    let words = match others {
        1 => "Sign out the other session".to_owned(),
        _ => format!("Sign out the {others} other sessions"),
    };
    view! {
        <form class="actions" method="post" action="/profile/security/sessions/end-others">
            <button class="button">{words}</button>
        </form>
    }
}
