//! What stands around every page: the way to its content, the masthead, the footer.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::views::Viewer;

use super::theme::ThemeForm;
use crate::site::Site;

/// The frame around a page.
#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let site = Site::get();
    let is_admin = site.is_admin();
    let host = site.viewer.is_none().then(|| site.host().to_owned());
    view! {
        <a class="skip-link" href="#main">"Skip to the content"</a>
        <header class="masthead">
            <div class="masthead-row">
                <a class="brand" href="/"><img src=site.icon width="24" height="24" alt=""/><span class="brand-name">"Latchkey"</span></a>
                {site.viewer.is_some().then(|| view! { <SiteNav is_admin/> })}
                <div class="tools">
                    {host.map(|host| view! { <span class="host">{host}</span> })}
                    <ThemeMenu/>
                    {site.viewer.map(|viewer| view! { <AccountMenu viewer/> })}
                </div>
            </div>
        </header>
        {site.is_exposed.then(|| view! {
            <aside class="banner" aria-label="Warning">
                "This site is not using HTTPS. Passwords and tokens can be read on the network."
            </aside>
        })}
        {children()}
        <footer class="footer">"Latchkey "{site.version}</footer>
        <div class="visually-hidden" role="status" id="status"></div>
    }
}

#[component]
fn SiteNav(is_admin: bool) -> impl IntoView {
    view! {
        <nav class="site-nav" aria-label="Site">
            <ul>
                <li><Here href="/feeds" under="/feeds">"Feeds"</Here></li>
                <li><Here href="/connect" under="/connect">"Connect"</Here></li>
                <li><Here href="/profile/tokens" under="/profile/tokens">"Tokens"</Here></li>
                <li><Here href="/audit" under="/audit">"Audit"</Here></li>
                {is_admin.then(|| view! { <li><Here href="/admin" under="/admin">"Admin"</Here></li> })}
            </ul>
        </nav>
    }
}

/// A link that says so when it leads to where the reader is: `under` the path, or at it `alone`.
#[component]
fn Here(
    href: &'static str,
    under: &'static str,
    #[prop(optional)] is_alone: bool,
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    let is_here =
        move |path: &String| if is_alone { path == under } else { path.starts_with(under) };
    let current = move || path.with(is_here).then_some("page");
    view! { <a href=href aria-current=current>{children()}</a> }
}

#[component]
fn ThemeMenu() -> impl IntoView {
    view! {
        <details class="menu" name="masthead">
            <summary class="button quiet">
                <span class="icon theme" aria-hidden="true"></span>
                <span class="visually-hidden">"Theme"</span>
            </summary>
            <ThemeForm class="menu-panel theme-form"/>
        </details>
    }
}

#[component]
fn AccountMenu(viewer: Viewer) -> impl IntoView {
    let Viewer { username, display_name, .. } = viewer;
    let whole = if display_name == username {
        username.clone()
    } else {
        format!("{display_name} ({username})")
    };
    view! {
        <details class="menu" name="masthead">
            <summary class="button quiet with-arrow">
                <span class="visually-hidden">"Account "</span>
                <span class="who">{username}</span>
            </summary>
            <div class="menu-panel">
                <p>"Signed in as "{whole}</p>
                <hr/>
                <a href="/profile">"Profile"</a>
                <a href="/profile/tokens">"Tokens"</a>
                <a href="/profile/security">"Security"</a>
                <hr/>
                <form method="post" action="/sign-out"><button>"Sign out"</button></form>
            </div>
        </details>
    }
}

/// The menu beside the pages of a profile.
#[component]
pub(crate) fn ProfileNav() -> impl IntoView {
    view! {
        <nav class="side-nav" aria-label="Profile">
            <ul>
                <li><Here href="/profile" under="/profile" is_alone=true>"Profile"</Here></li>
                <li><Here href="/profile/tokens" under="/profile/tokens">"Tokens"</Here></li>
                <li><Here href="/profile/security" under="/profile/security">"Security"</Here></li>
            </ul>
        </nav>
    }
}

/// The menu beside the pages of administrators.
#[component]
pub(crate) fn AdminNav() -> impl IntoView {
    let path = use_location().pathname;
    // The list of people stands at the address that all of these begin with.
    let people = move || {
        let is_here = path.with(|path| path == "/admin" || path.starts_with("/admin/people"));
        is_here.then_some("page")
    };
    view! {
        <nav class="side-nav" aria-label="Admin">
            <ul>
                <li><a href="/admin" aria-current=people>"People"</a></li>
                <li><Here href="/admin/tokens" under="/admin/tokens">"Tokens"</Here></li>
                <li><Here href="/admin/policy" under="/admin/policy">"Policy"</Here></li>
            </ul>
        </nav>
    }
}
