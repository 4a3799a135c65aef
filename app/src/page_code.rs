//! The code of a page, which a browser loads when the page is opened: what happens where it does not come.

use leptos::{prelude::*, wasm_split::SplitLoaderError};

/// The code did not come: the network is gone, the server stands still, or it is a newer one, which no
/// longer has the files that this page names.
#[derive(Debug)]
pub(crate) struct NotLoaded;

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// The view that `load` brings with its code. A browser tries again, so that a moment without network
/// goes unnoticed. In the end the page is asked for as a whole; one that the server has just drawn is
/// left as it is, working as without script, for asking again would go round in circles.
pub(crate) async fn opened(load: impl AsyncFn() -> Result<AnyView, NotLoaded>) -> AnyView {
    #[cfg(feature = "hydrate")]
    let address = browser::address();
    #[cfg(feature = "hydrate")]
    for pause in browser::PAUSES {
        match load().await {
            Ok(view) => return view,
            Err(NotLoaded) => browser::sleep(pause).await,
        }
    }
    match load().await {
        Ok(view) => view,
        #[cfg(feature = "hydrate")]
        Err(NotLoaded) => browser::give_up(&address).await,
        #[cfg(not(feature = "hydrate"))]
        Err(NotLoaded) => unreachable!("the server has the code of every page"),
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::future::pending;
    use std::time::Duration;

    use js_sys::{Function, Promise};
    use leptos::prelude::*;
    use leptos_router::hooks::use_url;
    use wasm_bindgen::{JsCast as _, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::Event;

    /// How long to wait before each further try. The first is long enough for a page that is being left,
    /// whose requests Firefox ends, to be gone.
    pub(super) const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

    /// Where the page being opened is. The browser's own address follows only once it has been drawn.
    pub(super) fn address() -> String {
        use_url().with_untracked(|url| {
            let search = url.search();
            let search = if search.is_empty() { String::new() } else { format!("?{search}") };
            format!("{}{search}{}", url.path(), url.hash())
        })
    }

    pub(super) async fn sleep(time: Duration) {
        let mut wait = |done: Function, _: Function| {
            set_timeout(
                move || {
                    // Resolving a promise never throws.
                    let _ = done.call0(&wasm_bindgen::JsValue::UNDEFINED);
                },
                time,
            );
        };
        let _ = JsFuture::from(Promise::new(&mut wait)).await;
    }

    /// Leaves the page to the browser. Ends never: there is nothing to draw.
    pub(super) async fn give_up(address: &str) -> AnyView {
        if crate::is_hydrated() {
            // Refused only for an address that is none, and this is one of the router's.
            let _ = window().location().assign(address);
        } else {
            leave_links_to_the_browser();
        }
        pending().await
    }

    /// The router, which has no page it could change, would swallow every click on a link.
    fn leave_links_to_the_browser() {
        let listener = Closure::<dyn Fn(Event)>::new(|event: Event| {
            event.stop_immediate_propagation();
        });
        let added = window().add_event_listener_with_callback_and_bool(
            "click",
            listener.as_ref().unchecked_ref(),
            true,
        );
        if added.is_ok() {
            listener.forget();
        }
    }
}
