//! Files and checksums on their way in. Who may is asked before the body is, so that a client that waits
//! (`Expect: 100-continue`) sends nothing in vain.

use std::io::Read as _;

use axum::{body::Body, response::Response};
use futures::StreamExt as _;
use http::StatusCode;
use md5::{Digest as _, Md5};
use model::maven_version::MavenVersion;
use registry::{
    Error, Grant,
    access::Wanted,
    blobs::Staged,
    packages::{Arrival, Checked, Checksum},
};
use tokio::task::spawn_blocking;

use super::{
    Call, MAVEN,
    answer::{Refusal, created},
    read::absent,
    wire::{digest, path::File, pom},
};
use crate::{protocols::sentence::Size, web::InternalError};

/// Bytes gathered for one write to the disk.
const BLOCK: usize = 256 << 10;
/// How often a file is added again because another one of the package came first.
const TRIES: usize = 3;
/// What the headers begin with in which some clients send checksums along with the file.
const HEADER: &str = "x-checksum-";

/// A file of a version.
pub(super) async fn file(call: &Call, file: &File, body: Body) -> Result<Response, Refusal> {
    let wanted = Wanted::Attach(MAVEN, &file.id, &file.version);
    let mut grant = call.authorize(wanted).await?;
    let (staged, md5) = receive(call, &grant, body).await?;
    check_headers(call, file, &staged, &md5)?;
    let mut manifest = None;
    let staged = if file.is_pom() {
        let (described, staged) = describe(file, staged).await?;
        manifest = Some(described);
        staged
    } else {
        staged
    };
    let arrival = Arrival {
        package: &file.id,
        version: &file.version,
        file: &file.name,
        md5,
        weight: file.weight(),
        manifest,
        may_replace: file.is_replaced(),
        may_return: MavenVersion::is_snapshot(&file.version),
    };
    for _ in 1..TRIES {
        match call.services.packages.add(&grant, &arrival, &staged).await {
            Err(Error::Raced) => grant = call.authorize(wanted).await?,
            result => return Ok(result.map(|()| created())?),
        }
    }
    Ok(call.services.packages.add(&grant, &arrival, &staged).await.map(|()| created())?)
}

/// A checksum of a file that came before it.
pub(super) async fn checksum(
    call: &Call,
    file: &File,
    kind: Checksum,
    body: Body,
) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Attach(MAVEN, &file.id, &file.version)).await?;
    let digest = sent_digest(kind, body).await?;
    let packages = &call.services.packages;
    let checked = packages.check(&grant, &file.version, &file.name, (kind, &digest)).await;
    let name = &file.name;
    match checked.map_err(|error| absent(call, &file.id, name, error))? {
        Checked::Right => Ok(created()),
        Checked::Withdrawn => Err(Refusal::wrong(format!(
            "The checksum does not match {name}: the file was damaged on its way and is withdrawn. Deploy it again."
        ))),
        Checked::Wrong => Err(Refusal::wrong(format!(
            "The checksum does not match {name}, which stays as it is."
        ))),
    }
}

/// Reads a checksum that was sent as a file.
pub(super) async fn sent_digest(kind: Checksum, body: Body) -> Result<Vec<u8>, Refusal> {
    let text = small(body, digest::LONGEST).await?;
    let digest = digest::read(kind, &text);
    digest.ok_or_else(|| Refusal::wrong("This is no checksum of its kind in hexadecimal."))
}

/// Reads a body that fits into memory.
pub(super) async fn small(body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut pieces = body.into_data_stream();
    let mut text = Vec::new();
    while let Some(piece) = pieces.next().await {
        text.extend_from_slice(&piece.map_err(|_| cut_short())?);
        if text.len() > most {
            let most = Size(most as u64);
            let sentence = format!("This file has more than {most}, the most of its kind.");
            return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
    }
    Ok(text)
}

/// Streams a file to the disk.
async fn receive(call: &Call, grant: &Grant, body: Body) -> Result<(Staged, [u8; 16]), Refusal> {
    let most = call.services.limits().package_bytes;
    let mut staging = call.services.packages.stage(grant)?;
    let mut pieces = body.into_data_stream();
    let (mut md5, mut length) = (Md5::new(), 0);
    let mut block = Vec::with_capacity(BLOCK);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| cut_short())?;
        length += piece.len() as u64;
        if length > most {
            let sentence = format!(
                "The file is larger than {}, the most this server takes (max_package_size).",
                Size(most)
            );
            return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        md5.update(&piece);
        block.extend_from_slice(&piece);
        if block.len() >= BLOCK {
            staging.write(&block).await?;
            block.clear();
        }
    }
    staging.write(&block).await?;
    Ok((staging.finish().await?, md5.finalize().into()))
}

fn cut_short() -> Refusal {
    Refusal::wrong("The upload was cut short. Try again.")
}

/// Checksums that came along with the file: nothing of it is kept if one disagrees.
fn check_headers(call: &Call, file: &File, staged: &Staged, md5: &[u8]) -> Result<(), Refusal> {
    for (end, kind) in digest::KINDS {
        let header = call.headers.get(format!("{HEADER}{}", &end[1..]));
        let Some(header) = header else { continue };
        let is: &[u8] = match kind {
            Checksum::Md5 => md5,
            Checksum::Sha1 => &staged.sha1,
            Checksum::Sha256 => &staged.sha256,
            Checksum::Sha512 => &staged.sha512,
        };
        if digest::read(kind, header.as_bytes()).as_deref() != Some(is) {
            return Err(Refusal::wrong(format!(
                "The checksum does not match {}: the file was damaged on its way. Deploy it again.",
                file.name
            )));
        }
    }
    Ok(())
}

/// Reads what a version says of itself, on a thread where that may take its time.
async fn describe(file: &File, staged: Staged) -> Result<(String, Staged), Refusal> {
    if staged.size > pom::LONGEST as u64 {
        let most = Size(pom::LONGEST as u64);
        let sentence = format!("The POM is larger than {most}.");
        return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
    }
    let mut opened = staged.open()?;
    let (id, version) = (file.id.clone(), file.version.clone());
    let read = move || {
        let mut bytes = Vec::new();
        opened.read_to_end(&mut bytes).map(|_| pom::read(&bytes, &id, &version))
    };
    let described = spawn_blocking(read).await.map_err(InternalError::from)?;
    let described = described.map_err(InternalError::from)?;
    Ok((described.map_err(|error| Refusal::malformed(&error))?, staged))
}
