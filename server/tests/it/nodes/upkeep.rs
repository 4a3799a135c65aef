//! The commands that look after the data, with the packages in a bucket.

use std::time::Duration;

use testing::store;

use super::site::Site;
use crate::support::{Run, finish, latchkey};

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_checked_backed_up_and_restored() {
    let site = Site::new().await;
    let token = site.settle().await.value;
    let node = site.node();
    let large = vec![7; 9 << 20];
    for (name, archive) in [("small", b"small".to_vec()), ("large", large.clone())] {
        let said = site.publish(node.address, &token, (name, "1.0.0"), &archive).unwrap();
        assert_eq!(said.status, 201, "{}", said.text());
    }
    let (code, output, words) = site.run(&["verify"]);
    assert_eq!(code, 0, "{output}{words}");

    // Nothing is left in the data folder.
    assert!(!node.folder.path().join("data/blobs").exists());
    assert_eq!(std::fs::read_dir(node.folder.path().join("data/staging")).unwrap().count(), 0);

    // What nothing refers to goes once it is a day old.
    let orphan = format!("packages/sha256/00/{}", "0".repeat(64));
    let file = store::shared().path(&site.bucket).join(&orphan);
    crate::support::write(&file, "orphan");
    let (_, output, words) = site.run(&["gc"]);
    assert!(output.contains("Removed 0 "), "{output}{words}");
    let orphan = std::fs::File::options().write(true).open(&file).unwrap();
    let written = orphan.metadata().unwrap().modified().unwrap();
    orphan.set_modified(written - Duration::from_hours(25)).unwrap();
    let (_, output, words) = site.run(&["gc"]);
    assert!(output.contains("Removed 1 ") && !file.exists(), "{output}{words}");
    assert!(site.installs(node.address, &token, ("small", "1.0.0"), b"small"));

    let backup = site.folder.path().join("backup");
    let (code, output, words) = site.run(&["backup", backup.to_str().unwrap()]);
    assert_eq!(code, 0, "{output}{words}");

    // Into another bucket; into this one it would be another database's.
    let other = store::shared().bucket();
    let variables = store::Store::variables(site.store);
    let restore = |bucket: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = latchkey(&folder);
        command.envs(variables.clone()).args(["restore", backup.to_str().unwrap()]);
        command.args(["--data", "data", "--blobs", &format!("s3://{bucket}/packages")]);
        (finish(&mut command), folder)
    };
    let ((code, _, words), _) = restore(&site.bucket);
    assert!(code == 1 && words.contains("belongs to a database already"), "{words}");
    let ((code, output, words), folder) = restore(&other);
    assert_eq!(code, 0, "{output}{words}");
    let mut serve = latchkey(&folder);
    serve.envs(variables).args(["serve", "--listen", "127.0.0.1:0"]);
    serve.args(["--data", "data", "--blobs", &format!("s3://{other}/packages")]);
    serve.arg("--key-file").arg(site.key());
    let restored = Run::start(serve, folder);
    assert!(site.installs(restored.address, &token, ("large", "1.0.0"), &large));
    drop(restored);

    // What is damaged is told, whoever damaged it.
    let (small, _) = store::shared()
        .objects(&site.bucket)
        .into_iter()
        .find(|(name, content)| name.contains("sha256") && content == b"small")
        .unwrap();
    std::fs::write(store::shared().path(&site.bucket).join(small), "other").unwrap();
    let (code, output, words) = site.run(&["verify"]);
    assert_eq!(code, 1, "{output}{words}");
    assert!(words.contains("corrupt") && words.contains("main/npm/small 1.0.0"), "{words}");
}
