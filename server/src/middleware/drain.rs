//! Bodies that nobody wants any more.
//!
//! A client that is refused while it still sends a package does not look at the answer: it sees its
//! connection break, and tries again. So the rest of the body is read and thrown away first, unless
//! the client waits to be asked for it (`Expect: 100-continue`, RFC 9110 §10.1.1): then it is told
//! at once, and the connection is closed.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, Version, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::steps::Then;
use crate::web::Area;

/// How long the rest of a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of a request's body that are read in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most(pub(crate) u64);

/// Reads the rest of a feed request's body before a refusal is sent.
pub(crate) async fn drain(
    State(Most(most)): State<Most>,
    request: Request,
    next: impl Then,
) -> Response {
    if Area::of(request.uri()) != Area::Feeds || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let waits = request
        .headers()
        .get(header::EXPECT)
        .is_some_and(|expect| expect.as_bytes().eq_ignore_ascii_case(b"100-continue"));
    let is_http1 = request.version() <= Version::HTTP_11;
    let place = Arc::new(Place::default());
    let request = request.map(|body| {
        let lent = Lent { body: Some(body), place: Arc::clone(&place), seen: Seen::default() };
        Body::new(lent)
    });
    let mut response = next.run(request).await;

    // Nothing came back if the body was read to its end, or if someone still reads it.
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    if is_refusal && let Some((rest, seen)) = place.take() {
        let left = most.saturating_sub(seen.bytes);
        let is_clean = if waits && !seen.polled { false } else { discard(rest, left).await };
        if !is_clean && is_http1 {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    response
}

/// Reads a body to its end; `false` if it is longer than `left` bytes, too slow, or broken.
async fn discard(mut rest: Body, mut left: u64) -> bool {
    let reading = async {
        while let Some(frame) = rest.frame().await {
            let Ok(frame) = frame else { return false };
            let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
            match left.checked_sub(bytes) {
                Some(less) => left = less,
                None => return false,
            }
        }
        true
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false)
}

/// What was read of a body.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Whether anything was asked for; that is when a waiting client is told to go on.
    polled: bool,
    /// Bytes read.
    bytes: u64,
}

/// Where a lent body is put when its reader lets go of it.
#[derive(Default)]
struct Place(Mutex<Option<(Body, Seen)>>);

impl Place {
    fn put(&self, body: Body, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((body, seen));
    }

    fn take(&self) -> Option<(Body, Seen)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A body that comes back when its reader drops it before the end.
struct Lent {
    body: Option<Body>,
    place: Arc<Place>,
    seen: Seen,
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.seen.polled = true;
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => self.seen.bytes += frame.data_ref().map_or(0, Bytes::len) as u64,
            // At its end, or broken: there is no rest.
            Some(Err(_)) | None => self.body = None,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(body) = self.body.take()
            && !body.is_end_stream()
        {
            self.place.put(body, self.seen);
        }
    }
}
