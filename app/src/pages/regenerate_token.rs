//! `/profile/tokens/{id}/regenerate`: a new value for a token, and what becomes of the old one.

pub(super) mod form;
pub(super) mod result;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{rotation::OldStops, views::RegeneratePage as Page};

use self::{form::RegenerateForm, result::RegeneratedToken};
use super::failed::Failed;
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        frame::ProfileNav,
        page_title::PageTitle,
        token_answer::TokenAnswer,
    },
    page_data::page_of,
    server_fns::token_life::begin_regeneration,
};

/// The page.
#[component]
pub(crate) fn RegenerateTokenPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let regenerated = RwSignal::new(TokenAnswer::get().regenerated);
    view! {
        {move || match regenerated.get() {
            Some(regenerated) => view! { <RegeneratedToken regenerated/> }.into_any(),
            None => page_of(id, move || begin_regeneration(untrack(id)), move |data| match data {
                Ok(page) => {
                    let done = Callback::new(move |made| regenerated.set(Some(made)));
                    view! { <FormPage page done/> }.into_any()
                }
                Err(failure) => view! { <Failed failure/> }.into_any(),
            }),
        }}
        <ConfirmDialog/>
    }
}

#[component]
fn FormPage(page: Page, done: Callback<model::views::Regenerated>) -> impl IntoView {
    let answer = TokenAnswer::get();
    let description = page.token.description.clone();
    let token = format!("/profile/tokens/{}", page.token.id);
    let title = format!("Regenerate {description}");
    let asked = use_query_map().with_untracked(|query| query.get("old"));
    let chosen = asked.and_then(|name| OldStops::from_name(&name)).unwrap_or_default();
    let page_title =
        if answer.failure.is_some() { format!("Error: {title}") } else { title.clone() };
    let cancel = view! { <a class="button" href=token.clone()>"Cancel"</a> }.into_any();
    view! {
        <PageTitle text=page_title/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><a href=token>{description}</a></li>
                        <li><span aria-current="page">"Regenerate"</span></li>
                    </ol>
                </nav>
                <h1>{title}</h1>
                {answer.failure.map(|failure| view! {
                    <div class="notice danger" role="alert"><div><p>{failure}</p></div></div>
                })}
                <RegenerateForm page=&page chosen cancel done/>
            </main>
        </div>
    }
    .into_any()
}
