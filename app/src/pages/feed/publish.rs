//! How to publish the first package of a feed.

use leptos::prelude::*;
use model::views::FeedPage;

use super::clients::clients;
use crate::components::{code_block::CodeBlock, npm::take_token};

/// The steps.
pub(super) fn first_package(page: &FeedPage) -> impl IntoView + use<> {
    let create = format!("/profile/tokens/new?access=write&feeds=chosen&feed={}", page.feed.id);
    view! {
        <section class="card" aria-labelledby="first">
            <h2 id="first">"Nothing here yet. Publish your first package"</h2>
            <ol class="steps">
                <li>
                    <h3>{format!("Create a token that may write to {}", page.feed.name)}</h3>
                    <div class="actions"><a class="button primary" href=create>"Create token"</a></div>
                </li>
                <li>
                    <h3>"Hand it to your terminal"</h3>
                    <p class="muted">"It waits for you to paste the token."</p>
                    <CodeBlock place="Terminal" what="the command that takes the token" text=take_token()/>
                </li>
                <li>
                    <h3>"Tell your client where the feed is, and publish"</h3>
                    <p class="muted">"The files hold no secret and can be committed."</p>
                    {clients(page, true, true)}
                </li>
            </ol>
        </section>
    }
}
