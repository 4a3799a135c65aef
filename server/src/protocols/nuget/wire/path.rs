//! What a path below `/F/{feed}/api/` means.

use model::nuget_version::NugetVersion;
use percent_encoding::percent_decode_str;

use super::id::{Id, IdError};

/// A path, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// The service index.
    Index,
    /// The numbers of all versions of a package.
    Versions(Id),
    /// A file of a version.
    File(Id, NugetVersion, File),
    /// A document about a package.
    Registration(Hive, Id, Document),
    /// A search.
    Search,
    /// Known vulnerabilities: the list of pages, or the one page.
    Vulnerabilities(VulnerabilityPage),
    /// Ids and versions that begin with what was typed.
    Autocomplete,
    /// Where packages are pushed to.
    Packages,
    /// A version, to be unlisted or listed.
    Version(Id, NugetVersion),
    /// Where packages of symbols are pushed to.
    Symbols,
    /// What clients older than NuGet 3 ask for below `v2`: the rest of the path, as sent.
    Legacy(String),
    /// Nothing that NuGet has.
    Unknown,
}

/// The files of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    /// The package itself.
    Package,
    /// Its manifest.
    Nuspec,
    /// Its symbols.
    Symbols,
    /// Its README.
    Readme,
    /// Its icon.
    Icon,
    /// Its licence.
    Licence,
}

/// The documents about known vulnerabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VulnerabilityPage {
    /// Which pages there are.
    Index,
    /// The only one.
    Base,
}

/// The same documents for clients of different age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Hive {
    /// Never compressed, without versions that clients older than NuGet 4.3 cannot read.
    Plain,
    /// Without those versions.
    SemVer1,
    /// With every version.
    SemVer2,
}

/// The documents about a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Document {
    /// All versions, or where they are described.
    Index,
    /// The versions between two.
    Page(NugetVersion, NugetVersion),
    /// One version.
    Leaf(NugetVersion),
}

impl Hive {
    /// Every hive.
    pub(crate) const ALL: [Self; 3] = [Self::Plain, Self::SemVer1, Self::SemVer2];

    /// Its folder.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Plain => "registration",
            Self::SemVer1 => "registration-gz",
            Self::SemVer2 => "registration-gz-semver2",
        }
    }
}

/// The name of a version's package in downloads.
pub(crate) fn package_file(id: &Id, version: &NugetVersion) -> String {
    format!("{}.{}.nupkg", id.lower(), version.key())
}

/// The name of a version's symbols in downloads.
pub(crate) fn symbols_file(id: &Id, version: &NugetVersion) -> String {
    format!("{}.{}.snupkg", id.lower(), version.key())
}

/// Under which name a version's icon is kept.
pub(crate) fn icon_file(id: &Id, version: &NugetVersion) -> String {
    format!("{}.{}.icon", id.lower(), version.key())
}

impl Path {
    /// Reads what follows `/F/{feed}/api/`, as sent. `Err` for what would be a path but for its id.
    pub(crate) fn parse(path: &str) -> Result<Self, IdError> {
        // Encoded slashes are no slashes: no id, version or file has one.
        let decode = |part| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = path.split('/').map(decode).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Ok(match parts.as_slice() {
            ["v3", "index.json"] => Self::Index,
            ["v3", "query"] => Self::Search,
            ["v3", "autocomplete"] => Self::Autocomplete,
            ["v3", "vulnerabilities", "index.json"] => {
                Self::Vulnerabilities(VulnerabilityPage::Index)
            }
            ["v3", "vulnerabilities", "base.json"] => {
                Self::Vulnerabilities(VulnerabilityPage::Base)
            }
            ["v3", "flatcontainer", id, "index.json"] => Self::Versions(Id::parse(id)?),
            ["v3", "flatcontainer", id, version, file] => Self::file(Id::parse(id)?, version, file),
            ["v3", folder, rest @ ..] => {
                let hive = Hive::ALL.into_iter().find(|hive| hive.folder() == *folder);
                match hive {
                    Some(hive) => Self::registration(hive, rest)?,
                    None => Self::Unknown,
                }
            }
            ["v2", "package"] | ["v2", "package", ""] => Self::Packages,
            ["v2", "symbolpackage"] | ["v2", "symbolpackage", ""] => Self::Symbols,
            ["v2", "package", id, version] => {
                let id = Id::parse(id)?;
                version.parse().map_or(Self::Unknown, |version| Self::Version(id, version))
            }
            ["v2", ..] => Self::Legacy(path.get(2..).unwrap_or_default().to_owned()),
            _ => Self::Unknown,
        })
    }

    fn file(id: Id, version: &str, file: &str) -> Self {
        let Ok(version) = version.parse() else { return Self::Unknown };
        let name = file.to_ascii_lowercase();
        let kind = match name.as_str() {
            "readme" => File::Readme,
            "icon" => File::Icon,
            "license" => File::Licence,
            name if name == package_file(&id, &version) => File::Package,
            name if name == symbols_file(&id, &version) => File::Symbols,
            name if name.strip_suffix(".nuspec") == Some(&id.lower()) => File::Nuspec,
            _ => return Self::Unknown,
        };
        Self::File(id, version, kind)
    }

    fn registration(hive: Hive, rest: &[&str]) -> Result<Self, IdError> {
        let version = |text: &str| text.parse::<NugetVersion>().ok();
        let of_file = |file: &str| version(file.strip_suffix(".json")?);
        let (id, document) = match rest {
            [id, "index.json"] => (id, Some(Document::Index)),
            [id, file] => (id, of_file(file).map(Document::Leaf)),
            [id, "page", lower, upper] => {
                let bounds = version(lower).zip(of_file(upper));
                (id, bounds.map(|(lower, upper)| Document::Page(lower, upper)))
            }
            _ => return Ok(Self::Unknown),
        };
        let id = Id::parse(id)?;
        Ok(document.map_or(Self::Unknown, |document| Self::Registration(hive, id, document)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_that_clients_ask_for() {
        let id = |text| Id::parse(text).unwrap();
        let version = |text: &str| text.parse::<NugetVersion>().unwrap();
        let file = |kind| Path::File(id("demo.pkg"), version("1.2.3-rc.1"), kind);
        let leaf = Document::Leaf(version("1.2.3"));
        let page = Document::Page(version("1.0.0"), version("2.0.0-beta"));
        for (path, expected) in [
            ("v3/index.json", Path::Index),
            ("v3/query", Path::Search),
            ("v3/autocomplete", Path::Autocomplete),
            ("v3/vulnerabilities/index.json", Path::Vulnerabilities(VulnerabilityPage::Index)),
            ("v3/vulnerabilities/base.json", Path::Vulnerabilities(VulnerabilityPage::Base)),
            ("v3/flatcontainer/demo.pkg/index.json", Path::Versions(id("demo.pkg"))),
            ("v3/flatcontainer/demo.pkg/1.2.3-rc.1/demo.pkg.1.2.3-rc.1.nupkg", file(File::Package)),
            ("v3/flatcontainer/demo.pkg/1.2.3-RC.1/Demo.Pkg.1.2.3-RC.1.nupkg", file(File::Package)),
            (
                "v3/flatcontainer/demo.pkg/1.2.3-rc.1/demo.pkg.1.2.3-rc.1.snupkg",
                file(File::Symbols),
            ),
            ("v3/flatcontainer/demo%2Epkg/1.2.3-rc.1/demo.pkg.nuspec", file(File::Nuspec)),
            ("v3/flatcontainer/demo.pkg/1.2.3-rc.1/readme", file(File::Readme)),
            ("v3/flatcontainer/demo.pkg/1.2.3-rc.1/icon", file(File::Icon)),
            ("v3/flatcontainer/demo.pkg/1.2.3-rc.1/license", file(File::Licence)),
            (
                "v3/registration/demo.pkg/index.json",
                Path::Registration(Hive::Plain, id("demo.pkg"), Document::Index),
            ),
            (
                "v3/registration-gz/demo.pkg/1.2.3.json",
                Path::Registration(Hive::SemVer1, id("demo.pkg"), leaf),
            ),
            (
                "v3/registration-gz-semver2/demo.pkg/page/1.0.0/2.0.0-beta.json",
                Path::Registration(Hive::SemVer2, id("demo.pkg"), page),
            ),
            ("v2/package", Path::Packages),
            ("v2/package/", Path::Packages),
            ("v2/symbolpackage", Path::Symbols),
            ("v2/symbolpackage/", Path::Symbols),
            ("v2/package/Demo.Pkg/1.2.3", Path::Version(id("Demo.Pkg"), version("1.2.3"))),
        ] {
            assert_eq!(Path::parse(path), Ok(expected), "{path}");
        }
    }

    #[test]
    fn other_paths() {
        for path in [
            "",
            "/",
            "v3",
            "v3/",
            "v1/index.json",
            "v3/index.JSON",
            "v3/registration",
            "v3/registration/a",
            "v3/registration/a/b",
            "v3/registration/a/b.json",
            "v3/registration/a/page/1/b.json",
            "v3/registrations/a/index.json",
            "v3/flatcontainer/a/1.0.0/b.1.0.0.nupkg",
            "v3/flatcontainer/a/1.0.0/a.2.0.0.nupkg",
            "v3/flatcontainer/a/one/a.1.0.0.nupkg",
            "v3/flatcontainer/a/1.0.0/x/y",
            "v2/package/a/b",
        ] {
            assert_eq!(Path::parse(path), Ok(Path::Unknown), "{path}");
        }
        for path in
            ["", "/", "/Packages()", "/Packages(Id='a',Version='1')", "/package/a", "/$metadata"]
        {
            assert_eq!(
                Path::parse(&format!("v2{path}")),
                Ok(Path::Legacy(path.to_owned())),
                "{path}"
            );
        }
        for path in [
            "v3/flatcontainer/a%2Fb/index.json",
            "v3/registration/../index.json",
            "v2/package/a b/1",
        ] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_path_means_something_or_nothing(path in "(v[23]/|flatcontainer/|registration/|package/|page/|[a1.%/-]{0,4}|\\.json){0,6}") {
            let _ = Path::parse(&path);
        }
    }
}
