//! Latchkey's web pages: server-rendered, then hydrated, from one set of components.
//!
//! `pages` has one file per page, `components` what pages share, `server_fns` one thin function per
//! act that a hydrated page performs. Every page works without script: forms post to plain routes of
//! the server, which act through the same services and answer with the same pages.

#![expect(unreachable_pub, reason = "the macros of Leptos make public types of private components")]
// The type of a view is as deep as its markup.
#![recursion_limit = "256"]

#[cfg(not(erase_components))]
compile_error!(
    "the flags of .cargo/config.toml are missing: is RUSTFLAGS set? Unset it, or add `--cfg erase_components`"
);

mod address;
mod components;
#[cfg(feature = "ssr")]
pub mod context;
mod failure;
#[cfg(feature = "hydrate")]
mod menus;
mod page_code;
mod page_data;
mod pages;
mod routing;
pub mod server_fns;
mod shell;
mod site;

#[cfg(feature = "ssr")]
pub use context::{Answer, Assets, Exposed, Theme};
pub use failure::Failure;
pub use routing::App;
#[cfg(feature = "ssr")]
pub use shell::document;
pub use site::Site;

/// The class of the document once its page is hydrated. By it the style sheet shows what needs script.
#[cfg(feature = "hydrate")]
const HYDRATED: &str = "hydrated";

/// Takes over the server's page in the browser, as soon as the page's own code has come.
#[cfg(feature = "hydrate")]
pub fn start() {
    use leptos::{mount::hydrate_from_async, prelude::*};
    use wasm_bindgen_futures::spawn_local;

    menus::watch();
    spawn_local(async {
        let Some(body) = document().body() else { return };
        hydrate_from_async(body, App).await.forget();
        if let Some(root) = document().document_element() {
            // The class only shows what works now; a browser that refuses it loses nothing else.
            let _ = root.class_list().add_1(HYDRATED);
        }
    });
}

/// Whether the page that the server drew has been taken over.
#[cfg(feature = "hydrate")]
fn is_hydrated() -> bool {
    leptos::prelude::document()
        .document_element()
        .is_some_and(|root| root.class_list().contains(HYDRATED))
}
