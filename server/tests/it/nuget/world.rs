//! Packages, and the requests NuGet's clients send.

use std::io::{Cursor, Write as _};

use axum::{body::Body, http::Request};
use serde_json::Value;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::npm::world::{Reply, World, bearer};

/// What a picture begins with.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n(a test)";
const BOUNDARY: &str = "5c3b5693-1c43-4019-8a1e-0c32e102e85b";

/// A zip archive of these files.
pub(super) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A manifest with this metadata beside what every one has.
pub(super) fn nuspec(id: &str, version: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\">\
         <metadata><id>{id}</id><version>{version}</version><authors>Acme</authors>\
         <description>A test of {id}.</description>{more}</metadata></package>"
    )
}

/// A package with this metadata and these files.
pub(crate) fn nupkg(id: &str, version: &str, more: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let (manifest, name) = (nuspec(id, version, more), format!("{id}.nuspec"));
    let mut all: Vec<(&str, &[u8])> = vec![(&name, manifest.as_bytes())];
    all.extend_from_slice(files);
    zipped(&all)
}

/// The body of a push, as nuget.exe 5.8 was seen to send it.
pub(crate) fn form(package: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: form-data; name=package; filename=package.nupkg; filename*=utf-8''package.nupkg\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(package);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary=\"{BOUNDARY}\"")
}

/// A request of a client; an empty key or credential is none.
pub(super) async fn ask(
    world: &World,
    method: &str,
    path: &str,
    (key, credential): (&str, &str),
    body: impl Into<Body>,
) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/F/{path}"))
        .header("host", "127.0.0.1:3000")
        .header("user-agent", "NuGet Command Line/5.8.0 (Unix 5.10.0.0)")
        .header("x-nuget-client-version", "5.8.0")
        .header("accept-encoding", "gzip, deflate")
        .header("content-type", content_type());
    if !key.is_empty() {
        request = request.header("x-nuget-apikey", key);
    }
    if !credential.is_empty() {
        request = request.header("authorization", credential);
    }
    world.send(request.body(body.into()).unwrap()).await
}

/// Pushes a package with a key.
pub(crate) async fn push(world: &World, feed: &str, key: &str, package: &[u8]) -> Reply {
    ask(world, "PUT", &format!("{feed}/api/v2/package/"), (key, ""), form(package)).await
}

/// Pushes symbols with a key.
pub(crate) async fn push_symbols(world: &World, feed: &str, key: &str, package: &[u8]) -> Reply {
    ask(world, "PUT", &format!("{feed}/api/v2/symbolpackage/"), (key, ""), form(package)).await
}

/// Reads with a token, as it is without compression.
pub(super) async fn get(world: &World, path: &str, token: &str) -> Reply {
    world.get(path, &bearer(token)).await
}

pub(super) async fn json(world: &World, path: &str, token: &str) -> Value {
    let reply = get(world, path, token).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.reason);
    assert_eq!(reply.header("content-type"), "application/json", "{path}");
    reply.json()
}

/// The one sentence of a refusal, after checking that every client finds it.
pub(super) fn sentence(reply: &Reply) -> String {
    let body = String::from_utf8(reply.body.clone()).unwrap();
    assert_eq!(reply.reason, body);
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    if reply.status != 404 {
        assert_eq!(reply.header("x-nuget-warning"), body);
    }
    assert!(body.len() <= 200 && body.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    body
}

/// Status and code of a denial, after checking its challenge.
pub(super) fn denial(reply: &Reply) -> (u16, String) {
    let sentence = sentence(reply);
    let code = sentence.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let code = code.unwrap_or_else(|| panic!("no code: {sentence}")).0.to_owned();
    let challenge = reply.header("www-authenticate");
    assert_eq!(challenge.starts_with("Basic realm=\""), reply.status == 401, "{challenge}");
    (reply.status, code)
}
