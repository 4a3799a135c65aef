//! Browser sessions: the cookie, and the person behind it.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue};
use registry::{Origin, Services};

use super::steps::Then;
use crate::web::{Area, InternalError, cookie};

/// How long browsers keep the cookie. The session itself may end sooner.
const LIFE: Duration = Duration::from_hours(24 * 30);

/// The session's cookie. Over TLS its name makes browsers insist that it is `Secure`, has no
/// `Domain` and was set by this very host (`__Host-`, RFC 6265bis §4.1.3.2); without TLS they would
/// not take such a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionCookie {
    is_secure: bool,
}

impl SessionCookie {
    /// The cookie of a server that is reached over TLS, or not.
    pub fn new(is_secure: bool) -> Self {
        Self { is_secure }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        if self.is_secure { "__Host-sid" } else { "sid" }
    }

    /// The value a request carries.
    pub fn value(self, headers: &HeaderMap) -> Option<&str> {
        cookie(headers, self.name())
    }

    /// The `Set-Cookie` that begins a session; `None` for a value no cookie can have.
    pub fn set(self, value: &str) -> Option<HeaderValue> {
        self.set_cookie(value, LIFE)
    }

    /// The `Set-Cookie` that removes it.
    pub fn clear(self) -> Option<HeaderValue> {
        self.set_cookie("", Duration::ZERO)
    }

    fn set_cookie(self, value: &str, life: Duration) -> Option<HeaderValue> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let (name, age) = (self.name(), life.as_secs());
        let fits = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok().filter(|_| fits)
    }
}

/// Puts the [`registry::Caller`] of a live session into the request's extensions. Only pages and
/// what they call have sessions; what programs speak to never looks at cookies.
pub(crate) async fn resolve(
    State((services, cookie)): State<(Arc<Services>, SessionCookie)>,
    mut request: Request,
    next: impl Then,
) -> Response {
    let has_session = matches!(Area::of(request.uri()), Area::Pages | Area::Functions);
    let origin = request.extensions().get::<Origin>();
    if has_session && let (Some(value), Some(origin)) = (cookie.value(request.headers()), origin) {
        match services.sessions.resolve(value, origin.address).await {
            Ok(Some(caller)) => {
                request.extensions_mut().insert(caller);
            }
            Ok(None) => {}
            Err(error) => return InternalError::from(error).into_response(),
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_that_fits_the_connection_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::COOKIE, "sid=abc; __Host-sid=def".parse().unwrap());
        assert_eq!(SessionCookie::new(false).value(&headers), Some("abc"));
        assert_eq!(SessionCookie::new(true).value(&headers), Some("def"));
    }

    #[test]
    fn over_tls_it_belongs_to_the_host_alone() {
        assert_eq!(
            SessionCookie::new(true).set("abc").unwrap(),
            "__Host-sid=abc; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            SessionCookie::new(false).clear().unwrap(),
            "sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
        assert!(SessionCookie::new(true).set("a; Domain=example.com").is_none());
    }
}
