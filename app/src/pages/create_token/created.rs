//! The token that was just made, and how to use it.

use leptos::{html, prelude::*};
use model::{id::TokenId, links::segment};

use crate::{
    components::{
        code_block::CodeBlock,
        frame::ProfileNav,
        npm::{VARIABLE, npmrc, take_token},
        page_title::PageTitle,
        secret_field::SecretField,
        status::announce,
    },
    server_fns::tokens::Created,
    site::Site,
};

/// The page.
#[component]
pub(super) fn CreatedToken(created: Created) -> impl IntoView {
    let Created { id, description, secret, can_be_shown, sentence, feed, npm_scope } = created;
    let page = format!("/profile/tokens/{id}");
    let title = format!("{description} is ready");
    let heading = NodeRef::<html::H1>::new();
    let said = title.clone();
    // The form is gone, and what had the focus with it.
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // The heading can be focused by script.
            let _ = heading.focus();
            window().scroll_to_with_x_and_y(0.0, 0.0);
            announce(said.clone());
        }
    });
    let hint = if can_be_shown {
        "You can show it again later on its own page."
    } else {
        "It is shown this once: copy it now."
    };
    let value = match secret {
        Some(secret) => {
            let value = secret.expose().to_owned();
            view! { <SecretField label="Your token" value what=format!("token {description}") hint/> }
                .into_any()
        }
        None => view! {
            <p>
                "This form made the token before, and its value is not shown a second time here. "
                <a href=page.clone()>"To the token"</a>
            </p>
        }
        .into_any(),
    };
    view! {
        <PageTitle text=title.clone()/>
        <div class="shell">
            <ProfileNav/>
            <main id="main" tabindex="-1">
                <nav class="crumbs" aria-label="Breadcrumbs">
                    <ol>
                        <li><a href="/profile/tokens">"Tokens"</a></li>
                        <li><a href=page>{description}</a></li>
                        <li><span aria-current="page">"Created"</span></li>
                    </ol>
                </nav>
                <h1 tabindex="-1" node_ref=heading>{title}</h1>
                <section class="card" aria-label="Token">
                    {value}
                    <p>{sentence}</p>
                </section>
                <Steps id feed npm_scope/>
                <div class="actions"><a class="button primary" href="/profile/tokens">"Done"</a></div>
            </main>
        </div>
    }
}

/// What to do with it. None of the texts holds the value.
#[component]
fn Steps(id: TokenId, feed: Option<String>, npm_scope: Option<String>) -> impl IntoView {
    let public_url = Site::get().public_url;
    let check = format!("curl -H \"Authorization: Bearer ${VARIABLE}\" {public_url}/api/v1/token");
    let title = if feed.is_some() { "Use it with npm" } else { "Use it" };
    let other = feed.as_ref().map(|feed| {
        let address = format!("/connect?feed={}&token={id}", segment(feed));
        view! { <p>"For another client, a job or a container: "<a href=address>"Connect a client"</a></p> }
    });
    let npmrc = feed.map(|feed| {
        let text = npmrc(&format!("{public_url}/F/{feed}"), npm_scope.as_deref());
        view! {
            <li>
                <h3>"Tell npm where the feed is"</h3>
                <p class="muted">"In the project, beside package.json. It holds no secret and can be committed."</p>
                <CodeBlock place=".npmrc" what=".npmrc" text/>
            </li>
        }
    });
    view! {
        <section class="section" aria-labelledby="use">
            <h2 id="use">{title}</h2>
            {other}
            <ol class="steps">
                {npmrc}
                <li>
                    <h3>"Give it the token"</h3>
                    <p class="muted">"The terminal waits for you to paste it, and keeps it out of the history. In CI, make it a secret of the job."</p>
                    <CodeBlock place="Terminal" what="the environment variable" text=take_token()/>
                </li>
                <li>
                    <h3>"Check that it works"</h3>
                    <p class="muted">"The answer names the token and says what it may do."</p>
                    <CodeBlock place="Terminal" what="the check" text=check/>
                </li>
            </ol>
        </section>
    }
    .into_any()
}
