//! The headers that tell a browser what an answer may do and who may keep it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use leptos::nonce::Nonce;

use super::steps::Then;
use crate::{config::PublicUrl, web::Area};

/// The same on every response.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(), camera=(), microphone=(), clipboard-read=(), \
         publickey-credentials-get=(self), publickey-credentials-create=(self)",
    ),
];
/// A package is somebody else's file: nothing in it may run in a browser as if it were ours.
const FOR_FEEDS: &str = "default-src 'none'; sandbox";
/// What is no page needs nothing.
const FOR_DATA: &str = "default-src 'none'; frame-ancestors 'none'";
/// Whatever a page's answer depends on besides its address.
const VARY: &str = "Sec-Fetch-Site, Origin, Cookie";
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const ONE_YEAR_OF_HTTPS: &str = "max-age=31536000; includeSubDomains";

/// What the headers depend on besides the request.
#[derive(Debug)]
pub(crate) struct Protection {
    public_url: PublicUrl,
    strict_transport_security: bool,
}

impl Protection {
    pub(crate) fn new(public_url: PublicUrl, strict_transport_security: bool) -> Self {
        Self { public_url, strict_transport_security }
    }

    /// A page's policy (Content Security Policy Level 3). Scripts come from the assets' folder or
    /// bear the nonce, never from `'self'`: packages are served from the same origin.
    fn for_page(&self, nonce: &Nonce) -> Option<HeaderValue> {
        let assets = self.public_url.join("/assets/");
        HeaderValue::from_str(&format!(
            "default-src 'none'; script-src {assets} 'nonce-{nonce}' 'wasm-unsafe-eval'; \
             style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
        ))
        .ok()
    }
}

/// Sets them on every response, errors included. A page's request carries its [`Nonce`] in its
/// extensions: the policy and the page's scripts must name the same one.
pub(crate) async fn protect(
    State(protection): State<Arc<Protection>>,
    mut request: Request,
    next: impl Then,
) -> Response {
    let area = Area::of(request.uri());
    let referrer = referrer_policy(request.uri());
    let nonce = (area == Area::Pages).then(Nonce::new);
    if let Some(nonce) = &nonce {
        request.extensions_mut().insert(nonce.clone());
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();

    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(referrer));
    let policy = match area {
        Area::Feeds => Some(HeaderValue::from_static(FOR_FEEDS)),
        _ => nonce.and_then(|nonce| protection.for_page(&nonce)),
    };
    let policy = policy.unwrap_or(HeaderValue::from_static(FOR_DATA));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if protection.strict_transport_security {
        let value = HeaderValue::from_static(ONE_YEAR_OF_HTTPS);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    set_caching(headers, area);
    response
}

/// Nothing is kept that was not meant to be: what pages say depends on who asks; a feed or an asset
/// says itself how long it may be kept.
fn set_caching(headers: &mut HeaderMap, area: Area) {
    match area {
        Area::Pages | Area::Functions => {
            headers.insert(header::CACHE_CONTROL, NO_STORE);
            headers.append(header::VARY, HeaderValue::from_static(VARY));
        }
        Area::Api | Area::Probes => {
            headers.insert(header::CACHE_CONTROL, NO_STORE);
        }
        Area::Feeds | Area::Assets => {
            headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
        }
    }
}

/// What browsers tell of an address to where its links and forms lead (Referrer Policy). One that
/// holds a token, `/F/{feed}/auth/{token}/…`, is told to nobody, one that holds a code
/// that works once not even to this site: its forms still say from which site they come.
fn referrer_policy(uri: &Uri) -> &'static str {
    let mut segments = uri.path().split('/').skip(1);
    match (segments.next(), segments.nth(1)) {
        (Some("F"), Some("auth")) => "no-referrer",
        (Some("login" | "invite" | "reset"), _) => "strict-origin",
        _ => "same-origin",
    }
}
