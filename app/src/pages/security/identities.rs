//! The identities at providers that open the account: linking another, and unlinking one.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{LinkedIdentities, LinkedIdentity},
};

use crate::{
    components::{provider_links::way_to, time::Moment},
    page_data::page_of,
    server_fns::identities::read_identities,
    site::Site,
};

/// The section. Where no provider is set up and nothing is linked there is none.
#[component]
pub(super) fn Identities() -> impl IntoView {
    page_of(String::new, read_identities, |linked| match linked {
        Ok(linked) => section(linked),
        Err(failure) => view! { <p>{failure.to_string()}</p> }.into_any(),
    })
}

fn section(linked: LinkedIdentities) -> AnyView {
    let providers = Site::get().providers;
    let LinkedIdentities { identities, has_password: _, now } = linked;
    if providers.is_empty() && identities.is_empty() {
        return ().into_any();
    }
    let links: Vec<_> = providers
        .into_iter()
        .map(|provider| {
            let href = way_to(&provider.name, "for=link", None);
            view! { <a class="button" href=href rel="external">{format!("Link {}…", provider.label)}</a> }
        })
        .collect();
    let list = if identities.is_empty() {
        view! { <p class="muted">"None is linked."</p> }.into_any()
    } else {
        table(identities, now)
    };
    view! {
        <section class="section" id="identities" aria-labelledby="identities-title">
            <h2 id="identities-title">"Linked identities"</h2>
            <p>"Sign in through a provider instead of with a password. An identity opens these pages only; package clients use tokens."</p>
            {list}
            <div class="actions">{links}</div>
        </section>
    }
    .into_any()
}

fn table(identities: Vec<LinkedIdentity>, now: Timestamp) -> AnyView {
    let rows: Vec<_> = identities.into_iter().map(|identity| row(identity, now)).collect();
    view! {
        <div class="list">
            <table role="table">
                <caption>"Linked identities"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Identity"</th>
                        <th role="columnheader" scope="col">"Linked"</th>
                        <th role="columnheader" scope="col">"Last used"</th>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Action"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(identity: LinkedIdentity, now: Timestamp) -> AnyView {
    let LinkedIdentity { id, provider, label, linked_at, last_used_at, .. } = identity;
    let used = match last_used_at {
        Some(at) => view! { <Moment at words=at.ago(now)/> }.into_any(),
        None => "Never".into_any(),
    };
    let action = if identity.is_last_way_in {
        view! { <small>"The only way in. Set a password or link another first."</small> }.into_any()
    } else {
        let action = format!("/profile/security/identities/{id}/unlink");
        view! {
            <details class="confirm">
                <summary class="button quiet danger">"Unlink…"<span class="visually-hidden">{format!(" {provider}")}</span></summary>
                <form class="stack" method="post" action=action>
                    <p>{format!("{label} opens your account no more, and other sessions it began are signed out.")}</p>
                    <div class="actions"><button class="button danger solid">{format!("Unlink {provider}")}</button></div>
                </form>
            </details>
        }
        .into_any()
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <strong>{provider.clone()}</strong>
                {(!identity.is_usable).then(|| view! { " "<span class="badge plain">"Not set up any more"</span> })}
                <br/><span class="muted">{label.clone()}</span>
            </th>
            <td role="cell" data-label="Linked"><Moment at=linked_at words=linked_at.short_date()/></td>
            <td role="cell" data-label="Last used">{used}</td>
            <td role="cell" class="end">{action}</td>
        </tr>
    }
    .into_any()
}
