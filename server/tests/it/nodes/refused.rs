//! What a server is told at its start that does not belong to the others.

use std::{net::TcpListener, process::Command};

use tempfile::TempDir;
use testing::store::{self, Store};

use super::site::Site;
use crate::support::{Run, finish, latchkey};

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--data", "data"];

/// Starts a server that will not come up: what it says.
fn refusal(command: &mut Command) -> String {
    let (code, output, words) = finish(command);
    assert!(code != 0 && output.is_empty(), "it started: {output}{words}");
    assert!(!words.contains(store::SECRET), "{words}");
    words
}

fn serve(site: &Site, folder: &TempDir) -> Command {
    site.command(&SERVE[..3], folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_key_or_another_store_is_refused() {
    let site = Site::new().await;
    let token = site.settle().await.value;
    let one = site.node();
    let said = site.publish(one.address, &token, ("demo", "1.0.0"), b"demo").unwrap();
    assert_eq!(said.status, 201, "{}", said.text());
    let folder = tempfile::tempdir().unwrap();

    let other_key = folder.path().join("other.key");
    std::fs::write(&other_key, another_key()).unwrap();
    let mut other = latchkey(&folder);
    other.envs(Store::variables(site.store)).args(SERVE).args(["--database", &site.database]);
    other.arg("--key-file").arg(&other_key).args(["--blobs", &site.blobs()]);
    let words = refusal(&mut other);
    assert!(words.contains("is not the one that this database has been used with"), "{words}");

    // The local disk, which only this server would read.
    let mut other = latchkey(&folder);
    other.args(SERVE).args(["--database", &site.database]).arg("--key-file").arg(site.key());
    let words = refusal(&mut other);
    assert!(words.contains("are in another store") && words.contains("--blobs s3://"), "{words}");

    // Another bucket, another prefix, and one that belongs to another database.
    let empty = store::shared().bucket();
    let elsewhere = Site::new().await;
    let other = elsewhere.node();
    for (bucket, prefix) in
        [(&empty, "packages"), (&site.bucket, "other"), (&elsewhere.bucket, "packages")]
    {
        let blobs = format!("s3://{bucket}/{prefix}");
        let words = refusal(&mut site.command_on(&blobs, &SERVE[..3], &folder));
        assert!(words.contains("are in another store") && words.contains(&blobs), "{words}");
    }
    drop(other);

    // The store's own, with another database: each would remove the packages of the other.
    let fresh = Site { bucket: site.bucket.clone(), ..Site::new().await };
    let words = refusal(&mut serve(&fresh, &folder));
    assert!(words.contains("not those of this database"), "{words}");

    // With the right ones a second server starts.
    let two = site.node();
    assert!(site.installs(two.address, &token, ("demo", "1.0.0"), b"demo"));

    // Unless a newer version's migration says that this one is too old for its tables.
    site.sql("INSERT INTO settings (name, value) VALUES ('oldest-migration', '9999')".to_owned())
        .await;
    let words = refusal(&mut serve(&site, &folder));
    assert!(words.contains("belongs to a newer version of Latchkey"), "{words}");
}

fn another_key() -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut run = latchkey(&folder);
    run.args(SERVE);
    let run = Run::start(run, folder);
    std::fs::read_to_string(run.folder.path().join("data.key")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_is_told_with_what_mends_it() {
    let site = Site::new().await;
    let folder = tempfile::tempdir().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    for (variable, value, mends) in [
        ("AWS_SECRET_ACCESS_KEY", "a-wrong-secret", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", "AKIANOBODY", "AWS_ACCESS_KEY_ID"),
        ("AWS_ACCESS_KEY_ID", "", "there are no keys"),
        ("AWS_ENDPOINT_URL", nobody.as_str(), "Check AWS_ENDPOINT_URL"),
        ("AWS_ENDPOINT_URL_S3", "store.example.com", "AWS_ENDPOINT_URL_S3 is not the address"),
        ("AWS_CA_BUNDLE", "absent.pem", "absent.pem cannot be read"),
    ] {
        let words = refusal(serve(&site, &folder).env(variable, value));
        println!("{variable}={value}: {words}");
        assert!(words.contains(mends) && !words.contains("a-wrong-secret"), "{words}");
    }
    let words = refusal(&mut site.command_on("s3://no-such-bucket", &SERVE[..3], &folder));
    assert!(words.contains("there is no bucket no-such-bucket"), "{words}");
    for wrong in ["packages", "s3://key:secret@bucket/x", "s3://bucket//x"] {
        let words = refusal(&mut site.command_on(wrong, &SERVE[..3], &folder));
        assert!(words.contains("--blobs") && words.contains("Allowed: s3://"), "{words}");
        assert!(!words.contains("secret@"), "{words}");
    }
}
