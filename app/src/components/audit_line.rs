//! What a row of the audit log says, wherever it is shown.

use leptos::prelude::*;
use model::views::AuditLine;

/// What was done and to what, in the cell of a table.
pub(crate) fn what(line: &AuditLine) -> AnyView {
    // Of a name that stands beside it anyway nothing is learned.
    let is_said = |name: &String| {
        name.is_empty()
            || *name == line.doer.in_words()
            || [&line.concerns, &line.feed].iter().any(|said| said.as_ref() == Some(name))
    };
    let about = [
        Some(line.subject.clone()).filter(|subject| !is_said(subject)),
        line.concerns.as_ref().map(|name| format!("account {name}")),
        line.feed.as_ref().map(|name| format!("feed {name}")),
    ];
    let about: Vec<String> = about.into_iter().flatten().collect();
    view! {
        <span>{line.words.clone()}</span>
        {(!about.is_empty()).then(|| view! { <small>{about.join(", ")}</small> })}
    }
    .into_any()
}

/// Where it was done from; whoever is at the machine needs no address.
pub(crate) fn place(line: &AuditLine) -> AnyView {
    let (client, address) = (line.client.clone(), line.address.clone());
    if client.is_empty() && address.is_empty() {
        return view! { <span aria-hidden="true">"–"</span> }.into_any();
    }
    view! { <span>{client}</span><small>{address}</small> }.into_any()
}
