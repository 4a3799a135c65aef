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
    whole_body: Duration::from_millis(500),
    quiet: Duration::from_millis(500),
    ending: Duration::from_millis(500),
};

/// The same for requests in flight, whose connection is not to be given up as a quiet one first.
const BUSY: Patience = Patience { quiet: PATIENCE.quiet, ..SHORT };

#[expect(clippy::disallowed_methods, reason = "these routes are not the product's")]
async fn server(patience: Patience, route: MethodRouter) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = mpsc::channel(2);
    let served = Served { app: Router::new().route("/", route), encryption: None };
    let places = Places::new(8, Arc::default());
    let ending = tokio::spawn(serve_with(patience, listener, places, served, stopped));
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
    let server =
        server(PATIENCE, get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
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
    let server = server(BUSY, post(read)).await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123";
    assert!(rest(send(&server, head).await).await.ends_with("true"));
}

#[tokio::test]
async fn requests_in_flight_are_not_waited_for_for_ever() {
    let server = server(BUSY, get(std::future::pending::<()>)).await;
    let busy = send(&server, GET).await;
    sleep(Duration::from_millis(100)).await;
    server.stop.send(()).await.unwrap();
    assert_eq!(server.ending.await.unwrap(), Ending::CutOff);
    assert_eq!(rest(busy).await, "");
}

#[tokio::test]
async fn bodies_that_trickle_are_an_error() {
    let read = async |body: Body| axum::body::to_bytes(body, 99).await.is_err().to_string();
    let server = server(BUSY, post(read)).await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n";
    let mut stream = send(&server, head).await;
    for _ in 0..20 {
        sleep(Duration::from_millis(50)).await;
        if stream.write_all(b"1").await.is_err() {
            break;
        }
    }
    assert!(rest(stream).await.contains("true"));
}

#[tokio::test]
async fn answers_that_nobody_fetches_are_given_up() {
    let long = async || Body::from(vec![b'x'; 64 << 20]);
    let server = server(SHORT, get(long)).await;
    let stream = send(&server, GET).await;
    sleep(SHORT.quiet * 3).await;
    let mut answer = Vec::new();
    let mut stream = stream;
    // What was on its way arrives; then the connection is gone.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.len() < 64 << 20, "{}", answer.len());
}

#[tokio::test]
async fn one_address_gets_half_of_all_places() {
    let places = Places::new(4, Arc::from(["10.0.0.0/8".parse().unwrap()]));
    let mut held = Vec::new();
    for (address, is_let_in) in [
        ("192.0.2.1", true),
        ("::ffff:192.0.2.1", true),
        ("192.0.2.1", false),
        ("10.0.0.9", true),
        ("10.0.0.9", true),
    ] {
        let place = places.next().await.unwrap().taken_by(address.parse().unwrap());
        assert_eq!(place.is_some(), is_let_in, "{address}");
        held.extend(place);
    }
    held.clear();
    assert!(places.next().await.unwrap().taken_by("192.0.2.1".parse().unwrap()).is_some());
    places.all_free().await;
}
