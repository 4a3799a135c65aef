//! What there is to know of an account.

use leptos::prelude::*;
use model::views::{PersonPage, PersonState};

use crate::components::time::Moment;

/// The facts.
#[component]
pub(super) fn Facts<'a>(
    /// The page.
    page: &'a PersonPage,
) -> impl IntoView + use<> {
    let (person, now) = (page.person.clone(), page.now);
    let seen = match person.last_seen_at {
        Some(at) => view! { <Moment at words=at.ago(now)/> }.into_any(),
        None => "Never".into_any(),
    };
    let invited = (person.state == PersonState::Invited).then(|| match person.invited_until {
        Some(at) if at > now => {
            view! { "The link works until "<Moment at words=at.date_and_time()/> }.into_any()
        }
        _ => "The link has ended".into_any(),
    });
    view! {
        <section class="section" aria-labelledby="facts">
            <h2 id="facts">"Facts"</h2>
            <dl class="facts">
                <div><dt>"Email"</dt><dd>{person.email.clone()}</dd></div>
                <div><dt>"Role"</dt><dd>{person.role()}</dd></div>
                <div><dt>"Account since"</dt><dd><Moment at=person.created_at words=person.created_at.long_date()/></dd></div>
                <div><dt>"Last seen"</dt><dd>{seen}</dd></div>
                <div><dt>"Sessions"</dt><dd>{page.sessions}</dd></div>
                {invited.map(|words| view! { <div><dt>"Invitation"</dt><dd>{words}</dd></div> })}
            </dl>
        </section>
    }
    .into_any()
}
