//! What looking after the data asks of the database.

use uuid::Uuid;

use crate::storage::{
    keys::{self, KnownKey},
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
