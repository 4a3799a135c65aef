//! People, and a client that keeps its connection.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use model::id::AccountId;
use registry::{Actor, Services, accounts::NewAccount, sessions::PasswordText};

use crate::operation::data::Reply;

/// The password of everybody in these tests.
pub(super) const PASSWORD: &str = "correct horse battery staple";

pub(super) fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

/// Makes an account that signs in with [`PASSWORD`].
pub(super) async fn account(services: &Services, name: &str) -> AccountId {
    let new = NewAccount {
        username: name.parse().unwrap(),
        email: format!("{name}@example.com").parse().unwrap(),
        password: Some(PasswordText::new(PASSWORD)),
    };
    services.accounts.create(&operator(), new, false).await.unwrap().0
}

/// Tries to sign in.
pub(super) fn try_signing_in(address: SocketAddr, name: &str) -> Reply {
    let body = format!("login={name}&password={}", PASSWORD.replace(' ', "+"));
    Connection::open(address).post("/sign-in", "", &body)
}

/// Signs in: the cookie.
pub(super) fn sign_in(address: SocketAddr, name: &str) -> String {
    let reply = try_signing_in(address, name);
    assert_eq!(reply.status, 303, "{}{}", reply.head, reply.text());
    let (_, rest) = reply.head.split_once("set-cookie: ").unwrap();
    rest.split(';').next().unwrap().to_owned()
}

/// A connection on which one request follows the other.
pub(super) struct Connection {
    stream: TcpStream,
    /// What came after the last answer.
    rest: Vec<u8>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        Self { stream, rest: Vec::new() }
    }

    /// Reads with a token.
    pub(super) fn get(&mut self, path: &str, token: &str) -> Reply {
        self.ask(&format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {token}"), "").unwrap()
    }

    /// Posts a form as a browser does.
    pub(super) fn post(&mut self, path: &str, cookie: &str, body: &str) -> Reply {
        let head = format!(
            "POST {path} HTTP/1.1\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncookie: {cookie}"
        );
        self.ask(&head, body).unwrap()
    }

    /// Sends a request and reads the answer to its end; `None` if the connection was closed.
    pub(super) fn ask(&mut self, head: &str, body: &str) -> Option<Reply> {
        let length = body.len();
        let request = format!("{head}\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).ok()?;
        let end = loop {
            if let Some(end) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            self.more()?;
        };
        let head = String::from_utf8(self.rest.drain(..end + 4).collect()).unwrap();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while self.rest.len() < length {
            self.more()?;
        }
        let body = self.rest.drain(..length).collect();
        Some(Reply { status, head, body })
    }

    fn more(&mut self) -> Option<()> {
        let mut piece = [0; 1 << 14];
        let read = self.stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        self.rest.extend_from_slice(&piece[..read]);
        Some(())
    }
}
