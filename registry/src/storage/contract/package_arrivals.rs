//! Files that arrive one by one, and the lists beside them.

use model::{
    ecosystem::Ecosystem,
    id::{PackageId, TokenId, VersionId},
};

use super::{NOW, account, feed, id, later};
use crate::storage::{
    packages::{
        self,
        files::{self, Arrived},
        versions::{self, NewFile, NewVersion},
    },
    test_databases::on_both,
};

fn file(name: &str) -> NewFile<'_> {
    NewFile { name, size: 7, sha256: &[1; 32], sha1: &[2; 20], sha512: &[3; 64], is_extra: true }
}

#[tokio::test]
async fn the_file_that_weighs_the_most_stands_for_its_version() {
    on_both(async |database| {
        let ana = account(&database, "ana").await;
        let main = feed(&database, "main", ana, false).await;
        let (package, version): (PackageId, VersionId) = (id(), id());
        let token: TokenId = id();
        let of = (main, Ecosystem::Maven, "a:b");
        let mut transaction = database.write().await.unwrap();
        packages::insert(&mut transaction, package, main, Ecosystem::Maven, "a:b", NOW)
            .await
            .unwrap();
        let new = NewVersion {
            id: version,
            package,
            version: "1",
            key: "1",
            manifest: "{}",
            manifest_short: "{}",
            readme: "",
            size: 0,
            at: NOW,
            by: ana,
            with: "token",
            with_id: Some(token.into()),
            from: String::new(),
        };
        versions::insert(&mut transaction, new).await.unwrap();
        for (name, weight) in [("b-1.pom", 1), ("b-1.jar", 3), ("b-1-x.jar", 0), ("b-1.jar", 3)] {
            let arrived = Arrived { md5: &[4; 16], weight, at: later(1), by: ana };
            files::put(&mut transaction, version, file(name), arrived).await.unwrap();
            assert!(files::settle(&mut transaction, version).await.unwrap());
        }
        files::describe(&mut transaction, version, "{\"a\":1}").await.unwrap();
        files::confirm(&mut transaction, version, "b-1.jar").await.unwrap();
        files::note_withdrawn(&mut transaction, of, "1", "b-1.war", NOW).await.unwrap();
        files::note_withdrawn(&mut transaction, of, "1", "b-1.war", NOW).await.unwrap();
        files::set_document(&mut transaction, of, "", "one", NOW).await.unwrap();
        files::set_document(&mut transaction, of, "", "two", NOW).await.unwrap();
        files::set_document(&mut transaction, of, "1", "builds", NOW).await.unwrap();
        transaction.commit().await.unwrap();

        let mut source = &database;
        for (of, version, token, since, expected) in [
            (of, "1", token, NOW, true),
            (of, "", token, NOW, true),
            (of, "2", token, NOW, false),
            (of, "1", id(), NOW, false),
            (of, "1", token, later(1), false),
            ((main, Ecosystem::Maven, "a:c"), "", token, NOW, false),
        ] {
            let found = files::is_of_token(&mut source, of, version, token, since).await.unwrap();
            assert_eq!(found, expected, "{version}");
        }
        let said = versions::said(&mut source, package).await.unwrap();
        assert_eq!((said.len(), said[0].file.as_str()), (1, "b-1.jar"));
        let whole = versions::one(&mut source, package, "1").await.unwrap().unwrap();
        assert_eq!((whole.size, whole.manifest.as_str()), (7, "{\"a\":1}"));
        let row = files::find(&mut source, of, "1", "b-1.jar").await.unwrap().unwrap();
        assert_eq!((row.version_id, row.md5, row.is_confirmed), (version, Some(vec![4; 16]), true));
        assert_eq!((row.added_at, row.added_by), (later(1).as_millis(), Some(ana.into())));
        assert!(files::find(&mut source, of, "2", "b-1.jar").await.unwrap().is_none());
        let withdrawn = files::withdrawn(&mut source, of).await.unwrap();
        assert_eq!(withdrawn, [("1".to_owned(), "b-1.war".to_owned())]);
        let document = files::document(&mut source, of, "").await.unwrap().unwrap();
        assert_eq!(document.content, "two");

        let mut transaction = database.write().await.unwrap();
        files::forget_withdrawn(&mut transaction, of, "1", "b-1.war").await.unwrap();
        files::drop_documents(&mut transaction, of).await.unwrap();
        assert!(files::document(&mut transaction, of, "").await.unwrap().is_none());
        assert!(files::document(&mut transaction, of, "1").await.unwrap().is_some());
        for name in ["b-1.pom", "b-1.jar", "b-1-x.jar"] {
            files::remove(&mut transaction, version, name).await.unwrap();
        }
        assert!(!files::settle(&mut transaction, version).await.unwrap());
        transaction.commit().await.unwrap();
        assert!(files::withdrawn(&mut source, of).await.unwrap().is_empty());
    })
    .await;
}
