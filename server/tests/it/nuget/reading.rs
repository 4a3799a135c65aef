//! What is read: documents about packages, searches, and what they leave out.

use std::io::Read as _;

use model::{
    action::{Action, ActionSet},
    ecosystem::Ecosystem,
};
use registry::{
    Origin,
    access::{AccessRequest, Credential, Wanted},
    packages::Query,
};
use serde_json::{Value, json};

use super::world::{ask, get, json as read, nupkg, push};
use crate::npm::world::{World, allow, bearer, draft};

const ORIGIN: &str = "http://127.0.0.1:3000";

/// A world and a token that may do everything.
async fn world() -> (World, String) {
    let world = World::new().await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    (world, token)
}

async fn pushed(world: &World, token: &str, id: &str, version: &str, more: &str) {
    let reply = push(world, "main", token, &nupkg(id, version, more, &[])).await;
    assert_eq!(reply.status, 201, "{}", reply.reason);
}

/// The path of an address of ours, below `/F/`.
fn path(address: &Value) -> String {
    let address = address.as_str().unwrap();
    address.strip_prefix(ORIGIN).unwrap().strip_prefix("/F/").unwrap().to_owned()
}

#[tokio::test]
async fn a_client_finds_its_way_from_the_index() {
    let (world, ana) = world().await;
    let more = "<dependencies><group targetFramework=\"net6.0\"><dependency id=\"Acme.Core\" version=\"[1.0,2.0)\"/>\
                </group></dependencies><tags>one two</tags>";
    pushed(&world, &ana, "Acme.Core", "1.5.0", "").await;
    pushed(&world, &ana, "Demo.Pkg", "1.0.0", more).await;
    let index = world.get("main/api/v3/index.json", "").await.json();
    let resource = |kind: &str| {
        let mut all = index["resources"].as_array().unwrap().iter();
        path(&all.find(|resource| resource["@type"] == kind).unwrap()["@id"])
    };
    for kind in ["RegistrationsBaseUrl", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.6.0"]
    {
        let base = resource(kind);
        let demo = read(&world, &format!("{base}demo.pkg/index.json"), &ana).await;
        let entry = &demo["items"][0]["items"][0]["catalogEntry"];
        assert_eq!((&entry["id"], &entry["version"]), (&json!("Demo.Pkg"), &json!("1.0.0")));
        assert_eq!(entry["tags"], json!(["one", "two"]));
        let dependency = &entry["dependencyGroups"][0]["dependencies"][0];
        assert_eq!(
            (&dependency["id"], &dependency["range"]),
            (&json!("Acme.Core"), &json!("[1.0.0, 2.0.0)"))
        );
        // The dependency, and its archive, by the addresses given.
        let core = read(&world, &path(&dependency["registration"]), &ana).await;
        let leaf = &core["items"][0]["items"][0];
        let archive = get(&world, &path(&leaf["packageContent"]), &ana).await;
        assert_eq!(archive.body, nupkg("Acme.Core", "1.5.0", "", &[]));
        let leaf = read(&world, &path(&leaf["@id"]), &ana).await;
        assert_eq!(path(&leaf["registration"]), path(&dependency["registration"]));
    }
    let versions = format!("{}demo.pkg/index.json", resource("PackageBaseAddress/3.0.0"));
    assert_eq!(read(&world, &versions, &ana).await, json!({ "versions": ["1.0.0"] }));
    let search = format!(
        "{}?q=demo&skip=0&take=20&prerelease=false&semVerLevel=2.0.0",
        resource("SearchQueryService/3.0.0-beta")
    );
    let found = read(&world, &search, &ana).await;
    assert_eq!((&found["totalHits"], &found["data"][0]["id"]), (&json!(1), &json!("Demo.Pkg")));
    read(&world, &path(&found["data"][0]["registration"]), &ana).await;
    read(&world, &path(&found["data"][0]["versions"][0]["@id"]), &ana).await;
}

#[tokio::test]
async fn many_versions_are_in_pages_and_in_order() {
    let (world, ana) = world().await;
    for minor in [7, 3].into_iter().chain(8..75).chain([0, 1, 2, 4, 5, 6]) {
        pushed(&world, &ana, "Demo", &format!("1.{minor}.0"), "").await;
    }
    let index = read(&world, "main/api/v3/registration-gz-semver2/demo/index.json", &ana).await;
    let pages = index["items"].as_array().unwrap();
    assert_eq!((&index["count"], pages.len()), (&json!(2), 2));
    let mut numbers = Vec::new();
    for page in pages {
        assert_eq!(page.get("items"), None);
        let whole = read(&world, &path(&page["@id"]), &ana).await;
        assert_eq!(whole["count"], page["count"]);
        for leaf in whole["items"].as_array().unwrap() {
            numbers.push(leaf["catalogEntry"]["version"].as_str().unwrap().to_owned());
        }
    }
    let expected: Vec<String> = (0..75).map(|minor| format!("1.{minor}.0")).collect();
    assert_eq!(numbers, expected);
    let absent = "main/api/v3/registration-gz-semver2/demo/page/1.0.0/1.5.0.json";
    assert_eq!(get(&world, absent, &ana).await.status, 404);
    // What is new is seen at once.
    pushed(&world, &ana, "Demo", "1.75.0", "").await;
    let index = read(&world, "main/api/v3/registration-gz-semver2/demo/index.json", &ana).await;
    assert_eq!(index["items"][1]["upper"], "1.75.0");
}

#[tokio::test]
async fn documents_are_compressed_and_kept() {
    let (world, ana) = world().await;
    for patch in 0..9 {
        pushed(&world, &ana, "Demo", &format!("1.0.{patch}"), "").await;
    }
    let gz = "main/api/v3/registration-gz-semver2/demo/index.json";
    let plain = get(&world, gz, &ana).await;
    let compressed = ask(&world, "GET", gz, ("", &bearer(&ana)), "").await;
    assert_eq!(compressed.header("content-encoding"), "gzip");
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(compressed.body.as_slice()).read_to_end(&mut text).unwrap();
    assert_eq!((&text, compressed.header("vary")), (&plain.body, "Accept-Encoding, Authorization"));
    let never =
        ask(&world, "GET", "main/api/v3/registration/demo/index.json", ("", &bearer(&ana)), "")
            .await;
    assert!(!never.headers.contains_key("content-encoding"));
    let tag = plain.header("etag").to_owned();
    let again = world.ask("GET", gz, &bearer(&ana), &[("if-none-match", &tag)], "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn searches_leave_out_what_nobody_asked_for() {
    let (world, ana) = world().await;
    for (id, version) in [
        ("Demo.One", "1.0.0"),
        ("Demo.One", "2.0.0-beta"),
        ("Demo.Two", "1.0.0-beta"),
        ("Demo.Three", "1.0.0+build"),
        ("Other", "1.0.0"),
    ] {
        pushed(&world, &ana, id, version, "").await;
    }
    let search = async |query: &str| {
        let found = read(&world, &format!("main/api/v3/query?{query}"), &ana).await;
        let data = found["data"].as_array().unwrap().iter();
        data.map(|one| {
            format!("{} {}", one["id"].as_str().unwrap(), one["version"].as_str().unwrap())
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(
        search("q=demo&semVerLevel=2.0.0").await,
        ["Demo.One 1.0.0", "Demo.Three 1.0.0+build"]
    );
    assert_eq!(
        search("q=demo&prerelease=true&semVerLevel=2.0.0").await,
        ["Demo.One 2.0.0-beta", "Demo.Three 1.0.0+build", "Demo.Two 1.0.0-beta"]
    );
    assert_eq!(search("q=demo").await, ["Demo.One 1.0.0"]);
    assert_eq!(search("semVerLevel=2.0.0&skip=2&take=1").await, ["Other 1.0.0"]);
    assert_eq!(search("q=nothing").await, [""; 0]);
    // The description is searched too.
    assert_eq!(search("q=test+of+other").await, ["Other 1.0.0"]);

    let autocomplete = async |query: &str| {
        read(&world, &format!("main/api/v3/autocomplete?{query}"), &ana).await["data"].clone()
    };
    assert_eq!(autocomplete("q=demo").await, json!(["Demo.One"]));
    assert_eq!(autocomplete("q=demo&semVerLevel=2.0.0").await, json!(["Demo.One", "Demo.Three"]));
    assert_eq!(autocomplete("id=demo.one").await, json!(["1.0.0"]));
    assert_eq!(autocomplete("id=Demo.One&prerelease=true").await, json!(["1.0.0", "2.0.0-beta"]));
    assert_eq!(autocomplete("id=absent").await, json!([]));
    assert_eq!(autocomplete("id=..%2Fx").await, json!([]));

    ask(&world, "DELETE", "main/api/v2/package/Demo.One/1.0.0", (&ana, ""), "").await;
    assert_eq!(search("q=demo.one").await, [""; 0]);
    assert_eq!(search("q=demo.one&prerelease=true").await, ["Demo.One 2.0.0-beta"]);
    // Old clients are not told of what they cannot read.
    let plain = get(&world, "main/api/v3/registration-gz/demo.three/index.json", &ana).await;
    assert_eq!(plain.status, 404);
    assert!(!plain.headers.contains_key("x-nuget-warning"));
}

#[tokio::test]
async fn what_is_left_out_is_neither_counted_nor_skipped() {
    let (world, ana) = world().await;
    let tool = "<packageTypes><packageType name=\"DotnetTool\"/></packageTypes>";
    for (id, version, more) in [
        ("A.Lib", "1.0.0", ""),
        ("B.Tool", "1.0.0", tool),
        ("C.Modern", "1.0.0+b", ""),
        ("D.Lib", "1.0.0", "<title>{\"name\":\"DotnetTool\"}</title>"),
        ("E.Tool", "1.0.0", tool),
        ("F.Tool", "1.0.0-beta", tool),
    ] {
        pushed(&world, &ana, id, version, more).await;
    }
    for (query, total, ids) in [
        ("packageType=DOTNETTOOL&semVerLevel=2.0.0", 2, &["B.Tool", "E.Tool"][..]),
        ("packageType=dotnettool&skip=1&take=1", 2, &["E.Tool"]),
        ("packageTypeFilter=DotnetTool&prerelease=true&skip=2", 3, &["F.Tool"]),
        ("packageType=Dependency", 2, &["A.Lib", "D.Lib"]),
        ("packageType=Dependency&semVerLevel=2.0.0&skip=1", 3, &["C.Modern", "D.Lib"]),
        ("packageType=%25", 0, &[]),
        ("take=2&skip=2", 4, &["D.Lib", "E.Tool"]),
    ] {
        for resource in ["query", "autocomplete"] {
            let found = read(&world, &format!("main/api/v3/{resource}?{query}"), &ana).await;
            let data = found["data"].as_array().unwrap().iter();
            let found_ids: Vec<_> =
                data.map(|one| one["id"].as_str().or(one.as_str()).unwrap()).collect();
            assert_eq!(
                (&found["totalHits"], found_ids.as_slice()),
                (&json!(total), ids),
                "{query}"
            );
        }
    }
    let found = read(&world, "main/api/v3/query?take=2", &ana).await;
    assert_eq!(found["data"][0]["packageTypes"], json!([{ "name": "Dependency" }]));
    assert_eq!(found["data"][1]["packageTypes"], json!([{ "name": "DotnetTool" }]));
}

#[tokio::test]
async fn a_tag_is_no_version() {
    let (world, ana) = world().await;
    for version in ["1.0.0", "1.0.0.1"] {
        pushed(&world, &ana, "Demo", version, "").await;
    }
    let services = &world.server.services;
    let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
    let wanted = Wanted::Unlist(Ecosystem::Nuget, "Demo");
    let request = AccessRequest { feed: "main", wanted, origin: &origin };
    let credential = Credential::Token(ana.clone());
    let grant = services.access.authorize(&credential, request).await.unwrap();
    services.packages.set_tag(&grant, "1.0.0.1", "1.0.0").await.unwrap();
    let path = "main/api/v3/flatcontainer/demo/1.0.0.1/demo.nuspec";
    let nuspec = String::from_utf8(get(&world, path, &ana).await.body).unwrap();
    assert!(nuspec.contains("<version>1.0.0.1</version>"), "{nuspec}");
}

#[tokio::test]
async fn nothing_is_known_of_vulnerabilities() {
    let (world, ana) = world().await;
    let index = read(&world, "main/api/v3/vulnerabilities/index.json", &ana).await;
    let page = &index.as_array().unwrap()[0];
    assert_eq!(page["@name"], "base");
    assert!(page["@updated"].as_str().unwrap().ends_with('Z'));
    assert_eq!(read(&world, &path(&page["@id"]), &ana).await, json!({}));
}

#[tokio::test]
async fn downloads_are_counted_once_each() {
    let (world, ana) = world().await;
    pushed(&world, &ana, "Demo", "1.0.0", "").await;
    let file = "main/api/v3/flatcontainer/demo/1.0.0/demo.1.0.0.nupkg";
    let archive = get(&world, file, &ana).await;
    get(&world, file, &ana).await;
    world.ask("HEAD", file, &bearer(&ana), &[], "").await;
    get(&world, "main/api/v3/flatcontainer/demo/1.0.0/demo.nuspec", &ana).await;
    let tag = archive.header("etag").to_owned();
    let again = world.ask("GET", file, &bearer(&ana), &[("if-none-match", &tag)], "").await;
    assert_eq!(again.status, 304);
    world.server.services.usage.flush().await.unwrap();
    let found = read(&world, "main/api/v3/query?q=demo", &ana).await;
    assert_eq!(
        (&found["data"][0]["totalDownloads"], &found["data"][0]["versions"][0]["downloads"]),
        (&json!(2), &json!(2))
    );
}

#[tokio::test]
async fn latest_follows_the_order_of_versions() {
    let (world, ana) = world().await;
    for version in ["1.9.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "1.10.0-beta"] {
        pushed(&world, &ana, "Demo", version, "").await;
    }
    let services = &world.server.services;
    let latest = async || {
        let origin = Origin { address: [127, 0, 0, 1].into(), user_agent: "test".to_owned() };
        let request = AccessRequest { feed: "main", wanted: Wanted::Browse, origin: &origin };
        let credential = Credential::Token(ana.clone());
        let grant = services.access.authorize(&credential, request).await.unwrap();
        let query = Query { text: "demo", from: 0, size: 1, only_released: false };
        let found = services.packages.search(&grant, Ecosystem::Nuget, query).await.unwrap();
        found.packages[0].version.clone()
    };
    assert_eq!(latest().await, "1.10.0");
    ask(&world, "DELETE", "main/api/v2/package/Demo/1.10.0", (&ana, ""), "").await;
    assert_eq!(latest().await, "1.9.0");
    for version in ["1.9.0", "1.2.0"] {
        ask(&world, "DELETE", &format!("main/api/v2/package/Demo/{version}"), (&ana, ""), "").await;
    }
    assert_eq!(latest().await, "2.0.0-rc.1");
}
