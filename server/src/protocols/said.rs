//! Refusals in one sentence, for clients that show a body or the reason phrase.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;
use model::denial::LONGEST_SENTENCE;
use registry::Denial;

/// Text as it may stand in a header: printable ASCII, not longer than a sentence.
pub(super) fn in_one_line(text: &str) -> String {
    let printable = |c: char| if matches!(c, ' '..='~') { c } else { '?' };
    text.chars().map(printable).take(LONGEST_SENTENCE).collect()
}

/// One sentence, in the body and in the reason phrase.
pub(super) fn said(status: StatusCode, sentence: &str) -> Response {
    let sentence = in_one_line(sentence);
    let mut response = Response::new(Body::from(sentence.clone()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    give_reason(&mut response, sentence);
    response
}

/// Puts a sentence that is fit for a header into the reason phrase.
pub(super) fn give_reason(response: &mut Response, sentence: String) {
    if let Ok(phrase) = ReasonPhrase::try_from(sentence.into_bytes()) {
        response.extensions_mut().insert(phrase);
    }
}

/// Asks for a name and a password (RFC 7617); `feed` is as the request names it.
pub(super) fn ask_for_basic(headers: &mut HeaderMap, feed: &str) {
    ask_for(headers, "Basic", feed);
}

/// Asks for a credential under a scheme (RFC 9110 §11.6.1).
pub(super) fn ask_for(headers: &mut HeaderMap, scheme: &str, feed: &str) {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let realm: String = feed.chars().filter(is_plain).collect();
    if let Ok(challenge) = HeaderValue::try_from(format!("{scheme} realm=\"{realm}\"")) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
}

/// Says when to try again, if that is what the refusal is about.
pub(super) fn say_when(headers: &mut HeaderMap, denial: &Denial) {
    if let Some(wait) = denial.retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, seconds.max(1).into());
    }
}
