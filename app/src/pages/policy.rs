//! `/admin/policy`: what is decided for everyone.

mod fields;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::views::PolicyPage as Page;

use self::fields::fields;
use super::failed::Failed;
use crate::{
    components::{form_answer::FormAnswer, frame::AdminNav, page_title::PageTitle},
    page_data::page_of,
    server_fns::policy::read_policy,
};

/// The page.
#[component]
pub(crate) fn PolicyPage() -> impl IntoView {
    page_of(String::new, read_policy, |data| match data {
        Ok(page) => view! { <Form page/> }.into_any(),
        Err(failure) => view! { <Failed failure/> }.into_any(),
    })
}

#[component]
fn Form(page: Page) -> impl IntoView {
    let answer = FormAnswer::get();
    let saved = use_query_map().with_untracked(|query| query.get("saved").is_some());
    let doomed = answer.typed("destroys").and_then(|count| count.parse::<u64>().ok());
    let save = match doomed {
        Some(count) => view! { <button class="button danger solid">{format!("Save and destroy {}", copies(count))}</button> }
            .into_any(),
        None => view! { <button class="button primary">"Save"</button> }.into_any(),
    };
    view! {
        <PageTitle text=answer.title("Policy")/>
        <div class="shell">
            <AdminNav/>
            <main id="main" tabindex="-1">
                <div class="page-head">
                    <div>
                        <h1>"Policy"</h1>
                        <p class="muted">"Decided for everyone. A change takes effect at once."</p>
                    </div>
                </div>
                {answer.summary("main")}
                {saved.then(|| view! { <div class="notice ok"><div><p>"Saved."</p></div></div> })}
                {doomed.map(question)}
                <form class="card form" method="post" action="/admin/policy">
                    {doomed.map(|_| view! { <input type="hidden" name="agreed" value="yes"/> })}
                    {fields(&page, &answer)}
                    <div class="actions">
                        {save}
                        <a class="button quiet" href="/admin/policy" rel="external">"Discard changes"</a>
                    </div>
                </form>
            </main>
        </div>
    }
    .into_any()
}

/// What saving destroys, before it does.
fn question(count: u64) -> AnyView {
    let words = format!(
        " Saving destroys {} that can be shown now, for good. The tokens keep working; a new value takes Regenerate.",
        copies(count)
    );
    view! {
        <div class="notice danger" role="alert">
            <div><p><strong>"Nothing is saved yet."</strong>{words}</p></div>
        </div>
    }
    .into_any()
}

/// `1 copy`, `4 copies`.
fn copies(count: u64) -> String {
    format!("{count} {}", if count == 1 { "copy" } else { "copies" })
}
