//! What there is to be told above the list: what ends soon, and old values that are still about.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{ExpiringToken, Few, ReplacedSecret},
};

use crate::components::{
    old_value::{OldValueNotice, StragglerNotice},
    time::Moment,
};

/// The notices.
#[component]
pub(super) fn Notices(
    /// What expires soon.
    expiring: Few<ExpiringToken>,
    /// Values that were replaced.
    replaced: Few<ReplacedSecret>,
    /// The server's present moment.
    now: Timestamp,
) -> impl IntoView {
    let more = replaced.more;
    let values = replaced.first.into_iter().map(|replaced| {
        let ReplacedSecret { id, description, old } = replaced;
        match old {
            Ok(old) => {
                view! { <OldValueNotice id description=&description names_token=true old=&old now/> }
                    .into_any()
            }
            Err(straggler) => {
                view! { <StragglerNotice id description=&description names_token=true straggler now/> }
                    .into_any()
            }
        }
    });
    view! {
        {expires_soon(expiring, now)}
        {values.collect_view()}
        {(more > 0).then(|| view! { <p class="muted">{format!("And {more} more old values.")}</p> })}
    }
}

fn expires_soon(expiring: Few<ExpiringToken>, now: Timestamp) -> Option<AnyView> {
    let Few { first, more } = expiring;
    if first.is_empty() {
        return None;
    }
    let line = |token: ExpiringToken| {
        let ExpiringToken { id, description, expires_at: at } = token;
        view! {
            <p>
                <a href=format!("/profile/tokens/{id}")>{description.clone()}</a>
                " expires "<Moment at words=at.ahead(now)/>{format!(", on {}. ", at.long_date())}
                <a href=format!("/profile/tokens/{id}/edit")>
                    "Renew"<span class="visually-hidden">{format!(" {description}")}</span>
                </a>
            </p>
        }
    };
    let lines = first.into_iter().map(line).collect_view();
    let more = (more > 0).then(|| {
        view! { <p><a href="/profile/tokens?state=soon">{format!("And {more} more")}</a></p> }
    });
    Some(view! { <div class="notice warn"><div>{lines}{more}</div></div> }.into_any())
}
