//! Ways to go on through a provider of identities. Each is a link, not a form: browsers let a page's
//! forms lead to this site alone.

use leptos::prelude::*;
use model::{links::segment, views::Provider};

use crate::site::Site;

/// Where somebody leaves for a provider. `asked` is what it is for: `invite=…` or `for=…`.
pub(crate) fn way_to(provider: &str, asked: &str, next: Option<&str>) -> String {
    let next = next.map(|next| format!("next={}", segment(next)));
    let query: Vec<String> =
        (!asked.is_empty()).then(|| asked.to_owned()).into_iter().chain(next).collect();
    let query = query.join("&");
    let path = format!("/sign-in/with/{}", segment(provider));
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Below a form, the providers that do instead of it; nothing where none is set up.
#[component]
pub(crate) fn OrContinueWith(
    /// What it is for.
    #[prop(optional, into)]
    asked: String,
    /// Where it leads afterwards.
    #[prop(optional_no_strip)]
    next: Option<String>,
) -> impl IntoView {
    let providers = Site::get().providers;
    let is_any = !providers.is_empty();
    let link = move |provider: Provider| {
        let href = way_to(&provider.name, &asked, next.as_deref());
        view! { <li><a class="button wide" href=href rel="external">{format!("Continue with {}", provider.label)}</a></li> }
    };
    is_any.then(|| {
        view! {
            <p class="or"><span>"or"</span></p>
            <ul class="ways">{providers.into_iter().map(link).collect::<Vec<_>>()}</ul>
        }
    })
}
