//! Plain forms: what pages send without script.

mod accounts;
mod connect;
mod feeds;
mod identities;
mod logins;
mod own_account;
mod packages;
pub(super) mod password_notice;
mod people;
mod posted;
pub(super) mod theme;
mod token_edit;
mod token_life;
mod tokens;

use super::routes::Routes;

/// Declares every form.
pub(super) fn routes(routes: &mut Routes) {
    accounts::routes(routes);
    connect::routes(routes);
    feeds::routes(routes);
    identities::routes(routes);
    packages::routes(routes);
    people::routes(routes);
    logins::routes(routes);
    own_account::routes(routes);
    theme::routes(routes);
    token_edit::routes(routes);
    token_life::routes(routes);
    tokens::routes(routes);
}
