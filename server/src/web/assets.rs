//! The files that pages load: script, module, style sheet, icons. `cargo xtask site` makes them; the
//! folder they are served from bears the hash of them all, so each may be kept for ever.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{
    area::Area,
    refusal::refusal,
    routes::{Access, Routes},
};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The file that names the current hash.
const HASH: &str = "hash.txt";

/// The files, wherever they are.
#[derive(Debug)]
pub struct Assets(Source);

#[derive(Debug)]
enum Source {
    /// In this program.
    #[cfg(feature = "embed")]
    Embedded,
    /// In a folder that may be rebuilt at any time.
    Folder(PathBuf),
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../target/site"]
struct Embedded;

impl Assets {
    /// Those in `folder`; without one, those built in; without those, what `cargo xtask site` made
    /// beside the source.
    pub(super) fn find(folder: Option<PathBuf>) -> Self {
        if let Some(folder) = folder {
            return Self(Source::Folder(folder));
        }
        #[cfg(feature = "embed")]
        return Self(Source::Embedded);
        #[cfg(not(feature = "embed"))]
        Self(Source::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site").into()))
    }

    /// Where the files of this moment are served: `/assets/{hash}`; `None` if there are none.
    pub(crate) async fn base(&self) -> Option<String> {
        let hash = self.read(HASH).await?;
        let hash = std::str::from_utf8(&hash).ok()?.trim();
        is_name(hash).then(|| format!("/assets/{hash}"))
    }

    async fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match &self.0 {
            #[cfg(feature = "embed")]
            Source::Embedded => Embedded::get(path).map(|file| file.data),
            Source::Folder(folder) => tokio::fs::read(folder.join(path)).await.ok().map(Cow::Owned),
        }
    }
}

/// Declares the routes of the files.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::GET, "/assets/{hash}/{*path}", Access::Anyone, file);
    routes.route(Method::GET, "/favicon.ico", Access::Anyone, icon);
}

/// Serves a file, compressed if the client can take it and that made it smaller.
async fn file(
    State(assets): State<Arc<Assets>>,
    Path((hash, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let absent = || refusal(Area::Assets, StatusCode::NOT_FOUND, "There is no such file.");
    let Some(content_type) = content_type(&path) else { return absent() };
    if !is_name(&hash) || !path.split('/').all(is_name) {
        return absent();
    }
    let path = format!("assets/{hash}/{path}");
    let compressed =
        if accepts_brotli(&headers) { assets.read(&format!("{path}.br")).await } else { None };
    let is_compressed = compressed.is_some();
    let content = match compressed {
        Some(content) => content,
        None => match assets.read(&path).await {
            Some(content) => content,
            None => return absent(),
        },
    };
    let mut response = Response::new(match content {
        Cow::Borrowed(content) => Body::from(content),
        Cow::Owned(content) => Body::from(content),
    });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Leads browsers that ask for an icon by themselves to ours.
async fn icon(State(assets): State<Arc<Assets>>) -> Response {
    match assets.base().await {
        Some(base) => Redirect::to(&format!("{base}/favicon.svg")).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Whether a text is a plain file name: nothing hidden, no way up.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(plain)
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Whether `Accept-Encoding` (RFC 9110 §12.5.3) names brotli without refusing it.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|coding| {
            let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
            let quality = quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case("br") && quality.is_none_or(|quality| quality > 0.0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_used_by_those_who_take_it() {
        for (line, accepts) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=0.5", true),
            ("BR", true),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("gzip", false),
            ("*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, line.parse().unwrap());
            assert_eq!(accepts_brotli(&headers), accepts, "{line}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["latchkey_bg.wasm", "inline0.js", "0123456789abcdef"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", ".git", "a/b", "a\\b", "a\0", "ä"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn only_kinds_of_files_we_make_are_served() {
        assert_eq!(content_type("a/b.js"), Some("text/javascript; charset=utf-8"));
        assert_eq!(content_type("latchkey_bg.wasm"), Some("application/wasm"));
        assert_eq!(content_type("latchkey.js.br"), None);
        assert_eq!(content_type("hash"), None);
    }
}
