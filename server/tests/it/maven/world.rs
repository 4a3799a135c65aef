//! Requests that Maven sends, in the order it was seen to.

use model::action::{Action, ActionSet};
use sha1::{Digest as _, Sha1};

use crate::npm::world::{Reply, World, allow, basic, draft, hexadecimal};

pub(super) const BUILD: &str = "20261123.180132-1";

/// A token with these actions and patterns, as Maven sends it.
pub(super) async fn with(world: &World, actions: ActionSet, patterns: &[&str]) -> String {
    let token = world.make(world.ana, draft(vec![allow(actions, &[], patterns)])).await.1;
    basic("anybody", &token)
}

pub(super) async fn everything(world: &World) -> String {
    with(world, ActionSet::of(&Action::ALL), &[]).await
}

pub(crate) async fn put(
    world: &World,
    path: &str,
    credential: &str,
    body: impl Into<Vec<u8>>,
) -> Reply {
    world.ask("PUT", path, credential, &[], body.into()).await
}

/// A body with its SHA-1 after it, as each file is sent; the first answer that is no success, or the last.
pub(super) async fn put_checked(world: &World, path: &str, credential: &str, body: &str) -> Reply {
    let reply = put(world, path, credential, body).await;
    if reply.status != 201 {
        return reply;
    }
    put(world, &format!("{path}.sha1"), credential, sha1(body)).await
}

pub(crate) fn sha1(body: &str) -> String {
    hexadecimal(&Sha1::digest(body))
}

pub(crate) fn pom(artifact: &str, version: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project><modelVersion>4.0.0</modelVersion><groupId>org.acme</groupId>\
         <artifactId>{artifact}</artifactId><version>{version}</version><description>A test of {artifact}.</description></project>"
    )
}

pub(crate) fn list(artifact: &str, versions: &[&str]) -> String {
    let versions = versions
        .iter()
        .fold(String::new(), |all, version| all + &format!("<version>{version}</version>"));
    format!(
        "<metadata><groupId>org.acme</groupId><artifactId>{artifact}</artifactId><versioning><versions>{versions}</versions>\
         </versioning></metadata>"
    )
}

/// Deploys a release as Maven does, but for its list: the first answer that is no success, or the last.
pub(super) async fn deploy(
    world: &World,
    feed: &str,
    credential: &str,
    artifact: &str,
    version: &str,
) -> Reply {
    let base = format!("{feed}/maven/org/acme/{artifact}/{version}/{artifact}-{version}");
    let jar = format!("the archive of {artifact} {version}");
    let reply = put_checked(world, &format!("{base}.jar"), credential, &jar).await;
    if reply.status != 201 {
        return reply;
    }
    put_checked(world, &format!("{base}.pom"), credential, &pom(artifact, version)).await
}

/// The sentence of a refusal, after checking that clients find it.
pub(super) fn sentence(reply: &Reply) -> String {
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let body = reply.json();
    let detail = body["detail"].as_str().unwrap().to_owned();
    assert_eq!((body["status"].as_u64(), &reply.reason), (Some(u64::from(reply.status)), &detail));
    assert!(detail.len() <= 200 && detail.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    detail
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
