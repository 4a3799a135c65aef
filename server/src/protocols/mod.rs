//! What package clients speak: a folder for each ecosystem, and what they have in common.
//!
//! | module | what it holds |
//! |---|---|
//! | [`bower`] | Bower |
//! | [`conditional`] | requests for what the client may have already |
//! | [`credentials`] | the one credential that decides a request |
//! | [`encoding`] | how an answer is compressed |
//! | [`maven`] | Maven, Gradle and sbt |
//! | [`npm`] | npm, pnpm and yarn |
//! | [`nuget`] | NuGet's clients |
//! | [`pre_authenticated`] | addresses that carry their credential |
//! | [`rendered`] | documents, kept ready to be sent |
//! | [`rfc3339`] | times as text |
//! | [`said`] | refusals in one sentence |
//! | [`sentence`] | client input made safe to repeat in an error |
//! | [`xml`] | XML, read without trust |

pub(crate) mod bower;
mod conditional;
pub(crate) mod credentials;
pub(crate) mod encoding;
pub(crate) mod maven;
pub(crate) mod npm;
pub(crate) mod nuget;
pub(crate) mod pre_authenticated;
mod rendered;
pub(crate) mod rfc3339;
mod said;
pub(crate) mod sentence;
pub(crate) mod xml;

use axum::response::Response;
use http::{Method, StatusCode};

/// The answer to a method that a path below `/F/{feed}/` does not take, as the clients of its folder
/// show it.
pub(crate) fn not_allowed(method: &Method, path: &str) -> Response {
    match folder(path) {
        "api" => nuget::not_allowed(method),
        "npm" => npm::not_allowed(method),
        _ => said::said(StatusCode::METHOD_NOT_ALLOWED, &no_method(method)),
    }
}

/// What is said of a method that means nothing.
fn no_method(method: &Method) -> String {
    format!("The method {method} means nothing here.")
}

/// The folder of an ecosystem: what follows the feed's name, or the token behind it.
fn folder(path: &str) -> &str {
    let mut parts = path.split('/').filter(|part| !part.is_empty()).skip(2);
    match parts.next() {
        Some("auth") => parts.nth(1),
        part => part,
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn every_ecosystem_has_a_folder() {
        for (path, expected) in [
            ("/F/main/api/v2/package", "api"),
            ("/F/main/npm/demo", "npm"),
            ("/F/main/auth/lka_x/npm/demo", "npm"),
            ("/F/main/auth/lka_x", ""),
            ("/F/main", ""),
        ] {
            assert_eq!(folder(path), expected, "{path}");
        }
    }
}
