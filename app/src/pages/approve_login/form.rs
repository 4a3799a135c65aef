//! The decision: what the token may do and for how long, or no.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    names::FeedName,
    views::{LoginReach, OpenLogin},
};

use crate::{
    components::{
        form_answer::FormAnswer,
        text_field::{TextField, field_error},
    },
    site::Site,
};

/// The id of the field that the form begins with.
pub(super) const FIRST: &str = "access";

/// The form. Both buttons send it; what is chosen matters to one of them alone.
pub(super) fn decision(login: &OpenLogin, code: &str, answer: &FormAnswer) -> AnyView {
    let action = format!("/login/{code}");
    let deny = || {
        view! { <button class="button" name="decision" value="deny" formnovalidate>"Deny"</button> }
    };
    let Some(reach) = login.reach else {
        return view! {
            <form class="form" method="post" action=action>
                <div class="actions">{deny()}</div>
            </form>
        }
        .into_any();
    };
    let username = Site::get().viewer.map(|viewer| viewer.username).unwrap_or_default();
    let name = login.other_address.is_some().then(|| {
        let hint = format!("Type {} to show that you mean this feed.", login.feed);
        view! {
            <TextField name="feed" label="Name of the feed" hint autocomplete="off" longest=FeedName::LONGEST is_code=true answer/>
        }
    });
    view! {
        <form class="card form" method="post" action=action>
            {access(&login.feed, reach, answer)}
            {expires(login, answer)}
            {name}
            <p class="hint">{format!("The token belongs to {username} and is called “{}”. It works in this feed alone.", login.description)}</p>
            <div class="decision">
                <button class="button" name="decision" value="approve">"Approve"</button>
                {deny()}
            </div>
        </form>
    }
    .into_any()
}

/// What was chosen before: in a form that was refused, or in an address that led to the password.
fn chosen(answer: &FormAnswer, name: &'static str) -> Option<String> {
    let asked = move || use_query_map().with_untracked(|query| query.get(name));
    answer.typed(name).or_else(asked)
}

fn access(feed: &str, reach: LoginReach, answer: &FormAnswer) -> impl IntoView + use<> {
    let asked = chosen(answer, "access").unwrap_or_default();
    let publishes = reach == LoginReach::Publishes;
    let asked = if publishes && ["write", "both"].contains(&asked.as_str()) {
        asked
    } else {
        "read".to_owned()
    };
    let card = |value: &'static str, label: &'static str, hint: &'static str| {
        let is_chosen = asked == value;
        view! {
            <div class="radio-card">
                <label>
                    <input type="radio" name="access" value=value checked=is_chosen id=(value == "read").then_some(FIRST)/>
                    <strong>{label}</strong>
                    <span class="hint">{hint}</span>
                </label>
            </div>
        }
    };
    let more = publishes.then(|| {
        view! {
            {card("write", "Write", "Publish new packages and new versions, and nothing else.")}
            {card("both", "Read and write", "Install packages, and publish new packages and new versions.")}
        }
    });
    let only = (!publishes).then(|| {
        let words = format!("You may read {feed}, so the token may too.");
        view! { <p class="hint">{words}</p> }
    });
    view! {
        <fieldset class="choices">
            <legend>"Access"</legend>
            {field_error("access", answer.wrong("access"))}
            <div class="radio-cards one">
                {card("read", "Read", "Install and download packages. It cannot publish.")}
                {more}
            </div>
            {only}
        </fieldset>
    }
}

fn expires(login: &OpenLogin, answer: &FormAnswer) -> impl IntoView + use<> {
    let asked = chosen(answer, "expires").unwrap_or_default();
    let longest = login.offers.last().map(|offer| offer.value.clone());
    let is_offered = login.offers.iter().any(|offer| offer.value == asked);
    let asked = if is_offered { Some(asked) } else { longest };
    let cards: Vec<_> = login
        .offers
        .iter()
        .cloned()
        .map(|offer| {
            let is_chosen = asked.as_ref() == Some(&offer.value);
            view! {
                <div class="radio-card">
                    <label>
                        <input type="radio" name="expires" value=offer.value checked=is_chosen/>
                        <strong>{offer.label}</strong>
                        <span class="hint">{offer.last_day}</span>
                    </label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="choices">
            <legend>"Expires"</legend>
            <p class="hint">"At the end of the day, UTC."</p>
            {field_error("expires", answer.wrong("expires"))}
            <div class="radio-cards">{cards}</div>
        </fieldset>
    }
}
