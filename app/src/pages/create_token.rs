//! `/profile/tokens/new`: the form that makes a token, and the token that it made.

mod created;
mod fields;
mod form;
mod patterns;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::token_form::TokenForm;

use self::{created::CreatedToken, form::CreateForm};
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        page_title::PageTitle,
        token_answer::TokenAnswer,
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::tokens::{Created, TokenFormPage, begin_token_form},
};

/// The page.
#[component]
pub(crate) fn CreateTokenPage() -> impl IntoView {
    Confirmation::provide();
    let created = RwSignal::new(TokenAnswer::get().created);
    view! {
        {move || match created.get() {
            Some(created) => view! { <CreatedToken created/> }.into_any(),
            None => view! { <FormPage created/> }.into_any(),
        }}
        <ConfirmDialog/>
    }
}

#[component]
fn FormPage(created: RwSignal<Option<Created>>) -> impl IntoView {
    let query = use_query_map();
    let fetch = move || {
        let asked = || {
            query.with_untracked(|query| {
                let pairs = query.clone().into_iter();
                TokenForm::from_pairs(pairs.map(|(name, value)| (name.into_owned(), value)))
            })
        };
        begin_token_form(TokenAnswer::get().form.unwrap_or_else(asked))
    };
    page_of(String::new, fetch, move |page| match page {
        Ok(page) => view! { <TokenFormView page created/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn TokenFormView(page: TokenFormPage, created: RwSignal<Option<Created>>) -> impl IntoView {
    let answer = TokenAnswer::get();
    let title = if answer.problems.is_empty() && answer.failure.is_none() {
        "Create token"
    } else {
        "Error: Create token"
    };
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><span aria-current="page">"Create token"</span></li>
                    </ol>
                </nav>
                <h1>"Create token"</h1>
                <CreateForm page problems=answer.problems failure=answer.failure created/>
            </main>
        </div>
    }
}
