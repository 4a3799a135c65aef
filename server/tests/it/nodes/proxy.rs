//! What may stand between a server and its store: something that passes requests on, or loses the writes
//! among them.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writes {
    /// It is passed on.
    PassOn,
    /// The connection breaks in the middle of it.
    CutOff,
    /// It is acknowledged and not passed on.
    Swallow,
    /// It is refused for the moment.
    Refuse,
}

/// The proxy; it goes with the program.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    writes: Arc<Mutex<(Writes, u32)>>,
}

impl Proxy {
    /// Stands before a store.
    pub(crate) fn before(store: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let writes = Arc::new(Mutex::new((Writes::PassOn, 0)));
        let seen = Arc::clone(&writes);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                // Whoever hangs up ends its own connection.
                thread::spawn(move || serve(client, store, &seen));
            }
        });
        Self { address, writes }
    }

    /// Decides what becomes of writes from now on.
    pub(crate) fn set(&self, writes: Writes) {
        *self.writes.lock().unwrap() = (writes, 0);
    }

    /// How many writes met with that.
    pub(crate) fn met(&self) -> u32 {
        self.writes.lock().unwrap().1
    }
}

/// One request: the store's answer says that the connection ends with it.
fn serve(mut client: TcpStream, store: SocketAddr, seen: &Mutex<(Writes, u32)>) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    let writes = if text.starts_with("put ") {
        let mut seen = seen.lock().unwrap();
        seen.1 += 1;
        seen.0
    } else {
        Writes::PassOn
    };
    let taken = if writes == Writes::CutOff { length / 2 } else { length };
    let mut body = vec![0; taken];
    client.read_exact(&mut body)?;
    match writes {
        Writes::PassOn => {}
        Writes::CutOff => return client.shutdown(Shutdown::Both),
        Writes::Swallow => {
            let answer =
                "HTTP/1.1 200 OK\r\netag: \"0\"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            return client.write_all(answer.as_bytes());
        }
        Writes::Refuse => {
            let body = "<Error><Code>SlowDown</Code></Error>";
            let length = body.len();
            return write!(
                client,
                "HTTP/1.1 503 Slow Down\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    }
    let mut store = TcpStream::connect(store)?;
    // Not among what is signed.
    let end = head.len() - 2;
    store.write_all(&head[..end])?;
    store.write_all(b"connection: close\r\n\r\n")?;
    store.write_all(&body)?;
    io::copy(&mut store, &mut client)?;
    client.shutdown(Shutdown::Both)
}
