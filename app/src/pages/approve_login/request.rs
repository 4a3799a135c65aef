//! What the terminal asks for, and where it is.

use leptos::prelude::*;
use model::views::OpenLogin;

use crate::components::time::Moment;

/// The facts to decide on.
#[component]
pub(super) fn Request(login: OpenLogin) -> impl IntoView {
    let address = match login.other_address {
        Some(_) => login.address.clone(),
        None => format!("{}, the same as yours", login.address),
    };
    let warning = login.other_address.map(|browser| {
        let words = format!(
            "The terminal is at {}, but you are at {browser}. If somebody sent you this link, they would get the token: deny it.",
            login.address
        );
        view! {
            <div class="notice warn">
                <div>
                    <p><strong>"It comes from another address than yours"</strong></p>
                    <p>{words}</p>
                </div>
            </div>
        }
    });
    view! {
        {warning}
        <dl class="facts">
            <div><dt>"Feed"</dt><dd>{login.feed}</dd></div>
            <div><dt>"Address"</dt><dd>{address}</dd></div>
            <div><dt>"Client"</dt><dd>{login.client}</dd></div>
            <div><dt>"Began"</dt><dd><Moment at=login.began_at words=login.began_at.ago(login.now)/></dd></div>
            <div><dt>"Waits until"</dt><dd><Moment at=login.ends_at words=login.ends_at.date_and_time()/></dd></div>
        </dl>
    }
}
