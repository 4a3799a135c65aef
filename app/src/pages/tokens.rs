//! `/profile/tokens`: the primary token, and the others in a list that can be filtered.

mod notices;
mod primary;
mod row;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    listing::{self, LONGEST_SEARCH, Standing, TokenSort, TokensQuery},
    views::TokensPage as Tokens,
};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

use self::{notices::Notices, primary::PrimaryCard, row::row};
use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        changing::changing,
        confirm_identity::{ConfirmDialog, Confirmation},
        frame::ProfileNav,
        list_filter::{ChoiceField, ListFilter, Pager, SearchField, follow},
        page_title::PageTitle,
        token_act::Changes,
    },
    page_data::page_of,
    server_fns::token_life::list_tokens,
};

const PATH: &str = "/profile/tokens";

/// The page.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    Confirmation::provide();
    let changes = Changes::provide();
    let query = use_query_map();
    let asked = asked(TokensQuery::from_pairs);
    let fetch = move || {
        let revoked = query.with_untracked(|query| query.get("revoked"));
        list_tokens(untrack(asked), revoked.and_then(|id| id.parse().ok()))
    };
    view! {
        <PageTitle text="Access tokens"/>
        {page_of(String::new, fetch, move |data| match data {
            Ok(tokens) => view! { <TokenList tokens asked=Signal::derive(asked) changes/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        })}
        <ConfirmDialog/>
    }
}

#[component]
fn TokenList(tokens: Tokens, asked: Signal<TokensQuery>, changes: Changes) -> impl IntoView {
    let query = tokens.query.clone();
    let revoked = tokens.revoked.clone();
    let asked = move || (asked.get(), changes.count());
    let followed = follow(tokens, asked, |(query, _)| list_tokens(query, None));
    let tokens = followed.list;
    let found = Signal::derive(move || tokens.with(words));
    // What stands above the list changes with the tokens, not with what is asked for.
    let notices =
        Memo::new(move |_| tokens.with(|list| (list.expiring.clone(), list.replaced.clone())));
    let primary = Memo::new(move |_| tokens.with(|list| list.primary.clone()));
    let has_others = Memo::new(move |_| tokens.with(|list| list.total > 0));
    let now = move || tokens.with_untracked(|list| list.now);
    focus_on_slash();
    let options = StoredValue::new(query);
    let list = move || {
        let query = options.get_value();
        let standings = Standing::options();
        let sorts = TokenSort::options();
        view! {
            <ListFilter label="Tokens" path=PATH found>
                <SearchField label="Filter" value=query.text longest=LONGEST_SEARCH/>
                <ChoiceField name="state" label="State" options=standings chosen=query.standing.word()/>
                <ChoiceField name="sort" label="Sort by" options=sorts chosen=query.sort.word()/>
            </ListFilter>
            {followed.problem()}
            {followed.shown(table)}
        }
        .into_any()
    };
    view! {
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Access tokens"</h1>
                        <p class="muted">"Package clients sign in with a token. Make one for each machine or job. "<a href="/connect">"Connect a client"</a></p>
                    </div>
                    <a class="button primary" href="/profile/tokens/new">"Create token"</a>
                </div>
                {revoked.map(|description| view! {
                    <div class="notice ok">
                        <div><p><strong>{description}</strong>" is revoked. Clients that use it are refused from now on."</p></div>
                    </div>
                })}
                {changing(move || {
                    let (expiring, replaced) = notices.get();
                    view! { <Notices expiring replaced now=now()/> }.into_any()
                })}
                {changing(move || primary.with(|token| view! { <PrimaryCard token now=now()/> }.into_any()))}
                <section class="section" aria-labelledby="others">
                    <h2 id="others">"Other tokens"</h2>
                    {changing(move || if has_others.get() { list() } else { empty() })}
                </section>
            </main>
        </div>
    }
}

/// `14 tokens`, `12 of 14 tokens`.
fn words(list: &Tokens) -> String {
    let all = format!("{} token{}", list.total, if list.total == 1 { "" } else { "s" });
    listing::found(list.found, all, list.query.is_narrow())
}

fn empty() -> AnyView {
    view! {
        <div class="empty">
            <h3>"No other tokens yet"</h3>
            <p>"Keep the primary token for yourself. Give every machine and job a token of its own, that may do only what it needs."</p>
            <a class="button" href="/profile/tokens/new">"Create token"</a>
        </div>
    }
    .into_any()
}

fn table(list: &Tokens) -> AnyView {
    if list.others.is_empty() {
        return view! {
            <div class="empty">
                <h3>"No token matches"</h3>
                <p>"Descriptions, feeds, patterns and last characters are searched."</p>
                <a class="button" href=PATH rel="external">"Show all tokens"</a>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = list.others.iter().map(|token| row(token, list.now)).collect();
    let at = |page: u64| format!("{PATH}{}", list.query.on_page(page).link());
    let page = list.query.page;
    view! {
        <div class="list">
            <table role="table">
                <caption>"Your other tokens"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Token"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                        <th role="columnheader" scope="col">"Created"</th>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pager page pages=list.pages links=[at(page.saturating_sub(1)), at(page + 1)]/>
    }
    .into_any()
}

/// `/` leads to the filter, unless something is being typed.
fn focus_on_slash() {
    Effect::new(move |_| {
        let pressed = window_event_listener_untyped("keydown", |event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
            let focused = document().active_element();
            let is_typing = focused.is_some_and(|focused| {
                matches!(focused.matches("input, select, textarea, dialog *"), Ok(true))
            });
            if key.key() != "/" || key.ctrl_key() || key.alt_key() || key.meta_key() || is_typing {
                return;
            }
            if let Some(field) = document().get_element_by_id("q") {
                event.prevent_default();
                // A field takes focus.
                let _ = field.unchecked_into::<HtmlElement>().focus();
            }
        });
        on_cleanup(move || pressed.remove());
    });
}
