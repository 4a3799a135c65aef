//! The loop that takes connections, and how it ends.
//!
//! `axum::serve` sets no time limits, so this is built on hyper's own connection builder, which
//! speaks HTTP/1.1 and, to those who begin with it, HTTP/2 (RFC 9113 §3.3).

mod activity;
mod places;
#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use hyper::{
    body::{Body as _, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

pub use self::places::Places;
use self::{
    activity::{Activity, Noted, Paced},
    places::Place,
};
use crate::tls::{Greeted, Tls};

/// How long the server waits for others.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For a handshake, then for a request's head; also how long an idle connection is kept.
    head: Duration,
    /// For the next piece of a request's body.
    body: Duration,
    /// For a body as a whole, besides the time its bytes may take at the slowest pace.
    whole_body: Duration,
    /// For a connection on which nothing is asked, sent or fetched.
    quiet: Duration,
    /// For requests in flight, once the server is told to stop.
    ending: Duration,
}

const PATIENCE: Patience = Patience {
    head: Duration::from_secs(10),
    body: Duration::from_secs(30),
    whole_body: Duration::from_mins(1),
    quiet: Duration::from_mins(2),
    ending: Duration::from_secs(20),
};
/// How long to wait when no connection can be taken, say because too many files are open.
const BREATH: Duration = Duration::from_millis(200);
/// How often an HTTP/2 connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every request in flight got its answer.
    Finished,
    /// Some were cut off.
    CutOff,
}

/// What answers requests, and whether in the clear.
#[derive(Clone)]
pub struct Served {
    /// The service.
    pub app: Router,
    /// TLS, if that is spoken.
    pub encryption: Option<Encryption>,
}

/// TLS, and what is told to those who do not speak it.
#[derive(Clone)]
pub struct Encryption {
    /// Certificate and key.
    pub tls: Arc<Tls>,
    /// What answers requests in the clear.
    pub plain: Router,
}

/// Answers requests until `stop` says so. The first message lets requests in flight finish, within
/// 20 seconds; a second one cuts them off.
pub async fn serve(
    listener: TcpListener,
    places: Places,
    served: Served,
    stop: mpsc::Receiver<()>,
) -> Ending {
    serve_with(PATIENCE, listener, places, served, stop).await
}

async fn serve_with(
    patience: Patience,
    listener: TcpListener,
    places: Places,
    served: Served,
    mut stop: mpsc::Receiver<()>,
) -> Ending {
    let graceful = GracefulShutdown::new();
    // Whose handshake is not done yet has asked for nothing.
    let (closing, cut_off) = (CancellationToken::new(), CancellationToken::new());
    loop {
        let accepted = tokio::select! {
            _ = stop.recv() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (served, watcher) = (served.clone(), graceful.watcher());
        let (closing, cut_off) = (closing.clone(), cut_off.clone());
        tokio::spawn(async move {
            let connection = async {
                let greeted = tokio::select! {
                    greeted = greet(patience, stream, peer, served.encryption) => greeted,
                    () = closing.cancelled() => None,
                };
                match greeted {
                    Some((Greeted::Encrypted(stream), _)) => {
                        converse(patience, *stream, peer, served.app, watcher).await;
                    }
                    Some((Greeted::Plain(stream), plain)) => {
                        let app = plain.unwrap_or(served.app);
                        converse(patience, stream, peer, app, watcher).await;
                    }
                    None => {}
                }
            };
            tokio::select! {
                () = connection => {}
                () = cut_off.cancelled() => {}
            }
            drop(place);
        });
    }
    drop(listener);
    closing.cancel();
    let finished = timeout(patience.ending, graceful.shutdown());
    let ending = tokio::select! {
        finished = finished => if finished.is_ok() { Ending::Finished } else { Ending::CutOff },
        Some(()) = stop.recv() => Ending::CutOff,
    };
    // What is cut off has let go of everything once all places are free again.
    cut_off.cancel();
    let _ = timeout(Duration::from_secs(1), places.all_free()).await;
    ending
}

/// Takes the next connection once there is a place for it. An address that has its share of places
/// already is let go.
async fn accept(listener: &TcpListener, places: &Places) -> Option<(TcpStream, SocketAddr, Place)> {
    let place = places.next().await?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place.taken_by(peer.ip())?)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            sleep(BREATH).await;
            None
        }
    }
}

/// Shakes hands with whoever connected, where TLS is spoken; what answers those who do not speak it
/// comes along.
async fn greet(
    patience: Patience,
    stream: TcpStream,
    peer: SocketAddr,
    encryption: Option<Encryption>,
) -> Option<(Greeted, Option<Router>)> {
    // Answers are small and written whole; waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let Some(Encryption { tls, plain }) = encryption else {
        return Some((Greeted::Plain(stream), None));
    };
    match timeout(patience.head, tls.greet(stream)).await {
        Ok(Ok(greeted)) => Some((greeted, Some(plain))),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "a handshake took too long");
            None
        }
    }
}

/// Answers the requests of one connection.
async fn converse(
    patience: Patience,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    app: Router,
    watcher: Watcher,
) {
    let asked = Arc::new(AtomicBool::new(false));
    let activity = Activity::begin();
    let service = service_fn({
        let (asked, activity) = (Arc::clone(&asked), activity.clone());
        move |request| {
            asked.store(true, Ordering::Relaxed);
            activity.note();
            answer(patience, activity.clone(), app.clone(), peer, request)
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.head);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
    let serving = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let serving = watcher.watch(serving);
    let mut serving = pin!(serving);
    // The time limit of hyper begins with a request's first bytes; this one covers a client that
    // never sends them.
    let ended = tokio::select! {
        ended = &mut serving => Some(ended),
        () = sleep(patience.head) => None,
    };
    let ended = match ended {
        None if !asked.load(Ordering::Relaxed) => return,
        None => tokio::select! {
            ended = &mut serving => ended,
            // A client that only answers pings, or does not fetch what it asked for.
            () = activity.rests_for(patience.quiet) => return,
        },
        Some(ended) => ended,
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error, "a connection broke");
    }
}

async fn answer(
    patience: Patience,
    activity: Activity,
    app: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        let body = Noted::new(Body::new(TimeoutBody::new(patience.body, body)), activity.clone());
        Body::new(Paced::new(body, patience.whole_body))
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = app.oneshot(request).await?;
    Ok(response.map(|body| Body::new(Noted::new(body, activity))))
}
