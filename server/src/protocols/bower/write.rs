//! Registering and taking back.
//!
//! A name belongs to whoever registered it: that account may take it back with any credential that may
//! still publish it, and everybody else takes the right to delete.

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::StatusCode;
use registry::{Error, access::Wanted};

use super::{
    BOWER, Call,
    answer::{Refusal, done},
    read::absent,
    wire::{form::Registration, name::Name},
};

/// The most bytes of a registration: two short fields, each byte of them in three.
const LARGEST: usize = 16 << 10;
/// How often a registration begins again because another one of the name came first.
const TRIES: usize = 3;

/// `bower register`.
pub(super) async fn register(call: &Call, body: Body) -> Result<Response, Refusal> {
    // Who may register nothing at all is told so before the body is read.
    call.authorize(Wanted::Upload(BOWER)).await?;
    let body = to_bytes(body, LARGEST).await.map_err(|_| {
        let sentence = "The form is too large, or was cut short.".to_owned();
        Refusal::Wrong(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    })?;
    let Registration { name, url } =
        Registration::parse(&body).map_err(|error| Refusal::malformed(&error))?;
    let wanted = Wanted::Push(BOWER, name.as_str());
    let mut left = TRIES;
    loop {
        let grant = call.authorize(wanted).await?;
        left -= 1;
        match call.services.packages.register(&grant, name.as_str(), url.as_str()).await {
            Err(Error::Raced) if left > 0 => {}
            result => {
                result?;
                return Ok(done(StatusCode::CREATED));
            }
        }
    }
}

/// `bower unregister`.
pub(super) async fn unregister(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let delete = Wanted::Delete(BOWER, name.as_str());
    let push = Wanted::Push(BOWER, name.as_str());
    let packages = &call.services.packages;
    let mut grant = None;
    if call.refusal(delete).await?.is_some() && call.refusal(push).await?.is_none() {
        let own = call.authorize(push).await?;
        grant = packages.is_registrant(&own).await?.then_some(own);
    }
    let grant = match grant {
        Some(grant) => grant,
        None => call.authorize(delete).await?,
    };
    packages.unregister(&grant).await.map_err(|error| absent(call, name, error))?;
    Ok(done(StatusCode::NO_CONTENT))
}
