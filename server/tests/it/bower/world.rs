//! The requests that Bower sends.

use axum::{body::Body, http::Request};
use model::action::ActionSet;
use url::form_urlencoded;

use crate::npm::world::{Reply, World, allow, draft};

/// A token of ana's that may do these things to packages of these patterns.
pub(super) async fn with(world: &World, actions: ActionSet, patterns: &[&str]) -> String {
    world.make(world.ana, draft(vec![allow(actions, &[], patterns)])).await.1
}

/// A request of Bower; an empty credential is none.
pub(super) async fn ask(
    world: &World,
    method: &str,
    path: &str,
    credential: &str,
    body: impl Into<Body>,
) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/F/{path}"))
        .header("host", "127.0.0.1:3000")
        .header("user-agent", "node/v20.20.2 linux x64")
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded");
    if !credential.is_empty() {
        request = request.header("authorization", credential);
    }
    world.send(request.body(body.into()).unwrap()).await
}

pub(super) async fn register(
    world: &World,
    feed: &str,
    credential: &str,
    name: &str,
    url: &str,
) -> Reply {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("name", name)
        .append_pair("url", url)
        .finish();
    ask(world, "POST", &format!("{feed}/bower/packages"), credential, form).await
}

/// The one sentence of a refusal.
pub(super) fn sentence(reply: &Reply) -> String {
    let body = String::from_utf8(reply.body.clone()).unwrap();
    assert_eq!(reply.reason, body);
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
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
