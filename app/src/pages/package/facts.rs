//! What is known about a version, as names and values.

use leptos::prelude::*;
use model::{
    links,
    views::{ArchiveView, CredentialView, LinkKind, PackagePage as Page, VersionView},
};

use crate::components::{
    code_block::CodeBlock,
    copy_button::{CopyButton, Source},
    figures::{count, counted, size},
    npm::VARIABLE,
    time::Moment,
};

/// The list beside the README.
pub(super) fn facts(page: &Page) -> impl IntoView + use<> {
    let VersionView { about, archive, downloads, .. } = page.shown.clone();
    let mut facts = vec![fact("Published", published(page))];
    if let Some(licence) = about.licence {
        facts.push(fact("Licence", licence.into_any()));
    }
    for (kind, address) in about.links {
        let name = match kind {
            LinkKind::Homepage => "Homepage",
            LinkKind::Repository => "Repository",
            LinkKind::Issues => "Issues",
        };
        let words = address.split_once("://").map_or(address.as_str(), |(_, words)| words);
        let words = words.trim_end_matches('/').to_owned();
        let link =
            view! { <a href=address rel="external nofollow noopener noreferrer">{words}</a> };
        facts.push(fact(name, link.into_any()));
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
    facts.push(fact("Downloads", all.into_any()));
    facts.push(fact("Tags", tags(page)));
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

/// The section about the file that clients download.
pub(super) fn archive(page: &Page) -> impl IntoView + use<> {
    let ArchiveView { address, file, sha1, sha256, integrity, size: bytes } =
        page.shown.archive.clone();
    let hashes: Vec<_> = [("SHA-512", integrity), ("SHA-256", sha256), ("SHA-1", sha1)]
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd class="hash"><code>{value.clone()}</code><CopyButton what=name source=Source::Text(value) is_quiet=true/></dd>
                </div>
            }
        })
        .collect();
    let (words, command) = if page.is_public {
        ("Anyone may download it.", format!("curl -fO {address}"))
    } else {
        (
            "Downloading takes a token that may read the feed; being signed in here does not count there.",
            format!("curl -fO -H \"Authorization: Bearer ${VARIABLE}\" {address}"),
        )
    };
    view! {
        <section class="section" aria-labelledby="archive">
            <h2 id="archive">"Archive"</h2>
            <p class="meta"><span>{file}</span><span>{size(bytes)}</span><span>{counted(page.shown.downloads, "download")}</span></p>
            <dl class="facts">{hashes}</dl>
            <p>{words}</p>
            <CodeBlock place="Terminal" what="the download command" text=command/>
        </section>
    }
}
