//! What several servers share: the database, the bucket, the key, and the address before them.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use model::id::TokenId;
use registry::{
    Actor, Program, Services, Settings, accounts::NewAccount, clock::SystemClock, feeds::NewFeed,
    sessions::PasswordText,
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;
use testing::store::{self, Store};

use super::{
    client::{Said, ask},
    nginx::Nginx,
};
use crate::{
    npm::world::{READ_WRITE, allow, document, draft},
    support::{Run, config, finish, latchkey},
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Who has an account. `ana` has the feed and the tokens.
const PEOPLE: [&str; 2] = ["ana", "eve"];

pub(crate) struct Site {
    /// Holds the key, and what is no server's own.
    pub(crate) folder: TempDir,
    pub(crate) database: String,
    /// Where the servers look for the store.
    pub(crate) store: SocketAddr,
    pub(crate) bucket: String,
    /// Where people and clients find it.
    pub(crate) front: SocketAddr,
}

/// A token and its value.
pub(crate) struct Made {
    pub(crate) id: TokenId,
    pub(crate) value: String,
}

impl Site {
    /// An empty database of the shared cluster, and an empty bucket.
    pub(crate) async fn new() -> Self {
        Self::on(testing::postgres(), store::shared().address).await
    }

    /// The same on another cluster, or with a store that is reached by way of another address.
    pub(crate) async fn on(cluster: &str, store: SocketAddr) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: new_database(cluster).await,
            store,
            bucket: store::shared().bucket(),
            front: free_address(),
        }
    }

    /// Makes people, the feed `main`, and a token that reads and publishes there.
    pub(crate) async fn settle(&self) -> Made {
        let services = self.services().await;
        for name in PEOPLE {
            let new = NewAccount {
                username: name.parse().unwrap(),
                email: format!("{name}@example.com").parse().unwrap(),
                password: Some(PasswordText::new(PASSWORD)),
            };
            services.accounts.create(&operator(), new, false).await.unwrap();
        }
        let ana = services.accounts.id_of("ana").await.unwrap();
        let feed =
            NewFeed { name: "main".parse().unwrap(), description: String::new(), is_public: false };
        services.feeds.create_for(&operator(), ana, feed).await.unwrap();
        let made = token(&services).await;
        services.close().await;
        made
    }

    /// Another token of the kind.
    pub(crate) async fn token(&self) -> Made {
        let services = self.services().await;
        let made = token(&services).await;
        services.close().await;
        made
    }

    async fn services(&self) -> Arc<Services> {
        let config = config(&[], &self.folder);
        Services::open(Settings {
            data: self.folder.path().join("seed"),
            database: Some(self.database.clone()),
            blobs: None,
            key_file: Some(self.key()),
            policy: config.policy,
            providers: Vec::new(),
            limits: config.limits,
            public_url: format!("http://{}", self.front),
            clock: Arc::new(SystemClock),
            program: Program::Command,
        })
        .await
        .unwrap()
    }

    /// The file of the key.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    /// The address of the bucket.
    pub(crate) fn blobs(&self) -> String {
        format!("s3://{}/packages", self.bucket)
    }

    /// A command on all of this, with a data folder of its own.
    pub(crate) fn command(&self, arguments: &[&str], folder: &TempDir) -> Command {
        self.command_on(&self.blobs(), arguments, folder)
    }

    /// The same with another bucket.
    pub(crate) fn command_on(&self, blobs: &str, arguments: &[&str], folder: &TempDir) -> Command {
        let mut command = latchkey(folder);
        command.envs(Store::variables(self.store)).args(arguments).args(["--data", "data"]);
        command.args(["--database", &self.database]).arg("--key-file").arg(self.key());
        command.args(["--blobs", blobs]);
        command
    }

    /// Runs a command to its end: its code, and what it wrote to standard output and error.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        finish(&mut self.command(arguments, &tempfile::tempdir().unwrap()))
    }

    /// Starts a server on a free port.
    pub(crate) fn node(&self) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("http://{}", self.front);
        let flags = ["serve", "--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1"];
        let mut command = self.command(&flags, &folder);
        command.args(["--public-url", &url]);
        Run::start(command, folder)
    }

    /// Starts nginx before these servers.
    pub(crate) fn nginx(&self, nodes: &[&Run]) -> Nginx {
        let addresses: Vec<SocketAddr> = nodes.iter().map(|node| node.address).collect();
        Nginx::before(self.front, &addresses)
    }

    /// Runs SQL.
    pub(crate) async fn sql(&self, text: String) {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    }

    /// The number that a query gives.
    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        let (number,): (i64,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        number
    }

    /// Publishes a version with `archive`.
    pub(crate) fn publish(
        &self,
        to: SocketAddr,
        token: &str,
        (name, version): (&str, &str),
        archive: &[u8],
    ) -> Option<Said> {
        let head = format!("PUT /F/main/npm/{name} HTTP/1.1\r\nauthorization: Bearer {token}");
        let document = document(name, version, "latest", archive).to_string();
        ask(to, self.front, &head, document.as_bytes())
    }

    /// Reads a path below the feed's packages.
    pub(crate) fn read(&self, from: SocketAddr, token: &str, path: &str) -> Option<Said> {
        let head = format!("GET /F/main/npm/{path} HTTP/1.1\r\nauthorization: Bearer {token}");
        ask(from, self.front, &head, b"")
    }

    /// Reads document and archive of a version, as an installation does: whether both are there, and
    /// the archive is this.
    pub(crate) fn installs(
        &self,
        from: SocketAddr,
        token: &str,
        (name, version): (&str, &str),
        archive: &[u8],
    ) -> bool {
        let document = self.read(from, token, name).unwrap();
        let listed = document.status == 200 && document.text().contains(&format!("\"{version}\":"));
        let file = self.read(from, token, &format!("{name}/-/{name}-{version}.tgz")).unwrap();
        listed && file.status == 200 && file.body == archive
    }

    /// Waits until that is so where an earlier state of the package is remembered: how long it took.
    pub(crate) fn installs_soon(
        &self,
        from: SocketAddr,
        token: &str,
        version: (&str, &str),
        archive: &[u8],
    ) -> Duration {
        let published = Instant::now();
        while !self.installs(from, token, version, archive) {
            assert!(published.elapsed() < Duration::from_secs(30), "{version:?} does not arrive");
        }
        published.elapsed()
    }

    /// Posts a form, as a browser does.
    pub(crate) fn post(&self, to: SocketAddr, path: &str, cookie: &str, form: &str) -> Said {
        let kind = "content-type: application/x-www-form-urlencoded";
        let head = format!("POST {path} HTTP/1.1\r\n{kind}\r\ncookie: {cookie}");
        ask(to, self.front, &head, form.as_bytes()).unwrap()
    }

    /// Signs in.
    pub(crate) fn sign_in(&self, to: SocketAddr, name: &str, password: &str) -> Said {
        let form = format!("login={name}&password={}", password.replace(' ', "+"));
        self.post(to, "/sign-in", "", &form)
    }
}

async fn token(services: &Services) -> Made {
    let ana = services.accounts.id_of("ana").await.unwrap();
    let draft = draft(vec![allow(READ_WRITE, &[], &[])]);
    let made = services.tokens.create_for(&operator(), ana, draft).await.unwrap();
    Made { id: made.id, value: made.secret.unwrap().expose().to_owned() }
}

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

async fn new_database(cluster: &str) -> String {
    let name = format!("nodes_{}", testing::database_name());
    let server: PgConnectOptions = cluster.parse().unwrap();
    let mut connection = PgConnection::connect_with(&server.database("postgres")).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    format!("{cluster}/{name}")
}

/// An address that nobody listens on at this moment: it has to be known before those who serve it.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// How often something is done: in the short form of the tests, and in the long one.
pub(crate) fn count(short: u32, long: u32) -> u32 {
    if std::env::var_os("LATCHKEY_LONG").is_some() { long } else { short }
}
