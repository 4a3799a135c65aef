//! The built program speaking TLS with real clients of TLS.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use tempfile::TempDir;
use testing::certificates::{Authority, ECDSA, Issued, RSA};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::{Run, Server, finish, latchkey};

const PATIENCE: Duration = Duration::from_secs(20);
const GET: &str = "GET /api/ HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A server with a certificate, and the authority that issued it.
struct Tls {
    run: Run,
    authority: Authority,
    place: Issued,
    _folder: TempDir,
}

impl Tls {
    fn serve(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path());
        let place = authority.issue("place", ECDSA, 9);
        let pair = ["--tls-cert", text(&place.cert), "--tls-key", text(&place.key)];
        let run = Run::serve(&[&pair, flags].concat());
        Self { run, authority, place, _folder: folder }
    }

    /// A client that trusts the authority and offers these protocols above TLS.
    fn client(&self, protocols: &[&str]) -> ClientConfig {
        let mut client = trusting(&self.authority, &[&TLS13, &TLS12]);
        client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        client
    }

    async fn connect(&self, client: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.run.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(client)).connect(name, stream).await
    }

    /// A connection that speaks HTTP/1.1.
    async fn open(&self) -> TlsStream<TcpStream> {
        self.connect(self.client(&["http/1.1"])).await.unwrap()
    }

    /// The certificate that a new connection is shown.
    async fn shown(&self) -> Vec<u8> {
        certificate(&self.open().await)
    }

    /// Waits until the log holds this.
    async fn logs(&self, words: &str) {
        let waiting = async {
            while !self.run.log().contains(words) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let log = timeout(PATIENCE, waiting).await;
        assert!(log.is_ok(), "{words:?} is not in {}", self.run.log());
    }
}

/// A client of TLS that trusts this authority and speaks these versions.
fn trusting(authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority.certificate()).unwrap()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Puts a file in another's place, in one step.
fn put(from: &Path, to: &Path) {
    let beside = to.with_extension("new");
    fs::copy(from, &beside).unwrap();
    fs::rename(beside, to).unwrap();
}

fn certificate(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

fn first_in(file: &PathBuf) -> Vec<u8> {
    CertificateDer::from_pem_file(file).unwrap().to_vec()
}

/// Asks on a connection and gives the first line of the answer; the connection stays.
async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(GET.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !answer.contains("\r\n\r\n") {
        let mut buffer = [0; 4096];
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(read, 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    answer.lines().next().unwrap().to_owned()
}

/// What is answered to these bytes, up to the end of the connection.
async fn said_to(tls: &Tls, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(tls.run.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_client_that_trusts_the_authority_is_served_and_no_other() {
    let mut tls = Tls::serve(&[]);
    let link = tls.run.says_until("/setup?code=");
    assert!(link.contains(&format!("https://{}/setup?code=", tls.run.address)), "{link}");
    for version in [&TLS13, &TLS12] {
        let mut stream = tls.connect(trusting(&tls.authority, &[version])).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 503 "));
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Authority::new(elsewhere.path());
    let refusal = tls.connect(trusting(&other, &[&TLS13])).await.unwrap_err().to_string();
    assert!(refusal.contains("UnknownIssuer") || refusal.contains("BadSignature"), "{refusal}");
}

#[tokio::test]
async fn http2_is_spoken_with_those_who_offer_it() {
    let tls = Tls::serve(&[]);
    for (offered, taken) in [
        (&["h2", "http/1.1"][..], Some(&b"h2"[..])),
        (&["http/1.1", "h2"], Some(b"h2")),
        (&["http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let stream = tls.connect(tls.client(offered)).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), taken, "{offered:?}");
    }
    // Nothing in common: the handshake says so (RFC 7301 §3.2).
    let refusal = tls.connect(tls.client(&["spdy/1"])).await.unwrap_err();
    assert!(refusal.to_string().contains("NoApplicationProtocol"), "{refusal}");

    let stream = tls.connect(tls.client(&["h2"])).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let driver = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut answers = Vec::new();
    for path in ["/setup", "/api/", "/F/main/npm/left-pad"] {
        let request = axum::http::Request::get(format!("https://localhost{path}")).body(());
        answers.push(client.send_request(request.unwrap(), true).unwrap().0);
    }
    let mut statuses = Vec::new();
    for answer in answers {
        let answer = timeout(PATIENCE, answer).await.unwrap().unwrap();
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [200, 503, 503]);
    drop(client);
    let _ = driver.await;
}

#[tokio::test]
async fn a_replaced_pair_is_shown_to_new_connections_and_open_ones_go_on() {
    let tls = Tls::serve(&[]);
    let mut open = tls.open().await;
    assert_eq!(certificate(&open), first_in(&tls.place.cert));
    let next = tls.authority.issue("next", RSA, 9);
    put(&next.cert, &tls.place.cert);
    put(&next.key, &tls.place.key);
    tls.run.signal("HUP");
    tls.logs("new connections get the new certificate").await;
    assert_eq!(tls.shown().await, first_in(&next.cert));
    assert!(ask(&mut open).await.starts_with("HTTP/1.1 503 "));

    // A broken one is kept out, whatever is broken.
    let broken = tls.authority.issue("broken", ECDSA, 9);
    put(&broken.cert, &tls.place.cert);
    tls.run.signal("HUP");
    tls.logs("the certificate before stays in force. tls_key").await;
    fs::write(&tls.place.cert, "no PEM").unwrap();
    tls.run.signal("HUP");
    tls.logs("it holds no certificate").await;
    assert_eq!(tls.shown().await, first_in(&next.cert));

    // Nobody has to say that the files changed.
    put(&broken.cert, &tls.place.cert);
    put(&broken.key, &tls.place.key);
    let waiting = async {
        while tls.shown().await != first_in(&broken.cert) {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
    assert!(ask(&mut open).await.starts_with("HTTP/1.1 503 "));
    let log = tls.run.log();
    assert!(!log.contains("PRIVATE KEY-----\n") && !log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn plain_http_is_told_to_use_https() {
    let tls = Tls::serve(&["--public-url", "https://localhost:4433"]);
    for (request, kind) in [
        ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "text/html"),
        ("POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na=b", "text/html"),
        (
            "GET /F/main/npm/a HTTP/1.1\r\nhost: a\r\nauthorization: Basic YTpi\r\n\r\n",
            "application/json",
        ),
        ("GET /assets/a HTTP/1.0\r\n\r\n", "text/plain"),
    ] {
        let answer = said_to(&tls, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.") && answer.contains(" 400 "), "{answer}");
        assert!(
            answer.contains("Only https is spoken here: use https://localhost:4433"),
            "{answer}"
        );
        assert!(answer.contains(&format!("content-type: {kind}")), "{answer}");
        assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(!answer.contains("set-cookie") && !answer.contains("strict-transport"), "{answer}");
    }
    // A package that is refused is taken first: its sender would not look at the answer otherwise.
    let length = 4_000_000;
    let head = format!("PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n");
    let package = [head.into_bytes(), vec![b'x'; length]].concat();
    assert!(said_to(&tls, &package).await.contains("Only https is spoken here"));
    // What is neither is closed, with an alert (RFC 8446 §6) and without a hang.
    for bytes in
        [&b"\x80\x2e\x01\x00\x02"[..], b"\x00\x00\x00\x00\x00\x00", b"\x16\x03\x01\x00\x02\xff\xff"]
    {
        let answer = said_to(&tls, bytes).await;
        assert!(!answer.contains("HTTP/"), "{answer}");
    }
}

#[tokio::test]
async fn who_is_slow_to_shake_hands_holds_up_nobody() {
    let mut tls = Tls::serve(&[]);
    let mut slow = Vec::new();
    for number in 0..40 {
        let mut stream = TcpStream::connect(tls.run.address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(b"\x16\x03\x01").await.unwrap();
        }
        slow.push(stream);
    }
    let served = async { ask(&mut tls.open().await).await };
    let line = timeout(Duration::from_secs(5), served).await.unwrap();
    assert!(line.starts_with("HTTP/1.1 503 "), "{line}");
    // Nor does it hold up the end.
    tls.run.signal("TERM");
    assert!(tls.run.ends_within(Duration::from_secs(5)).success());
    drop(slow);
}

#[tokio::test]
async fn pages_warn_only_where_nothing_is_encrypted() {
    const WARNING: &str = "This site is not using HTTPS";
    let folder = tempfile::tempdir().unwrap();
    let mut command = latchkey(&folder);
    let pair = Authority::new(folder.path()).issue("pair", ECDSA, 9);
    command.args(["serve", "--listen", "0.0.0.0:0", "--public-url", "https://localhost"]);
    command.args(["--tls-cert", text(&pair.cert), "--tls-key", text(&pair.key)]);
    let run = Run::start(command, folder);
    assert!(!run.log().contains("unencrypted"), "{}", run.log());
    for (flags, is_warned) in [
        (&["--public-url", "https://feeds.lan"][..], false),
        (&[], false),
        // A proxy that speaks no TLS passes on what comes to it.
        (&["--public-url", "http://feeds.lan"], true),
    ] {
        let html = Server::with(flags).await.get("/setup").await.text();
        assert_eq!(html.contains(WARNING), is_warned, "{flags:?} {html}");
    }
}

#[tokio::test]
async fn cookies_and_strict_transport_security_work() {
    let tls = Tls::serve(&["--strict-transport-security"]);
    let mut create = latchkey(&tls.run.folder);
    create.args(["user", "create", "ana", "--email", "ana@example.com", "--data", "data"]);
    let (code, link, words) = finish(create.args(["--public-url", "https://localhost:1"]));
    assert_eq!(code, 0, "{words}");
    let code = link.trim().rsplit('/').next().unwrap().to_owned();
    let body = "password=correct+horse+battery+staple";
    let request = format!(
        "POST /invite/{code} HTTP/1.1\r\nhost: localhost\r\norigin: https://{}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        tls.run.address,
        body.len()
    );
    let mut stream = tls.open().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.starts_with("__Host-sid=") && cookie.ends_with("; Secure"), "{cookie}");
    let strict = "strict-transport-security: max-age=31536000; includeSubDomains";
    assert!(answer.contains(strict), "{answer}");
}

#[test]
fn a_pair_that_cannot_be_used_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    let good = authority.issue("good", ECDSA, 9);
    let other = authority.issue("other", ECDSA, 9);
    let expired = authority.issue_expired("expired");
    for (cert, key, says) in [
        (Path::new("nowhere.pem"), &*good.key, "tls_cert nowhere.pem: it cannot be read"),
        (&good.cert, &other.key, "does not belong to the first certificate in"),
        (&expired.cert, &expired.key, "the certificate expired on"),
    ] {
        let pair = ["serve", "--tls-cert", text(cert), "--tls-key", text(key)];
        let (code, output, words) = finish(latchkey(&folder).args(pair));
        assert_eq!((code, output.as_str()), (1, ""), "{words}");
        assert!(words.contains(says) && words.trim().lines().count() == 1, "{words}");
        assert!(!folder.path().join("data").exists(), "nothing was started");
    }
}

#[test]
fn what_is_not_as_it_should_be_is_said_in_the_log() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let pair = Authority::new(folder.path()).issue("pair", ECDSA, 3);
    fs::set_permissions(&pair.key, fs::Permissions::from_mode(0o644)).unwrap();
    let flags = ["--public-url", "https://packages.example.com", "--tls-cert", text(&pair.cert)];
    let run = Run::serve(&[&flags[..], &["--tls-key", text(&pair.key)]].concat());
    let started = std::time::Instant::now();
    let wanted =
        ["can read the private key", "is not for packages.example.com", "ends on ", "chmod o= "];
    while !wanted.iter().all(|words| run.log().contains(words)) {
        assert!(started.elapsed() < PATIENCE, "{}", run.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!run.log().contains("a proxy seems to"), "{}", run.log());
}
