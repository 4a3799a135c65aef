//! The manifest of a package, its `.nuspec` file
//! (<https://learn.microsoft.com/nuget/reference/nuspec>).

use std::collections::HashSet;

use model::nuget_version::NugetVersion;

use super::{
    id::{Id, IdError},
    licence::is_expression,
    range::Range,
};
use crate::protocols::{
    sentence::Excerpt,
    xml::{Element, XmlError},
};

/// The most characters of texts, in the order of [`TEXTS`].
const TEXTS: [(&str, usize); 9] = [
    ("title", 256),
    ("description", 4000),
    ("summary", 4000),
    ("releaseNotes", 35_000),
    ("copyright", 4000),
    ("authors", 4000),
    ("tags", 4000),
    ("language", 20),
    ("minClientVersion", 44),
];
/// The most characters of an address, of a file's name and of a target framework.
const LONGEST_ADDRESS: usize = 4000;
const LONGEST_FILE: usize = 500;
const LONGEST_FRAMEWORK: usize = 256;
/// The most dependencies in all.
const DEPENDENCIES: usize = 2000;
/// The most package types.
const TYPES: usize = 20;

/// What a `.nuspec` file says of its package.
#[derive(Debug, Clone)]
pub(crate) struct Nuspec {
    pub(crate) id: Id,
    pub(crate) version: NugetVersion,
    /// The version as it was written.
    pub(crate) verbatim_version: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) summary: String,
    pub(crate) release_notes: String,
    pub(crate) copyright: String,
    pub(crate) authors: String,
    pub(crate) tags: Vec<String>,
    pub(crate) language: String,
    pub(crate) min_client_version: String,
    pub(crate) licence: Option<Licence>,
    pub(crate) licence_url: Option<String>,
    pub(crate) project_url: Option<String>,
    pub(crate) icon_url: Option<String>,
    /// The icon's file in the package.
    pub(crate) icon: Option<String>,
    /// The README's file in the package.
    pub(crate) readme: Option<String>,
    pub(crate) repository: Option<Repository>,
    pub(crate) requires_acceptance: bool,
    pub(crate) types: Vec<PackageType>,
    pub(crate) groups: Vec<DependencyGroup>,
}

/// Under what a package may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Licence {
    /// A licence by its SPDX name, or several.
    Expression(String),
    /// A file in the package.
    File(String),
}

/// Where a package is developed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    pub(crate) kind: String,
    pub(crate) url: String,
}

/// What a package is for: `Dependency`, `DotnetTool`, `SymbolsPackage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageType {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// Dependencies for a target framework, or for all.
#[derive(Debug, Clone)]
pub(crate) struct DependencyGroup {
    pub(crate) framework: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A package that is needed.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) id: Id,
    pub(crate) range: Range,
}

/// Why a `.nuspec` file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NuspecError {
    /// It is not read at all.
    #[error("The .nuspec file in the package {0}.")]
    Xml(XmlError),
    /// Its root is something else, or has no metadata.
    #[error("The .nuspec file in the package has no <package> with <metadata> in it.")]
    Root,
    /// An element that has to be there is not, or is empty.
    #[error("The .nuspec file in the package has no {0}: add <{0}> to its metadata.")]
    Missing(&'static str),
    /// An element is there twice.
    #[error("The .nuspec file in the package has {0} twice: leave one.")]
    Twice(&'static str),
    /// The id.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The version.
    #[error("The version {0} is none that NuGet knows: {1}.")]
    Version(Excerpt, model::nuget_version::BadNugetVersion),
    /// A text that is too long.
    #[error("The {0} in the .nuspec file is longer than {1} characters: shorten it.")]
    TooLong(&'static str, usize),
    /// An address that is none of the web.
    #[error("The {0} in the .nuspec file is not an http or https address: {1}.")]
    Address(&'static str, Excerpt),
    /// A licence that is neither an expression nor a file.
    #[error(
        "The license {0} in the .nuspec file is neither an SPDX expression (type=\"expression\") nor a file (type=\"file\")."
    )]
    Licence(Excerpt),
    /// A target framework that is none.
    #[error("The target framework {0} in the .nuspec file is none.")]
    Framework(Excerpt),
    /// Dependencies for a target framework in two places.
    #[error("The .nuspec file has two groups of dependencies for {0}: make them one.")]
    TwoGroups(Excerpt),
    /// Dependencies within groups and beside them.
    #[error("The .nuspec file has dependencies both in groups and without: put all in groups.")]
    Mixed,
    /// A dependency that is there twice for the same target framework.
    #[error("The .nuspec file has the dependency {0} twice for one target framework: leave one.")]
    TwoDependencies(Excerpt),
    /// A dependency with a bad id.
    #[error("A dependency in the .nuspec file has the id {0}, which is none.")]
    DependencyId(Excerpt),
    /// A dependency with a bad range.
    #[error("The dependency {0} in the .nuspec file has the version range {1}, which is none.")]
    DependencyRange(Excerpt, Excerpt),
    /// Too many dependencies or package types.
    #[error("The .nuspec file in the package has more than {0} {1}.")]
    TooMany(usize, &'static str),
    /// The oldest client it is for.
    #[error("The minClientVersion {0} in the .nuspec file is not a version.")]
    MinClientVersion(Excerpt),
}

impl Nuspec {
    /// Reads a `.nuspec` file. Whether the files it names are in the package is not known here.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NuspecError> {
        let root = Element::parse(bytes).map_err(NuspecError::Xml)?;
        let metadata = Some(&root).filter(|root| root.name() == "package");
        let metadata = metadata.and_then(|root| root.children("metadata").next());
        let metadata = Metadata(metadata.ok_or(NuspecError::Root)?);

        let id = Id::parse(metadata.required("id")?)?;
        let verbatim_version = metadata.required("version")?.to_owned();
        let version = verbatim_version
            .parse()
            .map_err(|why| NuspecError::Version(Excerpt::of(&verbatim_version), why))?;
        let [
            title,
            description,
            summary,
            release_notes,
            copyright,
            authors,
            tags,
            language,
            min_client_version,
        ] = metadata.texts()?;
        if !min_client_version.is_empty() && min_client_version.parse::<NugetVersion>().is_err() {
            return Err(NuspecError::MinClientVersion(Excerpt::of(&min_client_version)));
        }
        let words = tags.split([' ', ',', ';', '\t', '\r', '\n']);
        Ok(Self {
            id,
            version,
            title,
            description,
            summary,
            release_notes,
            copyright,
            authors,
            tags: words.filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            language,
            min_client_version,
            licence: metadata.licence()?,
            licence_url: metadata.address("licenseUrl")?,
            project_url: metadata.address("projectUrl")?,
            icon_url: metadata.address("iconUrl")?,
            icon: metadata.file("icon")?,
            readme: metadata.file("readme")?,
            repository: metadata.repository()?,
            requires_acceptance: metadata.is_set("requireLicenseAcceptance")?,
            types: metadata.types()?,
            groups: metadata.groups()?,
            verbatim_version,
        })
    }

    /// Whether it is of this type.
    pub(crate) fn is_type(&self, name: &str) -> bool {
        self.types.iter().any(|known| known.name.eq_ignore_ascii_case(name))
    }

    /// Whether clients older than NuGet 4.3 cannot read it: its version, or one that a dependency
    /// asks for, is of a form they do not know.
    pub(crate) fn is_semver2(&self) -> bool {
        let mut dependencies = self.groups.iter().flat_map(|group| &group.dependencies);
        self.version.is_semver2() || dependencies.any(|dependency| dependency.range.is_semver2())
    }
}

/// The `metadata` element.
struct Metadata<'a>(&'a Element);

impl<'a> Metadata<'a> {
    fn one(&self, name: &'static str) -> Result<Option<&'a Element>, NuspecError> {
        let mut all = self.0.children(name);
        let first = all.next();
        if all.next().is_some() { Err(NuspecError::Twice(name)) } else { Ok(first) }
    }

    fn text(&self, name: &'static str, most: usize) -> Result<&'a str, NuspecError> {
        let text = self.one(name)?.map(Element::text).unwrap_or_default();
        if text.chars().count() > most {
            return Err(NuspecError::TooLong(name, most));
        }
        Ok(text)
    }

    fn required(&self, name: &'static str) -> Result<&'a str, NuspecError> {
        let text = self.one(name)?.map(Element::text).unwrap_or_default();
        if text.is_empty() { Err(NuspecError::Missing(name)) } else { Ok(text) }
    }

    fn texts(&self) -> Result<[String; TEXTS.len()], NuspecError> {
        let mut texts = <[String; TEXTS.len()]>::default();
        for (text, (name, most)) in texts.iter_mut().zip(TEXTS) {
            self.text(name, most)?.clone_into(text);
        }
        Ok(texts)
    }

    fn is_set(&self, name: &'static str) -> Result<bool, NuspecError> {
        Ok(self.one(name)?.is_some_and(|element| element.text().eq_ignore_ascii_case("true")))
    }

    fn file(&self, name: &'static str) -> Result<Option<String>, NuspecError> {
        let file = self.text(name, LONGEST_FILE)?;
        Ok(Some(file.to_owned()).filter(|file| !file.is_empty()))
    }

    fn address(&self, name: &'static str) -> Result<Option<String>, NuspecError> {
        let text = self.text(name, LONGEST_ADDRESS)?;
        if text.is_empty() {
            return Ok(None);
        }
        // Clients make a link of it.
        let address = url::Url::parse(text).ok();
        let is_web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let address = address.filter(is_web);
        let address = address.ok_or_else(|| NuspecError::Address(name, Excerpt::of(text)))?;
        Ok(Some(address.into()))
    }

    fn licence(&self) -> Result<Option<Licence>, NuspecError> {
        let Some(element) = self.one("license")? else { return Ok(None) };
        let text = self.text("license", LONGEST_FILE)?;
        match element.attribute("type").map(str::to_ascii_lowercase).as_deref() {
            Some("expression") if is_expression(text) => {
                Ok(Some(Licence::Expression(text.to_owned())))
            }
            Some("file") if !text.is_empty() => Ok(Some(Licence::File(text.to_owned()))),
            _ => Err(NuspecError::Licence(Excerpt::of(text))),
        }
    }

    fn repository(&self) -> Result<Option<Repository>, NuspecError> {
        let Some(element) = self.one("repository")? else { return Ok(None) };
        let attribute = |name| element.attribute(name).unwrap_or_default().trim();
        let (kind, url) = (attribute("type"), attribute("url"));
        if kind.len() > LONGEST_FILE || url.len() > LONGEST_ADDRESS {
            return Err(NuspecError::TooLong("repository", LONGEST_ADDRESS));
        }
        let repository = Repository { kind: kind.to_owned(), url: url.to_owned() };
        Ok(Some(repository).filter(|repository| !repository.url.is_empty()))
    }

    fn types(&self) -> Result<Vec<PackageType>, NuspecError> {
        let Some(element) = self.one("packageTypes")? else { return Ok(Vec::new()) };
        let mut types = Vec::new();
        for element in element.children("packageType") {
            let attribute = |name| element.attribute(name).unwrap_or_default().trim();
            let (name, version) = (attribute("name"), attribute("version"));
            if name.len() > LONGEST_FILE || version.len() > LONGEST_FILE {
                return Err(NuspecError::TooLong("packageType", LONGEST_FILE));
            }
            if types.len() == TYPES {
                return Err(NuspecError::TooMany(TYPES, "package types"));
            }
            types.push(PackageType { name: name.to_owned(), version: version.to_owned() });
        }
        Ok(types)
    }

    fn groups(&self) -> Result<Vec<DependencyGroup>, NuspecError> {
        let Some(element) = self.one("dependencies")? else { return Ok(Vec::new()) };
        let mut groups = Vec::new();
        // The older form: dependencies without groups, for all target frameworks.
        let flat = dependencies(element)?;
        if !flat.is_empty() {
            groups.push(DependencyGroup { framework: None, dependencies: flat });
        }
        let mut seen = HashSet::new();
        for group in element.children("group") {
            if element.children("dependency").next().is_some() {
                return Err(NuspecError::Mixed);
            }
            let framework = framework(group)?;
            if !seen.insert(framework.clone().unwrap_or_default().to_ascii_lowercase()) {
                let name = framework.unwrap_or_else(|| "any".to_owned());
                return Err(NuspecError::TwoGroups(Excerpt::of(&name)));
            }
            groups.push(DependencyGroup { framework, dependencies: dependencies(group)? });
        }
        let count: usize = groups.iter().map(|group| 1 + group.dependencies.len()).sum();
        if count > DEPENDENCIES {
            return Err(NuspecError::TooMany(DEPENDENCIES, "dependencies"));
        }
        Ok(groups)
    }
}

/// What a group of dependencies is for. Clients older than NuGet 3 are told in a line in which colons and
/// bars have a meaning (`Acme.Core:[1.0.0, ):net45|…`): no target framework has one.
fn framework(group: &Element) -> Result<Option<String>, NuspecError> {
    let framework = group.attribute("targetFramework").unwrap_or_default().trim();
    if framework.len() > LONGEST_FRAMEWORK {
        return Err(NuspecError::TooLong("targetFramework", LONGEST_FRAMEWORK));
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" .,=+-_".contains(&byte);
    if !framework.bytes().all(is_allowed) {
        return Err(NuspecError::Framework(Excerpt::of(framework)));
    }
    Ok(Some(framework.to_owned()).filter(|framework| !framework.is_empty()))
}

fn dependencies(element: &Element) -> Result<Vec<Dependency>, NuspecError> {
    let mut seen = HashSet::new();
    let dependency = |element: &Element| {
        let id = element.attribute("id").unwrap_or_default().trim();
        let range = element.attribute("version").unwrap_or_default();
        let bad_range = |_| NuspecError::DependencyRange(Excerpt::of(id), Excerpt::of(range));
        let id = Id::parse(id).map_err(|_| NuspecError::DependencyId(Excerpt::of(id)))?;
        if !seen.insert(id.lower()) {
            return Err(NuspecError::TwoDependencies(Excerpt::of(id.as_str())));
        }
        Ok(Dependency { id, range: range.parse().map_err(bad_range)? })
    };
    element.children("dependency").map(dependency).collect()
}

#[cfg(test)]
pub(crate) mod tests;
