use proptest::prelude::*;

use super::*;
use crate::protocols::sentence::tests::assert_fit_for_a_header;

fn list(path: &str, query: &str) -> List {
    match Asked::parse(path, query) {
        Ok(Asked::List(list)) => list,
        other => panic!("{path}?{query}: {other:?}"),
    }
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn version(text: &str) -> NugetVersion {
    text.parse().unwrap()
}

#[test]
fn what_is_asked_for_by_address() {
    assert_eq!(Asked::parse("", ""), Ok(Asked::Service));
    assert_eq!(Asked::parse("/", ""), Ok(Asked::Service));
    assert_eq!(Asked::parse("/$metadata", ""), Ok(Asked::Metadata));
    let demo = Asked::Version(id("Demo.Pkg"), version("1.0.0-a"));
    for path in [
        "/Packages(Id='Demo.Pkg',Version='1.0.0-a')",
        "/Packages(Id%3D%27Demo.Pkg%27,Version%3D%271.0-a%27)",
        "/Packages(Id = 'Demo.Pkg', Version = '1.0.0-A')",
    ] {
        assert_eq!(Asked::parse(path, "semVerLevel=2.0.0"), Ok(demo.clone()), "{path}");
    }
    for path in [
        "/Packages(1)",
        "/Packages('a','b')",
        "/Other()",
        "/Packages()/x",
        "/$metadata/$count",
        "/Packages(Id='a b',Version='1')",
    ] {
        assert_eq!(Asked::parse(path, ""), Err(ODataError::Absent), "{path}");
    }
}

#[test]
fn what_real_clients_send() {
    // nuget.exe 5.8: list.
    let found = list(
        "/Search()",
        "$filter=IsLatestVersion&$orderby=Id&searchTerm='demo'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0",
    );
    assert_eq!(
        (&found.set, found.filter.as_slice()),
        (&Set::Found("demo".to_owned()), &[Term::Latest][..])
    );
    assert_eq!((found.skip, found.top, found.semver2, found.is_count), (0, 30, true, false));
    assert_eq!(found.wanted, Some(30));
    // The same with -AllVersions: no filter.
    let found = list(
        "/Search()",
        "$orderby=Id&searchTerm='demo'&targetFramework=''&includePrerelease=false&$skip=0&$top=30&semVerLevel=2.0.0",
    );
    assert_eq!((&found.set, found.filter), (&Set::Found("demo".to_owned()), vec![Term::Released]));
    // Visual Studio 2015 and older.
    let found = list(
        "/Search()",
        "$filter=IsAbsoluteLatestVersion&$orderby=DownloadCount desc,Id&$skip=0&$top=30&searchTerm='demo'&targetFramework='net45'&includePrerelease=true",
    );
    assert_eq!(found.order, Order { key: Key::Downloads, is_descending: true, ..Order::NATURAL });
    assert_eq!(found.filter, [Term::AbsoluteLatest]);
    // Visual Studio 2013 and PowerShellGet.
    let found = list("/Search()/$count", "searchTerm='a%20b'&includePrerelease=true");
    assert_eq!((&found.set, found.is_count), (&Set::Found("a b".to_owned()), true));
    assert_eq!(found.wanted, None);
    assert_eq!((found.filter.as_slice(), found.semver2), (&[][..], false));
    // nuget.exe with a v2 source, and Paket.
    let found =
        list("/FindPackagesById()", "id='Demo.Pkg'&semVerLevel=2.0.0&$orderby=Version%20desc");
    let newest_first = Order { key: Key::Version, is_descending: true, ..Order::NATURAL };
    assert_eq!((found.set, found.order), (Set::Of(id("Demo.Pkg")), newest_first));
    // Chocolatey and NuGet 2.
    for filter in [
        "(tolower(Id) eq 'demo.pkg') and IsLatestVersion",
        "((tolower(Id)%20eq%20'demo.pkg')) and (IsLatestVersion eq true)",
        "Id eq 'demo.pkg' and IsLatestVersion",
    ] {
        let found = list("/Packages()", &format!("$filter={filter}"));
        assert_eq!(
            (found.set, found.filter.as_slice()),
            (Set::Of(id("demo.pkg")), &[Term::Latest][..]),
            "{filter}"
        );
    }
    let found = list("/Packages", "$filter=Id eq 'Demo' and Version eq '1.0'&$top=1");
    assert_eq!((found.set, found.filter), (Set::Of(id("Demo")), vec![Term::Is(version("1.0.0"))]));
    let found =
        list("/Packages()", "$filter=startswith(tolower(Id),'acme.') and IsAbsoluteLatestVersion");
    assert_eq!(found.set, Set::Found(String::new()));
    assert_eq!(found.filter, [Term::Begins("acme.".to_owned()), Term::AbsoluteLatest]);
    // Chocolatey 2: an exact search, one by tag.
    let found = list(
        "/Search()",
        "$filter=(tolower(Id)%20eq%20'demo')%20and%20IsLatestVersion&$orderby=Id,Version%20desc&searchTerm='Demo'",
    );
    assert_eq!((found.set, found.filter), (Set::Of(id("demo")), vec![Term::Latest, Term::Listed]));
    assert!(found.order.then_newest);
    let found = list("/Search()", "$filter=substringof('Two',Tags)&searchTerm='two'");
    assert_eq!(found.set, Set::Found(String::new()));
    assert_eq!(found.filter, [Term::Tagged("two".to_owned()), Term::Released]);
    // Updates.
    let found = list(
        "/GetUpdates()",
        "packageIds='Demo|Acme.Core'&versions='1.0|2.0-a'&includePrerelease=false&includeAllVersions=false&targetFrameworks=''&versionConstraints=''",
    );
    let one = |name, number, within: &str| Installed {
        id: id(name),
        version: version(number),
        within: within.parse().unwrap(),
    };
    let installed = vec![one("Demo", "1.0.0", ""), one("Acme.Core", "2.0.0-a", "")];
    assert_eq!(found.set, Set::Updates { installed, is_all: false });
    assert_eq!(found.filter, [Term::Released]);
    let found = list(
        "/GetUpdates()",
        "packageIds='Demo|Acme'&versions='1.0|2.0'&includePrerelease=true&includeAllVersions=true&versionConstraints='[1.0,2.0)|'",
    );
    let installed = vec![one("Demo", "1.0.0", "[1.0,2.0)"), one("Acme", "2.0.0", "")];
    assert_eq!(found.set, Set::Updates { installed, is_all: true });
}

#[test]
fn other_forms_are_refused_in_words() {
    for (path, query, words) in [
        ("/Packages()", "", "the latest ones"),
        ("/Packages()", "$filter=Published gt datetime'2020-01-01'", "condition Published?gt"),
        ("/Packages()", "$filter=IsLatestVersion or Id eq 'a'", "condition IsLatestVersion?or"),
        (
            "/Packages()",
            "$filter=substringof(null,tolower(Id)) and IsLatestVersion",
            "condition substringof",
        ),
        ("/Packages()", "$filter=Id eq 'a' b'", "condition Id?eq"),
        ("/FindPackagesById()", "", "parameter id"),
        ("/GetUpdates()", "packageIds='a|b'&versions='1'", "parameter versions"),
        ("/GetUpdates()", "packageIds='a'&versions='x'", "parameter versions"),
        ("/GetUpdates()", "packageIds=''&versions=''", "parameter packageIds"),
        (
            "/GetUpdates()",
            "packageIds='a'&versions='1'&versionConstraints='x'",
            "versionConstraints",
        ),
        (
            "/GetUpdates()",
            "packageIds='a'&versions='1'&versionConstraints='|'",
            "versionConstraints",
        ),
        (
            "/GetUpdates()",
            "packageIds='a'&versions='1'&includeAllVersions=maybe",
            "includeAllVersions",
        ),
        ("/GetUpdates()", "packageIds='a'&versions='1'&$filter=Id eq 'b'", "names another package"),
        ("/FindPackagesById()", "id='a b'", "nothing at this address"),
        ("/FindPackagesById()", "id=a", "parameter id"),
        ("/FindPackagesById()", "id='a'&$filter=Id eq 'b'", "names another package"),
        ("/FindPackagesById()", "id='a'&$skip=-1", "parameter $skip"),
        ("/FindPackagesById()", "id='a'&$skip=%2B1", "parameter $skip"),
        ("/FindPackagesById()", "id='a'&$skip=10001", "above 10000"),
        ("/FindPackagesById()", "id='a'&$top=many", "parameter $top"),
        ("/FindPackagesById()", "id='a'&$top=", "parameter $top"),
        ("/FindPackagesById()", "id='a'&$orderby=Rating desc", "parameter $orderby"),
        ("/FindPackagesById()", "id='a'&$inlinecount=allpages", "OData's options"),
        ("/Search()", "searchTerm=demo", "parameter searchTerm"),
        ("/Search()", "searchTerm='a'&includePrerelease=perhaps", "parameter includePrerelease"),
        ("/Search()", "searchTerm='a'&$filter=Id eq 'b'", "names another package"),
        ("/Packages()", "$filter=Id eq 'a' and Id eq 'b'", "names another package"),
    ] {
        let error = Asked::parse(path, query).unwrap_err().to_string();
        assert!(error.contains(words), "{path}?{query}: {error}");
        assert_fit_for_a_header(&error);
    }
}

proptest! {
    #[test]
    fn any_request_is_understood_or_refused(path in "(/|Packages|Search|\\(\\)|\\(Id='a',Version='1'\\)|\\$count|%27|é){0,5}", filter in "(\\(|\\)| and |Id eq |'|a|IsLatestVersion|substringof|,|é| ){0,12}") {
        if let Err(error) = Asked::parse(&path, &format!("$filter={filter}")) {
            assert_fit_for_a_header(&error.to_string());
        }
    }
}
