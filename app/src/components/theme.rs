//! The choice of a theme. It belongs to the browser, and works without script.

use leptos::prelude::*;

use crate::{address::here, site::Site};

/// The form, which leads back to the page it stands on.
#[component]
pub(crate) fn ThemeForm(
    /// How its buttons stand.
    class: &'static str,
    /// What each button looks like.
    #[prop(optional)]
    button: &'static str,
) -> impl IntoView {
    let here = here();
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
