//! `/profile/tokens/{id}`: what a token is, its value on request, and its end.

mod facts;
mod revoke;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    token::TokenKind,
    views::{TokenPage as Page, TokenStatus, TokenView},
};

use self::{facts::Facts, revoke::Revoke};
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        frame::ProfileNav,
        page_title::PageTitle,
        secret_field::SecretField,
        time::Moment,
        token_answer::TokenAnswer,
        token_status::StatusBadge,
        token_value::TokenValue,
    },
    page_data::page_of,
    pages::failed::Failed,
    server_fns::tokens::token_detail,
};

/// The page.
#[component]
pub(crate) fn TokenPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    view! {
        {page_of(id, move || token_detail(untrack(id)), move |data| match data {
                    Ok(page) => {
                        let answer = TokenAnswer::get();
                        match answer.secret {
                            Some(secret) => {
                                view! { <TokenShown token=page.token value=secret.expose().to_owned()/> }.into_any()
                            }
                            None => view! { <TokenDetail page failure=answer.failure/> }.into_any(),
                        }
                    }
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
        <ConfirmDialog/>
    }
}

#[component]
fn TokenDetail(page: Page, failure: Option<String>) -> impl IntoView {
    let token = page.token.clone();
    let description = token.description.clone();
    let is_revoked = token.status == TokenStatus::Revoked;
    let sentence = if is_revoked {
        format!("This token could {}.", token.abilities)
    } else {
        token.sentence.clone()
    };
    let is_lost = !token.can_be_shown && !is_revoked;
    let can_be_revoked = !is_revoked && token.kind != TokenKind::Primary;
    view! {
        <PageTitle text=description.clone()/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><span aria-current="page">{description.clone()}</span></li>
                    </ol>
                </nav>
                <div class="page-head">
                    <h1>{description}" "<StatusBadge status=token.status/></h1>
                </div>
                {failure.map(|failure| view! {
                    <div class="notice danger" role="alert"><div><p>{failure}</p></div></div>
                })}
                {notice(&token)}
                <section class="card" aria-label="Token">
                    <TokenValue token=&token/>
                    {is_lost.then(|| view! {
                        <p class="hint">"No copy of its value is kept, so it cannot be shown."</p>
                    })}
                    <p class="sentence">{sentence}</p>
                </section>
                <section class="section" aria-labelledby="facts">
                    <h2 id="facts">"Facts"</h2>
                    <Facts page/>
                </section>
                {can_be_revoked.then(|| view! { <Revoke token/> })}
            </main>
        </div>
    }
}

/// What the state of a token means for its owner.
fn notice(token: &TokenView) -> Option<impl IntoView + use<>> {
    let since = token.stopped_at.filter(|_| token.status != TokenStatus::Leaked).map(|at| {
        view! { " "<Moment at words=at.date_and_time()/> }
    });
    let is_primary = token.kind == TokenKind::Primary;
    let (class, lead, rest) = match token.status {
        TokenStatus::Active | TokenStatus::ExpiresSoon => return None,
        TokenStatus::Revoked => ("notice", "Revoked", ". It cannot be used again."),
        TokenStatus::Suspended => {
            ("notice warn", "Suspended", ". It is refused until the operator resumes it.")
        }
        TokenStatus::Leaked if is_primary => (
            "notice danger",
            "This token was found in public",
            ". It is refused everywhere. Ask the operator to regenerate it.",
        ),
        TokenStatus::Leaked => (
            "notice danger",
            "This token was found in public",
            ". It is refused everywhere. Revoke it and create another.",
        ),
        TokenStatus::Expired => ("notice", "Expired", ". It is refused everywhere."),
        TokenStatus::NotYet => ("notice", "Not yet valid", ". It is refused until its first day."),
    };
    Some(view! {
        <div class=class><div><p><strong>{lead}</strong>{since}{rest}</p></div></div>
    })
}

/// The answer to the form that shows a value.
#[component]
fn TokenShown(token: TokenView, value: String) -> impl IntoView {
    let page = format!("/profile/tokens/{}", token.id);
    let description = token.description;
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
                        value
                        description=&description
                        hint="Whoever holds it can do what it may do: leave this page when you have it."
                    />
                    <div class="actions"><a class="button primary" href=page>"Done"</a></div>
                </section>
            </main>
        </div>
    }
}
