//! `kill -9` in the middle of publishes, token edits and regenerations: whatever was acknowledged is there
//! when the program starts again, and whatever was not is there as a whole or not at all.

mod clients;

use std::{
    collections::HashMap,
    fs::{self, File},
    hash::{BuildHasher as _, RandomState},
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

use model::{action::ActionSet, id::TokenId, token_form::TokenDraft};
use registry::{Origin, sessions::PasswordText};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use self::clients::{
    Act, Begun, Browser, archive, ask, keep_editing, keep_publishing, keep_regenerating,
    keep_signing_in, make_tokens, pattern, publish,
};
use super::{
    counted, figure,
    wire::{PASSWORD, account, operator},
};
use crate::{
    npm::world::{allow, draft},
    operation::data::{Data, both_databases},
    support::{Run, write},
};

const PUBLISHERS: usize = 4;

/// Somebody who is there for one round: a try to sign in that is cut off counts as a failed one.
struct Person {
    name: String,
    edited: (TokenId, String),
    regenerated: TokenId,
}

/// What was acknowledged in one round, and what was asked for without an answer.
#[derive(Default)]
struct Told {
    acts: Vec<Act>,
    values: Vec<String>,
    edits: (u32, u32),
    regenerations: Vec<String>,
    published: Vec<String>,
    in_vain: Vec<String>,
}

/// What all rounds together came to.
#[derive(Default)]
struct Sum {
    acts: Vec<Act>,
    published: Vec<String>,
    edits: u32,
    regenerations: usize,
    in_vain: usize,
    whole: usize,
}

async fn people(data: &Data, rounds: usize) -> Vec<Person> {
    let services = data.services().await;
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
    let mut people = Vec::new();
    for round in 0..rounds {
        let name = format!("person-{round}");
        let id = account(&services, &name).await;
        // Known here, nobody is delayed by the failures of all the others.
        services.sessions.sign_in(&name, &PasswordText::new(PASSWORD), &origin).await.unwrap();
        let token = async |description: &str| {
            let rules = vec![allow(ActionSet::READ, &[], &[&pattern(0)])];
            let draft = TokenDraft { description: description.to_owned(), ..draft(rules) };
            let made = services.tokens.create_for(&operator(), id, draft).await.unwrap();
            (made.id, made.secret.unwrap().expose().to_owned())
        };
        let edited = token("edited").await;
        let regenerated = token(&format!("regenerated-{name}")).await.0;
        people.push(Person { name, edited, regenerated });
    }
    services.close().await;
    people
}

/// Everybody does what they do until the program is killed, somewhere within the second after each of
/// them has begun.
fn kill_amid(run: &mut Run, person: &Person, token: &str, round: usize) -> Told {
    let address = run.address;
    let begun = &Begun::default();
    let browser = || Browser::sign_in(address, &person.name);
    let mut told = Told::default();
    thread::scope(|scope| {
        let makes =
            scope.spawn(move || browser().map(|browser| make_tokens(&browser, round, begun)));
        let edits = scope
            .spawn(move || browser().map(|browser| keep_editing(&browser, person.edited.0, begun)));
        let regenerates = scope.spawn(move || {
            browser().map(|browser| keep_regenerating(&browser, person.regenerated, begun))
        });
        let signs_in = scope.spawn(move || keep_signing_in(address, &person.name));
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|who| scope.spawn(move || keep_publishing(address, token, round, who)))
            .collect();
        begun.wait_for(3);
        thread::sleep(a_moment());
        run.signal("KILL");
        for (act, value) in makes.join().unwrap().unwrap_or_default() {
            told.acts.push(act);
            told.values.push(value);
        }
        told.edits = edits.join().unwrap().unwrap_or_default();
        told.regenerations = regenerates.join().unwrap().unwrap_or_default();
        told.acts.extend(signs_in.join().unwrap());
        for publisher in publishers {
            let (published, in_vain) = publisher.join().unwrap();
            told.published.extend(published);
            told.in_vain.push(in_vain);
        }
    });
    let published =
        told.published.iter().map(|name| ("package.publish", format!("npm|{name} 1.0.0")));
    told.acts.extend(published);
    assert!(!run.ends_within(Duration::from_secs(10)).success());
    told
}

/// Waits until a database elsewhere has done what the program asked for last: it may not know yet that
/// nobody waits for the answer.
async fn settle(data: &Data) {
    let sessions = "SELECT application_name, '' FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'latchkey serve'";
    let started = Instant::now();
    while data.database.is_some() && !query(data, sessions).await.is_empty() {
        assert!(started.elapsed() < Duration::from_secs(30), "its sessions do not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The audit log with the chain intact: act and subject of every row.
async fn rows(data: &Data) -> Vec<(String, String)> {
    data.does(&["audit", "verify"]);
    query(data, "SELECT act, subject FROM audit_log").await
}

async fn query(data: &Data, query: &'static str) -> Vec<(String, String)> {
    if let Some(address) = &data.database {
        let mut connection = PgConnection::connect(address).await.unwrap();
        sqlx::query_as(query).fetch_all(&mut connection).await.unwrap()
    } else {
        let file = data.folder.path().join("data/latchkey.db");
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query_as(query).fetch_all(&mut connection).await.unwrap()
    }
}

/// Every acknowledged act has its row, and every version that is there has one.
async fn compare(data: &Data, acts: &[Act], rows: &[(String, String)]) {
    let mut missing: HashMap<(&str, &str), usize> = HashMap::new();
    for (act, subject) in acts {
        *missing.entry((act, subject)).or_default() += 1;
    }
    for (act, subject) in rows {
        if let Some(count) = missing.get_mut(&(act.as_str(), subject.as_str())) {
            *count = count.saturating_sub(1);
        }
    }
    missing.retain(|_, count| *count > 0);
    assert!(missing.is_empty(), "acknowledged and not written down: {missing:?}");
    let published = rows.iter().filter(|row| row.0 == "package.publish").count();
    let versions = query(data, "SELECT CAST(COUNT(*) AS TEXT), '' FROM package_versions").await;
    assert_eq!(versions[0].0, published.to_string());
}

/// Somewhere within a second.
fn a_moment() -> Duration {
    Duration::from_millis(RandomState::new().hash_one(0) % 1_000)
}

/// What a token says of itself, if it works.
fn token_says(address: SocketAddr, value: &str) -> Option<String> {
    let head = format!("GET /api/v1/token HTTP/1.1\r\nauthorization: Bearer {value}");
    let reply = ask(address, &head, "").unwrap();
    assert!([200, 401].contains(&reply.status), "{}", reply.text());
    (reply.status == 200).then(|| reply.text())
}

/// Whether a package is there. If so, it is there as a whole; if not, nothing of it is.
fn is_there(address: SocketAddr, token: &str, name: &str) -> bool {
    let get = |path: &str| {
        let head =
            format!("GET /F/main/npm/{name}{path} HTTP/1.1\r\nauthorization: Bearer {token}");
        ask(address, &head, "").unwrap()
    };
    let (document, file) = (get(""), get(&format!("/-/{name}-1.0.0.tgz")));
    let is_there = document.status == 200;
    assert_eq!(file.status, if is_there { 200 } else { 404 }, "{name}: {}", file.text());
    if is_there {
        let document: Value = serde_json::from_slice(&document.body).unwrap();
        assert_eq!(document["versions"]["1.0.0"]["name"], name);
        assert!(file.body == archive(name), "{name} has other bytes");
    } else {
        assert_eq!(document.status, 404, "{name}: {}", document.text());
    }
    is_there
}

/// Looks for all that was acknowledged, with the program that was started again.
fn look(
    address: SocketAddr,
    person: &Person,
    token: &str,
    told: &Told,
    rows: &[(String, String)],
) -> usize {
    for name in &told.published {
        assert!(is_there(address, token, name), "{name} was acknowledged");
    }
    for value in &told.values {
        assert!(token_says(address, value).is_some(), "a token was acknowledged");
    }
    let scope = token_says(address, &person.edited.1).unwrap();
    let (done, asked) = told.edits;
    let is_limited_to = |edits| scope.contains(&pattern(edits));
    assert!(is_limited_to(done) || is_limited_to(asked), "{done} edits were acknowledged: {scope}");
    let subject = format!("regenerated-{}", person.name);
    let regenerated = rows.iter().filter(|row| row.0 == "token.regenerate" && row.1 == subject);
    let beyond = regenerated.count() - told.regenerations.len();
    assert!(beyond <= 1, "{beyond} regenerations that nobody asked for");
    for (age, value) in told.regenerations.iter().rev().enumerate() {
        // The one that was not acknowledged may have ended the newest.
        let works = age == 0 && beyond == 0;
        assert_eq!(token_says(address, value).is_some(), works, "{age} regenerations ago");
    }
    let mut whole = 0;
    for name in &told.in_vain {
        let was_there = is_there(address, token, name);
        let again = publish(address, token, name).unwrap();
        assert_eq!(again.status, if was_there { 403 } else { 201 }, "{name}: {}", again.text());
        assert!(is_there(address, token, name));
        whole += usize::from(was_there);
    }
    whole
}

/// Files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Removes what is left over, and sees that nothing is: how many files that were.
fn sweep(data: &Data) -> usize {
    let blobs = data.folder.path().join("data/blobs/sha256");
    // As the store leaves one that was being written, so that there is one for certain.
    write(&blobs.join("ab").join(format!("{}#1", "ab".repeat(32))), "half of a file");
    let before = files(&blobs).len();
    // As if all of it were from the day before yesterday.
    #[expect(clippy::disallowed_methods, reason = "files are dated by the machine's clock")]
    let then = SystemTime::now() - Duration::from_hours(48);
    for file in files(&blobs) {
        File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
    }
    data.does(&["gc"]);
    let verdict: Value = serde_json::from_str(&data.does(&["verify", "--json"])).unwrap();
    assert_eq!((&verdict["good"], &verdict["orphaned"]), (&true.into(), &Value::Array(vec![])));
    let left = files(&blobs);
    assert_eq!(verdict["blobs"], left.len(), "{left:?}");
    assert_eq!(files(&data.folder.path().join("data/staging")), Vec::<PathBuf>::new());
    before - left.len() - 1
}

async fn story(data: Data, rounds: usize) {
    let token = data.token();
    let people = people(&data, rounds).await;
    let mut sum = Sum::default();
    let mut run = data.serve(&[]);
    for (round, person) in people.iter().enumerate() {
        let told = kill_amid(&mut run, person, &token, round);
        settle(&data).await;
        let rows = rows(&data).await;
        compare(&data, &told.acts, &rows).await;
        run = data.serve(&[]);
        sum.whole += look(run.address, person, &token, &told, &rows);
        sum.in_vain += told.in_vain.len();
        sum.edits += told.edits.0;
        sum.regenerations += told.regenerations.len();
        sum.acts.extend(told.acts);
        sum.published.extend(told.published);
        sum.published.extend(told.in_vain);
    }
    // What was there after one round is there after all of them.
    for name in &sum.published {
        assert!(is_there(run.address, &token, name), "{name} was acknowledged");
    }
    drop(run);
    compare(&data, &sum.acts, &rows(&data).await).await;
    let swept = sweep(&data);
    for act in ["session.begin", "token.create", "package.publish"] {
        assert!(sum.acts.iter().any(|one| one.0 == act), "nothing was tried of {act}");
    }
    assert!(sum.edits > 0 && sum.regenerations > 0, "nothing was tried of edits or regenerations");
    let published = sum.acts.iter().filter(|act| act.0 == "package.publish").count();
    figure(&format!(
        "kill -9, {}: {rounds} times; {published} publishes, {} edits, {} regenerations and {} other acts \
         acknowledged, none lost; of {} publishes that were cut off {} were there as a whole and the others not \
         at all; {swept} files left over and swept",
        if data.database.is_some() { "PostgreSQL" } else { "SQLite" },
        sum.edits,
        sum.regenerations,
        sum.acts.len() - published,
        sum.in_vain,
        sum.whole,
    ));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_on_sqlite() {
    story(Data::new(None), counted(6, 200)).await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_on_postgres() {
    let [_, database] = both_databases().await;
    story(Data::new(database), counted(3, 60)).await;
}
