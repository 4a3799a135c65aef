//! Answers given before any protocol or page has had its say, in the form each kind of client shows.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;

use super::area::Area;

/// Answers `status` with one sentence: in the reason phrase and as JSON for programs, as text for
/// the script of a page, as a small page for people. The sentence is plain ASCII.
pub(crate) fn refusal(area: Area, status: StatusCode, sentence: &str) -> Response {
    let (content_type, body) = match area {
        Area::Feeds | Area::Api => {
            ("application/json", serde_json::json!({ "error": sentence }).to_string())
        }
        Area::Pages => ("text/html; charset=utf-8", page(sentence)),
        Area::Functions | Area::Assets | Area::Probes => {
            ("text/plain; charset=utf-8", format!("{sentence}\n"))
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if area.is_for_programs()
        && let Ok(phrase) = ReasonPhrase::try_from(sentence.as_bytes())
    {
        response.extensions_mut().insert(phrase);
    }
    response
}

/// A page that needs neither script nor style sheet.
fn page(sentence: &str) -> String {
    let sentence = sentence.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Latchkey</title></head>\
         <body><main><h1>That did not work</h1><p>{sentence}</p>\
         <p><a href=\"/\">To the first page</a></p></main></body></html>\n"
    )
}
