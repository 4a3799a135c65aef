//! `/profile/security`: the password, and what happened to the account lately.

mod events;

use leptos::prelude::*;

use self::events::RecentActivity;
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
    let username = Site::get().viewer.map(|viewer| viewer.username).unwrap_or_default();
    // Said once, on the page that the form led to.
    let is_changed = SharedValue::new(password_was_changed).into_inner();
    view! {
        <PageTitle text=answer.title("Security")/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <h1>"Security"</h1>
                {answer.summary("current")}
                {is_changed.then(|| view! {
                    <div class="notice ok" role="status">
                        <div><p><strong>"Your password is changed."</strong>" Your other sessions were signed out. Your tokens still work."</p></div>
                    </div>
                })}
                <section class="card" aria-labelledby="change-password">
                    <h2 id="change-password">"Change password"</h2>
                    <p class="muted">"Your other sessions are signed out. Your tokens keep working."</p>
                    <form class="form" method="post" action="/profile/security">
                        <UsernameForManagers username/>
                        <PasswordField name="current" label="Current password" answer=&answer/>
                        <PasswordField name="new" label="New password" is_new=true answer=&answer/>
                        <div class="actions"><button class="button primary">"Change password"</button></div>
                    </form>
                </section>
                <RecentActivity/>
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
