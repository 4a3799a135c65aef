//! The address of the page that is open.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// Path and query, to come back to.
pub(crate) fn here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    })
}

/// What the query asks for, as `read` understands its pairs.
pub(crate) fn asked<Q>(
    read: impl Fn(Vec<(String, String)>) -> Q + Copy + Send + Sync + 'static,
) -> impl Fn() -> Q + Copy + Send + Sync + 'static {
    let query = use_query_map();
    move || {
        let pairs = query.with(|query| {
            query.clone().into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
        });
        read(pairs)
    }
}
