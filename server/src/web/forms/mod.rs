//! Plain forms: what pages send without script.

mod tokens;

use super::routes::Routes;

/// Declares every form.
pub(super) fn routes(routes: &mut Routes) {
    tokens::routes(routes);
}
