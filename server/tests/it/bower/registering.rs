//! Registering names and taking them back.

use model::action::{Action, ActionSet};

use super::world::{ask, denial, register, sentence, with};
use crate::npm::world::{PASSWORD, World, allow, basic, bearer, draft};

const URL: &str = "git://127.0.0.1:9418/demo.git";

async fn unregister(world: &World, name: &str, credential: &str) -> crate::npm::world::Reply {
    ask(world, "DELETE", &format!("main/bower/packages/{name}"), credential, "").await
}

#[tokio::test]
async fn a_name_is_registered_once_and_taken_back_by_its_registrant() {
    let world = World::new().await;
    let write = basic("x", &with(&world, ActionSet::WRITE, &[]).await);
    let read = basic("x", &with(&world, ActionSet::READ, &[]).await);
    assert_eq!(register(&world, "main", &write, "demo", URL).await.status, 201);
    let again = register(&world, "main", &write, "Demo", "git://other/x.git").await;
    assert_eq!(denial(&again), (403, "LK-EXISTS".to_owned()));
    assert!(sentence(&again).contains("Demo is registered in feed main"), "{}", again.reason);
    // A name that could be taken for it, and the same in another feed.
    let like = register(&world, "main", &write, "de.mo", URL).await.status;
    assert_eq!(like, 201, "it differs in more than its separators");
    assert_eq!(register(&world, "main", &write, "de_mo", URL).await.status, 403);
    assert_eq!(register(&world, "side", &write, "demo", URL).await.status, 201);
    let found = ask(&world, "GET", "main/bower/packages/demo", &read, "").await;
    assert_eq!(found.json(), serde_json::json!({ "name": "demo", "url": URL }));
    // Ana's, with another of her tokens that may still publish it; a name is free afterwards.
    let other = bearer(&with(&world, ActionSet::WRITE, &[]).await);
    assert_eq!(unregister(&world, "DEMO", &other).await.status, 204);
    assert_eq!(unregister(&world, "demo", &other).await.status, 403);
    assert_eq!(ask(&world, "GET", "main/bower/packages/demo", &read, "").await.status, 404);
    assert_eq!(register(&world, "main", &write, "demo", "https://h/demo.zip").await.status, 201);
    let found = ask(&world, "GET", "main/bower/packages/demo", &read, "").await;
    assert_eq!(found.json()["url"], "https://h/demo.zip");
}

#[tokio::test]
async fn somebody_elses_name_takes_the_right_to_delete() {
    let world = World::new().await;
    let feeds = &world.server.services.feeds;
    let operator = crate::npm::world::operator();
    feeds.set_member(&operator, "main", "rob", model::role::Role::Contributor).await.unwrap();
    let ana = bearer(&with(&world, ActionSet::WRITE, &[]).await);
    assert_eq!(register(&world, "main", &ana, "demo", URL).await.status, 201);
    let robs = draft(vec![allow(ActionSet::of(&Action::ALL), &[], &[])]);
    let robs = bearer(&world.make(world.rob, robs).await.1);
    // A contributor may publish, and not delete what others registered.
    assert_eq!(denial(&unregister(&world, "demo", &robs).await), (403, "LK-ROLE".to_owned()));
    assert_eq!(register(&world, "main", &robs, "robs", URL).await.status, 201);
    assert_eq!(denial(&unregister(&world, "robs", &ana).await), (403, "LK-SCOPE".to_owned()));
    let delete = bearer(&with(&world, ActionSet::of(&[Action::Delete]), &[]).await);
    assert_eq!(unregister(&world, "robs", &delete).await.status, 204);
    assert_eq!(unregister(&world, "absent", &delete).await.status, 404);
    assert_eq!(register(&world, "main", &robs, "robs", URL).await.status, 201);
    assert_eq!(unregister(&world, "robs", &robs).await.status, 204);
}

#[tokio::test]
async fn registering_takes_the_right_to_publish_the_name() {
    let world = World::new().await;
    let read = with(&world, ActionSet::READ, &[]).await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    let acme = with(&world, ActionSet::WRITE, &["bower|acme-*"]).await;
    let npm = with(&world, ActionSet::WRITE, &["npm|*"]).await;
    let outcome = async |feed: &str, credential: &str, name: &str| {
        let reply = register(&world, feed, credential, name, URL).await;
        if reply.status == 201 { "ok".to_owned() } else { denial(&reply).1 }
    };
    for (feed, credential, name, expected) in [
        ("main", String::new(), "demo", "LK-MISSING"),
        ("absent", String::new(), "demo", "LK-MISSING"),
        ("open", String::new(), "demo", "LK-MISSING"),
        ("main", basic("x", &read), "demo", "LK-SCOPE"),
        ("main", basic("ana", PASSWORD), "demo", "LK-PASSWORD-READONLY"),
        ("eves", basic("x", &write), "demo", "LK-FEED"),
        ("main", basic("x", &acme), "demo", "LK-PACKAGE"),
        ("main", basic("x", &npm), "demo", "LK-PACKAGE"),
        ("main", basic("x", &acme), "acme-demo", "ok"),
        ("open", basic("x", &write), "demo", "ok"),
    ] {
        assert_eq!(outcome(feed, &credential, name).await, expected, "{feed} {name}");
    }
}

#[tokio::test]
async fn what_cannot_be_registered_is_said() {
    let world = World::new().await;
    let token = with(&world, ActionSet::WRITE, &[]).await;
    let write = bearer(&token);
    for (name, url, words) in [
        ("", URL, "needs a name"),
        ("a b", URL, "letters, digits"),
        ("demo", "", "needs the URL"),
        ("demo", "file:///etc/passwd", "has to be a git, http, https or ssh URL"),
        ("demo", "git://h/a\nb", "control characters"),
        ("demo", "https://ana:secret@h/a", "holds a password"),
        ("demo", &format!("https://h/{token}/a.git"), "holds an access token"),
    ] {
        let reply = register(&world, "main", &write, name, url).await;
        assert_eq!(reply.status, 400, "{name} {url}");
        let said = sentence(&reply);
        assert!(said.contains(words) && !said.contains(&token[4..]), "{said}");
    }
    let large = "name=demo&url=".to_owned() + &"a".repeat(20_000);
    assert_eq!(ask(&world, "POST", "main/bower/packages", &write, large).await.status, 413);
    let listed = ask(&world, "GET", "main/bower/packages", &basic("ana", PASSWORD), "").await;
    assert_eq!(listed.json(), serde_json::json!([]));
}

#[tokio::test]
async fn the_token_of_a_login_counts_for_unregistering_alone() {
    let world = World::new().await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    let query = |path: &str| format!("main/bower/{path}?access_token={write}");
    let form = "name=demo&url=git%3A%2F%2Fh%2Fa";
    let refused = ask(&world, "POST", &query("packages"), "", form).await;
    assert_eq!(denial(&refused), (401, "LK-MISSING".to_owned()));
    assert_eq!(register(&world, "main", &bearer(&write), "demo", URL).await.status, 201);
    let refused = ask(&world, "GET", &query("packages/demo"), "", "").await;
    assert_eq!(denial(&refused), (401, "LK-MISSING".to_owned()));
    // A header decides before it.
    let read = bearer(&with(&world, ActionSet::READ, &[]).await);
    let refused = ask(&world, "DELETE", &query("packages/demo"), &read, "").await;
    assert_eq!(denial(&refused), (403, "LK-SCOPE".to_owned()));
    let wrong = ask(&world, "DELETE", "main/bower/packages/demo?access_token=x", "", "").await;
    assert_eq!(denial(&wrong), (401, "LK-UNKNOWN".to_owned()));
    let done = ask(&world, "DELETE", &query("packages/demo"), "", "").await;
    assert_eq!((done.status, done.body.len()), (204, 0));
}

#[tokio::test]
async fn many_registrations_of_a_name_make_one() {
    let world = World::new().await;
    let write = bearer(&with(&world, ActionSet::WRITE, &[]).await);
    let all = (0..8).map(|_| register(&world, "main", &write, "demo", URL));
    let mut statuses: Vec<u16> =
        futures::future::join_all(all).await.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403, 403, 403, 403, 403]);
}
