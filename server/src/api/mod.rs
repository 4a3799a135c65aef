//! The management API, `/api/v1/…`: JSON (RFC 8259), problems as RFC 9457 describes them. Cookies
//! mean nothing here; a token carries its own authority.

mod problem;
mod token;

use http::Method;

use crate::web::{Access, Routes};

/// Declares the routes.
pub(crate) fn routes(routes: &mut Routes) {
    routes.route(Method::GET, "/api/v1/token", Access::Credential, token::describe);
}
