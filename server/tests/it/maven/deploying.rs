//! What is deployed, and read again.

use super::world::{
    BUILD, denial, deploy, everything, list, pom, put, put_checked, sentence, sha1,
};
use crate::npm::world::World;

const BASE: &str = "main/maven/org/acme/demo";

#[tokio::test]
async fn a_release_is_deployed_and_read_as_maven_does() {
    let world = World::new().await;
    let ana = everything(&world).await;
    assert_eq!(deploy(&world, "main", &ana, "demo", "1.1").await.status, 201);
    let path = format!("{BASE}/maven-metadata.xml");
    let made = world.get(&path, &ana).await;
    assert!(String::from_utf8(made.body).unwrap().contains("<release>1.1</release>"));
    let sent = list("demo", &["1.1"]);
    assert_eq!(put_checked(&world, &path, &ana, &sent).await.status, 201);
    assert_eq!(world.get(&path, &ana).await.body, sent.as_bytes());
    assert_eq!(world.get(&format!("{path}.sha1"), &ana).await.body, sha1(&sent).as_bytes());
    let jar = world.get(&format!("{BASE}/1.1/demo-1.1.jar"), &ana).await;
    assert_eq!((jar.status, jar.body.as_slice()), (200, &b"the archive of demo 1.1"[..]));
    assert_eq!(jar.header("content-type"), "application/octet-stream");
    assert_eq!(jar.header("content-disposition"), "attachment");
    let head = world.ask("HEAD", &format!("{BASE}/1.1/demo-1.1.jar"), &ana, &[], "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "23", 0));
    let pom = world.get(&format!("{BASE}/1.1/demo-1.1.pom"), &ana).await;
    assert_eq!(pom.header("content-type"), "text/plain; charset=utf-8");
    for (end, length) in [("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)] {
        let sum = world.get(&format!("{BASE}/1.1/demo-1.1.jar.{end}"), &ana).await;
        assert_eq!((sum.status, sum.body.len()), (200, length), "{end}");
        let sum = world.get(&format!("{path}.{end}"), &ana).await;
        assert_eq!((sum.status, sum.body.len()), (200, length), "{end}");
    }
    for absent in ["1.1/demo-1.1-sources.jar", "1.2/demo-1.2.jar", "1.2/demo-1.2.jar.md5"] {
        let reply = world.get(&format!("{BASE}/{absent}"), &ana).await;
        assert_eq!(reply.status, 404, "{absent}");
        sentence(&reply);
    }
}

#[tokio::test]
async fn a_version_in_the_making_has_many_builds() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let folder = format!("{BASE}/2.0-SNAPSHOT");
    assert_eq!(world.get(&format!("{folder}/maven-metadata.xml"), &ana).await.status, 404);
    let jar = format!("{folder}/demo-2.0-{BUILD}.jar");
    assert_eq!(put_checked(&world, &jar, &ana, "one").await.status, 201);
    let described = pom("demo", "2.0-SNAPSHOT");
    let pom = format!("{folder}/demo-2.0-{BUILD}.pom");
    assert_eq!(put_checked(&world, &pom, &ana, &described).await.status, 201);
    let builds = "<metadata><groupId>org.acme</groupId><artifactId>demo</artifactId></metadata>";
    assert_eq!(
        put(&world, &format!("{folder}/maven-metadata.xml"), &ana, builds).await.status,
        201
    );
    assert_eq!(denial(&put(&world, &jar, &ana, "two").await), (409, "LK-EXISTS".to_owned()));
    let later = jar.replace(BUILD, "20261123.190000-2");
    assert_eq!(put(&world, &later, &ana, "two").await.status, 201);
    assert_eq!(world.get(&jar, &ana).await.body, b"one");
    assert_eq!(world.get(&later, &ana).await.body, b"two");
    // Without a time in its name it is replaced, as sbt does.
    let plain = format!("{folder}/demo-2.0-SNAPSHOT.jar");
    for body in ["three", "four"] {
        assert_eq!(put_checked(&world, &plain, &ana, body).await.status, 201);
        let read = world.get(&plain, &ana).await;
        assert_eq!(
            (read.body.as_slice(), read.header("cache-control")),
            (body.as_bytes(), "private, no-cache")
        );
    }
    let list = world.get(&format!("{BASE}/maven-metadata.xml"), &ana).await;
    assert!(String::from_utf8(list.body).unwrap().contains("<latest>2.0-SNAPSHOT</latest>"));
}

#[tokio::test]
async fn a_pom_may_be_in_latin() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let text = pom("demo", "1.1").replace("UTF-8", "ISO-8859-1").replace("A test", "Caf\u{e9}");
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let path = format!("{BASE}/1.1/demo-1.1.pom");
    assert_eq!(put(&world, &path, &ana, bytes.clone()).await.status, 201);
    let read = world.get(&path, &ana).await;
    assert_eq!((read.status, read.body), (200, bytes));
}

#[tokio::test]
async fn what_is_released_stays_as_it_is() {
    let world = World::new().await;
    let ana = everything(&world).await;
    assert_eq!(deploy(&world, "main", &ana, "demo", "1.1").await.status, 201);
    assert_eq!(deploy(&world, "main", &ana, "demo", "1.1").await.status, 201, "the same again");
    let jar = format!("{BASE}/1.1/demo-1.1.jar");
    assert_eq!(denial(&put(&world, &jar, &ana, "other").await), (409, "LK-EXISTS".to_owned()));
    assert_eq!(world.get(&jar, &ana).await.body, b"the archive of demo 1.1");
}

#[tokio::test]
async fn a_wrong_checksum_takes_the_file_back_and_fails_the_deployment() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let jar = format!("{BASE}/1.1/demo-1.1.jar");
    assert_eq!(put(&world, &jar, &ana, "damaged").await.status, 201);
    let wrong = put(&world, &format!("{jar}.sha1"), &ana, sha1("whole")).await;
    assert_eq!(wrong.status, 400);
    assert!(sentence(&wrong).contains("is withdrawn"), "{}", wrong.reason);
    assert_eq!(world.get(&jar, &ana).await.status, 404);
    let pom_path = format!("{BASE}/1.1/demo-1.1.pom");
    assert_eq!(put_checked(&world, &pom_path, &ana, &pom("demo", "1.1")).await.status, 201);
    let path = format!("{BASE}/maven-metadata.xml");
    let refused = put(&world, &path, &ana, list("demo", &["1.1"])).await;
    assert!(refused.status == 400 && sentence(&refused).starts_with("demo-1.1.jar was withdrawn"));
    // It can be deployed again, whole.
    assert_eq!(put_checked(&world, &jar, &ana, "whole").await.status, 201);
    assert_eq!(put(&world, &path, &ana, list("demo", &["1.1"])).await.status, 201);
    // Once a checksum agreed, none takes it back.
    let late = put(&world, &format!("{jar}.md5"), &ana, "0".repeat(32)).await;
    assert!(late.status == 400 && sentence(&late).contains("stays as it is"));
    assert_eq!(world.get(&jar, &ana).await.body, b"whole");
    let header = [("x-checksum-sha1", "0000000000000000000000000000000000000000")];
    let other = format!("{BASE}/1.2/demo-1.2.jar");
    assert_eq!(world.ask("PUT", &other, &ana, &header, "x").await.status, 400);
    assert_eq!(world.get(&other, &ana).await.status, 404);
}

#[tokio::test]
async fn lists_follow_what_is_deleted() {
    let world = World::new().await;
    let ana = everything(&world).await;
    for version in ["1.9", "1.10"] {
        assert_eq!(deploy(&world, "main", &ana, "demo", version).await.status, 201);
    }
    let path = format!("{BASE}/maven-metadata.xml");
    assert_eq!(put(&world, &path, &ana, list("demo", &["1.9", "1.10"])).await.status, 201);
    let services = &world.server.services;
    let origin = registry::Origin { address: [127, 0, 0, 1].into(), user_agent: String::new() };
    let token = world
        .make(
            world.ana,
            crate::npm::world::draft(vec![crate::npm::world::allow(
                model::action::ActionSet::of(&model::action::Action::ALL),
                &[],
                &[],
            )]),
        )
        .await
        .1;
    let wanted =
        registry::access::Wanted::Delete(model::ecosystem::Ecosystem::Maven, "org.acme:demo");
    let request = registry::access::AccessRequest { feed: "main", wanted, origin: &origin };
    let credential = registry::access::Credential::Token(token);
    let grant = services.access.authorize(&credential, request).await.unwrap();
    services.packages.delete_version(&grant, "1.10").await.unwrap();
    let text = String::from_utf8(world.get(&path, &ana).await.body).unwrap();
    assert!(text.contains("<version>1.9</version>") && !text.contains("1.10"), "{text}");
    let again = put(&world, &format!("{BASE}/1.10/demo-1.10.jar"), &ana, "x").await;
    assert_eq!(denial(&again), (409, "LK-EXISTS".to_owned()));
}

#[tokio::test]
async fn a_group_lists_its_plugins() {
    let world = World::new().await;
    let ana = everything(&world).await;
    let plugins = "<metadata><plugins><plugin><prefix>demo</prefix><artifactId>demo-maven-plugin</artifactId></plugin></plugins></metadata>";
    let path = "main/maven/org/acme/maven-metadata.xml";
    assert_eq!(world.get(path, &ana).await.status, 404);
    assert_eq!(put(&world, path, &ana, plugins).await.status, 201);
    assert_eq!(world.get(path, &ana).await.body, plugins.as_bytes());
    assert_eq!(put(&world, &format!("{path}.sha1"), &ana, sha1(plugins)).await.status, 201);
}
