//! Requests that another site made a browser send.
//!
//! What changes anything must come from one of our own pages: browsers say so in `Sec-Fetch-Site`
//! (Fetch Metadata) or, where they do not send that, in `Origin`. `tower_http::csrf` judges both, in
//! every part of the address space. It also believes an `Origin` that agrees with `Host`; here the
//! public address alone is ours, whatever name leads to this server. Programs send neither header and
//! are let through, unless they carry a session's cookie: that is a browser too old to be judged, or a
//! stolen cookie.

use axum::{extract::Request, response::Response};
use http::{HeaderValue, Method, StatusCode, header};
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

use super::{session::SessionCookie, steps::Then};
use crate::{
    config::PublicUrl,
    web::{Area, refusal},
};

const FOREIGN: &str = "This request came from another site and was refused.";
const UNKNOWN: &str =
    "This request does not say which site it came from and was refused. Use a current browser.";

/// The judge of `Sec-Fetch-Site` and `Origin`.
pub(crate) fn judge(public_url: &PublicUrl) -> Result<CsrfLayer, ConfigError> {
    CsrfLayer::new().add_trusted_origin(public_url.origin())
}

/// Refuses what cannot be judged, and puts the judge's refusals into words.
pub(crate) async fn refuse(
    (cookie, public_url): (SessionCookie, &PublicUrl),
    request: Request,
    next: impl Then,
) -> Response {
    let area = Area::of(request.uri());
    let headers = request.headers();
    let is_unsafe = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let says_site = headers.contains_key("sec-fetch-site");
    let origin = headers.get(header::ORIGIN);
    let says_nothing = !says_site && origin.is_none();
    let reads_cookies = !area.is_for_programs();
    if is_unsafe && says_nothing && reads_cookies && cookie.value(headers).is_some() {
        return refusal(area, StatusCode::FORBIDDEN, UNKNOWN);
    }
    let is_foreign = |origin: &HeaderValue| *origin != *public_url.origin();
    if is_unsafe && !says_site && origin.is_some_and(is_foreign) {
        let here = format!("{FOREIGN} This server's address is {public_url}.");
        return refusal(area, StatusCode::FORBIDDEN, &here);
    }
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_some() {
        return refusal(area, StatusCode::FORBIDDEN, FOREIGN);
    }
    response
}
