//! Addresses that carry their credential: `/F/{feed}/auth/{token}/…` is `/F/{feed}/…`, for clients that
//! can be given an address and nothing else.
//!
//! Every route below a feed has such a twin: [`Routes`](crate::web::Routes) declares it, and a protocol
//! has nothing to do for it but to put [`prefix`] into the addresses that its documents give. What is
//! below knows nothing of the longer address: before a route is called the token moves into the
//! `Authorization` header, under a scheme of its own, unless the client sent a header, which decides
//! then. A client that uses the scheme itself gains nothing, for it means a token that only reads and
//! was made for addresses. Whatever changes something is refused before anybody looks at the token.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{
    Extensions, HeaderName, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery,
};
use model::denial::urls_only_read_sentence;
use registry::access::Credential;
use serde_json::json;

use super::{
    credentials::{IN_URL, credential},
    said::{give_reason, said},
};

/// Where feeds are.
const FEED: &str = "/F/{feed}/";
/// What is asked by POST and changes nothing: npm's audits, which are part of every installation.
const READING_POSTS: [&str; 3] = [
    "/F/{feed}/npm/-/npm/v1/security/advisories/bulk",
    "/F/{feed}/npm/-/npm/v1/security/audits",
    "/F/{feed}/npm/-/npm/v1/security/audits/quick",
];

/// The part of an address between the feed and the protocol, of a request that came with a token in it.
#[derive(Clone)]
struct Prefix(String);

/// The twin of a route, with the token in its path; `None` for what is in no feed.
pub(crate) fn twin(path: &str) -> Option<String> {
    path.strip_prefix(FEED).map(|rest| format!("{FEED}auth/{{token}}/{rest}"))
}

/// Whether a route only reads, so that its twin does the same.
pub(crate) fn only_reads(method: &Method, path: &str) -> bool {
    method == Method::GET || READING_POSTS.contains(&path)
}

/// What stands between the feed and the protocol in the address of this request, `/auth/{token}` or
/// nothing: the addresses in an answer have it too, so that a client gets on with them.
pub(crate) fn prefix(extensions: &Extensions) -> String {
    extensions.get::<Prefix>().map(|prefix| prefix.0.clone()).unwrap_or_default()
}

/// Moves the token from the path to where credentials are looked for.
pub(crate) async fn strip(mut request: Request, next: Next) -> Response {
    if let Some((token, uri)) = split(request.uri()) {
        *request.uri_mut() = uri;
        if matches!(credential(request.headers(), false), Credential::Anonymous) {
            let value = HeaderValue::try_from(format!("{IN_URL} {token}"));
            if let Ok(mut value) = value {
                value.set_sensitive(true);
                request.headers_mut().insert(header::AUTHORIZATION, value);
            }
        }
        request.extensions_mut().insert(Prefix(format!("/auth/{token}")));
    }
    next.run(request).await
}

/// The answer to whoever would change something by such an address, in the channels that the clients
/// of every protocol show.
pub(crate) async fn refuse(uri: Uri) -> Response {
    let sentence = urls_only_read_sentence();
    let mut response = said(StatusCode::FORBIDDEN, &sentence);
    if uri.path().split('/').nth(5) == Some("npm") {
        response = Response::new(json!({ "error": sentence }).to_string().into());
        *response.status_mut() = StatusCode::FORBIDDEN;
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        give_reason(&mut response, sentence.clone());
    }
    if let Ok(value) = HeaderValue::from_str(&sentence) {
        for name in ["npm-notice", "x-nuget-warning"] {
            response.headers_mut().insert(HeaderName::from_static(name), value.clone());
        }
    }
    response
}

/// The token in the path of an address, and the address without it.
fn split(uri: &Uri) -> Option<(String, Uri)> {
    let (feed, rest) = uri.path().strip_prefix("/F/")?.split_once('/')?;
    let (token, rest) = rest.strip_prefix("auth/")?.split_once('/')?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = PathAndQuery::try_from(format!("/F/{feed}/{rest}{query}")).ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Some((token.to_owned(), Uri::from_parts(parts).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_token_is_taken_out_of_the_path() {
        for (before, token, after) in [
            ("/F/main/auth/lka_x/npm/demo?write=true", "lka_x", "/F/main/npm/demo?write=true"),
            ("/F/main/auth/lka_x/api/v3/index.json", "lka_x", "/F/main/api/v3/index.json"),
            ("/F/main/auth/lka_x/npm/", "lka_x", "/F/main/npm/"),
            ("/F/main/auth/a/auth/b/npm", "a", "/F/main/auth/b/npm"),
            ("http://h/F/main/auth/lka_x/npm", "lka_x", "http://h/F/main/npm"),
        ] {
            let (found, uri) = split(&before.parse().unwrap()).unwrap();
            assert_eq!((found.as_str(), uri.to_string().as_str()), (token, after), "{before}");
        }
        for other in ["/F/main/npm/demo", "/F/main/auth/lka_x", "/F/auth/x/npm", "/feeds/auth/x/y"]
        {
            assert!(split(&other.parse().unwrap()).is_none(), "{other}");
        }
    }

    #[test]
    fn every_route_of_a_feed_has_a_twin_that_changes_nothing() {
        assert_eq!(
            twin("/F/{feed}/npm/{*path}").as_deref(),
            Some("/F/{feed}/auth/{token}/npm/{*path}")
        );
        assert_eq!(twin("/feeds/{feed}"), None);
        assert!(only_reads(&Method::GET, "/F/{feed}/npm/{*path}"));
        assert!(only_reads(&Method::POST, READING_POSTS[0]));
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            assert!(!only_reads(&method, "/F/{feed}/npm/{*path}"), "{method}");
        }
    }

    proptest! {
        #[test]
        fn any_address_is_split_or_not(path in "[!-~]{0,60}") {
            if let Ok(uri) = format!("/F/{path}").parse::<Uri>()
                && let Some((token, rest)) = split(&uri)
            {
                prop_assert!(!token.contains('/'));
                prop_assert!(rest.path().len() < uri.path().len());
            }
        }
    }
}
