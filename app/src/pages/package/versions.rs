//! Choosing another version: by a select, and from the list of all.

use leptos::prelude::*;
use model::{
    links,
    views::{PackagePage as Page, VersionLine},
};

use super::tags_of;
use crate::components::{
    figures::{count, counted, size},
    time::Moment,
};

/// The form beside the README. With many versions it offers those of the list's page.
pub(super) fn chooser(page: &Page) -> impl IntoView + use<> {
    let shown = &page.shown.version;
    let mut offered: Vec<&str> = page.versions.iter().map(|line| line.version.as_str()).collect();
    if !offered.contains(&shown.as_str()) {
        offered.insert(0, shown);
    }
    let options: Vec<_> = offered
        .into_iter()
        .map(|version| {
            let tags: Vec<&str> = tags_of(page, version).collect();
            let words = if tags.is_empty() {
                version.to_owned()
            } else {
                format!("{version} ({})", tags.join(", "))
            };
            view! { <option value=version.to_owned() selected=version == shown>{words}</option> }
        })
        .collect();
    let all = (page.count > 1).then(|| {
        let href = format!("{}#versions", here(page));
        view! { <p class="hint"><a href=href>{format!("All {}", counted(page.count, "version"))}</a></p> }
    });
    view! {
        <form class="field" method="get" action=links::package(&page.feed, page.ecosystem, &page.name)>
            <label for="version">"Version"</label>
            <div class="joined">
                <select class="input" id="version" name="version">{options}</select>
                <button class="button">"Show"</button>
            </div>
            {all}
        </form>
    }
}

/// The list of all, newest first.
pub(super) fn versions(page: &Page) -> impl IntoView + use<> {
    let rows: Vec<_> = page.versions.iter().map(|line| row(page, line)).collect();
    let link = |number: u64| format!("{}?page={number}#versions", here(page));
    let way = |number: u64, words: &'static str, rel: Option<&'static str>| {
        (number != page.page && (1..=page.pages).contains(&number))
            .then(|| view! { <a href=link(number) rel=rel>{words}</a> })
    };
    let pager = (page.pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of versions">
                <span>{way(1, "Newest", None)}{way(page.page - 1, "Newer", Some("prev"))}</span>
                <span class="muted">{format!("Page {} of {}", page.page, page.pages)}</span>
                <span>{way(page.page + 1, "Older", Some("next"))}{way(page.pages, "Oldest", None)}</span>
            </nav>
        }
    });
    view! {
        <section class="section" id="versions" aria-labelledby="versions-title">
            <h2 id="versions-title">{counted(page.count, "version")}</h2>
            <div class="list">
                <table role="table">
                    <caption>{format!("Versions of {}, newest first", page.name)}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"Version"</th>
                            <th role="columnheader" scope="col">"Published"</th>
                            <th role="columnheader" scope="col">"By"</th>
                            <th role="columnheader" scope="col" class="end">"Size"</th>
                            <th role="columnheader" scope="col" class="end">"Downloads"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
            {pager}
        </section>
    }
}

fn row(page: &Page, line: &VersionLine) -> impl IntoView + use<> {
    let VersionLine { version, published_at: at, published_by, .. } = line.clone();
    let href = links::version(&page.feed, page.ecosystem, &page.name, &version);
    let current = (version == page.shown.version).then_some("true");
    let tags: Vec<_> = tags_of(page, &version)
        .map(|tag| {
            let class = if tag == "latest" { "badge ok" } else { "badge plain" };
            view! { " "<span class=class>{tag.to_owned()}</span> }
        })
        .collect();
    let deprecated =
        line.is_deprecated.then(|| view! { " "<span class="badge warn">"Deprecated"</span> });
    let unlisted = (!line.is_listed).then(|| view! { " "<span class="badge">"Unlisted"</span> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a href=href aria-current=current>{version}</a>{tags}{deprecated}{unlisted}</th>
            <td role="cell" data-label="Published"><Moment at words=at.ago(page.now)/></td>
            <td role="cell" data-label="By">{published_by.unwrap_or_else(|| "–".to_owned())}</td>
            <td role="cell" data-label="Size" class="end">{size(line.size)}</td>
            <td role="cell" data-label="Downloads" class="end">{count(line.downloads)}</td>
        </tr>
    }
}

/// The address of the version that is shown.
fn here(page: &Page) -> String {
    links::version(&page.feed, page.ecosystem, &page.name, &page.shown.version)
}
