//! What becomes of versions that are there: deprecated, deleted, tagged.

use axum::body::Body;
use model::action::{Action, ActionSet};
use serde_json::{Value, json};

use super::world::{Reply, World, document};

const UNLIST: ActionSet = ActionSet::of(&[Action::Unlist]);
const DELETE: ActionSet = ActionSet::of(&[Action::Delete]);
const REV: &str = "main/npm/@acme%2fdemo/-rev";
const WRITE: &str = "main/npm/@acme%2fdemo?write=true";

/// `@acme/demo` 1.0.0, 1.1.0 and 2.0.0-rc.1 in `main`; the credential that published them.
async fn published(world: &World) -> String {
    let ana = world.everything().await;
    for (version, tag) in [("1.0.0", "latest"), ("1.1.0", "latest"), ("2.0.0-rc.1", "next")] {
        let sent = document("@acme/demo", version, tag, version.as_bytes());
        assert_eq!(world.put("main", &ana, &sent).await.status, 201);
    }
    ana
}

async fn outline(world: &World, credential: &str) -> Value {
    let reply = world.get(WRITE, credential).await;
    assert_eq!(reply.status, 200);
    reply.json()
}

async fn ask(world: &World, method: &str, path: &str, credential: &str, body: &Value) -> Reply {
    world.ask(method, path, credential, &[], body.to_string()).await
}

async fn versions(world: &World, credential: &str) -> Vec<String> {
    let packument = world.get("main/npm/@acme%2fdemo", credential).await.json();
    packument["versions"].as_object().unwrap().keys().cloned().collect()
}

/// What `npm unpublish @acme/demo@version` sends first.
fn without(mut outline: Value, version: &str) -> Value {
    outline["versions"].as_object_mut().unwrap().remove(version);
    outline["dist-tags"].as_object_mut().unwrap().retain(|_, target| target != version);
    outline
}

#[tokio::test]
async fn what_can_be_changed_is_for_those_who_may() {
    let world = World::new().await;
    let ana = published(&world).await;
    let full = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    for actions in [UNLIST, DELETE] {
        let document = outline(&world, &world.token(actions).await).await;
        assert_eq!(document["_rev"], full["_rev"]);
        assert_eq!(document["dist-tags"], json!({ "latest": "1.1.0", "next": "2.0.0-rc.1" }));
        let one = &document["versions"]["1.0.0"];
        let tarball = &full["versions"]["1.0.0"]["dist"]["tarball"];
        let expected =
            json!({ "name": "@acme/demo", "version": "1.0.0", "dist": { "tarball": tarball } });
        assert_eq!(*one, expected);
        assert_eq!(document.get("readme"), None);
    }
    let others = world.token(ActionSet::READ.with(ActionSet::WRITE)).await;
    let refused = world.get(WRITE, &others).await;
    assert_eq!(refused.denial(), (403, "LK-SCOPE".to_owned()));
    assert!(refused.sentence().contains("may not unlist"), "{}", refused.sentence());
    let unpublish = [("npm-command", "unpublish")];
    let refused = world.ask("GET", WRITE, &others, &unpublish, Body::empty()).await;
    assert!(refused.sentence().contains("may not delete"), "{}", refused.sentence());
    assert_eq!(world.get(WRITE, "").await.denial(), (401, "LK-MISSING".to_owned()));
    let absent = world.get("main/npm/absent?write=true", &ana).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn deprecating_changes_reasons_and_nothing_else() {
    let world = World::new().await;
    let ana = published(&world).await;
    let unlist = world.token(UNLIST).await;
    let mut sent = outline(&world, &unlist).await;
    for version in ["1.0.0", "1.1.0"] {
        sent["versions"][version]["deprecated"] = json!("use 2 \u{1f600}");
    }
    sent["versions"]["1.0.0"]["scripts"] = json!({ "install": "evil" });
    sent["dist-tags"]["latest"] = json!("1.0.0");
    let before = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    for (credential, headers) in [(&unlist, &[][..]), (&unlist, &[("npm-command", "deprecate")])] {
        let path = "main/npm/@acme%2fdemo";
        sent["_rev"] = outline(&world, &unlist).await["_rev"].clone();
        let reply = world.ask("PUT", path, credential, headers, sent.to_string()).await;
        assert_eq!(reply.status, 200, "{:?}", String::from_utf8(reply.body));
    }
    let mut after = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    for version in ["1.0.0", "1.1.0"] {
        let reason = after["versions"][version].as_object_mut().unwrap().remove("deprecated");
        assert_eq!(reason, Some(json!("use 2 \u{1f600}")));
    }
    assert_eq!(after["versions"], before["versions"]);
    assert_eq!(after["dist-tags"], before["dist-tags"]);
    assert_ne!(after["_rev"], before["_rev"]);

    // The empty reason takes it back.
    let mut sent = outline(&world, &unlist).await;
    sent["versions"]["1.0.0"]["deprecated"] = json!("");
    assert_eq!(world.put("main", &ana, &sent).await.status, 200);
    let short = ("accept", "application/vnd.npm.install-v1+json");
    let reply = world.ask("GET", "main/npm/@acme%2fdemo", &ana, &[short], Body::empty()).await;
    let versions = &reply.json()["versions"];
    assert_eq!(versions["1.0.0"].get("deprecated"), None);
    assert_eq!(versions["1.1.0"]["deprecated"], "use 2 \u{1f600}");
}

#[tokio::test]
async fn who_may_not_change_is_told_what_is_missing() {
    let world = World::new().await;
    let ana = published(&world).await;
    let good = outline(&world, &ana).await;
    let mut deprecated = good.clone();
    deprecated["_rev"] = json!("1-stale");
    deprecated["versions"]["1.0.0"]["deprecated"] = json!("x");
    let gone = without(good.clone(), "1.0.0");
    let archive = "main/npm/@acme/demo/-/demo-1.0.0.tgz/-rev/1-stale";
    let tag = "main/npm/-/package/@acme%2fdemo/dist-tags/old";
    for (actions, [change, delete]) in [
        (UNLIST, ["ok", "LK-SCOPE"]),
        (DELETE, ["LK-SCOPE", "ok"]),
        (ActionSet::READ, ["LK-SCOPE", "LK-SCOPE"]),
        (ActionSet::WRITE, ["LK-SCOPE", "LK-SCOPE"]),
    ] {
        let token = world.token(actions).await;
        for (method, path, body, expected) in [
            ("PUT", "main/npm/@acme%2fdemo", &deprecated, change),
            ("PUT", tag, &json!("9.9.9"), change),
            ("DELETE", tag, &Value::Null, change),
            ("DELETE", archive, &Value::Null, delete),
            ("DELETE", &format!("{REV}/1-stale"), &Value::Null, delete),
        ] {
            let reply = ask(&world, method, path, &token, body).await;
            // What is allowed fails for another reason, so that nothing changes.
            let outcome = match reply.status {
                409 | 404 => "ok".to_owned(),
                _ => reply.denial().1,
            };
            assert_eq!(outcome, expected, "{actions:?} {method} {path}");
        }
        // It is the document that says which of the two is meant.
        if delete != "ok" {
            let path = format!("{REV}/{}", good["_rev"].as_str().unwrap());
            let reply = ask(&world, "PUT", &path, &token, &gone).await;
            assert_eq!(reply.denial().1, delete, "{actions:?}");
        }
    }
    let delete = world.token(DELETE).await;
    let mut with_reason = good.clone();
    with_reason["versions"]["1.0.0"]["deprecated"] = json!("x");
    let path = format!("{REV}/{}", good["_rev"].as_str().unwrap());
    let reply = ask(&world, "PUT", &path, &delete, &with_reason).await;
    assert_eq!(reply.denial().1, "LK-SCOPE");
    assert_eq!(outline(&world, &ana).await, good);
}

#[tokio::test]
async fn unpublishing_a_version_is_done_by_its_first_half() {
    let world = World::new().await;
    let ana = published(&world).await;
    let delete = world.token(DELETE).await;
    let first = outline(&world, &delete).await;
    let path = format!("{REV}/{}", first["_rev"].as_str().unwrap());
    let reply = ask(&world, "PUT", &path, &delete, &without(first, "1.1.0")).await;
    assert_eq!(reply.status, 200);
    // npm may be interrupted here: nothing is half there.
    let packument = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    assert_eq!(packument["dist-tags"], json!({ "latest": "1.0.0", "next": "2.0.0-rc.1" }));
    assert_eq!(packument["versions"].get("1.1.0"), None);
    assert_eq!(packument["time"].get("1.1.0"), None);
    for gone in ["@acme/demo/1.1.0", "@acme/demo/-/demo-1.1.0.tgz"] {
        assert_eq!(world.get(&format!("main/npm/{gone}"), &ana).await.status, 404, "{gone}");
    }
    let second = outline(&world, &delete).await;
    let rev = second["_rev"].as_str().unwrap();
    let archive = "main/npm/@acme/demo/-/demo-1.1.0.tgz/-rev";
    for _ in 0..2 {
        let reply = ask(&world, "DELETE", &format!("{archive}/{rev}"), &delete, &json!({})).await;
        assert_eq!(reply.status, 200);
    }
    let again = world.put("main", &ana, &document("@acme/demo", "1.1.0", "latest", b"x")).await;
    assert_eq!(again.denial(), (403, "LK-EXISTS".to_owned()));
    assert!(again.sentence().contains("was deleted"), "{}", again.sentence());
    // The second half alone, as other clients may have it, means the version.
    let path = format!("main/npm/@acme/demo/-/@acme/demo-1.0.0.tgz/-rev/{rev}");
    assert_eq!(ask(&world, "DELETE", &path, &delete, &json!({})).await.status, 200);
    assert_eq!(versions(&world, &ana).await, ["2.0.0-rc.1"]);
    let other = format!("main/npm/@acme/demo/-/other.tgz/-rev/{rev}");
    assert_eq!(ask(&world, "DELETE", &other, &delete, &json!({})).await.status, 404);
}

#[tokio::test]
async fn unpublishing_a_package_leaves_its_name_and_its_numbers() {
    let world = World::new().await;
    let ana = published(&world).await;
    let delete = world.token(DELETE).await;
    let rev = outline(&world, &delete).await["_rev"].as_str().unwrap().to_owned();
    let path = format!("{REV}/{rev}");
    assert_eq!(ask(&world, "DELETE", &path, &delete, &json!({})).await.status, 200);
    assert_eq!(world.get("main/npm/@acme%2fdemo", &ana).await.status, 404);
    assert_eq!(ask(&world, "DELETE", &path, &delete, &json!({})).await.status, 404);
    let again = world.put("main", &ana, &document("@acme/demo", "1.0.0", "latest", b"x")).await;
    assert_eq!(again.denial().1, "LK-EXISTS");
    assert_eq!(world.publish("main", &ana, "@acme/demo", "3.0.0").await.status, 201);
    let blobs = world.files();
    assert!(!blobs.is_empty());
}

#[tokio::test]
async fn what_changed_in_between_is_not_overwritten() {
    let world = World::new().await;
    let ana = published(&world).await;
    let old = outline(&world, &ana).await;
    let rev = old["_rev"].as_str().unwrap();
    assert_eq!(world.publish("main", &ana, "@acme/demo", "1.2.0").await.status, 201);
    let mut deprecated = old.clone();
    deprecated["versions"]["1.0.0"]["deprecated"] = json!("x");
    let archive = "main/npm/@acme/demo/-/demo-1.0.0.tgz/-rev";
    for (method, path, body) in [
        ("PUT", "main/npm/@acme%2fdemo".to_owned(), &deprecated),
        ("PUT", format!("{REV}/{rev}"), &without(old.clone(), "1.0.0")),
        ("DELETE", format!("{REV}/{rev}"), &Value::Null),
        ("DELETE", format!("{archive}/{rev}"), &Value::Null),
    ] {
        let reply = ask(&world, method, &path, &ana, body).await;
        assert_eq!(reply.status, 409, "{method} {path}");
        assert!(reply.sentence().contains("Run the command again"), "{method} {path}");
    }
    assert_eq!(versions(&world, &ana).await.len(), 4);
}

#[tokio::test]
async fn documents_that_ask_for_something_else_are_refused() {
    let world = World::new().await;
    let ana = published(&world).await;
    let good = outline(&world, &ana).await;
    let rev = good["_rev"].as_str().unwrap();
    let fewer = without(without(good.clone(), "1.0.0"), "1.1.0");
    let mut more = good.clone();
    more["versions"]["9.0.0"] = json!({});
    let mut nameless = good.clone();
    nameless.as_object_mut().unwrap().remove("_rev");
    let owners = json!({ "_id": "@acme/demo", "_rev": rev, "maintainers": [{ "name": "eve" }] });
    for (path, body, words) in [
        (format!("{REV}/{rev}"), &fewer, "one by one"),
        ("main/npm/@acme%2fdemo".to_owned(), &without(good.clone(), "1.0.0"), "npm unpublish"),
        (format!("{REV}/{rev}"), &more, "There is no version 9.0.0"),
        (format!("{REV}/{rev}"), &owners, "members of their feed"),
        (format!("{REV}/{rev}"), &json!("text"), "cannot be read"),
        ("main/npm/@acme%2fdemo".to_owned(), &nameless, "nor the _rev"),
    ] {
        let reply = ask(&world, "PUT", &path, &ana, body).await;
        assert_eq!(reply.status, 400, "{words}");
        assert!(reply.sentence().contains(words), "{words}: {}", reply.sentence());
    }
    let sent = document("@acme/demo", "3.0.0", "latest", b"x").to_string();
    let deprecate = [("npm-command", "deprecate")];
    let reply = world.ask("PUT", "main/npm/@acme%2fdemo", &ana, &deprecate, sent).await;
    assert_eq!(reply.status, 400);
    assert!(reply.sentence().contains("use npm publish"), "{}", reply.sentence());
    assert_eq!(versions(&world, &ana).await.len(), 3);
}

#[tokio::test]
async fn dist_tags() {
    let world = World::new().await;
    published(&world).await;
    let (unlist, reader) = (world.token(UNLIST).await, world.token(ActionSet::READ).await);
    let path = "main/npm/-/package/@acme%2fdemo/dist-tags";
    for credential in [&unlist, &reader] {
        let tags = world.get(path, credential).await.json();
        assert_eq!(tags, json!({ "latest": "1.1.0", "next": "2.0.0-rc.1" }));
    }
    let put = async |tag: &str, body: &str| {
        world.ask("PUT", &format!("{path}/{tag}"), &unlist, &[], body.to_owned()).await
    };
    assert_eq!(put("stable", "\"1.0.0\"").await.status, 200);
    assert_eq!(put("latest", "\"1.0.0\"").await.status, 200);
    let tags = json!({ "latest": "1.0.0", "next": "2.0.0-rc.1", "stable": "1.0.0" });
    assert_eq!(world.get(path, &reader).await.json(), tags);
    assert_eq!(world.get("main/npm/@acme/demo/stable", &reader).await.json()["version"], "1.0.0");
    for (tag, body, status, words) in [
        ("stable", "\"9.0.0\"", 404, "has no version 9.0.0"),
        ("1.x", "\"1.0.0\"", 400, "reads as a range"),
        ("a%20b", "\"1.0.0\"", 400, "must begin with"),
        ("stable", "1.0.0", 400, "in double quotes"),
    ] {
        let reply = put(tag, body).await;
        assert_eq!(reply.status, status, "{tag}");
        assert!(reply.json()["error"].as_str().unwrap().contains(words), "{tag}");
    }
    let remove = async |tag: &str| {
        world.ask("DELETE", &format!("{path}/{tag}"), &unlist, &[], Body::empty()).await
    };
    assert_eq!(remove("stable").await.status, 200);
    assert_eq!(remove("stable").await.status, 404);
    let refused = remove("latest").await;
    assert_eq!(refused.status, 400);
    assert!(refused.sentence().contains("cannot be removed"), "{}", refused.sentence());
    let absent = "main/npm/-/package/absent/dist-tags";
    assert_eq!(world.get(absent, &reader).await.status, 404);
    assert_eq!(world.get(path, "").await.denial(), (401, "LK-MISSING".to_owned()));
    let writer = world.token(ActionSet::WRITE).await;
    assert_eq!(world.get(path, &writer).await.denial(), (403, "LK-SCOPE".to_owned()));
}

#[tokio::test]
async fn an_unlisted_version_is_one_to_avoid() {
    use model::ecosystem::Ecosystem;
    use registry::access::{AccessRequest, Credential, Wanted};
    let world = World::new().await;
    let ana = published(&world).await;
    let origin = registry::Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let wanted = Wanted::Unlist(Ecosystem::Npm, "@acme/demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let token = Credential::Token(ana.strip_prefix("Bearer ").unwrap().to_owned());
    let services = &world.server.services;
    let grant = services.access.authorize(&token, request).await.unwrap();
    services.packages.set_listed(&grant, "1.1.0", false).await.unwrap();
    let packument = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    assert_eq!(packument["dist-tags"]["latest"], "1.0.0");
    let said = packument["versions"]["1.1.0"]["deprecated"].as_str().unwrap();
    assert!(said.contains("unlisted"), "{said}");
    // It is there for whoever names it, and what npm deprecate sends back does not become a reason.
    assert_eq!(world.get("main/npm/@acme/demo/-/demo-1.1.0.tgz", &ana).await.status, 200);
    let mut sent = outline(&world, &ana).await;
    sent["versions"]["1.0.0"]["deprecated"] = json!("old");
    assert_eq!(world.put("main", &ana, &sent).await.status, 200);
    services.packages.set_listed(&grant, "1.1.0", true).await.unwrap();
    let packument = world.get("main/npm/@acme%2fdemo", &ana).await.json();
    assert_eq!(packument["versions"]["1.1.0"].get("deprecated"), None);
    assert_eq!(packument["versions"]["1.0.0"]["deprecated"], "old");
}
