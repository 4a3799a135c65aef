//! Who may open which page and call which server function.
//!
//! The pages and functions themselves are `app`'s. One that is missing here is not served; a test
//! holds this table and `app` equal.

use model::action::Action;

use super::routes::Access;

/// Pages, by their path in the router's notation.
const PAGES: &[(&str, Access)] = &[
    ("/", Access::Anyone),
    ("/setup", Access::SetUp),
    ("/sign-in", Access::Anyone),
    ("/sign-in/finish", Access::Anyone),
    ("/sign-up", Access::Anyone),
    ("/invite/{code}", Access::Anyone),
    ("/reset/{code}", Access::Anyone),
    ("/confirm", Access::SignedIn),
    ("/login/{code}", Access::SignedIn),
    ("/profile", Access::SignedIn),
    ("/profile/delete", Access::SignedIn),
    ("/profile/tokens", Access::SignedIn),
    ("/profile/tokens/new", Access::SignedIn),
    ("/profile/tokens/{id}", Access::SignedIn),
    ("/profile/tokens/{id}/edit", Access::SignedIn),
    ("/profile/tokens/{id}/regenerate", Access::SignedIn),
    ("/profile/security", Access::SignedIn),
    ("/audit", Access::SignedIn),
    ("/connect", Access::SignedIn),
    ("/feeds", Access::SignedIn),
    ("/feeds/new", Access::SignedIn),
    ("/feeds/{feed}", Access::Anyone),
    ("/feeds/{feed}/members", Access::SignedIn),
    ("/feeds/{feed}/settings", Access::SignedIn),
    ("/feeds/{feed}/{ecosystem}/{name}", Access::Feed(&[Action::Read])),
    ("/feeds/{feed}/{ecosystem}/{name}/{version}", Access::Feed(&[Action::Read])),
    ("/feeds/{feed}/{ecosystem}/{name}/{version}/delete", Access::Feed(&[Action::Delete])),
    ("/denials/{id}", Access::SignedIn),
    ("/admin", Access::Admin),
    ("/admin/people/new", Access::Admin),
    ("/admin/people/{username}", Access::Admin),
    ("/admin/tokens", Access::Admin),
    ("/admin/policy", Access::Admin),
];

/// Server functions, by their path.
const FUNCTIONS: &[(&str, Access)] = &[
    ("/_fn/accounts/suggest", Access::Anyone),
    ("/_fn/accounts/invited", Access::Anyone),
    ("/_fn/accounts/profile", Access::SignedIn),
    ("/_fn/accounts/security", Access::SignedIn),
    ("/_fn/accounts/farewell", Access::SignedIn),
    ("/_fn/audit/page", Access::SignedIn),
    ("/_fn/audit/recent", Access::SignedIn),
    ("/_fn/accounts/resetting", Access::Anyone),
    ("/_fn/connect/page", Access::SignedIn),
    ("/_fn/connect/seen", Access::SignedIn),
    ("/_fn/denials/page", Access::SignedIn),
    ("/_fn/feeds/list", Access::SignedIn),
    ("/_fn/feeds/page", Access::Anyone),
    ("/_fn/feeds/name", Access::SignedIn),
    ("/_fn/feeds/members", Access::SignedIn),
    ("/_fn/feeds/members/change", Access::SignedIn),
    ("/_fn/feeds/settings", Access::SignedIn),
    ("/_fn/feeds/act", Access::SignedIn),
    ("/_fn/identities/list", Access::SignedIn),
    ("/_fn/identities/ways", Access::SignedIn),
    ("/_fn/identities/arrived", Access::Anyone),
    ("/_fn/logins/page", Access::SignedIn),
    ("/_fn/packages/page", Access::Feed(&[Action::Read])),
    ("/_fn/packages/deletion", Access::Feed(&[Action::Delete])),
    ("/_fn/people/list", Access::Admin),
    ("/_fn/people/page", Access::Admin),
    ("/_fn/people/tokens", Access::Admin),
    ("/_fn/people/may-invite", Access::Admin),
    ("/_fn/people/invite", Access::Admin),
    ("/_fn/people/link", Access::Admin),
    ("/_fn/policy/page", Access::Admin),
    ("/_fn/sessions/confirm", Access::SignedIn),
    ("/_fn/tokens/list", Access::SignedIn),
    ("/_fn/tokens/detail", Access::SignedIn),
    ("/_fn/tokens/form", Access::SignedIn),
    ("/_fn/tokens/edit-form", Access::SignedIn),
    ("/_fn/tokens/edit", Access::SignedIn),
    ("/_fn/tokens/preview", Access::SignedIn),
    ("/_fn/tokens/create", Access::Confirmed),
    ("/_fn/tokens/reveal", Access::Confirmed),
    ("/_fn/tokens/revoke", Access::SignedIn),
    ("/_fn/tokens/begin-regenerate", Access::SignedIn),
    ("/_fn/tokens/regenerate", Access::Confirmed),
    ("/_fn/tokens/stop-old", Access::SignedIn),
    ("/_fn/tokens/suspend", Access::SignedIn),
    ("/_fn/tokens/resume", Access::Confirmed),
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
