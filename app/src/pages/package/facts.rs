//! What is known about a version, as names and values.

use leptos::prelude::*;
use model::{
    ecosystem::Ecosystem,
    links,
    views::{About, CredentialView, LicenceView, LinkKind, PackagePage as Page, VersionView},
};

use crate::components::{
    figures::{count, size},
    time::Moment,
};

/// The list beside the README.
pub(super) fn facts(page: &Page) -> impl IntoView + use<> {
    let VersionView { about, archive, downloads, .. } = page.shown.clone();
    let is_bower = page.ecosystem == Ecosystem::Bower;
    let mut facts = vec![fact(if is_bower { "Registered" } else { "Published" }, published(page))];
    if !about.authors.is_empty() {
        facts.push(fact("Authors", about.authors.into_any()));
    }
    if !about.licences.is_empty() {
        let items = about.licences.into_iter().map(|one| view! { <li>{licence(one)}</li> });
        facts.push(fact(
            "Licence",
            view! { <ul class="tags">{items.collect_view()}</ul> }.into_any(),
        ));
    }
    for (kind, address) in about.links {
        let name = match kind {
            LinkKind::Homepage => "Homepage",
            LinkKind::Repository => "Repository",
            LinkKind::Issues => "Issues",
        };
        let words = address.split_once("://").map_or(address.as_str(), |(_, words)| words);
        let words = words.trim_end_matches('/').to_owned();
        facts.push(fact(name, outward(address, words)));
    }
    if !about.engines.is_empty() {
        facts.push(fact("Needs", about.engines.join(", ").into_any()));
    }
    if !archive.file.is_empty() {
        facts.push(fact("Size", size(archive.size).into_any()));
    }
    let all = match page.count {
        1 => count(downloads),
        _ => format!("{} of this version, {} of all", count(downloads), count(page.downloads)),
    };
    if !is_bower {
        facts.push(fact("Downloads", all.into_any()));
    }
    if !about.keywords.is_empty() {
        facts.push(fact("Keywords", about.keywords.join(", ").into_any()));
    }
    // Only npm's clients know tags.
    if page.ecosystem == Ecosystem::Npm {
        facts.push(fact("Tags", tags(page)));
    }
    view! { <dl class="facts one">{facts}</dl> }
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn published(page: &Page) -> AnyView {
    let VersionView { published_at: at, published_by, published_with, .. } = page.shown.clone();
    let who = published_by.unwrap_or_else(|| "somebody whose account is gone".to_owned());
    let with = match published_with {
        CredentialView::Other => format!(" by {who}").into_any(),
        CredentialView::SomeToken => format!(" with a token of {who}").into_any(),
        CredentialView::Token { description, id: Some(id) } => {
            let link = view! { <a href=links::token(id)>{description}</a> };
            view! { {format!(" by {who} with the token ")}{link} }.into_any()
        }
        CredentialView::Token { description, id: None } => {
            format!(" by {who} with the token {description}").into_any()
        }
    };
    view! { <Moment at words=at.ago(page.now)/>{with} }.into_any()
}

fn tags(page: &Page) -> AnyView {
    if page.tags.is_empty() {
        return "None".into_any();
    }
    let items: Vec<_> = page
        .tags
        .iter()
        .map(|(tag, version)| {
            let link = links::version(&page.feed, page.ecosystem, &page.name, version);
            view! { <li>{tag.clone()}" "<a href=link>{version.clone()}</a></li> }
        })
        .collect();
    view! { <ul class="tags">{items}</ul> }.into_any()
}

/// What a version brought along to be read in full: what is new, and its licence.
pub(super) fn texts(about: &About) -> impl IntoView + use<> {
    let licences = about.licences.iter().map(|licence| ("Licence", &licence.text));
    let all = [("Release notes", &about.notes)].into_iter().chain(licences);
    all.filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| {
            view! {
                <details class="folded">
                    <summary><h2>{title}</h2></summary>
                    <p class="lines">{text.clone()}</p>
                </details>
            }
        })
        .collect_view()
}

fn licence(licence: LicenceView) -> AnyView {
    match licence.address {
        Some(address) => outward(address, licence.name),
        None => view! { <span>{licence.name}</span> }.into_any(),
    }
}

/// A link that the publisher chose.
fn outward(address: String, words: String) -> AnyView {
    view! { <a href=address rel="external nofollow noopener noreferrer">{words}</a> }.into_any()
}
