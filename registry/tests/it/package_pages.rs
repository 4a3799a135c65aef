//! What a package's own page shows, and to whom.

use model::{
    ecosystem::Ecosystem::Npm,
    role::Role,
    views::{CredentialView, DependencyKind, LinkKind, PackageFound, PackagePage},
};
use registry::{
    Caller, Error, Services,
    access::{AccessRequest, Credential, Wanted},
    packages::{Asked, Release},
};

use crate::support::{
    World, draft, new_account, on_both, operator, origin, publish, publish_release, release,
    sign_in,
};

const SHOWN: Asked<'_> =
    Asked { version: None, page: 1, deleted: None, may_change: false, may_delete: false };

async fn found(
    services: &Services,
    caller: &Caller,
    name: &str,
    asked: Asked<'_>,
) -> Result<PackageFound, Error> {
    let origin = origin();
    let request = AccessRequest { feed: "main", wanted: Wanted::Read(Npm, name), origin: &origin };
    let credential = Credential::Session(caller.clone());
    let grant = services.access.authorize(&credential, request).await?;
    services.packages.page(&grant, asked).await
}

async fn page(services: &Services, caller: &Caller, asked: Asked<'_>) -> PackagePage {
    match found(services, caller, "demo", asked).await.unwrap() {
        PackageFound::Here(page) => *page,
        PackageFound::Gone(gone) => panic!("{gone:?}"),
    }
}

#[tokio::test]
async fn everything_about_a_version_is_told() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI publish")).await.unwrap();
        let token = made.secret.unwrap();
        publish(&services, token.expose(), "other", "1.0.0").await.unwrap();
        let manifest = r#"{"name":"demo","version":"1.0.0","description":"A thing","license":"MIT",
            "homepage":"https://demo.example","repository":"javascript:alert(1)",
            "engines":{"node":">=18"},"dependencies":{"other":"^1.0.0","absent":"2"},
            "devDependencies":{"tool":"*"}}"#;
        let release = Release {
            manifest: manifest.to_owned(),
            readme: "# Demo\n\nUse <b>it</b>.<script>alert(1)</script>".to_owned(),
            ..release("demo", "1.0.0")
        };
        publish_release(&services, token.expose(), &release).await.unwrap();
        let caller = sign_in(&services, "ana").await;
        let page = page(&services, &caller, SHOWN).await;
        assert_eq!((page.feed.as_str(), page.name.as_str(), page.is_public), ("main", "demo", false));
        assert_eq!(page.address, "https://feeds.example.com/F/main");
        assert_eq!(page.tags, [("latest".to_owned(), "1.0.0".to_owned())]);
        assert_eq!((page.count, page.page, page.pages, page.downloads), (1, 1, 1, 0));
        let shown = page.shown;
        assert_eq!((shown.version.as_str(), shown.is_listed), ("1.0.0", true));
        assert_eq!(shown.about.description, "A thing");
        assert_eq!(shown.about.licences[0].name, "MIT");
        assert_eq!(shown.about.links, [(LinkKind::Homepage, "https://demo.example".to_owned())]);
        assert_eq!(shown.about.engines, ["node >=18"]);
        assert_eq!(shown.readme, "<h3>Demo</h3>\n<p>Use <b>it</b>.</p>");
        let dependencies: Vec<_> = shown
            .dependencies
            .iter()
            .flat_map(|part| part.shown.iter().map(|d| (part.kind.clone(), d.name.as_str(), d.is_here)))
            .collect();
        assert_eq!(
            dependencies,
            [
                (DependencyKind::Needed, "absent", false),
                (DependencyKind::Needed, "other", true),
                (DependencyKind::Development, "tool", false),
            ]
        );
        assert_eq!(shown.archive.size, 7);
        assert_eq!(shown.archive.address, "https://feeds.example.com/F/main/npm/demo/-/demo-1.0.0.tgz");
        // The digests of the seven letters `archive`, by sha1sum, sha256sum and openssl.
        assert_eq!(shown.archive.sha1, "ebfb55f4432b592119a10592e4f26272cc72359e");
        assert_eq!(
            shown.archive.sha256,
            "0eb3e36bfb24dcd9bb1d1bece1531216b59539a8fde17ee80224af0653c92aa3"
        );
        assert_eq!(
            shown.archive.integrity,
            "sha512-sRU36Ok1DOcSWqYvA3z8E7szGJ0jPd3ewR+Oo3NRdlDSb053ZXua6gAZX/g3UdaiFCZ0yyF+PzssiRO+IXhDRA=="
        );
        assert_eq!(shown.published_by.as_deref(), Some("ana"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_token_is_named_to_its_owner_and_the_feeds_owners_alone() {
    on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let mut people = Vec::new();
        for (name, role) in [("ben", Role::Contributor), ("cleo", Role::Reader)] {
            let (id, _) =
                services.accounts.create(&operator(), new_account(name), false).await.unwrap();
            services.feeds.set_member(&operator(), "main", name, role).await.unwrap();
            people.push(id);
        }
        let made =
            services.tokens.create_for(&operator(), people[0], draft("laptop")).await.unwrap();
        publish(&services, made.secret.unwrap().expose(), "demo", "1.0.0").await.unwrap();
        let seen_by = async |name| {
            let caller = sign_in(&services, name).await;
            page(&services, &caller, SHOWN).await.shown.published_with
        };
        let description = "laptop".to_owned();
        let own = CredentialView::Token { description: description.clone(), id: Some(made.id) };
        assert_eq!(seen_by("ben").await, own);
        assert_eq!(seen_by("ana").await, CredentialView::Token { description, id: None });
        assert_eq!(seen_by("cleo").await, CredentialView::SomeToken);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn many_versions_come_page_by_page() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        for number in 0..120 {
            world.clock.advance(std::time::Duration::from_secs(1));
            publish(&services, token.expose(), "demo", &format!("1.0.{number}")).await.unwrap();
        }
        let caller = sign_in(&services, "ana").await;
        let first = page(&services, &caller, SHOWN).await;
        assert_eq!((first.count, first.page, first.pages), (120, 1, 5));
        assert_eq!(first.shown.version, "1.0.119");
        assert_eq!(first.versions.len(), 25);
        assert_eq!(first.versions[0].version, "1.0.119");
        let last = Asked { version: Some("1.0.7"), page: 99, ..SHOWN };
        let last = page(&services, &caller, last).await;
        assert_eq!((last.page, last.shown.version.as_str()), (5, "1.0.7"));
        let numbers: Vec<_> = last.versions.iter().map(|line| line.version.as_str()).collect();
        assert_eq!((numbers.len(), numbers[19]), (20, "1.0.0"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_is_told_to_who_may_delete() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        for version in ["1.0.0", "1.1.0"] {
            publish(&services, token.expose(), "demo", version).await.unwrap();
        }
        let caller = sign_in(&services, "ana").await;
        let delete = async || {
            let origin = origin();
            let wanted = Wanted::Delete(Npm, "demo");
            let request = AccessRequest { feed: "main", wanted, origin: &origin };
            let credential = Credential::Session(caller.clone());
            services.access.authorize(&credential, request).await.unwrap()
        };
        let asked = services.packages.deletion(&delete().await, Some("1.1.0")).await.unwrap();
        assert_eq!((asked.phrase().as_str(), asked.count), ("demo 1.1.0", 2));
        let all = services.packages.deletion(&delete().await, None).await.unwrap();
        assert_eq!(all.phrase(), "demo");
        let none = services.packages.deletion(&delete().await, Some("9.9.9")).await;
        assert!(matches!(none, Err(Error::NotFound("version"))));

        services.packages.delete_version(&delete().await, "1.1.0").await.unwrap();
        let told = Asked { deleted: Some("1.1.0"), ..SHOWN };
        assert_eq!(page(&services, &caller, told).await.deleted.as_deref(), Some("1.1.0"));
        let untrue = Asked { deleted: Some("1.0.0"), ..SHOWN };
        assert_eq!(page(&services, &caller, untrue).await.deleted, None);
        let missing = Asked { version: Some("1.1.0"), ..SHOWN };
        let missing = found(&services, &caller, "demo", missing).await;
        assert!(matches!(missing, Err(Error::NotFound("version"))));

        services.packages.delete_package(&delete().await).await.unwrap();
        let owner = Asked { may_delete: true, ..SHOWN };
        match found(&services, &caller, "demo", owner).await.unwrap() {
            PackageFound::Gone(gone) => {
                assert_eq!((gone.versions, gone.deleted_by.as_deref()), (2, Some("ana")));
            }
            PackageFound::Here(page) => panic!("{page:?}"),
        }
        let reader = found(&services, &caller, "demo", SHOWN).await;
        assert!(matches!(reader, Err(Error::NotFound("package"))));
        let never = found(&services, &caller, "never", owner).await;
        assert!(matches!(never, Err(Error::NotFound("package"))));
        services.close().await;
    })
    .await;
}
