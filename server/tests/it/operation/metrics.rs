//! `/metrics`, on a listener of its own.

use std::{
    collections::BTreeSet,
    net::{SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use super::data::{Data, Reply, archive, ask, both_databases, get, publish};
use crate::support::{Run, Server, finish};

/// Where the log says that metrics are served.
pub(crate) fn metrics_address(run: &Run) -> SocketAddr {
    let started = Instant::now();
    loop {
        let log = run.log();
        let line = log.lines().find(|line| line.contains("serving metrics"));
        if let Some((_, address)) = line.and_then(|line| line.split_once("address=")) {
            return address.trim().parse().unwrap();
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{log}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The value of a series; 0 if it is not there.
pub(crate) fn value(metrics: &Reply, series: &str) -> f64 {
    let text = metrics.text();
    let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(s, _)| s == series));
    line.map_or(0.0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted() {
    let [sqlite, postgresql] = both_databases().await;
    counts(&Data::new(sqlite), "write");
    counts(&Data::new(postgresql), "all");
}

/// Uses a server on this data and looks at its numbers. The pool is one that the database has.
fn counts(data: &Data, pool: &str) {
    let token = data.token();
    let run = data.serve(&["--metrics-listen", "127.0.0.1:0"]);
    let metrics = metrics_address(&run);
    assert!(publish(run.address, &token, "demo", "1.0.0"));
    assert!(!publish(run.address, &token, "demo", "1.0.0"));
    let got = archive(run.address, &token, "demo", "1.0.0");
    assert_eq!(got.status, 200);
    let wrong = "GET /F/main/npm/demo HTTP/1.1\r\nauthorization: Basic YW5hOndyb25n";
    assert_eq!(ask(run.address, wrong, b"").status, 401);
    get(run.address, "/nothing");

    let reply = get(metrics, "/metrics");
    assert_eq!(reply.status, 200);
    let format = "content-type: text/plain; version=0.0.4";
    assert!(reply.head.contains(format), "{}", reply.head);
    let requests = |protocol: &str, outcome: &str, code: &str| {
        let labels = format!("code=\"{code}\",outcome=\"{outcome}\",protocol=\"{protocol}\"");
        value(&reply, &format!("latchkey_requests_total{{{labels}}}"))
    };
    assert!((requests("npm", "ok", "none") - 2.0).abs() < 0.1, "{}", reply.text());
    assert!((requests("npm", "refused", "LK-EXISTS") - 1.0).abs() < 0.1, "{}", reply.text());
    assert!((requests("npm", "refused", "LK-UNKNOWN") - 1.0).abs() < 0.1, "{}", reply.text());
    for (series, expected) in [
        ("latchkey_publishes_total{ecosystem=\"npm\"}", 1.0),
        ("latchkey_publishes_total{ecosystem=\"nuget\"}", 0.0),
        ("latchkey_sign_ins_total{outcome=\"refused\"}", 1.0),
        ("latchkey_sign_ins_total{outcome=\"accepted\"}", 0.0),
        // The primary one and the one made above.
        ("latchkey_tokens{state=\"active\"}", 2.0),
        ("latchkey_request_duration_seconds_count{protocol=\"npm\"}", 4.0),
    ] {
        assert!((value(&reply, series) - expected).abs() < 0.1, "{series}: {}", reply.text());
    }
    let bytes = got.body.len();
    let written = value(&reply, "latchkey_blob_bytes_written_total");
    assert!((written - f64::from(u32::try_from(bytes).unwrap())).abs() < 0.1, "{written} {bytes}");
    for series in [
        &format!("latchkey_database_connections{{pool=\"{pool}\",state=\"idle\"}}"),
        "process_resident_memory_bytes",
        "process_start_time_seconds",
    ] {
        assert!(value(&reply, series) > 0.0, "{series}: {}", reply.text());
    }
}

#[test]
fn labels_are_few_and_name_nobody() {
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&["--metrics-listen", "127.0.0.1:0"]);
    let metrics = metrics_address(&run);
    assert!(publish(run.address, &token, "secretive", "1.0.0"));
    let series = |reply: &Reply| {
        let text = reply.text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect::<BTreeSet<_>>()
    };
    for number in 0..50 {
        get(run.address, &format!("/F/feed-{number}/npm/package-{number}"));
        get(run.address, &format!("/made-up-{number}"));
        get(run.address, &format!("/F/x/protocol-{number}/a"));
    }
    let before = series(&get(metrics, "/metrics"));
    for number in 50..100 {
        get(run.address, &format!("/F/feed-{number}/npm/package-{number}"));
        get(run.address, &format!("/made-up-{number}"));
        get(run.address, &format!("/F/x/protocol-{number}/a"));
    }
    let reply = get(metrics, "/metrics");
    assert_eq!(series(&reply), before, "no request makes a series of its own");
    let text = reply.text();
    for word in [&token[..], &token[36..], "secretive", "main", "ana", "127.0.0.1", "package-"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[test]
fn nothing_else_is_served_there() {
    let run = Run::serve(&["--metrics-listen", "127.0.0.1:0"]);
    let metrics = metrics_address(&run);
    for path in ["/", "/setup", "/healthz", "/metrics/", "/F/main/npm/a"] {
        assert_eq!(get(metrics, path).status, 404, "{path}");
    }
    assert_eq!(ask(metrics, "POST /metrics HTTP/1.1", b"").status, 405);
}

#[tokio::test]
async fn nobody_reads_them_where_everybody_comes() {
    let server = Server::new().await;
    server.set_up().await;
    assert_eq!(server.get("/metrics").await.status, 404, "not even from this machine");
    let run = Run::serve(&[]);
    assert!(!run.log().contains("serving metrics"), "without being told to");
}

#[test]
fn an_address_that_others_reach_is_warned_of_and_a_taken_one_refused() {
    let run = Run::serve(&["--metrics-listen", "0.0.0.0:0"]);
    metrics_address(&run);
    assert!(run.log().contains("whoever reaches this address can read the metrics"));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = Data::empty(None);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", &address];
    let (code, _, error) = finish(&mut data.command(&serve));
    assert_eq!(code, 1);
    assert!(error.contains(&format!("metrics cannot be served on {address}")), "{error}");
    assert!(error.contains("--metrics-listen"), "{error}");
}
