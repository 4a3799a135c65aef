//! The members in a list; owners change it.

use leptos::prelude::*;
use model::{
    links,
    role::Role,
    timestamp::Timestamp,
    views::{MemberView, MembersPage},
};

use super::acts::{Acts, role};
use crate::{components::time::Moment, server_fns::feeds::Membership};

pub(super) fn table(page: &MembersPage, acts: Acts) -> AnyView {
    let is_owner = page.role == Role::Owner;
    let rows: Vec<_> = page.members.iter().map(|member| row(page, member, acts)).collect();
    let action = is_owner.then(|| {
        view! { <th role="columnheader" scope="col"><span class="visually-hidden">"Action"</span></th> }
    });
    view! {
        <div class="list">
            <table role="table">
                <caption>{format!("Members of {}", page.feed)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="wide">"Member"</th>
                        <th role="columnheader" scope="col">"Role"</th>
                        <th role="columnheader" scope="col">"Since"</th>
                        {action}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(page: &MembersPage, member: &MemberView, acts: Acts) -> AnyView {
    let MemberView { username, display_name, role, added_at, is_disabled } = member.clone();
    let called = (display_name != username).then(|| view! { <p class="hint">{display_name}</p> });
    let is_viewer = username == page.viewer;
    let is_owner = page.role == Role::Owner;
    let role = if is_owner {
        role_form(&page.feed, &username, role, acts).into_any()
    } else {
        role.label().into_any()
    };
    // Whoever looks leaves by the section below.
    let remove = is_owner.then(|| {
        let form = (!is_viewer).then(|| remove_form(&page.feed, &username, acts));
        view! { <td role="cell" class="end">{form}</td> }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <strong>{username}</strong>
                {is_viewer.then_some(" (you)")}
                {is_disabled.then(|| view! { " "<span class="badge plain">"Disabled"</span> })}
                {called}
            </th>
            <td role="cell" data-label="Role">{role}</td>
            <td role="cell" data-label="Since">{since(added_at, page.now)}</td>
            {remove}
        </tr>
    }
    .into_any()
}

fn since(at: Timestamp, now: Timestamp) -> AnyView {
    view! { <Moment at words=at.short_date()/><small>{at.ago(now)}</small> }.into_any()
}

fn role_form(feed: &str, username: &str, present: Role, acts: Acts) -> impl IntoView + use<> {
    let action = format!("{}/role", links::feed_members(feed));
    let options: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| view! { <option value=role.name() selected=role == present>{role.label()}</option> })
        .collect();
    let member = username.to_owned();
    let submit = acts.submit(move |data| Some((member.clone(), Membership::Change(role(data)?))));
    view! {
        <form class="joined" method="post" action=action on:submit=submit>
            <input type="hidden" name="username" value=username.to_owned()/>
            <select class="input" name="role" aria-label=format!("Role of {username}")>{options}</select>
            <button class="button">"Change"<span class="visually-hidden">{format!(" role of {username}")}</span></button>
        </form>
    }
}

fn remove_form(feed: &str, username: &str, acts: Acts) -> impl IntoView + use<> {
    let action = format!("{}/remove", links::feed_members(feed));
    let member = username.to_owned();
    let submit = acts.submit(move |_| Some((member.clone(), Membership::Remove)));
    view! {
        <details class="confirm">
            <summary class="button quiet danger">"Remove…"<span class="visually-hidden">{format!(" {username}")}</span></summary>
            <form class="stack" method="post" action=action on:submit=submit>
                <input type="hidden" name="username" value=username.to_owned()/>
                <p>{format!("Tokens of {username} are refused here from their next request on.")}</p>
                <div class="actions"><button class="button danger solid">{format!("Remove {username}")}</button></div>
            </form>
        </details>
    }
}
