//! What a version depends on.

use leptos::prelude::*;
use model::{
    ecosystem::Ecosystem,
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
    let label = match &part.kind {
        DependencyKind::Needed => "Installed along with it",
        DependencyKind::Peer => "Expected beside it",
        DependencyKind::Optional => "Optional",
        DependencyKind::Development => "For working on it",
        DependencyKind::Framework(name) if name.is_empty() => "Any framework",
        DependencyKind::Framework(name) | DependencyKind::Scope(name) => name,
    }
    .to_owned();
    let items: Vec<_> = part.shown.iter().map(|dependency| item(page, dependency)).collect();
    let more = (part.more > 0)
        .then(|| view! { <p class="muted">{format!("And {} more.", count(part.more))}</p> });
    let none = part.shown.is_empty().then(|| view! { <p class="muted">"None."</p> });
    let is_folded = match &part.kind {
        DependencyKind::Development => true,
        DependencyKind::Scope(name) => name == "test",
        _ => false,
    };
    view! {
        <details class="dependencies" open=!is_folded>
            <summary>{label}" "<span class="muted">{count(all)}</span></summary>
            {none}
            <ul>{items}</ul>
            {more}
        </details>
    }
}

fn item(page: &Page, dependency: &Dependency) -> impl IntoView + use<> {
    let Dependency { name, range, is_here, is_optional } = dependency.clone();
    let shown = if is_here {
        let link = links::package(&page.feed, page.ecosystem, &name);
        view! { <a href=link>{name}</a> }.into_any()
    } else {
        view! { <span>{name}</span> }.into_any()
    };
    let range = match page.ecosystem {
        Ecosystem::Nuget => interval(&range),
        _ => range,
    };
    let range = match (range.is_empty(), page.ecosystem) {
        (false, _) => Some(view! { " "<code>{range}</code> }.into_any()),
        // What this file leaves out another one says: the parent, or one that is imported.
        (true, Ecosystem::Maven) => {
            Some(view! { " "<span class="muted">"version set by its parent"</span> }.into_any())
        }
        (true, _) => None,
    };
    let optional = is_optional.then(|| view! { " "<span class="badge plain">"Optional"</span> });
    view! { <li>{shown}{range}{optional}</li> }
}

/// NuGet's notation of intervals in signs that need no knowledge of it: `[1.0.0, )` is `≥ 1.0.0`. Empty for
/// any version; what is no interval stays as it is.
fn interval(range: &str) -> String {
    let ends = |open: char, close: char| {
        let inner = range.strip_prefix(open)?.strip_suffix(close)?;
        Some((inner, if open == '[' { "≥" } else { ">" }, if close == ']' { "≤" } else { "<" }))
    };
    let forms = [('[', ']'), ('[', ')'), ('(', ']'), ('(', ')')];
    let Some((inner, from, to)) = forms.into_iter().find_map(|(open, close)| ends(open, close))
    else {
        return range.to_owned();
    };
    let Some((lowest, highest)) = inner.split_once(',') else { return format!("= {inner}") };
    let bounds = [(from, lowest.trim()), (to, highest.trim())].into_iter();
    let bounds = bounds.filter(|(_, version)| !version.is_empty());
    bounds.map(|(sign, version)| format!("{sign} {version}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn intervals_are_said_in_signs() {
        for (range, said) in [
            ("[1.0.0, )", "≥ 1.0.0"),
            ("(1.0.0, )", "> 1.0.0"),
            ("[1.0.0]", "= 1.0.0"),
            ("(, 1.0.0]", "≤ 1.0.0"),
            ("[1.0.0, 2.0.0)", "≥ 1.0.0, < 2.0.0"),
            ("(, )", ""),
            ("", ""),
            ("1.0.0", "1.0.0"),
        ] {
            assert_eq!(interval(range), said, "{range}");
        }
    }
}
