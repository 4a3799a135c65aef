use super::{
    super::manifest::{DependencyEntry, GroupEntry, TypeEntry},
    *,
};

const API: &str = "https://h/F/main/api";

pub(crate) fn entry(version: &str) -> Entry {
    let version: NugetVersion = version.parse().unwrap();
    Entry {
        manifest: Manifest {
            id: "Demo.Pkg".to_owned(),
            version: version.to_string(),
            description: "A test.".to_owned(),
            authors: "Acme".to_owned(),
            is_sem_ver2: version.is_semver2(),
            ..Manifest::default()
        },
        version,
        is_listed: true,
        deprecation: None,
        published: 0,
        downloads: 3,
        size: 7,
        sha512: "aGFzaA==".to_owned(),
    }
}

fn catalogue(versions: &[&str]) -> Catalogue {
    Catalogue::new("Demo.Pkg", versions.iter().map(|version| entry(version)).collect())
}

/// The versions of a page.
fn on(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|leaf| leaf["catalogEntry"]["version"].as_str().unwrap()).collect()
}

#[test]
fn a_small_package_is_one_document() {
    let index = catalogue(&["2.0.0", "1.0.0", "1.10.0", "1.9.0"]).index(API, Hive::SemVer2);
    assert_eq!(index["@id"], "https://h/F/main/api/v3/registration-gz-semver2/demo.pkg/index.json");
    assert_eq!((&index["count"], index["items"].as_array().unwrap().len()), (&json!(1), 1));
    let page = &index["items"][0];
    assert_eq!(on(page), ["1.0.0", "1.9.0", "1.10.0", "2.0.0"]);
    assert_eq!(
        (&page["lower"], &page["upper"], &page["count"]),
        (&json!("1.0.0"), &json!("2.0.0"), &json!(4))
    );
    assert_eq!(page["parent"], index["@id"]);
}

#[test]
fn a_large_package_has_pages() {
    let versions: Vec<String> = (0..130).map(|patch| format!("1.0.{patch}")).collect();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let catalogue = catalogue(&versions);
    let index = catalogue.index(API, Hive::Plain);
    let pages = index["items"].as_array().unwrap();
    let counts: Vec<_> = pages.iter().map(|page| page["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [64, 64, 2]);
    assert!(pages.iter().all(|page| page.get("items").is_none()));
    assert_eq!(
        pages[1]["@id"],
        "https://h/F/main/api/v3/registration/demo.pkg/page/1.0.64/1.0.127.json"
    );
    let version = |text: &str| text.parse::<NugetVersion>().unwrap();
    let page = catalogue.page(&version("1.0.64"), &version("1.0.127"), API, Hive::Plain).unwrap();
    assert_eq!((page["@id"].clone(), on(&page).len()), (pages[1]["@id"].clone(), 64));
    assert!(catalogue.page(&version("1.0.64"), &version("1.0.126"), API, Hive::Plain).is_none());
    assert_eq!(self::catalogue(&versions[..64]).index(API, Hive::Plain)["items"][0]["count"], 64);
}

#[test]
fn a_version_says_what_its_manifest_says() {
    let mut demo = entry("1.0.0-RC.1+b");
    demo.is_listed = false;
    demo.deprecation = Some("Use 2.".to_owned());
    demo.manifest = Manifest {
        title: "Demo".to_owned(),
        tags: vec!["a".to_owned()],
        license_expression: Some("MIT".to_owned()),
        homepage: Some("https://acme.example/".to_owned()),
        icon: Some("image/png".to_owned()),
        icon_url: Some("https://old.example/icon".to_owned()),
        has_readme: true,
        has_license_file: true,
        min_client_version: "2.12".to_owned(),
        dependency_groups: vec![GroupEntry {
            target_framework: Some("net6.0".to_owned()),
            dependencies: vec![DependencyEntry {
                id: "Acme.Core".to_owned(),
                range: "[1.0.0, )".to_owned(),
            }],
        }],
        ..demo.manifest
    };
    let catalogue = Catalogue::new("Demo.Pkg", vec![demo]);
    let leaf = catalogue.index(API, Hive::SemVer2)["items"][0]["items"][0].clone();
    let folder = "https://h/F/main/api/v3/flatcontainer/demo.pkg/1.0.0-rc.1";
    let address = "https://h/F/main/api/v3/registration-gz-semver2/demo.pkg/1.0.0-rc.1.json";
    assert_eq!(
        leaf,
        json!({
            "@id": address,
            "@type": "Package",
            "catalogEntry": {
                "@id": address,
                "@type": "PackageDetails",
                "listed": false,
                "published": "1970-01-01T00:00:00.000Z",
                "packageContent": format!("{folder}/demo.pkg.1.0.0-rc.1.nupkg"),
                "id": "Demo.Pkg",
                "version": "1.0.0-RC.1+b",
                "title": "Demo",
                "description": "A test.",
                "authors": "Acme",
                "tags": ["a"],
                "minClientVersion": "2.12",
                "requireLicenseAcceptance": false,
                "licenseExpression": "MIT",
                "licenseUrl": format!("{folder}/license"),
                "projectUrl": "https://acme.example/",
                "iconUrl": format!("{folder}/icon"),
                "readmeUrl": format!("{folder}/readme"),
                "dependencyGroups": [{
                    "targetFramework": "net6.0",
                    "dependencies": [{
                        "id": "Acme.Core",
                        "range": "[1.0.0, )",
                        "registration": "https://h/F/main/api/v3/registration-gz-semver2/acme.core/index.json",
                    }],
                }],
                "deprecation": { "reasons": ["Other"], "message": "Use 2." },
            },
            "packageContent": format!("{folder}/demo.pkg.1.0.0-rc.1.nupkg"),
            "registration": "https://h/F/main/api/v3/registration-gz-semver2/demo.pkg/index.json",
        })
    );
    let version = "1.0.0-rc.1".parse().unwrap();
    let single = catalogue.leaf(&version, API, Hive::SemVer2).unwrap();
    assert_eq!((&single["@id"], &single["listed"]), (&json!(address), &json!(false)));
    assert!(catalogue.leaf(&"2.0".parse().unwrap(), API, Hive::SemVer2).is_none());
}

#[test]
fn old_clients_are_not_told_of_what_they_cannot_read() {
    let all = catalogue(&["1.0.0", "1.1.0-beta", "1.1.0-beta.1", "1.2.0+b"]);
    assert_eq!(
        all.versions(),
        json!({ "versions": ["1.0.0", "1.1.0-beta", "1.1.0-beta.1", "1.2.0"] })
    );
    for hive in [Hive::Plain, Hive::SemVer1] {
        let index = all.clone().of_hive(hive).index(API, hive);
        assert_eq!(on(&index["items"][0]), ["1.0.0", "1.1.0-beta"]);
    }
    assert!(catalogue(&["1.0.0+b"]).of_hive(Hive::Plain).is_empty());
    assert!(!catalogue(&["1.0.0+b"]).of_hive(Hive::SemVer2).is_empty());
}

#[test]
fn searches_show_the_newest_version_they_are_for() {
    let mut all = catalogue(&["1.0.0", "1.1.0-beta", "2.0.0-rc.1", "0.9.0"]);
    all.entries[0].is_listed = false;
    all.entries[1].manifest.package_types =
        vec![TypeEntry { name: "DotnetTool".to_owned(), version: String::new() }];
    let shown = |query: &str| {
        let result = all.result(&Query::parse(query), API)?;
        let versions = result["versions"].as_array()?.iter();
        let versions: Vec<_> =
            versions.map(|v| v["version"].as_str().unwrap().to_owned()).collect();
        assert_eq!(result["totalDownloads"], 3 * versions.len());
        Some((result["version"].as_str()?.to_owned(), versions))
    };
    let expected = |latest: &str, versions: &[&str]| {
        Some((latest.to_owned(), versions.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()))
    };
    assert_eq!(shown("q=demo"), expected("1.0.0", &["1.0.0"]));
    assert_eq!(shown("prerelease=true"), expected("1.1.0-beta", &["1.0.0", "1.1.0-beta"]));
    assert_eq!(
        shown("prerelease=true&semVerLevel=2.0.0"),
        expected("2.0.0-rc.1", &["1.0.0", "1.1.0-beta", "2.0.0-rc.1"])
    );
    assert_eq!(shown("packageType=dotnettool"), expected("1.0.0", &["1.0.0"]));
    assert_eq!(shown("packageType=Dependency"), None);
    assert_eq!(shown("packageType=Template"), None);
    let result = all.result(&Query::parse("semVerLevel=2.0.0"), API).unwrap();
    assert_eq!(
        result["versions"][0]["@id"],
        "https://h/F/main/api/v3/registration-gz-semver2/demo.pkg/1.0.0.json"
    );
}
