//! The HTML document around the pages.

#[cfg(feature = "ssr")]
use leptos::{nonce::use_nonce, prelude::*};
#[cfg(feature = "ssr")]
use leptos_meta::MetaTags;

/// The whole document, as the server renders it. It loads no script of its own accord but one: a
/// module with the request's nonce that fetches the WebAssembly after the page is shown, unless the
/// page is the answer to a form.
#[cfg(feature = "ssr")]
pub fn document() -> impl IntoView {
    use crate::{
        App,
        context::{Answer, Assets, Theme},
    };

    let assets = use_context::<Assets>();
    let base = assets.as_ref().map(|assets| assets.base.clone()).unwrap_or_default();
    let is_answer = use_context::<Answer>().is_some();
    let hydrates = assets.is_some_and(|assets| assets.available) && !is_answer;
    let theme = use_context::<Theme>().map(|theme| theme.0).filter(|theme| theme != "system");
    let start = format!(
        "import init,{{hydrate}} from \"{base}/latchkey.js\";await init({{module_or_path:\"{base}/latchkey_bg.wasm\"}});hydrate();"
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" type="image/svg+xml" href=format!("{base}/favicon.svg")/>
                <link rel="stylesheet" href=format!("{base}/latchkey.css")/>
                <MetaTags/>
                {hydrates.then(|| view! { <script type="module" nonce=use_nonce() inner_html=start></script> })}
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
