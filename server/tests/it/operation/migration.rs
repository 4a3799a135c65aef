//! `latchkey migrate`: everything of SQLite, in PostgreSQL.

use super::data::{Data, archive, postgres, publish};
use crate::{npm::world::archive_of, support::Run};

/// What commands tell of the data.
fn told(data: &Data) -> Vec<String> {
    [
        &["user", "list", "--json"][..],
        &["feed", "list", "--user", "ana", "--json"],
        &["token", "list", "--user", "ana", "--json"],
        &["policy", "show", "--json"],
    ]
    .map(|command| data.does(command))
    .to_vec()
}

fn stop(mut run: Run) {
    run.signal("TERM");
    assert!(run.ends_within(std::time::Duration::from_secs(30)).success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_tokens_install_the_same_bytes_from_postgresql() {
    let mut data = Data::new(None);
    data.does(&["user", "create", "bob", "--email", "bob@example.com"]);
    data.does(&["feed", "member", "set", "main", "bob", "contributor"]);
    data.does(&["policy", "set", "shortest_password", "20"]);
    let token = data.token();
    let limited = data.does(&[
        "token",
        "create",
        "--user",
        "ana",
        "--description",
        "one",
        "--read",
        "main",
        "--write",
        "none",
        "--package",
        "demo",
        "--network",
        "127.0.0.0/8",
    ]);
    let run = data.serve(&[]);
    for number in 0..5 {
        assert!(publish(run.address, &token, "demo", &format!("1.0.{number}")));
    }
    archive(run.address, &token, "demo", "1.0.0");
    let database = postgres().await;
    let migrate = ["migrate", "--to", &database];
    assert!(data.refuses(&migrate).contains("Stop it first"), "beside a server");
    stop(run);

    let before = told(&data);
    let newest = data.does(&["audit", "verify"]);
    let newest = newest.rsplit_once("Newest row: ").unwrap().1;
    let rows = data.does(&migrate);
    assert!(
        rows.lines().any(|line| line.starts_with("package_versions") && line.ends_with('5')),
        "{rows}"
    );
    let again = data.refuses(&migrate);
    assert!(again.contains("accounts in the destination already"), "{again}");

    data.database = Some(database.clone());
    assert_eq!(told(&data), before);
    data.does(&["audit", "verify", "--expect", newest]);
    data.does(&["verify"]);
    let refusal = data.refuses(&["migrate", "--to", &database]);
    assert!(refusal.contains("is in PostgreSQL already"), "{refusal}");
    let run = data.serve(&[]);
    for number in 0..5 {
        let version = format!("1.0.{number}");
        for token in [&token, &limited] {
            let reply = archive(run.address, token, "demo", &version);
            assert_eq!((reply.status, reply.body), (200, archive_of("demo", &version)));
        }
    }
    assert!(!publish(run.address, &token, "demo", "1.0.0"), "what was published stays published");
    assert!(publish(run.address, &token, "demo", "2.0.0"));
    assert!(!publish(run.address, &limited, "demo", "3.0.0"));
}

#[test]
fn only_postgresql_can_be_the_destination() {
    let data = Data::new(None);
    let refusal = data.refuses(&["migrate", "--to", "sqlite://elsewhere.db"]);
    assert!(refusal.contains("takes the address of a PostgreSQL"), "{refusal}");
}
