//! Who may read a feed: its members, or anyone.

use leptos::prelude::*;
use model::{links, views::FeedSettings};

use super::acts::Acts;
use crate::{components::token_words::packages, server_fns::feeds::FeedAct};

/// The section, with a question before the feed is opened to anyone.
#[component]
pub(super) fn Readers(settings: FeedSettings, acts: Acts) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="readers">
            <h2 id="readers">"Who may read"</h2>
            {move || {
                if acts.is_public.get() { close(&settings, acts) } else { open(&settings, acts) }
            }}
        </section>
    }
}

fn open(settings: &FeedSettings, acts: Acts) -> AnyView {
    let feed = &settings.feed;
    let action = format!("{}/readers", links::feed_settings(feed));
    let held = match settings.contents.packages {
        0 => "whatever is published here".to_owned(),
        1 => "its 1 package and whatever is published later".to_owned(),
        count => format!("all its {} and whatever is published later", packages(count)),
    };
    let meaning = format!(
        "Anyone who reaches this server may then find and download {held}, without an account. What was downloaded stays with them, also if you make the feed private again."
    );
    view! {
        <p>"Private: its members may read, with a token or their password."</p>
        <details class="confirm">
            <summary class="button">{format!("Make {feed} public…")}</summary>
            <form class="card" method="post" action=action on:submit=acts.submit(|_| Some(FeedAct::Publish))>
                <input type="hidden" name="visibility" value="public"/>
                <p>{meaning}</p>
                <div class="actions"><button class="button danger solid">{format!("Make {feed} public")}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn close(settings: &FeedSettings, acts: Acts) -> AnyView {
    let feed = &settings.feed;
    let action = format!("{}/readers", links::feed_settings(feed));
    view! {
        <p>"Public: anyone who reaches this server may read, without an account. Publishing takes a token of a contributor or an owner."</p>
        <form class="stack" method="post" action=action on:submit=acts.submit(|_| Some(FeedAct::Close))>
            <input type="hidden" name="visibility" value="private"/>
            <p class="hint">"Made private, everybody who is no member is refused from the next request on."</p>
            <div class="actions"><button class="button">{format!("Make {feed} private")}</button></div>
        </form>
    }
    .into_any()
}
