//! What clients older than NuGet 3 ask for: a few forms of OData 2, and no others
//! (<https://www.odata.org/documentation/odata-version-2-0/uri-conventions/>).

mod order;
mod parameters;

use model::nuget_version::NugetVersion;
use percent_encoding::percent_decode_str;

pub(crate) use self::order::{Key, Order};
use self::parameters::Parameters;
use super::{
    filter::{Condition, conditions, unquoted},
    id::Id,
    range::Range,
};
use crate::protocols::sentence::Excerpt;

/// How many versions an answer has where the client does not say, and at most.
const TOP: usize = 100;
/// The furthest version that can be asked for; whoever wants more asks for something narrower.
const FURTHEST: usize = 10_000;
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
pub(crate) struct List {
    /// Of which packages.
    pub(crate) set: Set,
    /// What each has to be.
    pub(crate) filter: Vec<Term>,
    pub(crate) order: Order,
    pub(crate) skip: usize,
    pub(crate) top: usize,
    /// How many the client wants in all, page by page; `None` for every one.
    pub(crate) wanted: Option<usize>,
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
    /// Those that have the words; what is unlisted is left out.
    Found(String),
    /// Those above what is installed.
    Updates {
        installed: Vec<Installed>,
        /// Every such version, not only the newest.
        is_all: bool,
    },
}

/// A package that a client has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) id: Id,
    pub(crate) version: NugetVersion,
    /// What an update has to be within.
    pub(crate) within: Range,
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
    /// Not unlisted.
    Listed,
    /// Of a package whose id begins with this, in lower case.
    Begins(String),
    /// Of a package whose id has this in it, in lower case.
    Holds(String),
    /// With a tag that has this in it, in lower case.
    Tagged(String),
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
    /// A filter that is too long or too deep.
    #[error("The $filter is too long, or has too many parentheses within each other.")]
    Complicated,
    /// Conditions that are not served together.
    #[error("The $filter names another package than the rest of the address.")]
    Other,
    /// All versions of all packages.
    #[error("Ask for the versions of one package, or for the latest ones (IsLatestVersion).")]
    TooMuch,
    /// A parameter that is missing or is none.
    #[error("The parameter {0} is missing or cannot be read.")]
    Parameter(&'static str),
    /// An option of OData that is not served.
    #[error("Of OData's options this server serves $filter, $orderby, $skip and $top.")]
    Option,
    /// Over [`FURTHEST`].
    #[error("The parameter $skip is above 10000: ask for something narrower.")]
    TooFar,
}

impl Asked {
    /// Reads what follows `/F/{feed}/api/v2` and the part of the URL after `?`.
    pub(crate) fn parse(path: &str, query: &str) -> Result<Self, ODataError> {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let path = path.trim_matches('/');
        let (path, is_count) = match path.strip_suffix("/$count") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let name = path.strip_suffix("()").unwrap_or(path);
        match name {
            "" if !is_count => return Ok(Self::Service),
            "$metadata" if !is_count => return Ok(Self::Metadata),
            "Packages" | "Search" | "FindPackagesById" | "GetUpdates" => {}
            one if !is_count => return version(one),
            _ => return Err(ODataError::Absent),
        }
        let parameters = Parameters::parse(query)?;
        let (mut filter, mut filtered) = (Vec::new(), None);
        for condition in conditions(parameters.get("$filter").unwrap_or_default())? {
            match condition {
                Condition::Term(term) => filter.push(term),
                Condition::Id(text) if filtered.is_none() => {
                    filtered = Some(Id::parse(&text).map_err(|_| ODataError::Absent)?);
                }
                Condition::Id(_) => return Err(ODataError::Other),
            }
        }
        let with_prereleases = parameters.is_true("includePrerelease")?;
        let is_latest =
            filter.iter().any(|term| matches!(term, Term::Latest | Term::AbsoluteLatest));
        let set = match name {
            "Search" => {
                let text = parameters.quoted("searchTerm")?.unwrap_or_default();
                // Without a filter these clients want every version (`nuget list -AllVersions`).
                if !with_prereleases && !is_latest {
                    filter.push(Term::Released);
                }
                let text = text.trim().to_lowercase();
                match filtered {
                    // Words are not looked for among tags; the filter does that.
                    None if filter.contains(&Term::Tagged(text.clone())) => {
                        Set::Found(String::new())
                    }
                    None => Set::Found(text),
                    // Chocolatey sends the id in both places.
                    Some(id) if id.lower().contains(&text) => {
                        filter.push(Term::Listed);
                        Set::Of(id)
                    }
                    Some(_) => return Err(ODataError::Other),
                }
            }
            "FindPackagesById" => {
                let id = parameters.quoted("id")?.ok_or(ODataError::Parameter("id"))?;
                let id = Id::parse(&id).map_err(|_| ODataError::Absent)?;
                if filtered.is_some_and(|other| other.lower() != id.lower()) {
                    return Err(ODataError::Other);
                }
                Set::Of(id)
            }
            "GetUpdates" => {
                if filtered.is_some() {
                    return Err(ODataError::Other);
                }
                if !with_prereleases {
                    filter.push(Term::Released);
                }
                updates(&parameters)?
            }
            _ => match filtered {
                Some(id) => Set::Of(id),
                None if is_latest => Set::Found(String::new()),
                None => return Err(ODataError::TooMuch),
            },
        };
        let skip = parameters.number("$skip")?.unwrap_or(0);
        if skip > FURTHEST {
            return Err(ODataError::TooFar);
        }
        let wanted = parameters.number("$top")?;
        Ok(Self::List(List {
            set,
            filter,
            order: parameters.order()?,
            skip,
            top: wanted.unwrap_or(TOP).min(TOP),
            wanted,
            semver2: parameters.get("semVerLevel").is_some_and(|level| level.starts_with('2')),
            is_count,
        }))
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

/// What updates are asked for. Target frameworks are not looked at: clients do that themselves.
fn updates(parameters: &Parameters) -> Result<Set, ODataError> {
    let ids = parameters.list("packageIds")?;
    let versions = parameters.list("versions")?;
    let mut ranges = parameters.list("versionConstraints")?;
    if ids.is_empty() || ids.len() > UPDATES {
        return Err(ODataError::Parameter("packageIds"));
    }
    if versions.len() != ids.len() {
        return Err(ODataError::Parameter("versions"));
    }
    if ranges.is_empty() {
        ranges.resize(ids.len(), String::new());
    }
    if ranges.len() != ids.len() {
        return Err(ODataError::Parameter("versionConstraints"));
    }
    let installed = ids.iter().zip(&versions).zip(&ranges).map(|((id, version), within)| {
        Ok(Installed {
            id: Id::parse(id).map_err(|_| ODataError::Parameter("packageIds"))?,
            version: version.parse().map_err(|_| ODataError::Parameter("versions"))?,
            within: within.parse().map_err(|_| ODataError::Parameter("versionConstraints"))?,
        })
    });
    let installed = installed.collect::<Result<_, ODataError>>()?;
    Ok(Set::Updates { installed, is_all: parameters.is_true("includeAllVersions")? })
}

#[cfg(test)]
mod tests;
