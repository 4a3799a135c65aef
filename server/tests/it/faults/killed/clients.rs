//! What is going on when the program is killed: browsers without script, and clients that publish. Each
//! goes on until nobody answers, and tells what it was told.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use model::{id::TokenId, token::TokenText};

use crate::{faults::wire::PASSWORD, npm::world::document, operation::data::Reply};

/// An act and what it was about, as the audit log names them.
pub(super) type Act = (&'static str, String);

/// How many have had an act acknowledged.
#[derive(Default)]
pub(super) struct Begun(AtomicUsize);

impl Begun {
    fn note(&self, is_first: bool) {
        self.0.fetch_add(usize::from(is_first), Ordering::Relaxed);
    }

    /// Waits until so many have, however busy the machine is.
    pub(super) fn wait_for(&self, count: usize) {
        let started = Instant::now();
        while self.0.load(Ordering::Relaxed) < count && started.elapsed() < Duration::from_mins(1) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A request on a connection of its own. Nothing once the program is gone: an answer that was cut off
/// acknowledges nothing.
pub(super) fn ask(address: SocketAddr, head: &str, body: &str) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    let head = format!(
        "{head}\r\nhost: {address}\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    let whole = stream.read_to_end(&mut answer).is_ok();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let body = answer.split_off(end + 4);
    // Of an answer to a form that leads on, the head is all there is; a page has to be whole.
    let is_whole = whole && (status != 200 || !head.contains("text/html") || ends(&body));
    is_whole.then_some(Reply { status, head, body })
}

fn ends(page: &[u8]) -> bool {
    page.windows(7).any(|seven| seven == b"</html>")
}

/// Somebody's browser.
pub(super) struct Browser {
    address: SocketAddr,
    cookie: String,
}

impl Browser {
    pub(super) fn sign_in(address: SocketAddr, name: &str) -> Option<Self> {
        let nobody = Self { address, cookie: String::new() };
        let reply = nobody.post("/sign-in", &[("login", name), ("password", PASSWORD)])?;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let (_, rest) = reply.head.split_once("set-cookie: ")?;
        Some(Self { cookie: rest.split(';').next()?.to_owned(), ..nobody })
    }

    fn get(&self, path: &str) -> Option<Reply> {
        ask(self.address, &format!("GET {path} HTTP/1.1\r\ncookie: {}", self.cookie), "")
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Option<Reply> {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncookie: {}",
            self.cookie
        );
        ask(self.address, &head, &body)
    }
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&mark).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&")
}

/// The first whole access token in a page.
fn value_in(page: &str) -> Option<String> {
    page.match_indices("lka_").find_map(|(start, _)| {
        let text = page.get(start..start + 40)?;
        TokenText::parse(text).ok().map(|token| token.expose().to_owned())
    })
}

/// Signs in again and again.
pub(super) fn keep_signing_in(address: SocketAddr, name: &str) -> Vec<Act> {
    let next = || Browser::sign_in(address, name).map(|_| ("session.begin", name.to_owned()));
    std::iter::from_fn(next).collect()
}

/// Makes tokens, as many as one may in an hour: each with its value.
pub(super) fn make_tokens(browser: &Browser, round: usize, begun: &Begun) -> Vec<(Act, String)> {
    let make = |number: usize| {
        let description = format!("token-{round}-{number}");
        let form = format!("0190f3c1-6d2e-7a54-9b1c-{round:06x}{number:06x}");
        let fields = [
            ("form", form.as_str()),
            ("description", &description),
            ("access", "read"),
            ("feeds", "all"),
            ("expires", "30d"),
        ];
        let reply = browser.post("/profile/tokens", &fields)?;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let value = value_in(&reply.text()).unwrap();
        begun.note(number == 0);
        Some((("token.create", description), value))
    };
    (0..30).map_while(make).collect()
}

/// What a token is limited to after so many edits.
pub(super) fn pattern(edit: u32) -> String {
    format!("edited-{edit}-times")
}

/// Limits a token to another pattern again and again: how many edits were acknowledged, and asked for.
pub(super) fn keep_editing(browser: &Browser, token: TokenId, begun: &Begun) -> (u32, u32) {
    let path = format!("/profile/tokens/{token}/edit");
    let edit = |number: u32| {
        let (revision, pattern) = (number.to_string(), pattern(number));
        let mut fields = vec![
            ("revision", revision.as_str()),
            ("description", "edited"),
            ("access", "read"),
            ("feeds", "all"),
            ("packages", "named"),
            ("pattern", &pattern),
            ("expires", "keep"),
        ];
        let told = browser.post(&path, &fields)?;
        assert_eq!(told.status, 200, "it is wider: {}{}", told.head, told.text());
        let agreed = hidden(&told.text(), "agreed");
        fields.push(("agreed", &agreed));
        let reply = browser.post(&path, &fields)?;
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert!(reply.head.contains("saved=yes"), "{}", reply.head);
        begun.note(number == 1);
        Some(())
    };
    let done = (1..=55).map_while(edit).count();
    let done = u32::try_from(done).unwrap();
    (done, done + 1)
}

/// Gives a token a new value again and again, as often as one may in an hour: the values.
pub(super) fn keep_regenerating(browser: &Browser, token: TokenId, begun: &Begun) -> Vec<String> {
    let path = format!("/profile/tokens/{token}/regenerate");
    let regenerate = |number| {
        let page = browser.get(&path)?.text();
        let (form, replaces) = (hidden(&page, "form"), hidden(&page, "replaces"));
        let reply =
            browser.post(&path, &[("form", &form), ("replaces", &replaces), ("old", "now")])?;
        assert_eq!(reply.status, 200, "{}", reply.text());
        begun.note(number == 0);
        Some(value_in(&reply.text()).unwrap())
    };
    (0..30).map_while(regenerate).collect()
}

/// The archive of a package: some are a few bytes long, some more than is read in one piece.
pub(super) fn archive(name: &str) -> Vec<u8> {
    let number = name.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    name.repeat([1, 3_000, 1, 120_000][number % 4]).into_bytes()
}

/// Publishes a package: the answer's status.
pub(super) fn publish(address: SocketAddr, token: &str, name: &str) -> Option<Reply> {
    let body = document(name, "1.0.0", "latest", &archive(name)).to_string();
    let head = format!("PUT /F/main/npm/{name} HTTP/1.1\r\nauthorization: Bearer {token}");
    ask(address, &head, &body)
}

/// Publishes one package after the other: those that were acknowledged, and the one that was not.
pub(super) fn keep_publishing(
    address: SocketAddr,
    token: &str,
    round: usize,
    who: usize,
) -> (Vec<String>, String) {
    let mut published = Vec::new();
    loop {
        let name = format!("demo-{round}-{who}-{}", published.len());
        let Some(reply) = publish(address, token, &name) else { return (published, name) };
        assert_eq!(reply.status, 201, "{}", reply.text());
        published.push(name);
    }
}
