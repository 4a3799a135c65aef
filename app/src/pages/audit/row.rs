//! A row of the audit log.

use leptos::prelude::*;
use model::views::{AuditDetail, AuditLine};

use crate::components::audit_line::{place, what};

pub(super) fn row(line: &AuditLine) -> AnyView {
    let exact = line.at.to_string();
    let words = line.at.date_and_time().trim_end_matches(" UTC").to_owned();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><time datetime=exact.clone() title=exact>{words}</time></th>
            <td role="cell" data-label="Who"><span>{line.doer.in_words()}</span></td>
            <td role="cell" data-label="What">{what(line)}{details(line)}</td>
            <td role="cell" data-label="From">{place(line)}</td>
        </tr>
    }
    .into_any()
}

/// Everything else that was written down, when it is asked for.
fn details(line: &AuditLine) -> AnyView {
    let details: Vec<_> = line.details.iter().map(detail).collect();
    let number = line.seq;
    view! {
        <details class="entry">
            <summary>"Details"<span class="visually-hidden">{format!(" of entry {number}")}</span></summary>
            <dl class="facts one">
                {details}
                <div><dt>"Act"</dt><dd><code>{line.act.clone()}</code></dd></div>
                <div><dt>"Time"</dt><dd>{line.at.to_string()}</dd></div>
                <div><dt>"Entry and beginning of its hash"</dt><dd><code>{format!("{number}:{}", line.hash)}</code></dd></div>
            </dl>
        </details>
    }
    .into_any()
}

fn detail(detail: &AuditDetail) -> AnyView {
    let AuditDetail { label, before, value } = detail.clone();
    match before {
        None => view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any(),
        Some(before) => {
            let was = format!("{label}, before");
            view! { <div><dt>{was}</dt><dd>{before}</dd><dt>{format!("{label}, after")}</dt><dd>{value}</dd></div> }
                .into_any()
        }
    }
}
