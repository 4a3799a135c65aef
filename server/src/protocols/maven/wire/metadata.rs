//! `maven-metadata.xml`: which versions an artifact has, which builds a version, which plugins a group
//! (<https://maven.apache.org/ref/3.9.0/maven-repository-metadata/repository-metadata.html>).

use model::{maven_version::MavenVersion, timestamp::Timestamp};

use crate::protocols::{
    rfc3339::Rfc3339,
    xml::{Element, XmlError},
};

/// The most bytes of a list.
pub(crate) const LONGEST: usize = 4 << 20;

/// What matters of a list that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// The group, if it is named.
    pub(crate) group: Option<String>,
    /// The artifact, if it is named.
    pub(crate) artifact: Option<String>,
    /// The versions of the artifact.
    pub(crate) versions: Vec<String>,
    /// The builds of a version, as files are called by them.
    pub(crate) builds: Vec<String>,
}

/// Why a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListError {
    /// It is no XML, or of a kind that is not read.
    #[error("The list of versions {0}.")]
    Xml(XmlError),
    /// Its root is another.
    #[error("The list of versions is none: it has no element metadata at its top.")]
    Other,
}

impl List {
    /// Reads a list.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ListError> {
        let root = Element::parse(bytes).map_err(ListError::Xml)?;
        if root.name() != "metadata" {
            return Err(ListError::Other);
        }
        let text = |element: &Element, name| {
            element.children(name).next().map(|child| child.text().to_owned())
        };
        let versioning = root.children("versioning").next().cloned().unwrap_or_default();
        let versions = versioning.children("versions").flat_map(|all| all.children("version"));
        let builds = versioning
            .children("snapshotVersions")
            .flat_map(|all| all.children("snapshotVersion"))
            .filter_map(|build| text(build, "value"));
        Ok(Self {
            group: text(&root, "groupId"),
            artifact: text(&root, "artifactId"),
            versions: versions.map(|version| version.text().to_owned()).collect(),
            builds: builds.collect(),
        })
    }
}

/// The list of an artifact's versions, for artifacts of which nobody sent one, or no valid one any more.
pub(crate) fn write(id: &str, mut versions: Vec<String>, updated: Timestamp) -> String {
    versions.sort_by_cached_key(|version| MavenVersion::new(version));
    let (group, artifact) = id.split_once(':').unwrap_or_default();
    let latest = versions.last().map(|version| format!("    <latest>{version}</latest>\n"));
    let released = |version: &&String| !MavenVersion::is_snapshot(version);
    let release = versions.iter().rfind(released);
    let release = release.map(|version| format!("    <release>{version}</release>\n"));
    let lines: Vec<String> =
        versions.iter().map(|version| format!("      <version>{version}</version>\n")).collect();
    let lines = lines.concat();
    let moment: String = Rfc3339(updated.as_millis())
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    // Nothing here has a character that XML sets apart: paths have none.
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata>\n  <groupId>{group}</groupId>\n  \
         <artifactId>{artifact}</artifactId>\n  <versioning>\n{}{}    <versions>\n{lines}    </versions>\n    \
         <lastUpdated>{moment}</lastUpdated>\n  </versioning>\n</metadata>\n",
        latest.unwrap_or_default(),
        release.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let versions = ["2.0-SNAPSHOT", "1.10", "1.9"].map(str::to_owned).to_vec();
        let text = write("org.acme:demo", versions, Timestamp::from_millis(1_795_521_600_000));
        assert!(
            text.contains("<latest>2.0-SNAPSHOT</latest>\n    <release>1.10</release>"),
            "{text}"
        );
        assert!(text.contains("<lastUpdated>20261124120000</lastUpdated>"), "{text}");
        let list = List::read(text.as_bytes()).unwrap();
        assert_eq!(list.versions, ["1.9", "1.10", "2.0-SNAPSHOT"]);
        assert_eq!(
            (list.group.as_deref(), list.artifact.as_deref()),
            (Some("org.acme"), Some("demo"))
        );
    }

    #[test]
    fn builds_are_read() {
        let text = "<metadata><versioning><snapshotVersions><snapshotVersion><extension>jar</extension>
            <value>2.0-20261123.180132-1</value></snapshotVersion></snapshotVersions></versioning></metadata>";
        assert_eq!(List::read(text.as_bytes()).unwrap().builds, ["2.0-20261123.180132-1"]);
        assert_eq!(List::read(b"<project/>"), Err(ListError::Other));
        let entities = b"<!DOCTYPE a [<!ENTITY b 'c'>]><metadata>&b;</metadata>";
        assert_eq!(List::read(entities), Err(ListError::Xml(XmlError::DocumentType)));
    }

    proptest! {
        #[test]
        fn any_list_is_read_as_it_was_written(versions in prop::collection::btree_set("[0-9a-z][0-9a-z.+-]{0,9}(-SNAPSHOT)?", 0..9), moment in 0..4_000_000_000_000_i64) {
            let versions: Vec<String> = versions.into_iter().collect();
            let text = write("org.acme:demo_2.13", versions.clone(), Timestamp::from_millis(moment));
            let mut list = List::read(text.as_bytes()).unwrap();
            list.versions.sort();
            prop_assert_eq!(list.versions, versions);
            prop_assert_eq!((list.group.unwrap(), list.artifact.unwrap()), ("org.acme".into(), "demo_2.13".into()));
        }

        #[test]
        fn any_tags_are_a_list_or_not(text in "(</?(metadata|versioning|versions|version|artifactId|snapshotVersion)>|1|&amp;|<!--|-->| ){0,14}") {
            let _ = List::read(text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = List::read(&bytes);
        }
    }
}
