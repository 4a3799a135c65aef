//! What becomes of packages that are there: unlisted, deprecated, tagged, deleted.

use std::{sync::Arc, time::Duration};

use model::{
    action::ActionSet,
    denial::Code,
    ecosystem::Ecosystem,
    id::AccountId,
    scope::{Effect, FeedSet, Rule, Scope},
    token_form::TokenDraft,
};
use registry::{
    Error, Grant, Services,
    access::Wanted,
    clock::SetClock,
    packages::{Manifests, Package, Release},
};

use crate::support::{World, ask, draft, on_both, operator, publish_release, release};

/// ana's services with a token that may do everything.
struct Story {
    services: Arc<Services>,
    clock: Arc<SetClock>,
    ana: AccountId,
    token: String,
}

impl Story {
    async fn new(world: &World) -> Self {
        let (services, ana) = world.with_ana().await;
        let token = token(&services, ana, ActionSet::ALL).await;
        Self { services, clock: Arc::clone(&world.clock), ana, token }
    }

    async fn publish(&self, name: &str, version: &str) -> Result<(), Error> {
        self.publish_with(described(name, version)).await
    }

    async fn publish_with(&self, release: Release) -> Result<(), Error> {
        self.clock.advance(Duration::from_secs(1));
        publish_release(&self.services, &self.token, &release).await
    }

    async fn unlisting(&self, name: &str) -> Grant {
        ask(&self.services, &self.token, Wanted::Unlist(Ecosystem::Npm, name)).await.unwrap()
    }

    async fn deleting(&self, name: &str) -> Grant {
        ask(&self.services, &self.token, Wanted::Delete(Ecosystem::Npm, name)).await.unwrap()
    }

    async fn read(&self, name: &str) -> Result<Package, Error> {
        let wanted = Wanted::Read(Ecosystem::Npm, name);
        let grant = ask(&self.services, &self.token, wanted).await.unwrap();
        self.services.packages.read(&grant, Manifests::Whole).await
    }

    async fn latest(&self, name: &str) -> String {
        let package = self.read(name).await.unwrap();
        let latest = package.tags.into_iter().find(|(tag, _)| tag == "latest");
        latest.unwrap().1
    }

    async fn is_chained(&self) -> bool {
        self.services.audit.verify(None).await.unwrap().is_ok()
    }
}

async fn token(services: &Services, owner: AccountId, actions: ActionSet) -> String {
    let rule = Rule { effect: Effect::Allow, actions, feeds: FeedSet::All, patterns: Vec::new() };
    let draft = TokenDraft { scope: Scope { rules: vec![rule] }, ..draft("CI") };
    let made = services.tokens.create_for(&operator(), owner, draft).await.unwrap();
    made.secret.unwrap().expose().to_owned()
}

fn described(name: &str, version: &str) -> Release {
    let manifest = format!("{{\"description\":\"  {name}\\n {version} \"}}");
    Release { manifest, ..release(name, version) }
}

#[tokio::test]
async fn an_unlisted_version_stays_and_latest_moves() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        for version in ["1.0.0", "1.9.0", "1.10.0", "2.0.0-rc.1"] {
            story.publish("demo", version).await.unwrap();
        }
        let packages = &story.services.packages;
        let grant = story.unlisting("demo").await;
        packages.set_tag(&grant, "latest", "1.10.0").await.unwrap();
        let before = story.read("demo").await.unwrap().state;
        packages.set_listed(&grant, "1.10.0", false).await.unwrap();
        let package = story.read("demo").await.unwrap();
        assert_eq!(package.state.revision, before.revision + 1);
        let listed = |package: &Package| -> Vec<bool> {
            package.versions.iter().map(|version| version.is_listed).collect()
        };
        assert_eq!(listed(&package), [true, true, false, true]);
        // Not the older 1.0.0, nor the pre-release.
        assert_eq!(story.latest("demo").await, "1.9.0");
        // The same again is no change.
        packages.set_listed(&grant, "1.10.0", false).await.unwrap();
        assert_eq!(story.read("demo").await.unwrap().state, package.state);
        let refused = packages.set_tag(&grant, "latest", "1.10.0").await;
        assert!(matches!(refused, Err(Error::Invalid(why)) if why.contains("unlisted")));

        for version in ["1.9.0", "1.0.0"] {
            packages.set_listed(&grant, version, false).await.unwrap();
        }
        assert_eq!(story.latest("demo").await, "2.0.0-rc.1");
        // Where nothing is listed, it stays.
        packages.set_listed(&grant, "2.0.0-rc.1", false).await.unwrap();
        assert_eq!(story.latest("demo").await, "2.0.0-rc.1");
        packages.set_listed(&grant, "1.0.0", true).await.unwrap();
        assert_eq!(story.latest("demo").await, "1.0.0");
        // A listed version is not taken from `latest` because a newer one is listed again.
        packages.set_listed(&grant, "1.10.0", true).await.unwrap();
        assert_eq!(story.latest("demo").await, "1.0.0");
        let missing = packages.set_listed(&grant, "3.0.0", false).await;
        assert!(matches!(missing, Err(Error::NotFound("version"))));
        assert!(story.is_chained().await);
        story.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn reasons_are_said_and_taken_back() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        for version in ["1.0.0", "1.1.0"] {
            story.publish("demo", version).await.unwrap();
        }
        let packages = &story.services.packages;
        let grant = story.unlisting("demo").await;
        let reasons = async || -> Vec<Option<String>> {
            let package = story.read("demo").await.unwrap();
            package.versions.into_iter().map(|version| version.deprecation).collect()
        };
        packages.deprecate(&grant, &["1.0.0", "1.1.0"], Some(" use 2 ")).await.unwrap();
        assert_eq!(reasons().await, [Some("use 2".to_owned()), Some("use 2".to_owned())]);
        let state = story.read("demo").await.unwrap().state;
        packages.deprecate(&grant, &["1.0.0", "1.1.0"], Some("use 2")).await.unwrap();
        assert_eq!(story.read("demo").await.unwrap().state, state);
        packages.deprecate(&grant, &["1.1.0"], None).await.unwrap();
        assert_eq!(reasons().await, [Some("use 2".to_owned()), None]);
        // All of it or nothing.
        let missing = packages.deprecate(&grant, &["1.1.0", "9.0.0"], Some("x")).await;
        assert!(matches!(missing, Err(Error::NotFound("version"))));
        for reason in ["a\u{1b}[2Jb".to_owned(), "x".repeat(1001)] {
            let refused = packages.deprecate(&grant, &["1.1.0"], Some(&reason)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{reason}");
        }
        let said = [("1.1.0", Some("x"))];
        let raced = packages.deprecate_each(&grant, &said, Some(state)).await;
        assert!(matches!(raced, Err(Error::Raced)));
        assert_eq!(reasons().await, [Some("use 2".to_owned()), None]);
        assert!(story.is_chained().await);
        story.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn tags_point_to_versions_that_are_there() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        for version in ["1.0.0", "1.1.0"] {
            story.publish("demo", version).await.unwrap();
        }
        let packages = &story.services.packages;
        let grant = story.unlisting("demo").await;
        packages.set_tag(&grant, "stable", "1.0.0").await.unwrap();
        let state = story.read("demo").await.unwrap().state;
        packages.set_tag(&grant, "stable", "1.0.0").await.unwrap();
        let package = story.read("demo").await.unwrap();
        assert_eq!(package.state, state);
        let pair = |tag: &str, version: &str| (tag.to_owned(), version.to_owned());
        assert_eq!(package.tags, [pair("latest", "1.1.0"), pair("stable", "1.0.0")]);
        for tag in ["1.x", "a/b", ""] {
            let refused = packages.set_tag(&grant, tag, "1.0.0").await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{tag}");
        }
        let missing = packages.set_tag(&grant, "stable", "2.0.0").await;
        assert!(matches!(missing, Err(Error::NotFound("version"))));
        let refused = packages.remove_tag(&grant, "latest").await;
        assert!(matches!(refused, Err(Error::Invalid(why)) if why.contains("latest")));
        packages.remove_tag(&grant, "stable").await.unwrap();
        let missing = packages.remove_tag(&grant, "stable").await;
        assert!(matches!(missing, Err(Error::NotFound("tag"))));
        assert!(story.is_chained().await);
        story.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_number_is_never_used_again() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        for version in ["1.0.0", "1.1.0", "1.2.0"] {
            story.publish("demo", version).await.unwrap();
        }
        let packages = &story.services.packages;
        let (grant, state) =
            (story.deleting("demo").await, story.read("demo").await.unwrap().state);
        packages.delete_version_of(&grant, "1.2.0", Some(state)).await.unwrap();
        assert_eq!(story.latest("demo").await, "1.1.0");
        let raced = packages.delete_version_of(&grant, "1.1.0", Some(state)).await;
        assert!(matches!(raced, Err(Error::Raced)));
        let missing = packages.delete_version(&grant, "1.2.0").await;
        assert!(matches!(missing, Err(Error::NotFound("version"))));
        let deleted = async |version: &str| match story.publish("demo", version).await {
            Err(Error::Denied(denial)) => {
                assert_eq!(denial.code, Code::Exists);
                assert!(denial.sentence.contains("was deleted"), "{}", denial.sentence);
            }
            other => panic!("{other:?}"),
        };
        deleted("1.2.0").await;
        story.publish("demo", "1.3.0").await.unwrap();

        // With its last version a package goes; its name stays free, its numbers do not.
        for version in ["1.3.0", "1.0.0", "1.1.0"] {
            packages.delete_version(&grant, version).await.unwrap();
        }
        assert!(matches!(story.read("demo").await, Err(Error::NotFound("package"))));
        deleted("1.1.0").await;
        story.publish("demo", "2.0.0").await.unwrap();
        let first = story.read("demo").await.unwrap().state;
        packages.delete_package(&grant).await.unwrap();
        let gone = packages.delete_package(&grant).await;
        assert!(matches!(gone, Err(Error::NotFound("package"))));
        deleted("2.0.0").await;
        story.publish("demo", "2.0.1").await.unwrap();
        // A package of the same name is another one.
        let raced = packages.delete_package_of(&grant, Some(first)).await;
        assert!(matches!(raced, Err(Error::Raced)));
        // Another feed's or package's numbers are its own.
        story.publish("other", "2.0.0").await.unwrap();
        assert!(story.is_chained().await);
        story.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_grant_is_good_for_its_own_act_alone() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        story.publish("demo", "1.0.0").await.unwrap();
        let packages = &story.services.packages;
        let npm = Ecosystem::Npm;
        let reading = ask(&story.services, &story.token, Wanted::Read(npm, "demo")).await.unwrap();
        let (unlisting, deleting) = (story.unlisting("demo").await, story.deleting("demo").await);
        for result in [
            packages.set_listed(&reading, "1.0.0", false).await,
            packages.set_listed(&deleting, "1.0.0", false).await,
            packages.deprecate(&deleting, &["1.0.0"], None).await,
            packages.set_tag(&reading, "next", "1.0.0").await,
            packages.delete_version(&unlisting, "1.0.0").await,
            packages.delete_package(&unlisting).await,
        ] {
            assert!(matches!(result, Err(Error::Internal { .. })));
        }
        // What a scope does not have is refused before; asking leaves no trace.
        let write = token(&story.services, story.ana, ActionSet::WRITE).await;
        for wanted in [Wanted::Unlist(npm, "demo"), Wanted::Delete(npm, "demo")] {
            assert_eq!(ask(&story.services, &write, wanted).await.unwrap_err(), Code::Scope);
        }
        assert_eq!(story.read("demo").await.unwrap().versions.len(), 1);
        story.services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_packages_description_is_that_of_latest() {
    on_both(async |world: World| {
        let story = Story::new(&world).await;
        let description = async || {
            let grant = ask(&story.services, &story.token, Wanted::Browse).await.unwrap();
            let query =
                registry::packages::Query { text: "demo", from: 0, size: 9, only_released: false };
            let found = story.services.packages.search(&grant, Ecosystem::Npm, query).await;
            found.unwrap().packages.remove(0).description
        };
        story.publish("demo", "1.0.0").await.unwrap();
        assert_eq!(description().await, "demo 1.0.0");
        story.publish("demo", "1.1.0").await.unwrap();
        assert_eq!(description().await, "demo 1.1.0");
        let beta = Release { tags: vec!["beta".to_owned()], ..described("demo", "2.0.0") };
        story.publish_with(beta).await.unwrap();
        assert_eq!(description().await, "demo 1.1.0");
        let grant = story.unlisting("demo").await;
        story.services.packages.set_tag(&grant, "latest", "2.0.0").await.unwrap();
        assert_eq!(description().await, "demo 2.0.0");
        let grant = story.deleting("demo").await;
        story.services.packages.delete_version(&grant, "2.0.0").await.unwrap();
        assert_eq!(description().await, "demo 1.1.0");
        let odd =
            Release { manifest: "{\"description\":[1]}".to_owned(), ..release("demo", "3.0.0") };
        story.publish_with(odd).await.unwrap();
        assert_eq!(description().await, "");
        story.services.close().await;
    })
    .await;
}
