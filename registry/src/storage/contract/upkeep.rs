//! What looking after the data asks of the database.

use uuid::Uuid;

use crate::storage::{
    blob_store,
    keys::{self, KnownKey},
    sql,
    test_databases::on_both,
    upkeep,
};

#[tokio::test]
async fn the_first_key_that_is_noted_stays_until_it_is_replaced() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        assert_eq!(keys::known(&mut transaction).await.unwrap(), None);
        keys::begin_with(&mut transaction, "first").await.unwrap();
        keys::begin_with(&mut transaction, "second").await.unwrap();
        let known = keys::known(&mut transaction).await.unwrap().unwrap();
        assert_eq!(known, KnownKey { version: 1, fingerprint: "first".to_owned() });
        let next = KnownKey { version: 2, fingerprint: "second".to_owned() };
        keys::replace(&mut transaction, &next).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(keys::known(&mut &database).await.unwrap(), Some(next));
        assert!(keys::sealed_after(&mut &database, Uuid::nil()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn blobs_are_kept_until_the_latest_moment_that_was_named() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        assert_eq!(upkeep::blobs_kept_until(&mut transaction).await.unwrap(), 0);
        upkeep::keep_blobs(&mut transaction, 2_000).await.unwrap();
        upkeep::keep_blobs(&mut transaction, 1_000).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(upkeep::blobs_kept_until(&mut &database).await.unwrap(), 2_000);
        assert!(upkeep::blobs_after(&mut &database, &[]).await.unwrap().is_empty());
        assert!(upkeep::files_of(&mut &database, &[7; 32]).await.unwrap().is_empty());
        assert_eq!(upkeep::accounts(&mut &database).await.unwrap(), 0);
        assert!(!upkeep::has_servers(&database).await.unwrap());
        let counts = upkeep::counts(&mut &database).await.unwrap();
        assert!(counts.len() == 7 && counts.iter().all(|(_, count)| *count == 0), "{counts:?}");
    })
    .await;
}

#[tokio::test]
async fn the_store_and_what_was_removed_from_it_are_noted() {
    on_both(async |database| {
        let mut transaction = database.write().await.unwrap();
        assert_eq!(blob_store::known(&mut transaction).await.unwrap(), None);
        blob_store::note(&mut transaction, "first").await.unwrap();
        blob_store::note(&mut transaction, "second").await.unwrap();
        assert_eq!(upkeep::blobs_removed(&mut transaction).await.unwrap(), 0);
        for _ in 0..2 {
            upkeep::note_removal(&mut transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let known = blob_store::known(&mut &database).await.unwrap();
        assert_eq!(known.as_deref(), Some("second"));
        assert_eq!(upkeep::blobs_removed(&mut &database).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn tables_that_suit_no_older_program_are_known_by_it() {
    on_both(async |database| {
        let (newest, _) = database.versions().await.unwrap();
        for (oldest, is_beyond) in [(None, false), (Some(newest), false), (Some(newest + 1), true)]
        {
            if let Some(oldest) = oldest {
                let mut transaction = database.write().await.unwrap();
                let note = "INSERT INTO settings (name, value) VALUES ('oldest-migration', $1)
                            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                transaction.execute(sql(note).bind(oldest.to_string())).await.unwrap();
                transaction.commit().await.unwrap();
            }
            assert_eq!(database.is_beyond_this_program().await.unwrap(), is_beyond, "{oldest:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_pool_looks_for_connections_that_are_to_go() {
    fn stays<D: sqlx::Database>(pool: Option<&sqlx::Pool<D>>) -> Option<bool> {
        let options = pool?.options();
        Some(options.get_idle_timeout().is_none() && options.get_max_lifetime().is_none())
    }
    on_both(async |database| {
        let sqlite = [stays(database.sqlite_readers()), stays(database.sqlite_writer())];
        let pools: Vec<bool> =
            sqlite.into_iter().chain([stays(database.postgres())]).flatten().collect();
        assert!(!pools.is_empty() && pools.iter().all(|stays| *stays), "{pools:?}");
    })
    .await;
}
