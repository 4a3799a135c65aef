//! Looking names up, searching and listing.

use model::action::{Action, ActionSet};
use serde_json::{Value, json};

use super::world::{ask, denial, register, with};
use crate::npm::world::{PASSWORD, World, basic, bearer};

async fn world() -> World {
    let world = World::new().await;
    let write = bearer(&with(&world, ActionSet::WRITE, &[]).await);
    for feed in ["main", "open"] {
        for name in ["jquery", "jquery-ui", "Chart.js", "acme-core"] {
            let url = format!("https://git.example/{name}.git");
            assert_eq!(register(&world, feed, &write, name, &url).await.status, 201);
        }
    }
    world
}

fn names(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_there_is_is_found() {
    let world = world().await;
    let read = basic("x", &with(&world, ActionSet::READ, &[]).await);
    let get = async |path: &str| {
        let reply = ask(&world, "GET", &format!("main/bower/{path}"), &read, "").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        assert!(reply.header("cache-control").starts_with("private"));
        reply.json()
    };
    let one = json!({ "name": "Chart.js", "url": "https://git.example/Chart.js.git" });
    assert_eq!(get("packages/Chart.js").await, one);
    assert_eq!(get("packages/chart.JS").await, one);
    let all = get("packages").await;
    assert_eq!(names(&all), ["acme-core", "Chart.js", "jquery", "jquery-ui"]);
    assert_eq!(all[1], one);
    for (words, expected) in [
        ("jquery", vec!["jquery", "jquery-ui"]),
        ("JQ%20ui", vec!["jquery-ui"]),
        ("c", vec!["acme-core", "Chart.js"]),
        ("%25", vec![]),
        ("_", vec![]),
        ("git.example", vec![]),
    ] {
        assert_eq!(names(&get(&format!("packages/search/{words}")).await), expected, "{words}");
    }
    let absent = ask(&world, "GET", "main/bower/packages/absent", &read, "").await;
    assert_eq!((absent.status, absent.reason.as_str()), (404, "Feed main has no package absent."));
    assert_eq!(ask(&world, "GET", "main/bower/packages/a--b", &read, "").await.status, 404);
    assert_eq!(ask(&world, "PUT", "main/bower/packages/jquery", &read, "").await.status, 405);
}

#[tokio::test]
async fn reading_takes_the_right_to_read() {
    let world = world().await;
    let read = with(&world, ActionSet::READ, &[]).await;
    let write = with(&world, ActionSet::WRITE, &[]).await;
    let acme = with(&world, ActionSet::READ, &["bower|acme-*"]).await;
    let outcome = async |path: &str, credential: &str| {
        let reply = ask(&world, "GET", path, credential, "").await;
        if reply.status == 200 { "ok".to_owned() } else { denial(&reply).1 }
    };
    for path in ["packages", "packages/jquery", "packages/search/j"] {
        let (main, open) = (format!("main/bower/{path}"), format!("open/bower/{path}"));
        for (path, credential, expected) in [
            (&main, String::new(), "LK-MISSING"),
            (&main, basic("x", "lka_wrong"), "LK-CHECKSUM"),
            (&main, basic("x", &write), "LK-SCOPE"),
            (&main, basic("x", &read), "ok"),
            (&main, basic(&read, ""), "ok"),
            (&main, bearer(&read), "ok"),
            (&main, basic("ana", PASSWORD), "ok"),
            (&open, String::new(), "ok"),
            (&open, basic("x", "lka_wrong"), "LK-CHECKSUM"),
        ] {
            assert_eq!(outcome(path, &credential).await, expected, "{path}");
        }
        let elsewhere = format!("eves/bower/{path}");
        assert_eq!(outcome(&elsewhere, &bearer(&read)).await, "LK-FEED");
    }
    let acme = bearer(&acme);
    assert_eq!(outcome("main/bower/packages/jquery", &acme).await, "LK-PACKAGE");
    let listed = ask(&world, "GET", "main/bower/packages", &acme, "").await;
    assert_eq!(names(&listed.json()), ["acme-core"]);
}

#[tokio::test]
async fn lists_and_pages_show_them() {
    let world = world().await;
    let cookie = session(&world).await;
    let page = async |path: &str| {
        let answer = world.server.ask("GET", path, &[("cookie", &cookie)]).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.text()
    };
    assert!(page("/feeds/main").await.contains("jquery-ui"));
    let own = page("/feeds/main/bower/jquery").await;
    assert!(own.contains("https://git.example/jquery.git"), "{own}");
    assert!(own.contains("bower install"), "the install command");
    for absent in ["SHA-512", "Deprecate", "README"] {
        assert!(!own.contains(absent), "{absent}");
    }
    let everything = bearer(&with(&world, ActionSet::of(&Action::ALL), &[]).await);
    let path = "main/bower/packages/jquery";
    assert_eq!(ask(&world, "DELETE", path, &everything, "").await.status, 204);
    assert!(!page("/feeds/main").await.contains("git.example/jquery.git"));
}

async fn session(world: &World) -> String {
    let password = registry::sessions::PasswordText::new(PASSWORD);
    let origin = registry::Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
    world.server.build_site();
    let secret = world.server.services.sessions.sign_in("ana", &password, &origin).await.unwrap();
    format!("sid={}", secret.expose())
}
