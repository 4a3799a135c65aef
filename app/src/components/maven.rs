//! How a Maven package is installed from its feed.

use leptos::prelude::*;
use model::{connect::maven, views::PackagePage};

use super::{code_block::CodeBlock, token_hint::token_hint};

/// The section of a package's page: what Maven and Gradle are told, and where the token stands.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let dependency = maven::dependency(&page.name, &page.shown.version);
    let repository = maven::repository(&page.feed, &page.address);
    let pom = format!("{dependency}\n\n{repository}");
    let gradle = format!("implementation(\"{}:{}\")", page.name, page.shown.version);
    let settings = (!page.is_public).then(|| {
        view! { <CodeBlock place="~/.m2/settings.xml" what="settings.xml" text=maven::server(&page.feed, &maven::variable())/> }
    });
    view! {
        <section class="install section" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <CodeBlock place="pom.xml" what="the dependency for pom.xml" text=pom/>
            {settings}
            <CodeBlock place="build.gradle.kts" what="the dependency for Gradle" text=gradle/>
            {token_hint(&page.feed, page.is_public)}
        </section>
    }
}
