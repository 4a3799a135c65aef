//! Publishes of one version at the same moment, over real connections, on both databases.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Barrier,
    time::Duration,
};

use serde_json::Value;
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use super::world::document;
use crate::support::{Run, finish, latchkey};

const AT_ONCE: usize = 16;

/// A server on this database with ana's feed `main`, and a token of hers.
fn server(database: Option<&str>) -> (Run, String) {
    let folder = tempfile::tempdir().unwrap();
    let does = |folder: &TempDir, arguments: &[&str]| {
        let mut command = latchkey(folder);
        command.args(arguments);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let (code, output, error) = finish(&mut command);
        assert_eq!(code, 0, "{error}");
        output.trim().to_owned()
    };
    does(&folder, &["user", "create", "ana", "--email", "ana@example.com", "--admin"]);
    does(&folder, &["feed", "create", "main", "--owner", "ana"]);
    let create = ["token", "create", "--user", "ana", "--description", "CI", "--write", "all"];
    let token = does(&folder, &[&create[..], &["--read", "all"]].concat());
    let mut command = latchkey(&folder);
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    (Run::start(command, folder), token)
}

fn one_wins(database: Option<&str>) {
    let (run, token) = server(database);
    let start = Barrier::new(AT_ONCE);
    let publish = |version: &str, number: usize| {
        let archive = format!("archive {number}").into_bytes();
        let sent = document("demo", version, "latest", &archive).to_string();
        let answer = send(run.address, "PUT /F/main/npm/demo", &token, sent.as_bytes(), &start);
        (answer, archive)
    };
    // The first version of a new package, then another one of a package that is there.
    for version in ["1.0.0", "1.0.1"] {
        let results: Vec<_> = std::thread::scope(|scope| {
            let publish = &publish;
            let tries: Vec<_> =
                (0..AT_ONCE).map(|number| scope.spawn(move || publish(version, number))).collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            results.iter().partition(|((status, _), _)| *status == 201);
        assert_eq!(won.len(), 1, "{version}");
        for ((status, body), _) in lost {
            let said: Value = serde_json::from_slice(body).unwrap();
            let sentence = said["error"].as_str().unwrap();
            assert_eq!(*status, 403, "{sentence}");
            assert!(sentence.starts_with("[LK-EXISTS]"), "{sentence}");
        }
        let alone = Barrier::new(1);
        let path = format!("GET /F/main/npm/demo/-/demo-{version}.tgz");
        let (status, archive) = send(run.address, &path, &token, b"", &alone);
        assert_eq!((status, &archive), (200, &won[0].1), "{version}");
    }
}

/// Sends one request on a connection of its own: status and body.
fn send(
    address: SocketAddr,
    request: &str,
    token: &str,
    body: &[u8],
    start: &Barrier,
) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (first, last) = body.split_at(body.len() / 2);
    stream.write_all(first).unwrap();
    // Everybody is let in before anybody is done.
    start.wait();
    stream.write_all(last).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer.split_off(end + 4))
}

#[test]
fn of_sixteen_publishes_one_wins_on_sqlite() {
    one_wins(None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_publishes_one_wins_on_postgres() {
    let name = format!("racing_{}", testing::database_name());
    let server: PgConnectOptions = testing::postgres().parse().unwrap();
    let mut connection = PgConnection::connect_with(&server.database("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    let database = format!("{}/{name}", testing::postgres());
    tokio::task::spawn_blocking(move || one_wins(Some(&database))).await.unwrap();
}
