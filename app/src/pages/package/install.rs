//! How to install a version, client by client, from this feed and no other place.

use leptos::prelude::*;
use model::views::PackagePage as Page;

use crate::components::{
    code_block::CodeBlock,
    npm::{npmrc, source, yarnrc},
    token_hint::token_hint,
};

/// A client, by the name of its choice and as people call it.
const CLIENTS: [(&str, &str); 4] =
    [("npm", "npm"), ("pnpm", "pnpm"), ("yarn", "Yarn"), ("yarn1", "Yarn 1")];

/// The section. What belongs to a client is shown while it is chosen, which takes no script.
pub(super) fn install(page: &Page) -> impl IntoView + use<> {
    let choices: Vec<_> = CLIENTS
        .into_iter()
        .map(|(value, label)| {
            view! {
                <label><input type="radio" name="client" value=value checked=value == "npm"/>{label}</label>
            }
        })
        .collect();
    let panels: Vec<_> = CLIENTS.into_iter().map(|(client, _)| panel(page, client)).collect();
    view! {
        <section class="install section" aria-labelledby="install">
            <h2 id="install">"Install"</h2>
            <fieldset class="clients">
                <legend class="visually-hidden">"Client"</legend>
                {choices}
            </fieldset>
            {panels}
            {token_hint(&page.feed, page.is_public)}
        </section>
    }
}

fn panel(page: &Page, client: &'static str) -> impl IntoView + use<> {
    let spec = format!("{}@{}", page.name, page.shown.version);
    let scope = page.name.split_once('/').map(|(scope, _)| scope);
    let command = match client {
        "npm" => format!("npm install {spec}"),
        "pnpm" => format!("pnpm add {spec}"),
        _ => format!("yarn add {spec}"),
    };
    let lines = if page.is_public { source } else { npmrc };
    let lines = lines(&page.address, scope);
    let (file, text) = match client {
        "yarn" => (".yarnrc.yml", yarnrc(&page.address, scope, !page.is_public)),
        "yarn1" if !page.is_public => {
            (".npmrc", format!("{lines}\n{}:always-auth=true", place(&page.address)))
        }
        _ => (".npmrc", lines),
    };
    let hint = match (client, scope) {
        ("yarn", _) => Some(
            "Yarn waits a day before it takes a new version. With npmMinimalAgeGate: 0 in the same place it does not.",
        ),
        (_, None) => Some(
            "npm takes every package without a scope of its own from the one place that is set here.",
        ),
        _ => None,
    };
    let hint = hint.map(|hint| view! { <p class="hint">{hint}</p> });
    view! {
        <div class=format!("panel for-{client}")>
            <CodeBlock place="Terminal" what="the install command" text=command/>
            <CodeBlock place=file what=file text=text/>
            {hint}
        </div>
    }
}

/// The feed's npm address without its scheme, as settings for one address begin.
fn place(address: &str) -> String {
    format!("{}/npm/", address.split_once(':').map_or(address, |(_, place)| place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_names_an_address_without_its_scheme() {
        assert_eq!(place("https://feeds.example/F/main"), "//feeds.example/F/main/npm/");
    }
}
