//! How a Bower package is installed from its feed.

use leptos::prelude::*;
use model::{connect::bower::bowerrc, views::PackagePage};

use super::{code_block::CodeBlock, token_hint::token_hint};

/// The section of a package's page: the command and the lines of `.bowerrc`.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let command = format!("bower install {}", page.name);
    let lines = bowerrc(&page.address, page.is_public);
    view! {
        <section class="install section" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <CodeBlock place="Terminal" what="the install command" text=command/>
            <CodeBlock place=".bowerrc" what=".bowerrc" text=lines/>
            {token_hint(&page.feed, page.is_public)}
        </section>
    }
}

/// The section about where the name leads, in the place of files.
pub(crate) fn address(page: &PackagePage) -> impl IntoView + use<> {
    let url = page.shown.archive.address.clone();
    view! {
        <section class="section" aria-labelledby="address">
            <h2 id="address">"Leads to"</h2>
            <CodeBlock place="Address" what="the address it leads to" text=url/>
            <p>"Nothing of it is kept here. Its versions are the tags of that repository; Bower fetches it from there with whatever credentials Git has, not with this feed's."</p>
        </section>
    }
}
