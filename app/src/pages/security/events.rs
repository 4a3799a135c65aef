//! What happened to the account lately: who opened it, who tried to, and what became of its tokens.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{AuditLine, RecentEvents},
};

use crate::{
    components::{
        audit_line::{place, what},
        time::Moment,
    },
    page_data::page_of,
    server_fns::audit::read_recent,
};

/// The section.
#[component]
pub(crate) fn RecentActivity() -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="recent-activity">
            <div class="page-head">
                <h2 id="recent-activity">"Recent activity"</h2>
                <a href="/audit">"All of it in the audit log"</a>
            </div>
            {page_of(String::new, read_recent, |data| match data {
                Ok(events) => table(&events),
                Err(failure) => view! { <p class="field-error">{failure.to_string()}</p> }.into_any(),
            })}
        </section>
    }
}

fn table(events: &RecentEvents) -> AnyView {
    let rows: Vec<_> = events.lines.iter().map(|line| row(line, events.now)).collect();
    view! {
        <div class="list">
            <table role="table">
                <caption>"What happened to your account lately"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"When"</th>
                        <th role="columnheader" scope="col" class="wide">"What"</th>
                        <th role="columnheader" scope="col">"By"</th>
                        <th role="columnheader" scope="col">"From"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(line: &AuditLine, now: Timestamp) -> AnyView {
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><Moment at=line.at words=line.at.ago(now)/></th>
            <td role="cell" data-label="What">{what(line)}</td>
            <td role="cell" data-label="By"><span>{line.doer.in_words()}</span></td>
            <td role="cell" data-label="From">{place(line)}</td>
        </tr>
    }
    .into_any()
}
