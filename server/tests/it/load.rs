//! Every page, asked for by many at once, with more feeds and tokens than fit on one. Some faults of
//! rendering on the server show only when pages are rendered beside each other, as a panic in the
//! log of the real program.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use axum::http::Method;
use latchkey_server::web;
use model::{
    action::{Action, ActionSet},
    id::TokenId,
    token_form::TokenDraft,
};
use registry::{
    Actor, Origin, Program, Services, Settings, accounts::NewAccount, clock::SystemClock,
    feeds::NewFeed, sessions::PasswordText,
};
use tempfile::TempDir;

use crate::{
    npm::world::{READ_WRITE, allow, document, draft},
    support::{Run, config, finish, latchkey},
};

const PASSWORD: &str = "correct horse battery staple";
const FEEDS: usize = 200;
const TOKENS: usize = 500;
const CONNECTIONS: usize = 16;
/// How often each connection asks for each page.
const ROUNDS: usize = 3;

/// A page, as somebody asks for it.
struct Asked {
    path: String,
    /// The cookie of the browser; nobody is signed in who has none.
    cookie: String,
    status: u16,
}

/// What was made before the program started.
struct Seed {
    /// The cookie of ana's browser.
    cookie: String,
    /// One of ana's tokens.
    token: TokenId,
    /// The value of a token that may do everything.
    everything: String,
    /// The value of a token that only writes.
    write: String,
}

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

async fn seed(folder: &TempDir) -> Seed {
    let config = config(&[], folder);
    let services = Services::open(Settings {
        data: folder.path().join("data"),
        database: None,
        blobs: None,
        key_file: None,
        policy: config.policy,
        providers: config
            .providers
            .iter()
            .map(latchkey_server::config::ProviderSettings::view)
            .collect(),
        limits: config.limits,
        public_url: "http://127.0.0.1:3000".to_owned(),
        clock: std::sync::Arc::new(SystemClock),
        program: Program::Command,
    })
    .await
    .unwrap();
    let ana = NewAccount {
        username: "ana".parse().unwrap(),
        email: "ana@example.com".parse().unwrap(),
        password: Some(PasswordText::new(PASSWORD)),
    };
    let ana = services.accounts.create(&operator(), ana, true).await.unwrap().0;
    for number in 0..FEEDS {
        let name = format!("feed-{number:03}").parse().unwrap();
        let feed = NewFeed { name, description: "One of many".to_owned(), is_public: false };
        services.feeds.create_for(&operator(), ana, feed).await.unwrap();
    }
    let open =
        NewFeed { name: "open".parse().unwrap(), description: String::new(), is_public: true };
    services.feeds.create_for(&operator(), ana, open).await.unwrap();
    let make = async |description: String, actions: ActionSet| {
        let draft = TokenDraft { description, ..draft(vec![allow(actions, &[], &[])]) };
        let made = services.tokens.create_for(&operator(), ana, draft).await.unwrap();
        (made.id, made.secret.unwrap().expose().to_owned())
    };
    for number in 0..TOKENS {
        make(format!("machine {number}"), READ_WRITE).await;
    }
    let (token, write) = make("CI".to_owned(), ActionSet::WRITE).await;
    let (_, everything) = make("everything".to_owned(), ActionSet::of(&Action::ALL)).await;
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
    let password = PasswordText::new(PASSWORD);
    let session = services.sessions.sign_in("ana", &password, &origin).await.unwrap();
    let seed = Seed { cookie: format!("sid={}", session.expose()), token, everything, write };
    services.close().await;
    seed
}

/// A request on a connection of its own: the status, and everything that was sent.
fn ask(address: SocketAddr, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let length = body.len();
    let head =
        format!("{head}\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}

/// The path in an answer that begins like this.
fn path_in(answer: &str, start: &str) -> String {
    let at = answer.find(start).unwrap();
    answer[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect()
}

/// Publishes packages and has a request refused: the address of the page about the refusal.
fn use_it(address: SocketAddr, seed: &Seed) -> String {
    let put = |feed: &str, name: &str, token: &str| {
        let document = document(name, "1.0.0", "latest", b"archive").to_string();
        let name = name.replace('/', "%2f");
        let head = format!("PUT /F/{feed}/npm/{name} HTTP/1.1\r\nauthorization: Bearer {token}");
        let (status, answer) = ask(address, &head, document.as_bytes());
        assert_eq!(status, 201, "{answer}");
    };
    put("feed-000", "demo", &seed.write);
    put("feed-000", "@acme/http", &seed.everything);
    put("open", "demo", &seed.everything);
    let head = format!("GET /F/feed-000/npm/demo HTTP/1.1\r\nauthorization: Bearer {}", seed.write);
    let (status, answer) = ask(address, &head, b"");
    assert_eq!(status, 403, "{answer}");
    path_in(&answer, "/denials/")
}

/// Begins a sign-in at a terminal: the address of the page on which it is approved.
fn begin_login(address: SocketAddr) -> String {
    let (status, answer) = ask(address, "POST /F/feed-000/npm/-/v1/login HTTP/1.1", b"{}");
    assert_eq!(status, 200, "{answer}");
    path_in(&answer, "/login/")
}

/// Invites somebody: the address of the page on which a password is chosen.
fn invite(run: &Run) -> String {
    let create = ["user", "create", "rob", "--email", "rob@example.com", "--data", "data"];
    let (code, output, words) = finish(latchkey(&run.folder).args(create));
    assert_eq!(code, 0, "{words}");
    path_in(&output, "/invite/")
}

/// The addresses that ana's browser opens, each with what stands for its parts. Some only lead
/// elsewhere: what is answered to one who asks alone must be answered to everybody.
fn pages(address: SocketAddr, seed: &Seed, denial: &str) -> Vec<Asked> {
    let mut pages = BTreeMap::new();
    for entry in web::table() {
        let is_page =
            ["/F/", "/api", "/assets", "/audit/export", "/favicon", "/_fn", "/healthz", "/readyz"]
                .iter()
                .all(|p| !entry.path.starts_with(p));
        // A wrong code is answered to few; those that work are added by themselves. No provider is set
        // up, and nobody is on the way back from one.
        let has_code = entry.path.ends_with("{code}")
            || entry.path.contains("{provider}")
            || entry.path == "/sign-in/finish";
        if entry.method != Method::GET || !is_page || has_code {
            continue;
        }
        let path = match entry.path.as_str() {
            "/denials/{id}" => denial.to_owned(),
            path => path
                .replace("{id}", &seed.token.to_string())
                .replace("{feed}", "feed-000")
                .replace("{username}", "ana")
                .replace("{ecosystem}", "npm")
                .replace("{name}", "@acme%2Fhttp")
                .replace("{version}", "1.0.0"),
        };
        assert!(!path.contains('{'), "what stands for the parts of {path}?");
        let (status, answer) = get(address, &seed.cookie, &path);
        let is_known = match status {
            200 => answer.contains("</html>"),
            303 => true,
            _ => false,
        };
        assert!(is_known, "{path}: {answer}");
        pages.insert(path, status);
    }
    let whole = pages.values().filter(|status| **status == 200).count();
    assert!(whole >= 15, "{pages:?}");
    let asked = |(path, status)| Asked { path, cookie: seed.cookie.clone(), status };
    pages.into_iter().map(asked).collect()
}

/// What the table of addresses does not tell: a sign-in that waits, an invitation, an address without
/// a page, and what is shown to nobody in particular.
fn more_pages(seed: &Seed, login: &str, invitation: &str) -> Vec<Asked> {
    let (ana, nobody) = (seed.cookie.as_str(), "");
    [
        (ana, login, 200),
        (ana, invitation, 200),
        (ana, "/nothing", 404),
        (nobody, "/nothing", 404),
        (nobody, "/", 303),
        (nobody, "/sign-in", 200),
        (nobody, "/sign-up", 200),
        (nobody, invitation, 200),
        (nobody, login, 303),
        (nobody, "/feeds/open", 200),
        (nobody, "/feeds/open/npm/demo", 200),
        (nobody, "/feeds/open/npm/absent", 404),
    ]
    .map(|(cookie, path, status)| Asked {
        path: path.to_owned(),
        cookie: cookie.to_owned(),
        status,
    })
    .into()
}

fn get(address: SocketAddr, cookie: &str, path: &str) -> (u16, String) {
    let cookie = if cookie.is_empty() { String::new() } else { format!("\r\ncookie: {cookie}") };
    ask(address, &format!("GET {path} HTTP/1.1{cookie}"), b"")
}

/// Asks for the pages by many connections at once. Each answer is whole, and the one that is expected.
fn ask_for_all_at_once(address: SocketAddr, pages: &[Asked]) {
    std::thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            scope.spawn(move || {
                for number in 0..ROUNDS * pages.len() {
                    // Each begins elsewhere, so that different pages meet.
                    let Asked { path, cookie, status } =
                        &pages[(connection + number) % pages.len()];
                    let (found, answer) = get(address, cookie, path);
                    assert_eq!(found, *status, "{path}: {answer}");
                    assert!(found == 303 || answer.contains("</html>"), "{path}: {answer}");
                }
            });
        }
    });
}

/// Ends the program; its log has no fault in it.
fn end(mut run: Run) {
    run.signal("TERM");
    assert!(run.ends_within(Duration::from_secs(30)).success());
    let log = run.log();
    for word in ["panicked", "SendWrapper", "ERROR"] {
        assert!(!log.contains(word), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_for_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let seed = seed(&folder).await;
    let mut command = latchkey(&folder);
    command.args(["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    let run = Run::start(command, folder);
    let address = run.address;
    let denial = use_it(address, &seed);
    // What was refused is written down within a second.
    std::thread::sleep(Duration::from_millis(1500));
    let mut pages = pages(address, &seed, &denial);
    pages.extend(more_pages(&seed, &begin_login(address), &invite(&run)));
    ask_for_all_at_once(address, &pages);
    end(run);
}

#[test]
fn the_set_up_is_whole_for_many_at_once() {
    let mut run = Run::serve(&[]);
    let said = run.says_until("It works until");
    let link = said.find("/setup?code=").unwrap();
    let link = said[link..].split_whitespace().next().unwrap();
    let pages = [(link, 200), ("/setup", 200), ("/setup?code=abc", 200), ("/feeds", 303)]
        .map(|(path, status)| Asked { path: path.to_owned(), cookie: String::new(), status });
    ask_for_all_at_once(run.address, &pages);
    end(run);
}
