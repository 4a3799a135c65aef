//! Feeds and packages in lists, and the end of a feed.

use model::{
    ecosystem::Ecosystem,
    id::{FeedId, PackageId, VersionId},
    listing::{FeedsQuery, PackageSort, PackagesQuery, Part, Readers},
};

use super::{NOW, account, feed, id};
use crate::storage::{
    Database, Source, accounts,
    feeds::{self, deletion, lists},
    packages::{
        self,
        versions::{self, NewFile, NewVersion},
    },
    sql,
    test_databases::on_both,
};

/// A package with as many versions, of which the first is unlisted, published by ana.
async fn package(database: &Database, feed: FeedId, name: &str, count: usize) {
    let by = accounts::by_name(&mut &*database, "ana").await.unwrap().unwrap().id;
    let package: PackageId = id();
    let mut transaction = database.write().await.unwrap();
    packages::insert(&mut transaction, package, feed, Ecosystem::Npm, name, NOW).await.unwrap();
    for number in 0..count {
        let version: VersionId = id();
        let key = format!("{number}.0.0");
        let new = NewVersion {
            id: version,
            package,
            version: &key,
            key: &key,
            manifest: "{}",
            manifest_short: "{}",
            readme: "",
            size: 10,
            at: NOW,
            by,
            with: "token",
            with_id: None,
            from: String::new(),
        };
        versions::insert(&mut transaction, new).await.unwrap();
        let file = NewFile {
            name: &key,
            size: 10,
            sha256: &[7; 32],
            sha1: &[1; 20],
            sha512: &[1; 64],
            is_extra: false,
        };
        versions::insert_file(&mut transaction, version, file).await.unwrap();
        versions::set_tag(&mut transaction, package, "latest", version).await.unwrap();
        if number == 0 {
            let unlist = sql("UPDATE package_versions SET is_listed = $1 WHERE id = $2");
            transaction.execute(unlist.bind(false).bind(version)).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn feeds_are_listed_as_asked_for() {
    on_both(async |database| {
        let (ana, ben) = (account(&database, "ana").await, account(&database, "ben").await);
        let main = feed(&database, "main", ana, false).await;
        feed(&database, "open", ben, true).await;
        feed(&database, "hidden", ben, false).await;
        package(&database, main, "demo", 2).await;
        let found = async |query: &FeedsQuery| {
            let feeds = lists::feeds(&mut &database, ana, query, 10, 0).await.unwrap();
            let (count, reachable) = lists::count_feeds(&mut &database, ana, query).await.unwrap();
            assert_eq!((count, reachable), (i64::try_from(feeds.len()).unwrap(), 2));
            feeds.into_iter().map(|feed| feed.name).collect::<Vec<_>>()
        };
        let all = FeedsQuery::default();
        assert_eq!(found(&all).await, ["main", "open"]);
        for (query, names) in [
            (FeedsQuery { text: "MAI".to_owned(), ..all.clone() }, &["main"][..]),
            (FeedsQuery { text: "ord".to_owned(), ..all.clone() }, &["main", "open"]),
            (FeedsQuery { text: "_".to_owned(), ..all.clone() }, &[]),
            (FeedsQuery { readers: Readers::Anyone, ..all.clone() }, &["open"]),
            (FeedsQuery { readers: Readers::Members, ..all.clone() }, &["main"]),
            (FeedsQuery { part: Part::Owner, ..all.clone() }, &["main"]),
            (FeedsQuery { part: Part::Reader, ..all.clone() }, &[]),
            (FeedsQuery { part: Part::None, ..all.clone() }, &["open"]),
        ] {
            assert_eq!(found(&query).await, names, "{query:?}");
        }
        let held = lists::held(&mut &database, ana, &all, 10, 0).await.unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].feed_id, held[0].ecosystem.as_str()), (main, "npm"));
        assert_eq!((held[0].packages, held[0].size), (1, 20));
        assert_eq!(held[0].updated_at, NOW.as_millis());
        assert!(lists::held(&mut &database, ana, &all, 1, 1).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn packages_are_listed_as_asked_for() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        for (name, versions) in [("b", 2), ("a_c", 2), ("hidden", 1)] {
            package(&database, main, name, versions).await;
        }
        let found = async |query: &PackagesQuery, with_unlisted| {
            let mut source = &database;
            let rows = lists::packages(&mut source, main, query, with_unlisted, 10, 0);
            let names: Vec<_> = rows.await.unwrap().into_iter().map(|row| row.name).collect();
            let count = lists::count_packages(&mut source, main, query, with_unlisted).await;
            assert_eq!(count.unwrap(), i64::try_from(names.len()).unwrap());
            names
        };
        let all = PackagesQuery::default();
        assert_eq!(found(&all, false).await, ["a_c", "b"]);
        assert_eq!(found(&all, true).await, ["a_c", "b", "hidden"]);
        let kinds = async |with| lists::kinds(&mut &database, main, with).await.unwrap()[0].1;
        assert_eq!((kinds(false).await, kinds(true).await), (2, 3));
        for sort in [PackageSort::Name, PackageSort::Downloads] {
            assert_eq!(found(&PackagesQuery { sort, ..all.clone() }, false).await, ["a_c", "b"]);
        }
        let text = PackagesQuery { text: "_".to_owned(), ..all.clone() };
        assert_eq!(found(&text, true).await, ["a_c"]);
        let kind = PackagesQuery { kind: Some(Ecosystem::Cargo), ..all.clone() };
        assert!(found(&kind, true).await.is_empty());
        let rows = lists::packages(&mut &database, main, &all, true, 10, 0).await.unwrap();
        let counts: Vec<_> = rows.iter().map(|row| (row.versions, row.listed)).collect();
        assert_eq!(counts, [(2, 1), (2, 1), (1, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_feed_is_hidden_at_once_and_removed_bit_by_bit() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, true).await;
        package(&database, main, "a", 3).await;
        package(&database, main, "b", 2).await;
        let contents = deletion::contents(&mut &database, main).await.unwrap();
        assert_eq!((contents.packages, contents.versions, contents.tokens), (2, 5, 0));
        assert_eq!(deletion::any_hidden(&mut &database).await.unwrap(), None);
        let mut transaction = database.write().await.unwrap();
        deletion::hide(&mut transaction, main, NOW).await.unwrap();
        deletion::keep_name(&mut transaction, "main", ana, NOW).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(feeds::reachable(&mut &database, ana).await.unwrap().is_empty());
        assert!(feeds::by_name(&mut &database, "main", Some(ana)).await.unwrap().is_none());
        assert_eq!(deletion::any_hidden(&mut &database).await.unwrap(), Some(main));
        // The name is free for a feed of the same owner.
        let again = feed(&database, "main", ana, false).await;
        package(&database, again, "c", 1).await;
        let mut removed = (0, 0);
        for _ in 0..4 {
            let mut transaction = database.write().await.unwrap();
            let versions = deletion::remove_versions(&mut transaction, main, 2).await.unwrap();
            removed.0 += versions;
            assert!(versions <= 2);
            removed.1 += deletion::remove_packages(&mut transaction, main, 2).await.unwrap();
            transaction.commit().await.unwrap();
        }
        assert_eq!(removed, (5, 2));
        let mut transaction = database.write().await.unwrap();
        deletion::remove(&mut transaction, main).await.unwrap();
        // What is not deleted is not removed.
        deletion::remove(&mut transaction, again).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(deletion::any_hidden(&mut &database).await.unwrap(), None);
        let left = deletion::contents(&mut &database, again).await.unwrap();
        assert_eq!((left.packages, left.versions), (1, 1));
        for table in ["SELECT COUNT(*) FROM package_files", "SELECT COUNT(*) FROM package_tags"] {
            assert_eq!((&database).count(sql(table)).await.unwrap(), 1, "{table}");
        }
        for is_kept in [true, false] {
            let mut transaction = database.write().await.unwrap();
            let released = deletion::release_name(&mut transaction, "main", NOW).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(released, is_kept);
        }
    })
    .await;
}
