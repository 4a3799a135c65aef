//! A server that is killed, and a PostgreSQL that is restarted, while people work.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use testing::{Cluster, store};

use super::{
    client::ask,
    site::{Site, count},
};
use crate::support::Run;

const PUBLISHERS: usize = 4;
const PATIENCE: Duration = Duration::from_mins(1);

/// What clients were answered.
#[derive(Default)]
struct Answers {
    /// Names of packages whose publishing was acknowledged.
    acknowledged: Mutex<Vec<String>>,
    /// How often which status was answered; 0 where the connection broke off.
    statuses: Mutex<BTreeMap<u16, u32>>,
    is_over: AtomicBool,
}

impl Answers {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    fn of(&self, status: u16) -> u32 {
        self.statuses.lock().unwrap().get(&status).copied().unwrap_or(0)
    }

    fn wait_for(&self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_there(self) {
            let statuses = self.statuses.lock().unwrap().clone();
            assert!(started.elapsed() < PATIENCE, "{what} does not come: {statuses:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until so many more were acknowledged.
    fn wait_for_more(&self, more: usize) {
        let wanted = self.count() + more;
        self.wait_for("a publish", |answers| answers.count() >= wanted);
    }

    /// Publishes one package after the other until it is over.
    fn publish(&self, site: &Site, token: &str, who: usize) {
        for number in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let name = format!("demo-{who}-{number}");
            let said = site.publish(site.front, token, (&name, "1.0.0"), name.as_bytes());
            if let Some(said) = &said
                && said.status == 503
            {
                assert!(!said.header("retry-after").is_empty(), "{}", said.text());
                assert!(said.text().contains("\"error\":"), "{}", said.text());
            }
            let status = said.map_or(0, |said| said.status);
            *self.statuses.lock().unwrap().entry(status).or_default() += 1;
            if status == 201 {
                self.acknowledged.lock().unwrap().push(name);
            }
        }
    }

    /// Runs `meanwhile` while people publish by way of nginx.
    fn during(&self, site: &Site, token: &str, meanwhile: impl FnOnce(&Self)) {
        thread::scope(|scope| {
            for who in 0..PUBLISHERS {
                scope.spawn(move || self.publish(site, token, who));
            }
            // It ends for the publishers, too, if something is wrong.
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| meanwhile(self)));
            self.is_over.store(true, Ordering::Relaxed);
            if let Err(panic) = done {
                std::panic::resume_unwind(panic);
            }
        });
    }

    /// Everything that was acknowledged can be installed, and nothing is there by half.
    async fn are_kept(&self, site: &Site, token: &str, at: SocketAddr) {
        for name in self.acknowledged.lock().unwrap().iter() {
            assert!(site.installs(at, token, (name, "1.0.0"), name.as_bytes()), "{name} is lost");
        }
        let (code, output, words) = site.run(&["verify"]);
        assert_eq!(code, 0, "{output}{words}");
        let versions = site.number("SELECT COUNT(*) FROM package_versions").await;
        let rows = "SELECT COUNT(*) FROM audit_log WHERE act = 'package.publish'";
        assert_eq!(site.number(rows).await, versions);
        let files = site.number("SELECT COUNT(DISTINCT version_id) FROM package_files").await;
        assert_eq!(files, versions);
        println!(
            "{} acknowledged of {versions} that are there; statuses {:?}",
            self.count(),
            self.statuses.lock().unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_nothing_that_was_acknowledged() {
    for _ in 0..count(1, 10) {
        let site = Site::new().await;
        let token = site.settle().await.value;
        let (one, mut other) = (site.node(), site.node());
        let _nginx = site.nginx(&[&one, &other]);
        let answers = Answers::default();
        answers.during(&site, &token, |answers| {
            answers.wait_for_more(30);
            other.signal("KILL");
            other.ends_within(Duration::from_secs(10));
            answers.wait_for_more(30);
        });
        answers.are_kept(&site, &token, one.address).await;
    }
}

fn is_ready(site: &Site, at: SocketAddr) -> bool {
    ask(at, site.front, "GET /readyz HTTP/1.1", b"").is_some_and(|said| said.status == 200)
}

/// While PostgreSQL is away nothing that is remembered counts, clients are told to try again, and both
/// servers go on by themselves once it is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_is_restarted_is_waited_for() {
    let mut cluster = Cluster::start();
    let site = Site::on(&cluster.address, store::shared().address).await;
    let token = site.settle().await.value;
    let nodes: [Run; 2] = [site.node(), site.node()];
    let _nginx = site.nginx(&[&nodes[0], &nodes[1]]);
    let said = site.publish(nodes[0].address, &token, ("known", "1.0.0"), b"known").unwrap();
    assert_eq!(said.status, 201, "{}", said.text());
    let answers = Answers::default();
    answers.during(&site, &token, |answers| {
        for _ in 0..count(1, 5) {
            answers.wait_for_more(20);
            for node in &nodes {
                assert!(site.installs(node.address, &token, ("known", "1.0.0"), b"known"));
            }
            cluster.stop();
            let stopped = Instant::now();
            // From a second after it went, a token that was remembered opens nothing.
            thread::sleep(Duration::from_secs(1));
            let refused = |at: SocketAddr| {
                let asked = Instant::now();
                let said = site.read(at, &token, "known").unwrap();
                println!(
                    "read {:?} after PostgreSQL stopped: {} after {:?}",
                    asked - stopped,
                    said.status,
                    asked.elapsed()
                );
                assert_eq!(said.status, 503, "{}", said.text());
                assert!(!said.header("retry-after").is_empty());
                assert!(!is_ready(&site, at));
            };
            thread::scope(|scope| {
                for node in &nodes {
                    scope.spawn(|| refused(node.address));
                }
            });
            answers.wait_for("a refusal", |answers| answers.of(503) > 0);
            cluster.start_again();
            let started = Instant::now();
            answers.wait_for_more(1);
            println!("published {:?} after PostgreSQL is back", started.elapsed());
            for node in &nodes {
                while !is_ready(&site, node.address) {
                    assert!(started.elapsed() < PATIENCE, "{}", node.log());
                    thread::sleep(Duration::from_millis(50));
                }
                assert!(site.installs(node.address, &token, ("known", "1.0.0"), b"known"));
            }
            println!("both servers work {:?} after PostgreSQL is back", started.elapsed());
            answers.wait_for_more(20);
        }
    });
    for status in answers.statuses.lock().unwrap().keys() {
        // 403: it was published, and the answer was lost on its way to nginx, which asked again.
        assert!([201, 403, 503].contains(status), "{status}");
    }
    answers.are_kept(&site, &token, nodes[1].address).await;
}
