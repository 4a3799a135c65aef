//! What every test needs: services on a folder of their own, a clock that stands still, the real
//! router, and the real program.

use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, Response, StatusCode},
};
use clap::Parser;
use http_body_util::BodyExt as _;
use latchkey_server::{
    config::{Config, Environment, Exposure, ProviderSettings, ServeArgs, StorageArgs},
    providers::Providers,
    web::{self, ServerState},
};
use model::timestamp::Timestamp;
use registry::{
    Origin, Program, Services, Settings, accounts::NewAccount, clock::SetClock,
    sessions::PasswordText,
};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Monday 22 February 2027, noon.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_803_297_600_000);

/// A server without a socket.
pub(crate) struct Server {
    pub(crate) services: Arc<Services>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) router: Router,
    pub(crate) folder: TempDir,
}

/// The flags of `latchkey serve` by themselves.
#[derive(Parser)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}

/// The settings that these flags give in an empty environment.
pub(crate) fn config(flags: &[&str], folder: &TempDir) -> Config {
    let environment =
        Environment { variable: Box::new(|_| None::<OsString>), folder: folder.path().to_owned() };
    let flags = Flags::parse_from([&["latchkey"], flags].concat());
    Config::of_server(&flags.storage, &flags.serve, &environment).unwrap()
}

impl Server {
    /// A server without accounts, reached at `http://127.0.0.1:3000` unless `flags` say otherwise.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(flags, &folder);
        config.site.get_or_insert_with(|| folder.path().join("site"));
        let public_url = config.public_url_of(config.listen);
        let clock = Arc::new(SetClock::at(NOON));
        let services = Services::open(Settings {
            data: folder.path().join("data"),
            database: None,
            blobs: None,
            key_file: None,
            policy: config.policy.clone(),
            providers: config.providers.iter().map(ProviderSettings::view).collect(),
            limits: config.limits,
            public_url: public_url.origin().to_owned(),
            clock: Arc::<SetClock>::clone(&clock),
            program: Program::Server,
        })
        .await
        .unwrap();
        let state = ServerState::new(
            Arc::clone(&services),
            &config,
            Exposure::Loopback,
            public_url.clone(),
        )
        .with_providers(Providers::set_up(&config.providers, &public_url).unwrap());
        Self { services, clock, router: web::router(state), folder }
    }

    /// A server without accounts.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// Makes the first account, `ada`, and signs it in: the `Cookie` header of its browser.
    pub(crate) async fn set_up(&self) -> String {
        let code = self.services.accounts.issue_setup_code().await.unwrap().unwrap();
        let ada = NewAccount {
            username: "ada".parse().unwrap(),
            email: "ada@example.com".parse().unwrap(),
            password: Some(PasswordText::new("correct horse battery staple")),
        };
        let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
        let secret = self.services.accounts.set_up(&code, ada, &origin).await.unwrap();
        format!("sid={}", secret.expose())
    }

    /// Answers a request as if it came from this machine.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.send_from("127.0.0.1", request).await
    }

    /// Answers a request as if its connection came from this address.
    pub(crate) async fn send_from(
        &self,
        address: &str,
        mut request: Request<Body>,
    ) -> Response<Body> {
        let peer = SocketAddr::new(address.parse().unwrap(), 4711);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Puts a built site where the server looks for it; its hash is `0123456789abcdef`.
    pub(crate) fn build_site(&self) {
        let site = self.folder.path().join("site");
        let assets = site.join("assets/0123456789abcdef");
        write(&assets.join("latchkey.js"), "export default 1;");
        write(&assets.join("latchkey.js.br"), "compressed");
        write(&assets.join("latchkey_bg.wasm"), "\0asm");
        write(&assets.join("favicon.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        write(&assets.join("snippets/one-0/inline0.js"), "1");
        write(&site.join("hash.txt"), "0123456789abcdef");
    }

    /// Answers a `GET`.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    /// Answers a request without a body.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask_with(method, path, headers, "").await
    }

    /// Answers a request with this body.
    pub(crate) async fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(self.send(request.body(Body::from(body.to_owned())).unwrap()).await).await
    }
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// A header's value; empty if it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// The program, as operators start it.
pub(crate) struct Run {
    child: Child,
    pub(crate) address: SocketAddr,
    output: Option<BufReader<ChildStdout>>,
    pub(crate) folder: TempDir,
}

impl Run {
    /// Starts `latchkey serve` on a free port and a folder of its own, and waits until it is ready.
    pub(crate) fn serve(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = latchkey(&folder);
        command.args(["serve", "--data", "data", "--listen", "127.0.0.1:0"]).args(flags);
        Self::start(command, folder)
    }

    /// Starts a command that serves, and waits until it says that it is ready.
    pub(crate) fn start(mut command: Command, folder: TempDir) -> Self {
        let log = File::create(folder.path().join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Latchkey is ready: ");
        let address = address.and_then(|url| url.split_once("://")).unwrap_or_else(|| {
            panic!("{line}{}", std::fs::read_to_string(folder.path().join("log")).unwrap())
        });
        Self { child, address: address.1.parse().unwrap(), output: Some(output), folder }
    }

    /// What it wrote to its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// What it still says on standard output, up to the first line that contains `end`.
    pub(crate) fn says_until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.contains(end) {
            let output = self.output.as_mut().unwrap();
            assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
        }
        text
    }

    /// Closes its standard output.
    pub(crate) fn close_output(&mut self) {
        self.output = None;
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < patience, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program in a folder, without any setting from the environment.
pub(crate) fn latchkey(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LATCHKEY_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder.path());
    command
}

/// Runs the program to its end: its exit code, and what it wrote to standard output and error.
pub(crate) fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Writes a file; its folder is made.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}
