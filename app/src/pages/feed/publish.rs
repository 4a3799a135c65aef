//! How to publish the first package of a feed.

use leptos::prelude::*;
use model::views::{FeedPage, FeedView};

use crate::components::{
    code_block::CodeBlock,
    npm::{npmrc, take_token},
};

/// The steps.
#[component]
pub(super) fn FirstPackage(page: FeedPage) -> impl IntoView {
    let FeedPage { feed: FeedView { id, name, .. }, address, .. } = page;
    let create = format!("/profile/tokens/new?access=write&feeds=chosen&feed={id}");
    let publish = format!("{}\nnpm publish", take_token());
    view! {
        <section class="card" aria-labelledby="first">
            <h2 id="first">"Nothing here yet. Publish your first package"</h2>
            <ol class="steps">
                <li>
                    <h3>{format!("Create a token that may write to {name}")}</h3>
                    <div class="actions"><a class="button primary" href=create>"Create token"</a></div>
                </li>
                <li>
                    <h3>"Tell npm where the feed is"</h3>
                    <p class="muted">"Beside package.json. It holds no secret and can be committed."</p>
                    <CodeBlock place=".npmrc" what=".npmrc" text=npmrc(&address, None)/>
                </li>
                <li>
                    <h3>"Publish"</h3>
                    <p class="muted">"The terminal waits for you to paste the token first."</p>
                    <CodeBlock place="Terminal" what="the publish command" text=publish/>
                </li>
            </ol>
        </section>
    }
}
