//! Names that lead to addresses.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId, VersionId},
};

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, package_pages,
    packages::{
        self, bower, search,
        versions::{self, NewVersion},
    },
    test_databases::on_both,
};

async fn register(database: &Database, feed: FeedId, by: AccountId, name: &str) -> PackageId {
    let (package, version) = (id(), id::<VersionId>());
    let manifest = format!("{{\"url\":\"git://h/{name}\"}}");
    let mut transaction = database.write().await.unwrap();
    packages::insert(&mut transaction, package, feed, Ecosystem::Bower, name, NOW).await.unwrap();
    let new = NewVersion {
        id: version,
        package,
        version: "*",
        key: "*",
        manifest: &manifest,
        manifest_short: &manifest,
        readme: "",
        size: 0,
        at: later(1),
        by,
        with: "token",
        with_id: None,
        from: "127.0.0.1".to_owned(),
    };
    versions::insert(&mut transaction, new).await.unwrap();
    transaction.commit().await.unwrap();
    package
}

#[tokio::test]
async fn a_name_leads_to_its_address_without_a_file() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let package = register(&database, main, ana, "Demo").await;
        let mut source = &database;
        let row = bower::of(&mut source, package).await.unwrap().unwrap();
        assert_eq!((row.name.as_str(), row.name_key.as_str()), ("Demo", "demo"));
        assert_eq!((row.manifest.as_str(), row.published_by), ("{\"url\":\"git://h/Demo\"}", ana));
        assert!(bower::of(&mut source, id()).await.unwrap().is_none());
        // Its page and searches show it all the same.
        let shown = package_pages::shown(&mut source, package, "*").await.unwrap().unwrap();
        assert!(package_pages::files(&mut source, shown.id).await.unwrap().is_empty());
        let shown = search::shown(&mut source, package).await.unwrap().unwrap();
        assert_eq!(shown.version, "*");
        let mut transaction = database.write().await.unwrap();
        packages::delete(&mut transaction, package).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(bower::of(&mut source, package).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn names_are_found_by_words_and_in_blocks() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let side = feed(&database, "side", ana, false).await;
        for name in ["jquery", "Chart.js", "jquery-ui", "a_b"] {
            register(&database, main, ana, name).await;
        }
        register(&database, side, ana, "elsewhere").await;
        let names = async |word: &str, after: &str| {
            let rows = bower::block(&mut &database, main, word, after).await.unwrap();
            rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(names("", "").await, ["a_b", "Chart.js", "jquery", "jquery-ui"]);
        assert_eq!(names("", "chart.js").await, ["jquery", "jquery-ui"]);
        assert_eq!(names("jq", "").await, ["jquery", "jquery-ui"]);
        assert_eq!(names("_", "").await, ["a_b"]);
        assert!(names("%", "").await.is_empty());
        assert!(names("", "jquery-ui").await.is_empty());
    })
    .await;
}
