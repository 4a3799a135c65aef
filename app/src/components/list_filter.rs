//! The form above a list whose state stands in the address, and the list that follows it.
//!
//! Without script it is a form that is sent. With script the address changes while it is filled in,
//! and whatever the address asks for is fetched into the page that is there: focus stays where it is.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent,
    html,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::links::segment;
use wasm_bindgen::JsCast as _;
use web_sys::FormData;

use super::{changing::changing, problem::ProblemAlert};
use crate::Failure;

/// How long typing rests before the list follows.
const REST: Duration = Duration::from_millis(250);

/// A list as it was fetched last, and why it could not be fetched again.
pub(crate) struct Followed<T: Send + Sync + 'static> {
    /// The list.
    pub(crate) list: RwSignal<T>,
    problem: RwSignal<Option<String>>,
}

impl<T: Send + Sync + 'static> Clone for Followed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Followed<T> {}

impl<T: Send + Sync + 'static> Followed<T> {
    /// What stood in the way, where the list is.
    pub(crate) fn problem(self) -> impl IntoView {
        view! { <ProblemAlert problem=self.problem/> }
    }

    /// What is shown of the list.
    pub(crate) fn shown(self, view: impl Fn(&T) -> AnyView + Send + 'static) -> AnyView {
        changing(move || self.list.with(&view))
    }
}

/// Begins with the list that the page came with; whenever `asked` changes, `fetch` gives another.
pub(crate) fn follow<T, Q, F>(
    first: T,
    asked: impl Fn() -> Q + Send + Sync + 'static,
    fetch: impl Fn(Q) -> F + 'static,
) -> Followed<T>
where
    T: Send + Sync + 'static,
    Q: Clone + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let followed = Followed { list: RwSignal::new(first), problem: RwSignal::new(None) };
    let asked = Memo::new(move |_| asked());
    let act = move |query: &Q, _: Option<&Q>, _: Option<()>| {
        let (query, answer) = (query.clone(), fetch(query.clone()));
        spawn_local(async move {
            let answer = answer.await;
            // What was asked for meanwhile comes by itself.
            if asked.try_get_untracked().as_ref() != Some(&query) {
                return;
            }
            followed.problem.set(answer.as_ref().err().map(ToString::to_string));
            if let Ok(list) = answer {
                followed.list.set(list);
            }
        });
    };
    Effect::watch(move || asked.get(), act, false);
    followed
}

/// The form. Its fields are the children; those that are empty are left out of the address.
#[component]
pub(crate) fn ListFilter(
    /// What it is for, to people who listen: `Packages`.
    #[prop(into)]
    label: String,
    /// The path of the page.
    #[prop(into)]
    path: String,
    /// How much was found, in words.
    #[prop(into)]
    found: Signal<String>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let navigate = use_navigate();
    let action = path.clone();
    let go = Callback::new(move |()| {
        stop(waiting);
        if let Some(query) = query_of(form) {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&format!("{path}{query}"), options);
        }
    });
    let changed = move |_| {
        stop(waiting);
        waiting.set_value(set_timeout_with_handle(move || go.run(()), REST).ok());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        go.run(());
    };
    // What was filled in before the script came counts too.
    let query = use_query_map();
    Effect::new(move |_| {
        let differs = |(name, value): (String, String)| {
            query.with_untracked(|query| query.get(&name).unwrap_or_default()).trim() != value
        };
        if fields(form).is_some_and(|fields| fields.into_iter().any(differs)) {
            go.run(());
        }
    });
    on_cleanup(move || stop(waiting));
    view! {
        <form class="filter" role="search" aria-label=label method="get" action=action node_ref=form on:input=changed on:submit=submit>
            {children()}
            <button class="button only-plain">"Apply"</button>
            <p class="found" role="status">{move || found.get()}</p>
        </form>
    }
}

fn stop(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(waiting) = waiting.try_update_value(Option::take).flatten() {
        waiting.clear();
    }
}

/// The fields as they are filled in.
fn fields(form: NodeRef<html::Form>) -> Option<Vec<(String, String)>> {
    let data = FormData::new_with_form(&form.try_get_untracked().flatten()?).ok()?;
    let pairs = data.entries().into_iter().map(|entry| {
        let pair: js_sys::Array = entry.ok()?.unchecked_into();
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?.trim().to_owned()))
    });
    pairs.collect()
}

/// The fields as a query, from its question mark on.
fn query_of(form: NodeRef<html::Form>) -> Option<String> {
    let mut query = String::new();
    for (name, value) in fields(form)? {
        if !value.is_empty() {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(&name);
            query.push('=');
            query.push_str(&segment(&value));
        }
    }
    Some(query)
}

/// A line of text to search for.
#[component]
pub(crate) fn SearchField(
    /// Its label.
    label: &'static str,
    /// What it begins with.
    value: String,
    /// The most characters it takes.
    longest: usize,
) -> impl IntoView {
    view! {
        <div class="filter-field wide">
            <label for="q">{label}</label>
            <input class="input" id="q" name="q" type="search" value=value maxlength=longest autocomplete="off" autocapitalize="none" spellcheck="false"/>
        </div>
    }
}

/// A name to look for, whole.
#[component]
pub(crate) fn NameField(
    /// Its name in the address, and its id.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What it begins with.
    value: String,
    /// The most characters it takes.
    longest: usize,
) -> impl IntoView {
    view! {
        <div class="filter-field short">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type="text" value=value maxlength=longest autocomplete="off" autocapitalize="none" spellcheck="false"/>
        </div>
    }
}

/// A day.
#[component]
pub(crate) fn DayField(
    /// Its name in the address, and its id.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What it begins with, in ISO 8601.
    value: Option<String>,
) -> impl IntoView {
    view! {
        <div class="filter-field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type="date" value=value/>
        </div>
    }
}

/// A choice; the first option is what need not be said.
#[component]
pub(crate) fn ChoiceField(
    /// Its name in the address, and its id.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// The words in the address with the words on the page.
    options: Vec<(&'static str, String)>,
    /// The word of the one that is chosen.
    chosen: &'static str,
) -> impl IntoView {
    let options: Vec<_> = options
        .into_iter()
        .map(|(word, words)| view! { <option value=word selected=word == chosen>{words}</option> })
        .collect();
    view! {
        <div class="filter-field">
            <label for=name>{label}</label>
            <select class="input" id=name name=name>{options}</select>
        </div>
    }
}

/// The ways to the pages before and after this one.
#[component]
pub(crate) fn Pager(
    /// This page, from 1.
    page: u64,
    /// How many there are.
    pages: u64,
    /// The address of the page before, and of the page after.
    links: [String; 2],
) -> impl IntoView {
    let [previous, next] = links;
    let previous = match page {
        0 | 1 => view! { <span></span> }.into_any(),
        _ => view! { <a href=previous rel="prev">"Previous page"</a> }.into_any(),
    };
    let next = match page {
        page if page < pages => view! { <a href=next rel="next">"Next page"</a> }.into_any(),
        _ => view! { <span></span> }.into_any(),
    };
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {previous}
                <span class="muted">{format!("Page {page} of {pages}")}</span>
                {next}
            </nav>
        }
    })
}
