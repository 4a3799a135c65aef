//! What each ecosystem's client is told of a feed: folded up, one open at a time, which takes no script.

use leptos::prelude::*;
use model::{
    connect::{Family, VARIABLE, bower::bowerrc, maven, nuget},
    ecosystem::Ecosystem,
    views::FeedPage,
};

use crate::components::{
    code_block::CodeBlock,
    npm::{npmrc, source},
    nuget::config,
};

/// The ecosystems that are served, with their clients.
const SERVED: [(Ecosystem, &str); 4] = [
    (Ecosystem::Npm, "npm, pnpm, Yarn"),
    (Ecosystem::Nuget, "dotnet, nuget.exe, Visual Studio"),
    (Ecosystem::Maven, "Maven, Gradle"),
    (Ecosystem::Bower, "bower"),
];

/// Text for a file or a terminal: where it belongs, what it is, and the text.
type Snippet = (&'static str, &'static str, String);

/// One part for each, those first of which the feed has the most.
pub(super) fn clients(
    page: &FeedPage,
    needs_token: bool,
    may_publish: bool,
) -> impl IntoView + use<> {
    let held = |kind| page.feed.kinds.iter().find(|(held, _)| *held == kind).map_or(0, |(_, n)| *n);
    let mut served = SERVED;
    served.sort_by_key(|(kind, _)| std::cmp::Reverse(held(*kind)));
    let part = |(at, (kind, names)): (usize, (Ecosystem, &'static str))| {
        let snippets = reading(kind, page, needs_token).into_iter();
        let snippets =
            snippets.chain(may_publish.then(|| publishing(kind, page)).into_iter().flatten());
        let snippets = snippets.map(|(place, what, text)| view! { <CodeBlock place what text/> });
        view! {
            <details class="folded" name="client" open=at == 0>
                <summary>{kind.label()}" "<span class="muted">{names}</span></summary>
                {snippets.collect_view()}
                {hint(kind, may_publish).map(|hint| view! { <p class="hint">{hint}</p> })}
            </details>
        }
    };
    view! { <div class="clients-list">{served.into_iter().enumerate().map(part).collect_view()}</div> }
}

/// What a client has to be told to find packages here.
fn reading(kind: Ecosystem, page: &FeedPage, needs_token: bool) -> Vec<Snippet> {
    let (feed, address) = (&page.feed.name, &page.address);
    match kind {
        Ecosystem::Npm => {
            let lines = if needs_token { npmrc } else { source };
            vec![(".npmrc", ".npmrc", lines(address, None))]
        }
        Ecosystem::Nuget => {
            vec![(
                "nuget.config",
                "nuget.config",
                config(feed, address, Family::Nuget.usual(), !needs_token),
            )]
        }
        Ecosystem::Maven => {
            let mut files =
                vec![("pom.xml", "the repository for pom.xml", maven::repositories(feed, address))];
            if needs_token {
                files.push((
                    "~/.m2/settings.xml",
                    "settings.xml",
                    maven::server(feed, &maven::variable()),
                ));
            }
            files
        }
        Ecosystem::Bower => vec![(".bowerrc", ".bowerrc", bowerrc(address, !needs_token))],
        Ecosystem::Pypi | Ecosystem::Cargo => vec![],
    }
}

/// What it takes to publish.
fn publishing(kind: Ecosystem, page: &FeedPage) -> Vec<Snippet> {
    let (feed, address) = (&page.feed.name, &page.address);
    let mut before = None;
    let command = match kind {
        Ecosystem::Npm => "npm publish".to_owned(),
        Ecosystem::Nuget => {
            let source = nuget::source_name(feed);
            format!(
                "dotnet nuget push NAME.1.0.0.nupkg --source {source} --api-key \"${VARIABLE}\""
            )
        }
        Ecosystem::Maven => {
            let text = maven::distribution(feed, address);
            before = Some(("pom.xml", "the lines for publishing", text));
            "mvn deploy".to_owned()
        }
        Ecosystem::Bower => "bower register NAME https://git.example.com/NAME.git".to_owned(),
        Ecosystem::Pypi | Ecosystem::Cargo => return vec![],
    };
    let what = match kind {
        Ecosystem::Nuget => "the NuGet publish command",
        Ecosystem::Maven => "the Maven publish command",
        Ecosystem::Bower => "the Bower publish command",
        _ => "the npm publish command",
    };
    before.into_iter().chain([("Terminal", what, command)]).collect()
}

/// What is not said by the files.
fn hint(kind: Ecosystem, may_publish: bool) -> Option<&'static str> {
    match kind {
        Ecosystem::Npm => Some(
            "To take only one scope from here, begin with @scope:registry= instead of registry=.",
        ),
        Ecosystem::Bower if may_publish => Some(
            "Nothing is uploaded: the name leads to a Git repository, whose tags are the versions.",
        ),
        _ => None,
    }
}
