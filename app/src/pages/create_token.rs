//! `/profile/tokens/new`: the form that makes a token, and the token that it made.

mod created;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use model::token_form::Template;

use self::created::CreatedToken;
use super::token_form::{Beginning, Purpose, TokenFormFields};
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        page_title::PageTitle,
        token_answer::TokenAnswer,
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::{
        token_form::{TokenFormPage, begin_token_form},
        tokens::Created,
    },
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
    let search = use_location().search;
    let fetch = move || {
        let asked = || {
            let pairs = query.with_untracked(|query| query.clone().into_iter());
            pairs.map(|(name, value)| (name.into_owned(), value)).collect()
        };
        begin_token_form(TokenAnswer::get().form.map_or_else(asked, Into::into))
    };
    page_of(
        move || search.get(),
        fetch,
        move |page| match page {
            Ok(page) => view! { <TokenFormView page created/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    )
}

#[component]
fn TokenFormView(page: TokenFormPage, created: RwSignal<Option<Created>>) -> impl IntoView {
    let TokenAnswer { problems, failure, .. } = TokenAnswer::get();
    let title = if problems.is_empty() && failure.is_none() {
        "Create token"
    } else {
        "Error: Create token"
    };
    let TokenFormPage { start, preview } = page;
    let is_prefilled = start.is_prefilled;
    let unknown = start.unknown_feeds.join(", ");
    let notes = move || {
        let filled_in = is_prefilled.then(|| {
            let words = "This form was filled in for you. Look at each field: the summary says what the token could do.";
            view! { <div class="notice"><div><p>{words}</p></div></div> }
        });
        let unknown = (!unknown.is_empty()).then(|| {
            let words = format!("Asked for, but not among the feeds you can reach: {unknown}.");
            view! { <div class="notice warn"><div><p>{words}</p></div></div> }
        });
        view! { {filled_in}{unknown} }.into_any()
    };
    let beginning = Beginning {
        start,
        preview,
        problems,
        failure,
        rules: None,
        ends: None,
        is_additional: true,
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
                {templates()}
                <TokenFormFields beginning purpose=Purpose::Create(created)>{notes()}</TokenFormFields>
            </main>
        </div>
    }
}

/// Links to the form filled in for common uses.
fn templates() -> impl IntoView {
    let links = Template::ALL.map(|template| {
        let href = format!("/profile/tokens/new?template={}", template.name());
        // Loaded anew: what was typed would stand in the fields of the same page.
        view! { <li><a class="button" href=href rel="external">{template.label()}</a></li> }
    });
    view! {
        <nav class="templates" aria-labelledby="templates">
            <p id="templates">"Start from"</p>
            <ul>{links.into_iter().collect::<Vec<_>>()}</ul>
        </nav>
    }
}
