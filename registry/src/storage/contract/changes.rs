//! Transactions, and noticing those of others.

use std::time::Duration;

use model::{ecosystem::Ecosystem, role::Role};

use super::{NOW, account, feed, id};
use crate::storage::{
    Source, Transaction, feeds,
    packages::{self, versions},
    sql,
    test_databases::on_both,
    watch,
};

async fn counter(source: &mut impl Source) -> i64 {
    source.count(sql("SELECT value FROM change_counter WHERE id = 1")).await.unwrap()
}

async fn add_member(transaction: &mut Transaction, feed: model::id::FeedId) {
    // Whoever it is, the row has to be there for the reference to hold.
    let rows: Vec<(uuid::Uuid,)> = transaction.all(sql("SELECT id FROM accounts")).await.unwrap();
    let account = rows[0].0.into();
    feeds::members::set(transaction, feed, account, Role::Owner, NOW).await.unwrap();
}

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let before = counter(&mut &database).await;
        let epoch = database.changes().epoch();
        let mut transaction = database.write().await.unwrap();
        let name = "main".parse().unwrap();
        feeds::insert(&mut transaction, id(), &name, "", false, ana, NOW).await.unwrap();
        drop(transaction);
        assert!(feeds::by_name(&mut &database, "main", None).await.unwrap().is_none());
        assert_eq!(counter(&mut &database).await, before);
        assert_eq!(database.changes().epoch(), epoch);
        feed(&database, "main", ana, false).await;
        assert_eq!(counter(&mut &database).await, before + 1);
        assert_ne!(database.changes().epoch(), epoch, "an own commit ends the epoch at once");
    })
    .await;
}

#[tokio::test]
async fn what_changes_packages_ends_their_epoch_alone() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let package = id();
        let epochs = || (database.changes().epoch(), database.changes().packages_epoch());
        for act in 0..4 {
            let (before, packages_before) = epochs();
            let counted = counter(&mut &database).await;
            let mut transaction = database.write().await.unwrap();
            match act {
                0 => {
                    packages::insert(&mut transaction, package, main, Ecosystem::Npm, "a", NOW)
                        .await
                }
                1 => packages::touch(&mut transaction, package, NOW).await,
                2 => versions::delete(&mut transaction, id()).await,
                _ => packages::delete(&mut transaction, package).await,
            }
            .unwrap();
            assert_eq!(epochs(), (before, packages_before), "nothing is visible yet");
            transaction.commit().await.unwrap();
            let (after, packages_after) = epochs();
            assert_eq!(after, before);
            assert_ne!(packages_after, packages_before, "act {act}");
            assert_eq!(counter(&mut &database).await, counted + 1, "other processes see it");
        }
    })
    .await;
}

#[tokio::test]
async fn commits_of_others_end_the_epoch() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        // A second pool stands for another process: it has an epoch of its own.
        let other = database.reopened().await;
        let watch = watch(&database);
        let wait_for = async |moved_from: Option<u64>| {
            for _ in 0..200 {
                let epoch = database.changes().epoch();
                if epoch.is_some() && epoch != moved_from {
                    return epoch;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("the change was never noticed");
        };
        wait_for(None).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let epoch = wait_for(None).await;
        let mut transaction = other.write().await.unwrap();
        add_member(&mut transaction, main).await;
        transaction.commit().await.unwrap();
        wait_for(epoch).await;

        let before = database.changes().packages_epoch();
        let mut transaction = other.write().await.unwrap();
        packages::insert(&mut transaction, id(), main, Ecosystem::Npm, "a", NOW).await.unwrap();
        transaction.commit().await.unwrap();
        for _ in 0..200 {
            if database.changes().packages_epoch() != before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_ne!(database.changes().packages_epoch(), before);
        watch.abort();
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_watch_nothing_is_trusted_for_long() {
    on_both(async |database| {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(database.changes().epoch(), None);
    })
    .await;
}

#[tokio::test]
async fn writers_wait_for_each_other() {
    on_both(async |database| {
        let add = async || {
            let mut transaction = database.write().await.unwrap();
            let value = counter(&mut transaction).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            let set = sql("UPDATE change_counter SET value = $1 WHERE id = 1").bind(value + 1);
            transaction.execute(set).await.unwrap();
            transaction.commit().await.unwrap();
        };
        futures::future::join_all((0..10).map(|_| add())).await;
        assert_eq!(counter(&mut &database).await, 10, "no write was lost");
    })
    .await;
}
