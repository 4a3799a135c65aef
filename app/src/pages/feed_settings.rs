//! `/feeds/{feed}/settings`: what a feed says of itself, who may read it, and its end.

mod acts;
mod delete;
mod readers;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{links, role::Role, views::FeedSettings};

use self::{acts::Acts, delete::Delete, readers::Readers};
use super::failed::Failed;
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        feed_head::{FeedHead, FeedTab},
        form_answer::FormAnswer,
        page_title::PageTitle,
        problem::ProblemAlert,
        text_field::TextField,
    },
    page_data::page_of,
    server_fns::feeds::{FeedAct, read_settings},
};

/// The most characters of a description, which the server checks again.
const LONGEST_DESCRIPTION: usize = 200;

/// The page.
#[component]
pub(crate) fn FeedSettingsPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let feed = move || params.with(|params| params.get("feed").unwrap_or_default());
    let page = page_of(
        feed,
        move || read_settings(untrack(feed)),
        move |data| match data {
            Ok(settings) => view! { <Settings settings/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    );
    view! {
        {page}
        <ConfirmDialog why="Opening and deleting a feed needs your password again."/>
    }
}

#[component]
fn Settings(settings: FeedSettings) -> impl IntoView {
    let answer = FormAnswer::get();
    let feed = settings.feed.clone();
    let title = answer.title(&format!("Settings of {feed}"));
    let saved = use_query_map().with_untracked(|query| query.get("saved").is_some());
    let acts = Acts::new(settings.clone(), saved);
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1">
                {move || view! {
                    <FeedHead name=feed.clone() is_public=acts.is_public.get() role=Some(Role::Owner) here=FeedTab::Settings/>
                }}
                {answer.summary("description")}
                {move || acts.is_saved.get().then(|| view! {
                    <div class="notice ok" tabindex="-1" id="done"><div><p>"Saved."</p></div></div>
                })}
                <ProblemAlert problem=acts.problem/>
                {describe(&settings, acts, &answer)}
                <Readers settings=settings.clone() acts/>
                <Delete settings acts answer=&answer/>
            </main>
        </div>
    }
    .into_any()
}

fn describe(settings: &FeedSettings, acts: Acts, answer: &FormAnswer) -> impl IntoView + use<> {
    let action = links::feed_settings(&settings.feed);
    let submit = acts.submit(|data| Some(FeedAct::Describe(data.get("description").as_string()?)));
    view! {
        <section class="section" aria-labelledby="about">
            <h2 id="about">"Description"</h2>
            <form class="card form" method="post" action=action on:submit=submit>
                <TextField
                    name="description"
                    label="What is this feed for?"
                    hint="Shown wherever the feed is listed. May stay empty."
                    autocomplete="off"
                    longest=LONGEST_DESCRIPTION
                    value=settings.description.clone()
                    is_optional=true
                    answer
                />
                <div class="actions"><button class="button primary">"Save description"</button></div>
            </form>
        </section>
    }
}
