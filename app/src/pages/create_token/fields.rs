//! The fields of the form but the patterns. What a field holds stands in the document alone; the
//! style sheet shows and hides what depends on a choice.

use leptos::prelude::*;
use model::{
    role::Role,
    token_form::{Field, LONGEST_DESCRIPTION, TokenForm},
    views::{FeedView, TokenFormStart},
};

use super::form::Filling;
use crate::components::token_words::packages;

/// What is wrong with a field, under an id that the field is described by.
#[component]
pub(super) fn FieldError(filling: Filling, field: Field, id: &'static str) -> impl IntoView {
    move || {
        let problem = filling.problem(field);
        problem.map(|problem| view! { <p class="field-error" id=id>{problem}</p> }.into_any())
    }
}

#[component]
pub(super) fn DescriptionField(filling: Filling, value: String) -> impl IntoView {
    let is_wrong = move || filling.problem(Field::Description).is_some();
    let described = move || {
        if is_wrong() { "description-error description-hint" } else { "description-hint" }
    };
    view! {
        <div class="field">
            <label for="description">"Description"</label>
            <p class="hint" id="description-hint">"Where will it be used? For example: laptop, CI publish."</p>
            <FieldError filling field=Field::Description id="description-error"/>
            <input
                class="input"
                id="description"
                name="description"
                type="text"
                value=value
                autocomplete="off"
                maxlength=LONGEST_DESCRIPTION
                required
                aria-describedby=described
                aria-invalid=move || is_wrong().then_some("true")
            />
        </div>
    }
}

pub(super) fn access_field(filling: Filling, form: &TokenForm) -> impl IntoView + use<> {
    let card = |value: &'static str, label: &'static str, hint: &'static str| {
        view! {
            <div class="radio-card">
                <label>
                    <input type="radio" name="access" value=value checked=form.access == value id=(value == "read").then_some("access")/>
                    <strong>{label}</strong>
                    <span class="hint">{hint}</span>
                </label>
            </div>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Access"</legend>
            <FieldError filling field=Field::Access id="access-error"/>
            <div class="radio-cards one">
                {card("read", "Read", "Install and download packages. It cannot publish.")}
                {card("write", "Write", "Publish new packages and new versions, and nothing else. It cannot see, install or download any package: npm publish works, npm install is refused.")}
                {card("both", "Read and write", "Install packages, and publish new packages and new versions.")}
            </div>
        </fieldset>
    }
    .into_any()
}

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

pub(super) fn feeds_field(
    filling: Filling,
    form: &TokenForm,
    feeds: &[FeedView],
) -> impl IntoView + use<> {
    let differ = form.feeds == "differ";
    view! {
        <fieldset class="choices">
            <legend>"Feeds"</legend>
            {feed_choice(filling, BOTH, &form.feeds, &form.feed, feeds)}
            <div class="choice when-both">
                <label>
                    <input type="radio" name="feeds" value="differ" checked=differ/>
                    <span>"Different feeds for reading and writing"</span>
                    <span class="hint">"For example: read every feed, write one."</span>
                </label>
                <div class="more">
                    <fieldset class="choices read-part">
                        <legend>"Read from"</legend>
                        {feed_choice(filling, READ, &form.read_feeds, &form.read_feed, feeds)}
                    </fieldset>
                    <fieldset class="choices write-part">
                        <legend>"Write to"</legend>
                        {feed_choice(filling, WRITE, &form.write_feeds, &form.write_feed, feeds)}
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
    feeds: &[FeedView],
) -> AnyView {
    let FeedChoice { field, which: name, one, legend, first, error } = choice;
    let boxes: Vec<_> = feeds
        .iter()
        .map(|feed| {
            let id = feed.id.to_string();
            let is_chosen = chosen.contains(&id);
            view! {
                <div class="choice">
                    <label>
                        <input type="checkbox" name=one value=id checked=is_chosen/>
                        <span>{feed.name.clone()}</span>
                        <span class="hint">{about(feed)}</span>
                    </label>
                </div>
            }
        })
        .collect();
    let none = feeds.is_empty().then(|| {
        view! { <p class="hint">"There is no feed that you can reach yet. "<a href="/feeds">"Feeds"</a></p> }
    });
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
                    {boxes}
                    {none}
                </fieldset>
            </div>
        </div>
    }
    .into_any()
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

#[component]
pub(super) fn ExpiryField(filling: Filling, start: TokenFormStart) -> impl IntoView {
    let TokenFormStart { form, offers, first_day, last_day } = start;
    let cards: Vec<_> = offers
        .into_iter()
        .map(|offer| {
            let is_chosen = form.expires == offer.value;
            let hint = offer.last_day.unwrap_or_else(|| "Works until you revoke it".to_owned());
            view! {
                <div class="radio-card">
                    <label>
                        <input type="radio" name="expires" value=offer.value checked=is_chosen/>
                        <strong>{offer.label}</strong>
                        <span class="hint">{hint}</span>
                    </label>
                </div>
            }
        })
        .collect();
    let is_wrong = move || filling.problem(Field::Expires).is_some();
    // In words as soon as the date can be read.
    let last_day_in_words = move || {
        let words = filling.preview.with(|preview| preview.expires.clone());
        words.map(|words| view! { <p class="hint" id="expires-on-words">{words}</p> }.into_any())
    };
    let on_date = form.expires == "on";
    view! {
        <fieldset class="choices">
            <legend>"Expires"</legend>
            <p class="hint">"At the end of the day, UTC."</p>
            <div class="radio-cards">
                {cards}
                <div class="radio-card">
                    <label>
                        <input type="radio" name="expires" value="on" checked=on_date/>
                        <strong>"On a date"</strong>
                        <span class="hint">"Choose the last day"</span>
                    </label>
                    <div class="more">
                        <FieldError filling field=Field::Expires id="expires-on-error"/>
                        <label class="visually-hidden" for="expires-on">"Last day"</label>
                        <input
                            class="input"
                            id="expires-on"
                            name="expires_on"
                            type="date"
                            min=first_day
                            max=last_day
                            value=form.expires_on
                            aria-describedby=move || if is_wrong() { "expires-on-error" } else { "expires-on-words" }
                            aria-invalid=move || is_wrong().then_some("true")
                        />
                        {move || last_day_in_words()}
                    </div>
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}
