//! `/audit`: what was done, by whom, from where; as far as the viewer may know.

mod row;

use leptos::prelude::*;
use model::{
    audit::Group,
    listing::{AuditQuery, LONGEST_SEARCH},
    timestamp::Timestamp,
    views::{AuditPage as Page, AuditView},
};

use self::row::row;
use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        list_filter::{DayField, ListFilter, NameField, follow},
        page_title::PageTitle,
    },
    page_data::page_of,
    server_fns::audit::read_audit,
};

const PATH: &str = "/audit";

/// The page.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let asked = asked(AuditQuery::from_pairs);
    let fetch = move || read_audit(untrack(asked));
    view! {
        <PageTitle text="Audit"/>
        {page_of(String::new, fetch, move |data| match data {
            Ok(page) => view! { <Log page asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        })}
    }
}

#[component]
fn Log(page: Page, asked: Signal<AuditQuery>) -> impl IntoView {
    let query = page.query.clone();
    let followed = follow(page, move || asked.get(), read_audit);
    let page = followed.list;
    let found = Signal::derive(move || page.with(words));
    let day = |at: Option<Timestamp>| at.map(Timestamp::iso_date);
    view! {
        <div class="shell">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Audit"</h1>
                        <p class="muted">{move || page.with(about)}</p>
                    </div>
                    <p class="meta">
                        <a href=move || page.with(|page| export(page, "csv")) rel="external" download="">"Download CSV"</a>
                        <a href=move || page.with(|page| export(page, "jsonl")) rel="external" download="">"Download JSON Lines"</a>
                    </p>
                </div>
                <section class="section" aria-label="Entries">
                    <ListFilter label="Entries" path=PATH found>
                        <NameField name="who" label="Who" value=query.who longest=LONGEST_SEARCH/>
                        <ActField chosen=query.what/>
                        <NameField name="feed" label="Feed" value=query.feed longest=LONGEST_SEARCH/>
                        <DayField name="from" label="From" value=day(query.from)/>
                        <DayField name="to" label="To" value=day(query.to)/>
                    </ListFilter>
                    {followed.problem()}
                    {followed.shown(table)}
                </section>
            </main>
        </div>
    }
}

/// Whose acts these are.
fn about(page: &Page) -> String {
    match page.view {
        AuditView::Everything => {
            "Everything on this server that matters for its security.".to_owned()
        }
        AuditView::OwnFeed => format!("What happened in {}, which you own.", page.query.feed),
        AuditView::OwnAccount => "What you did, and what concerns your account.".to_owned(),
    }
}

/// `50 entries, older ones follow`.
fn words(page: &Page) -> String {
    let count = page.lines.len();
    let more = if page.older.is_some() { ", older ones follow" } else { "" };
    format!("{count} {}{more}", if count == 1 { "entry" } else { "entries" })
}

/// The address of what is asked for, as a file.
fn export(page: &Page, kind: &str) -> String {
    format!("{PATH}/export.{kind}{}", page.query.before(None).link())
}

/// An act, or all of a group.
#[component]
fn ActField(
    /// The one that is chosen.
    chosen: String,
) -> impl IntoView {
    let option = |value: &'static str, words: String| {
        view! { <option value=value selected=value == chosen>{words}</option> }.into_any()
    };
    let groups: Vec<_> = Group::ALL
        .iter()
        .map(|group| {
            let all = option(group.word(), format!("{}: all", group.label()));
            let acts: Vec<_> =
                group.acts().iter().map(|act| option(act.name(), act.words().to_owned())).collect();
            view! { <optgroup label=group.label()>{all}{acts}</optgroup> }
        })
        .collect();
    let any = option("", "Anything".to_owned());
    view! {
        <div class="filter-field short">
            <label for="what">"What"</label>
            <select class="input" id="what" name="what">{any}{groups}</select>
        </div>
    }
}

fn table(page: &Page) -> AnyView {
    let newest = page.query.before.is_some().then(|| {
        let href = format!("{PATH}{}", page.query.before(None).link());
        view! { <a href=href rel="first">"Newest entries"</a> }
    });
    let older = page.older.map(|older| {
        let href = format!("{PATH}{}", page.query.before(Some(older)).link());
        view! { <a href=href rel="next">"Older entries"</a> }
    });
    let has_pages = newest.is_some() || older.is_some();
    let pager = has_pages.then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <span>{newest}</span>
                <span>{older}</span>
            </nav>
        }
    });
    if page.lines.is_empty() {
        return view! {
            <div class="empty">
                <h2>"No entry matches"</h2>
                <p>"Names are looked for whole. Days are those of UTC."</p>
                <a class="button" href=PATH rel="external">"Show all entries"</a>
            </div>
            {pager}
        }
        .into_any();
    }
    let rows: Vec<_> = page.lines.iter().map(row).collect();
    view! {
        <div class="list">
            <table role="table">
                <caption>"Entries of the audit log, the newest first"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"When, UTC"</th>
                        <th role="columnheader" scope="col">"Who"</th>
                        <th role="columnheader" scope="col" class="wide">"What"</th>
                        <th role="columnheader" scope="col">"From"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        {pager}
    }
    .into_any()
}
