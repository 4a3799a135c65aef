//! The button that leads to a new value; with script its form opens over the page.

use leptos::{ev::MouseEvent, html, prelude::*, task::spawn_local};
use model::{
    id::TokenId,
    rotation::OldStops,
    views::{RegeneratePage, Regenerated},
};

use crate::{
    components::problem::ProblemAlert, pages::regenerate_token::form::RegenerateForm,
    server_fns::token_life::begin_regeneration,
};

/// The button and the dialog.
#[component]
pub(super) fn Regenerate(
    /// The token.
    id: TokenId,
    /// Takes the token with its new value.
    done: Callback<Regenerated>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let page = RwSignal::new(None::<RegeneratePage>);
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let open = move |event: MouseEvent| {
        // A new tab or window shows the page.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let begun = begin_regeneration(id.to_string()).await;
            is_busy.set(false);
            match begun {
                Ok(begun) => page.set(Some(begun)),
                Err(failure) => problem.set(Some(failure.to_string())),
            }
            if let Some(dialog) = dialog.try_get_untracked().flatten()
                && page.with_untracked(Option::is_some)
                && !dialog.open()
            {
                // Only a dialog outside the document refuses.
                let _ = dialog.show_modal();
            }
        });
    };
    let close = move || {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    };
    let done = Callback::new(move |regenerated| {
        close();
        done.run(regenerated);
    });
    let form = move || {
        page.get().map(|page| {
            let title = format!("Regenerate {}", page.token.description);
            let cancel = view! {
                <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
            }
            .into_any();
            view! {
                <div class="stack">
                    <h2 id="regenerate-title">{title}</h2>
                    <RegenerateForm page=&page chosen=OldStops::default() cancel done/>
                </div>
            }
            .into_any()
        })
    };
    view! {
        <a
            class="button"
            href=format!("/profile/tokens/{id}/regenerate")
            aria-busy=move || is_busy.get().then_some("true")
            on:click=open
        >
            "Regenerate…"
        </a>
        <ProblemAlert problem/>
        <dialog class="dialog" aria-labelledby="regenerate-title" node_ref=dialog on:close=move |_| page.set(None)>{form}</dialog>
    }
    .into_any()
}
