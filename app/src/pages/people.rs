//! `/admin`: everybody with an account, for administrators.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    links,
    listing::{self, LONGEST_SEARCH, PeopleQuery, PeopleRole, PeopleState},
    names::Username,
    timestamp::Timestamp,
    views::{ListedPerson, PeoplePage as People, PersonState},
};

use super::failed::Failed;
use crate::{
    address::asked,
    components::{
        frame::AdminNav,
        list_filter::{ChoiceField, ListFilter, Pager, SearchField, follow},
        page_title::PageTitle,
        person_state::PersonBadges,
        time::Moment,
    },
    page_data::page_of,
    server_fns::people::list_people,
};

const PATH: &str = "/admin";

/// The page.
#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    let asked = asked(PeopleQuery::from_pairs);
    page_of(
        String::new,
        move || list_people(untrack(asked)),
        move |data| match data {
            Ok(list) => view! { <Everybody list asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    )
}

#[component]
fn Everybody(list: People, asked: Signal<PeopleQuery>) -> impl IntoView {
    let query = list.query.clone();
    let states = PeopleState::options();
    let roles = PeopleRole::options();
    let followed = follow(list, move || asked.get(), list_people);
    let found = move || followed.list.with(words);
    view! {
        <PageTitle text="People"/>
        <div class="shell">
            <AdminNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"People"</h1>
                        <p class="muted">"Everybody with an account on this server."</p>
                    </div>
                    <a class="button primary" href="/admin/people/new">"Invite"</a>
                </div>
                {withdrawn()}
                <section class="section" aria-label="Accounts">
                    <ListFilter label="People" path=PATH found=Signal::derive(found)>
                        <SearchField label="Filter" value=query.text longest=LONGEST_SEARCH/>
                        <ChoiceField name="state" label="State" options=states chosen=query.state.word()/>
                        <ChoiceField name="role" label="Role" options=roles chosen=query.role.word()/>
                    </ListFilter>
                    {followed.problem()}
                    {followed.shown(table)}
                </section>
            </main>
        </div>
    }
}

/// What the page before did.
fn withdrawn() -> Option<impl IntoView + use<>> {
    let name = use_query_map().with_untracked(|query| query.get("withdrawn"))?;
    let name: Username = name.parse().ok()?;
    Some(view! {
        <div class="notice ok"><div><p><strong>{name.to_string()}</strong>" is not invited any more."</p></div></div>
    })
}

/// `500 people`, `3 of 500 people`.
fn words(list: &People) -> String {
    let all =
        if list.total == 1 { "1 person".to_owned() } else { format!("{} people", list.total) };
    listing::found(list.found, all, list.query.is_narrow())
}

fn table(list: &People) -> AnyView {
    if list.people.is_empty() {
        return view! {
            <div class="empty">
                <h2>"Nobody matches"</h2>
                <p>"Names and email addresses are searched."</p>
                <a class="button" href=PATH rel="external">"Show everybody"</a>
            </div>
        }
        .into_any();
    }
    let rows: Vec<_> = list.people.iter().map(|person| row(person, list.now)).collect();
    let at = |number: u64| format!("{PATH}{}", list.query.on_page(number).link());
    let page = list.query.page;
    view! {
        <div class="list">
            <table role="table">
                <caption>"People"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Person"</th>
                        <th role="columnheader" scope="col">"Role"</th>
                        <th role="columnheader" scope="col">"State"</th>
                        <th role="columnheader" scope="col">"Last seen"</th>
                        <th role="columnheader" scope="col" class="end">"Tokens"</th>
                        <th role="columnheader" scope="col" class="end">"Feeds"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <Pager page pages=list.pages links=[at(page.saturating_sub(1)), at(page + 1)]/>
    }
    .into_any()
}

fn row(person: &ListedPerson, now: Timestamp) -> AnyView {
    let ListedPerson { username, email, state, .. } = person.clone();
    let seen = match person.last_seen_at {
        Some(at) => view! { <Moment at words=at.ago(now)/> }.into_any(),
        None => "Never".into_any(),
    };
    let is_over = person.invited_until.is_none_or(|until| until <= now);
    let link = (state == PersonState::Invited && is_over).then(|| {
        view! { <small>"Link has ended"</small> }
    });
    view! {
        <tr role="row" class:ended=state == PersonState::Disabled>
            <th role="rowheader" scope="row">
                <a href=links::person(&username)>{username.clone()}</a>
                <p class="hint">{email}</p>
            </th>
            <td role="cell" data-label="Role">{person.role()}</td>
            <td role="cell" data-label="State"><PersonBadges state/>{link}</td>
            <td role="cell" data-label="Last seen">{seen}</td>
            <td role="cell" class="end" data-label="Tokens">{person.tokens}</td>
            <td role="cell" class="end" data-label="Feeds">{person.feeds}</td>
        </tr>
    }
    .into_any()
}
