//! Gradle, and sbt with coursier, on the Maven layout.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Client, Shows, Step};
use crate::{
    maven::world::{list, pom},
    npm::world::hexadecimal,
};

const JAR: &str = "an archive";
const MODULE: &str = "{\"formatVersion\":\"1.1\"}";
const TEXT: &str = "content-type: text/plain; charset=utf-8";
const FILE: [&str; 3] =
    ["content-type: application/octet-stream", "content-disposition: attachment", JAR];

pub(super) fn clients() -> Vec<Client> {
    vec![gradle(), gradle_snapshot(), sbt()]
}

/// A file, and its checksums after it.
fn put(path: &str, body: &str, sums: &[&str]) -> Vec<Step> {
    let sum = |kind: &&str| {
        let sum = match *kind {
            "md5" => hexadecimal(&Md5::digest(body)),
            "sha1" => hexadecimal(&Sha1::digest(body)),
            "sha256" => hexadecimal(&Sha256::digest(body)),
            _ => hexadecimal(&Sha512::digest(body)),
        };
        Step { body: sum.into(), ..Step::new("PUT", format!("{path}.{kind}"), 201) }
    };
    let file = Step { body: body.into(), ..Step::new("PUT", path, 201) };
    std::iter::once(file).chain(sums.iter().map(sum)).collect()
}

/// A publication with Gradle's own metadata, then another build that resolves it.
fn gradle() -> Client {
    const SUMS: [&str; 4] = ["sha1", "md5", "sha256", "sha512"];
    let folder = "maven/org/acme/demo";
    let base = format!("{folder}/1.1/demo-1.1");
    let metadata = format!("{folder}/maven-metadata.xml");
    let jar = format!("{base}.jar");
    let mut steps = Vec::new();
    steps.extend(put(&jar, JAR, &SUMS));
    steps.extend(put(&format!("{base}.module"), MODULE, &SUMS));
    steps.extend(put(&format!("{base}.pom"), &pom("demo", "1.1"), &SUMS));
    // Nobody sent a list yet: one is made of what is there.
    steps.push(Step::get(&metadata, &["<version>1.1</version>"]));
    steps.push(Step::get(format!("{metadata}.sha1"), &[TEXT]));
    steps.extend(put(&metadata, &list("demo", &["1.1"]), &SUMS));
    // The same version again: what is the same is taken, and nothing else.
    steps.extend(put(&jar, JAR, &[]));
    steps.push(Step { body: b"another".to_vec(), ..Step::new("PUT", &jar, 409) });
    steps.push(Step::get(&metadata, &["<version>1.1</version>"]));
    steps.push(Step::get(format!("{base}.pom"), &[TEXT, "<artifactId>demo</artifactId>"]));
    steps.push(Step::get(format!("{base}.module"), &[TEXT, "formatVersion"]));
    steps
        .push(Step { has: vec!["content-length: 10", "etag: \""], ..Step::new("HEAD", &jar, 200) });
    steps.push(Step::get(format!("{jar}.sha1"), &[TEXT]));
    steps.push(Step::get(&jar, &FILE));
    steps.push(Step::absent(format!("{base}-sources.jar")));
    steps.push(Step::new("HEAD", format!("{base}-javadoc.jar"), 404));
    steps.push(Step::absent(format!("{folder}/9/demo-9.pom")));
    steps.push(Step::absent("maven/org/acme/absent/maven-metadata.xml"));
    Client {
        name: "Gradle",
        headers: &[
            (
                "user-agent",
                "Gradle/8.10.2 (Linux;6.1.0;amd64) (Eclipse Adoptium;17.0.12;17.0.12+7)",
            ),
            ("accept-encoding", "gzip,deflate"),
            ("connection", "Keep-Alive"),
        ],
        shows: Shows::Basic,
        steps,
    }
}

/// A version in the making: the list of builds is asked for before the first one is there.
fn gradle_snapshot() -> Client {
    const BUILD: &str = "2.0-20261123.180132-1";
    let folder = "maven/org/acme/demo/2.0-SNAPSHOT";
    let metadata = format!("{folder}/maven-metadata.xml");
    let builds = format!(
        "<metadata><groupId>org.acme</groupId><artifactId>demo</artifactId><version>2.0-SNAPSHOT</version><versioning>\
         <snapshotVersions><snapshotVersion><extension>jar</extension><value>{BUILD}</value></snapshotVersion>\
         </snapshotVersions></versioning></metadata>"
    );
    let jar = format!("{folder}/demo-{BUILD}.jar");
    let mut steps = vec![Step::absent(&metadata)];
    steps.extend(put(&jar, JAR, &["sha1", "md5"]));
    let described = pom("demo", "2.0-SNAPSHOT");
    steps.extend(put(&format!("{folder}/demo-{BUILD}.pom"), &described, &["sha1", "md5"]));
    steps.extend(put(&metadata, &builds, &["sha1", "md5"]));
    steps.push(Step::get(&metadata, &[BUILD]));
    steps.push(Step::get(&jar, &FILE));
    Client {
        name: "Gradle, a SNAPSHOT",
        headers: &[("user-agent", "Gradle/8.10.2 (Linux;6.1.0;amd64)")],
        shows: Shows::Basic,
        steps,
    }
}

/// `sbt publish`, which sends no list; coursier, which looks for what it may do without; and a list of an
/// artifact with a dot in its name, as Maven sends it for Scala too.
fn sbt() -> Client {
    let base = "maven/org/acme/demo_2.13/1.1/demo_2.13-1.1";
    let mut steps = Vec::new();
    steps.extend(put(&format!("{base}.pom"), &pom("demo_2.13", "1.1"), &["md5", "sha1"]));
    for name in ["jar", "sources.jar", "javadoc.jar"] {
        let end = if name == "jar" { ".jar".to_owned() } else { format!("-{name}") };
        steps.extend(put(&format!("{base}{end}"), JAR, &["md5", "sha1"]));
    }
    steps.push(Step::get(format!("{base}.pom"), &[TEXT, "demo_2.13"]));
    steps.push(Step::get(format!("{base}.pom.sha1"), &[TEXT]));
    steps.push(Step::get(format!("{base}.jar"), &FILE));
    steps.push(Step::get(format!("{base}-sources.jar"), &FILE));
    steps.push(Step::get(
        "maven/org/acme/demo_2.13/maven-metadata.xml",
        &["<release>1.1</release>"],
    ));
    steps.extend(put(
        "maven/org/acme/demo_2.13/maven-metadata.xml",
        &list("demo_2.13", &["1.1"]),
        &["md5", "sha1"],
    ));
    // It lists folders of servers that can be listed.
    steps.push(Step::absent("maven/org/acme/demo_2.13/"));
    steps.push(Step::absent("maven/org/acme/demo_2.13/1.1/"));
    steps.push(Step::absent(format!("{base}-tests.jar")));
    Client {
        name: "sbt",
        headers: &[("user-agent", "Coursier/2.0"), ("accept", "*/*")],
        shows: Shows::Basic,
        steps,
    }
}
