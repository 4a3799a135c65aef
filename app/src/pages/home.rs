//! `/`: leads on.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::site::Site;

/// No page of its own: the tokens for whoever is signed in, the sign-in for everybody else. The
/// server answers the address itself; this is for the link to it in a hydrated page.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let path = if Site::get().viewer.is_some() { "/profile/tokens" } else { "/sign-in" };
    view! { <Redirect path/> }
}
