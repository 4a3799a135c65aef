//! The choice of a theme. It belongs to the browser, and works without script.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::site::Site;

/// The form, which leads back to the page it stands on.
#[component]
pub(crate) fn ThemeForm(
    /// How its buttons stand.
    class: &'static str,
    /// What each button looks like.
    #[prop(optional)]
    button: &'static str,
) -> impl IntoView {
    let location = use_location();
    let here = move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    };
    let theme = Site::get().theme;
    let choice = move |value: &'static str, label: &'static str| {
        let pressed = if theme == value { "true" } else { "false" };
        view! { <button class=button name="theme" value=value aria-pressed=pressed>{label}</button> }
    };
    view! {
        <form class=class method="post" action="/theme">
            <input type="hidden" name="next" value=here/>
            {choice("system", "System")}
            {choice("light", "Light")}
            {choice("dark", "Dark")}
        </form>
    }
}
