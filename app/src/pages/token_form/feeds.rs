//! The feeds a token is for: all, the ones that are ticked, or different ones for reading and writing.

use leptos::prelude::*;
use model::{
    role::Role,
    token_form::Field,
    views::{FeedView, LostFeed, TokenFormStart},
};

use super::{fields::FieldError, filling::Filling};
use crate::components::token_words::packages;

/// From so many feeds on they can be filtered.
const FILTERED_FROM: usize = 9;

/// One choice of feeds: its field, the names of its radios and checkboxes, and its words.
#[derive(Clone, Copy)]
struct FeedChoice {
    field: Field,
    which: &'static str,
    one: &'static str,
    legend: &'static str,
    first: &'static str,
    error: &'static str,
}

const BOTH: FeedChoice = FeedChoice {
    field: Field::Feeds,
    which: "feeds",
    one: "feed",
    legend: "Feeds the token may use",
    first: "feeds",
    error: "feeds-error",
};
const READ: FeedChoice = FeedChoice {
    field: Field::ReadFeeds,
    which: "read_feeds",
    one: "read_feed",
    legend: "Feeds the token may read",
    first: "read-feeds",
    error: "read-feeds-error",
};
const WRITE: FeedChoice = FeedChoice {
    field: Field::WriteFeeds,
    which: "write_feeds",
    one: "write_feed",
    legend: "Feeds the token may write to",
    first: "write-feeds",
    error: "write-feeds-error",
};

pub(super) fn feeds_field(filling: Filling, start: &TokenFormStart) -> impl IntoView + use<> {
    let form = &start.form;
    let differ = form.feeds == "differ";
    view! {
        <fieldset class="choices scope-part">
            <legend>"Feeds"</legend>
            {feed_choice(filling, BOTH, &form.feeds, &form.feed, start)}
            <div class="choice when-both">
                <label>
                    <input type="radio" name="feeds" value="differ" checked=differ/>
                    <span>"Different feeds for reading and writing"</span>
                    <span class="hint">"For example: read every feed, write one."</span>
                </label>
                <div class="more">
                    <fieldset class="choices read-part">
                        <legend>"Read from"</legend>
                        {feed_choice(filling, READ, &form.read_feeds, &form.read_feed, start)}
                    </fieldset>
                    <fieldset class="choices write-part">
                        <legend>"Write to"</legend>
                        {feed_choice(filling, WRITE, &form.write_feeds, &form.write_feed, start)}
                    </fieldset>
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}

/// All feeds, or the ones that are ticked.
fn feed_choice(
    filling: Filling,
    choice: FeedChoice,
    which: &str,
    chosen: &[String],
    start: &TokenFormStart,
) -> AnyView {
    let FeedChoice { field, which: name, legend, first, error, .. } = choice;
    view! {
        <FieldError filling field id=error/>
        <div class="choice">
            <label>
                <input type="radio" name=name value="all" checked=which == "all" id=first/>
                <span>"All feeds I can reach, also future ones"</span>
            </label>
        </div>
        <div class="choice">
            <label>
                <input type="radio" name=name value="chosen" checked=which == "chosen"/>
                <span>"Only these"</span>
            </label>
            <div class="more">
                <fieldset aria-describedby=error>
                    <legend class="visually-hidden">{legend}</legend>
                    {boxes(filling, choice, chosen, start)}
                </fieldset>
            </div>
        </div>
    }
    .into_any()
}

/// The checkboxes; many of them with a filter, which shows and hides and never ticks.
fn boxes(
    filling: Filling,
    choice: FeedChoice,
    chosen: &[String],
    start: &TokenFormStart,
) -> AnyView {
    let FeedChoice { field, one, legend, .. } = choice;
    let TokenFormStart { feeds, lost_feeds, .. } = start;
    let total = feeds.len() + lost_feeds.len();
    if total == 0 {
        return view! { <p class="hint">"There is no feed that you can reach yet. "<a href="/feeds">"Feeds"</a></p> }
            .into_any();
    }
    let filter = RwSignal::new(String::new());
    let is_chosen = |id: &str| chosen.iter().any(|chosen| chosen == id);
    let lost: Vec<_> = lost_feeds
        .iter()
        .map(|feed| {
            let id = feed.id.to_string();
            let checked = is_chosen(&id);
            feed_box(one, id, checked, lost_name(feed), "No longer reachable".to_owned(), filter)
        })
        .collect();
    let reachable: Vec<_> = feeds
        .iter()
        .map(|feed| {
            let id = feed.id.to_string();
            let checked = is_chosen(&id);
            feed_box(one, id, checked, feed.name.clone(), about(feed), filter)
        })
        .collect();
    if total < FILTERED_FROM {
        return view! { {lost}{reachable} }.into_any();
    }
    let count = move || filling.chosen.with(|chosen| chosen.count(field));
    let id = format!("filter-{one}");
    view! {
        <div class="picker">
            <div class="picker-head">
                <div class="needs-script">
                    <label class="visually-hidden" for=id.clone()>{format!("Filter: {legend}")}</label>
                    <input
                        class="input"
                        id=id
                        type="search"
                        placeholder="Filter"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        on:input=move |event| filter.set(event_target_value(&event).trim().to_lowercase())
                        on:keydown=|event| {
                            // It would send the form.
                            if event.key() == "Enter" {
                                event.prevent_default();
                            }
                        }
                    />
                </div>
                <p class="hint" role="status">{move || format!("{} of {total} chosen", count())}</p>
            </div>
            <div class="picker-list">{lost}{reachable}</div>
        </div>
    }
    .into_any()
}

fn feed_box(
    one: &'static str,
    id: String,
    checked: bool,
    name: String,
    about: String,
    filter: RwSignal<String>,
) -> impl IntoView {
    let sought = name.clone();
    let is_hidden = move || filter.with(|filter| !sought.contains(filter.as_str()));
    view! {
        <div class="choice" hidden=is_hidden>
            <label>
                <input type="checkbox" name=one value=id checked=checked/>
                <span>{name}</span>
                <span class="hint">{about}</span>
            </label>
        </div>
    }
}

fn lost_name(feed: &LostFeed) -> String {
    feed.name.clone().unwrap_or_else(|| "A feed that is gone".to_owned())
}

/// What to know about a feed before it is ticked.
fn about(feed: &FeedView) -> String {
    let seen = if feed.is_public { "Public" } else { "Private" };
    let role = match feed.role {
        Some(Role::Owner) => "You are owner",
        Some(Role::Contributor) => "You may publish",
        Some(Role::Reader) | None => "You may read",
    };
    let count = packages(feed.packages());
    format!("{seen}. {role}. {count}")
}
