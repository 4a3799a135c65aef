//! How a Bower package is installed from its feed.

use leptos::prelude::*;
use model::views::PackagePage;

use super::{code_block::CodeBlock, npm::VARIABLE};

/// The section of a package's page: the command, the lines of `.bowerrc` and where the name leads.
pub(crate) fn install(page: &PackagePage) -> impl IntoView + use<> {
    let command = format!("bower install {}", page.name);
    let lines = bowerrc(&page.address, page.is_public);
    let hint = (!page.is_public).then(|| {
        view! {
            <p class="hint">
                {format!("Bower reads {VARIABLE} from the environment: set it to ")}
                <a href="/profile/tokens">"a token"</a>
                {format!(" that may read {}. The file holds no secret and can be committed.", page.feed)}
            </p>
        }
    });
    let url = page.shown.archive.address.clone();
    view! {
        <section class="install section" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <CodeBlock place="Terminal" what="the install command" text=command/>
            <CodeBlock place=".bowerrc" what=".bowerrc" text=lines/>
            {hint}
            <CodeBlock place="Leads to" what="the address it leads to" text=url/>
            <p class="hint">"Its versions are the tags of that repository. Bower fetches it from there with whatever credentials Git has, not with this feed's."</p>
        </section>
    }
}

/// The file. Credentials stand in the address; Bower puts variables of the environment into it.
fn bowerrc(address: &str, is_public: bool) -> String {
    let registry = match address.split_once("://") {
        Some((scheme, place)) if !is_public => {
            format!("{scheme}://token:${{{VARIABLE}}}@{place}/bower")
        }
        _ => format!("{address}/bower"),
    };
    format!("{{\n  \"registry\": \"{registry}\"\n}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_as_bower_reads_it() {
        assert_eq!(
            bowerrc("https://feeds.example/F/main", false),
            "{\n  \"registry\": \"https://token:${LATCHKEY_TOKEN}@feeds.example/F/main/bower\"\n}"
        );
        assert_eq!(
            bowerrc("https://feeds.example/F/open", true),
            "{\n  \"registry\": \"https://feeds.example/F/open/bower\"\n}"
        );
    }
}
