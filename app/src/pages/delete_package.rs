//! `/feeds/{feed}/{kind}/{name}/{version}/delete`: the question before a version, or the package with
//! all of them, is deleted.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    ecosystem::Ecosystem,
    links::{self, segment},
    views::DeletionPage as Page,
};

use super::failed::Failed;
use crate::{
    components::{
        figures::counted,
        form_answer::FormAnswer,
        kind_words::{fails, may_return, unlisting},
        page_title::PageTitle,
        text_field::{described, field_error},
    },
    page_data::page_of,
    server_fns::packages::{ALL_VERSIONS, read_deletion},
    site::Site,
};

/// The page.
#[component]
pub(crate) fn DeletePackagePage() -> impl IntoView {
    let params = use_params_map();
    let asked = move || {
        ["feed", "ecosystem", "name", "version"]
            .map(|name| params.with(|params| params.get(name).unwrap_or_default()))
    };
    let fetch = move || {
        let [feed, ecosystem, name, version] = untrack(asked);
        read_deletion(feed, ecosystem, name, version)
    };
    view! {
        {page_of(move || format!("{:?}", asked()), fetch, move |data| match data {
                    Ok(page) => view! { <Deletion page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Deletion(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let phrase = page.phrase();
    let package = links::package(&page.feed, page.ecosystem, &page.name);
    let back = match &page.version {
        Some(of) => links::version(&page.feed, page.ecosystem, &page.name, &of.version),
        None => package.clone(),
    };
    let part = page.version.as_ref().map_or(ALL_VERSIONS, |of| of.version.as_str());
    let here = format!("{}/delete", links::version(&page.feed, page.ecosystem, &page.name, part));
    let is_confirmed = Site::get().viewer.is_some_and(|viewer| viewer.confirmed);
    let question = if is_confirmed {
        form(&page, &answer, here, &back).into_any()
    } else {
        let confirm = format!("/confirm?next={}", segment(&here));
        view! {
            <p>"You signed in some time ago. Deleting needs your password again."</p>
            <div class="actions">
                <a class="button primary" href=confirm>"Confirm it is you"</a>
                <a class="button" href=back.clone()>"Cancel"</a>
            </div>
        }
        .into_any()
    };
    view! {
        <PageTitle text=answer.title(&format!("Delete {phrase}"))/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href=links::feed(&page.feed)>{page.feed.clone()}</a></li>
                        <li><a href=package>{page.name.clone()}</a></li>
                        <li><span aria-current="page">"Delete"</span></li>
                    </ol>
                </nav>
                <h1>{format!("Delete {phrase}")}</h1>
                {answer.summary("phrase")}
                {warning(&page)}
                {instead(&page)}
                {question}
            </main>
        </div>
    }
}

/// What deleting means.
fn warning(page: &Page) -> impl IntoView + use<> {
    let downloads = counted(page.downloads, "download");
    let name_again = "The name is free then: whoever may publish here can have it lead elsewhere.";
    let (what, numbers) = match &page.version {
        None if page.ecosystem == Ecosystem::Bower => {
            ("The feed forgets where this name leads.".to_owned(), name_again.to_owned())
        }
        Some(of) => {
            let version = &of.version;
            let what = if page.count == 1 {
                format!(
                    "{version} is the only version: the package goes with it. It had {downloads}."
                )
            } else {
                format!("{version} had {downloads}.")
            };
            let numbers = match (may_return(page.ecosystem, version), page.count) {
                (true, _) => format!("As a snapshot {version} can be deployed again."),
                (false, 1) => {
                    format!("The number {version} can never be published again under this name.")
                }
                (false, _) => format!("The number {version} can never be published again."),
            };
            (what, numbers)
        }
        None => {
            let what = match page.count {
                1 => format!("Its only version is deleted with it. It had {downloads}."),
                count => {
                    format!("All {} are deleted. They had {downloads}.", counted(count, "version"))
                }
            };
            let all = if page.ecosystem == Ecosystem::Maven {
                "Their numbers can never be published again under this name, but for those of snapshots."
            } else {
                "Their numbers can never be published again under this name."
            };
            (what, all.to_owned())
        }
    };
    view! {
        <div class="notice danger">
            <div>
                <p><strong>"This cannot be undone. "</strong>{what}</p>
                <p>{fails(page.ecosystem)}{numbers}</p>
            </div>
        </div>
    }
}

/// What breaks nothing.
fn instead(page: &Page) -> Option<impl IntoView + use<>> {
    let of = page.version.as_ref().filter(|of| of.is_listed)?;
    let version = links::version(&page.feed, page.ecosystem, &page.name, &of.version);
    Some(view! {
        <section class="card" aria-labelledby="instead">
            <h2 id="instead">"Unlist it instead?"</h2>
            <p>{unlisting(page.ecosystem)}</p>
            <form method="post" action=format!("{version}/unlist")>
                <button class="button primary">{format!("Unlist {}", of.version)}</button>
            </form>
        </section>
    })
}

fn form(page: &Page, answer: &FormAnswer, action: String, back: &str) -> impl IntoView + use<> {
    let phrase = page.phrase();
    let wrong = answer.wrong("phrase");
    view! {
        <form class="form" method="post" action=action>
            <div class="field">
                <label for="phrase">"Type "<code>{phrase.clone()}</code>" to delete it"</label>
                {field_error("phrase", wrong.clone())}
                <input
                    class="input code"
                    id="phrase"
                    name="phrase"
                    value=answer.typed("phrase").unwrap_or_default()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    aria-describedby=described("phrase", wrong.is_some(), false)
                    aria-invalid=wrong.is_some().then_some("true")
                />
            </div>
            <div class="actions">
                <a class="button" href=back.to_owned()>"Cancel"</a>
                <button class="button danger solid">{format!("Delete {phrase}")}</button>
            </div>
        </form>
    }
}
