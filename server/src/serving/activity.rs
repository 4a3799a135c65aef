//! Whether anything still happens on a connection, and whether a body comes at a decent pace.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::BoxError;
use bytes::Buf as _;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, sleep};

/// Bytes a second below which a body is not worth waiting for.
const SLOWEST: u64 = 4096;

/// When something happened last on a connection: a request began, a piece of a body came or was
/// fetched.
#[derive(Debug, Clone)]
pub(super) struct Activity {
    began: Instant,
    /// Milliseconds since then.
    last: Arc<AtomicU64>,
}

impl Activity {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), last: Arc::default() }
    }

    pub(super) fn note(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Waits until nothing has happened for so long.
    pub(super) async fn rests_for(&self, quiet: Duration) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let rested = self.began.elapsed().saturating_sub(last);
            match quiet.checked_sub(rested).filter(|left| !left.is_zero()) {
                Some(left) => sleep(left).await,
                None => return,
            }
        }
    }
}

/// A body whose every piece is noted.
pub(super) struct Noted<B> {
    body: B,
    activity: Activity,
}

impl<B> Noted<B> {
    pub(super) fn new(body: B, activity: Activity) -> Self {
        Self { body, activity }
    }
}

impl<B: Body + Unpin> Body for Noted<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.activity.note();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body that breaks when it trickles: a byte now and then would hold its place for hours.
pub(super) struct Paced<B> {
    body: B,
    /// Besides the time its bytes may take.
    patience: Duration,
    began: Option<Instant>,
    bytes: u64,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, began: None, bytes: 0 }
    }
}

/// A body came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body comes too slowly: less than {SLOWEST} bytes a second")]
struct TooSlow;

impl<B: Body + Unpin> Body for Paced<B>
where
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        let began = *self.began.get_or_insert_with(Instant::now);
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        };
        self.bytes += frame.data_ref().map_or(0, |data| data.remaining() as u64);
        let enough = self.patience + Duration::from_secs(self.bytes / SLOWEST);
        Poll::Ready(Some(if began.elapsed() > enough { Err(TooSlow.into()) } else { Ok(frame) }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
