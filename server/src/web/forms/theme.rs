//! The theme: a choice that belongs to the browser, not to the person.

use app::Theme;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, header};

use super::posted::Posted;
use crate::web::{
    cookie,
    routes::{Access, Routes},
};

/// The form's address. It works before there is an account.
pub(in crate::web) const PATH: &str = "/theme";
const COOKIE: &str = "theme";
/// What can be chosen; anything else leaves it to the system.
const THEMES: [&str; 2] = ["light", "dark"];

/// Declares the form, which stands on every page.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, PATH, Access::Anyone, choose);
}

/// The theme that the browser's cookie names.
pub(in crate::web) fn chosen(headers: &HeaderMap) -> Option<Theme> {
    let named = cookie(headers, COOKIE)?;
    THEMES.contains(&named).then(|| Theme(named.to_owned()))
}

async fn choose(posted: Posted) -> Response {
    let chosen = THEMES.into_iter().find(|theme| *theme == posted.text("theme"));
    let (value, seconds) = chosen.map_or(("", 0), |theme| (theme, 60 * 60 * 24 * 365));
    let secure = if posted.state.public_url.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut response = posted.next().redirect();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
