//! `/profile/tokens/{id}`: what a token is, its value on request, what it was used for, and its end.

mod facts;
mod notice;
mod regenerate;
mod revoke;
mod used;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    id::TokenId,
    token::TokenKind,
    views::{Regenerated, TokenPage as Page, TokenStatus, TokenView},
};

use self::{
    facts::Facts, notice::state_notice, regenerate::Regenerate, revoke::Revoke, used::Used,
};
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        frame::ProfileNav,
        list_filter::follow,
        old_value::{OldValueNotice, StragglerNotice},
        page_title::PageTitle,
        secret_field::SecretField,
        token_act::{ActButton, Changes, TokenAct},
        token_answer::TokenAnswer,
        token_status::StatusBadge,
        token_urls::token_urls,
        token_value::TokenValue,
    },
    page_data::page_of,
    pages::{failed::Failed, regenerate_token::result::RegeneratedToken},
    server_fns::tokens::token_detail,
};

/// The page.
#[component]
pub(crate) fn TokenPage() -> impl IntoView {
    Confirmation::provide();
    let changes = Changes::provide();
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    // A new value takes the place of the page; the page behind it is fetched again afterwards.
    let regenerated = RwSignal::new(None::<Regenerated>);
    let back = Callback::new(move |()| regenerated.set(None));
    let own_page = move || {
        page_of(
            id,
            move || token_detail(untrack(id)),
            move |data| match data {
                Ok(page) => {
                    let answer = TokenAnswer::get();
                    match answer.secret {
                    Some(secret) => {
                        view! { <TokenShown token=page.token value=secret.expose().to_owned()/> }
                            .into_any()
                    }
                    None => {
                        view! { <FollowedToken page changes regenerated failure=answer.failure/> }
                            .into_any()
                    }
                }
                }
                Err(failure) => view! { <Failed failure/> }.into_any(),
            },
        )
    };
    view! {
        {move || match regenerated.get() {
            Some(regenerated) => view! { <RegeneratedToken regenerated done=back/> }.into_any(),
            None => own_page(),
        }}
        <ConfirmDialog/>
    }
}

/// The token, fetched again after each act on it.
#[component]
fn FollowedToken(
    page: Page,
    changes: Changes,
    regenerated: RwSignal<Option<Regenerated>>,
    failure: Option<String>,
) -> impl IntoView {
    let id = page.token.id;
    let followed = follow(page, move || changes.count(), move |_| token_detail(id.to_string()));
    let page = followed.list;
    let done = Callback::new(move |made| regenerated.set(Some(made)));
    let head = Memo::new(move |_| page.with(|page| page.token.clone()));
    view! {
        <PageTitle text=page.with_untracked(|page| page.token.description.clone())/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                {move || heading(&head.get())}
                {failure.map(|failure| view! {
                    <div class="notice danger" role="alert"><div><p>{failure}</p></div></div>
                })}
                {saved_notice()}
                {followed.problem()}
                {move || page.with(notices)}
                {move || card(&head.get(), done)}
                {move || page.with(|page| view! {
                    <section class="section" aria-labelledby="facts">
                        <h2 id="facts">"Facts"</h2>
                        <Facts page=page.clone()/>
                    </section>
                    <Used used=page.used.clone() now=page.now/>
                }.into_any())}
                {move || {
                    let token = head.get();
                    can_be_revoked(&token).then(|| view! { <Revoke token/> })
                }}
            </main>
        </div>
    }
    .into_any()
}

fn heading(token: &TokenView) -> AnyView {
    let description = token.description.clone();
    view! {
        <nav class="crumbs" aria-label="Breadcrumbs">
            <ol>
                <li><a href="/profile/tokens">"Tokens"</a></li>
                <li><span aria-current="page">{description.clone()}</span></li>
            </ol>
        </nav>
        <div class="page-head">
            <h1>
                {description}" "<StatusBadge status=token.status/>
                {token.is_unused.then(|| view! { " "<span class="badge">"Unused for 90 days"</span> })}
            </h1>
        </div>
    }
    .into_any()
}

/// What the page says that a change led to.
fn saved_notice() -> Option<AnyView> {
    let is_saved = use_query_map().with_untracked(|query| query.get("saved").is_some());
    is_saved.then(|| {
        view! { <div class="notice ok"><div><p><strong>"Saved"</strong>". It takes effect with the next request."</p></div></div> }
            .into_any()
    })
}

fn notices(page: &Page) -> AnyView {
    let Page { token, old, stragglers, now, .. } = page;
    let (id, description, now) = (token.id, token.description.as_str(), *now);
    let old = old.as_ref().map(|old| view! { <OldValueNotice id description old now/> });
    let straggler = stragglers.first().cloned();
    let straggler =
        straggler.map(|straggler| view! { <StragglerNotice id description straggler now/> });
    view! { {state_notice(token)}{old}{straggler} }.into_any()
}

/// The value, what can be done with it, and what it may do.
fn card(token: &TokenView, done: Callback<Regenerated>) -> AnyView {
    let is_revoked = token.status == TokenStatus::Revoked;
    let sentence = if is_revoked {
        format!("This token could {}.", token.abilities)
    } else {
        token.sentence.clone()
    };
    let is_lost = !token.can_be_shown && !is_revoked;
    let page = format!("/profile/tokens/{}", token.id);
    let change = (!is_revoked).then(|| {
        view! {
            <a class="button" href=format!("{page}/edit")>"Edit"</a>
            <Regenerate id=token.id done/>
            {rest(token)}
        }
        .into_any()
    });
    view! {
        <section class="card" aria-label="Token">
            <TokenValue token/>
            {is_lost.then(|| view! {
                <p class="hint">"No copy of its value is kept, so it cannot be shown. Regenerate it to get a new one."</p>
            })}
            <p class="sentence">{sentence}</p>
            <div class="actions">
                {change}
                {new_from(token.id, token.kind)}
            </div>
        </section>
    }
    .into_any()
}

/// The button that puts the token to rest or wakes it, where its owner may.
fn rest(token: &TokenView) -> Option<AnyView> {
    let act = match token.status {
        _ if token.kind == TokenKind::Primary => return None,
        TokenStatus::Suspended => TokenAct::Resume,
        TokenStatus::Active | TokenStatus::ExpiresSoon | TokenStatus::NotYet => TokenAct::Suspend,
        TokenStatus::Leaked | TokenStatus::Expired | TokenStatus::Revoked => return None,
    };
    Some(view! { <ActButton act id=token.id description=&token.description/> }.into_any())
}

fn new_from(id: TokenId, kind: TokenKind) -> Option<AnyView> {
    (kind != TokenKind::Primary).then(|| {
        view! { <a class="button quiet" href=format!("/profile/tokens/new?from={id}")>"New from this"</a> }
            .into_any()
    })
}

fn can_be_revoked(token: &TokenView) -> bool {
    token.status != TokenStatus::Revoked && token.kind != TokenKind::Primary
}

/// The answer to the form that shows a value.
#[component]
fn TokenShown(token: TokenView, value: String) -> impl IntoView {
    let page = format!("/profile/tokens/{}", token.id);
    let TokenView { description, url_feeds: feeds, .. } = token;
    view! {
        <PageTitle text=format!("Value of {description}")/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><a href=page.clone()>{description.clone()}</a></li>
                        <li><span aria-current="page">"Value"</span></li>
                    </ol>
                </nav>
                <h1>{format!("Value of {description}")}</h1>
                <section class="card" aria-label="Token">
                    <SecretField
                        label="Token"
                        value=value.clone()
                        what=format!("token {description}")
                        hint="Whoever holds it can do what it may do: leave this page when you have it."
                    />
                    {token_urls(&feeds, &value)}
                    <div class="actions"><a class="button primary" href=page>"Done"</a></div>
                </section>
            </main>
        </div>
    }
}
