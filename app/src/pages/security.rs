//! `/profile/security`: the password, and the identities that open the account besides it.

mod identities;

use leptos::prelude::*;

use self::identities::Identities;
use crate::{
    components::{
        form_answer::FormAnswer,
        frame::ProfileNav,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
    },
    site::Site,
};

/// The page.
#[component]
pub(crate) fn SecurityPage() -> impl IntoView {
    let answer = FormAnswer::get();
    let viewer = Site::get().viewer;
    let has_password = viewer.as_ref().is_none_or(|viewer| viewer.has_password);
    let username = viewer.map(|viewer| viewer.username).unwrap_or_default();
    let (title, what) = if has_password {
        ("Change password", "Your other sessions are signed out. Your tokens keep working.")
    } else {
        (
            "Set a password",
            "Your account has none: linked identities open it. A password opens it too, and lets package clients read by HTTP Basic.",
        )
    };
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
                <section class="card" aria-labelledby="change-password">
                    <h2 id="change-password">{title}</h2>
                    <p class="muted">{what}</p>
                    <form class="form" method="post" action="/profile/security">
                        <UsernameForManagers username/>
                        {has_password.then(|| view! { <PasswordField name="current" label="Current password" answer=&answer/> })}
                        <PasswordField name="new" label="New password" is_new=true answer=&answer/>
                        <div class="actions"><button class="button primary">{title}</button></div>
                    </form>
                </section>
                <Identities/>
            </main>
        </div>
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
