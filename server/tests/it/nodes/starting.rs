//! Several servers that start at the same moment.

use std::{sync::Barrier, thread};

use super::{client::ask, site::Site};
use crate::support::Run;

const NODES: usize = 4;

/// On a database without tables, a bucket without a mark, and without a key.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_start_at_once_come_up_and_migrate_once() {
    let site = Site::new().await;
    let together = Barrier::new(NODES);
    let nodes: Vec<Run> = thread::scope(|scope| {
        let start = || {
            together.wait();
            site.node()
        };
        let starting: Vec<_> = (0..NODES).map(|_| scope.spawn(start)).collect();
        starting.into_iter().map(|node| node.join().unwrap()).collect()
    });
    for node in &nodes {
        let ready = ask(node.address, site.front, "GET /readyz HTTP/1.1", b"").unwrap();
        assert_eq!(ready.status, 200, "{}", ready.text());
        assert!(!node.log().contains("ERROR"), "{}", node.log());
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/postgres");
    let files = std::fs::read_dir(folder).unwrap().count();
    let applied = site.number("SELECT COUNT(*) FROM _sqlx_migrations WHERE success").await;
    assert_eq!(usize::try_from(applied).unwrap(), files, "each once");
    let marks = testing::store::shared().objects(&site.bucket);
    let is_mark = |object: &&(String, Vec<u8>)| object.0.ends_with("latchkey-store");
    assert_eq!(marks.iter().filter(is_mark).count(), 1);
    // They agree on the key and the store: a token made by one works at the others.
    let token = site.settle().await.value;
    for (number, node) in nodes.iter().enumerate() {
        let version = format!("1.0.{number}");
        let said = site.publish(node.address, &token, ("demo", &version), b"demo").unwrap();
        assert_eq!(said.status, 201, "{}", said.text());
    }
    println!("{NODES} servers started at once; {applied} migrations, each applied once");
}
