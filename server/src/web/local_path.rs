//! Addresses on this site, the only ones a browser is ever led to.

use axum::response::{IntoResponse as _, Redirect, Response};

/// A path on this site, with its query: begins with one slash, and cannot be read as the address of
/// another site or break out of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The sign-in, on the way to another page.
    pub(crate) fn sign_in(next: &Self) -> Self {
        Self::known("/sign-in").leading_to(next)
    }

    /// Where an identity is confirmed, on the way to another page.
    pub(crate) fn confirm(next: &Self) -> Self {
        Self::known("/confirm").leading_to(next)
    }

    /// Reads what a form or a query gave. Browsers take `//host` and `/\host` for another site.
    pub fn parse(text: &str) -> Option<Self> {
        let is_local = text.starts_with('/') && !text.starts_with("//");
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (is_local && is_plain).then(|| Self(text.to_owned()))
    }

    /// A path that this program itself has written down.
    pub(crate) fn known(path: &'static str) -> Self {
        Self(path.to_owned())
    }

    /// This page, which leads on to `next` when it is done.
    pub(crate) fn leading_to(&self, next: &Self) -> Self {
        let next: String = url::form_urlencoded::byte_serialize(next.0.as_bytes()).collect();
        Self(format!("{}?next={next}", self.0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Leads the browser there by `GET` (303, RFC 9110 §15.4.4), the answer to a form that worked.
    pub fn redirect(&self) -> Response {
        Redirect::to(&self.0).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_site_is_local() {
        for text in ["/", "/profile/tokens/new?a=b&c=%20", "/a//b", "/a#b"] {
            assert_eq!(LocalPath::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "profile",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/\tevil",
            "/ä",
            "/a b",
        ] {
            assert_eq!(LocalPath::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_leads_on_with_the_whole_address() {
        let next = LocalPath::parse("/feeds?page=2&x=a%20b").unwrap();
        let page = LocalPath::known("/sign-in").leading_to(&next);
        assert_eq!(page.as_str(), "/sign-in?next=%2Ffeeds%3Fpage%3D2%26x%3Da%2520b");
        assert_eq!(LocalPath::parse(page.as_str()), Some(page));
    }

    #[test]
    fn leads_by_get() {
        let response = LocalPath::parse("/feeds").unwrap().redirect();
        assert_eq!(response.status(), http::StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/feeds");
    }
}
