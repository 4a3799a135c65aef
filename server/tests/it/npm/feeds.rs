//! Feeds on the pages, by forms as they are sent without script, and what npm's clients feel of it.

use std::time::Duration;

use model::{action::ActionSet, views::FeedPage};
use serde_json::{Value, json};

use super::world::{PASSWORD, READ_WRITE, World, allow, bearer, draft};
use crate::browser::Browser;

async fn signed_in<'a>(world: &'a World, name: &str) -> Browser<'a> {
    let browser = Browser::new(&world.server);
    let answer = browser.post("/sign-in", &[("login", name), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 303);
    browser
}

/// A page as text, without the markers for the script.
async fn page(browser: &Browser<'_>, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text().replace("<!>", "")
}

async fn token_of(world: &World, owner: model::id::AccountId) -> String {
    bearer(&world.make(owner, draft(vec![allow(READ_WRITE, &[], &[])])).await.1)
}

#[tokio::test]
async fn a_removed_members_client_is_refused_at_its_next_request() {
    let world = World::new().await;
    world.publish("main", &world.everything().await, "demo", "1.0.0").await;
    let ana = signed_in(&world, "ana").await;
    let eves = token_of(&world, world.eve).await;
    let asks = async || world.get("main/npm/demo", &eves).await.status;
    let publishes =
        async |version: &str| world.publish("main", &eves, "demo", version).await.status;
    assert_eq!(asks().await, 403);
    let members = "/feeds/main/members";
    let added = ana.post(members, &[("username", "Eve"), ("role", "reader")]).await;
    assert_eq!(
        (added.status.as_u16(), added.header("location")),
        (303, "/feeds/main/members?changed=eve")
    );
    assert!(page(&ana, "/feeds/main/members?changed=eve").await.contains("eve is now reader."));
    assert_eq!((asks().await, asks().await), (200, 200));
    assert_eq!(publishes("1.0.1").await, 403);
    let role = [("username", "eve"), ("role", "contributor")];
    assert_eq!(ana.post("/feeds/main/members/role", &role).await.status, 303);
    assert_eq!(publishes("1.0.1").await, 201);
    let removed = ana.post("/feeds/main/members/remove", &[("username", "eve")]).await;
    assert_eq!(removed.status, 303);
    assert_eq!(world.get("main/npm/demo", &eves).await.denial(), (403, "LK-FEED".to_owned()));
    assert_eq!(publishes("1.0.2").await, 403);
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_where_it_was_typed() {
    let world = World::new().await;
    let ana = signed_in(&world, "ana").await;
    let members = "/feeds/main/members";
    for (name, status, says) in [
        ("nobody", 422, "There is no account “nobody”."),
        ("rob@example.com", 422, "Give the user name, not the email address."),
        ("rob", 409, "rob is a member already, as reader."),
        ("<b>", 422, "There is no account “&lt;b&gt;”."),
    ] {
        let answer = ana.post(members, &[("username", name), ("role", "owner")]).await;
        let html = answer.text().replace("<!>", "");
        assert_eq!(answer.status, status, "{name}");
        assert!(html.contains(says), "{says}: {html}");
        assert!(html.contains("<a href=\"#username\">") && html.contains("Error: Members of main"));
        let (card, _) =
            html.split_once("value=\"owner\" checked").unwrap_or_else(|| panic!("{html}"));
        assert!(card.contains("name=\"role\""), "the role that was chosen is kept");
    }
    let only = ana.post("/feeds/main/members/remove", &[("username", "ana")]).await;
    assert_eq!(only.status, 422);
    assert!(only.text().contains("ana is the only owner of main."));
    // Those who only see the list are shown no way to change it, and have none.
    let rob = signed_in(&world, "rob").await;
    let seen = page(&rob, members).await;
    assert!(seen.contains("(you)") && seen.contains("Leave main"), "{seen}");
    assert!(!seen.contains("Add a member") && !seen.contains("Remove"), "{seen}");
    for (path, fields) in [
        (members, &[("username", "eve"), ("role", "reader")][..]),
        ("/feeds/main/members/role", &[("username", "rob"), ("role", "owner")]),
        ("/feeds/main/members/remove", &[("username", "ana")]),
        ("/feeds/main/settings", &[("description", "mine")]),
        ("/feeds/main/settings/readers", &[("visibility", "public")]),
        ("/feeds/main/settings/delete", &[("confirm", "main")]),
    ] {
        assert_eq!(rob.post(path, fields).await.status, 403, "{path}");
        let eve = signed_in(&world, "eve").await;
        assert_eq!(eve.post(path, fields).await.status, 404, "{path}");
        let stranger = Browser::new(&world.server).post(path, fields).await;
        assert_eq!(stranger.status, 303, "{path}");
        assert!(stranger.header("location").starts_with("/sign-in?next="), "{path}");
    }
    let left = rob.post("/feeds/main/members/remove", &[("username", "rob")]).await;
    assert_eq!(left.header("location"), "/feeds?left=main");
    assert!(page(&rob, "/feeds?left=main").await.contains("has you as a member no more"));
    assert_eq!(rob.get(members).await.status, 404);
}

#[tokio::test]
async fn what_gives_access_asks_for_the_password_and_keeps_what_was_typed() {
    let world = World::new().await;
    let ana = signed_in(&world, "ana").await;
    world.server.clock.advance(Duration::from_hours(3));
    let members = "/feeds/main/members";
    let answer = ana.post(members, &[("username", "eve"), ("role", "contributor")]).await;
    let next = "/feeds/main/members?username=eve&role=contributor";
    let encoded = model::links::segment(next);
    assert_eq!(answer.header("location"), format!("/confirm?next={encoded}"));
    let filled = page(&ana, next).await;
    assert!(filled.contains("value=\"eve\"") && filled.contains("value=\"contributor\" checked"));
    let raise = [("username", "rob"), ("role", "owner")];
    let settings = "/feeds/main/settings";
    for (path, fields) in [
        ("/feeds/main/members/role", &raise[..]),
        ("/feeds/main/settings/readers", &[("visibility", "public")]),
        ("/feeds/main/settings/delete", &[("confirm", "main")]),
    ] {
        let answer = ana.post(path, fields).await;
        assert!(answer.header("location").starts_with("/confirm?next=%2Ffeeds%2Fmain"), "{path}");
    }
    // What takes access away does not wait for it, nor do words.
    let removed = ana.post("/feeds/main/members/remove", &[("username", "rob")]).await;
    assert_eq!(removed.header("location"), "/feeds/main/members?changed=rob");
    let described = ana.post(settings, &[("description", "Ours <all>")]).await;
    assert_eq!(described.header("location"), "/feeds/main/settings?saved=yes");
    assert!(page(&ana, "/feeds/main").await.contains("Ours &lt;all&gt;"));
    let confirmed = ana.post("/confirm", &[("password", PASSWORD), ("next", next)]).await;
    assert_eq!(confirmed.header("location"), next);
    let added = ana.post(members, &[("username", "eve"), ("role", "contributor")]).await;
    assert_eq!(added.header("location"), "/feeds/main/members?changed=eve");
}

#[tokio::test]
async fn a_feed_is_opened_and_closed_to_everybody() {
    let world = World::new().await;
    world.publish("main", &world.everything().await, "demo", "1.0.0").await;
    let ana = signed_in(&world, "ana").await;
    let settings = page(&ana, "/feeds/main/settings").await;
    assert!(settings.contains("find and download its 1 package"), "{settings}");
    let anybody = async || world.get("main/npm/demo", "").await.status;
    assert_eq!(anybody().await, 401);
    for (visibility, status, words) in [
        ("public", 200, "Make main private"),
        ("nonsense", 200, "Make main private"),
        ("private", 401, "Make main public"),
    ] {
        let fields = [("visibility", visibility)];
        assert_eq!(ana.post("/feeds/main/settings/readers", &fields).await.status, 303);
        assert_eq!(anybody().await, status, "{visibility}");
        assert!(page(&ana, "/feeds/main/settings").await.contains(words), "{visibility}");
    }
}

#[tokio::test]
async fn a_feed_is_deleted_by_its_name() {
    let world = World::new().await;
    let everything = world.everything().await;
    for version in ["1.0.0", "1.0.1"] {
        world.publish("main", &everything, "demo", version).await;
    }
    let limited = draft(vec![allow(ActionSet::READ, &[world.main], &[])]);
    let limited = bearer(&world.make(world.rob, limited).await.1);
    let ana = signed_in(&world, "ana").await;
    let settings = page(&ana, "/feeds/main/settings").await;
    for part in ["1 package with 2 versions are deleted", "1 token is limited to this feed"] {
        assert!(settings.contains(part), "{part}: {settings}");
    }
    let delete = "/feeds/main/settings/delete";
    let mistyped = ana.post(delete, &[("confirm", "mian")]).await;
    assert_eq!(mistyped.status, 422);
    let html = mistyped.text();
    assert!(
        html.contains("<a href=\"#confirm\">To delete the feed, type its name: main."),
        "{html}"
    );
    assert!(html.contains("value=\"mian\""), "what was typed is kept");
    assert_eq!(world.get("main/npm/demo", &limited).await.status, 200);
    let deleted = ana.post(delete, &[("confirm", "main")]).await;
    assert_eq!(deleted.header("location"), "/feeds?deleted=main");
    let list = page(&ana, "/feeds?deleted=main").await;
    assert!(list.contains("<strong>main</strong> is deleted."), "{list}");
    // A link cannot make the page say it of a feed that is there.
    assert!(!page(&ana, "/feeds?deleted=side").await.contains("is deleted."));
    assert_eq!(world.get("main/npm/demo", &limited).await.denial(), (403, "LK-FEED".to_owned()));
    assert_eq!(world.get("main/npm/demo", &everything).await.status, 403);
    assert_eq!(ana.get("/feeds/main").await.status, 404);
    let eve = signed_in(&world, "eve").await;
    let taken = eve.post("/feeds/new", &[("name", "main"), ("visibility", "private")]).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains("was used before"));
    let again = ana.post("/feeds/new", &[("name", "main"), ("visibility", "private")]).await;
    assert_eq!(again.header("location"), "/feeds/main");
    assert_eq!(world.get("main/npm/demo", &everything).await.status, 404);
    // Rules name feeds by id: what was limited to the old feed is not for the new one.
    assert_eq!(world.get("main/npm/demo", &limited).await.status, 403);
}

#[tokio::test]
async fn packages_are_searched_by_the_address() {
    let world = World::new().await;
    let ana = signed_in(&world, "ana").await;
    let everything = world.everything().await;
    for name in ["acme-core", "@acme/http", "zebra"] {
        world.publish("main", &everything, name, "1.0.0").await;
    }
    let all = page(&ana, "/feeds/main").await;
    for part in [
        "3 packages",
        "href=\"/feeds/main/npm/acme-core\"",
        "href=\"/feeds/main/npm/@acme%2Fhttp\"",
        "by ana",
        "Use it with your client",
        "href=\"/feeds/main/members\"",
        "href=\"/feeds/main/settings\"",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let rob = signed_in(&world, "rob").await;
    assert!(!page(&rob, "/feeds/main").await.contains("href=\"/feeds/main/settings\""));
    let some = page(&ana, "/feeds/main?q=ACME&sort=name&kind=npm").await;
    assert!(some.contains("2 of 3 packages") && !some.contains(">zebra<"), "{some}");
    assert!(some.contains("value=\"ACME\""), "what was asked for stands in the form");
    let (_, sort) = some.split_once("value=\"name\"").unwrap();
    assert!(sort.split_once('>').unwrap().0.contains("selected"), "{sort}");
    let none = page(&ana, "/feeds/main?q=%3Cscript%3E").await;
    assert!(none.contains("No package matches") && none.contains("0 of 3 packages"), "{none}");
    assert!(none.contains("value=\"&lt;script"), "it is text: {none}");
    // The browser is told the same.
    let asked = json!({ "feed": "main", "query": { "text": "acme", "sort": "name" } });
    let answer = ana.call("feeds/page", asked).await;
    let told: FeedPage = serde_json::from_slice(&answer.body).unwrap();
    let names: Vec<_> = told.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!((names, told.found), (vec!["@acme/http", "acme-core"], 2));
}

#[tokio::test]
async fn hydrated_pages_do_what_forms_do() {
    let world = World::new().await;
    let ana = signed_in(&world, "ana").await;
    let change = async |browser: &Browser<'_>, change: Value| {
        let arguments = json!({ "feed": "main", "member": "eve", "change": change });
        browser.call("feeds/members/change", arguments).await.status.as_u16()
    };
    let act = async |browser: &Browser<'_>, act: Value| {
        browser.call("feeds/act", json!({ "feed": "main", "act": act })).await.status.as_u16()
    };
    let rob = signed_in(&world, "rob").await;
    let eve = signed_in(&world, "eve").await;
    let stranger = Browser::new(&world.server);
    for (browser, status) in [(&rob, 403), (&eve, 404), (&stranger, 401)] {
        assert_eq!(change(browser, json!({ "add": "owner" })).await, status);
        assert_eq!(act(browser, json!("publish")).await, status);
        assert_eq!(act(browser, json!({ "delete": "main" })).await, status);
    }
    assert_eq!(change(&ana, json!({ "add": "reader" })).await, 200);
    assert_eq!(change(&ana, json!({ "change": "contributor" })).await, 200);
    assert_eq!(change(&ana, json!("remove")).await, 200);
    assert_eq!(change(&ana, json!("remove")).await, 422);
    assert_eq!(act(&ana, json!({ "describe": "Ours" })).await, 200);
    assert_eq!(act(&ana, json!({ "describe": "x".repeat(201) })).await, 422);
    assert_eq!(act(&ana, json!("publish")).await, 200);
    assert_eq!(world.get("main/npm/demo", "").await.status, 404);
    assert_eq!(act(&ana, json!("close")).await, 200);
    assert_eq!(world.get("main/npm/demo", "").await.status, 401);
    assert_eq!(act(&ana, json!({ "delete": "mine" })).await, 422);
    world.server.clock.advance(Duration::from_hours(3));
    for (status, answer) in [
        (403, change(&ana, json!({ "add": "reader" })).await),
        (403, act(&ana, json!("publish")).await),
        (403, act(&ana, json!({ "delete": "main" })).await),
    ] {
        assert_eq!(answer, status, "the identity is not confirmed");
    }
}
