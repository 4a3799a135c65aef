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

mod components;
#[cfg(feature = "ssr")]
pub mod context;
mod failure;
#[cfg(feature = "hydrate")]
mod menus;
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

/// Takes over the server's page in the browser, and says so to the style sheet: what needs script is
/// shown from now on.
#[cfg(feature = "hydrate")]
pub fn start() {
    leptos::mount::hydrate_lazy(App);
    menus::watch();
    if let Some(root) = leptos::prelude::document().document_element() {
        // The class only shows what works now; a browser that refuses it loses nothing else.
        let _ = root.class_list().add_1("hydrated");
    }
}
