//! What tests need from elsewhere: a throw-away PostgreSQL (one cluster per test program, one database
//! per test), an S3-compatible store, and certificates.

pub mod certificates;
pub mod store;

use std::{
    io::{BufRead, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// A PostgreSQL of its own. It goes with this value, or with the program.
pub struct Cluster {
    /// Its address, without a database.
    pub address: String,
    output: BufReader<ChildStdout>,
    /// Takes commands from its standard input, and takes the cluster down once that ends.
    keeper: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of the cluster that the program's tests share, started at the first call.
///
/// # Panics
/// If PostgreSQL cannot be started: a test that needs it must not pass without it.
pub fn postgres() -> &'static str {
    &CLUSTER.get_or_init(Cluster::start).address
}

/// A name for a database that no other test of this program uses.
pub fn database_name() -> String {
    format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed))
}

#[expect(clippy::expect_used, reason = "tests end here when PostgreSQL is missing")]
impl Cluster {
    /// Starts one.
    ///
    /// # Panics
    /// If PostgreSQL cannot be started.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres.sh");
        let mut keeper = Command::new(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/postgres.sh starts");
        let output = BufReader::new(keeper.stdout.take().expect("its output is piped"));
        let mut cluster = Self { address: String::new(), output, keeper };
        cluster.address = cluster.line();
        let is_address = cluster.address.starts_with("postgres://");
        assert!(is_address, "PostgreSQL did not start: see the output above");
        cluster
    }

    /// Stops it: whoever is connected is told so and cut off. Returns once it has stopped.
    ///
    /// # Panics
    /// If it does not stop.
    pub fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it again, with what it held, on the same address.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_again(&mut self) {
        self.order("start");
    }

    fn order(&mut self, command: &str) {
        let input = self.keeper.stdin.as_mut().expect("its input is piped");
        writeln!(input, "{command}").expect("it takes commands");
        assert_eq!(self.line(), "done", "{command}: see the output above");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        line.trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
