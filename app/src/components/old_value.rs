//! A token's value that was replaced: who still uses it, and when it stops.

use leptos::prelude::*;
use model::{
    id::TokenId,
    timestamp::Timestamp,
    views::{OldSecretView, Straggler, UsedBy},
};

use super::{
    time::Moment,
    token_act::{ActButton, TokenAct},
    token_words::by_and_from,
};

/// The banner about a value that still works, with the button that ends it.
#[component]
pub(crate) fn OldValueNotice<'a>(
    /// The token.
    id: TokenId,
    /// What it is for.
    description: &'a str,
    /// Whether the banner has to say of which token it speaks.
    #[prop(optional)]
    names_token: bool,
    /// The value.
    old: &'a OldSecretView,
    /// The server's present moment.
    now: Timestamp,
) -> impl IntoView + use<> {
    let used = match old.used_by.first() {
        Some(used_by) => view! { " was used "{moment_and_client(used_by, now)}"." }.into_any(),
        None => " has not been used since it was replaced.".into_any(),
    };
    let others = old.used_by.len().saturating_sub(1);
    let others = (others > 0).then(|| {
        let rest = old.used_by.iter().skip(1).map(|used_by| used_by_line(used_by, now));
        view! { <ul class="used-by">{rest.collect_view()}</ul> }.into_any()
    });
    let at = old.stops_at;
    let stops = if old.waits_for_first_use {
        view! {
            "It stops 1 hour after the new one is first used, at the latest "<Moment at words=at.ahead(now)/>"."
        }
        .into_any()
    } else {
        view! { "It stops "<Moment at words=at.ahead(now)/>"." }.into_any()
    };
    view! {
        <div class="notice warn">
            <div>
                <p>
                    <strong>{format!("The old value ending {}", old.last4)}</strong>
                    {of_token(id, description, names_token)}
                    {used}
                </p>
                {others}
                <p>{stops}</p>
                <div class="actions"><ActButton act=TokenAct::StopOld id description/></div>
            </div>
        </div>
    }
    .into_any()
}

/// The notice about somebody who sends a value that has stopped.
#[component]
pub(crate) fn StragglerNotice<'a>(
    /// The token.
    id: TokenId,
    /// What it is for.
    description: &'a str,
    /// Whether the notice has to say of which token it speaks.
    #[prop(optional)]
    names_token: bool,
    /// The value and who sends it.
    straggler: Straggler,
    /// The server's present moment.
    now: Timestamp,
) -> impl IntoView + use<> {
    let Straggler { last4, stopped_at: at, used_by } = straggler;
    view! {
        <div class="notice warn">
            <div>
                <p>
                    <strong>"Something still uses an old value"</strong>
                    {of_token(id, description, names_token)}
                    ". The value ending "{last4}" stopped "<Moment at words=at.ago(now)/>
                    ", and was refused "{moment_and_client(&used_by, now)}". Give that client the new value."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn of_token(id: TokenId, description: &str, names_token: bool) -> Option<AnyView> {
    let description = description.to_owned();
    names_token.then(|| {
        view! { " of "<a href=format!("/profile/tokens/{id}")>{description}</a> }.into_any()
    })
}

/// `4 minutes ago by npm 11.4 from 10.1.2.3`.
fn moment_and_client(used_by: &UsedBy, now: Timestamp) -> AnyView {
    let at = used_by.last_at;
    view! { <Moment at words=at.ago(now)/>{by_and_from(&used_by.client, &used_by.address)} }
        .into_any()
}

/// A client, its address and when it was there, in a list.
pub(crate) fn used_by_line(used_by: &UsedBy, now: Timestamp) -> AnyView {
    let at = used_by.last_at;
    let UsedBy { address, client, .. } = used_by.clone();
    view! { <li>{client}" from "<code>{address}</code>", "<Moment at words=at.ago(now)/></li> }
        .into_any()
}
