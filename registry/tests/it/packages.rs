//! Publishing: one version once, whole or not at all.

use model::{denial::Code, ecosystem::Ecosystem, listing::PackagesQuery};
use registry::{Error, access::Wanted};

use crate::support::{World, ask, draft, on_both, operator, publish, sign_in};

#[tokio::test]
async fn of_several_publishes_of_one_version_one_wins() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        let tries = (0..8).map(|_| async {
            // A publish that began when the package was new is asked to begin again.
            loop {
                match publish(&services, token.expose(), "demo", "1.0.0").await {
                    Err(Error::Raced) => {}
                    other => return other,
                }
            }
        });
        let results = futures::future::join_all(tries).await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.iter().filter(
            |result| matches!(result, Err(Error::Denied(denial)) if denial.code == Code::Exists),
        );
        assert_eq!((won, refused.count()), (1, 7));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn counts_follow_what_is_published() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        let caller = sign_in(&services, "ana").await;
        let matches = async || services.tokens.detail(&caller, made.id).await.unwrap().matches;
        assert_eq!(matches().await, 0);
        publish(&services, token.expose(), "demo", "1.0.0").await.unwrap();
        publish(&services, token.expose(), "demo", "1.0.1").await.unwrap();
        publish(&services, token.expose(), "other", "1.0.0").await.unwrap();
        assert_eq!(matches().await, 2);
        let feeds = services.feeds.list(&caller).await.unwrap();
        assert_eq!(feeds[0].kinds, [(Ecosystem::Npm, 2)]);
        let grant = ask(&services, token.expose(), Wanted::Browse).await.unwrap();
        let page = services.feeds.page(&grant, &PackagesQuery::default()).await.unwrap();
        let demo = page.packages.iter().find(|package| package.name == "demo").unwrap();
        assert_eq!((demo.latest.as_deref(), demo.versions), (Some("1.0.1"), 2));
        assert_eq!(demo.published_by.as_deref(), Some("ana"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn names_that_could_be_taken_for_another_are_refused() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        publish(&services, token.expose(), "acme-core", "1.0.0").await.unwrap();
        for lookalike in ["acme_core", "acme.core"] {
            let refused = publish(&services, token.expose(), lookalike, "1.0.0").await;
            assert!(matches!(refused, Err(Error::Taken(_))), "{lookalike}");
        }
        publish(&services, token.expose(), "acmecore", "1.0.0").await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_archive_comes_back_as_it_went_in() {
    on_both(async |world: World| {
        let (services, ana) = world.with_ana().await;
        let made = services.tokens.create_for(&operator(), ana, draft("CI")).await.unwrap();
        let token = made.secret.unwrap();
        publish(&services, token.expose(), "demo", "1.0.0").await.unwrap();
        let grant = ask(&services, token.expose(), Wanted::Read(Ecosystem::Npm, "demo")).await;
        let grant = grant.unwrap();
        let file = services.packages.open(&grant, "demo-1.0.0.tgz", true).await.unwrap();
        assert_eq!(file.size, 7);
        let registry::blobs::Content::Whole(bytes) = file.content else { panic!("it is small") };
        assert_eq!(bytes.as_ref(), b"archive");
        let missing = services.packages.open(&grant, "demo-1.0.1.tgz", true).await;
        assert!(matches!(missing, Err(Error::NotFound(_))));
        services.close().await;
    })
    .await;
}
