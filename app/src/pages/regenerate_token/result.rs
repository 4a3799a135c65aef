//! A token that was just given a new value.

use leptos::{ev::MouseEvent, html, prelude::*};
use model::views::{OldSecretView, Regenerated};

use crate::components::{
    frame::ProfileNav, page_title::PageTitle, secret_field::SecretField, status::announce,
    time::Moment,
};

/// The page. Where it took the place of the token's own page, `done` gives that back.
#[component]
pub(crate) fn RegeneratedToken(
    /// The token.
    regenerated: Regenerated,
    /// What leads back.
    #[prop(optional)]
    done: Option<Callback<()>>,
) -> impl IntoView {
    let Regenerated { id, description, secret, can_be_shown, old, now } = regenerated;
    let page = format!("/profile/tokens/{id}");
    let title = format!("{description} has a new value");
    let heading = NodeRef::<html::H1>::new();
    let (said, address) = (title.clone(), page.clone());
    // The form is gone, and what had the focus with it. A reload leads to the token, not to the form.
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            if let Ok(history) = window().history() {
                // Only the address of another site is refused.
                let _ = history.replace_state_with_url(
                    &wasm_bindgen::JsValue::NULL,
                    "",
                    Some(&address),
                );
            }
            // The heading can be focused by script.
            let _ = heading.focus();
            window().scroll_to_with_x_and_y(0.0, 0.0);
            announce(said.clone());
        }
    });
    let hint = if can_be_shown {
        "You can show it again later on its own page."
    } else {
        "It is shown this once: copy it now."
    };
    let value = match secret {
        Some(secret) => {
            let value = secret.expose().to_owned();
            view! { <SecretField label="The new value" value what=format!("token {description}") hint/> }
                .into_any()
        }
        None => view! {
            <p>"This form made the new value before, and it is not shown a second time here."</p>
        }
        .into_any(),
    };
    let back = move |event: MouseEvent| {
        if let Some(done) = done {
            event.prevent_default();
            done.run(());
        }
    };
    let stops = match old {
        Some(OldSecretView { last4, stops_at: at, waits_for_first_use, .. }) => {
            let lead = if waits_for_first_use {
                format!(
                    "The old value, ending {last4}, works until 1 hour after this one is first used, at the latest until "
                )
            } else {
                format!("The old value, ending {last4}, works until ")
            };
            view! { <p>{lead}<Moment at words=at.date_and_time()/>{format!(" ({}).", at.ahead(now))}</p> }.into_any()
        }
        None => {
            view! { <p>"The old value has stopped. Whoever uses it is refused from now on."</p> }
                .into_any()
        }
    };
    view! {
        <PageTitle text=title.clone()/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><a href=page.clone() on:click=back>{description}</a></li>
                        <li><span aria-current="page">"New value"</span></li>
                    </ol>
                </nav>
                <h1 tabindex="-1" node_ref=heading>{title}</h1>
                <section class="card" aria-label="Token">
                    {value}
                    {stops}
                    <div class="actions"><a class="button primary" href=page on:click=back>"Done"</a></div>
                </section>
            </main>
        </div>
    }
    .into_any()
}
