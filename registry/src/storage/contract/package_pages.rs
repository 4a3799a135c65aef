//! What a package's page reads.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId},
};

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, package_pages,
    packages::{
        self, add_downloads,
        versions::{self, NewFile, NewVersion},
    },
    test_databases::on_both,
};

struct World {
    ana: AccountId,
    main: FeedId,
    package: PackageId,
}

/// `demo` with 1.0.0, which is `next`, and 1.1.0 a second later, both published by ana.
async fn published(database: &Database) -> World {
    let ana = account(database, "ana").await;
    let main = feed(database, "main", ana, false).await;
    let package = id();
    let mut transaction = database.write().await.unwrap();
    packages::insert(&mut transaction, package, main, Ecosystem::Npm, "demo", NOW).await.unwrap();
    for (number, second) in [("1.0.0", 1), ("1.1.0", 2)] {
        let version = id();
        let new = NewVersion {
            id: version,
            package,
            version: number,
            key: number,
            manifest: "{\"full\":1}",
            manifest_short: "{}",
            readme: "# Demo",
            size: 7,
            at: later(second),
            by: ana,
            with: "token",
            with_id: None,
            from: "127.0.0.1".to_owned(),
        };
        versions::insert(&mut transaction, new).await.unwrap();
        let name = format!("demo-{number}.tgz");
        let (sha256, sha1, sha512) = ([1; 32], [2; 20], [3; 64]);
        for (name, is_extra) in [(name, false), (format!("demo-{number}.txt"), true)] {
            let (sha256, sha1, sha512) = (&sha256, &sha1, &sha512);
            let file = NewFile { name: &name, size: 7, sha256, sha1, sha512, is_extra };
            versions::insert_file(&mut transaction, version, file).await.unwrap();
        }
        if number == "1.0.0" {
            versions::set_tag(&mut transaction, package, "next", version).await.unwrap();
            versions::set_listed(&mut transaction, version, false).await.unwrap();
            versions::set_deprecation(&mut transaction, version, Some("old")).await.unwrap();
            add_downloads(&mut transaction, version, 5).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
    World { ana, main, package }
}

#[tokio::test]
async fn a_version_is_shown_with_all_that_is_known() {
    on_both(async |database| {
        let World { ana, package, .. } = published(&database).await;
        let mut source = &database;
        let row = package_pages::shown(&mut source, package, "1.0.0").await.unwrap().unwrap();
        assert_eq!(row.version, "1.0.0");
        assert_eq!((row.manifest.as_str(), row.readme.as_str()), ("{\"full\":1}", "# Demo"));
        assert_eq!((row.is_listed, row.deprecation.as_deref()), (false, Some("old")));
        assert_eq!((row.downloads, row.published_at), (5, later(1).as_millis()));
        assert_eq!((row.published_by, row.username.as_deref()), (ana, Some("ana")));
        assert_eq!((row.published_with.as_str(), row.published_with_id), ("token", None));
        assert_eq!(row.token, None);
        let files = package_pages::files(&mut source, row.id).await.unwrap();
        let names: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.size)).collect();
        assert_eq!(names[0], ("demo-1.0.0.tgz", 7), "what is extra comes later: {names:?}");
        assert_eq!(
            (&files[0].sha256, &files[0].sha1, &files[0].sha512),
            (&vec![1; 32], &vec![2; 20], &vec![3; 64])
        );
        assert!(package_pages::shown(&mut source, package, "2.0.0").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn versions_come_newest_first_a_page_at_a_time() {
    on_both(async |database| {
        let World { package, .. } = published(&database).await;
        let mut source = &database;
        let all = package_pages::lines(&mut source, package).await.unwrap();
        let numbers: Vec<_> = all.iter().map(|line| line.version.as_str()).collect();
        assert_eq!(numbers, ["1.1.0", "1.0.0"]);
        let old = &all[1];
        assert_eq!((old.is_listed, old.is_deprecated, old.downloads), (false, true, 5));
        assert_eq!((old.size, old.published_at), (7, later(1).as_millis()));
        assert_eq!(old.username.as_deref(), Some("ana"));
        assert_eq!((all[0].is_listed, all[0].is_deprecated), (true, false));
        assert_eq!(package_pages::totals(&mut source, package).await.unwrap(), (2, 5));
        assert_eq!(package_pages::totals(&mut source, id()).await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_first_is_the_latest_or_the_newest() {
    on_both(async |database| {
        let World { package, .. } = published(&database).await;
        let first = async || package_pages::first(&mut &database, package).await.unwrap().unwrap();
        assert_eq!(first().await, "1.1.0");
        let mut transaction = database.write().await.unwrap();
        let said = versions::said(&mut transaction, package).await.unwrap();
        versions::set_tag(&mut transaction, package, "latest", said[0].id).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(first().await, "1.0.0");
        assert!(package_pages::first(&mut &database, id()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_the_feed_has_is_found_among_many_names() {
    on_both(async |database| {
        let World { main, .. } = published(&database).await;
        let mut source = &database;
        let npm = Ecosystem::Npm;
        assert!(package_pages::present(&mut source, main, npm, &[]).await.unwrap().is_empty());
        let mut names: Vec<String> = (0..40).map(|number| format!("other-{number}")).collect();
        assert!(package_pages::present(&mut source, main, npm, &names).await.unwrap().is_empty());
        for at in [0, 15, 16, 39] {
            names.insert(at, "demo".to_owned());
            let found = package_pages::present(&mut source, main, npm, &names).await.unwrap();
            assert_eq!(found, ["demo"], "{at}");
            names.remove(at);
        }
        let demo = ["demo".to_owned()];
        assert!(package_pages::present(&mut source, id(), npm, &demo).await.unwrap().is_empty());
        let other = Ecosystem::Nuget;
        assert!(package_pages::present(&mut source, main, other, &demo).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_leaves_a_trace() {
    on_both(async |database| {
        let World { ana, main, package } = published(&database).await;
        let gone = async || {
            package_pages::gone(&mut &database, main, Ecosystem::Npm, "demo").await.unwrap()
        };
        assert!(gone().await.is_none());
        let mut transaction = database.write().await.unwrap();
        for (row, second) in
            versions::said(&mut transaction, package).await.unwrap().iter().zip(8..)
        {
            versions::note_deleted(&mut transaction, row.id, ana, later(second)).await.unwrap();
        }
        packages::delete(&mut transaction, package).await.unwrap();
        transaction.commit().await.unwrap();
        let row = gone().await.unwrap();
        assert_eq!((row.versions, row.deleted_at), (2, later(9).as_millis()));
        assert_eq!(row.username.as_deref(), Some("ana"));
    })
    .await;
}
