//! What a browser keeps for a few minutes, sealed, while somebody is on the way to a provider and back.

use http::{HeaderMap, HeaderValue};
use registry::identities::LIVES;

use super::cookie;

/// One of the two cookies. Over TLS browsers insist that this host alone set it (`__Host-`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The attempt, until the provider sends the person back.
    Attempt,
    /// What the provider proved, until the person has decided.
    Decision,
}

impl Kept {
    fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Attempt, true) => "__Host-attempt",
            (Self::Attempt, false) => "attempt",
            (Self::Decision, true) => "__Host-decision",
            (Self::Decision, false) => "decision",
        }
    }

    /// What this browser keeps.
    pub(crate) fn read(self, headers: &HeaderMap, is_secure: bool) -> Option<&str> {
        cookie(headers, self.name(is_secure))
    }

    /// The `Set-Cookie` that keeps it.
    pub(crate) fn keep(self, sealed: &str, is_secure: bool) -> Option<HeaderValue> {
        self.set_cookie(sealed, LIVES.as_secs(), is_secure)
    }

    /// The `Set-Cookie` that forgets it.
    pub(crate) fn forget(self, is_secure: bool) -> Option<HeaderValue> {
        self.set_cookie("", 0, is_secure)
    }

    /// `Lax`: the way back from the provider begins at another site.
    fn set_cookie(self, value: &str, age: u64, is_secure: bool) -> Option<HeaderValue> {
        let (name, secure) = (self.name(is_secure), if is_secure { "; Secure" } else { "" });
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_it_belongs_to_the_host_alone() {
        assert_eq!(
            Kept::Attempt.keep("abc", true).unwrap(),
            "__Host-attempt=abc; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            Kept::Decision.forget(false).unwrap(),
            "decision=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
        let mut headers = HeaderMap::new();
        headers.insert(http::header::COOKIE, "attempt=a; __Host-attempt=b".parse().unwrap());
        assert_eq!(Kept::Attempt.read(&headers, false), Some("a"));
        assert_eq!(Kept::Attempt.read(&headers, true), Some("b"));
        assert_eq!(Kept::Decision.read(&headers, true), None);
    }
}
