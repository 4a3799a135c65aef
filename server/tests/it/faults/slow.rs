//! Clients that trickle, stop, leave or do not fetch: each gets its time and no more, gives back what it
//! held, and keeps nobody else.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use super::{counted, figure, process::Process, readers::Latencies};
use crate::{
    npm::world::document,
    operation::data::{Data, publish},
};

const PATH: &str = "/F/main/npm/demo/-/demo-1.0.0.tgz";
/// Longer than anybody is waited for.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is wrong with a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slow {
    /// A header now and then, for ever.
    Headers,
    /// Half an upload, and then nothing.
    Stops,
    /// Half an upload, and then it is gone.
    Leaves,
    /// A byte of an upload now and then, for ever.
    Trickles,
    /// It asks for a large file and fetches none of it.
    Fetches,
}

/// Plays such a client until the server has had enough of it.
fn play(slow: Slow, address: SocketAddr, token: &str, number: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let name = format!("half-{slow:?}-{number}").to_lowercase();
    let body = document(&name, "1.0.0", "latest", &vec![7; 1_000_000]).to_string();
    let half = &body.as_bytes()[..body.len() / 2];
    let head = format!(
        "PUT /F/main/npm/{name} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let began = Instant::now();
    match slow {
        Slow::Headers => {
            trickle(&mut stream, began, b"GET / HTTP/1.1\r\nhost: a\r\n");
            return;
        }
        Slow::Trickles => {
            stream.write_all(&[head.as_bytes(), half].concat()).unwrap();
            trickle(&mut stream, began, b"A");
            return;
        }
        Slow::Stops => stream.write_all(&[head.as_bytes(), half].concat()).unwrap(),
        Slow::Leaves => {
            stream.write_all(&[head.as_bytes(), half].concat()).unwrap();
            return;
        }
        Slow::Fetches => {
            let head = format!(
                "GET /F/main/npm/large/-/large-1.0.0.tgz HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            // Part of another request, which shows whether the server has closed.
            trickle(&mut stream, began, b"G");
            return;
        }
    }
    // Whatever is said, it ends.
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(began.elapsed() < PATIENCE, "{slow:?}");
}

/// Sends a byte now and then, until that is an error.
fn trickle(stream: &mut TcpStream, began: Instant, text: &[u8]) {
    for byte in text.iter().cycle() {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "it goes on for ever");
        sleep(Duration::from_millis(500));
    }
}

#[test]
fn slow_clients_are_given_up_and_keep_nobody() {
    let each = counted(20, 100);
    // Those that take minutes are for the long form; `serving/tests.rs` has the same with shorter limits.
    let kinds: &[Slow] = match counted(0, 1) {
        0 => &[Slow::Headers, Slow::Stops, Slow::Leaves],
        _ => &[Slow::Headers, Slow::Stops, Slow::Leaves, Slow::Trickles, Slow::Fetches],
    };
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&[]);
    let (address, process) = (run.address, Process(run.process()));
    assert!(publish(address, &token, "demo", "1.0.0"));
    let large = document("large", "1.0.0", "latest", &vec![7; 40_000_000]).to_string();
    let head = format!("PUT /F/main/npm/large HTTP/1.1\r\nauthorization: Bearer {token}");
    assert_eq!(crate::operation::data::ask(address, &head, large.as_bytes()).status, 201);
    let staging = data.folder.path().join("data/staging");
    let staged = || fs::read_dir(&staging).unwrap().count();
    let files = process.open_files();

    let (began, is_over) = (Instant::now(), AtomicBool::new(false));
    let (reads, most_staged, published) = thread::scope(|scope| {
        let reader = scope.spawn(|| Latencies::until(&is_over, address, &token, PATH));
        let mut slow = Vec::new();
        for kind in kinds {
            for number in 0..each {
                let token = &token;
                slow.push(scope.spawn(move || play(*kind, address, token, number)));
            }
        }
        let (mut most_staged, mut published) = (0, 0);
        while slow.iter().any(|client| !client.is_finished()) {
            most_staged = most_staged.max(staged());
            assert!(publish(address, &token, &format!("other-{published}"), "1.0.0"));
            published += 1;
            sleep(Duration::from_millis(200));
        }
        for client in slow {
            client.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        (reader.join().unwrap(), most_staged, published)
    });
    assert!(most_staged >= each, "{most_staged} uploads were half-way");
    let given_up = began.elapsed();
    while staged() > 0 || process.open_files() > files + 16 {
        assert!(given_up + Duration::from_mins(1) > began.elapsed(), "{} staged", staged());
        sleep(Duration::from_millis(100));
    }
    assert!(!run.log().contains("panicked"), "{}", run.log());
    figure(&format!(
        "slow clients: {} of {} kinds given up within {:.0} s; {most_staged} half-open uploads left no file; {} reads \
         meanwhile ({}) and {published} publishes; {files} files open before and {} after",
        each * kinds.len(),
        kinds.len(),
        given_up.as_secs_f64(),
        reads.count(),
        reads.in_words(),
        process.open_files(),
    ));
}
