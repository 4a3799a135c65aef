//! Publishing.
//!
//! Nothing of a publish is seen, or left, before all of it is good: the archive goes to a temporary
//! file while it arrives, and `registry` makes the version visible in one transaction.

use std::time::{Duration, Instant};

use axum::{body::Body, response::Response};
use http::{StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use model::action::Action;
use registry::{
    Error, Grant,
    blobs::{Staged, Staging},
    packages::Release,
};
use serde_json::json;

use super::{
    Call,
    answer::{Refusal, json, warned},
    change,
    read::cut_off,
    rights::{push, unlist},
    wire::{
        hashes::{Measured, check_hashes},
        name::Name,
        publish::{Document, PublishDocument},
        sentence::{Excerpt, Size},
        splitter::{Limits, Split, SplitError, Splitter},
    },
};
use crate::web::largest_request;

/// Decoded bytes gathered for one write to the disk.
const BLOCK: usize = 256 << 10;
/// After an upload longer than this the credential is judged again: it may have ended meanwhile.
const FRESH: Duration = Duration::from_secs(1);
/// The most bytes of a manifest: a package's clients fetch those of all its versions at once.
const LARGEST_MANIFEST: usize = 1_000_000;
/// How often a publish begins again because another one of the package came first.
const TRIES: usize = 3;

/// `npm publish`: a new version with its archive. A document without one changes what is there.
pub(super) async fn publish(call: &Call, name: &Name, body: Body) -> Result<Response, Refusal> {
    // Before anything is read: a client that asks by `Expect: 100-continue` sends nothing in vain.
    let (action, mut grant) = if call.command() == Some("deprecate") {
        (Action::Unlist, call.authorize(unlist(name)).await?)
    } else {
        let either = [(Action::PushVersion, push(name)), (Action::Unlist, unlist(name))];
        call.authorize_one_of(either).await?
    };
    check_head(call, &body)?;
    let began = Instant::now();
    let staging = match action {
        Action::Unlist => None,
        _ => Some(call.services.packages.stage(&grant)?),
    };
    let (split, staged) = receive(call, staging, body).await?;
    let document =
        match Document::parse(name, &split).map_err(|error| Refusal::malformed(&error))? {
            Document::Publish(document) => *document,
            Document::Update => {
                return change::update(call, name, (action, grant), &split.document).await;
            }
        };
    drop(split);
    let Some(staged) = staged else {
        call.authorize(push(name)).await?;
        return Err(archive_with_a_change());
    };
    let measured = Measured { length: staged.size, sha1: &staged.sha1, sha512: &staged.sha512 };
    check_hashes(&document, measured).map_err(|error| Refusal::malformed(&error))?;
    let release = release(document)?;
    if began.elapsed() > FRESH {
        grant = call.authorize(push(name)).await?;
    }
    for _ in 1..TRIES {
        match call.services.packages.publish(&grant, &release, &staged).await {
            Err(Error::Raced) => grant = call.authorize(push(name)).await?,
            other => return published(other, &grant),
        }
    }
    published(call.services.packages.publish(&grant, &release, &staged).await, &grant)
}

fn published(result: Result<(), Error>, grant: &Grant) -> Result<Response, Refusal> {
    result?;
    let document = json!({ "ok": true, "success": true });
    Ok(warned(json(StatusCode::CREATED, &document), grant))
}

/// Refuses by the head what would be refused by the body.
fn check_head(call: &Call, body: &Body) -> Result<(), Refusal> {
    let encoding = call.headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Refusal::Wrong(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The upload is compressed: send it without a Content-Encoding.".to_owned(),
        ));
    }
    let limits = call.services.limits();
    if body.size_hint().lower() > largest_request(limits) {
        let sentence = format!(
            "The upload is too large: this server takes packages up to {} (max_package_size) with \
             metadata up to {} (max_document_size).",
            Size(limits.package_bytes),
            Size(limits.document_bytes),
        );
        return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
    }
    Ok(())
}

/// Reads the body: the document into memory, the archive to a temporary file, if there is one for it.
async fn receive(
    call: &Call,
    mut staging: Option<Staging>,
    mut body: Body,
) -> Result<(Split, Option<Staged>), Refusal> {
    let limits = call.services.limits();
    let document = limits.document_bytes;
    let mut splitter = Splitter::new(Limits {
        document: usize::try_from(document).unwrap_or(usize::MAX),
        attachment: limits.package_bytes,
    });
    let mut block = Vec::with_capacity(2 * BLOCK);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| cut_off())?;
        let Some(data) = frame.data_ref() else { continue };
        splitter.push(data, &mut |part| block.extend_from_slice(part))?;
        if block.len() >= BLOCK {
            if let Some(staging) = &mut staging {
                staging.write(&block).await?;
            }
            block.clear();
        }
    }
    let split = splitter.finish()?;
    let staged = match staging {
        Some(mut staging) => {
            staging.write(&block).await?;
            Some(staging.finish().await?)
        }
        None => None,
    };
    Ok((split, staged))
}

impl From<SplitError> for Refusal {
    fn from(error: SplitError) -> Self {
        if error.is_too_large() {
            Self::Wrong(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
        } else {
            Self::malformed(&error)
        }
    }
}

/// What no client sends: a publish that calls itself something else.
fn archive_with_a_change() -> Refusal {
    Refusal::Wrong(
        StatusCode::BAD_REQUEST,
        "The document has an archive, but the command is not one to publish: use npm publish."
            .to_owned(),
    )
}

fn release(document: PublishDocument) -> Result<Release, Refusal> {
    let manifest = document.stored_manifest();
    if manifest.len() > LARGEST_MANIFEST {
        let sentence = format!(
            "The package.json of {} {} has more than {}: keep large data in files of their own.",
            Excerpt::of(document.name.as_str()),
            Excerpt::of(&document.version),
            Size(LARGEST_MANIFEST as u64),
        );
        return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
    }
    Ok(Release {
        name: document.name.as_str().to_owned(),
        version_key: document.version.clone(),
        manifest,
        manifest_short: document.abbreviated_manifest(),
        file_name: document.name.tarball_file(&document.version),
        version: document.version,
        readme: document.readme.unwrap_or_default(),
        tags: document.tags,
    })
}
