//! The master key: which one the data is used with, and another in its place.

use std::{fs, path::PathBuf, process::Stdio, sync::Arc, time::Instant};

use model::{id::TokenId, token::RevealTo};
use registry::{Actor, Caller, Error, Origin, Services, sessions::PasswordText};

use super::data::{Data, archive, both_databases, postgres, publish};
use crate::npm::world::{READ_WRITE, allow, draft};

const PASSWORD: &str = "quartz lantern bicycle meadow";

fn origin() -> Origin {
    Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() }
}

fn operator() -> Actor {
    Actor::Operator("root".to_owned())
}

fn key_of(data: &Data) -> PathBuf {
    data.folder.path().join("data.key")
}

/// Makes so many tokens for ana: their ids and values.
async fn tokens(data: &Data, count: usize) -> Vec<(TokenId, String)> {
    let services = data.services().await;
    let ana = services.accounts.id_of("ana").await.unwrap();
    let password = PasswordText::new(PASSWORD);
    services.accounts.set_password(&operator(), "ana", &password).await.unwrap();
    let mut made = Vec::new();
    for _ in 0..count {
        let draft = draft(vec![allow(READ_WRITE, &[], &[])]);
        let token = services.tokens.create_for(&operator(), ana, draft).await.unwrap();
        made.push((token.id, token.secret.unwrap().expose().to_owned()));
    }
    services.close().await;
    made
}

async fn signed_in(services: &Arc<Services>) -> Caller {
    let password = PasswordText::new(PASSWORD);
    let secret = services.sessions.sign_in("ana", &password, &origin()).await.unwrap();
    let caller = services.sessions.resolve(secret.expose(), origin().address).await.unwrap();
    caller.unwrap()
}

/// Each token can be shown, and is what it was.
async fn shows(data: &Data, tokens: &[(TokenId, String)]) {
    let services = data.services().await;
    let caller = signed_in(&services).await;
    for (id, value) in tokens {
        let shown = services.tokens.reveal(&caller, *id, RevealTo::Screen, &origin()).await;
        assert_eq!(shown.unwrap().expose(), value);
    }
    services.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_seals_every_copy_and_tokens_work_and_show_as_before() {
    for database in both_databases().await {
        let data = Data::new(database);
        let made = tokens(&data, 5).await;
        let run = data.serve(&[]);
        assert!(publish(run.address, &made[0].1, "demo", "1.0.0"));
        let refusal = data.refuses(&["rotate-master-key"]);
        assert!(refusal.contains("Stop it first"), "{refusal}");
        drop(run);

        let old = fs::read(key_of(&data)).unwrap();
        data.does(&["rotate-master-key"]);
        let new = fs::read(key_of(&data)).unwrap();
        assert_ne!(new, old);
        let kept = data.folder.path().join("data.key.old");
        assert_eq!(fs::read(&kept).unwrap(), old);
        assert!(!data.folder.path().join("data.key.new").exists());
        shows(&data, &made).await;
        let run = data.serve(&[]);
        assert_eq!(archive(run.address, &made[0].1, "demo", "1.0.0").status, 200);
        drop(run);
        data.does(&["rotate-master-key"]);
        shows(&data, &made).await;
        data.does(&["audit", "verify"]);

        fs::write(key_of(&data), &old).unwrap();
        let refusal = data.refuses(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(
            refusal.contains("is not the one that this database has been used with"),
            "{refusal}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_is_as_before_or_as_after() {
    for database in both_databases().await {
        let data = Data::new(database);
        let made = tokens(&data, 60).await;
        let started = Instant::now();
        data.does(&["rotate-master-key"]);
        let whole = started.elapsed();
        let (mut before, mut after) = (0, 0);
        let mut wait = whole / 3;
        for _ in 0..14 {
            let key = fs::read(key_of(&data)).unwrap();
            let mut command = data.command(&["rotate-master-key"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(wait);
            child.kill().unwrap();
            child.wait().unwrap();
            // Opening the data finishes what was begun, if it was committed.
            shows(&data, &made[..5]).await;
            // Ever closer to the moment of the commit, from both sides.
            if fs::read(key_of(&data)).unwrap() == key {
                before += 1;
                wait = wait * 5 / 4;
            } else {
                after += 1;
                wait = wait * 4 / 5;
            }
        }
        assert!(before > 0 && after > 0, "{before} before, {after} after");
        data.does(&["rotate-master-key"]);
        shows(&data, &made).await;
        data.does(&["audit", "verify"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn between_commit_and_new_file_the_next_start_finishes_it() {
    for database in both_databases().await {
        let data = Data::new(database);
        let made = tokens(&data, 3).await;
        let (key, new, old) = (
            key_of(&data),
            key_of(&data).with_extension("key.new"),
            key_of(&data).with_extension("key.old"),
        );
        data.does(&["rotate-master-key"]);
        // As the power went off right after the commit: both files, nothing renamed yet.
        fs::rename(&key, &new).unwrap();
        fs::rename(&old, &key).unwrap();
        shows(&data, &made).await;
        assert!(!new.exists() && old.exists());
        // As it went off between the two renamings.
        fs::rename(&key, &new).unwrap();
        shows(&data, &made).await;
        assert!(key.exists() && !new.exists());
        // What was made and sealed nothing is not believed.
        fs::write(&new, fs::read(&old).unwrap()).unwrap();
        shows(&data, &made).await;
        data.does(&["rotate-master-key"]);
        shows(&data, &made).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_loses_showing_and_no_token() {
    let data = Data::new(None);
    let made = tokens(&data, 2).await;
    fs::remove_file(key_of(&data)).unwrap();
    let refusal = data.refuses(&["rotate-master-key"]);
    assert!(refusal.contains("--old-key-lost"), "{refusal}");
    data.does(&["rotate-master-key", "--old-key-lost"]);
    let services = data.services().await;
    let caller = signed_in(&services).await;
    let gone = services.tokens.reveal(&caller, made[0].0, RevealTo::Screen, &origin()).await;
    assert!(matches!(gone, Err(Error::Invalid(_))));
    services.close().await;
    let run = data.serve(&[]);
    assert!(publish(run.address, &made[0].1, "demo", "1.0.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_can_come_from_a_file_of_its_own() {
    let data = Data::new(None);
    let made = tokens(&data, 2).await;
    let old = fs::read_to_string(key_of(&data)).unwrap();
    let in_data = ["rotate-master-key", "--new-key-file", "data/other.key"];
    assert!(data.refuses(&in_data).contains("lies in the data folder"));
    // From a variable it can only be named.
    fs::remove_file(key_of(&data)).unwrap();
    let mut command = data.command(&["rotate-master-key"]);
    let (code, _, said) = crate::support::finish(command.env("LATCHKEY_MASTER_KEY", old.trim()));
    assert!(code == 1 && said.contains("--new-key-file"), "{said}");
    let mut command = data.command(&["rotate-master-key", "--new-key-file", "other.key"]);
    let (code, output, said) =
        crate::support::finish(command.env("LATCHKEY_MASTER_KEY", old.trim()));
    assert_eq!((code, output.trim()), (0, "other.key"), "{said}");
    fs::rename(data.folder.path().join("other.key"), key_of(&data)).unwrap();
    shows(&data, &made).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_with_another_key_does_not_start() {
    let database = postgres().await;
    let first = Data::new(Some(database.clone()));
    let second = Data::empty(Some(database));
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let refusal = second.refuses(&serve);
    assert!(refusal.contains("no master key at"), "{refusal}");
    assert!(!key_of(&second).exists());
    let elsewhere = Data::new(None);
    fs::copy(key_of(&elsewhere), key_of(&second)).unwrap();
    let refusal = second.refuses(&serve);
    assert!(refusal.contains("is not the one that this database has been used with"), "{refusal}");
    fs::copy(key_of(&first), key_of(&second)).unwrap();
    let node = first.serve(&[]);
    // The key is the right one now. What it keeps on its own disk the other would not find.
    let refusal = second.refuses(&serve);
    assert!(refusal.contains("are in another store than data/blobs"), "{refusal}");
    drop(node);
}
