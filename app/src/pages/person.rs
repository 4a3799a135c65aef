//! `/admin/people/{username}`: an account, and what an administrator can do to it.

mod acts;
mod disable;
mod facts;
mod holdings;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::views::{PersonPage as Page, PersonState};

use self::{
    acts::{Invitation, Role, SignIn},
    disable::Standing,
    facts::Facts,
    holdings::{Feeds, Tokens},
};
use super::failed::Failed;
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        form_answer::FormAnswer,
        frame::AdminNav,
        one_time_link::{LinkCard, Linking},
        page_title::PageTitle,
        person_state::PersonBadges,
        problem::ProblemAlert,
    },
    page_data::page_of,
    server_fns::people::read_person,
};

/// The page.
#[component]
pub(crate) fn PersonPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let username = move || params.with(|params| params.get("username").unwrap_or_default());
    let page = page_of(
        username,
        move || read_person(untrack(username)),
        move |data| match data {
            Ok(page) => view! { <Person page/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    );
    view! {
        {page}
        <ConfirmDialog why="Making a link for somebody needs your password again."/>
    }
}

#[component]
fn Person(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let linking = Linking::new();
    let person = page.person.clone();
    let name = person.username.clone();
    let you = page.is_viewer.then_some(" (you)");
    view! {
        <PageTitle text=answer.title(&name)/>
        <div class="shell">
            <AdminNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/admin">"People"</a></li>
                        <li><span aria-current="page">{name.clone()}</span></li>
                    </ol>
                </nav>
                <div class="page-head">
                    <h1>{name.clone()}{you}" "<PersonBadges state=person.state is_admin=person.is_admin/></h1>
                </div>
                {answer.summary("main")}
                {done(&page)}
                {move || linking.link.get().map(|link| view! { <LinkCard link/> })}
                <ProblemAlert problem=linking.problem/>
                <Facts page=&page/>
                <Tokens page=&page/>
                <Feeds page=&page/>
                {match person.state {
                    PersonState::Active => view! { <SignIn page=&page linking/> }.into_any(),
                    PersonState::Invited => view! { <Invitation page=&page linking/> }.into_any(),
                    PersonState::Disabled => ().into_any(),
                }}
                <Role page=&page/>
                <Standing page=&page/>
            </main>
        </div>
    }
    .into_any()
}

/// What the form did that led here. The address says what was asked for, the page what is true.
fn done(page: &Page) -> Option<AnyView> {
    let act = use_query_map().with_untracked(|query| query.get("done"))?;
    let person = &page.person;
    let is_disabled = person.state == PersonState::Disabled;
    let words = match act.as_str() {
        "make-admin" if person.is_admin => " is an administrator now.",
        "take-admin" if !person.is_admin => " is no administrator any more.",
        "disable" if is_disabled => " is disabled. Nothing of the account works any more.",
        "enable" if !is_disabled => " is enabled. What worked before works again.",
        "sign-out" if page.sessions == u64::from(page.is_viewer) => " is signed out everywhere.",
        _ => return None,
    };
    let name = person.username.clone();
    Some(
        view! { <div class="notice ok"><div><p><strong>{name}</strong>{words}</p></div></div> }
            .into_any(),
    )
}
