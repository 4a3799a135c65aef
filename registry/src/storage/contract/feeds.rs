//! Feeds and members.

use model::role::Role;

use super::{NOW, account, feed, later};
use crate::storage::{Source, feeds, sql, test_databases::on_both};

#[tokio::test]
async fn feeds_are_seen_with_the_role_of_who_asks() {
    on_both(async |database| {
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let main = feed(&database, "main", ana, false).await;
        let open = feed(&database, "open", ana, true).await;
        let role = async |name, who| {
            let found = feeds::by_name(&mut &database, name, who).await.unwrap();
            found.map(|feed| (feed.id, feed.is_public, feed.role))
        };
        assert_eq!(role("main", Some(ana)).await, Some((main, false, Some(Role::Owner))));
        assert_eq!(role("main", Some(ben)).await, Some((main, false, None)));
        assert_eq!(role("open", None).await, Some((open, true, None)));
        assert_eq!(role("other", Some(ana)).await, None);
        let reachable = async |who| {
            let feeds = feeds::reachable(&mut &database, who).await.unwrap();
            feeds.into_iter().map(|feed| feed.name).collect::<Vec<_>>()
        };
        assert_eq!(reachable(ana).await, ["main", "open"]);
        assert_eq!(reachable(ben).await, ["open"]);
        let mut transaction = database.write().await.unwrap();
        feeds::set_member(&mut transaction, main, ben, Role::Reader, NOW).await.unwrap();
        feeds::set_member(&mut transaction, main, ben, Role::Contributor, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(role("main", Some(ben)).await, Some((main, false, Some(Role::Contributor))));
        let others = async |who| feeds::other_owners(&mut &database, main, who).await.unwrap();
        assert_eq!((others(ana).await, others(ben).await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn names_of_deleted_feeds_stay_with_their_owner() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let mut transaction = database.write().await.unwrap();
        let insert = "INSERT INTO name_tombstones (kind, name, owner_id, deleted_at, released_at)
                      VALUES ('feed', $1, $2, $3, $4)";
        for (name, released) in [("gone", None), ("free", Some(later(1)))] {
            let statement = sql(insert).bind(name).bind(ana).bind(NOW).bind(released);
            transaction.execute(statement).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let held = async |name: &str| {
            feeds::tombstone(&mut &database, &name.parse().unwrap()).await.unwrap()
        };
        assert_eq!(held("gone").await, Some(ana));
        assert_eq!((held("free").await, held("main").await), (None, None));
    })
    .await;
}

#[tokio::test]
async fn counting_starts_at_nothing() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        feed(&database, "main", ana, false).await;
        assert!(feeds::package_counts(&mut &database, ana).await.unwrap().is_empty());
        assert!(feeds::named_by_tokens_of(&mut &database, ana).await.unwrap().is_empty());
        assert_eq!((&database).count(sql("SELECT COUNT(*) FROM feeds")).await.unwrap(), 1);
    })
    .await;
}
