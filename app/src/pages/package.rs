//! `/feeds/{feed}/{kind}/{name}` and `…/{version}`: one version of a package, the list of all, and
//! what its feed's owners may do to them.

mod dependencies;
mod facts;
mod files;
mod install;
mod manage;
mod versions;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    ecosystem::Ecosystem,
    links,
    views::{GonePackage, PackageFound, PackagePage as Page, VersionView},
};

use self::{
    dependencies::dependencies,
    facts::{facts, texts},
    files::files,
    install::install,
    manage::{done, heading_acts, manage},
    versions::{chooser, versions},
};
use super::failed::Failed;
use crate::{
    components::{
        bower, figures::counted, form_answer::FormAnswer, kind_words, maven, nuget,
        page_title::PageTitle, time::Moment,
    },
    page_data::page_of,
    server_fns::packages::{PackageQuery, read_package},
    site::Site,
};

/// The page.
#[component]
pub(crate) fn PackagePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let asked = move || {
        let part = |name| params.with(|params| params.get(name).unwrap_or_default());
        let given = |name| query.with(|query| query.get(name).unwrap_or_default());
        let version = part("version");
        PackageQuery {
            feed: part("feed"),
            ecosystem: part("ecosystem"),
            name: part("name"),
            // Without script the version is chosen by a form, which can only make a query.
            version: if version.is_empty() { given("version") } else { version },
            page: given("page").parse().unwrap_or(1),
            deleted: given("deleted"),
        }
    };
    view! {
        {page_of(move || format!("{:?}", asked()), move || read_package(untrack(asked)), move |data| match data {
                    Ok(PackageFound::Here(page)) => view! { <Package page=*page/> }.into_any(),
                    Ok(PackageFound::Gone(gone)) => view! { <Gone gone/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Package(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let VersionView { version, about, readme, .. } = page.shown.clone();
    // A name that leads elsewhere: this feed has no file of it.
    let is_bower = page.ecosystem == Ecosystem::Bower;
    let name = page.name.clone();
    let title = if is_bower { name } else { format!("{name} {version}") };
    let title = answer.title(&title);
    let number = (!is_bower).then(|| view! { " "<span class="version">{version}</span> });
    let has_readme = matches!(page.ecosystem, Ecosystem::Npm | Ecosystem::Nuget);
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1">
                {crumbs(&page.feed, &page.name)}
                <div class="page-head">
                    <div>
                        <h1>{page.name.clone()}{number}</h1>
                        {badges(&page)}
                        {(!about.description.is_empty()).then(|| view! { <p class="lead">{about.description.clone()}</p> })}
                    </div>
                    {heading_acts(&page)}
                </div>
                {answer.summary("main")}
                {done(&page)}
                {notices(&page)}
                <div class="package">
                    <div class="section">
                        {match page.ecosystem {
                            Ecosystem::Npm => Some(install(&page).into_any()),
                            Ecosystem::Nuget => Some(nuget::install(&page).into_any()),
                            Ecosystem::Maven => Some(maven::install(&page).into_any()),
                            Ecosystem::Bower => Some(bower::install(&page).into_any()),
                            Ecosystem::Pypi | Ecosystem::Cargo => None,
                        }}
                        {has_readme.then(|| view! {
                            <section class="section" aria-labelledby="readme">
                                <h2 id="readme">"README"</h2>
                                {shown_readme(readme)}
                            </section>
                        })}
                        {(!is_bower).then(|| dependencies(&page))}
                        {texts(&about)}
                    </div>
                    <aside class="section" aria-label="About this version">
                        {(!is_bower).then(|| chooser(&page))}
                        {facts(&page)}
                    </aside>
                </div>
                {if is_bower {
                    bower::address(&page).into_any()
                } else {
                    view! { {files(&page)}{versions(&page)} }.into_any()
                }}
                {manage(&page, &answer)}
            </main>
        </div>
    }
}

/// The way here. Feeds are listed for people with an account only.
fn crumbs(feed: &str, name: &str) -> impl IntoView + use<> {
    let feeds = Site::get().viewer.map(|_| view! { <li><a href="/feeds">"Feeds"</a></li> });
    view! {
        <nav class="crumbs" aria-label="Breadcrumbs">
            <ol>
                {feeds}
                <li><a href=links::feed(feed)>{feed.to_owned()}</a></li>
                <li><span aria-current="page">{name.to_owned()}</span></li>
            </ol>
        </nav>
    }
}

/// What kind of package it is, its tags, and what there is to say against it.
fn badges(page: &Page) -> impl IntoView + use<> {
    let VersionView { version, is_listed, deprecation, .. } = &page.shown;
    let tags: Vec<_> = tags_of(page, version)
        .map(|tag| {
            let class = if tag == "latest" { "badge ok" } else { "badge plain" };
            view! { <li><span class=class>{tag.to_owned()}</span></li> }
        })
        .collect();
    view! {
        <ul class="badges" aria-label="Kind, tags and state">
            <li><span class="badge plain">{page.ecosystem.label()}</span></li>
            {tags}
            {deprecation.is_some().then(|| view! { <li><span class="badge warn">"Deprecated"</span></li> })}
            {(!is_listed).then(|| view! { <li><span class="badge">"Unlisted"</span></li> })}
        </ul>
    }
}

/// The tags of a version; a name that leads elsewhere has no versions to tag.
fn tags_of<'a>(page: &'a Page, version: &'a str) -> impl Iterator<Item = &'a str> {
    let is_tagged = move |at: &str| at == version && page.ecosystem != Ecosystem::Bower;
    page.tags.iter().filter(move |(_, at)| is_tagged(at)).map(|(tag, _)| tag.as_str())
}

/// What to know before using this version.
fn notices(page: &Page) -> impl IntoView + use<> {
    let latest = page.tags.iter().find(|(tag, at)| tag == "latest" && *at != page.shown.version);
    let latest = latest.map(|(_, version)| {
        let link = links::version(&page.feed, page.ecosystem, &page.name, version);
        view! { <p><a href=link>{format!("The latest version is {version}")}</a></p> }
    });
    let deprecated = page.shown.deprecation.clone().map(|reason| {
        view! {
            <div class="notice warn"><div><p><strong>"Deprecated. "</strong>{reason}</p>{latest}</div></div>
        }
    });
    let unlisted = (!page.shown.is_listed).then(|| {
        view! {
            <div class="notice"><div><p>
                <strong>"Unlisted. "</strong>
                {kind_words::unlisted(page.ecosystem)}
            </p></div></div>
        }
    });
    view! { {deprecated}{unlisted} }
}

fn shown_readme(html: String) -> AnyView {
    if html.is_empty() {
        return view! { <p class="muted">"This version has no README."</p> }.into_any();
    }
    view! { <div class="readme card" inner_html=html></div> }.into_any()
}

/// What there was, for those who may have deleted it.
#[component]
fn Gone(gone: GonePackage) -> impl IntoView {
    let GonePackage { feed, name, versions, deleted_at, deleted_by, now, .. } = gone;
    let by = deleted_by.map(|who| format!(" by {who}"));
    view! {
        <PageTitle text=format!("{name} is deleted")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                {crumbs(&feed, &name)}
                <h1>{format!("{name} is deleted")}</h1>
                <p>
                    {format!("It had {}. The last was deleted ", counted(versions, "version"))}
                    <Moment at=deleted_at words=deleted_at.ago(now)/>{by}
                    ". Whoever publishes under this name again has to choose version numbers that were not used."
                </p>
                <div class="actions"><a class="button" href=links::feed(&feed)>{format!("Back to {feed}")}</a></div>
            </main>
        </div>
    }
}
