//! The loop that takes connections, and how it ends.
//!
//! `axum::serve` sets no time limits, so this is built on hyper's own connection builder, which
//! speaks HTTP/1.1 and, to those who begin with it, HTTP/2 (RFC 9113 §3.3).

use std::{
    convert::Infallible,
    future::Future,
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
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

/// How long the server waits for others.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For a request's head; also how long an idle connection is kept.
    head: Duration,
    /// For the next piece of a request's body.
    body: Duration,
    /// For requests in flight, once the server is told to stop.
    ending: Duration,
}

const PATIENCE: Patience = Patience {
    head: Duration::from_secs(10),
    body: Duration::from_secs(30),
    ending: Duration::from_secs(20),
};
/// Connections at one time; more wait to be taken. Below the usual limit of 1024 open files.
const CONNECTIONS: usize = 800;
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

/// Answers requests until `stop` says so. The first message lets requests in flight finish, within
/// 20 seconds; a second one cuts them off.
pub async fn serve(listener: TcpListener, app: Router, stop: mpsc::Receiver<()>) -> Ending {
    serve_with(PATIENCE, listener, app, stop).await
}

async fn serve_with(
    patience: Patience,
    listener: TcpListener,
    app: Router,
    mut stop: mpsc::Receiver<()>,
) -> Ending {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let cut_off = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            _ = stop.recv() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let connection = connection(patience, stream, peer, app.clone(), graceful.watcher());
        let cut_off = cut_off.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = connection => {}
                () = cut_off.cancelled() => {}
            }
            drop(place);
        });
    }
    drop(listener);
    let finished = timeout(patience.ending, graceful.shutdown());
    let ending = tokio::select! {
        finished = finished => if finished.is_ok() { Ending::Finished } else { Ending::CutOff },
        Some(()) = stop.recv() => Ending::CutOff,
    };
    // What is cut off has let go of everything once all places are free again.
    cut_off.cancel();
    let everyone = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    let _ = timeout(Duration::from_secs(1), places.acquire_many(everyone)).await;
    ending
}

/// Takes the next connection once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            sleep(BREATH).await;
            None
        }
    }
}

/// Answers the requests of one connection.
fn connection(
    patience: Patience,
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    watcher: Watcher,
) -> impl Future<Output = ()> + Send {
    // Answers are small and written whole; waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let asked = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let asked = Arc::clone(&asked);
        move |request| {
            asked.store(true, Ordering::Relaxed);
            answer(patience, app.clone(), peer, request)
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.head);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
    let serving = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let serving = watcher.watch(serving);
    async move {
        let mut serving = pin!(serving);
        // The time limit of hyper begins with a request's first bytes; this one covers a client that
        // never sends them.
        let ended = tokio::select! {
            ended = &mut serving => Some(ended),
            () = sleep(patience.head) => None,
        };
        let ended = match ended {
            None if !asked.load(Ordering::Relaxed) => return,
            None => serving.await,
            Some(ended) => ended,
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, error, "a connection broke");
        }
    }
}

async fn answer(
    patience: Patience,
    app: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(|body| Body::new(TimeoutBody::new(patience.body, body)));
    request.extensions_mut().insert(ConnectInfo(peer));
    app.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::{MethodRouter, get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    struct Server {
        address: SocketAddr,
        stop: mpsc::Sender<()>,
        ending: tokio::task::JoinHandle<Ending>,
    }

    const SHORT: Patience = Patience {
        head: Duration::from_millis(500),
        body: Duration::from_millis(500),
        ending: Duration::from_millis(500),
    };

    #[expect(clippy::disallowed_methods, reason = "these routes are not the product's")]
    async fn server(patience: Patience, route: MethodRouter) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = mpsc::channel(2);
        let app = Router::new().route("/", route);
        let ending = tokio::spawn(serve_with(patience, listener, app, stopped));
        Server { address, stop, ending }
    }

    async fn send(server: &Server, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    #[tokio::test]
    async fn requests_in_flight_finish_and_idle_connections_end() {
        let server = server(
            PATIENCE,
            get(async || {
                sleep(Duration::from_millis(300)).await;
                "done"
            }),
        )
        .await;
        let idle = TcpStream::connect(server.address).await.unwrap();
        let busy = send(&server, GET).await;
        sleep(Duration::from_millis(100)).await;
        server.stop.send(()).await.unwrap();
        assert!(rest(busy).await.ends_with("done"));
        assert_eq!(rest(idle).await, "");
        assert_eq!(server.ending.await.unwrap(), Ending::Finished);
        assert!(TcpStream::connect(server.address).await.is_err());
    }

    #[tokio::test]
    async fn a_second_word_cuts_off_what_is_in_flight() {
        let server = server(PATIENCE, get(std::future::pending::<()>)).await;
        let busy = send(&server, GET).await;
        sleep(Duration::from_millis(100)).await;
        server.stop.send(()).await.unwrap();
        server.stop.send(()).await.unwrap();
        assert_eq!(server.ending.await.unwrap(), Ending::CutOff);
        assert_eq!(rest(busy).await, "");
    }

    #[tokio::test]
    async fn handlers_see_the_sockets_address() {
        let server = server(
            PATIENCE,
            get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
        )
        .await;
        let stream = send(&server, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        let address = stream.local_addr().unwrap().to_string();
        assert!(rest(stream).await.ends_with(&address));
    }

    #[tokio::test]
    async fn silent_and_slow_clients_are_let_go() {
        let server = server(SHORT, get(async || "done")).await;
        for beginning in ["", "PRI * HT", "GET / HTTP/1.1\r\nhost: ", GET] {
            let started = Instant::now();
            let stream = send(&server, beginning).await;
            let answer = rest(stream).await;
            assert_eq!(answer.ends_with("done"), beginning == GET, "{answer}");
            assert!(started.elapsed() >= SHORT.head, "{beginning}");
        }
    }

    #[tokio::test]
    async fn bodies_that_stop_coming_are_an_error() {
        let read = async |body: Body| axum::body::to_bytes(body, 99).await.is_err().to_string();
        let server = server(SHORT, post(read)).await;
        let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123";
        assert!(rest(send(&server, head).await).await.ends_with("true"));
    }

    #[tokio::test]
    async fn requests_in_flight_are_not_waited_for_for_ever() {
        let server = server(SHORT, get(std::future::pending::<()>)).await;
        let busy = send(&server, GET).await;
        sleep(Duration::from_millis(100)).await;
        server.stop.send(()).await.unwrap();
        assert_eq!(server.ending.await.unwrap(), Ending::CutOff);
        assert_eq!(rest(busy).await, "");
    }
}
