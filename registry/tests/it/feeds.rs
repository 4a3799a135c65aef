//! Feeds: their names, members, settings, lists and end.

use std::time::Duration;

use model::{
    denial::Code,
    ecosystem::Ecosystem,
    id::AccountId,
    listing::{FeedsQuery, PackageSort, PackagesQuery, Part, Readers},
    policy::Setting,
    role::Role,
};
use registry::{
    Error, Grant, Program, Services,
    access::{AccessRequest, Credential, Wanted},
    feeds::{Change, NewFeed},
};

use crate::support::{
    World, ask, draft, may_read, new_account, operator, origin, publish, sign_in,
};

fn feed(name: &str, is_public: bool) -> NewFeed {
    NewFeed { name: name.parse().unwrap(), description: String::new(), is_public }
}

async fn account(services: &Services, name: &str) -> AccountId {
    services.accounts.create(&operator(), new_account(name), false).await.unwrap().0
}

/// A token of somebody's that may read and write every feed they can reach.
async fn token(services: &Services, owner: AccountId) -> String {
    let made = services.tokens.create_for(&operator(), owner, draft("CI")).await.unwrap();
    made.secret.unwrap().expose().to_owned()
}

/// What stands in the way, in words.
fn words<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn browse(services: &Services, credential: Credential, feed: &str) -> Result<Grant, Error> {
    let origin = origin();
    let request = AccessRequest { feed, wanted: Wanted::Browse, origin: &origin };
    services.access.authorize(&credential, request).await
}

#[tokio::test]
async fn a_removed_member_is_refused_at_the_next_request() {
    crate::support::on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        let ben = account(&services, "ben").await;
        let bens = token(&services, ben).await;
        let ana = sign_in(&services, "ana").await;
        let (feeds, origin) = (&services.feeds, origin());
        assert_eq!(may_read(&services, &bens).await, Err(Code::Feed));
        feeds.add_member(&ana, "main", "ben", Role::Reader, &origin).await.unwrap();
        // Asked twice: the second answer is remembered.
        assert_eq!(may_read(&services, &bens).await, Ok(()));
        assert_eq!(may_read(&services, &bens).await, Ok(()));
        let push = || ask(&services, &bens, Wanted::Push(Ecosystem::Npm, "demo"));
        assert_eq!(push().await.err(), Some(Code::Role));
        feeds.change_member(&ana, "main", "ben", Role::Contributor, &origin).await.unwrap();
        assert!(push().await.is_ok());
        feeds.change_member(&ana, "main", "ben", Role::Reader, &origin).await.unwrap();
        assert_eq!(push().await.err(), Some(Code::Role));
        feeds.remove_member(&ana, "main", "ben", &origin).await.unwrap();
        assert_eq!(may_read(&services, &bens).await, Err(Code::Feed));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_owners_change_members_and_everybody_may_leave() {
    crate::support::on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        for name in ["ben", "eve", "mia"] {
            account(&services, name).await;
        }
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        let ben = sign_in(&services, "ben").await;
        let eve = sign_in(&services, "eve").await;
        feeds.add_member(&ana, "main", " Ben ", Role::Contributor, &origin).await.unwrap();
        let add = |caller, name| feeds.add_member(caller, "main", name, Role::Reader, &origin);
        assert!(words(add(&ben, "eve").await).contains("Only its owners"));
        // For a stranger the feed is not there.
        assert!(matches!(add(&eve, "mia").await, Err(Error::NotFound("feed"))));
        let gone = feeds.remove_member(&eve, "main", "eve", &origin).await;
        assert!(matches!(gone, Err(Error::NotFound("feed"))));
        assert!(matches!(feeds.members(&eve, "main", 1).await, Err(Error::NotFound("feed"))));
        assert!(words(add(&ana, "nobody").await).contains("no account “nobody”"));
        assert!(words(add(&ana, "eve@example.com").await).contains("not the email address"));
        assert!(words(add(&ana, "nobody@example.com").await).contains("not the email address"));
        assert!(words(add(&ana, "ben").await).contains("a member already, as contributor"));
        assert!(
            words(feeds.remove_member(&ben, "main", "ana", &origin).await)
                .contains("Only its owners")
        );
        let page = feeds.members(&ben, "main", 1).await.unwrap();
        let members: Vec<_> =
            page.members.iter().map(|member| (member.username.as_str(), member.role)).collect();
        assert_eq!(members, [("ana", Role::Owner), ("ben", Role::Contributor)]);
        assert_eq!((page.role, page.viewer.as_str(), page.count), (Role::Contributor, "ben", 2));
        feeds.remove_member(&ben, "main", "ben", &origin).await.unwrap();
        assert!(matches!(feeds.members(&ben, "main", 1).await, Err(Error::NotFound("feed"))));
        let again = feeds.remove_member(&ana, "main", "ben", &origin).await;
        assert!(words(again).contains("no member of main any more"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_feed_is_never_without_an_owner() {
    crate::support::on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        account(&services, "ben").await;
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        let only = "ana is the only owner of main. Make somebody else an owner first.";
        assert_eq!(words(feeds.remove_member(&ana, "main", "ana", &origin).await), only);
        let lower = feeds.change_member(&ana, "main", "ana", Role::Reader, &origin).await;
        assert_eq!(words(lower), only);
        assert_eq!(words(feeds.remove_member_for(&operator(), "main", "ana").await), only);
        feeds.add_member(&ana, "main", "ben", Role::Owner, &origin).await.unwrap();
        // An owner who can do nothing is none.
        services.accounts.set_disabled(&operator(), "ben", true).await.unwrap();
        assert_eq!(words(feeds.remove_member(&ana, "main", "ana", &origin).await), only);
        services.accounts.set_disabled(&operator(), "ben", false).await.unwrap();
        feeds.remove_member(&ana, "main", "ana", &origin).await.unwrap();
        let ben = sign_in(&services, "ben").await;
        assert_eq!(feeds.members(&ben, "main", 1).await.unwrap().members.len(), 1);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn giving_access_takes_a_confirmed_identity_and_taking_it_does_not() {
    crate::support::on_both(async |world: World| {
        let (services, _) = world.with_ana().await;
        account(&services, "ben").await;
        account(&services, "eve").await;
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        feeds.add_member(&ana, "main", "ben", Role::Contributor, &origin).await.unwrap();
        world.clock.advance(Duration::from_hours(3));
        let open = Change { is_public: Some(true), ..Change::default() };
        for refused in [
            feeds.add_member(&ana, "main", "eve", Role::Reader, &origin).await,
            feeds.change_member(&ana, "main", "ben", Role::Owner, &origin).await,
            feeds.change(&ana, "main", &open, &origin).await,
            feeds.delete(&ana, "main", "main", &origin).await,
        ] {
            assert!(matches!(refused, Err(Error::Unconfirmed)));
        }
        let close = Change { is_public: Some(false), ..Change::default() };
        feeds.change(&ana, "main", &close, &origin).await.unwrap();
        let words = Change { description: Some("Ours".to_owned()), ..Change::default() };
        feeds.change(&ana, "main", &words, &origin).await.unwrap();
        feeds.change_member(&ana, "main", "ben", Role::Reader, &origin).await.unwrap();
        feeds.remove_member(&ana, "main", "ben", &origin).await.unwrap();
        let settings = feeds.settings(&ana, "main").await.unwrap();
        assert_eq!((settings.is_public, settings.description.as_str()), (false, "Ours"));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_opened_feed_is_read_by_anyone_until_it_is_closed() {
    crate::support::on_both(async |world: World| {
        let (services, ana_id) = world.with_ana().await;
        let secret = token(&services, ana_id).await;
        publish(&services, &secret, "demo", "1.0.0").await.unwrap();
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        let anybody = async || browse(&services, Credential::Anonymous, "main").await;
        assert!(anybody().await.is_err());
        let readers = async |is_public| {
            let change = Change { is_public: Some(is_public), description: None };
            feeds.change(&ana, "main", &change, &origin).await.unwrap();
        };
        readers(true).await;
        let grant = anybody().await.unwrap();
        let page = feeds.page(&grant, &PackagesQuery::default()).await.unwrap();
        assert_eq!((page.feed.role, page.packages.len()), (None, 1));
        readers(false).await;
        assert!(anybody().await.is_err());
        account(&services, "ben").await;
        let ben = sign_in(&services, "ben").await;
        let closed = feeds.settings(&ben, "main").await;
        assert!(matches!(closed, Err(Error::NotFound("feed"))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_feed_is_gone_at_once_and_its_name_is_kept() {
    crate::support::on_both(async |world: World| {
        let (services, ana_id) = world.with_ana().await;
        account(&services, "ben").await;
        let secret = token(&services, ana_id).await;
        for version in ["1.0.0", "1.0.1"] {
            publish(&services, &secret, "demo", version).await.unwrap();
        }
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        let ben = sign_in(&services, "ben").await;
        let contents = feeds.settings(&ana, "main").await.unwrap().contents;
        assert_eq!((contents.packages, contents.versions, contents.tokens), (1, 2, 0));
        assert_eq!(may_read(&services, &secret).await, Ok(()));
        let mistyped = feeds.delete(&ana, "main", "mian", &origin).await;
        assert_eq!(words(mistyped), "To delete the feed, type its name: main.");
        assert!(matches!(
            feeds.delete(&ben, "main", "main", &origin).await,
            Err(Error::NotFound("feed"))
        ));
        feeds.delete(&ana, "main", "Main", &origin).await.unwrap();
        // Whether or not its rows are gone, nobody reaches it any more.
        assert_eq!(may_read(&services, &secret).await, Err(Code::Feed));
        assert!(feeds.list(&ana).await.unwrap().is_empty());
        assert!(matches!(feeds.settings(&ana, "main").await, Err(Error::NotFound("feed"))));
        assert!(feeds.settings_of("main").await.is_err());

        let check = feeds.check_name(&ben, "main").await.unwrap();
        assert!(!check.is_free && check.words.contains("was used before"), "{}", check.words);
        let taken = feeds.create(&ben, feed("main", false), &origin).await;
        assert!(words(taken).contains("was used before"));
        // The owner may use it again; nothing of the old feed is in it.
        assert!(feeds.check_name(&ana, "main").await.unwrap().is_free);
        feeds.create(&ana, feed("main", false), &origin).await.unwrap();
        feeds.remove_deleted().await.unwrap();
        let contents = feeds.settings(&ana, "main").await.unwrap().contents;
        assert_eq!((contents.packages, contents.versions), (0, 0));

        feeds.delete_for(&operator(), "main").await.unwrap();
        let name = "main".parse().unwrap();
        feeds.release_name(&operator(), &name).await.unwrap();
        assert!(matches!(
            feeds.release_name(&operator(), &name).await,
            Err(Error::NotFound("name"))
        ));
        feeds.create(&ben, feed("main", false), &origin).await.unwrap();
        assert!(matches!(services.audit.verify(None).await.unwrap(), Ok(tip) if tip.seq > 10));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_deleted_feed_held_is_removed_after_a_restart() {
    crate::support::on_both(async |world: World| {
        let (services, ana_id) = world.with_ana().await;
        let secret = token(&services, ana_id).await;
        publish(&services, &secret, "demo", "1.0.0").await.unwrap();
        services.close().await;
        // A command deletes it and ends before it has removed anything.
        let command = world.open(Program::Command).await;
        command.feeds.delete_for(&operator(), "main").await.unwrap();
        command.close().await;
        let services = world.open(Program::Server).await;
        services.feeds.remove_deleted().await.unwrap();
        services.feeds.create_for(&operator(), ana_id, feed("main", false)).await.unwrap();
        assert_eq!(services.feeds.settings_of("main").await.unwrap().contents.packages, 0);
        publish(&services, &secret, "demo", "1.0.0").await.unwrap();
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_is_checked_in_the_words_that_refuse_it() {
    crate::support::on_both(async |mut world: World| {
        let (services, _) = world.with_ana().await;
        account(&services, "ben").await;
        let (feeds, origin) = (&services.feeds, origin());
        let ben = sign_in(&services, "ben").await;
        let check = async |name: &str| feeds.check_name(&ben, name).await.unwrap();
        for (name, is_free, says) in [
            (" Next ", true, "“next” is free."),
            ("main", false, "The name “main” is taken. Choose another."),
            ("API", false, "This name is reserved. Choose another."),
            (
                "my feed",
                false,
                "A name is made of the letters a to z, digits and hyphens. It could be “my-feed”.",
            ),
        ] {
            let found = check(name).await;
            assert_eq!((found.is_free, found.words.as_str()), (is_free, says));
        }
        let taken = feeds.create(&ben, feed("main", false), &origin).await;
        assert_eq!(words(taken), check("main").await.words);
        services.close().await;
        world.fix(Setting::FeedCreation, "admins");
        let services = world.open(Program::Server).await;
        // Who may make none has no business with their names.
        assert!(matches!(services.feeds.check_name(&ben, "x").await, Err(Error::Forbidden(_))));
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn feeds_are_found_by_name_readers_and_role() {
    crate::support::on_both(async |world: World| {
        let (services, ana_id) = world.with_ana().await;
        let ben_id = account(&services, "ben").await;
        let (feeds, origin) = (&services.feeds, origin());
        let ana = sign_in(&services, "ana").await;
        let secret = token(&services, ana_id).await;
        publish(&services, &secret, "demo", "1.0.0").await.unwrap();
        feeds.create_for(&operator(), ben_id, feed("open", true)).await.unwrap();
        feeds.create_for(&operator(), ben_id, feed("hidden", false)).await.unwrap();
        feeds.create_for(&operator(), ben_id, feed("shared", false)).await.unwrap();
        feeds.set_member(&operator(), "shared", "ana", Role::Reader).await.unwrap();
        let describe = Change { description: Some("100% OURS".to_owned()), is_public: None };
        feeds.change(&ana, "main", &describe, &origin).await.unwrap();
        for number in 0..60 {
            let new = feed(&format!("many-{number:02}"), false);
            feeds.create_for(&operator(), ana_id, new).await.unwrap();
        }
        let find = async |query: FeedsQuery| {
            let list = feeds.find(&ana, &query).await.unwrap();
            let names: Vec<String> =
                list.feeds.iter().map(|found| found.feed.name.clone()).collect();
            assert_eq!(list.reachable, 63);
            (list.found, list.page, list.pages, names)
        };
        let all = FeedsQuery::default();
        let (found, page, pages, first) = find(all.clone()).await;
        assert_eq!((found, page, pages, first.len()), (63, 1, 2, 50));
        assert_eq!(first[0], "main");
        let (_, page, _, second) = find(FeedsQuery { page: 9, ..all.clone() }).await;
        assert_eq!((page, second.len(), second[12].as_str()), (2, 13, "shared"));
        let named = async |query| find(query).await.3;
        let text = |text: &str| FeedsQuery { text: text.to_owned(), ..FeedsQuery::default() };
        assert_eq!(named(text("ours")).await, ["main"]);
        assert_eq!(named(text("100%")).await, ["main"]);
        assert_eq!(named(text("MANY-07")).await, ["many-07"]);
        assert!(named(text("%")).await == ["main"] && named(text("hidden")).await.is_empty());
        let public = FeedsQuery { readers: Readers::Anyone, ..all.clone() };
        assert_eq!(named(public).await, ["open"]);
        let reader = FeedsQuery { part: Part::Reader, ..all.clone() };
        assert_eq!(named(reader).await, ["shared"]);
        let stranger = FeedsQuery { part: Part::None, ..all.clone() };
        assert_eq!(named(stranger).await, ["open"]);
        let private = FeedsQuery { readers: Readers::Members, part: Part::Owner, ..all };
        assert_eq!(find(private).await.0, 61);
        let list = feeds.find(&ana, &text("main")).await.unwrap();
        assert_eq!(list.feeds[0].feed.kinds, [(Ecosystem::Npm, 1)]);
        assert_eq!(list.feeds[0].size, 7);
        services.close().await;
    })
    .await;
}

#[tokio::test]
async fn packages_are_found_sorted_and_paged() {
    crate::support::on_both(async |world: World| {
        let (services, ana_id) = world.with_ana().await;
        let secret = token(&services, ana_id).await;
        for name in ["zebra", "@acme/http", "acme-core", "a_b"] {
            world.clock.advance(Duration::from_mins(1));
            publish(&services, &secret, name, "1.0.0").await.unwrap();
        }
        let read = ask(&services, &secret, Wanted::Read(Ecosystem::Npm, "zebra")).await.unwrap();
        services.packages.open(&read, "zebra-1.0.0.tgz", true).await.unwrap();
        services.usage.flush().await.unwrap();
        let grant = ask(&services, &secret, Wanted::Browse).await.unwrap();
        let find = async |query: PackagesQuery| {
            let page = services.feeds.page(&grant, &query).await.unwrap();
            assert_eq!(page.feed.packages(), 4);
            let names: Vec<String> =
                page.packages.iter().map(|package| package.name.clone()).collect();
            assert_eq!(page.found, names.len() as u64);
            names
        };
        let text = |text: &str| PackagesQuery { text: text.to_owned(), ..PackagesQuery::default() };
        let sort = |sort| PackagesQuery { sort, ..PackagesQuery::default() };
        let newest = ["a_b", "acme-core", "@acme/http", "zebra"];
        assert_eq!(find(PackagesQuery::default()).await, newest);
        assert_eq!(find(sort(PackageSort::Downloads)).await[0], "zebra");
        let by_name = find(sort(PackageSort::Name)).await;
        assert_eq!(by_name.last().map(String::as_str), Some("zebra"));
        assert_eq!(find(text("ACME")).await, ["acme-core", "@acme/http"]);
        assert_eq!(find(text("acme http")).await, ["@acme/http"]);
        assert_eq!(find(text("_")).await, ["a_b"]);
        assert!(find(text("nothing")).await.is_empty());
        let nuget = PackagesQuery { kind: Some(Ecosystem::Nuget), ..PackagesQuery::default() };
        assert!(find(nuget).await.is_empty());
        let npm = PackagesQuery { kind: Some(Ecosystem::Npm), ..PackagesQuery::default() };
        assert_eq!(find(npm).await.len(), 4);
        let page = services.feeds.page(&grant, &text("zebra")).await.unwrap();
        let zebra = &page.packages[0];
        assert_eq!((zebra.downloads, zebra.versions, zebra.is_unlisted), (1, 1, false));
        assert_eq!(zebra.published_by.as_deref(), Some("ana"));
        services.close().await;
    })
    .await;
}
