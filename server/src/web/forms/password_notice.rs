//! Telling somebody who was led on that the password is changed: a cookie for a few seconds, since
//! an address that says so could be sent to anybody.

use app::context::PasswordChanged;
use http::{HeaderMap, HeaderValue};

use crate::web::cookie;

const NAME: &str = "password-changed";

/// The `Set-Cookie` of the answer that leads on.
pub(super) const SET: HeaderValue = HeaderValue::from_static(
    "password-changed=yes; Path=/profile/security; Max-Age=10; HttpOnly; SameSite=Lax",
);

/// Whether this is the request that was led on.
pub(in crate::web) fn read(headers: &HeaderMap) -> Option<PasswordChanged> {
    cookie(headers, NAME).map(|_| PasswordChanged)
}
