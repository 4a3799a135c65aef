//! `/feeds/new`: the form that makes a feed.

use leptos::prelude::*;
use model::names::FeedName;

use crate::{
    components::{form_answer::FormAnswer, page_title::PageTitle, text_field::TextField},
    site::Site,
};

/// The page.
#[component]
pub(crate) fn CreateFeedPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let hint = format!(
        "Small letters, digits and hyphens. It is part of the address: {}/F/NAME/npm/",
        Site::get().public_url
    );
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
                    <TextField name="name" label="Name" hint autocomplete="off" longest=FeedName::LONGEST is_code=true answer=&answer/>
                    <fieldset class="choices">
                        <legend>"Who may read"</legend>
                        <div class="radio-cards one">
                            {visibility("private", !is_public, "Members", "Only people who are members of the feed, with a token or password.")}
                            {visibility("public", is_public, "Anyone", "Everybody who can reach this server, without signing in. Publishing still needs a token.")}
                        </div>
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
