//! How a NuGet package is installed from its feed.

use leptos::prelude::*;
use model::{
    connect::{Family, nuget},
    views::PackagePage,
};

use super::{code_block::CodeBlock, token_hint::token_hint};

/// The section of a package's page: the commands, the project's line and `nuget.config`.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let (name, version) = (&page.name, &page.shown.version);
    let dotnet = format!("dotnet add package {name} --version {version}");
    let reference = format!("<PackageReference Include=\"{name}\" Version=\"{version}\" />");
    let exe = format!("nuget install {name} -Version {version}");
    let config = config(&page.feed, &page.address, &Family::Nuget.like(name), page.is_public);
    view! {
        <section class="install section" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <CodeBlock place="Terminal, with dotnet" what="the dotnet command" text=dotnet/>
            <CodeBlock place="Project file" what="the package reference" text=reference/>
            <CodeBlock place="Terminal, with nuget.exe" what="the nuget.exe command" text=exe/>
            <CodeBlock place="nuget.config" what="nuget.config" text=config/>
            {token_hint(&page.feed, page.is_public)}
        </section>
    }
}

/// `nuget.config`, which takes the token from the environment.
pub(crate) fn config(feed: &str, address: &str, packages: &str, is_public: bool) -> String {
    let variable = nuget::variable();
    nuget::config(address, feed, packages, (!is_public).then_some(&variable))
}
