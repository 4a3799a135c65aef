//! `kill -9` in the middle of writes: whatever was acknowledged is in the audit log, the chain holds,
//! and the program starts again on what is there.

use std::{
    hash::{BuildHasher as _, RandomState},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use registry::{
    Actor, Program, Services, Settings, accounts::NewAccount, clock::SystemClock, feeds::NewFeed,
    sessions::PasswordText,
};
use sqlx::{
    Connection as _, PgConnection, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use crate::{
    npm::world::{READ_WRITE, allow, document, draft},
    support::{Run, config, finish, latchkey},
};

const PASSWORD: &str = "correct horse battery staple";
const ROUNDS: u32 = 3;
const PUBLISHERS: u32 = 4;

/// Data that outlive the programs that use them.
struct Data {
    folder: TempDir,
    database: Option<String>,
    /// The value of a token that publishes.
    token: String,
}

/// What was acknowledged to one client: the acts with their subjects.
type Acknowledged = Vec<(&'static str, String)>;

impl Data {
    /// Somebody with a feed and a token, and somebody to sign in in each round: a try that is cut off
    /// counts as a failed one.
    async fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&[], &folder);
        let services = Services::open(Settings {
            data: folder.path().join("data"),
            database: database.clone(),
            blobs: None,
            key_file: None,
            policy: config.policy,
            providers: Vec::new(),
            limits: config.limits,
            public_url: "http://127.0.0.1:3000".to_owned(),
            clock: Arc::new(SystemClock),
            program: Program::Command,
        })
        .await
        .unwrap();
        let operator = Actor::Operator("root".to_owned());
        let account = async |name: String| {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: Some(PasswordText::new(PASSWORD)),
            };
            services.accounts.create(&operator, new, false).await.unwrap().0
        };
        let ana = account("ana".to_owned()).await;
        for round in 0..ROUNDS {
            account(person(round)).await;
        }
        let feed =
            NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
        services.feeds.create_for(&operator, ana, feed).await.unwrap();
        let draft = draft(vec![allow(READ_WRITE, &[], &[])]);
        let made = services.tokens.create_for(&operator, ana, draft).await.unwrap();
        services.close().await;
        Self { folder, database, token: made.secret.unwrap().expose().to_owned() }
    }

    fn command(&self, arguments: &[&str], of: &TempDir) -> Command {
        let mut command = latchkey(of);
        command.args(arguments).arg("--data").arg(self.folder.path().join("data"));
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Starts the program.
    fn serve(&self) -> Run {
        let log = tempfile::tempdir().unwrap();
        Run::start(self.command(&["serve", "--listen", "127.0.0.1:0"], &log), log)
    }

    /// Act and subject of every row of the audit log.
    async fn rows(&self) -> Vec<(String, String)> {
        self.query("SELECT act, subject FROM audit_log").await
    }

    /// How many versions are there, as a text beside an empty one.
    async fn versions(&self) -> String {
        let query = "SELECT CAST(COUNT(*) AS TEXT), '' FROM package_versions";
        self.query(query).await.swap_remove(0).0
    }

    async fn query(&self, query: &'static str) -> Vec<(String, String)> {
        if let Some(address) = &self.database {
            let mut connection = PgConnection::connect(address).await.unwrap();
            sqlx::query_as(query).fetch_all(&mut connection).await.unwrap()
        } else {
            let file = self.folder.path().join("data/latchkey.db");
            let options = SqliteConnectOptions::new().filename(file);
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::query_as(query).fetch_all(&mut connection).await.unwrap()
        }
    }
}

/// A request on a connection of its own: the status, and everything that was sent. Nothing once the
/// program is gone.
fn ask(address: SocketAddr, head: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    let head = format!(
        "{head}\r\nhost: {address}\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    // What came before the end of the program counts; half a status line does not.
    let _ = stream.read_to_string(&mut answer);
    let status = answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, answer))
}

/// Who signs in in this round.
fn person(round: u32) -> String {
    format!("person-{round}")
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// Signs in: the cookie.
fn sign_in(address: SocketAddr, round: u32) -> Option<String> {
    let body = format!("login={}&password={}", person(round), PASSWORD.replace(' ', "+"));
    let (status, answer) = ask(address, &format!("POST /sign-in HTTP/1.1\r\n{FORM}"), &body)?;
    assert_eq!(status, 303, "{answer}");
    let (_, rest) = answer.split_once("set-cookie: ")?;
    Some(rest.split(';').next()?.to_owned())
}

/// Signs in again and again until the program is gone.
fn keep_signing_in(address: SocketAddr, round: u32) -> Acknowledged {
    let next = || sign_in(address, round).map(|_| ("session.begin", person(round)));
    std::iter::from_fn(next).collect()
}

/// Makes tokens, as many as one may in an hour; `began` is set with the first.
fn make_tokens(address: SocketAddr, round: u32, began: &AtomicBool) -> Acknowledged {
    let mut made = Vec::new();
    let Some(cookie) = sign_in(address, round) else { return made };
    made.push(("session.begin", person(round)));
    for number in 0..30 {
        let description = format!("token-{round}-{number}");
        let body = format!(
            "form=0190f3c1-6d2e-7a54-9b1c-{round:06x}{number:06x}&description={description}\
             &access=read&feeds=all&expires=30d"
        );
        let head = format!("POST /profile/tokens HTTP/1.1\r\n{FORM}\r\ncookie: {cookie}");
        let Some((status, answer)) = ask(address, &head, &body) else { break };
        assert_eq!(status, 200, "{answer}");
        made.push(("token.create", description));
        began.store(true, Ordering::Relaxed);
    }
    made
}

/// Publishes one package after the other.
fn keep_publishing(address: SocketAddr, token: &str, round: u32, who: u32) -> Acknowledged {
    let publish = |number: u32| {
        let name = format!("demo-{round}-{who}-{number}");
        let body = document(&name, "1.0.0", "latest", name.as_bytes()).to_string();
        let head = format!("PUT /F/main/npm/{name} HTTP/1.1\r\nauthorization: Bearer {token}");
        let (status, answer) = ask(address, &head, &body)?;
        assert_eq!(status, 201, "{answer}");
        Some(("package.publish", format!("npm|{name} 1.0.0")))
    };
    (0..).map_while(publish).collect()
}

/// Somewhere within a second.
fn a_moment() -> Duration {
    Duration::from_millis(RandomState::new().hash_one(0) % 1_000)
}

async fn story(data: Data) {
    let mut acknowledged = Acknowledged::new();
    let elsewhere = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let mut run = data.serve();
        let (address, moment) = (run.address, a_moment());
        let (began, started) = (AtomicBool::new(false), Instant::now());
        thread::scope(|scope| {
            let mut clients = Vec::new();
            let flag = &began;
            clients.push(scope.spawn(move || make_tokens(address, round, flag)));
            clients.push(scope.spawn(move || keep_signing_in(address, round)));
            for who in 0..PUBLISHERS {
                let token = &data.token;
                clients.push(scope.spawn(move || keep_publishing(address, token, round, who)));
            }
            // The slowest has to have begun, however busy the machine is.
            while !began.load(Ordering::Relaxed) && started.elapsed() < Duration::from_secs(10) {
                thread::sleep(Duration::from_millis(5));
            }
            thread::sleep(moment);
            run.signal("KILL");
            for client in clients {
                acknowledged.extend(client.join().unwrap());
            }
        });
        assert!(!run.ends_within(Duration::from_secs(10)).success());
        let (code, output, error) = finish(&mut data.command(&["audit", "verify"], &elsewhere));
        assert_eq!(code, 0, "killed after {moment:?}: {output}{error}");
        let rows = data.rows().await;
        for (act, subject) in &acknowledged {
            let of_act = |row: &&(String, String)| row.0 == *act && row.1 == *subject;
            let written = rows.iter().filter(of_act).count();
            let promised = acknowledged.iter().filter(|one| one.0 == *act && one.1 == *subject);
            assert!(written >= promised.count(), "{act} {subject}, killed after {moment:?}");
        }
        // What was not acknowledged is there with its row, or neither is.
        let published = rows.iter().filter(|row| row.0 == "package.publish").count();
        assert_eq!(data.versions().await, published.to_string());
    }
    for act in ["session.begin", "token.create", "package.publish"] {
        assert!(acknowledged.iter().any(|one| one.0 == act), "nothing was tried of {act}");
    }
}

#[tokio::test]
async fn whatever_was_acknowledged_is_written_down_on_sqlite() {
    story(Data::new(None).await).await;
}

#[tokio::test]
async fn whatever_was_acknowledged_is_written_down_on_postgres() {
    let name = format!("killed_{}", testing::database_name());
    let server: PgConnectOptions = testing::postgres().parse().unwrap();
    let mut connection = PgConnection::connect_with(&server.database("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    story(Data::new(Some(format!("{}/{name}", testing::postgres()))).await).await;
}
