//! A server that speaks S3 and keeps objects as files: it checks signatures, knows buckets and parts,
//! and runs in the test program on a free port of this machine.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;

/// The key that opens it.
pub const KEY: &str = "AKIATESTTESTTESTTEST";
/// The key's secret.
pub const SECRET: &str = "a-secret-that-no-log-may-hold";

static STORE: OnceLock<Store> = OnceLock::new();
static BUCKETS: AtomicU32 = AtomicU32::new(0);

/// The store.
pub struct Store {
    /// Where it listens.
    pub address: SocketAddr,
    folder: TempDir,
}

/// The one that the program's tests share, started at the first call.
pub fn shared() -> &'static Store {
    STORE.get_or_init(Store::start)
}

#[expect(clippy::expect_used, reason = "tests end here when nothing can be served")]
impl Store {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let files = FileSystem::new(folder.path()).expect("the folder can be read");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        // Not of a test's own runtime: that ends with the test.
        let serve = async move {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let (socket, _) = listener.accept().await?;
                let service = service.clone();
                tokio::spawn(async move {
                    let connections = auto::Builder::new(TokioExecutor::new());
                    // Whoever hung up does not want to know.
                    let _ = connections.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        };
        thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = runtime.worker_threads(1).enable_all().build();
            let ended: std::io::Result<()> = runtime.expect("threads can be made").block_on(serve);
            ended.expect("it serves as long as the program lives");
        });
        Self { address, folder }
    }

    /// Makes a bucket that no other test uses: its name.
    ///
    /// # Panics
    /// If the disk does not take it.
    pub fn bucket(&self) -> String {
        let name = format!("bucket-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
        fs::create_dir(self.folder.path().join(&name)).expect("a bucket can be made");
        name
    }

    /// The folder of a bucket.
    pub fn path(&self, bucket: &str) -> PathBuf {
        self.folder.path().join(bucket)
    }

    /// The names and contents of a bucket's objects.
    ///
    /// # Panics
    /// If they cannot be read.
    pub fn objects(&self, bucket: &str) -> Vec<(String, Vec<u8>)> {
        let root = self.path(bucket);
        let (mut objects, mut folders) = (Vec::new(), vec![root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder can be read") {
                let path = entry.expect("it has entries").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).expect("it is in the folder");
                    let content = fs::read(&path).expect("a file can be read");
                    objects.push((name.display().to_string(), content));
                }
            }
        }
        objects
    }

    /// The variables that lead to it, or to whatever stands before it at this address.
    pub fn variables(address: SocketAddr) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{address}")),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ]
    }
}
