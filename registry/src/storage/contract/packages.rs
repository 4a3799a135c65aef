//! Packages, versions, files and tags.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId, VersionId},
};

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, feeds,
    packages::{self, NewFile, NewVersion},
    test_databases::on_both,
};

struct Published {
    ana: AccountId,
    main: FeedId,
    package: PackageId,
    version: VersionId,
}

async fn publish(database: &Database) -> Published {
    let ana = account(database, "ana").await;
    let main = feed(database, "main", ana, false).await;
    let (package, version) = (id(), id());
    let mut transaction = database.write().await.unwrap();
    packages::insert(&mut transaction, package, main, Ecosystem::Npm, "acme-core", NOW)
        .await
        .unwrap();
    let new = NewVersion {
        id: version,
        package,
        version: "1.0.0",
        key: "1.0.0",
        manifest: "{\"full\":1}",
        manifest_short: "{}",
        readme: "# Acme",
        size: 7,
        at: later(1),
        by: ana,
        with: "token",
        with_id: None,
        from: "127.0.0.1".to_owned(),
    };
    packages::insert_version(&mut transaction, new).await.unwrap();
    let file = NewFile {
        name: "acme-core-1.0.0.tgz",
        size: 7,
        sha256: &[1; 32],
        sha1: &[2; 20],
        sha512: &[3; 64],
    };
    packages::insert_file(&mut transaction, version, file).await.unwrap();
    packages::set_tag(&mut transaction, package, "latest", version).await.unwrap();
    packages::set_tag(&mut transaction, package, "latest", version).await.unwrap();
    packages::touch(&mut transaction, package, later(2)).await.unwrap();
    transaction.commit().await.unwrap();
    Published { ana, main, package, version }
}

#[tokio::test]
async fn what_is_published_is_found() {
    on_both(async |database| {
        let Published { main, package, version, .. } = publish(&database).await;
        let mut source = &database;
        let npm = Ecosystem::Npm;
        let found = packages::find(&mut source, main, npm, "acme-core").await.unwrap().unwrap();
        assert_eq!((found.id, found.revision, found.name.as_str()), (package, 1, "acme-core"));
        assert_eq!((found.created_at, found.updated_at), (NOW.as_millis(), later(2).as_millis()));
        assert!(
            packages::find(&mut source, main, Ecosystem::Nuget, "acme-core")
                .await
                .unwrap()
                .is_none()
        );
        assert!(packages::version_exists(&mut source, package, "1.0.0").await.unwrap());
        assert!(!packages::version_exists(&mut source, package, "1.0.1").await.unwrap());
        let versions = packages::versions(&mut source, package).await.unwrap();
        assert_eq!(versions.len(), 1);
        let row = &versions[0];
        assert_eq!((row.version.as_str(), row.file.as_str()), ("1.0.0", "acme-core-1.0.0.tgz"));
        assert_eq!((row.manifest.as_str(), row.manifest_short.as_str()), ("{\"full\":1}", "{}"));
        assert_eq!((row.size, row.published_at), (7, later(1).as_millis()));
        assert_eq!(
            (row.sha1.as_slice(), row.sha512.as_slice()),
            ([2; 20].as_slice(), [3; 64].as_slice())
        );
        assert_eq!((row.readme.as_str(), row.deprecation.as_deref()), ("# Acme", None));
        let tags = packages::tags(&mut source, package).await.unwrap();
        assert_eq!(tags, [("latest".to_owned(), "1.0.0".to_owned())]);
        let file = packages::file(&mut source, main, npm, "acme-core", "acme-core-1.0.0.tgz");
        let file = file.await.unwrap().unwrap();
        assert_eq!((file.version_id, file.size, file.blob_hash), (version, 7, vec![1; 32]));
        let none = packages::file(&mut source, main, npm, "acme-core", "other.tgz");
        assert!(none.await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn lists_and_counts_agree() {
    on_both(async |database| {
        let Published { ana, main, version, .. } = publish(&database).await;
        let mut source = &database;
        let mut transaction = database.write().await.unwrap();
        packages::add_downloads(&mut transaction, version, 3).await.unwrap();
        packages::add_downloads(&mut transaction, version, 2).await.unwrap();
        transaction.commit().await.unwrap();
        let rows = packages::list(&mut source, main, 10, 0).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].ecosystem.as_str(), rows[0].name.as_str()), ("npm", "acme-core"));
        assert_eq!((rows[0].versions, rows[0].downloads), (1, 5));
        assert_eq!(rows[0].latest.as_deref(), Some("1.0.0"));
        assert_eq!(rows[0].published_by.as_deref(), Some("ana"));
        assert_eq!(rows[0].updated_at, later(2).as_millis());
        assert!(packages::list(&mut source, main, 10, 1).await.unwrap().is_empty());
        assert_eq!(packages::count(&mut source, main).await.unwrap(), 1);
        let names = packages::reachable_names(&mut source, ana).await.unwrap();
        assert_eq!(names, [(main, "npm".to_owned(), "acme-core".to_owned())]);
        let counts = feeds::package_counts(&mut source, ana).await.unwrap();
        assert_eq!(counts, [(main, "npm".to_owned(), 1, later(2))]);
    })
    .await;
}

#[tokio::test]
async fn lookalikes_and_blobs_in_use_are_known() {
    on_both(async |database| {
        let Published { main, .. } = publish(&database).await;
        let mut source = &database;
        let alike = async |name| {
            packages::lookalike(&mut &database, main, Ecosystem::Npm, name).await.unwrap()
        };
        assert_eq!(alike("Acme.Core").await.as_deref(), Some("acme-core"));
        assert_eq!(alike("acme-core2").await, None);
        assert!(packages::blob_is_used(&mut source, &[1; 32]).await.unwrap());
        assert!(!packages::blob_is_used(&mut source, &[2; 32]).await.unwrap());
    })
    .await;
}
