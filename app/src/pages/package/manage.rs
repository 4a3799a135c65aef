//! What owners of the feed may do to a package. Nobody else sees any of it. Each act is a plain form,
//! whose answer is this page again.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    ecosystem::Ecosystem,
    links,
    views::{PackagePage as Page, VersionView},
};

use crate::{
    components::{
        figures::{count, counted},
        form_answer::FormAnswer,
        kind_words,
        text_field::{described, field_error},
    },
    server_fns::packages::ALL_VERSIONS,
};

/// Where the form of an act is sent.
fn act(page: &Page, act: &str) -> String {
    let VersionView { version, .. } = &page.shown;
    format!("{}/{act}", links::version(&page.feed, page.ecosystem, &page.name, version))
}

/// The page on which the package with all its versions is deleted.
fn whole(page: &Page) -> String {
    let all = links::version(&page.feed, page.ecosystem, &page.name, ALL_VERSIONS);
    format!("{all}/delete")
}

/// The acts beside the heading: the one that can be taken back, and the way to the one that cannot.
pub(super) fn heading_acts(page: &Page) -> impl IntoView + use<> {
    let (word, label) =
        if page.shown.is_listed { ("unlist", "Unlist") } else { ("list", "List again") };
    let listing = page.may_change.then(|| {
        view! {
            <form method="post" action=act(page, word)>
                <button class="button">{label}<span class="visually-hidden">{format!(" {}", page.shown.version)}</span></button>
            </form>
            <a class="button" href="#manage">"Manage"</a>
        }
    });
    let deletion = page.may_delete.then(|| {
        let (href, what) = match page.ecosystem {
            Ecosystem::Bower => (whole(page), &page.name),
            _ => (act(page, "delete"), &page.shown.version),
        };
        view! {
            <a class="button danger" href=href>"Delete…"<span class="visually-hidden">{format!(" {what}")}</span></a>
        }
    });
    (page.may_change || page.may_delete)
        .then(|| view! { <div class="actions">{listing}{deletion}</div> })
}

/// What was just done. The address says so; the notice is shown where it is true.
pub(super) fn done(page: &Page) -> impl IntoView + use<> {
    let query = use_query_map();
    let given = |name| query.with_untracked(|query| query.get(name).unwrap_or_default());
    let VersionView { version, is_listed, deprecation, .. } = &page.shown;
    let tag = given("tag");
    let at = page.tags.iter().find(|(known, _)| *known == tag).map(|(_, at)| at);
    let words = match given("done").as_str() {
        _ if let Some(deleted) = &page.deleted => Some(format!("{deleted} is deleted.")),
        "unlisted" if !is_listed => Some(format!("{version} is unlisted.")),
        "listed" if *is_listed => Some(format!("{version} is listed again.")),
        "deprecated" if deprecation.is_some() => Some(format!("{version} is deprecated.")),
        "undeprecated" if deprecation.is_none() => {
            Some(format!("{version} is not deprecated any more."))
        }
        "tagged" if at == Some(version) => Some(format!("{tag} points to {version}.")),
        "untagged" if at.is_none() && page.may_change => {
            Some(format!("There is no tag {tag} any more."))
        }
        _ => None,
    };
    words.filter(|_| page.may_change || page.may_delete).map(|words| {
        view! { <div class="notice ok" role="status"><div><p>{words}</p></div></div> }
    })
}

/// The section with everything else.
pub(super) fn manage(page: &Page, answer: &FormAnswer) -> impl IntoView + use<> {
    let changes = page.may_change.then(|| {
        // Only npm's clients know tags.
        let tags = (page.ecosystem == Ecosystem::Npm).then(|| tags(page, answer));
        view! { {deprecation(page, answer)}{tags} }
    });
    let deletion = page.may_delete.then(|| {
        let is_bower = page.ecosystem == Ecosystem::Bower;
        let words = if is_bower {
            format!("Delete {}…", page.name)
        } else {
            format!("Delete the package with {}…", counted(page.count, "version"))
        };
        let one = (!is_bower).then(|| {
            view! { <a class="button danger" href=act(page, "delete")>{format!("Delete {}…", page.shown.version)}</a> }
        });
        view! {
            <section class="section" aria-labelledby="deletion">
                <h3 id="deletion">"Delete"</h3>
                <p>{kind_words::deletion(page.ecosystem)}</p>
                <div class="actions">
                    {one}
                    <a class="button danger" href=whole(page)>{words}</a>
                </div>
            </section>
        }
    });
    (page.may_change || page.may_delete).then(|| {
        view! {
            <section class="section manage" id="manage" aria-labelledby="manage-title">
                <h2 id="manage-title">"Manage"</h2>
                {changes}
                {deletion}
            </section>
        }
    })
}

fn deprecation(page: &Page, answer: &FormAnswer) -> impl IntoView + use<> {
    let shown = &page.shown;
    let versions: Vec<_> = page
        .versions
        .iter()
        .map(|line| {
            let mark = if line.is_deprecated { " (deprecated)" } else { "" };
            view! {
                <label class="choice-line">
                    <input type="checkbox" name="version" value=line.version.clone()/>
                    <span>{format!("{}{mark}", line.version)}</span>
                </label>
            }
        })
        .collect();
    let wrong = answer.wrong("reason");
    let reason = answer.typed("reason").or_else(|| shown.deprecation.clone()).unwrap_or_default();
    let which = answer.typed("which").unwrap_or_else(|| "this".to_owned());
    let choice = |value: &'static str, label: String| {
        view! {
            <label><input type="radio" name="which" value=value checked=which == value/><span>{label}</span></label>
        }
    };
    let others = (page.count > 1).then(|| {
        let pages = (page.pages > 1).then(|| {
            view! { <p class="hint">"Turn the pages of the list of versions to choose among others."</p> }
        });
        view! {
            <div class="choice">{choice("all", format!("All {}", counted(page.count, "version")))}</div>
            <div class="choice">
                {choice("chosen", "Only these".to_owned())}
                <div class="more">{pages}<div class="choice-lines">{versions}</div></div>
            </div>
        }
    });
    view! {
        <section class="section" aria-labelledby="deprecation">
            <h3 id="deprecation">"Deprecate"</h3>
            <p>{kind_words::deprecating(page.ecosystem)}</p>
            <form class="form" method="post" action=act(page, "deprecate")>
                <fieldset class="choices" id="which">
                    <legend>"Versions"</legend>
                    {field_error("which", answer.wrong("which"))}
                    <div class="choice">{choice("this", format!("Only {}", shown.version))}</div>
                    {others}
                </fieldset>
                <div class="field">
                    <label for="reason">"Reason"</label>
                    <p class="hint" id="reason-hint">"What is wrong, and what to use instead. Leave it empty to take back what was said."</p>
                    {field_error("reason", wrong.clone())}
                    <input
                        class="input"
                        id="reason"
                        name="reason"
                        value=reason
                        maxlength="1000"
                        autocomplete="off"
                        aria-describedby=described("reason", wrong.is_some(), true)
                        aria-invalid=wrong.is_some().then_some("true")
                    />
                </div>
                <div class="actions"><button class="button">"Save"<span class="visually-hidden">" deprecation"</span></button></div>
            </form>
        </section>
    }
}

fn tags(page: &Page, answer: &FormAnswer) -> impl IntoView + use<> {
    let version = &page.shown.version;
    let items: Vec<_> = page
        .tags
        .iter()
        .map(|(tag, at)| {
            // What is installed where no version is asked for can be moved only.
            let removal = (tag != "latest").then(|| {
                view! {
                    <form method="post" action=act(page, "untag")>
                        <input type="hidden" name="tag" value=tag.clone()/>
                        <button class="button">"Remove"<span class="visually-hidden">{format!(" the tag {tag}")}</span></button>
                    </form>
                }
            });
            view! { <li><span><strong>{tag.clone()}</strong>{format!(" points to {at}")}</span>{removal}</li> }
        })
        .collect();
    let wrong = answer.wrong("tag");
    view! {
        <section class="section" aria-labelledby="tags">
            <h3 id="tags">{format!("Tags ({})", count(u64::try_from(page.tags.len()).unwrap_or(0)))}</h3>
            <ul class="managed-tags">{items}</ul>
            <form class="field" method="post" action=act(page, "tag")>
                <label for="tag">{format!("Point a tag to {version}")}</label>
                <p class="hint" id="tag-hint">"One of these, or a new one such as next."</p>
                {field_error("tag", wrong.clone())}
                <div class="joined">
                    <input
                        class="input code"
                        id="tag"
                        name="tag"
                        value=answer.typed("tag").unwrap_or_default()
                        maxlength="64"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        aria-describedby=described("tag", wrong.is_some(), true)
                        aria-invalid=wrong.is_some().then_some("true")
                    />
                    <button class="button">"Set tag"</button>
                </div>
            </form>
        </section>
    }
}
