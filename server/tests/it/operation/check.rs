//! `latchkey verify` and `latchkey gc`.

use std::{
    fs::{self, File},
    time::{Duration, SystemTime},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::data::{Data, both_databases, corrupt, publish};
use crate::{
    npm::world::hexadecimal,
    support::{finish, write},
};

fn verdict(data: &Data) -> (i32, Value) {
    let (code, output, error) = finish(&mut data.command(&["verify", "--json"]));
    (code, serde_json::from_str(&output).unwrap_or_else(|_| panic!("{output}{error}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_byte_is_found_and_named() {
    for database in both_databases().await {
        let data = Data::new(database);
        let token = data.token();
        let run = data.serve(&[]);
        for name in ["good", "changed", "lost"] {
            assert!(publish(run.address, &token, name, "1.0.0"));
        }
        let said = data.does(&["verify"]);
        assert!(said.starts_with("All 3 package files"), "{said}");
        corrupt(&data.blob("changed", "1.0.0"));
        fs::remove_file(data.blob("lost", "1.0.0")).unwrap();

        let told = data.refuses(&["verify"]);
        let line = |word: &str| told.lines().find(|line| line.contains(word)).unwrap_or_default();
        assert!(line("main/npm/changed 1.0.0").starts_with("corrupt "), "{told}");
        assert!(line("main/npm/lost 1.0.0").starts_with("missing "), "{told}");
        assert!(!told.contains("main/npm/good"), "{told}");
        let (code, verdict) = verdict(&data);
        assert_eq!((code, &verdict["good"], &verdict["blobs"]), (1, &false.into(), &1.into()));
        assert_eq!(verdict["damaged"].as_array().unwrap().len(), 2, "{verdict}");
        assert_eq!(verdict["audit"]["whole"], true, "{verdict}");
    }
}

#[tokio::test]
async fn a_broken_audit_log_is_a_fault() {
    let data = Data::new(None);
    data.does(&["verify"]);
    let options = SqliteConnectOptions::new().filename(data.folder.path().join("data/latchkey.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("UPDATE audit_log SET actor_name = 'somebody else' WHERE seq = 2")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(data.refuses(&["verify"]).contains("the audit log is broken at row 2"));
    let (code, verdict) = verdict(&data);
    assert_eq!((code, &verdict["audit"]["first_broken"]), (1, &2.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_are_no_fault_and_removed_when_they_are_a_day_old() {
    for database in both_databases().await {
        let data = Data::new(database);
        let token = data.token();
        let run = data.serve(&[]);
        assert!(publish(run.address, &token, "demo", "1.0.0"));
        let orphan = |content: &str, age: Duration| {
            let hash = hexadecimal(&Sha256::digest(content));
            let folder = data.folder.path().join("data/blobs/sha256").join(&hash[..2]);
            let path = folder.join(&hash);
            write(&path, content);
            File::options().write(true).open(&path).unwrap().set_modified(now() - age).unwrap();
            (path, hash)
        };
        let (old, hash) = orphan("old", Duration::from_hours(25));
        let (young, _) = orphan("young", Duration::from_hours(23));
        let used = data.blob("demo", "1.0.0");
        File::options()
            .write(true)
            .open(&used)
            .unwrap()
            .set_modified(now() - Duration::from_hours(48))
            .unwrap();

        let (code, verdict) = verdict(&data);
        assert_eq!((code, &verdict["good"]), (0, &true.into()), "{verdict}");
        assert_eq!(verdict["orphaned"].as_array().unwrap().len(), 2, "{verdict}");
        assert!(verdict["orphaned"].to_string().contains(&hash), "{verdict}");

        let said = data.does(&["gc", "--dry-run"]);
        assert_eq!(said, "Would remove 1 package files (3 B).");
        assert!(old.exists());
        assert_eq!(data.does(&["gc"]), "Removed 1 package files (3 B).");
        assert!(!old.exists() && young.exists() && used.exists());
        assert_eq!(data.does(&["gc"]), "Removed 0 package files (0 B).");
    }
}

#[test]
fn nothing_is_removed_while_a_backup_is_made() {
    let data = Data::new(None);
    data.does(&["backup", "backup"]);
    let path = data.folder.path().join("data/blobs/sha256/2c");
    let path = path.join("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
    write(&path, "foo");
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(now() - Duration::from_hours(25)).unwrap();
    let (code, output, said) = finish(&mut data.command(&["gc"]));
    assert_eq!((code, output.trim()), (0, "Removed 0 package files (0 B)."));
    assert!(said.contains("A backup is being made"), "{said}");
    assert!(path.exists());
}

#[expect(clippy::disallowed_methods, reason = "files are dated by the machine's clock")]
fn now() -> SystemTime {
    SystemTime::now()
}
