//! Clients that are refused while they still send a package.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::support::Run;

/// More than the buffers of both ends hold.
const LARGE: usize = 16_000_000;

fn answer(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    // Until the head and a body as long as it says are here, or the connection is closed.
    loop {
        let read = stream.read(&mut buffer).unwrap();
        text.extend_from_slice(&buffer[..read]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        let is_whole = whole.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            length.is_some_and(|length| body.len() >= length.parse().unwrap())
        });
        if read == 0 || is_whole {
            return whole;
        }
    }
}

#[test]
fn the_whole_body_is_taken_before_the_refusal() {
    let run = Run::serve(&[]);
    let mut stream = TcpStream::connect(run.address).unwrap();
    for _ in 0..2 {
        // The second request shows that the connection is still good.
        let head =
            format!("PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ncontent-length: {LARGE}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![b'x'; LARGE]).unwrap();
        let answer = answer(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 503 This server is not set up"), "{answer}");
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[test]
fn chunked_bodies_too() {
    let run = Run::serve(&[]);
    let mut stream = TcpStream::connect(run.address).unwrap();
    stream
        .write_all(b"PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        .unwrap();
    for _ in 0..100 {
        stream.write_all(b"10000\r\n").unwrap();
        stream.write_all(&vec![b'x'; 0x10000]).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 503 "));
}

#[test]
fn who_asks_first_is_told_at_once() {
    let run = Run::serve(&[]);
    let mut stream = TcpStream::connect(run.address).unwrap();
    let head = format!(
        "PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: {LARGE}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let answer = answer(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[test]
fn more_than_any_request_may_have_is_not_taken() {
    let run = Run::serve(&["--max-package-size", "1kB", "--max-document-size", "64kB"]);
    let mut stream = TcpStream::connect(run.address).unwrap();
    let head = format!("PUT /F/main/npm/a HTTP/1.1\r\nhost: a\r\ncontent-length: {LARGE}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b'x'; 100_000]).unwrap();
    let answer = answer(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}
