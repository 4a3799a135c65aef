//! What a version depends on.

use leptos::prelude::*;
use model::{
    links,
    views::{Dependencies, Dependency, DependencyKind, PackagePage as Page},
};

use crate::components::figures::count;

/// The section.
pub(super) fn dependencies(page: &Page) -> impl IntoView + use<> {
    let parts: Vec<_> =
        page.shown.dependencies.iter().map(|dependencies| part(page, dependencies)).collect();
    let none = parts.is_empty().then(|| view! { <p class="muted">"None."</p> });
    view! {
        <section class="section" aria-labelledby="dependencies">
            <h2 id="dependencies">"Dependencies"</h2>
            {none}
            {parts}
        </section>
    }
}

/// One sort of them. What only people need who work on the package itself is folded up.
fn part(page: &Page, part: &Dependencies) -> impl IntoView + use<> {
    let all = u64::try_from(part.shown.len()).unwrap_or(u64::MAX).saturating_add(part.more);
    let label = match part.kind {
        DependencyKind::Needed => "Installed along with it",
        DependencyKind::Peer => "Expected beside it",
        DependencyKind::Optional => "Optional",
        DependencyKind::Development => "For working on it",
    };
    let items: Vec<_> = part.shown.iter().map(|dependency| item(page, dependency)).collect();
    let more = (part.more > 0)
        .then(|| view! { <p class="muted">{format!("And {} more.", count(part.more))}</p> });
    let is_open = part.kind != DependencyKind::Development;
    view! {
        <details class="dependencies" open=is_open>
            <summary>{label}" "<span class="muted">{count(all)}</span></summary>
            <ul>{items}</ul>
            {more}
        </details>
    }
}

fn item(page: &Page, dependency: &Dependency) -> impl IntoView + use<> {
    let Dependency { name, range, is_here } = dependency.clone();
    let shown = if is_here {
        let link = links::package(&page.feed, page.ecosystem, &name);
        view! { <a href=link>{name}</a> }.into_any()
    } else {
        view! { <span>{name}</span> }.into_any()
    };
    let range = (!range.is_empty()).then(|| view! { " "<code>{range}</code> });
    view! { <li>{shown}{range}</li> }
}
