//! What no client sends, refused with its reason and nothing left behind.

use super::world::{deploy, everything, list, pom, put, sentence};
use crate::npm::world::World;

#[tokio::test]
async fn hostile_paths_lead_nowhere() {
    let world = World::new().await;
    let ana = everything(&world).await;
    for path in [
        "org/acme/%2e%2e/1.1/demo-1.1.jar",
        "org/acme%2Fdemo/1.1/demo-1.1.jar",
        "org//demo/1.1/demo-1.1.jar",
        "org/acme/demo/1.1/demo-1.1.jar%00",
        "org/acme/demo/1.1/other-1.1.jar",
        "org/acme/demo/1.1/demo-1.1.jar.sha1.md5",
        "org/acme/demo/1.1/index.html",
    ] {
        let path = format!("main/maven/{path}");
        let reply = put(&world, &path, &ana, "x").await;
        assert_eq!(reply.status, 400, "{path}");
        sentence(&reply);
        assert_eq!(world.get(&path, &ana).await.status, 404, "{path}");
    }
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn a_pom_is_read_without_trust() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let laughs = "<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><project>&b;</project>";
    let outside = "<!DOCTYPE p [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><project>&a;</project>";
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    for (bad, status) in [
        (laughs.to_owned(), 400),
        (outside.to_owned(), 400),
        (deep, 400),
        ("no XML".to_owned(), 400),
        (pom("other", "1.1"), 400),
        (pom("demo", "1.2"), 400),
        (" ".repeat((1 << 20) + 1), 413),
        (format!("<project a='{}'><groupId>a</groupId></project>", "a".repeat(1 << 19)), 400),
        ("<project><groupId>&nbsp;</groupId></project>".to_owned(), 400),
        (pom("demo", "1.1").replace("UTF-8", "UTF-7"), 400),
        (format!("{}<", pom("demo", "1.1")), 400),
    ] {
        let reply = put(&world, "main/maven/org/acme/demo/1.1/demo-1.1.pom", &ana, bad).await;
        assert_eq!(reply.status, status, "{}", reply.reason);
        sentence(&reply);
    }
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn lists_and_checksums_are_of_something() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let path = "main/maven/org/acme/demo/maven-metadata.xml";
    assert_eq!(put(&world, path, &ana, list("demo", &["1.1"])).await.status, 404);
    let jar = "main/maven/org/acme/demo/1.1/demo-1.1.jar";
    assert_eq!(put(&world, &format!("{jar}.md5"), &ana, "0".repeat(32)).await.status, 404);
    assert_eq!(deploy(&world, "main", &ana, "demo", "1.1").await.status, 201);
    let deep = format!("<metadata>{}{}</metadata>", "<a>".repeat(50), "</a>".repeat(50));
    let wide = format!("<metadata>{}</metadata>", "<version/>".repeat(20_000));
    for bad in
        ["<project/>", "no XML", &list("other", &[]), "<!DOCTYPE a []><metadata/>", &deep, &wide]
    {
        assert_eq!(put(&world, path, &ana, bad).await.status, 400, "{bad}");
    }
    assert_eq!(put(&world, &format!("{jar}.md5"), &ana, "nonsense").await.status, 400);
    assert_eq!(world.get(jar, &ana).await.status, 200);
}
