//! `/feeds/{feed}/members`: who may do what in a feed.

mod acts;
mod add;
mod table;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{links, role::Role, views::MembersPage as Page};

use self::{acts::Acts, add::AddMember, table::table};
use super::failed::Failed;
use crate::{
    components::{
        confirm_identity::{ConfirmDialog, Confirmation},
        feed_head::{FeedHead, FeedTab},
        form_answer::FormAnswer,
        list_filter::{Pager, follow},
        page_title::PageTitle,
        problem::ProblemAlert,
    },
    page_data::page_of,
    server_fns::feeds::{Membership, read_members},
};

/// The page.
#[component]
pub(crate) fn MembersPage() -> impl IntoView {
    Confirmation::provide();
    let params = use_params_map();
    let query = use_query_map();
    let feed = move || params.with(|params| params.get("feed").unwrap_or_default());
    let asked = move || {
        query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1_u64)
    };
    let page = page_of(
        feed,
        move || untrack(|| read_members(feed(), asked())),
        move |data| match data {
            Ok(page) => view! { <Members page asked=Signal::derive(asked)/> }.into_any(),
            Err(failure) => view! { <Failed failure/> }.into_any(),
        },
    );
    view! {
        {page}
        <ConfirmDialog why="Giving somebody access needs your password again."/>
    }
}

#[component]
fn Members(page: Page, asked: Signal<u64>) -> impl IntoView {
    let answer = FormAnswer::get();
    let title = answer.title(&format!("Members of {}", page.feed));
    let head = view! {
        <FeedHead name=page.feed.clone() is_public=page.is_public role=Some(page.role) here=FeedTab::Members/>
    };
    let is_owner = page.role == Role::Owner;
    let (feed, viewer) = (page.feed.clone(), page.viewer.clone());
    let done = done(&page);
    let read = feed.clone();
    let followed = follow(page, move || asked.get(), move |page| read_members(read.clone(), page));
    let acts = Acts::new(&feed, followed.list, done);
    let add = if is_owner {
        view! { <AddMember acts answer=&answer/> }.into_any()
    } else {
        roles().into_any()
    };
    view! {
        <PageTitle text=title/>
        <div class="shell">
            <main id="main" tabindex="-1">
                {head}
                {answer.summary("username")}
                {move || acts.done.get().map(|words| view! {
                    <div class="notice ok" tabindex="-1" id="done"><div><p>{words}</p></div></div>
                })}
                <ProblemAlert problem=acts.problem/>
                {followed.problem()}
                <section class="section" aria-labelledby="members">
                    <h2 id="members">{move || followed.list.with(|page| count(page.count))}</h2>
                    {followed.shown(move |page| table(page, acts))}
                    {move || followed.list.with(pager)}
                </section>
                {add}
                {leave(&feed, viewer, acts)}
            </main>
        </div>
    }
    .into_any()
}

/// `1 member`, `4 members`.
fn count(members: u64) -> String {
    format!("{members} member{}", if members == 1 { "" } else { "s" })
}

/// What a form that was sent without script did. The address names somebody, the list says what is
/// true.
fn done(page: &Page) -> Option<String> {
    let name = use_query_map().with_untracked(|query| query.get("changed"))?;
    let member = page.members.iter().find(|member| member.username == name);
    Some(match member {
        Some(member) => format!("{name} is now {}.", member.role),
        None => format!("{name} is no member of {}.", page.feed),
    })
}

fn pager(page: &Page) -> AnyView {
    let at = |number: u64| format!("{}?page={number}", links::feed_members(&page.feed));
    let links = [at(page.page.saturating_sub(1)), at(page.page + 1)];
    view! { <Pager page=page.page pages=page.pages links/> }.into_any()
}

/// What each role may do, for members who cannot give any.
fn roles() -> impl IntoView {
    let roles: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| {
            let may = format!("May {}.", role.abilities());
            view! { <div><dt>{role.label()}</dt><dd>{may}</dd></div> }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="roles">
            <h2 id="roles">"Roles"</h2>
            <p class="muted">"Ask an owner to change what you may do."</p>
            <dl class="facts">{roles}</dl>
        </section>
    }
}

/// The way out, for everybody.
fn leave(feed: &str, viewer: String, acts: Acts) -> impl IntoView + use<> {
    let action = format!("{}/remove", links::feed_members(feed));
    let label = format!("Leave {feed}");
    let name = viewer.clone();
    view! {
        <section class="section" aria-labelledby="leave">
            <h2 id="leave">"Leave"</h2>
            <p>"Your tokens lose this feed with you, at their next request. Only an owner can bring you back."</p>
            <details class="confirm">
                <summary class="button danger">{format!("{label}…")}</summary>
                <form class="card" method="post" action=action on:submit=acts.submit(move |_| Some((name.clone(), Membership::Remove)))>
                    <input type="hidden" name="username" value=viewer/>
                    <p>"This takes effect at once."</p>
                    <div class="actions"><button class="button danger solid">{label}</button></div>
                </form>
            </details>
        </section>
    }
}
