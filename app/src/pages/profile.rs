//! `/profile`: what the person is called, the e-mail address, the theme, and the way out.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    names::{DisplayName, Email},
    views::ProfilePage as Page,
};

use super::failed::Failed;
use crate::{
    components::{
        form_answer::FormAnswer,
        frame::ProfileNav,
        page_title::PageTitle,
        password_field::{PasswordField, UsernameForManagers},
        text_field::TextField,
        theme::ThemeForm,
        time::Moment,
    },
    page_data::page_of,
    server_fns::accounts::read_profile,
};

/// The page.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    page_of(String::new, read_profile, |data| match data {
        Ok(page) => view! { <Profile page/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn Profile(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let saved = use_query_map().with_untracked(|query| query.get("saved"));
    let saved = saved.as_deref().and_then(|what| match what {
        "name" => Some("Your name is saved."),
        "email" => Some("Your email address is changed."),
        _ => None,
    });
    let since = page.created_at;
    view! {
        <PageTitle text=answer.title("Profile")/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Profile"</h1>
                        <p class="muted">
                            {format!("Your username is {}. Your account exists since ", page.username)}
                            <Moment at=since words=since.short_date()/>"."
                        </p>
                    </div>
                </div>
                {answer.summary("display_name")}
                {saved.map(|words| view! { <div class="notice ok" role="status"><div><p>{words}</p></div></div> })}
                {name(&page, &answer)}
                {email(&page, &answer)}
                <section class="section" aria-labelledby="theme">
                    <h2 id="theme">"Theme"</h2>
                    <div class="card stack">
                        <p class="muted">"For this browser. “System” follows the setting of your device."</p>
                        <ThemeForm class="actions theme-form" button="button"/>
                    </div>
                </section>
                <section class="section" aria-labelledby="delete">
                    <h2 id="delete">"Delete account"</h2>
                    <div class="card stack">
                        <p>"The next page says first what happens to your tokens, feeds and packages."</p>
                        <div class="actions"><a class="button danger" href="/profile/delete">"Delete account…"</a></div>
                    </div>
                </section>
            </main>
        </div>
    }
    .into_any()
}

fn name(page: &Page, answer: &FormAnswer) -> impl IntoView + use<> {
    let hint =
        format!("Shown to the members of your feeds beside {}. May stay empty.", page.username);
    let value =
        if page.display_name == page.username { String::new() } else { page.display_name.clone() };
    view! {
        <section class="section" aria-labelledby="name">
            <h2 id="name">"Name"</h2>
            <form class="card form" method="post" action="/profile">
                <TextField name="display_name" label="Display name" hint autocomplete="name" longest=DisplayName::LONGEST value is_optional=true answer/>
                <div class="actions"><button class="button primary">"Save name"</button></div>
            </form>
        </section>
    }
}

fn email(page: &Page, answer: &FormAnswer) -> impl IntoView + use<> {
    let username = page.username.clone();
    let password = page.has_password.then(|| {
        view! {
            <UsernameForManagers username/>
            <PasswordField name="password" label="Current password" answer/>
        }
    });
    view! {
        <section class="section" aria-labelledby="email-address">
            <h2 id="email-address">"Email address"</h2>
            <form class="card form" method="post" action="/profile/email">
                <TextField
                    name="email"
                    label="Email"
                    hint="You can sign in with it. Only you and administrators see it."
                    kind="email"
                    autocomplete="email"
                    longest=Email::LONGEST
                    value=page.email.clone()
                    answer
                />
                {password}
                <div class="actions"><button class="button">"Change email address"</button></div>
            </form>
        </section>
    }
}
