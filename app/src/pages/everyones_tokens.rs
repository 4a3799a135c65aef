//! `/admin/tokens`: everybody's tokens, without their values, for administrators.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    links,
    listing::{self, EveryonesQuery, LONGEST_SEARCH, Standing, TokenEnd, TokenUseFilter},
    names::Username,
    timestamp::Timestamp,
    token::TokenKind,
    views::{EveryonesToken, EveryonesTokens, TokenStatus},
};

use super::failed::Failed;
use crate::{
    address::{asked, here},
    components::{
        form_answer::FormAnswer,
        frame::AdminNav,
        list_filter::{ChoiceField, ListFilter, Pager, SearchField, follow},
        page_title::PageTitle,
        time::Moment,
        token_status::StatusBadge,
        token_words::by_and_from,
    },
    page_data::page_of,
    server_fns::people::list_everyones,
};

const PATH: &str = "/admin/tokens";

/// The page.
#[component]
pub(crate) fn EveryonesTokensPage() -> impl IntoView {
    let asked = asked(EveryonesQuery::from_pairs);
    page_of(
        String::new,
        move || list_everyones(untrack(asked)),
        move |data| match data {
            Ok(list) => view! { <Everyones list asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    )
}

#[component]
fn Everyones(list: EveryonesTokens, asked: Signal<EveryonesQuery>) -> impl IntoView {
    let answer = FormAnswer::get();
    let query = list.query.clone();
    let done = done(&list);
    let here = here();
    let followed = follow(list, move || asked.get(), list_everyones);
    let found = move || followed.list.with(words);
    view! {
        <PageTitle text=answer.title("Everybody's tokens")/>
        <div class="shell">
            <AdminNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Everybody's tokens"</h1>
                        <p class="muted">"Without their values, which nobody but their owners can see."</p>
                    </div>
                </div>
                {answer.summary("main")}
                {done}
                <section class="section" aria-label="Tokens">
                    <Filter query found=Signal::derive(found)/>
                    {followed.problem()}
                    {followed.shown(move |list| table(list, &here.get()))}
                </section>
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Filter(query: EveryonesQuery, found: Signal<String>) -> impl IntoView {
    let states = Standing::options();
    let uses = TokenUseFilter::options();
    let ends = TokenEnd::options();
    view! {
        <ListFilter label="Tokens" path=PATH found>
            <SearchField label="Filter" value=query.text longest=LONGEST_SEARCH/>
            <div class="filter-field">
                <label for="owner">"Owner"</label>
                <input class="input" id="owner" name="owner" value=query.owner maxlength=Username::LONGEST autocomplete="off" autocapitalize="none" spellcheck="false"/>
            </div>
            <ChoiceField name="state" label="State" options=states chosen=query.standing.word()/>
            <ChoiceField name="use" label="Use" options=uses chosen=query.used.word()/>
            <ChoiceField name="expiry" label="Expiry" options=ends chosen=query.end.word()/>
        </ListFilter>
    }
    .into_any()
}

/// What the form did that led here. The address names a token, the list says what is true of it.
fn done(list: &EveryonesTokens) -> Option<AnyView> {
    let id = use_query_map().with_untracked(|query| query.get("changed"))?;
    let token = list.tokens.iter().find(|token| token.id.to_string() == id)?;
    let what = format!("{} of {}", token.description, token.owner);
    let words = match token.status {
        TokenStatus::Revoked => " is revoked. Clients that use it are refused from now on.",
        TokenStatus::Suspended => " is suspended. It is refused until an administrator resumes it.",
        _ => " works again.",
    };
    Some(
        view! { <div class="notice ok"><div><p><strong>{what}</strong>{words}</p></div></div> }
            .into_any(),
    )
}

/// `800 tokens`, `3 of 800 tokens`.
fn words(list: &EveryonesTokens) -> String {
    let all = format!("{} token{}", list.total, if list.total == 1 { "" } else { "s" });
    listing::found(list.found, all, list.query.is_narrow())
}

fn table(list: &EveryonesTokens, here: &str) -> AnyView {
    if list.tokens.is_empty() {
        return view! {
            <div class="empty">
                <h2>"No token matches"</h2>
                <p>"Descriptions, owners and last characters are searched."</p>
                <a class="button" href=PATH rel="external">"Show all tokens"</a>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = list.tokens.iter().map(|token| row(token, list.now, here)).collect();
    let at = |number: u64| format!("{PATH}{}", list.query.on_page(number).link());
    let page = list.query.page;
    view! {
        <div class="list">
            <table role="table">
                <caption>"Everybody's tokens"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Token"</th>
                        <th role="columnheader" scope="col">"Owner"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col">"Expires"</th>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Action"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pager page pages=list.pages links=[at(page.saturating_sub(1)), at(page + 1)]/>
    }
    .into_any()
}

fn row(token: &EveryonesToken, now: Timestamp, here: &str) -> AnyView {
    let EveryonesToken { owner, description, status, .. } = token.clone();
    let is_over = matches!(status, TokenStatus::Expired | TokenStatus::Revoked);
    let could = if status == TokenStatus::Revoked { "Could" } else { "Can" };
    let abilities = format!("{could} {}", token.abilities);
    let by = (!token.stopped_by.is_empty()).then(|| {
        let words = format!("{} by {}", status.label(), token.stopped_by);
        view! { <p class="hint">{words}</p> }
    });
    let used = match token.last_used.clone() {
        Some(last) => {
            let from = by_and_from(&last.client, &last.address).trim_start().to_owned();
            view! { <Moment at=last.at words=last.at.ago(now)/><small>{from}</small> }.into_any()
        }
        None => "Never".into_any(),
    };
    let expires = match token.expires_at {
        Some(at) if at <= now => view! { <Moment at words=at.ago(now)/> }.into_any(),
        Some(at) => view! { <Moment at words=at.ahead(now)/> }.into_any(),
        None => "Never".into_any(),
    };
    view! {
        <tr role="row" class:ended=is_over>
            <th role="rowheader" scope="row">
                <div class="token-name"><strong>{description}</strong>" "<StatusBadge status/></div>
                <p><code aria-hidden="true">{token.mask()}</code><span class="visually-hidden">{token.spoken_mask()}</span></p>
                <p>{abilities}</p>
                {by}
            </th>
            <td role="cell" data-label="Owner">
                <a href=links::person(&owner)>{owner.clone()}</a>
                {token.is_owner_disabled.then(|| view! { <small>"Disabled"</small> })}
            </td>
            <td role="cell" data-label="Last used">{used}</td>
            <td role="cell" data-label="Expires">{expires}</td>
            <td role="cell" class="end">{act(token, here)}</td>
        </tr>
    }
    .into_any()
}

/// What can be done with it: others' tokens end for good, primary ones are put to rest.
fn act(token: &EveryonesToken, here: &str) -> Option<AnyView> {
    let is_primary = token.kind == TokenKind::Primary;
    let (word, label, meaning) = match token.status {
        TokenStatus::Suspended if is_primary => {
            ("resume", "Resume", "Clients that use it are accepted again.")
        }
        TokenStatus::Revoked | TokenStatus::Leaked | TokenStatus::Expired if is_primary => {
            return None;
        }
        _ if is_primary => (
            "suspend",
            "Suspend",
            "A primary token is never revoked. Suspended, it is refused until an administrator resumes it.",
        ),
        TokenStatus::Revoked => return None,
        _ => (
            "revoke",
            "Revoke",
            "Clients that use it are refused at once. This cannot be undone, and the owner sees that it was you.",
        ),
    };
    let named = format!(" {} of {}", token.description, token.owner);
    let full = format!("{label}{named}");
    let action = format!("{PATH}/{}/{word}", token.id);
    Some(
        view! {
            <details class="confirm">
                <summary class="button quiet danger">{format!("{label}…")}<span class="visually-hidden">{named}</span></summary>
                <form class="stack" method="post" action=action>
                    <input type="hidden" name="next" value=here.to_owned()/>
                    <p>{meaning}</p>
                    <div class="actions"><button class="button danger solid">{full}</button></div>
                </form>
            </details>
        }
        .into_any(),
    )
}
