//! What a path below `/F/{feed}/maven/` means.

use model::{maven_version::MavenVersion, pattern::Pattern};
use percent_encoding::percent_decode_str;
use registry::packages::Checksum;

use super::digest::KINDS;

/// The most bytes of one part of a path.
const LONGEST: usize = 200;
/// The name of the lists that clients keep.
pub(crate) const LIST: &str = "maven-metadata.xml";

/// A path, understood; what a checksum is of stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// A file of a version.
    File(File, Option<Checksum>),
    /// A list.
    List(Place, Option<Checksum>),
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// `group:artifact`.
    pub(crate) id: String,
    /// The version, as its folder is called.
    pub(crate) version: String,
    /// Its name.
    pub(crate) name: String,
    /// What follows the artifact and the version: `.jar`, `-sources.jar`.
    rest: String,
}

/// Where a list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Beside the versions of an artifact or, which looks the same, the artifacts of a group.
    Either {
        /// `group:artifact`, if there are parts enough for both.
        package: Option<String>,
        /// `group:`, unless the last part could not be one of a group's, as `demo_2.13`.
        group: Option<String>,
    },
    /// Beside the builds of a version in the making: `group:artifact`, and the version.
    Version(String, String),
}

/// Why a path is none of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// A part has other characters, is empty, or too long.
    #[error("A part of this path is not made of letters, digits, and . _ - +, or is too long.")]
    Part,
    /// It is not of the form.
    #[error(
        "This is no path of Maven's layout: group/artifact/version/artifact-version.extension."
    )]
    Layout,
}

impl Path {
    /// Reads what follows `/F/{feed}/maven/`, as sent.
    pub(crate) fn parse(path: &str) -> Result<Self, PathError> {
        let parts: Result<Vec<String>, PathError> = path.split('/').map(part).collect();
        let mut parts = parts?;
        let mut name = parts.pop().ok_or(PathError::Layout)?;
        let mut checksum = None;
        if let Some((end, kind)) = KINDS.into_iter().find(|(end, _)| name.ends_with(end)) {
            name.truncate(name.len() - end.len());
            checksum = Some(kind);
        }
        if KINDS.into_iter().any(|(end, _)| name.ends_with(end)) {
            return Err(PathError::Layout);
        }
        if name == LIST {
            return Ok(Self::List(Place::of(&parts)?, checksum));
        }
        let [group @ .., artifact, version] = parts.as_slice() else {
            return Err(PathError::Layout);
        };
        let id = id(group, artifact)?;
        let rest = rest(&name, artifact, version).ok_or(PathError::Layout)?.to_owned();
        Ok(Self::File(File { id, version: version.clone(), name, rest }, checksum))
    }
}

impl Place {
    fn of(parts: &[String]) -> Result<Self, PathError> {
        if let [group @ .., artifact, version] = parts
            && MavenVersion::is_snapshot(version)
        {
            return Ok(Self::Version(id(group, artifact)?, version.clone()));
        }
        let group = dotted(parts).map(|group| format!("{group}:"));
        let package = match parts {
            [group @ .., artifact] if !group.is_empty() => id(group, artifact).ok(),
            _ => None,
        };
        match (package, group) {
            (None, Err(error)) => Err(error),
            (package, group) => Ok(Self::Either { package, group: group.ok() }),
        }
    }

    /// `group:artifact`, if it is the place of one.
    pub(crate) fn package(&self) -> Option<&str> {
        match self {
            Self::Either { package, .. } => package.as_deref(),
            Self::Version(package, _) => Some(package),
        }
    }

    /// `group:`, if it is the place of one.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Either { group, .. } => group.as_deref(),
            Self::Version(..) => None,
        }
    }

    /// The version in the making whose builds are listed; empty for other lists.
    pub(crate) fn version(&self) -> &str {
        match self {
            Self::Either { .. } => "",
            Self::Version(_, version) => version,
        }
    }
}

impl File {
    /// Whether the version describes itself in it.
    pub(crate) fn is_pom(&self) -> bool {
        self.rest == ".pom"
    }

    /// How much it stands for its version: the artifact itself the most, its description a little.
    pub(crate) fn weight(&self) -> i64 {
        match self.rest.as_str() {
            ".jar" | ".war" | ".ear" | ".aar" => 3,
            ".pom" => 1,
            rest if rest.starts_with('-') || is_signature(rest) || rest == ".module" => 0,
            _ => 2,
        }
    }

    /// Whether another file of the name may take its place: only in the making, and only without a
    /// time in its name.
    pub(crate) fn is_replaced(&self) -> bool {
        MavenVersion::is_snapshot(&self.version) && self.name.contains(&self.version)
    }

    /// The type it is served as: never one that a browser would run.
    pub(crate) fn content_type(&self) -> &'static str {
        let is_text = [".pom", ".module", ".xml", ".txt", ".asc", ".json"];
        if is_text.iter().any(|end| self.rest.ends_with(end)) {
            "text/plain; charset=utf-8"
        } else {
            "application/octet-stream"
        }
    }
}

/// Whether a file is a signature of another.
fn is_signature(rest: &str) -> bool {
    rest.rsplit('.').next() == Some("asc")
}

/// One part, decoded: no path leads out of its folder.
fn part(text: &str) -> Result<String, PathError> {
    let part = percent_decode_str(text).decode_utf8().map_err(|_| PathError::Part)?;
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-+".contains(&b);
    let is_fit = part.len() <= LONGEST
        && part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && part.bytes().all(is_allowed);
    if is_fit { Ok(part.into_owned()) } else { Err(PathError::Part) }
}

/// A group's name. Its parts have no dots: one artifact has one path.
fn dotted(parts: &[String]) -> Result<String, PathError> {
    if parts.is_empty() || parts.iter().any(|part| part.contains(['.', '+'])) {
        return Err(PathError::Layout);
    }
    let group = parts.join(".");
    if group.len() < Pattern::LONGEST { Ok(group) } else { Err(PathError::Part) }
}

fn id(group: &[String], artifact: &str) -> Result<String, PathError> {
    let id = format!("{}:{artifact}", dotted(group)?);
    if artifact.contains('+') {
        return Err(PathError::Layout);
    }
    if id.len() <= Pattern::LONGEST { Ok(id) } else { Err(PathError::Part) }
}

/// What follows artifact and version in a file's name.
fn rest<'a>(name: &'a str, artifact: &str, version: &str) -> Option<&'a str> {
    let name = name.strip_prefix(artifact)?.strip_prefix('-')?;
    let rest = if let Some(rest) = name.strip_prefix(version) {
        rest
    } else {
        let base = version.strip_suffix("SNAPSHOT")?;
        after_build(name.strip_prefix(base)?)?
    };
    let extension = match rest.strip_prefix('-') {
        Some(classified) => classified.split_once('.').filter(|(name, _)| !name.is_empty())?.1,
        None => rest.strip_prefix('.')?,
    };
    let is_fit = !extension.is_empty() && !extension.ends_with('.') && !extension.contains("..");
    is_fit.then_some(rest)
}

/// What follows the time and number of a build: `20261123.180132-1`.
fn after_build(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = text.split_once('.')?;
    let (time, rest) = rest.split_once('-')?;
    let is_time = day.len() == 8 && digits(day) == 8 && time.len() == 6 && digits(time) == 6;
    let number = digits(rest);
    (is_time && number > 0 && number < 10).then(|| &rest[number..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(path: &str) -> (String, String, String) {
        match Path::parse(path) {
            Ok(Path::File(file, None)) => (file.id, file.version, file.rest),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn files_of_the_layout() {
        for (path, id, version, rest) in [
            ("org/acme/demo/1.1/demo-1.1.jar", "org.acme:demo", "1.1", ".jar"),
            ("junit/junit/4.13/junit-4.13.pom", "junit:junit", "4.13", ".pom"),
            ("org/acme/demo/1.1/demo-1.1-sources.jar", "org.acme:demo", "1.1", "-sources.jar"),
            ("org/acme/demo/1.1/demo-1.1.tar.gz", "org.acme:demo", "1.1", ".tar.gz"),
            ("org/acme/demo/1.1/demo-1.1.jar.asc", "org.acme:demo", "1.1", ".jar.asc"),
            ("org/acme/a.b_2.13/1/a.b_2.13-1.module", "org.acme:a.b_2.13", "1", ".module"),
            ("org/acme/demo/1-rc%2B1/demo-1-rc+1.jar", "org.acme:demo", "1-rc+1", ".jar"),
            ("a/d/2-SNAPSHOT/d-2-20261123.180132-1.jar", "a:d", "2-SNAPSHOT", ".jar"),
            ("a/d/2-SNAPSHOT/d-2-20261123.180132-12-tests.jar", "a:d", "2-SNAPSHOT", "-tests.jar"),
            ("a/d/2-SNAPSHOT/d-2-SNAPSHOT.jar", "a:d", "2-SNAPSHOT", ".jar"),
        ] {
            assert_eq!(file(path), (id.to_owned(), version.to_owned(), rest.to_owned()), "{path}");
        }
        let sum = Path::parse("org/acme/demo/1.1/demo-1.1.jar.sha1");
        assert!(
            matches!(sum, Ok(Path::File(file, Some(Checksum::Sha1))) if file.name == "demo-1.1.jar")
        );
    }

    #[test]
    fn lists_of_the_layout() {
        let list = |path| match Path::parse(path) {
            Ok(Path::List(place, _)) => place,
            other => panic!("{path}: {other:?}"),
        };
        let either = |package: Option<&str>, group: &str| Place::Either {
            package: package.map(str::to_owned),
            group: Some(group.to_owned()).filter(|group| !group.is_empty()),
        };
        assert_eq!(list("junit/maven-metadata.xml"), either(None, "junit:"));
        let scala = either(Some("org.acme:demo_2.13"), "");
        assert_eq!(list("org/acme/demo_2.13/maven-metadata.xml"), scala);
        let expected = either(Some("org.acme:demo"), "org.acme.demo:");
        assert_eq!(list("org/acme/demo/maven-metadata.xml.md5"), expected);
        assert_eq!(
            list("org/acme/demo/2.0-SNAPSHOT/maven-metadata.xml"),
            Place::Version("org.acme:demo".to_owned(), "2.0-SNAPSHOT".to_owned())
        );
    }

    #[test]
    fn what_is_no_path_of_the_layout() {
        for path in [
            "",
            "/",
            "maven-metadata.xml",
            "demo_2.13/maven-metadata.xml",
            "org.acme/demo/maven-metadata.xml",
            "org/demo+/maven-metadata.xml",
            "demo-1.jar",
            "org/demo-1.jar",
            "org/acme/demo/1.1/other-1.1.jar",
            "org/acme/demo/1.1/demo-1.2.jar",
            "org/acme/demo/1.1/demo-1.1",
            "org/acme/demo/1.1/demo-1.1.",
            "org/acme/demo/1.1/demo-1.1.a..b",
            "org/acme/demo/1.1/demo-1.1-.jar",
            "org/acme/demo/1.1/demo-1.1.jar.sha1.md5",
            "org/acme/demo/1.1/",
            "org//demo/1.1/demo-1.1.jar",
            "/org/acme/demo/1.1/demo-1.1.jar",
            "org.acme/demo/1.1/demo-1.1.jar",
            "org/../demo/1.1/demo-1.1.jar",
            "org/%2e%2e/demo/1.1/demo-1.1.jar",
            "org/./demo/1.1/demo-1.1.jar",
            "org%2Facme/demo/1.1/demo-1.1.jar",
            "org/acme%5Cx/demo/1.1/demo-1.1.jar",
            "org/acme/demo/1.1/demo-1.1.jar%00",
            "org/acme/demo/1.1/demo-1.1.j%0Aar",
            "org/acme/d\u{e9}mo/1.1/d\u{e9}mo-1.1.jar",
            "org/acme/%ff/1.1/x-1.1.jar",
            "a/d/2-SNAPSHOT/d-2-2026.180132-1.jar",
            "a/d/2-SNAPSHOT/d-2-20261123.180132-.jar",
            "a/d/2-SNAPSHOT/d-2-20261123.180132-1",
            &format!("a/{}/1/x-1.jar", "x".repeat(201)),
            &format!("{}d/1/d-1.jar", "g/".repeat(120)),
        ] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn nothing_leads_out_of_its_folder(path in "([a-c./%\\\\]|%2e|%2f|%00|-1|\\PC){0,30}") {
            if let Ok(Path::File(file, _)) = Path::parse(&path) {
                for part in [&file.version, &file.name] {
                    prop_assert!(!part.contains(['/', '\\', '\0']) && !part.starts_with('.'));
                }
                prop_assert!(file.id.matches(':').count() == 1);
            }
        }

        #[test]
        fn a_file_is_found_where_it_says_it_is(path in "(org/|acme/|demo_2\\.13/|d/|1\\.1/|2-SNAPSHOT/){2,5}(d|demo_2\\.13)-(1\\.1|2-SNAPSHOT|2-20261123\\.180132-1)(-a)?\\.(jar|pom|tar\\.gz)") {
            if let Ok(Path::File(file, None)) = Path::parse(&path) {
                let (group, artifact) = file.id.split_once(':').unwrap();
                let again = format!("{}/{artifact}/{}/{}", group.replace('.', "/"), file.version, file.name);
                prop_assert_eq!(&again, &path);
            }
        }

        #[test]
        fn a_list_is_of_something(path in "(org/|acme/|demo_2\\.13/|d\\+/|2-SNAPSHOT/|/){0,4}maven-metadata\\.xml(\\.md5)?") {
            if let Ok(path) = Path::parse(&path) {
                let is_of_something = |place: &Place| place.package().or(place.group()).is_some();
                prop_assert!(matches!(&path, Path::List(place, _) if is_of_something(place)));
            }
        }

        #[test]
        fn any_version_and_classifier_is_found(version in "[0-9a-z][0-9a-z.+-]{0,10}", classifier in "(-[a-z]{1,9})?", extension in "[a-z]{1,5}") {
            let path = format!("org/acme/demo/{version}/demo-{version}{classifier}.{extension}");
            match Path::parse(&path) {
                Ok(Path::File(file, None)) => prop_assert_eq!(file.version, version),
                other => prop_assert!(false, "{} {:?}", path, other),
            }
        }
    }
}
