//! `/denials/{id}`: why a request was refused, for the owner of the credential alone.

mod advice;
mod trace;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{action::Action, views::DenialPage as Page};

use self::{advice::Advice, trace::trace};
use super::failed::Failed;
use crate::{
    components::{page_title::PageTitle, time::Moment},
    page_data::page_of,
    server_fns::denials::read_denial,
};

/// The page.
#[component]
pub(crate) fn DenialPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    view! {
        {page_of(id, move || read_denial(untrack(id)), move |data| match data {
                    Ok(page) => view! { <Denial page/> }.into_any(),
                    Err(failure) => view! { <Failed failure/> }.into_any(),
                })}
    }
}

#[component]
fn Denial(page: Page) -> impl IntoView {
    let title = format!("Refused: {} {}", deed(&page), page.feed);
    let bearer = match page.token.clone() {
        Some(token) => view! {
            "The token "<a href=format!("/profile/tokens/{}", token.id)>{token.description}</a>
            {format!(" (ends in {}) was used. ", token.last4)}
        }
        .into_any(),
        None => "Your username and password were used. ".into_any(),
    };
    view! {
        <PageTitle text=title.clone()/>
        <div class="shell">
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>{title}" "<span class="badge danger">{page.code.text()}</span></h1>
                        <p class="muted">{bearer}{page.missing.clone()}</p>
                    </div>
                </div>
                <div class="with-aside">
                    <div class="form">
                        <section class="section" aria-labelledby="why">
                            <h2 id="why">"How it was judged"</h2>
                            {trace(&page)}
                        </section>
                        {request(&page)}
                    </div>
                    <Advice page/>
                </div>
            </main>
        </div>
    }
}

/// The request itself.
fn request(page: &Page) -> impl IntoView + use<> {
    let repeats = (page.times > 1).then(|| {
        let times = if page.times == 2 { "time" } else { "times" };
        let (more, at) = (page.times - 1, page.last_at);
        view! { {format!(", and {more} more {times} until ")}<Moment at words=at.date_and_time()/> }
    });
    let feed = match page.feed_id {
        Some(_) => {
            let href = format!("/feeds/{}", page.feed);
            view! { <a href=href>{page.feed.clone()}</a> }.into_any()
        }
        None => page.feed.clone().into_any(),
    };
    let answer = format!("{} {}", page.code.status(), page.code.text());
    view! {
        <section class="section" aria-labelledby="request">
            <h2 id="request">"The request"</h2>
            <dl class="facts">
                <div>
                    <dt>"When"</dt>
                    <dd><Moment at=page.first_at words=page.first_at.date_and_time()/>{repeats}</dd>
                </div>
                <div><dt>"Wanted"</dt><dd>{deed(page)}" "{feed}</dd></div>
                <div><dt>"Client"</dt><dd>{page.client.clone()}</dd></div>
                <div><dt>"Address"</dt><dd>{page.address.clone()}</dd></div>
                <div><dt>"Answer"</dt><dd>{answer}</dd></div>
                <div><dt>"What the client was told"</dt><dd><code>{page.told.clone()}</code></dd></div>
            </dl>
        </section>
    }
}

/// What was to be done, to go before the feed's name: `publish foo-bar to`.
fn deed(page: &Page) -> String {
    let (verb, preposition) = match page.action {
        Some(Action::Read) => ("read", "from"),
        Some(Action::PushNew | Action::PushVersion) => ("publish", "to"),
        Some(Action::Unlist) => ("unlist", "in"),
        Some(Action::Delete) => ("delete", "from"),
        None => ("reach", ""),
    };
    match &page.package {
        Some(package) => format!("{verb} {package} {preposition}"),
        None => verb.to_owned(),
    }
}
