//! Feeds and members.

use model::{listing::FeedsQuery, role::Role};

use super::{NOW, account, feed, later};
use crate::storage::{
    Source, accounts,
    feeds::{self, lists, members},
    sql,
    test_databases::on_both,
};

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
        members::set(&mut transaction, main, ben, Role::Reader, NOW).await.unwrap();
        members::set(&mut transaction, main, ben, Role::Contributor, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(role("main", Some(ben)).await, Some((main, false, Some(Role::Contributor))));
        let others = async |who| members::other_owners(&mut &database, main, who).await.unwrap();
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

#[tokio::test]
async fn members_are_listed_by_role_and_name() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let roles = [("zoe", Role::Owner), ("ben", Role::Reader), ("mia", Role::Contributor)];
        for (name, role) in roles {
            let account = account(&database, name).await;
            let mut transaction = database.write().await.unwrap();
            members::set(&mut transaction, main, account, role, NOW).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(members::role(&mut &database, main, account).await.unwrap(), Some(role));
        }
        let rows = members::list(&mut &database, main, 10, 0).await.unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.username.as_str()).collect();
        assert_eq!(names, ["ana", "zoe", "mia", "ben"]);
        assert_eq!((rows[3].role.as_str(), rows[3].added_at), ("reader", NOW.as_millis()));
        assert_eq!(members::list(&mut &database, main, 10, 3).await.unwrap().len(), 1);
        assert_eq!(members::count(&mut &database, main).await.unwrap(), 4);
        // A disabled owner is none.
        assert_eq!(members::other_owners(&mut &database, main, ana).await.unwrap(), 1);
        let zoe = accounts::by_name(&mut &database, "zoe").await.unwrap().unwrap().id;
        let mut transaction = database.write().await.unwrap();
        accounts::set_disabled(&mut transaction, zoe, Some(NOW)).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(members::other_owners(&mut &database, main, ana).await.unwrap(), 0);
        let rows = members::list(&mut &database, main, 10, 0).await.unwrap();
        assert_eq!(rows[1].disabled_at, Some(NOW.as_millis()));
        let mut transaction = database.write().await.unwrap();
        members::remove(&mut transaction, main, zoe).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(members::role(&mut &database, main, zoe).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_feed_is_changed() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let mut transaction = database.write().await.unwrap();
        feeds::update(&mut transaction, main, "Changed", true).await.unwrap();
        transaction.commit().await.unwrap();
        let found = feeds::by_name(&mut &database, "main", None).await.unwrap().unwrap();
        assert_eq!((found.description.as_str(), found.is_public), ("Changed", true));
        assert_eq!(feeds::created_by(&mut &database, main).await.unwrap(), ana);
        let none = lists::held(&mut &database, ana, &FeedsQuery::default(), 10, 0).await;
        assert!(none.unwrap().is_empty());
    })
    .await;
}
