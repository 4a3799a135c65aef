//! Both databases, migrated and empty, for tests.

use std::future::Future;

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::{Database, migrations};

/// Runs a story on SQLite, then on PostgreSQL.
pub(crate) async fn on_both<F: Future<Output = ()>>(story: impl Fn(Database) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("test.db"));
    let sqlite = Database::open_sqlite(options).await.unwrap();
    sqlite.migrate().await.unwrap();
    story(sqlite.clone()).await;
    sqlite.close().await;

    let postgres = Database::open_postgres(new_postgres_database().await).await.unwrap();
    postgres.migrate().await.unwrap();
    story(postgres.clone()).await;
    postgres.close().await;
}

async fn new_postgres_database() -> PgConnectOptions {
    let server: PgConnectOptions = testing::postgres().parse().unwrap();
    let server = server.database("postgres");
    let name = format!("contract_{}", testing::database_name());
    let mut connection = PgConnection::connect_with(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    server.database(&name)
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    on_both(async |database| {
        assert!(database.is_migrated().await);
        database.migrate().await.unwrap();
    })
    .await;
}

#[test]
fn both_folders_hold_the_same_migrations() {
    let names = |folder: &str| {
        let path = format!("{}/../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(path).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(migrations::newest_of_both().0, migrations::newest_of_both().1);
}
