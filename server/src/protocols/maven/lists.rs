//! `maven-metadata.xml`, beside the versions of an artifact, the builds of a version, or the artifacts of a
//! group: served as it was sent, and made of what the feed has where nobody sent one.
//!
//! The first and the last have the same address. Which one was sent its content tells: one names an
//! artifact, the other plugins.

use axum::{body::Body, response::Response};
use registry::{
    Grant,
    access::Wanted,
    packages::{Checksum, Document},
};

use super::{
    Call, MAVEN,
    answer::{Refusal, created},
    read::{absent, document},
    wire::{
        digest,
        metadata::{self, List},
        path::{LIST, Place},
    },
    write::{sent_digest, small},
};

/// A list, or its checksum.
pub(super) async fn read(
    call: &Call,
    place: &Place,
    kind: Option<Checksum>,
) -> Result<Response, Refusal> {
    let (grant, text) = find(call, place).await?;
    let text = match kind {
        Some(kind) => digest::write(&digest::of(kind, text.as_bytes())),
        None => text,
    };
    Ok(document(call, &grant, text))
}

/// A list on its way in, or its checksum.
pub(super) async fn write(
    call: &Call,
    place: &Place,
    kind: Option<Checksum>,
    body: Body,
) -> Result<Response, Refusal> {
    authorize_any(call, place).await?;
    if let Some(kind) = kind {
        let sent = sent_digest(kind, body).await?;
        let (_, text) = find(call, place).await?;
        if digest::of(kind, text.as_bytes()) == sent {
            return Ok(created());
        }
        return Err(Refusal::wrong(format!("The checksum does not match {LIST}. Deploy again.")));
    }
    let bytes = small(body, metadata::LONGEST).await?;
    let list = List::read(&bytes).map_err(|error| Refusal::malformed(&error))?;
    let text = String::from_utf8(bytes).map_err(|error| Refusal::malformed(&error))?;
    let is_of_artifact = list.artifact.is_some() || matches!(place, Place::Version(..));
    let id = if is_of_artifact { place.package() } else { place.group() };
    let id = id.ok_or_else(disagrees)?;
    let wanted = if is_of_artifact {
        Wanted::Attach(MAVEN, id, place.version())
    } else {
        Wanted::PushGroup(MAVEN, id)
    };
    let named = list.group.as_deref().zip(list.artifact.as_deref());
    if named.is_some_and(|(group, artifact)| id != format!("{group}:{artifact}")) {
        return Err(disagrees());
    }
    let grant = call.authorize(wanted).await?;
    check_withdrawn(call, &grant, id, &list).await?;
    let kept = call.services.packages.set_document(&grant, place.version(), &text).await;
    kept.map_err(|error| absent(call, id, LIST, error))?;
    Ok(created())
}

fn disagrees() -> Refusal {
    Refusal::wrong("The list of versions names another artifact than its path.")
}

/// A list that names what was withdrawn ends a deployment that clients would take for a success.
async fn check_withdrawn(call: &Call, grant: &Grant, id: &str, list: &List) -> Result<(), Refusal> {
    let artifact = id.split_once(':').unwrap_or_default().1;
    let is_named = |(version, file): &(String, String)| {
        let is_of = |build: &String| file.starts_with(&format!("{artifact}-{build}"));
        list.versions.contains(version) && file.starts_with(&format!("{artifact}-{version}"))
            || list.builds.iter().any(is_of)
    };
    let withdrawn = call.services.packages.withdrawn(grant).await?;
    match withdrawn.into_iter().find(is_named) {
        Some((_, file)) => Err(Refusal::wrong(format!(
            "{file} was withdrawn, because its checksum did not match. Deploy it again."
        ))),
        None => Ok(()),
    }
}

/// Whether the caller may write what could stand at a place, before it is known what.
async fn authorize_any(call: &Call, place: &Place) -> Result<(), Refusal> {
    let package = place.package().map(|id| Wanted::Attach(MAVEN, id, place.version()));
    let group = place.group().map(|group| Wanted::PushGroup(MAVEN, group));
    if let (Some(_), Some(group)) = (package, group)
        && call.may(group).await?
    {
        return Ok(());
    }
    let wanted = package.or(group).unwrap_or(Wanted::Presence);
    // Noted once what it is about is known; a refusal is noted here.
    if call.may(wanted).await? {
        return Ok(());
    }
    call.authorize(wanted).await.map(drop)
}

/// The list at a place, of those that the caller may read.
async fn find(call: &Call, place: &Place) -> Result<(Grant, String), Refusal> {
    let first = place.package().map(|id| (Wanted::List(MAVEN, id), id));
    let second = place.group().map(|id| (Wanted::ListGroup(MAVEN, id), id));
    let mut missing = None;
    for (wanted, id) in first.into_iter().chain(second) {
        if !call.may(wanted).await? {
            continue;
        }
        let grant = call.authorize(wanted).await?;
        match call.services.packages.document(&grant, place.version()).await {
            Ok(Document::Sent(text)) => return Ok((grant, text)),
            Ok(Document::Versions(versions, updated)) => {
                return Ok((grant, metadata::write(id, versions, updated)));
            }
            Err(error) => match absent(call, id, LIST, error) {
                absent @ Refusal::Absent(_) => missing = missing.or(Some(absent)),
                other => return Err(other),
            },
        }
    }
    if let Some(missing) = missing {
        return Err(missing);
    }
    let wanted = first.or(second).map_or(Wanted::Presence, |(wanted, _)| wanted);
    call.authorize(wanted).await?;
    Err(Refusal::Absent("There is no such list.".to_owned()))
}
