//! Changes of what is there: `npm deprecate`, `npm unpublish`, `npm dist-tag`.
//!
//! npm changes a package by fetching a document, changing it and sending the whole of it back. Of what
//! comes back only versions that are gone and reasons not to use one count, and only if nobody changed
//! the package in between. `npm unpublish` sends the document first and has the archive deleted then:
//! the first does it all, in one transaction, and the second finds it done.

use axum::{body::Body, response::Response};
use http::StatusCode;
use model::action::Action;
use registry::{Error, Grant, packages::Outline};
use serde_json::{Map, Value, json};

use super::{
    Call,
    answer::{Refusal, json, warned},
    packuments::revision,
    read::{gather, no_package},
    rights::{delete, read, unlist},
    wire::{
        name::Name,
        outline::{OutlinedVersion, Update, outline},
        sentence::Excerpt,
        version::check_tag,
    },
};

/// What can be changed of a package, for whoever may change something of it: `?write=true`.
pub(super) async fn outlined(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let (_, grant) = call.authorize_changing(name).await?;
    let found = outline_of(call, &grant, name).await?;
    let rev = revision(found.state);
    let document = outline(name, &rev, &call.base(), &found.tags, &versions(&found));
    Ok(warned(json(StatusCode::OK, &document), &grant))
}

/// A document that came to `-rev/{rev}`: `npm unpublish` of a version.
pub(super) async fn replace(
    call: &Call,
    name: &Name,
    rev: &str,
    body: Body,
) -> Result<Response, Refusal> {
    let granted = call.authorize_changing(name).await?;
    let document = gather(call, body).await?;
    apply(call, name, granted, Some(rev), &document).await
}

/// A document that came as if to be published, without an archive: `npm deprecate`.
pub(super) async fn update(
    call: &Call,
    name: &Name,
    granted: (Action, Grant),
    document: &[u8],
) -> Result<Response, Refusal> {
    let grant = match granted {
        (Action::Unlist, grant) => grant,
        _ => call.authorize(unlist(name)).await?,
    };
    apply(call, name, (Action::Unlist, grant), None, document).await
}

async fn apply(
    call: &Call,
    name: &Name,
    (action, grant): (Action, Grant),
    rev: Option<&str>,
    document: &[u8],
) -> Result<Response, Refusal> {
    let update = Update::parse(document).map_err(|error| Refusal::malformed(&error))?;
    // Without it, it is rather a publish whose archive was lost.
    let rev_sent = rev.or(update.rev.as_deref()).ok_or_else(|| nothing_to_change(name))?;
    let found = outline_of(call, &grant, name).await?;
    check_revision(name, &found, rev_sent)?;
    let versions = versions(&found);
    let changes = update.changes(&versions).map_err(|error| Refusal::malformed(&error))?;
    let packages = &call.services.packages;
    let (grant, done) = match (changes.removed.as_slice(), rev) {
        ([], _) => {
            let grant = match action {
                Action::Unlist => grant,
                _ => call.authorize(unlist(name)).await?,
            };
            let done = packages.deprecate_each(&grant, &changes.deprecated, Some(found.state));
            let done = done.await;
            (grant, done)
        }
        ([version], Some(_)) => {
            let grant = match action {
                Action::Delete => grant,
                _ => call.authorize(delete(name)).await?,
            };
            let done = packages.delete_version_of(&grant, version, Some(found.state)).await;
            (grant, done)
        }
        _ => {
            return Err(Refusal::Wrong(
                StatusCode::BAD_REQUEST,
                "The document lacks versions that are there: delete them one by one, with npm unpublish."
                    .to_owned(),
            ));
        }
    };
    finished(call, name, &grant, done)
}

/// The second half of `npm unpublish` of a version: its archive, which went with the version. Asked for
/// by itself it means the version.
pub(super) async fn delete_archive(
    call: &Call,
    name: &Name,
    file: &str,
    rev: &str,
) -> Result<Response, Refusal> {
    let grant = call.authorize(delete(name)).await?;
    let found = outline_of(call, &grant, name).await?;
    let version = found.versions.iter().find(|version| version.file_name == file);
    let done = match version {
        Some(version) => {
            check_revision(name, &found, rev)?;
            let packages = &call.services.packages;
            packages.delete_version_of(&grant, &version.version, Some(found.state)).await
        }
        None if name.tarball_version(file).is_some() => Ok(()),
        None => {
            return Err(Refusal::Absent(format!("{name} has no archive {}.", Excerpt::of(file))));
        }
    };
    finished(call, name, &grant, done)
}

/// `npm unpublish` of a whole package.
pub(super) async fn delete_package(
    call: &Call,
    name: &Name,
    rev: &str,
) -> Result<Response, Refusal> {
    let grant = call.authorize(delete(name)).await?;
    let found = outline_of(call, &grant, name).await?;
    check_revision(name, &found, rev)?;
    let done = call.services.packages.delete_package_of(&grant, Some(found.state)).await;
    finished(call, name, &grant, done)
}

/// `npm dist-tag ls`, and what the other two look at first.
pub(super) async fn tags(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let either = [(Action::Read, read(name)), (Action::Unlist, unlist(name))];
    let (_, grant) = call.authorize_one_of(either).await?;
    let tags = call.services.packages.tags(&grant).await;
    let tags = tags.map_err(|error| no_package(call, name, error))?;
    let tags: Map<String, Value> =
        tags.into_iter().map(|(tag, version)| (tag, version.into())).collect();
    Ok(warned(json(StatusCode::OK, &Value::Object(tags)), &grant))
}

/// `npm dist-tag add`: the body is the version.
pub(super) async fn set_tag(
    call: &Call,
    name: &Name,
    tag: &str,
    body: Body,
) -> Result<Response, Refusal> {
    let grant = call.authorize(unlist(name)).await?;
    check_tag(tag).map_err(|error| Refusal::malformed(&error))?;
    let body = gather(call, body).await?;
    let version: String = serde_json::from_slice(&body).map_err(|_| {
        let sentence = "The body must be the version in double quotes, such as \"1.2.3\".";
        Refusal::Wrong(StatusCode::BAD_REQUEST, sentence.to_owned())
    })?;
    let done = call.services.packages.set_tag(&grant, tag, &version).await;
    let done = done.map_err(|error| match error {
        Error::NotFound("version") => {
            Refusal::Absent(format!("{name} has no version {}.", Excerpt::of(&version)))
        }
        error => no_package(call, name, error),
    });
    done.map(|()| warned(json(StatusCode::OK, &json!({ "ok": true })), &grant))
}

/// `npm dist-tag rm`.
pub(super) async fn remove_tag(call: &Call, name: &Name, tag: &str) -> Result<Response, Refusal> {
    let grant = call.authorize(unlist(name)).await?;
    let done = call.services.packages.remove_tag(&grant, tag).await;
    let done = done.map_err(|error| match error {
        Error::NotFound("tag") => {
            Refusal::Absent(format!("{name} has no dist-tag {}.", Excerpt::of(tag)))
        }
        error => no_package(call, name, error),
    });
    done.map(|()| warned(json(StatusCode::OK, &json!({ "ok": true })), &grant))
}

async fn outline_of(call: &Call, grant: &Grant, name: &Name) -> Result<Outline, Refusal> {
    let found = call.services.packages.outline(grant).await;
    found.map_err(|error| no_package(call, name, error))
}

fn versions(outline: &Outline) -> Vec<OutlinedVersion<'_>> {
    let versions = outline.versions.iter().map(|version| OutlinedVersion {
        version: &version.version,
        is_listed: version.is_listed,
        deprecation: version.deprecation.as_deref(),
    });
    versions.collect()
}

fn check_revision(name: &Name, found: &Outline, rev: &str) -> Result<(), Refusal> {
    if rev == revision(found.state) { Ok(()) } else { Err(changed(name)) }
}

fn finished(
    call: &Call,
    name: &Name,
    grant: &Grant,
    done: Result<(), Error>,
) -> Result<Response, Refusal> {
    done.map_err(|error| match error {
        Error::Raced => changed(name),
        error => no_package(call, name, error),
    })?;
    Ok(warned(json(StatusCode::OK, &json!({ "ok": true })), grant))
}

fn nothing_to_change(name: &Name) -> Refusal {
    let sentence = format!(
        "The document has no archive attached to publish {}, nor the _rev of what it should change.",
        Excerpt::of(name.as_str())
    );
    Refusal::Wrong(StatusCode::BAD_REQUEST, sentence)
}

fn changed(name: &Name) -> Refusal {
    let sentence = format!(
        "{} changed in the meantime, so nothing was done. Run the command again.",
        Excerpt::of(name.as_str())
    );
    Refusal::Wrong(StatusCode::CONFLICT, sentence)
}
