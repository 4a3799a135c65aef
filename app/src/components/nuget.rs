//! How a NuGet package is installed from its feed.

use leptos::prelude::*;
use model::views::PackagePage;

use super::{code_block::CodeBlock, npm::VARIABLE, token_hint::token_hint};

/// The section of a package's page: the commands, the project's line and `nuget.config`.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let (name, version) = (&page.name, &page.shown.version);
    let dotnet = format!("dotnet add package {name} --version {version}");
    let reference = format!("<PackageReference Include=\"{name}\" Version=\"{version}\" />");
    let exe = format!("nuget install {name} -Version {version}");
    let config = nuget_config(&page.feed, &page.address, page.is_public);
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

/// The file that names the feed, beside the solution. NuGet puts variables of the environment into it.
/// The source's key is also the name of an XML element, which must not begin with a digit.
fn nuget_config(feed: &str, address: &str, is_public: bool) -> String {
    let insecure =
        if address.starts_with("http://") { " allowInsecureConnections=\"true\"" } else { "" };
    let credentials = if is_public {
        String::new()
    } else {
        format!(
            "  <packageSourceCredentials>\n    <feed-{feed}>\n      <add key=\"Username\" value=\"token\" />\n      <add key=\"ClearTextPassword\" value=\"%{VARIABLE}%\" />\n    </feed-{feed}>\n  </packageSourceCredentials>\n"
        )
    };
    format!(
        "<configuration>\n  <packageSources>\n    <add key=\"feed-{feed}\" value=\"{address}/api/v3/index.json\" protocolVersion=\"3\"{insecure} />\n  </packageSources>\n{credentials}</configuration>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_as_nuget_reads_it() {
        let private = nuget_config("main", "https://feeds.example/F/main", false);
        assert!(private.contains("<add key=\"feed-main\" value=\"https://feeds.example/F/main/api/v3/index.json\" protocolVersion=\"3\" />"));
        assert!(private.contains("<feed-main>\n      <add key=\"Username\" value=\"token\" />\n      <add key=\"ClearTextPassword\" value=\"%LATCHKEY_TOKEN%\" />"));
        let public = nuget_config("open", "http://127.0.0.1:3000/F/open", true);
        assert!(!public.contains("Credentials") && public.contains("allowInsecureConnections"));
    }
}
