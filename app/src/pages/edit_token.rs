//! `/profile/tokens/{id}/edit`: what a token is for, what it may do, until when and from where.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};
use model::{
    links,
    token::TokenKind,
    views::{ChangedMeanwhile, TokenStatus, TokenView},
};

use super::token_form::{Beginning, Editing, Purpose, TokenFormFields};
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        page_title::PageTitle,
        time::Moment,
        token_answer::TokenAnswer,
        token_status::StatusBadge,
        token_value::TokenValue,
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::token_form::{TokenEditPage, begin_token_edit},
};

/// The page.
#[component]
pub(crate) fn EditTokenPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let query = use_query_map();
    let search = use_location().search;
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let fetch = move || {
        let asked = || {
            let pairs = query.with_untracked(|query| query.clone().into_iter());
            pairs.map(|(name, value)| (name.into_owned(), value)).collect()
        };
        begin_token_edit(untrack(id), TokenAnswer::get().form.map_or_else(asked, Into::into))
    };
    view! {
        {page_of(move || format!("{}?{}", id(), search.get()), fetch, move |page| match page {
                    Ok(page) => view! { <EditToken page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
        <ConfirmDialog why="Showing a token, and letting it do more, needs your password again."/>
    }
}

#[component]
fn EditToken(page: TokenEditPage) -> impl IntoView {
    let TokenAnswer { problems, failure, .. } = TokenAnswer::get();
    let TokenEditPage { edit, preview } = page;
    let token = edit.token;
    let is_refused = !problems.is_empty() || failure.is_some();
    let name = format!("Edit {}", token.description);
    let title = if is_refused { format!("Error: {name}") } else { name.clone() };
    let navigate = use_navigate();
    let editing = Editing {
        id: token.id,
        revision: RwSignal::new(edit.start.form.revision.clone()),
        asked: RwSignal::new(edit.asked),
        changed: RwSignal::new(edit.changed),
        navigate: Callback::new(move |(address, options): (String, _)| navigate(&address, options)),
    };
    let is_prefilled = edit.start.is_prefilled;
    let notes = move || {
        let filled_in = is_prefilled.then(|| {
            let words = "What was missing is filled in. Nothing is changed until you save.";
            view! { <div class="notice"><div><p>{words}</p></div></div> }
        });
        view! { {filled_in}<ChangedNotice editing/><Wider editing/> }.into_any()
    };
    let beginning = Beginning {
        start: edit.start,
        preview,
        problems,
        failure,
        rules: edit.rules,
        ends: Some(ends(&token)),
        is_additional: token.kind == TokenKind::Additional,
    };
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><a href=links::token(token.id)>{token.description.clone()}</a></li>
                        <li><span aria-current="page">"Edit"</span></li>
                    </ol>
                </nav>
                <h1>{name}" "<StatusBadge status=token.status/></h1>
                <section class="card" aria-label="Token">
                    <TokenValue token=&token/>
                    <p class="hint">"Changes take effect with the next request. The value stays the same."</p>
                </section>
                <TokenFormFields beginning purpose=Purpose::Edit(editing)>{notes()}</TokenFormFields>
            </main>
        </div>
    }
    .into_any()
}

/// When the token ends, as long as that is not changed.
fn ends(token: &TokenView) -> String {
    match token.expires_at {
        Some(at) if token.status == TokenStatus::Expired => {
            format!("Expired {}", at.long_date())
        }
        Some(at) => at.long_date(),
        None => "Never".to_owned(),
    }
}

/// The token was changed while the form was open: how it is now, beside what is typed.
#[component]
fn ChangedNotice(editing: Editing) -> impl IntoView {
    let notice = move |changed: ChangedMeanwhile| {
        let ChangedMeanwhile { at, description, sentence, networks, .. } = changed;
        let networks =
            (!networks.is_empty()).then(|| format!(" Networks: {}.", networks.join(", ")));
        view! {
            <div class="notice warn" id="changed" role="alert" tabindex="-1" autofocus>
                <div>
                    <p><strong>"This token was changed meanwhile"</strong>", on "<Moment at words=at.date_and_time()/>". Nothing of yours is saved, and nothing is lost: the form has what you typed."</p>
                    <p>"As it is now: "<strong>{description}</strong>". "{sentence}{networks}</p>
                    <p>"Save again to put yours in its place, or "<a href=links::token_edit(editing.id) rel="external">"start from what is there now"</a>"."</p>
                </div>
            </div>
        }
        .into_any()
    };
    move || editing.changed.get().map(notice)
}

/// What would get wider, before it is saved. The form sends along what was agreed to.
#[component]
fn Wider(editing: Editing) -> impl IntoView {
    let section = move |lines: Vec<String>| {
        let agreed = lines.join("\n");
        let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
        view! {
            <section class="notice warn" id="wider" aria-labelledby="wider-title" tabindex="-1" autofocus>
                <div>
                    <h2 id="wider-title">"It could do more than now"</h2>
                    <ul class="rules">{lines}</ul>
                    <p>"Nothing is saved yet. Whoever holds the token could do this too."</p>
                    <input type="hidden" name="agreed" value=agreed autocomplete="off"/>
                    <div class="actions">
                        <button class="button primary">"Save, let it do more"</button>
                    </div>
                </div>
            </section>
        }
        .into_any()
    };
    move || {
        let lines = editing.asked.get();
        (!lines.is_empty()).then(|| section(lines))
    }
}
