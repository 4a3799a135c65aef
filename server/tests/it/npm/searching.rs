//! `npm search`.

use model::action::ActionSet;
use serde_json::{Value, json};

use super::world::{World, allow, bearer, document, draft};

async fn world() -> (World, String) {
    let world = World::new().await;
    let ana = world.everything().await;
    for (name, description) in [
        ("http", "An HTTP client"),
        ("@acme/http", "Acme's own"),
        ("@acme/core", "The core, with 100% coverage and an http_server"),
        ("http-server", ""),
        ("other", "Nothing of the kind"),
    ] {
        let mut sent = document(name, "1.0.0", "latest", name.as_bytes());
        sent["versions"]["1.0.0"]["description"] = json!(description);
        assert_eq!(world.put("main", &ana, &sent).await.status, 201, "{name}");
    }
    (world, ana)
}

async fn found(world: &World, credential: &str, query: &str) -> Value {
    let reply = world.get(&format!("main/npm/-/v1/search?{query}"), credential).await;
    assert_eq!(reply.status, 200, "{query}");
    reply.json()
}

fn names(found: &Value) -> Vec<&str> {
    let objects = found["objects"].as_array().unwrap();
    objects.iter().map(|object| object["package"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn words_are_found_in_names_and_descriptions() {
    let (world, ana) = world().await;
    for (query, expected) in [
        ("text=http", &["http", "@acme/http", "http-server", "@acme/core"][..]),
        ("text=HTTP", &["http", "@acme/http", "http-server", "@acme/core"]),
        ("text=http+own", &["@acme/http"]),
        ("text=%40acme", &["@acme/core", "@acme/http"]),
        ("text=100%25", &["@acme/core"]),
        ("text=p_s", &["@acme/core"]),
        ("text=nowhere", &[]),
        ("text=", &["@acme/core", "@acme/http", "http", "http-server", "other"]),
        ("", &["@acme/core", "@acme/http", "http", "http-server", "other"]),
    ] {
        let answer = found(&world, &ana, query).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(answer["total"], expected.len(), "{query}");
    }
}

#[tokio::test]
async fn answers_come_in_pages() {
    let (world, ana) = world().await;
    for (query, expected) in [
        ("text=http&size=2", &["http", "@acme/http"][..]),
        ("text=http&size=2&from=2", &["http-server", "@acme/core"]),
        ("text=http&from=3", &["@acme/core"]),
        ("text=http&from=99999999999", &[]),
        ("text=http&size=0", &[]),
        ("text=http&size=x&from=-1", &["http", "@acme/http", "http-server", "@acme/core"]),
    ] {
        let answer = found(&world, &ana, query).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(answer["total"], 4, "{query}");
    }
}

#[tokio::test]
async fn a_package_is_shown_by_its_latest_version() {
    let (world, ana) = world().await;
    let answer = found(&world, &ana, "text=@acme/core&quality=0.65&popularity=0.98").await;
    assert_eq!(
        answer["objects"][0]["package"],
        json!({
            "name": "@acme/core", "scope": "acme", "version": "1.0.0",
            "description": "The core, with 100% coverage and an http_server",
            "keywords": [], "date": "2027-02-22T12:00:00.000Z",
            "links": { "npm": "http://127.0.0.1:3000/feeds/main/npm/@acme%2Fcore" },
            "maintainers": [], "publisher": { "username": "ana" },
        })
    );
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_read() {
    let (world, _) = world().await;
    let (main, read) = (world.main, ActionSet::READ);
    let token = async |rules| bearer(&world.make(world.ana, draft(rules)).await.1);
    let acme = token(vec![allow(read, &[main], &["@acme/*"])]).await;
    let answer = found(&world, &acme, "text=http").await;
    assert_eq!(names(&answer), ["@acme/http", "@acme/core"]);
    assert_eq!(answer["total"], 2);
    let others = token(vec![allow(read, &[], &["nuget|*"])]).await;
    assert_eq!(found(&world, &others, "text=http").await["total"], 0);
    let path = "main/npm/-/v1/search?text=http";
    let write = world.token(ActionSet::WRITE).await;
    assert_eq!(world.get(path, &write).await.denial(), (403, "LK-SCOPE".to_owned()));
    let side = token(vec![allow(read, &[world.side], &[])]).await;
    assert_eq!(world.get(path, &side).await.denial(), (403, "LK-FEED".to_owned()));
    assert_eq!(world.get(path, "").await.denial(), (401, "LK-MISSING".to_owned()));
    let open = world.get("open/npm/-/v1/search?text=http", "").await;
    assert_eq!((open.status, open.json()["total"].clone()), (200, json!(0)));
}
