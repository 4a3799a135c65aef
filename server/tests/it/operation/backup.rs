//! `latchkey backup` and `latchkey restore`: what is made beside a running server serves elsewhere.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::Value;

use super::data::{Data, archive, blob_in, both_databases, corrupt, postgres, publish};
use crate::{npm::world::archive_of, support::finish};

fn manifest(backup: &Path) -> Value {
    serde_json::from_slice(&fs::read(backup.join("manifest.json")).unwrap()).unwrap()
}

/// Restores a backup into new data, with the key of the data it was made of.
fn restored(from: &Data, backup: &Path, database: Option<String>) -> Data {
    let data = Data::empty(database);
    data.does(&["restore", backup.to_str().unwrap()]);
    let key = |data: &Data| data.folder.path().join("data.key");
    fs::copy(key(from), key(&data)).unwrap();
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_people_publish_serves_elsewhere_on_either_database() {
    for database in both_databases().await {
        let data = Data::new(database);
        let token = data.token();
        let run = data.serve(&[]);
        for number in 0..10 {
            assert!(publish(run.address, &token, "before", &format!("1.0.{number}")));
        }
        let backup = data.folder.path().join("backup");
        let stop = AtomicBool::new(false);
        let meanwhile = std::thread::scope(|scope| {
            let publishing = scope.spawn(|| {
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    assert!(publish(run.address, &token, "meanwhile", &format!("1.0.{count}")));
                    count += 1;
                }
                count
            });
            let said = data.does(&["backup", "backup"]);
            assert!(said.contains("1 accounts, 2 tokens"), "{said}");
            stop.store(true, Ordering::Relaxed);
            publishing.join().unwrap()
        });
        assert!(meanwhile > 0, "nobody published meanwhile");
        assert!(publish(run.address, &token, "after", "1.0.0"));

        for target in [None, Some(postgres().await)] {
            let there = restored(&data, &backup, target);
            there.does(&["verify"]);
            there.does(&["audit", "verify"]);
            let run = there.serve(&[]);
            for number in 0..10 {
                let version = format!("1.0.{number}");
                let reply = archive(run.address, &token, "before", &version);
                assert_eq!((reply.status, reply.body), (200, archive_of("before", &version)));
            }
            for number in 0..meanwhile {
                let version = format!("1.0.{number}");
                let reply = archive(run.address, &token, "meanwhile", &version);
                match reply.status {
                    200 => assert_eq!(reply.body, archive_of("meanwhile", &version)),
                    status => assert_eq!(status, 404),
                }
            }
            assert_eq!(archive(run.address, &token, "after", "1.0.0").status, 404);
            assert!(publish(run.address, &token, "later", "1.0.0"), "it goes on from there");
        }
    }
}

#[test]
fn without_its_key_a_restored_server_does_not_start_and_says_why() {
    let data = Data::new(None);
    data.token();
    data.does(&["backup", "backup"]);
    let backup = data.folder.path().join("backup");
    let mode = fs::metadata(backup.join("latchkey.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let manifest = manifest(&backup);
    let fingerprint = manifest["master_key"].as_str().unwrap();
    let key = fs::read_to_string(data.folder.path().join("data.key")).unwrap();
    let text = manifest.to_string();
    assert!(!text.contains(key.trim()) && fingerprint.len() == 32, "{text}");

    let there = Data::empty(None);
    let (code, _, said) = finish(&mut there.command(&["restore", backup.to_str().unwrap()]));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(fingerprint), "{said}");
    let refusal = there.refuses(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(refusal.contains("no master key at") && refusal.contains("data.key"), "{refusal}");
    assert!(!there.folder.path().join("data.key").exists(), "it makes no other key");
    there.does(&["rotate-master-key", "--old-key-lost"]);
    there.serve(&[]);
}

#[test]
fn what_is_no_whole_backup_is_not_restored() {
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&[]);
    for version in ["1.0.0", "1.0.1"] {
        assert!(publish(run.address, &token, "demo", version));
    }
    data.does(&["backup", "backup"]);
    assert!(data.refuses(&["backup", "backup"]).contains("is not empty"));
    let backup = data.folder.path().join("backup");
    let there = Data::empty(None);
    let restore = ["restore", backup.to_str().unwrap()];
    let nothing_is_there = || assert!(!there.folder.path().join("data").exists());

    let rows = backup.join("latchkey.db");
    let whole = fs::read(&rows).unwrap();
    corrupt(&rows);
    assert!(there.refuses(&restore).contains("its rows are not what its manifest says"));
    nothing_is_there();
    fs::write(&rows, whole).unwrap();

    corrupt(&blob_in(&backup, "demo", "1.0.1"));
    let refusal = there.refuses(&restore);
    assert!(refusal.contains("main/npm/demo 1.0.1 demo-1.0.1.tgz"), "{refusal}");
    assert!(refusal.contains("--allow-missing") && !refusal.contains("demo 1.0.0"), "{refusal}");
    nothing_is_there();
    let told = there.refuses(&[restore[0], restore[1], "--allow-missing"]);
    assert!(told.contains("could not be restored") && told.contains("demo 1.0.1"), "{told}");
    fs::copy(data.folder.path().join("data.key"), there.folder.path().join("data.key")).unwrap();
    let other = there.serve(&[]);
    let reply = archive(other.address, &token, "demo", "1.0.0");
    assert_eq!((reply.status, reply.body), (200, archive_of("demo", "1.0.0")));
    assert!(there.refuses(&restore).contains("already"), "never over data that is there");

    fs::remove_file(backup.join("manifest.json")).unwrap();
    let nowhere = Data::empty(None);
    assert!(nowhere.refuses(&restore).contains("never finished"));
}

#[test]
fn what_was_damaged_before_is_named_and_the_rest_backed_up() {
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&[]);
    for version in ["1.0.0", "1.0.1"] {
        assert!(publish(run.address, &token, "demo", version));
    }
    fs::remove_file(data.blob("demo", "1.0.0")).unwrap();
    let told = data.refuses(&["backup", "backup"]);
    assert!(told.contains("missing") && told.contains("main/npm/demo 1.0.0"), "{told}");
    let backup = data.folder.path().join("backup");
    assert_eq!(manifest(&backup)["blobs"], 1);

    let there = Data::empty(None);
    let told = there.refuses(&["restore", backup.to_str().unwrap()]);
    assert!(told.contains("could not be restored") && told.contains("demo 1.0.0"), "{told}");
    fs::copy(data.folder.path().join("data.key"), there.folder.path().join("data.key")).unwrap();
    let other = there.serve(&[]);
    assert_eq!(archive(other.address, &token, "demo", "1.0.1").status, 200);
}
