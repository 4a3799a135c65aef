//! How a Maven package is installed from its feed.

use leptos::prelude::*;
use model::views::PackagePage;

use super::{code_block::CodeBlock, npm::VARIABLE, token_hint::token_hint};

/// The section of a package's page: what Maven and Gradle are told, and where the token stands.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let pom = pom(&page.name, &page.shown.version, &page.feed, &page.address);
    let gradle = format!("implementation(\"{}:{}\")", page.name, page.shown.version);
    let settings = (!page.is_public).then(|| {
        view! { <CodeBlock place="~/.m2/settings.xml" what="settings.xml" text=settings(&page.feed)/> }
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

/// The lines of `pom.xml`; an id of packages is `group:artifact`.
fn pom(name: &str, version: &str, feed: &str, address: &str) -> String {
    let (group, artifact) = name.split_once(':').unwrap_or((name, ""));
    format!(
        "<dependency>\n  <groupId>{group}</groupId>\n  <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n</dependency>\n\n<repository>\n  <id>{feed}</id>\n  <url>{address}/maven</url>\n</repository>"
    )
}

/// The lines of `settings.xml`: the server has the repository's id. Maven puts variables of the
/// environment into it.
fn settings(feed: &str) -> String {
    format!(
        "<server>\n  <id>{feed}</id>\n  <username>token</username>\n  <password>${{env.{VARIABLE}}}</password>\n</server>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_as_maven_reads_them() {
        let pom = pom("org.acme:demo", "1.0", "main", "https://feeds.example/F/main");
        assert!(pom.contains("<groupId>org.acme</groupId>\n  <artifactId>demo</artifactId>"));
        assert!(pom.contains("<id>main</id>\n  <url>https://feeds.example/F/main/maven</url>"));
        assert!(settings("main").contains("<password>${env.LATCHKEY_TOKEN}</password>"));
    }
}
