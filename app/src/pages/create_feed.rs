//! `/feeds/new`: the form that makes a feed.

use std::time::Duration;

use leptos::{
    html,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{names::FeedName, views::NameCheck};

use crate::{
    components::{form_answer::FormAnswer, page_title::PageTitle, text_field::field_error},
    server_fns::feeds::check_feed_name,
    site::Site,
};

/// How long typing rests before the name is looked up.
const REST: Duration = Duration::from_millis(300);

/// The page.
#[component]
pub(crate) fn CreateFeedPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let is_public = answer.typed("visibility").as_deref() == Some("public");
    view! {
        <PageTitle text=answer.title("Create feed")/>
        <div class="shell narrow">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/feeds">"Feeds"</a></li>
                        <li><span aria-current="page">"Create feed"</span></li>
                    </ol>
                </nav>
                <h1>"Create feed"</h1>
                {answer.summary("name")}
                <form class="card form" method="post" action="/feeds/new">
                    <NameField answer=&answer/>
                    <fieldset class="choices">
                        <legend>"Who may read"</legend>
                        <div class="radio-cards one">
                            {visibility("private", !is_public, "Members", "Only people who are members of the feed, with a token or password. You choose them.")}
                            {visibility("public", is_public, "Anyone", "Everybody who can reach this server, without signing in. Publishing still needs a token.")}
                        </div>
                        <p class="hint">"You can change this later."</p>
                    </fieldset>
                    <div class="actions">
                        <button class="button primary">"Create feed"</button>
                        <a class="button quiet" href="/feeds">"Cancel"</a>
                    </div>
                </form>
            </main>
        </div>
    }
}

/// The name; with script it says while it is typed whether it can be had.
#[component]
fn NameField<'a>(
    /// The answer that the form got.
    answer: &'a FormAnswer,
) -> impl IntoView + use<> {
    let wrong = answer.wrong("name");
    let is_wrong = wrong.is_some();
    let checked = RwSignal::new(None::<NameCheck>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let typed = RwSignal::new(answer.typed("name").unwrap_or_default());
    let look = move || {
        let name = typed.get_untracked();
        spawn_local(async move {
            // Whatever stands in the way is said when the form is sent.
            let check = check_feed_name(name.clone()).await.ok();
            if typed.try_get_untracked() == Some(name) {
                checked.set(check);
            }
        });
    };
    let changed = move |name: String| {
        if let Some(waiting) = waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
        typed.set(name);
        checked.set(None);
        if typed.with_untracked(|name| !name.trim().is_empty()) {
            waiting.set_value(set_timeout_with_handle(look, REST).ok());
        }
    };
    // What was typed before the script came counts too.
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let name = field.get().map(|field| field.value()).unwrap_or_default();
        if typed.with_untracked(|typed| *typed != name) {
            changed(name);
        }
    });
    let is_bad = move || checked.with(|check| check.as_ref().is_some_and(|check| !check.is_free));
    let words = move || checked.with(|check| check.as_ref().map(|check| check.words.clone()));
    let class = move || match checked.with(|check| check.as_ref().map(|check| check.is_free)) {
        Some(true) => "field-good",
        Some(false) => "field-error",
        None => "hint",
    };
    let base = Site::get().public_url;
    view! {
        <div class="field">
            <label for="name">"Name"</label>
            <p class="hint" id="name-hint">"Letters a to z, digits and hyphens; it begins with a letter or a digit. At most 63 characters."</p>
            <p class="hint">"It is part of the address: "<span class="address">{format!("{base}/F/NAME/")}</span></p>
            {field_error("name", wrong)}
            <input
                class="input code"
                id="name"
                name="name"
                value=typed.get_untracked()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength=FeedName::LONGEST
                aria-describedby=if is_wrong { "name-error name-hint" } else { "name-hint name-check" }
                aria-invalid=move || (is_wrong || is_bad()).then_some("true")
                required
                node_ref=field
                on:input:target=move |event| changed(event.target().value())
            />
            <p id="name-check" class=class role="status">{words}</p>
        </div>
    }
}

fn visibility(
    value: &'static str,
    is_chosen: bool,
    label: &'static str,
    hint: &'static str,
) -> impl IntoView {
    view! {
        <div class="radio-card">
            <label>
                <input type="radio" name="visibility" value=value checked=is_chosen/>
                <strong>{label}</strong>
                <span class="hint">{hint}</span>
            </label>
        </div>
    }
}
