//! `/healthz` and `/readyz`.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::data::{Data, get, postgres};
use crate::support::Server;

/// For how long an answer stands.
const STANDS_FOR: Duration = Duration::from_millis(600);

#[tokio::test]
async fn a_server_that_can_work_says_so_before_its_set_up_and_after() {
    let server = Server::new().await;
    for round in 0..2 {
        for path in ["/healthz", "/readyz"] {
            let answer = server.get(path).await;
            assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "ok\n"), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(answer.header("content-type").starts_with("text/plain"));
            assert!(answer.headers.get("set-cookie").is_none());
        }
        if round == 0 {
            server.set_up().await;
        }
    }
    assert_eq!(server.ask("POST", "/readyz", &[]).await.status, 405);
    assert_eq!(server.get("/readyz/more").await.status, 404);
}

#[tokio::test]
async fn a_data_folder_that_takes_nothing_is_named() {
    let server = Server::new().await;
    assert_eq!(server.get("/readyz").await.status, 200);
    std::fs::remove_dir_all(server.folder.path().join("data/staging")).unwrap();
    tokio::time::sleep(STANDS_FOR).await;
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.text(),
        "not ready: the data folder cannot be written to: entity not found\n"
    );
    assert_eq!(server.get("/healthz").await.status, 200, "the process answers all the same");
    std::fs::create_dir(server.folder.path().join("data/staging")).unwrap();
    tokio::time::sleep(STANDS_FOR).await;
    assert_eq!(server.get("/readyz").await.status, 200, "it recovers by itself");
}

#[tokio::test]
async fn a_database_that_fails_is_named() {
    let server = Server::new().await;
    let file = server.folder.path().join("data/latchkey.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("DROP TABLE change_counter").execute(&mut connection).await.unwrap();
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text(), "not ready: the database does not answer\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_silent_is_not_waited_for() {
    let data = Data::empty(Some(postgres().await));
    let run = data.serve(&[]);
    assert_eq!(get(run.address, "/readyz").status, 200);
    let mut connection = PgConnection::connect(data.database.as_deref().unwrap()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query("LOCK TABLE change_counter IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *transaction)
        .await
        .unwrap();
    tokio::time::sleep(STANDS_FOR).await;
    let started = Instant::now();
    let reply = get(run.address, "/readyz");
    assert_eq!(
        (reply.status, reply.text().as_str()),
        (503, "not ready: the database does not answer within a second\n")
    );
    assert!(started.elapsed() < Duration::from_secs(3));
    transaction.rollback().await.unwrap();
    tokio::time::sleep(STANDS_FOR).await;
    assert_eq!(get(run.address, "/readyz").status, 200);
}
