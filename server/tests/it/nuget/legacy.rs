//! What clients older than NuGet 3 read.

use model::action::{Action, ActionSet};

use super::world::{ask, denial, get, nupkg, push, sentence};
use crate::npm::world::{Reply, World, allow, bearer, draft};

async fn world() -> (World, String) {
    let world = World::new().await;
    let rules = vec![allow(ActionSet::of(&Action::ALL), &[], &[])];
    let token = world.make(world.ana, draft(rules)).await.1;
    for (id, version) in [
        ("Acme.Core", "1.0.0"),
        ("Demo.Pkg", "1.0.0"),
        ("Demo.Pkg", "1.10.0"),
        ("Demo.Pkg", "1.9.0"),
        ("Demo.Pkg", "2.0.0-beta"),
        ("Demo.Pkg", "2.0.0-beta.1"),
    ] {
        let needs = "<dependencies><dependency id=\"Acme.Core\" version=\"1.0\"/></dependencies>";
        let more = if id == "Demo.Pkg" { needs } else { "" };
        assert_eq!(push(&world, "main", &token, &nupkg(id, version, more, &[])).await.status, 201);
    }
    (world, token)
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.reason);
    String::from_utf8(reply.body.clone()).unwrap()
}

/// The ids and versions of a feed's entries.
fn entries(xml: &str) -> Vec<String> {
    let between = |text: &str, from: &str, to: &str| {
        text.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned()
    };
    let entry = |entry: &str| {
        let id = between(entry, "<title type=\"text\">", "</title>");
        format!("{id} {}", between(entry, "<d:Version m:type=\"Edm.String\">", "</d:Version>"))
    };
    xml.split("<entry").skip(1).map(entry).collect()
}

#[tokio::test]
async fn what_old_clients_ask_for() {
    let (world, ana) = world().await;
    let read = async |path: &str| {
        let path = path.replace(' ', "%20");
        text(&get(&world, &format!("main/api/v2{path}"), &ana).await)
    };
    let list = async |path: &str| entries(&read(path).await);
    for path in ["", "/"] {
        assert!(read(path).await.contains("<collection href=\"Packages\">"));
    }
    assert!(read("/$metadata").await.contains("FindPackagesById"));
    // nuget.exe list.
    let search = "/Search()?$filter=IsLatestVersion&$orderby=Id&searchTerm='demo'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0";
    assert_eq!(list(search).await, ["Demo.Pkg 1.10.0"]);
    assert_eq!(
        list("/Search()?$filter=IsAbsoluteLatestVersion&searchTerm=''&includePrerelease=true&$orderby=Id").await,
        ["Acme.Core 1.0.0", "Demo.Pkg 2.0.0-beta"]
    );
    // nuget.exe list -AllVersions: no filter at all, page by page.
    let all = "/Search()?$orderby=Id&searchTerm='demo'&targetFramework=''&includePrerelease=false&semVerLevel=2.0.0";
    assert_eq!(list(&format!("{all}&$skip=0&$top=2")).await, ["Demo.Pkg 1.0.0", "Demo.Pkg 1.9.0"]);
    assert_eq!(list(&format!("{all}&$skip=2&$top=2")).await, ["Demo.Pkg 1.10.0"]);
    assert_eq!(list(&format!("{all}&$skip=4&$top=2")).await, [""; 0]);
    assert_eq!(read("/Search()/$count?searchTerm=''&includePrerelease=true").await, "5");
    assert_eq!(read("/Search()/$count?searchTerm=''&semVerLevel=2.0.0").await, "4");
    // Visual Studio, and what begins with something.
    assert_eq!(
        list("/Search()?$filter=IsLatestVersion&$orderby=Published desc,Id&searchTerm=''&$top=30")
            .await,
        ["Acme.Core 1.0.0", "Demo.Pkg 1.10.0"]
    );
    assert_eq!(
        list("/Packages()?$filter=startswith(tolower(Id),'demo.') and IsLatestVersion").await,
        ["Demo.Pkg 1.10.0"]
    );
    assert_eq!(
        list("/Packages()?$filter=startswith(tolower(Id),'pkg') and IsLatestVersion").await,
        [""; 0]
    );
    // Chocolatey: every version of one package, and of those with a name, the newest first.
    let newest_first = "$orderby=Id,Version desc&searchTerm='demo.pkg'";
    for filter in ["tolower(Id) eq 'demo.pkg'", "startswith(tolower(Id),'demo')"] {
        assert_eq!(
            list(&format!("/Search()?$filter={filter}&{newest_first}")).await,
            ["Demo.Pkg 1.10.0", "Demo.Pkg 1.9.0", "Demo.Pkg 1.0.0"]
        );
    }
    assert_eq!(
        list("/Search()?$orderby=Id desc&searchTerm=''").await,
        ["Demo.Pkg 1.0.0", "Demo.Pkg 1.9.0", "Demo.Pkg 1.10.0", "Acme.Core 1.0.0"]
    );
    let found = "/FindPackagesById()?id='demo.pkg'&semVerLevel=2.0.0";
    let all =
        ["1.0.0", "1.9.0", "1.10.0", "2.0.0-beta", "2.0.0-beta.1"].map(|v| format!("Demo.Pkg {v}"));
    assert_eq!(list(found).await, all);
    assert_eq!(
        list(&format!("{found}&$orderby=Version desc&$skip=1&$top=2")).await,
        [all[3].clone(), all[2].clone()]
    );
    assert_eq!(list("/FindPackagesById()?id='absent'").await, [""; 0]);
    assert_eq!(
        list("/Packages()?$filter=(tolower(Id) eq 'demo.pkg') and IsAbsoluteLatestVersion").await,
        ["Demo.Pkg 2.0.0-beta"]
    );
    assert_eq!(
        list("/GetUpdates()?packageIds='Demo.Pkg|Acme.Core'&versions='1.0|1.0'&includePrerelease=false&includeAllVersions=false&targetFrameworks=''&versionConstraints=''").await,
        ["Demo.Pkg 1.10.0"]
    );
    assert_eq!(
        list("/GetUpdates()?packageIds='Demo.Pkg'&versions='1.9'&includePrerelease=true&includeAllVersions=true").await,
        ["Demo.Pkg 1.10.0", "Demo.Pkg 2.0.0-beta"]
    );
    assert_eq!(
        list("/GetUpdates()?packageIds='Demo.Pkg'&versions='1.0'&includePrerelease=true&versionConstraints='[1.0,1.10)'").await,
        ["Demo.Pkg 1.9.0"]
    );
    let one = read("/Packages(Id='demo.pkg',Version='1.0')").await;
    assert_eq!(entries(&one), ["Demo.Pkg 1.0.0"]);
    assert!(one.contains(">Acme.Core:[1.0.0, ):</d:Dependencies>"), "{one}");
    // What is unlisted is found by its id, and by no search.
    ask(&world, "DELETE", "main/api/v2/package/Demo.Pkg/1.9.0", (&ana, ""), "").await;
    let exact = "$filter=tolower(Id) eq 'demo.pkg'";
    assert_eq!(
        list(&format!("/Search()?{exact}&searchTerm='demo.pkg'")).await,
        ["Demo.Pkg 1.0.0", "Demo.Pkg 1.10.0"]
    );
    assert_eq!(
        list(&format!("/Packages()?{exact} and Version eq '1.9'")).await,
        ["Demo.Pkg 1.9.0"]
    );
    // The archive, by the address in the entry.
    let archive = get(&world, "main/api/v2/package/Demo.Pkg/1.9.0", &ana).await;
    assert!(one.contains("src=\"http://127.0.0.1:3000/F/main/api/v2/package/Demo.Pkg/1.0.0\""));
    assert_eq!((archive.status, &archive.body[..2]), (200, &b"PK"[..]));
}

#[tokio::test]
async fn pages_follow_each_other() {
    let (world, ana) = world().await;
    for patch in 0..120 {
        push(&world, "main", &ana, &nupkg("Many", &format!("1.0.{patch}"), "", &[])).await;
    }
    let first = text(&get(&world, "main/api/v2/FindPackagesById()?id='Many'", &ana).await);
    let next = first.split_once("<link rel=\"next\" href=\"http://127.0.0.1:3000/F/").unwrap().1;
    let next = next.split_once('"').unwrap().0.replace("&amp;", "&").replace("&apos;", "'");
    let second = text(&get(&world, &next, &ana).await);
    let (first, second) = (entries(&first), entries(&second));
    assert_eq!((first.len(), second.len()), (100, 20));
    assert_eq!((first[99].as_str(), second[0].as_str()), ("Many 1.0.99", "Many 1.0.100"));
    let some = text(&get(&world, "main/api/v2/FindPackagesById()?id='Many'&$top=5", &ana).await);
    assert!(!some.contains("rel=\"next\""), "who says how many gets no more");
}

#[tokio::test]
async fn reading_takes_the_right_to_read() {
    let (world, ana) = world().await;
    let write = world.make(world.ana, draft(vec![allow(ActionSet::WRITE, &[], &[])])).await.1;
    for path in [
        "Search()?searchTerm=''",
        "FindPackagesById()?id='Demo.Pkg'",
        "Packages(Id='Demo.Pkg',Version='1.0.0')",
        "package/Demo.Pkg/1.0.0",
    ] {
        for feed in ["main", "absent"] {
            let path = format!("{feed}/api/v2/{path}");
            let reply = ask(&world, "GET", &path, ("", ""), "").await;
            assert_eq!(denial(&reply), (401, "LK-MISSING".to_owned()), "{path}");
        }
        let path = format!("main/api/v2/{path}");
        assert_eq!(
            denial(&get(&world, &path, &write).await),
            (403, "LK-SCOPE".to_owned()),
            "{path}"
        );
    }
    let odd = get(&world, "main/api/v2/Packages()?$filter=Tags%20eq%20'a'", &ana).await;
    assert_eq!(
        (odd.status, sentence(&odd).contains("does not understand the condition")),
        (400, true)
    );
    for (path, words) in [
        ("Search()?searchTerm=demo", "parameter searchTerm"),
        ("Search()?searchTerm='a'&$skip=-1", "parameter $skip"),
        ("FindPackagesById()?id='a'&$orderby=Rating", "parameter $orderby"),
    ] {
        let reply = get(&world, &format!("main/api/v2/{path}"), &ana).await;
        assert_eq!(reply.status, 400, "{path}");
        assert!(sentence(&reply).contains(words), "{path}: {}", sentence(&reply));
    }
    // Much within much, from a stranger and from somebody known: neither ends the server.
    let deep = format!("main/api/v2/Packages()?$filter={}a", "(a%20and%20".repeat(5000));
    let reply = ask(&world, "GET", &deep, ("", ""), "").await;
    assert_eq!(denial(&reply), (401, "LK-MISSING".to_owned()));
    let reply = get(&world, &deep, &ana).await;
    assert_eq!((reply.status, sentence(&reply).contains("too long")), (400, true));
    let nothing = ask(&world, "GET", "main/api/v2/Nothing()", ("", &bearer(&ana)), "").await;
    assert_eq!(nothing.status, 404);
}
