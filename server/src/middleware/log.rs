//! One line of log for each request, and one for each internal error. Neither holds a secret.

use std::{borrow::Cow, time::Instant};

use app::context::RequestNumber;
use axum::{extract::Request, response::Response};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::percent_decode_str;
use registry::{Fault, Origin};
use tracing::Instrument as _;

use super::steps::Then;
use crate::web::{Area, InternalError, refusal};

/// After how many seconds what does not answer is worth another try.
const SOON: &str = "2";
/// The length of what every token begins with.
const PREFIX: usize = 4;
/// More characters than this after a token's prefix are taken for a secret, whole or cut short.
const FEW: usize = 7;
/// What stands before a secret, or before a name somebody signs in with, whatever it looks like: the
/// code of an invitation or of a sign-in, another registry's token that was sent here, a user name.
const SECRET_PLACES: [&str; 9] = [
    "/invite/",
    "/reset/",
    // An address may be typed there for a name.
    "/admin/people/",
    "/login/",
    "/-/v1/done/",
    "/-/user/token/",
    "/-/npm/v1/tokens/token/",
    "/auth/",
    "org.couchdb.user:",
];

/// Logs the request when its answer begins. Everything logged meanwhile carries the request's id.
/// An [`InternalError`] is logged here, once, and the client gets the id alone.
pub(crate) async fn record(request: Request, next: impl Then) -> Response {
    let started = Instant::now();
    let area = Area::of(request.uri());
    let method = request.method().clone();
    let path = redacted(request.uri().path());
    let id = request.extensions().get::<RequestNumber>().map(|number| number.0.clone());
    let id = id.unwrap_or_default();
    let address = request.extensions().get::<Origin>().map(|origin| origin.address.to_string());
    // Of the highest level: however little is logged, a line says which request it is about.
    let span = tracing::error_span!("request", id);

    let mut response = next.run(request).instrument(span.clone()).await;

    let _entered = span.entered();
    if let Some(error) = response.extensions_mut().remove::<InternalError>() {
        tracing::error!(%method, path, %error, "internal error");
        if !error.is_said() {
            response = broken(&error, area, &id);
        }
        if error.fault().is_some_and(Fault::is_passing) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(SOON));
        }
    }
    let status = response.status().as_u16();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    // Supervisors ask every few seconds; what they hear is news only if it is bad.
    if area == Area::Probes && response.status().is_success() {
        tracing::debug!(%method, path, status, milliseconds, address, "answered");
    } else {
        tracing::info!(%method, path, status, milliseconds, address, "answered");
    }
    response
}

/// What whoever asked learns of an error: what is wrong with the machine, or else the request's id alone.
fn broken(error: &InternalError, area: Area, id: &str) -> Response {
    let (status, sentence) = error.in_words().unwrap_or_else(|| {
        let sentence =
            format!("Something broke on the server. It is logged there as request {id}.");
        (StatusCode::INTERNAL_SERVER_ERROR, sentence.into())
    });
    refusal(area, status, &sentence)
}

/// A path as the log may hold it: decoded, in one line, without tokens or user names.
fn redacted(path: &str) -> String {
    let decoded: Cow<'_, str> = percent_decode_str(path).decode_utf8_lossy();
    let mut shown = String::with_capacity(decoded.len());
    let mut rest = decoded.as_ref();
    while let Some(character) = rest.chars().next() {
        // All that is left out begins with one of these: most of a path need not be compared.
        let may_begin = matches!(character, 'l' | 'o' | '/');
        if may_begin && let Some(secret) = token(rest) {
            shown.push_str(&rest[..PREFIX]);
            shown.push('…');
            rest = &rest[secret..];
        } else if may_begin
            && let Some((place, after)) = SECRET_PLACES
                .iter()
                .find_map(|place| rest.strip_prefix(place).map(|after| (place, after)))
        {
            shown.push_str(place);
            shown.push('…');
            rest = &after[after.find('/').unwrap_or(after.len())..];
        } else {
            shown.push(if character.is_control() { '?' } else { character });
            rest = &rest[character.len_utf8()..];
        }
    }
    shown
}

/// The length of the token that `text` begins with, if it begins with one.
fn token(text: &str) -> Option<usize> {
    if !begins_like_token(text.as_bytes()) {
        return None;
    }
    let rest = &text.as_bytes()[PREFIX..];
    let length = (0..rest.len())
        // Another one may follow at once: its prefix looks like more of this one.
        .take_while(|at| rest[*at].is_ascii_alphanumeric() && !begins_like_token(&rest[*at..]))
        .count();
    (length > FEW).then_some(PREFIX + length)
}

/// Whether text begins with `lk[apso]_`.
fn begins_like_token(text: &[u8]) -> bool {
    matches!(text, [b'l', b'k', b'a' | b'p' | b's' | b'o', b'_', ..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_place_begins_as_the_search_supposes() {
        assert!(SECRET_PLACES.iter().all(|place| place.starts_with(['/', 'o'])));
    }

    #[test]
    fn tokens_and_user_names_are_left_out() {
        let token = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";
        for (path, shown) in [
            ("/F/main/npm/left-pad".to_owned(), "/F/main/npm/left-pad"),
            (format!("/F/main/auth/{token}/npm/x"), "/F/main/auth/…/npm/x"),
            (format!("/F/main/npm/-/user/token/{token}x{token}"), "/F/main/npm/-/user/token/…"),
            ("/F/main/npm/-/user/token/npm_abc".to_owned(), "/F/main/npm/-/user/token/…"),
            ("/invite/0123456789abcdefghijkl".to_owned(), "/invite/…"),
            ("/reset/0123456789abcdefghijkl".to_owned(), "/reset/…"),
            ("/admin/people/me@example.com/reset".to_owned(), "/admin/people/…/reset"),
            ("/login/0123456789abcdefghijkl".to_owned(), "/login/…"),
            ("/F/a/npm/-/v1/done/0123456789abcdefghijkl".to_owned(), "/F/a/npm/-/v1/done/…"),
            ("/F/a/npm/-/npm/v1/tokens/token/npm_a".to_owned(), "/F/a/npm/-/npm/v1/tokens/token/…"),
            (format!("/feeds/{token}x{token}"), "/feeds/lka_…lka_…"),
            (token.replace('_', "%5f"), "lka_…"),
            (token[..20].to_owned(), "lka_…"),
            ("/F/main/npm/lka_pad".to_owned(), "/F/main/npm/lka_pad"),
            (
                "/F/a/npm/-/user/org.couchdb.user:me@example.com/-rev/1".to_owned(),
                "/F/a/npm/-/user/org.couchdb.user:…/-rev/1",
            ),
            ("/a%0d%0ab".to_owned(), "/a??b"),
        ] {
            assert_eq!(redacted(&path), shown);
        }
    }

    proptest! {
        #[test]
        fn no_path_shows_a_token_or_a_second_line(before in "\\PC{0,9}", after in "\\PC{0,9}") {
            let token = "lkp_0123456789ABCDEFGHIJKLMNOPQRST";
            let shown = redacted(&format!("{before}{token}{after}"));
            prop_assert!(!shown.contains("0123456789"));
            prop_assert!(!shown.contains('\n'));
        }
    }
}
