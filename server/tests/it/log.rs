//! What the log holds, and what it never does.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::support::Run;

const TOKEN: &str = "lka_0123456789ABCDEFGHIJKLMNOPQRST2cik9R";

#[test]
fn one_line_a_request_without_a_secret() {
    let mut run = Run::serve(&[]);
    let paths = [
        format!("/F/main/auth/{TOKEN}/npm/left-pad?a={TOKEN}"),
        format!("/F/main/npm/-/user/token/{}", TOKEN.replace('_', "%5F")),
        "/setup?code=ThisIsASecret".to_owned(),
        "/login/ThisIsASecret".to_owned(),
        "/F/main/npm/-/v1/done/ThisIsASecret".to_owned(),
    ];
    for path in &paths {
        let mut stream = TcpStream::connect(run.address).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {TOKEN}\r\n\
             cookie: sid=ThisIsASecret\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(10)).success());
    let log = run.log();
    let lines = log.lines().filter(|line| line.contains("answered"));
    assert_eq!(lines.count(), paths.len(), "{log}");
    assert!(log.contains("path=\"/F/main/auth/…/npm/left-pad\""), "{log}");
    assert!(log.contains("status=503") && log.contains("address=\"127.0.0.1\""), "{log}");
    for secret in ["0123456789", "ThisIsASecret"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn the_log_can_be_read_by_programs() {
    let mut run = Run::serve(&["--log-format", "json"]);
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(10)).success());
    let log = run.log();
    assert!(!log.is_empty());
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string() && line["fields"]["message"].is_string(), "{line}");
    }
}
