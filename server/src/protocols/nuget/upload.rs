//! A package on its way in: the body of a push, streamed into a file.

use axum::body::Body;
use http::{StatusCode, header};
use multer::Multipart;
use registry::{Grant, blobs::Staged};

use super::{Call, answer::Refusal};
use crate::protocols::sentence::Size;

/// Bytes gathered for one write to the disk.
const BLOCK: usize = 256 << 10;

/// Reads the body of a push, a form (RFC 7578) of which the first part is the package, to a temporary
/// file. The grant is one to upload.
pub(super) async fn receive(call: &Call, grant: &Grant, body: Body) -> Result<Staged, Refusal> {
    let content_type = call.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(|_| {
        Refusal::Wrong(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The upload is not a form (multipart/form-data): push with a NuGet client.".to_owned(),
        )
    })?;
    let most = call.services.limits().package_bytes;
    let mut form = Multipart::new(body.into_data_stream(), boundary);
    let part = form.next_field().await.map_err(|_| malformed())?;
    let mut part = part.ok_or_else(malformed)?;
    let mut staging = call.services.packages.stage(grant)?;
    let mut block = Vec::with_capacity(2 * BLOCK);
    let mut length = 0;
    while let Some(data) = part.chunk().await.map_err(|_| malformed())? {
        length += data.len() as u64;
        if length > most {
            let sentence = format!(
                "The package is larger than {}, the most this server takes (max_package_size).",
                Size(most)
            );
            return Err(Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        block.extend_from_slice(&data);
        if block.len() >= BLOCK {
            staging.write(&block).await?;
            block.clear();
        }
    }
    staging.write(&block).await?;
    Ok(staging.finish().await?)
}

/// A form without an end, or without a part.
fn malformed() -> Refusal {
    Refusal::Wrong(
        StatusCode::BAD_REQUEST,
        "The upload was cut short, or has no package in it. Try again.".to_owned(),
    )
}
