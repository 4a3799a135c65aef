//! SIGTERM and Ctrl-C: requests in flight finish, the exit code is 0.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::support::Run;

#[test]
fn requests_in_flight_finish() {
    for signal in ["TERM", "INT"] {
        let mut run = Run::serve(&[]);
        // The refusal waits for the body, so the request is in flight as long as the test wants.
        let mut stream = TcpStream::connect(run.address).unwrap();
        stream
            .write_all(b"PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01234")
            .unwrap();
        sleep(Duration::from_millis(300));
        run.signal(signal);
        sleep(Duration::from_millis(300));
        assert!(TcpStream::connect(run.address).is_err(), "nobody new is let in");
        stream.write_all(b"56789").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(run.ends_within(Duration::from_secs(10)).success());
    }
}

#[test]
fn idle_connections_do_not_hold_it_up() {
    let mut run = Run::serve(&[]);
    let mut kept = TcpStream::connect(run.address).unwrap();
    kept.write_all(b"GET /api/ HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let silent = TcpStream::connect(run.address).unwrap();
    sleep(Duration::from_millis(300));
    let started = Instant::now();
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(10)).success());
    assert!(started.elapsed() < Duration::from_secs(5));
    drop((kept, silent));
}

#[test]
fn a_second_signal_cuts_off_what_does_not_end() {
    let mut run = Run::serve(&[]);
    let mut stream = TcpStream::connect(run.address).unwrap();
    stream
        .write_all(b"PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01234")
        .unwrap();
    sleep(Duration::from_millis(300));
    run.signal("TERM");
    sleep(Duration::from_millis(300));
    let started = Instant::now();
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(10)).success());
    assert!(started.elapsed() < Duration::from_secs(5));
    let _ = stream.shutdown(Shutdown::Both);
}
