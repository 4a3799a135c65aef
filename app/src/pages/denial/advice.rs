//! What to do about a refusal: it was right, or somebody else holds the credential.

use leptos::prelude::*;
use leptos_router::location::Url;
use model::{
    action::Action,
    decide::Step,
    links,
    token::TokenKind,
    views::{DenialPage, DeniedToken},
};

use super::deed;

/// The question, and what follows from either answer.
#[component]
pub(super) fn Advice(page: DenialPage) -> impl IntoView {
    view! {
        <section class="card aside" aria-labelledby="you">
            <h2 id="you">"Was this you?"</h2>
            {yes(&page)}
            <hr/>
            {no(page.token)}
        </section>
    }
}

fn yes(page: &DenialPage) -> AnyView {
    let feed = &page.feed;
    let advice = match page.step {
        // A rule that denies is no rule that is missing.
        Step::Network | Step::Deny | Step::Allow => {
            let edit = page.token.as_ref().filter(|_| page.step != Step::Deny);
            let words = match (edit, page.step) {
                (Some(_), Step::Network) => {
                    " Let the token be used from that address. The form is filled in for you, and nothing changes until you save it.".to_owned()
                }
                (Some(_), _) => format!(
                    " Add the missing rule, so that the token may {} {feed}. The form is filled in for you, and nothing changes until you save it.",
                    deed(page)
                ),
                (None, _) => format!(
                    " Create a token that may {} {feed}. The form is filled in for you.",
                    deed(page)
                ),
            };
            let (href, label) = match edit {
                Some(token) => (change(token, page), "Edit the token"),
                None => (form(page), "Create that token"),
            };
            return view! {
                <p><strong>"Yes."</strong>{words}</p>
                <div class="actions"><a class="button primary" href=href>{label}</a></div>
            }
            .into_any();
        }
        Step::Role => format!(" Ask an owner of {feed} to give you a role that may."),
        Step::Feed => {
            " If there is such a feed, ask one of its owners to make you a member.".to_owned()
        }
        Step::Credential | Step::Account | Step::Rate => " Try again.".to_owned(),
    };
    view! { <p><strong>"Yes."</strong>{advice}</p> }.into_any()
}

/// The form that changes the token, with what was missing.
fn change(token: &DeniedToken, page: &DenialPage) -> String {
    let edit = links::token_edit(token.id);
    if page.step == Step::Network {
        return format!("{edit}?address={}", links::segment(&page.address));
    }
    let part = |name: &str, value: Option<String>| {
        value.map(|value| format!("&{name}={}", links::segment(&value))).unwrap_or_default()
    };
    let feed = part("feed", page.feed_id.map(|feed| feed.to_string()));
    let package = part("package", page.package.clone());
    // Where the feed was only to be reached, any rule for it will do.
    let action = page.action.unwrap_or(Action::Read);
    format!("{edit}?add={action}{feed}{package}")
}

/// The form that makes a token, with the rule that was missing.
fn form(page: &DenialPage) -> String {
    let access = if page.action == Some(Action::Read) { "read" } else { "write" };
    let feed = page.feed_id.map(|feed| format!("&feeds=chosen&feed={feed}"));
    let package = page.package.as_ref();
    let package = package.map(|name| format!("&packages=named&pattern={}", Url::escape(name)));
    let (feed, package) = (feed.unwrap_or_default(), package.unwrap_or_default());
    format!("/profile/tokens/new?access={access}{feed}{package}")
}

fn no(token: Option<DeniedToken>) -> AnyView {
    let Some(DeniedToken { id, kind, description, .. }) = token else {
        return view! {
            <p><strong>"No."</strong>" Then somebody else knows your password. Change it now."</p>
            <div class="actions"><a class="button danger" href="/profile/security">"Change password…"</a></div>
        }
        .into_any();
    };
    if kind == TokenKind::Primary {
        return view! {
            <p><strong>"No."</strong>" Then somebody else holds your primary token. Regenerate it: the old value stops at once."</p>
            <div class="actions"><a class="button danger" href=format!("/profile/tokens/{id}/regenerate")>"Regenerate…"</a></div>
        }
        .into_any();
    }
    view! {
        <p><strong>"No."</strong>" Then somebody else holds this token. Revoke it now."</p>
        <div class="actions"><a class="button danger" href=format!("/profile/tokens/{id}#revoke")>{format!("Revoke {description}…")}</a></div>
    }
    .into_any()
}
