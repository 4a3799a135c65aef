//! Who may open which page and call which server function.
//!
//! The pages and functions themselves are `app`'s. One that is missing here is not served; a test
//! holds this table and `app` equal.

use super::routes::Access;

/// Pages, by their path in the router's notation.
const PAGES: &[(&str, Access)] = &[
    ("/", Access::Anyone),
    ("/setup", Access::SetUp),
    ("/sign-in", Access::Anyone),
    ("/sign-up", Access::Anyone),
    ("/invite/{code}", Access::Anyone),
    ("/confirm", Access::SignedIn),
    ("/profile/tokens", Access::SignedIn),
    ("/profile/tokens/new", Access::SignedIn),
    ("/profile/tokens/{id}", Access::SignedIn),
    ("/profile/security", Access::SignedIn),
    ("/feeds", Access::SignedIn),
    ("/feeds/new", Access::SignedIn),
    ("/feeds/{feed}", Access::SignedIn),
    ("/denials/{id}", Access::SignedIn),
];

/// Server functions, by their path.
const FUNCTIONS: &[(&str, Access)] = &[
    ("/_fn/accounts/suggest", Access::Anyone),
    ("/_fn/accounts/invited", Access::Anyone),
    ("/_fn/denials/page", Access::SignedIn),
    ("/_fn/feeds/list", Access::SignedIn),
    ("/_fn/feeds/page", Access::SignedIn),
    ("/_fn/sessions/confirm", Access::SignedIn),
    ("/_fn/tokens/list", Access::SignedIn),
    ("/_fn/tokens/detail", Access::SignedIn),
    ("/_fn/tokens/form", Access::SignedIn),
    ("/_fn/tokens/preview", Access::SignedIn),
    ("/_fn/tokens/create", Access::Confirmed),
    ("/_fn/tokens/reveal", Access::Confirmed),
    ("/_fn/tokens/revoke", Access::SignedIn),
];

/// Who may open the page at `path`, if there is one.
pub(super) fn page(path: &str) -> Option<Access> {
    find(PAGES, path)
}

/// Who may call the server function at `path`, if there is one.
pub(super) fn function(path: &str) -> Option<Access> {
    find(FUNCTIONS, path)
}

/// Both tables, for the test.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Access)> {
    PAGES.iter().chain(FUNCTIONS).copied()
}

fn find(table: &[(&str, Access)], path: &str) -> Option<Access> {
    table.iter().find(|(known, _)| *known == path).map(|(_, access)| *access)
}
