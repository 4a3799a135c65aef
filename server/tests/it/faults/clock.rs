//! A clock that jumps: a day and a year ahead, and back again, under a running server.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use model::timestamp::Timestamp;
use registry::clock::{Clock as _, SystemClock};

use super::{
    counted, figure,
    wire::{Connection, account, sign_in, try_signing_in},
};
use crate::{
    operation::data::{Data, archive, both_databases, publish},
    support::{Run, finish},
};

/// A good one: what was uploaded at the start is old enough to be swept.
const DAY: Duration = Duration::from_hours(25);
const YEAR: Duration = Duration::from_hours(365 * 24);

/// Data whose clock stands in a file.
struct World {
    data: Data,
    clock: PathBuf,
    start: Timestamp,
    /// Tokens that publish: one for ever, one for thirty days, and one that was revoked.
    forever: String,
    expiring: String,
    revoked: String,
}

impl World {
    async fn new(database: Option<String>) -> Self {
        let data = Data::empty(database);
        data.does(&["test-data"]);
        data.does(&["user", "create", "ana", "--email", "ana@example.com"]);
        data.does(&["feed", "create", "main", "--owner", "ana"]);
        let services = data.services().await;
        account(&services, "rob").await;
        services.close().await;
        let token = |expires: &str| {
            let create = ["token", "create", "--user", "ana", "--description", "CI"];
            let more = ["--read", "all", "--write", "all", "--expires", expires];
            data.does(&[&create[..], &more].concat())
        };
        let [forever, expiring, revoked] = [token("never"), token("30d"), token("never")];
        let clock = data.folder.path().join("now");
        Self { clock, start: SystemClock.now(), forever, expiring, revoked, data }
    }

    fn set(&self, now: Timestamp) {
        // In one step: a server may read it at this moment.
        let next = self.clock.with_extension("next");
        fs::write(&next, now.as_millis().to_string()).unwrap();
        fs::rename(next, &self.clock).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.data.command(arguments);
        command.env("LATCHKEY_TEST_CLOCK", &self.clock);
        command
    }

    fn does(&self, arguments: &[&str]) -> String {
        let (code, output, error) = finish(&mut self.command(arguments));
        assert_eq!(code, 0, "{arguments:?}: {output}{error}");
        output
    }
}

/// How a token is answered.
fn status(run: &Run, token: &str) -> u16 {
    Connection::open(run.address).get("/F/main/npm/demo", token).status
}

fn is_signed_in(run: &Run, cookie: &str) -> bool {
    let head = format!("GET /profile/tokens HTTP/1.1\r\ncookie: {cookie}");
    match Connection::open(run.address).ask(&head, "").unwrap().status {
        200 => true,
        303 => false,
        other => panic!("{other}"),
    }
}

/// Guesses until there is a delay.
fn guess(run: &Run) {
    let guessed = (0..20).any(|_| {
        let body = "login=rob&password=entirely+different+words";
        Connection::open(run.address).post("/sign-in", "", body).status == 429
    });
    assert!(guessed, "guessing costs nothing");
}

/// Publishes while everything that nothing refers to is swept, at a time when all of it is old: each that
/// was accepted is there. How often was swept meanwhile.
fn publish_amid_sweeps(world: &World, run: &Run, prefix: &str, count: usize) -> usize {
    let is_over = AtomicBool::new(false);
    let sweeps = thread::scope(|scope| {
        let sweeper = scope.spawn(|| {
            let mut sweeps = 0;
            while !is_over.load(Ordering::Relaxed) {
                world.does(&["gc"]);
                sweeps += 1;
            }
            sweeps
        });
        let publishers: Vec<_> = (0..4)
            .map(|part| {
                scope.spawn(move || {
                    for number in (part..count).step_by(4) {
                        let name = format!("{prefix}-{number}");
                        assert!(publish(run.address, &world.forever, &name, "1.0.0"), "{name}");
                    }
                })
            })
            .collect();
        for publisher in publishers {
            publisher.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        sweeper.join().unwrap()
    });
    for number in 0..count {
        let name = format!("{prefix}-{number}");
        assert_eq!(archive(run.address, &world.forever, &name, "1.0.0").status, 200, "{name}");
    }
    sweeps
}

fn story(world: &World, count: usize) {
    let (start, run_log) = (world.start, tempfile::tempdir().unwrap());
    world.set(start);
    let run = Run::start(world.command(&["serve", "--listen", "127.0.0.1:0"]), run_log);
    assert!(publish(run.address, &world.forever, "demo", "1.0.0"));
    let early = sign_in(run.address, "rob");
    let mask = &world.revoked[..];
    let listed = world.does(&["token", "list", "--user", "ana", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let revoked = listed.as_array().unwrap().iter().find(|token| {
        token["mask"].as_str().is_some_and(|text| text.ends_with(&mask[mask.len() - 4..]))
    });
    let id = revoked.unwrap_or_else(|| panic!("{listed}"))["id"].as_str().unwrap().to_owned();
    world.does(&["token", "revoke", &id]);
    let tokens =
        || [&world.forever, &world.expiring, &world.revoked].map(|token| status(&run, token));
    assert_eq!(tokens(), [200, 200, 401]);

    world.set(start.plus(DAY));
    assert_eq!(tokens(), [200, 200, 401]);
    assert!(!is_signed_in(&run, &early), "it rested for a day");
    let mut sweeps = publish_amid_sweeps(world, &run, "day", count);

    world.set(start.plus(YEAR));
    assert_eq!(tokens(), [200, 401, 401]);
    sweeps += publish_amid_sweeps(world, &run, "year", count);
    let late = sign_in(run.address, "rob");
    assert!(is_signed_in(&run, &late));
    guess(&run);

    // Back, and before the beginning.
    for now in [start.plus(2 * DAY), start.minus(DAY)] {
        world.set(now);
        assert_eq!(tokens(), [200, 200, 401], "what was revoked stays revoked");
        assert!(!is_signed_in(&run, &late), "a session of a year to come");
        let reply = try_signing_in(run.address, "rob");
        assert_eq!(reply.status, 303, "nobody waits for a year: {}", reply.text());
        let name = format!("at-{}", now.as_millis());
        assert!(publish(run.address, &world.forever, &name, "1.0.0"));
        assert!(publish(run.address, &world.forever, &name, "1.0.1"));
        guess(&run);
    }
    world.set(start);
    assert_eq!(tokens(), [200, 200, 401]);
    world.does(&["audit", "verify"]);
    world.does(&["verify"]);
    let log = run.log();
    assert!(!log.contains("panicked") && !log.contains(" ERROR "), "{log}");
    figure(&format!(
        "clock, {}: a day and a year ahead, back and before the beginning; {} publishes amid {sweeps} sweeps that took \
         every upload for old, all there; nobody locked out, nothing revoked came back, the audit log holds",
        if world.data.database.is_some() { "PostgreSQL" } else { "SQLite" },
        2 * count,
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jumping_clock_takes_nothing_away_and_brings_nothing_back() {
    for database in both_databases().await {
        story(&World::new(database).await, counted(60, 400));
    }
}
