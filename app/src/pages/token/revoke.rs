//! Ending a token: a question first, because it cannot be undone.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use model::views::TokenView;

use crate::{
    components::{problem::ProblemAlert, status::announce, token_words::by_and_from},
    server_fns::token_life::revoke_token,
};

/// The section with the button; with script the question is a dialog, without it unfolds.
#[component]
pub(super) fn Revoke(token: TokenView) -> impl IntoView {
    let id = token.id;
    let action = format!("/profile/tokens/{id}/revoke");
    let label = format!("Revoke {}", token.description);
    let client = token.last_used.map(|last| by_and_from(&last.client, &last.address));
    let used =
        client.filter(|client| !client.is_empty()).map(|client| format!("Last used{client}."));
    let refused = used.clone().map(|used| format!("{used} That client will be refused."));

    let dialog = NodeRef::<html::Dialog>::new();
    let opener = NodeRef::<html::Button>::new();
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    lead_here(opener);
    let open = move |_| {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            problem.set(None);
            // Only a dialog outside the document refuses.
            let _ = dialog.show_modal();
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    };
    let navigate = use_navigate();
    let description = token.description.clone();
    let revoke = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let (navigate, description) = (navigate.clone(), description.clone());
        spawn_local(async move {
            let result = revoke_token(id).await;
            is_busy.set(false);
            match result {
                Ok(()) => {
                    announce(format!("{description} is revoked."));
                    navigate(&format!("/profile/tokens?revoked={id}"), NavigateOptions::default());
                }
                Err(failure) => problem.set(Some(failure.to_string())),
            }
        });
    };
    view! {
        <section class="section" id="revoke" aria-labelledby="revoke-title">
            <h2 id="revoke-title">"Revoke"</h2>
            <p>"Clients that use it are refused at once. This cannot be undone."</p>
            <div class="actions needs-script">
                <button type="button" class="button danger" aria-haspopup="dialog" node_ref=opener on:click=open>
                    {format!("{label}…")}
                </button>
            </div>
            <details class="confirm only-plain">
                <summary class="button danger">{format!("{label}…")}</summary>
                <form class="card" method="post" action=action.clone()>
                    {refused.map(|refused| view! { <p>{refused}</p> })}
                    <div class="actions"><button class="button danger solid">{label.clone()}</button></div>
                </form>
            </details>
        </section>
        <dialog class="dialog" role="alertdialog" aria-labelledby="dialog-title" aria-describedby="dialog-text" node_ref=dialog>
            <form class="stack" method="post" action=action on:submit=revoke>
                <h2 id="dialog-title">{format!("{label}?")}</h2>
                <div class="stack" id="dialog-text">
                    <p>"Clients that use it are refused at once. This cannot be undone."</p>
                    {used.map(|used| view! { <p class="muted">{used}</p> })}
                </div>
                <ProblemAlert problem/>
                <div class="actions">
                    <button type="button" class="button" autofocus on:click=close>"Cancel"</button>
                    <button class="button danger solid" aria-busy=move || is_busy.get().then_some("true")>{label}</button>
                </div>
            </form>
        </dialog>
    }
}

/// A link to this section leads to its button, also when the browser made the page and the section
/// came after the address.
fn lead_here(opener: NodeRef<html::Button>) {
    let hash = use_location().hash;
    Effect::new(move |_| {
        let Some(opener) = opener.get().filter(|_| hash.get_untracked() == "#revoke") else {
            return;
        };
        request_animation_frame(move || {
            // A button in the page takes focus.
            let _ = opener.focus();
        });
    });
}
