//! What clients older than NuGet 3 ask for: a few forms of OData 2, and no others
//! (<https://www.odata.org/documentation/odata-version-2-0/uri-conventions/>).

use model::nuget_version::NugetVersion;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::{
    filter::{Condition, conditions, unquoted},
    id::Id,
};
use crate::protocols::sentence::Excerpt;

/// How many packages an answer has where the client does not say, and at most.
const TOP: usize = 100;
/// The most packages that updates are asked for at once.
const UPDATES: usize = 200;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What there is.
    Service,
    /// The types of what there is.
    Metadata,
    /// One version.
    Version(Id, NugetVersion),
    /// Several.
    List(List),
}

/// Versions, some of them, in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent answers")]
pub(crate) struct List {
    /// Of which packages.
    pub(crate) set: Set,
    /// What each has to be.
    pub(crate) filter: Vec<Term>,
    /// Whether the newest come first.
    pub(crate) is_newest_first: bool,
    pub(crate) skip: usize,
    pub(crate) top: usize,
    /// Whether the client wants all of them, page by page: it does not say how many.
    pub(crate) is_whole: bool,
    /// Whether the client reads every version.
    pub(crate) semver2: bool,
    /// Whether only their number is asked for.
    pub(crate) is_count: bool,
}

/// Of which packages versions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Set {
    /// One.
    Of(Id),
    /// Those that have the words.
    Found(String),
    /// These, above these versions.
    Updates {
        installed: Vec<(Id, NugetVersion)>,
        /// Every such version, not only the newest.
        is_all: bool,
    },
}

/// What a version has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// This very one.
    Is(NugetVersion),
    /// The newest one that is released.
    Latest,
    /// The newest one.
    AbsoluteLatest,
    /// Released.
    Released,
}

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ODataError {
    /// There is no such thing.
    #[error("There is nothing at this address.")]
    Absent,
    /// A condition that clients are not known to send.
    #[error(
        "This server does not understand the condition {0}; it serves what NuGet's clients ask for."
    )]
    Filter(Excerpt),
    /// All versions of all packages.
    #[error("Ask for the versions of one package, or for the latest ones (IsLatestVersion).")]
    TooMuch,
    /// A parameter that is missing or is none.
    #[error("The parameter {0} is missing or cannot be read.")]
    Parameter(&'static str),
}

/// The parameters of a request.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn quoted(&self, name: &str) -> Option<String> {
        self.get(name).and_then(unquoted)
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.trim_matches('\'').eq_ignore_ascii_case("true"))
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }
}

impl Asked {
    /// Reads what follows `/F/{feed}/api/v2` and the part of the URL after `?`.
    pub(crate) fn parse(path: &str, query: &str) -> Result<Self, ODataError> {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let parameters = Parameters(pairs.collect());
        let path = path.trim_matches('/');
        let (path, is_count) = match path.strip_suffix("/$count") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let set = match path.strip_suffix("()").unwrap_or(path) {
            "" if !is_count => return Ok(Self::Service),
            "$metadata" if !is_count => return Ok(Self::Metadata),
            "Packages" => None,
            "Search" => {
                // A search leaves out what is no release unless it is asked for.
                let text = parameters.quoted("searchTerm").unwrap_or_default();
                Some(Set::Found(text))
            }
            "FindPackagesById" => {
                let id = parameters.quoted("id").ok_or(ODataError::Parameter("id"))?;
                Some(Set::Of(Id::parse(&id).map_err(|_| ODataError::Absent)?))
            }
            "GetUpdates" => Some(updates(&parameters)?),
            one if !is_count => return version(one),
            _ => return Err(ODataError::Absent),
        };
        let mut list = List {
            set: Set::Found(String::new()),
            filter: Vec::new(),
            is_newest_first: is_newest_first(parameters.get("$orderby").unwrap_or_default()),
            skip: parameters.number("$skip").unwrap_or(0),
            top: parameters.number("$top").unwrap_or(TOP).min(TOP),
            is_whole: parameters.number("$top").is_none(),
            semver2: parameters.get("semVerLevel").is_some_and(|level| level.starts_with('2')),
            is_count,
        };
        let mut words = Vec::new();
        let mut id = None;
        for condition in conditions(parameters.get("$filter").unwrap_or_default())? {
            match condition {
                Condition::Term(term) => list.filter.push(term),
                Condition::Id(text) => id = Some(text),
                Condition::Word(text) => words.push(text),
            }
        }
        let with_prereleases = parameters.is_true("includePrerelease");
        match (set, id) {
            (None | Some(Set::Found(_)), Some(id)) => {
                list.set = Set::Of(Id::parse(&id).map_err(|_| ODataError::Absent)?);
            }
            (Some(Set::Found(text)), None) => {
                words.push(text);
                let is_latest = |term: &Term| matches!(term, Term::Latest | Term::AbsoluteLatest);
                if !list.filter.iter().any(is_latest) {
                    let latest = if with_prereleases { Term::AbsoluteLatest } else { Term::Latest };
                    list.filter.push(latest);
                }
                list.set = Set::Found(words.join(" ").trim().to_owned());
            }
            (None, None) => list.set = Set::Found(words.join(" ")),
            (Some(set), _) => {
                list.set = set;
                if matches!(list.set, Set::Updates { .. }) && !with_prereleases {
                    list.filter.push(Term::Released);
                }
            }
        }
        let is_latest =
            list.filter.iter().any(|t| matches!(t, Term::Latest | Term::AbsoluteLatest));
        if matches!(list.set, Set::Found(_)) && !is_latest {
            return Err(ODataError::TooMuch);
        }
        Ok(Self::List(list))
    }
}

/// `Packages(Id='…',Version='…')`.
fn version(path: &str) -> Result<Asked, ODataError> {
    let inner = path.strip_prefix("Packages(").and_then(|rest| rest.strip_suffix(')'));
    let (id, version) = inner.and_then(|inner| inner.split_once(',')).ok_or(ODataError::Absent)?;
    let value = |text: &str, name: &str| {
        let value = text.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?;
        unquoted(value.trim())
    };
    let id = value(id, "Id").and_then(|id| Id::parse(&id).ok());
    let version = value(version, "Version").and_then(|version| version.parse().ok());
    id.zip(version).map(|(id, version)| Asked::Version(id, version)).ok_or(ODataError::Absent)
}

fn updates(parameters: &Parameters) -> Result<Set, ODataError> {
    let list = |name| {
        let text = parameters.quoted(name).ok_or(ODataError::Parameter(name))?;
        Ok::<_, ODataError>(text.split('|').map(str::to_owned).collect::<Vec<_>>())
    };
    let (ids, versions) = (list("packageIds")?, list("versions")?);
    if ids.len() != versions.len() || ids.len() > UPDATES {
        return Err(ODataError::Parameter("versions"));
    }
    let installed = ids.iter().zip(&versions).map(|(id, version)| {
        let id = Id::parse(id).map_err(|_| ODataError::Parameter("packageIds"))?;
        Ok((id, version.parse().map_err(|_| ODataError::Parameter("versions"))?))
    });
    let installed = installed.collect::<Result<_, ODataError>>()?;
    Ok(Set::Updates { installed, is_all: parameters.is_true("includeAllVersions") })
}

/// Only versions have another order than by name.
fn is_newest_first(order: &str) -> bool {
    let mut fields = order.split(',').map(str::trim);
    fields.any(|field| {
        let field = field.to_ascii_lowercase();
        let (name, direction) = field.split_once(' ').unwrap_or((&field, ""));
        matches!(name, "version" | "published" | "lastupdated" | "created")
            && direction.trim() == "desc"
    })
}

#[cfg(test)]
mod tests {
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
        assert!(!found.is_whole);
        // Visual Studio 2013 and PowerShellGet.
        let found = list("/Search()/$count", "searchTerm='a%20b'&includePrerelease=true");
        assert_eq!((&found.set, found.is_count), (&Set::Found("a b".to_owned()), true));
        assert!(found.is_whole);
        assert_eq!((found.filter.as_slice(), found.semver2), (&[Term::AbsoluteLatest][..], false));
        // nuget.exe with a v2 source, and Paket.
        let found =
            list("/FindPackagesById()", "id='Demo.Pkg'&semVerLevel=2.0.0&$orderby=Version%20desc");
        assert_eq!((found.set, found.is_newest_first), (Set::Of(id("Demo.Pkg")), true));
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
        assert_eq!(
            (found.set, found.filter),
            (Set::Of(id("Demo")), vec![Term::Is(version("1.0.0"))])
        );
        let found = list(
            "/Packages()",
            "$filter=startswith(tolower(Id),'acme.') and IsAbsoluteLatestVersion",
        );
        assert_eq!(found.set, Set::Found("acme.".to_owned()));
        // Updates.
        let found = list(
            "/GetUpdates()",
            "packageIds='Demo|Acme.Core'&versions='1.0|2.0-a'&includePrerelease=false&includeAllVersions=false&targetFrameworks=''&versionConstraints=''",
        );
        let installed = vec![(id("Demo"), version("1.0.0")), (id("Acme.Core"), version("2.0.0-a"))];
        assert_eq!(found.set, Set::Updates { installed, is_all: false });
        assert_eq!(found.filter, [Term::Released]);
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
            ("/FindPackagesById()", "id='a b'", "nothing at this address"),
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
}
