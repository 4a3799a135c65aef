//! `/profile/security`: the password and the identities that open the account, where it is signed in,
//! and what happened to it lately.

mod events;
mod identities;
mod sessions;

use leptos::prelude::*;
use model::views::SecurityPage as Page;

use self::{events::RecentActivity, identities::Identities, sessions::Sessions};
use super::failed::Failed;
use crate::{
    components::{
        form_answer::FormAnswer,
        frame::ProfileNav,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
    },
    page_data::page_of,
    server_fns::accounts::read_security,
    site::Site,
};

/// The page.
#[component]
pub(crate) fn SecurityPage() -> impl IntoView {
    page_of(String::new, read_security, |data| match data {
        Ok(page) => view! { <Security page/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn Security(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let viewer = Site::get().viewer;
    let has_password = viewer.as_ref().is_none_or(|viewer| viewer.has_password);
    let username = viewer.map(|viewer| viewer.username).unwrap_or_default();
    // Said once, on the page that the form led to.
    let is_changed = SharedValue::new(password_was_changed).into_inner();
    view! {
        <PageTitle text=answer.title("Security")/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <h1>"Security"</h1>
                {answer.summary(if has_password { "current" } else { "new" })}
                {is_changed.then(|| view! {
                    <div class="notice ok" role="status">
                        <div><p><strong>"Your password is changed."</strong>" Your other sessions were signed out. Your tokens still work."</p></div>
                    </div>
                })}
                {password(username, has_password, &answer)}
                <Identities/>
                <Sessions page/>
                <RecentActivity/>
            </main>
        </div>
    }
    .into_any()
}

fn password(username: String, has_password: bool, answer: &FormAnswer) -> impl IntoView + use<> {
    let (title, what) = if has_password {
        ("Change password", "Your other sessions are signed out. Your tokens keep working.")
    } else {
        (
            "Set a password",
            "Your account has none: linked identities open it. A password opens it too, and lets package clients read by HTTP Basic.",
        )
    };
    let current = has_password
        .then(|| view! { <PasswordField name="current" label="Current password" answer/> });
    view! {
        <section class="section" aria-labelledby="change-password">
            <h2 id="change-password">{title}</h2>
            <form class="card form" method="post" action="/profile/security">
                <p class="muted">{what}</p>
                <UsernameForManagers username/>
                {current}
                <PasswordField name="new" label="New password" is_new=true answer/>
                <div class="actions"><button class="button primary">{title}</button></div>
            </form>
        </section>
    }
}

#[cfg(feature = "ssr")]
fn password_was_changed() -> bool {
    use_context::<crate::context::PasswordChanged>().is_some()
}

#[cfg(not(feature = "ssr"))]
fn password_was_changed() -> bool {
    false
}
