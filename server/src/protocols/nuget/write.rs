//! Publishing, unlisting and listing again.
//!
//! Nothing of a push is seen, or left, before all of it is good. Which package it is stands in the
//! package itself: whether anything may be pushed is asked before the body is read, and whether this
//! package may be once its manifest is.

use std::{fs::File, io::BufReader};

use axum::{body::Body, response::Response};
use http::StatusCode;
use model::nuget_version::NugetVersion;
use registry::{
    Error, Grant,
    access::Wanted,
    blobs::Staged,
    packages::{ExtraFile, Release},
};
use tokio::task::spawn_blocking;

use super::{
    Call, NUGET,
    answer::{Refusal, done, warned},
    upload::receive,
    wire::{
        archive::ArchiveError,
        id::Id,
        package::{PackageError, UploadedPackage},
        path::{icon_file, package_file, symbols_file},
    },
};
use crate::web::InternalError;

/// How often a push begins again because another one of the package came first.
const TRIES: usize = 3;

/// A new version.
pub(super) async fn push(call: &Call, body: Body) -> Result<Response, Refusal> {
    let upload = call.authorize(Wanted::Upload(NUGET)).await?;
    let staged = receive(call, &upload, body).await?;
    let (package, staged) = look_into(staged, UploadedPackage::read).await?;
    let release = release(&package).map_err(InternalError::from)?;
    let wanted = Wanted::Push(NUGET, &release.name);
    let mut grant = call.authorize(wanted).await?;
    let mut extras = Vec::new();
    if let Some(icon) = &package.icon {
        let mut staging = call.services.packages.stage(&grant)?;
        staging.write(&icon.content).await?;
        let name = icon_file(&package.nuspec.id, &package.nuspec.version);
        extras.push(ExtraFile { name, staged: staging.finish().await? });
    }
    for _ in 1..TRIES {
        match call.services.packages.publish_with(&grant, &release, &staged, &extras).await {
            Err(Error::Raced) => grant = call.authorize(wanted).await?,
            result => return pushed(result, &grant),
        }
    }
    pushed(call.services.packages.publish_with(&grant, &release, &staged, &extras).await, &grant)
}

/// Symbols of a version that is there.
pub(super) async fn push_symbols(call: &Call, body: Body) -> Result<Response, Refusal> {
    let upload = call.authorize(Wanted::Upload(NUGET)).await?;
    let staged = receive(call, &upload, body).await?;
    let (nuspec, staged) = look_into(staged, UploadedPackage::read_symbols).await?;
    let (id, version) = (nuspec.id, nuspec.version);
    let grant = call.authorize(Wanted::Attach(NUGET, id.as_str(), &version.key())).await?;
    let file = ExtraFile { name: symbols_file(&id, &version), staged };
    match call.services.packages.add_file(&grant, &version.key(), &file).await {
        // The grant may also be one for a package that is not there yet.
        Err(Error::NotFound(_)) => Err(Refusal::Absent(format!(
            "Feed {} has no {id} {version}: push the package before its symbols.",
            call.feed
        ))),
        result => pushed(result, &grant),
    }
}

fn pushed(result: Result<(), Error>, grant: &Grant) -> Result<Response, Refusal> {
    result?;
    Ok(warned(done(StatusCode::CREATED), grant))
}

/// Unlists a version, which is what clients call deleting, or lists it again.
pub(super) async fn set_listed(
    call: &Call,
    id: &Id,
    version: &NugetVersion,
    is_listed: bool,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Unlist(NUGET, id.as_str())).await?;
    match call.services.packages.set_listed(&grant, &version.key(), is_listed).await {
        Err(Error::NotFound(_)) => {
            Err(Refusal::Absent(format!("Feed {} has no {id} {version}.", call.feed)))
        }
        result => {
            result?;
            let status = if is_listed { StatusCode::OK } else { StatusCode::NO_CONTENT };
            Ok(warned(done(status), &grant))
        }
    }
}

/// Looks into an uploaded file, on a thread where that may take its time.
async fn look_into<T: Send + 'static>(
    staged: Staged,
    read: fn(BufReader<File>) -> Result<T, PackageError>,
) -> Result<(T, Staged), Refusal> {
    let file = staged.open()?;
    let read = spawn_blocking(move || read(BufReader::new(file))).await;
    match read.map_err(InternalError::from)? {
        Ok(found) => Ok((found, staged)),
        Err(PackageError::Archive(error @ ArchiveError::Io(_))) => {
            Err(InternalError::from(error).into())
        }
        Err(error) => Err(Refusal::malformed(&error)),
    }
}

/// What is kept of a package. `latest` follows the order of its versions.
fn release(package: &UploadedPackage) -> serde_json::Result<Release> {
    let (id, version) = (&package.nuspec.id, &package.nuspec.version);
    Ok(Release {
        name: id.to_string(),
        version: version.to_string(),
        version_key: version.key(),
        manifest: serde_json::to_string(&package.whole_manifest())?,
        manifest_short: serde_json::to_string(&package.manifest())?,
        readme: package.readme.clone().unwrap_or_default(),
        tags: Vec::new(),
        file_name: package_file(id, version),
    })
}
