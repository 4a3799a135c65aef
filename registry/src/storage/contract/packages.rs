//! Packages, versions, files and tags.

use model::{
    ecosystem::Ecosystem,
    id::{AccountId, FeedId, PackageId, VersionId},
    listing::PackagesQuery,
};
use uuid::Uuid;

use super::{NOW, account, feed, id, later};
use crate::storage::{
    Database, feeds, package_pages,
    packages::{
        self, search,
        versions::{self, NewFile, NewVersion},
    },
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
    versions::insert(&mut transaction, new).await.unwrap();
    let file = NewFile {
        name: "acme-core-1.0.0.tgz",
        size: 7,
        sha256: &[1; 32],
        sha1: &[2; 20],
        sha512: &[3; 64],
        is_extra: false,
    };
    versions::insert_file(&mut transaction, version, file).await.unwrap();
    versions::set_tag(&mut transaction, package, "latest", version).await.unwrap();
    versions::set_tag(&mut transaction, package, "latest", version).await.unwrap();
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
        assert!(versions::exists(&mut source, package, "1.0.0").await.unwrap());
        assert!(!versions::exists(&mut source, package, "1.0.1").await.unwrap());
        let whole = versions::whole(&mut source, package).await.unwrap();
        assert_eq!(whole.len(), 1);
        let row = &whole[0];
        assert_eq!((row.version.as_str(), row.file.as_str()), ("1.0.0", "acme-core-1.0.0.tgz"));
        assert_eq!((row.size, row.published_at), (7, later(1).as_millis()));
        assert_eq!(
            (row.sha1.as_slice(), row.sha512.as_slice()),
            ([2; 20].as_slice(), [3; 64].as_slice())
        );
        assert_eq!((row.is_listed, row.deprecation.as_deref()), (true, None));
        assert_eq!(row.manifest, "{\"full\":1}");
        let short = versions::short(&mut source, package).await.unwrap();
        assert_eq!(short[0].manifest, "{}");
        let one = versions::one(&mut source, package, "1.0.0").await.unwrap().unwrap();
        assert_eq!(one.manifest, "{\"full\":1}");
        assert!(versions::one(&mut source, package, "1.0.1").await.unwrap().is_none());
        let tagged = versions::tagged(&mut source, package, "latest").await.unwrap().unwrap();
        assert_eq!(tagged.version, "1.0.0");
        assert!(versions::tagged(&mut source, package, "next").await.unwrap().is_none());
        assert_eq!(versions::readme(&mut source, package, "latest").await.unwrap(), "# Acme");
        assert_eq!(versions::readme(&mut source, package, "next").await.unwrap(), "");
        let tags = versions::tags(&mut source, package).await.unwrap();
        assert_eq!(tags, [("latest".to_owned(), "1.0.0".to_owned())]);
        let file = versions::file(&mut source, main, npm, "acme-core", "acme-core-1.0.0.tgz");
        let file = file.await.unwrap().unwrap();
        assert_eq!((file.version_id, file.size, file.blob_hash), (version, 7, vec![1; 32]));
        let none = versions::file(&mut source, main, npm, "acme-core", "other.tgz");
        assert!(none.await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_version_is_one_however_many_files_it_has() {
    on_both(async |database| {
        let Published { main, package, version, .. } = publish(&database).await;
        let mut transaction = database.write().await.unwrap();
        let symbols = NewFile {
            name: "symbols",
            size: 3,
            sha256: &[4; 32],
            sha1: &[5; 20],
            sha512: &[6; 64],
            is_extra: true,
        };
        versions::insert_file(&mut transaction, version, symbols).await.unwrap();
        transaction.commit().await.unwrap();
        let mut source = &database;
        for rows in [
            versions::whole(&mut source, package).await.unwrap(),
            versions::short(&mut source, package).await.unwrap(),
        ] {
            let files: Vec<_> = rows.iter().map(|row| (row.file.as_str(), row.size)).collect();
            assert_eq!(files, [("acme-core-1.0.0.tgz", 7)]);
        }
        let said = versions::said(&mut source, package).await.unwrap();
        assert_eq!((said.len(), said[0].file.as_str()), (1, "acme-core-1.0.0.tgz"));
        let shown = package_pages::shown(&mut source, package, "1.0.0").await.unwrap().unwrap();
        let files = package_pages::files(&mut source, shown.id).await.unwrap();
        assert_eq!(files[0].name, "acme-core-1.0.0.tgz");
        let found = versions::file(&mut source, main, Ecosystem::Npm, "acme-core", "symbols")
            .await
            .unwrap();
        assert_eq!(found.unwrap().blob_hash, vec![4; 32]);
        for (name, is_there) in [("symbols", true), ("acme-core-1.0.0.tgz", true), ("x", false)] {
            let has = versions::has_file(&mut source, version, name).await.unwrap();
            assert_eq!(has, is_there, "{name}");
        }
        let known = versions::identify(&mut source, package, "1.0.0").await.unwrap();
        let known = known.unwrap();
        assert_eq!((known.id, known.version.as_str()), (version, "1.0.0"));
        assert_eq!(versions::identify(&mut source, package, "2.0.0").await.unwrap(), None);
        let readme = versions::readme_of(&mut source, package, "1.0.0").await.unwrap();
        assert_eq!(readme.as_deref(), Some("# Acme"));
        assert_eq!(versions::readme_of(&mut source, package, "2.0.0").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn searches_can_leave_out_what_was_never_released() {
    on_both(async |database| {
        let Published { ana, main, package, .. } = publish(&database).await;
        let only_early: PackageId = id();
        let mut transaction = database.write().await.unwrap();
        let npm = Ecosystem::Npm;
        packages::insert(&mut transaction, only_early, main, npm, "early", NOW).await.unwrap();
        let new = |package, version, at| NewVersion {
            id: id(),
            package,
            version,
            key: version,
            manifest: "{}",
            manifest_short: "{\"kind\":\"Tool_A\",\"text\":\"\\\"kind\\\":\\\"b\\\"\"}",
            readme: "",
            size: 7,
            at: later(at),
            by: ana,
            with: "token",
            with_id: None,
            from: "127.0.0.1".to_owned(),
        };
        versions::insert(&mut transaction, new(only_early, "1.0.0-rc.1", 3)).await.unwrap();
        versions::insert(&mut transaction, new(package, "2.0.0-rc.1", 4)).await.unwrap();
        transaction.commit().await.unwrap();
        let mut source = &database;
        let any = search::Wanted {
            word: "",
            only_released: false,
            always: None,
            either: None,
            after: "",
        };
        let both = &["acme-core", "early"][..];
        let kind = Some("\"kind\":\"tool_a\"");
        for (wanted, names) in [
            (any, both),
            (search::Wanted { only_released: true, ..any }, &["acme-core"]),
            (search::Wanted { always: kind, ..any }, both),
            // The release, which has other marks.
            (search::Wanted { always: kind, only_released: true, ..any }, &[]),
            (search::Wanted { always: Some("\"kind\":\"tool-a\""), ..any }, &[]),
            (search::Wanted { either: Some(("nothing", "Tool_A")), ..any }, both),
            (search::Wanted { either: Some(("nothing", "neither")), ..any }, &[]),
            // A text that looks like a mark is none.
            (search::Wanted { always: Some("\"kind\":\"b\""), ..any }, &[]),
        ] {
            let found = search::block(&mut source, main, npm, wanted).await.unwrap();
            let found: Vec<_> = found.iter().map(|row| row.name_key.as_str()).collect();
            assert_eq!(found, names, "{wanted:?}");
        }
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
        let query = PackagesQuery::default();
        let rows = feeds::lists::packages(&mut source, main, &query, false, 10, 0).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].ecosystem.as_str(), rows[0].name.as_str()), ("npm", "acme-core"));
        assert_eq!((rows[0].versions, rows[0].listed, rows[0].downloads), (1, 1, 5));
        assert_eq!(rows[0].latest.as_deref(), Some("1.0.0"));
        assert_eq!(rows[0].published_by.as_deref(), Some("ana"));
        assert_eq!((rows[0].description.as_str(), rows[0].updated_at), ("", later(2).as_millis()));
        let next = feeds::lists::packages(&mut source, main, &query, false, 10, 1).await.unwrap();
        assert!(next.is_empty());
        let names = packages::reachable_names(&mut source, ana, Uuid::nil(), 10).await.unwrap();
        assert_eq!(names[0].1, (main, "npm".to_owned(), "acme-core".to_owned()));
        let rest = packages::reachable_names(&mut source, ana, names[0].0, 10).await.unwrap();
        assert!(names.len() == 1 && rest.is_empty());
        let counts = feeds::package_counts(&mut source, ana).await.unwrap();
        assert_eq!(counts, [(main, "npm".to_owned(), 1, later(2))]);
        let kinds = feeds::lists::kinds(&mut source, main, false).await.unwrap();
        assert_eq!(kinds, [("npm".to_owned(), 1, later(2))]);
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

#[tokio::test]
async fn what_is_said_of_a_version_changes() {
    on_both(async |database| {
        let Published { main, package, version, .. } = publish(&database).await;
        let said = async || versions::said(&mut &database, package).await.unwrap().remove(0);
        let row = said().await;
        assert_eq!(
            (row.id, row.version.as_str(), row.version_key.as_str()),
            (version, "1.0.0", "1.0.0")
        );
        assert_eq!((row.is_listed, row.deprecation.as_deref()), (true, None));
        assert_eq!(
            (row.file.as_str(), row.published_at),
            ("acme-core-1.0.0.tgz", later(1).as_millis())
        );
        let mut transaction = database.write().await.unwrap();
        versions::set_listed(&mut transaction, version, false).await.unwrap();
        versions::set_deprecation(&mut transaction, version, Some("too old")).await.unwrap();
        packages::describe(&mut transaction, package, "a line").await.unwrap();
        versions::set_tag(&mut transaction, package, "next", version).await.unwrap();
        transaction.commit().await.unwrap();
        let row = said().await;
        assert_eq!((row.is_listed, row.deprecation.as_deref()), (false, Some("too old")));
        let mut transaction = database.write().await.unwrap();
        versions::set_deprecation(&mut transaction, version, None).await.unwrap();
        assert!(versions::remove_tag(&mut transaction, package, "next").await.unwrap());
        assert!(!versions::remove_tag(&mut transaction, package, "next").await.unwrap());
        transaction.commit().await.unwrap();
        assert_eq!(said().await.deprecation, None);
        let key = "acme-core";
        assert!(packages::find(&mut &database, main, Ecosystem::Npm, key).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_is_remembered_by_number_alone() {
    on_both(async |database| {
        let Published { ana, main, package, version } = publish(&database).await;
        let was_deleted = async |number| {
            let mut source = &database;
            versions::was_deleted(&mut source, main, Ecosystem::Npm, "acme-core", number)
                .await
                .unwrap()
        };
        assert!(!was_deleted("1.0.0").await);
        let mut transaction = database.write().await.unwrap();
        versions::note_deleted(&mut transaction, version, ana, later(3)).await.unwrap();
        versions::delete(&mut transaction, version).await.unwrap();
        transaction.commit().await.unwrap();
        let mut source = &database;
        assert!(was_deleted("1.0.0").await);
        assert!(!was_deleted("1.0.1").await);
        assert!(!versions::exists(&mut source, package, "1.0.0").await.unwrap());
        assert!(versions::tags(&mut source, package).await.unwrap().is_empty());
        assert!(!packages::blob_is_used(&mut source, &[1; 32]).await.unwrap());
        let mut transaction = database.write().await.unwrap();
        packages::delete(&mut transaction, package).await.unwrap();
        transaction.commit().await.unwrap();
        let found = packages::find(&mut source, main, Ecosystem::Npm, "acme-core").await.unwrap();
        assert!(found.is_none());
        assert!(was_deleted("1.0.0").await);
    })
    .await;
}
