//! Plain forms: what pages send without script.

mod accounts;
mod feeds;
pub(super) mod password_notice;
mod posted;
pub(super) mod theme;
mod tokens;

use super::routes::Routes;

/// Declares every form.
pub(super) fn routes(routes: &mut Routes) {
    accounts::routes(routes);
    feeds::routes(routes);
    theme::routes(routes);
    tokens::routes(routes);
}
