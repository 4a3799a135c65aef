//! What tests need from elsewhere: a throw-away PostgreSQL (one cluster per test program, one database
//! per test) and certificates.

pub mod certificates;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

struct Cluster {
    address: String,
    /// Its standard input stays open as long as this program lives; then the cluster goes.
    _keeper: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of the cluster, started at the first call.
///
/// # Panics
/// If PostgreSQL cannot be started: a test that needs it must not pass without it.
pub fn postgres() -> &'static str {
    &CLUSTER.get_or_init(start).address
}

/// A name for a database that no other test of this program uses.
pub fn database_name() -> String {
    format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed))
}

#[expect(clippy::expect_used, reason = "tests end here when PostgreSQL is missing")]
fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres.sh");
    let mut keeper = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/postgres.sh starts");
    let mut address = String::new();
    let output = keeper.stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut address).expect("it prints an address");
    assert!(address.starts_with("postgres://"), "PostgreSQL did not start: see the output above");
    Cluster { address: address.trim().to_owned(), _keeper: keeper }
}
