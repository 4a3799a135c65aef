//! Data of a server that is started, stopped and worked on by commands: the real program.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use model::policy::FixedSettings;
use registry::{Limits, Program, Services, Settings, clock::SystemClock};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::{
    npm::world::{archive_of, document, hexadecimal},
    support::{Run, finish, latchkey},
};

/// A folder with data in it, and the database where that is elsewhere.
pub(crate) struct Data {
    pub(crate) folder: TempDir,
    pub(crate) database: Option<String>,
}

impl Data {
    /// Nothing yet.
    pub(crate) fn empty(database: Option<String>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    /// The administrator `ana` and her feed `main`.
    pub(crate) fn new(database: Option<String>) -> Self {
        let data = Self::empty(database);
        data.does(&["user", "create", "ana", "--email", "ana@example.com", "--admin"]);
        data.does(&["feed", "create", "main", "--owner", "ana"]);
        data
    }

    /// The program with these arguments, on this data.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = latchkey(&self.folder);
        command.args(arguments).args(["--data", "data"]).stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Runs a command that succeeds: what it writes to standard output.
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let (code, output, error) = finish(&mut self.command(arguments));
        assert_eq!(code, 0, "{arguments:?}: {output}{error}");
        output.trim_end().to_owned()
    }

    /// A token of ana's that may do everything.
    pub(crate) fn token(&self) -> String {
        let create = ["token", "create", "--user", "ana", "--description", "CI"];
        self.does(&[&create[..], &["--read", "all", "--write", "all"]].concat())
    }

    /// Starts the server.
    pub(crate) fn serve(&self, more: &[&str]) -> Run {
        let command = self.command(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
        Run::start(command, tempfile::tempdir().unwrap())
    }
}

/// A new database of the throw-away PostgreSQL: its address.
pub(crate) async fn postgres() -> String {
    let name = format!("operation_{}", testing::database_name());
    let server: PgConnectOptions = testing::postgres().parse().unwrap();
    let mut connection = PgConnection::connect_with(&server.database("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    format!("{}/{name}", testing::postgres())
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request by a connection of its own; `None` if nobody answers.
pub(crate) fn try_asking(address: SocketAddr, head: &str, body: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let length = body.len();
    let head =
        format!("{head}\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, head, body: answer[end + 4..].to_vec() })
}

/// The same where somebody answers.
pub(crate) fn ask(address: SocketAddr, head: &str, body: &[u8]) -> Reply {
    try_asking(address, head, body).unwrap()
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Reply {
    ask(address, &format!("GET {path} HTTP/1.1"), b"")
}

/// Publishes a version to `main`, whose archive says which it is; whether it was accepted.
pub(crate) fn publish(address: SocketAddr, token: &str, name: &str, version: &str) -> bool {
    let archive = archive_of(name, version);
    let document = document(name, version, "latest", &archive).to_string();
    let head = format!("PUT /F/main/npm/{name} HTTP/1.1\r\nauthorization: Bearer {token}");
    try_asking(address, &head, document.as_bytes()).is_some_and(|reply| reply.status == 201)
}

/// The archive of a version as a client gets it.
pub(crate) fn archive(address: SocketAddr, token: &str, name: &str, version: &str) -> Reply {
    let path = format!("/F/main/npm/{name}/-/{name}-{version}.tgz");
    ask(address, &format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {token}"), b"")
}

impl Data {
    /// Runs a command that cannot be carried out: what it says to people.
    pub(crate) fn refuses(&self, arguments: &[&str]) -> String {
        let (code, output, error) = finish(&mut self.command(arguments));
        assert_eq!(code, 1, "{arguments:?}: {output}{error}");
        assert!(error.contains("error: "), "{error}");
        error
    }

    /// The services on this data, as a command opens them.
    pub(crate) async fn services(&self) -> Arc<Services> {
        Services::open(Settings {
            data: self.folder.path().join("data"),
            database: self.database.clone(),
            blobs: None,
            key_file: None,
            policy: FixedSettings::default(),
            providers: Vec::new(),
            limits: Limits { package_bytes: 1_000_000, document_bytes: 100_000 },
            public_url: "http://127.0.0.1:3000".to_owned(),
            clock: Arc::new(SystemClock),
            program: Program::Command,
        })
        .await
        .unwrap()
    }

    /// The file of the blob of a version.
    pub(crate) fn blob(&self, name: &str, version: &str) -> PathBuf {
        blob_in(&self.folder.path().join("data"), name, version)
    }
}

/// The file of the blob of a version, in a data folder or a backup.
pub(crate) fn blob_in(folder: &Path, name: &str, version: &str) -> PathBuf {
    let hash = hexadecimal(&Sha256::digest(archive_of(name, version)));
    folder.join("blobs/sha256").join(&hash[..2]).join(&hash)
}

/// Changes one byte of a file.
pub(crate) fn corrupt(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

/// No database of its own, then one of PostgreSQL.
pub(crate) async fn both_databases() -> [Option<String>; 2] {
    [None, Some(postgres().await)]
}
