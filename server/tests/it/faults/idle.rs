//! Connections on which nothing happens, by the thousand, and more of them than may be open.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{counted, figure, process::Process, readers::Latencies, wire::Connection};
use crate::{
    operation::data::{Data, get, publish},
    support::Run,
};

const PATH: &str = "/F/main/npm/demo/-/demo-1.0.0.tgz";

/// Lets this process have as many files open as the system allows; that many.
fn open_files() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    usize::try_from(hard).unwrap_or(usize::MAX)
}

/// A connection that stays after its first answer.
fn kept(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 "));
    stream
}

/// Waits until the server has closed it.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    // A reset is an end too.
    !matches!(stream.read(&mut [0; 16]), Ok(1..))
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_mins(2), "{what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn idle_connections_take_little_and_are_closed() {
    let most = open_files().saturating_sub(1_000);
    let count = counted(1_000, 10_000).min(most);
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&[]);
    let (address, process) = (run.address, Process(run.process()));
    assert!(publish(address, &token, "demo", "1.0.0"));
    drop(kept(address));
    let (files, memory) = (process.open_files(), process.memory());

    let is_over = AtomicBool::new(false);
    let (reads, open, each) = thread::scope(|scope| {
        let reader = scope.spawn(|| Latencies::until(&is_over, address, &token, PATH));
        // By several, so that the first are not closed before the last are opened.
        let openers: Vec<_> = (0..4)
            .map(|part| {
                let share = (part..count).step_by(4);
                scope.spawn(move || share.map(|_| kept(address)).collect::<Vec<_>>())
            })
            .collect();
        let mut connections: Vec<_> =
            openers.into_iter().flat_map(|opener| opener.join().unwrap()).collect();
        let open = process.open_files().saturating_sub(files);
        assert!(open * 10 >= count * 9, "{open} of {count} are open at once");
        let each = process.memory().saturating_sub(memory) * 1024 / u64::try_from(open).unwrap();
        assert!(publish(address, &token, "other", "1.0.0"), "others are served");
        assert!(connections.iter_mut().all(is_closed));
        is_over.store(true, Ordering::Relaxed);
        (reader.join().unwrap(), open, each)
    });
    // The reader's connection and those to the database may have come to stay.
    wait_until("the server keeps what it had open", || process.open_files() <= files + 16);
    figure(&format!(
        "idle connections: {count} at once ({} files open), {} bytes of memory each; {} reads meanwhile: {}; all closed \
         by the server's limit, {} files open before and {} after",
        open + files,
        each,
        reads.count(),
        reads.in_words(),
        files,
        process.open_files(),
    ));
}

#[test]
fn running_out_of_files_stops_nobody_for_good() {
    const FILES: usize = 72;
    const CONNECTIONS: usize = 200;
    let data = Data::new(None);
    let token = data.token();
    let program = data.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut command = Command::new("prlimit");
    command.arg(format!("--nofile={FILES}:{FILES}")).arg(program.get_program());
    command.args(program.get_args()).current_dir(data.folder.path());
    for (name, _) in program.get_envs() {
        command.env_remove(name);
    }
    let run = Run::start(command, tempfile::tempdir().unwrap());
    let (address, process) = (run.address, Process(run.process()));
    assert!(publish(address, &token, "demo", "1.0.0"));

    let waiting: Vec<_> = (0..CONNECTIONS).map(|_| TcpStream::connect(address).unwrap()).collect();
    wait_until("it runs out of files", || run.log().contains("a connection could not be taken"));
    let (ticks, lines) = (process.ticks(), run.log().lines().count());
    sleep(Duration::from_secs(2));
    let (ticks, lines) = (process.ticks() - ticks, run.log().lines().count() - lines);
    // It waits, and does not spin.
    assert!(ticks < 100, "{ticks} ticks in two seconds");
    assert!(lines < 60, "{lines} lines of log in two seconds: {}", run.log());
    drop(waiting);
    wait_until("it serves again", || {
        let mut connection = Connection::open(address);
        let head = format!("GET {PATH} HTTP/1.1\r\nauthorization: Bearer {token}");
        connection.ask(&head, "").is_some_and(|reply| reply.status == 200)
    });
    assert!(publish(address, &token, "demo", "1.0.1"));
    assert_eq!(get(address, "/readyz").status, 200);
    assert!(!run.log().contains("panicked"), "{}", run.log());
    figure(&format!(
        "out of files ({FILES} allowed, {CONNECTIONS} connections): {ticks} ticks of processor time and {lines} lines \
         of log in two seconds, served again once they were gone"
    ));
}
