//! NuGet 6 and 7 in the .NET SDK and Visual Studio, Paket, Chocolatey, and NuGet 2. What they ask for is
//! taken from their sources and from NuGet's documentation of the protocol.

use super::{Client, Shows, Step};
use crate::nuget::world::{content_type, form, nupkg};

const SYMBOLS: &str = "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>";
const SESSION: (&str, &str) = ("x-nuget-session-id", "7e8a25ef-0f4f-4d3e-9b0c-3fb1b3f5b6a1");
const GZIP: (&str, &str) = ("accept-encoding", "gzip, deflate");
/// What NuGet 2 and Chocolatey send with what they read.
const ATOM: (&str, &str) = ("accept", "application/atom+xml, application/xml");

const FOUND: [&str; 7] = [
    "content-type: application/json",
    "/totalHits",
    "/data/0/id",
    "/data/0/version",
    "/data/0/versions/0/@id",
    "/data/0/versions/0/downloads",
    "/data/0/registration",
];
const REGISTERED: [&str; 6] = [
    "/count",
    "/items/0/lower",
    "/items/0/upper",
    "/items/0/items/0/catalogEntry/id",
    "/items/0/items/0/catalogEntry/dependencyGroups/0/dependencies/0/range",
    "/items/0/items/0/packageContent",
];
const NUPKG: [&str; 3] =
    ["content-type: application/octet-stream", "content-disposition: attachment", "PK"];
const FEED: [&str; 5] = [
    "content-type: application/atom+xml;type=feed",
    "<entry",
    "type=\"application/zip\" src=\"http://127.0.0.1:3000/F/main/api/v2/package/Demo.Pkg/",
    "<d:Dependencies",
    ">Acme.Core:[1.0.0, 2.0.0):net6.0</d:Dependencies>",
];

pub(super) fn clients() -> Vec<Client> {
    vec![
        restore(),
        push("dotnet nuget push", "NuGet xplat/6.11.0 (Linux)", "6.11.0"),
        push("dotnet nuget push 7", "NuGet xplat/7.0.0 (Linux)", "7.0.0"),
        visual_studio(),
        paket(),
        chocolatey(),
        nuget_2(),
    ]
}

/// A push, with the headers that .NET's form has.
fn pushed(path: &'static str, package: &[u8], status: u16) -> Step {
    let headers = vec![("content-type", content_type()), ("transfer-encoding", "chunked".into())];
    Step { headers, body: form(package), ..Step::new("PUT", path, status) }
}

/// `dotnet restore` with its audit, and `dotnet list package --outdated`.
fn restore() -> Client {
    Client {
        name: "dotnet restore",
        headers: &[
            ("user-agent", "NuGet .NET Core MSBuild Task/6.11.0 (Linux)"),
            ("x-nuget-client-version", "6.11.0"),
            SESSION,
            GZIP,
        ],
        shows: Shows::Basic,
        steps: vec![
            Step::index(),
            Step::get("api/v3/vulnerabilities/index.json", &["/0/@name", "/0/@id", "/0/@updated"]),
            Step::get("api/v3/vulnerabilities/base.json", &["content-type: application/json"]),
            Step::get("api/v3/flatcontainer/demo.pkg/index.json", &["/versions/1"]),
            Step::get("api/v3/flatcontainer/demo.pkg/1.0.0/demo.pkg.1.0.0.nupkg", &NUPKG),
            Step::absent("api/v3/flatcontainer/absent.pkg/index.json"),
            Step::absent("api/v3/flatcontainer/demo.pkg/9.0.0/demo.pkg.9.0.0.nupkg"),
            Step::get(
                "api/v3/registration-gz-semver2/demo.pkg/index.json",
                &["content-encoding: gzip"],
            ),
            Step::absent("api/v3/registration-gz-semver2/absent.pkg/index.json"),
        ],
    }
}

/// `dotnet nuget push` with symbols, the same again (`--skip-duplicate`), and `dotnet nuget delete`.
fn push(name: &'static str, agent: &'static str, version: &'static str) -> Client {
    let headers = [("user-agent", agent), ("x-nuget-client-version", version)];
    let headers = [&headers[..], &[("x-nuget-protocol-version", "4.1.0"), SESSION, GZIP]].concat();
    let package = nupkg("Demo.Pkg", "1.2.3", "", &[]);
    let symbols = nupkg("Demo.Pkg", "1.2.3", SYMBOLS, &[("lib/net6.0/Demo.pdb", b"BSJB")]);
    Client {
        name,
        headers: headers.leak(),
        shows: Shows::Key,
        steps: vec![
            Step::index(),
            pushed("api/v2/package/", &package, 201),
            pushed("api/v2/symbolpackage/", &symbols, 201),
            pushed("api/v2/package/", &package, 409),
            Step::get("api/v3/flatcontainer/demo.pkg/1.2.3/demo.pkg.1.2.3.snupkg", &NUPKG),
            Step::new("DELETE", "api/v2/package/Demo.Pkg/1.2.3", 204),
            Step::new("POST", "api/v2/package/Demo.Pkg/1.2.3", 200),
            Step::new("DELETE", "api/v2/package/Demo.Pkg/9.9.9", 404),
        ],
    }
}

/// The package manager: its three tabs, a package's page, and what completes names as they are typed.
fn visual_studio() -> Client {
    let browse = "api/v3/query?q=&skip=0&take=26&prerelease=true&supportedFramework=net8.0&semVerLevel=2.0.0";
    Client {
        name: "Visual Studio",
        headers: &[
            (
                "user-agent",
                "NuGet VS VSIX/6.12.0 (Microsoft Windows NT 10.0.26100.0, VS Enterprise/17.0)",
            ),
            ("x-nuget-client-version", "6.12.0"),
            ("accept-language", "en-US"),
            SESSION,
        ],
        shows: Shows::Basic,
        steps: vec![
            Step::index(),
            Step::get(browse, &FOUND),
            Step::get(
                "api/v3/query?q=demo&skip=0&take=26&prerelease=false&supportedFramework=.NETFramework,Version%3Dv4.8&semVerLevel=2.0.0&packageType=Dependency",
                &FOUND,
            ),
            Step::get("api/v3/registration-gz-semver2/demo.pkg/index.json", &REGISTERED),
            Step::get(
                "api/v3/registration-gz-semver2/demo.pkg/1.0.0.json",
                &["/@id", "/registration"],
            ),
            Step::get("api/v3/autocomplete?q=dem&prerelease=true&semVerLevel=2.0.0", &["/data/0"]),
            Step::get(
                "api/v3/autocomplete?id=demo.pkg&prerelease=true&semVerLevel=2.0.0",
                &["/data/1"],
            ),
            Step::get(
                "api/v3/autocomplete?id=absent&prerelease=false&semVerLevel=2.0.0",
                &["/data"],
            ),
            Step::get("api/v3/vulnerabilities/index.json", &["/0/@id"]),
            Step::get("api/v3/vulnerabilities/base.json", &[]),
            Step::get("api/v3/flatcontainer/demo.pkg/1.0.0/readme", &["# Demo"]),
            Step::get("api/v3/flatcontainer/demo.pkg/1.0.0/icon", &["content-type: image/png"]),
            Step::get(
                "api/v3/flatcontainer/demo.pkg/1.0.0/demo.pkg.nuspec",
                &["<id>Demo.Pkg</id>"],
            ),
        ],
    }
}

/// Version 3, then version 2 in every form that Paket tries, then a push as it writes the form.
fn paket() -> Client {
    let package = nupkg("Demo.Pkg", "1.2.3", "", &[]);
    let mut body = b"--pkt\r\nContent-Disposition: form-data; name=\"package\"; filename=\"Demo.Pkg.1.2.3.nupkg\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
        .to_vec();
    body.extend_from_slice(&package);
    body.extend_from_slice(b"\r\n--pkt--\r\n");
    let headers = vec![("content-type", "multipart/form-data; boundary=pkt".to_owned())];
    let by_filter = |path: &str| Step::get(format!("api/v2/Packages?{path}"), &FEED);
    Client {
        name: "Paket",
        headers: &[
            ("user-agent", "Paket (8.0.3)"),
            ("accept", "application/atom+xml,application/xml,application/json"),
        ],
        shows: Shows::Token,
        steps: vec![
            Step::index(),
            Step::get(
                "api/v3/autocomplete?id=Demo.Pkg&semVerLevel=2.0.0&prerelease=true",
                &["/data/1"],
            ),
            Step::get("api/v3/registration-gz-semver2/demo.pkg/1.0.0.json", &["/packageContent"]),
            Step::get("api/v3/registration-gz-semver2/demo.pkg/index.json", &REGISTERED),
            Step::get("api/v3/flatcontainer/demo.pkg/1.0.0/demo.pkg.1.0.0.nupkg", &NUPKG),
            Step::get("api/v2/FindPackagesById()?semVerLevel=2.0.0&id='Demo.Pkg'", &FEED),
            Step::get(
                "api/v2/FindPackagesById()?semVerLevel=2.0.0&id='Demo.Pkg'&$orderby=Published desc",
                &FEED,
            ),
            Step::get(
                "api/v2/Packages(Id='demo.pkg',Version='1.0.0')",
                &["content-type: application/atom+xml;type=entry"],
            ),
            Step::get(
                "api/v2/Packages(Id='Demo.Pkg',Version='1.0')",
                &["<d:Version m:type=\"Edm.String\">1.0.0<"],
            ),
            by_filter("semVerLevel=2.0.0&$filter=Id eq 'Demo.Pkg'"),
            by_filter("semVerLevel=2.0.0&$filter=tolower(Id) eq 'demo.pkg'"),
            by_filter("$filter=(Id eq 'Demo.Pkg') and (NormalizedVersion eq '1.0.0')"),
            by_filter("$filter=(tolower(Id) eq 'demo.pkg') and (Version eq '1.0.0')"),
            Step::get("api/v2/package/Demo.Pkg/1.0.0", &NUPKG),
            Step { headers, body, ..Step::new("PUT", "api/v2/package", 201) },
        ],
    }
}

/// `choco search` in its forms, `choco install` and `choco push`.
fn chocolatey() -> Client {
    let search = |term: &str, filter: &str, order: &str| {
        Step::get(
            format!(
                "api/v2/Search()?$filter={filter}&$orderby={order}&searchTerm='{term}'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0"
            ),
            &FEED,
        )
    };
    Client {
        name: "Chocolatey",
        headers: &[
            ("user-agent", "chocolatey command line/2.4.1 NuGet.Client"),
            ("x-nuget-client-version", "6.4.1"),
            ATOM,
            GZIP,
        ],
        shows: Shows::Key,
        steps: vec![
            Step::get("api/v2/", &["<collection href=\"Packages\">"]),
            Step::get("api/v2/$metadata", &["FindPackagesById"]),
            search("demo", "IsLatestVersion", "Id"),
            search(
                "demo.pkg",
                "(tolower(Id) eq 'demo.pkg') and IsLatestVersion",
                "DownloadCount desc,Id",
            ),
            search("demo.pkg", "tolower(Id) eq 'demo.pkg'", "Id,Version desc"),
            search(
                "demo",
                "(substringof('demo',tolower(Id))) and IsLatestVersion",
                "DownloadCount desc,Id,Version desc",
            ),
            search("demo", "(startswith(tolower(Id),'demo')) and IsLatestVersion", "Id"),
            search("two", "(substringof('two',Tags)) and IsLatestVersion", "Id"),
            search(
                "demo",
                "((startswith(tolower(Id),'demo'))%20and%20substringof('demo',Tags)) and IsLatestVersion",
                "Id",
            ),
            Step::get(
                "api/v2/Search()/$count?$filter=IsLatestVersion&searchTerm='demo'&targetFramework=''&includePrerelease=false&semVerLevel=2.0.0",
                &["1"],
            ),
            Step::get(
                "api/v2/Packages()?$filter=(tolower(Id) eq 'demo.pkg') and IsLatestVersion&semVerLevel=2.0.0",
                &FEED,
            ),
            Step::get("api/v2/FindPackagesById()?id='demo.pkg'&semVerLevel=2.0.0", &FEED),
            Step::get("api/v2/Packages(Id='demo.pkg',Version='1.0.0')", &["<entry"]),
            Step::get("api/v2/package/Demo.Pkg/1.0.0", &NUPKG),
            pushed("api/v2/package/", &nupkg("Demo.Pkg", "1.2.3", "", &[]), 201),
        ],
    }
}

/// NuGet 2.8: it looks where the feed leads to before it pushes, and reads by OData.
fn nuget_2() -> Client {
    Client {
        name: "NuGet 2",
        headers: &[
            ("user-agent", "NuGet Command Line/2.8.60717.93 (Microsoft Windows NT 6.2.9200.0)"),
            ("dataserviceversion", "1.0;NetFx"),
            ("maxdataserviceversion", "2.0;NetFx"),
            ("accept-charset", "UTF-8"),
            ATOM,
        ],
        shows: Shows::Key,
        steps: vec![
            Step::get("api/v2", &["<service", "dataserviceversion: 2.0"]),
            pushed("api/v2/package/", &nupkg("Demo.Pkg", "1.2.3", "", &[]), 201),
            Step::get("api/v2/Packages(Id='Demo.Pkg',Version='1.0.0')", &["<entry"]),
            Step::get("api/v2/FindPackagesById()?id='Demo.Pkg'", &FEED),
            Step::get(
                "api/v2/Packages()?$filter=tolower(Id) eq 'demo.pkg' and IsLatestVersion",
                &["<d:Version m:type=\"Edm.String\">1.2.3<"],
            ),
            Step::get(
                "api/v2/GetUpdates()?packageIds='Demo.Pkg'&versions='1.0.0'&includePrerelease=false&includeAllVersions=false&targetFrameworks='net45'&versionConstraints=''",
                &["<d:Version m:type=\"Edm.String\">1.2.3<"],
            ),
            Step::get(
                "api/v2/Search()/$count?$filter=IsAbsoluteLatestVersion&searchTerm=''&targetFramework='net45'&includePrerelease=true",
                &["1"],
            ),
            Step::get(
                "api/v2/Search()?$filter=IsAbsoluteLatestVersion&$orderby=DownloadCount desc,Id&$skip=0&$top=30&searchTerm='demo'&targetFramework='net45'&includePrerelease=true",
                &["<d:Version m:type=\"Edm.String\">1.2.3<"],
            ),
            Step::get("api/v2/package/Demo.Pkg/1.2.3", &NUPKG),
            Step::new("DELETE", "api/v2/package/Demo.Pkg/1.2.3", 204),
        ],
    }
}
