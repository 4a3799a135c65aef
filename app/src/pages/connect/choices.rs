//! Feed, client, place, task and token: what the guide is made for.

use leptos::prelude::*;
use model::{
    connect::{Client, ConnectQuery, Family, Place, Task},
    views::{ConnectPage, ConnectToken, Told},
};

use super::token_form_link;
use crate::components::list_filter::{ChoiceField, ListFilter};

/// The choices, as a form whose state stands in the address. It is made once, of the first page: what
/// has the focus stays.
#[component]
pub(super) fn Choices(
    /// The first page.
    page: ConnectPage,
    /// The packages that are meant if nothing is typed.
    packages: Signal<String>,
) -> impl IntoView {
    let ConnectPage { query, feeds, told, .. } = page;
    let Some(told) = told else { return ().into_any() };
    let setup = &told.setup;
    let feeds: Vec<_> = feeds
        .into_iter()
        .map(|name| {
            let is_chosen = name == setup.feed;
            view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
        })
        .collect();
    let clients: Vec<_> =
        Family::ALL.into_iter().map(|family| clients(family, setup.client)).collect();
    let places = Place::ALL.map(|place| (place.word(), place.label().to_owned())).to_vec();
    let tasks = Task::ALL.map(|task| (task.word(), task.label().to_owned())).to_vec();
    let is_wrong = told.problem.is_some().then_some("true");
    let (place, task) = (setup.place.word(), setup.task.word());
    view! {
        <ListFilter label="What to connect" path="/connect" found=Signal::derive(String::new)>
            <div class="filter-field">
                <label for="feed">"Feed"</label>
                <select class="input" id="feed" name="feed">{feeds}</select>
            </div>
            <div class="filter-field">
                <label for="client">"Client"</label>
                <select class="input" id="client" name="client">{clients}</select>
            </div>
            <ChoiceField name="place" label="Where" options=places chosen=place/>
            <ChoiceField name="task" label="What for" options=tasks chosen=task/>
            <div class="filter-field">
                <label for="packages">"Packages from this feed"</label>
                <input class="input code" id="packages" name="packages" value=query.packages placeholder=packages maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" aria-invalid=is_wrong/>
            </div>
            {tokens(&told)}
        </ListFilter>
    }
    .into_any()
}

fn clients(family: Family, chosen: Client) -> AnyView {
    let options: Vec<_> = Client::ALL
        .into_iter()
        .filter(|client| client.family() == family)
        .map(|client| {
            view! { <option value=client.word() selected=client == chosen>{client.label()}</option> }
        })
        .collect();
    view! { <optgroup label=family.ecosystem().label()>{options}</optgroup> }.into_any()
}

fn tokens(told: &Told) -> AnyView {
    let chosen = told.token.as_ref().map(|token| token.id);
    let options: Vec<_> = told
        .tokens
        .iter()
        .map(|token| {
            let ConnectToken { id, description, mask, .. } = token;
            let words = format!("{description} {mask}");
            view! { <option value=id.to_string() selected=Some(*id) == chosen>{words}</option> }
        })
        .collect();
    view! {
        <div class="filter-field">
            <label for="token">"Token"</label>
            <select class="input" id="token" name="token">
                <option value="">"None: leave a placeholder"</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The button that makes a token with the least that is needed, and what the chosen one lacks.
pub(super) fn make(told: &Told, query: &ConnectQuery) -> AnyView {
    let setup = &told.setup;
    if !setup.needs_token() {
        return view! { <p class="muted">"Anyone may read this feed: to install takes no token."</p> }.into_any();
    }
    let lacks =
        told.token.as_ref().and_then(|token| token.lacks(setup).map(|lacks| (token, lacks)));
    let lacks = lacks.map(|(token, lacks)| {
        let words =
            format!("{} may {lacks} here. Choose another one, or make one.", token.description);
        view! { <div class="notice warn"><div><p>{words}</p></div></div> }
    });
    let able = match setup.task {
        Task::Install => format!("that may install from {}", setup.feed),
        Task::Publish => format!("that may publish {} to {}", setup.packages, setup.feed),
        Task::Both => {
            format!("that may install from {} and publish {} to it", setup.feed, setup.packages)
        }
    };
    let fields: Vec<_> = [
        ("feed", setup.feed.clone()),
        ("client", setup.client.word().to_owned()),
        ("place", setup.place.word().to_owned()),
        ("task", setup.task.word().to_owned()),
        ("packages", query.packages.clone()),
        ("form", told.form.clone()),
    ]
    .into_iter()
    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
    .collect();
    view! {
        {lacks}
        <form class="make-token" method="post" action="/connect">
            {fields}
            <button class="button">"Make a token for this"</button>
            <p class="hint">
                {format!("One {able} and nothing else, for 90 days. Or ")}
                <a href=token_form_link(told)>"fill in the form yourself"</a>"."
            </p>
        </form>
    }
    .into_any()
}
