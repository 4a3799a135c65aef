//! The description of a version (<https://maven.apache.org/pom.html>), as far as pages and searches show
//! it. It is the publisher's word; what it names has to be what the path names.

use model::maven_version::MavenVersion;
use serde_json::{Map, Value, json};

use crate::protocols::xml::{Element, XmlError};

/// The most bytes of a description.
pub(crate) const LONGEST: usize = 1 << 20;

/// Why a description is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PomError {
    /// It is no XML, or of a kind that is not read.
    #[error("The POM {0}.")]
    Xml(XmlError),
    /// Its root is another.
    #[error("The POM is none: it has no element project at its top.")]
    Other,
    /// It names something else than its path.
    #[error("The POM names another {0} than its path.")]
    Disagrees(&'static str),
}

/// What a version says of itself: in the form of npm's manifests, as pages read it.
pub(crate) fn read(bytes: &[u8], id: &str, version: &str) -> Result<String, PomError> {
    let project = Element::parse_latin(bytes).map_err(PomError::Xml)?;
    if project.name() != "project" {
        return Err(PomError::Other);
    }
    let (group, artifact) = id.split_once(':').unwrap_or_default();
    let parent = project.children("parent").next();
    let inherited = |name| text(&project, name).or_else(|| text(parent?, name));
    agree("group", inherited("groupId"), group)?;
    agree("artifact", text(&project, "artifactId"), artifact)?;
    let said = inherited("version");
    // A build of a version in the making may be called by its time.
    let base = version.strip_suffix("SNAPSHOT").filter(|_| MavenVersion::is_snapshot(version));
    if !base.is_some_and(|base| said.is_some_and(|said| said.starts_with(base))) {
        agree("version", said, version)?;
    }
    let description = text(&project, "description").or_else(|| text(&project, "name"));
    let licences: Vec<&str> = nested(&project, "licenses", "license")
        .filter_map(|licence| text(licence, "name"))
        .collect();
    let of = |part, name| project.children(part).next().and_then(|part| text(part, name));
    let mut manifest = json!({
        "name": id,
        "version": version,
        "description": description,
        "license": (!licences.is_empty()).then(|| licences.join(", ")),
        "homepage": text(&project, "url"),
        "repository": of("scm", "url"),
        "bugs": of("issueManagement", "url"),
        "packaging": text(&project, "packaging").unwrap_or("jar"),
    });
    for dependency in nested(&project, "dependencies", "dependency") {
        let (Some(group), Some(artifact)) =
            (text(dependency, "groupId"), text(dependency, "artifactId"))
        else {
            continue;
        };
        let is_optional = text(dependency, "optional") == Some("true");
        let kind = match text(dependency, "scope") {
            Some("test") => "devDependencies",
            Some("provided" | "system") => "peerDependencies",
            _ if is_optional => "optionalDependencies",
            _ => "dependencies",
        };
        if manifest.get(kind).is_none() {
            manifest[kind] = Value::Object(Map::new());
        }
        manifest[kind][format!("{group}:{artifact}")] =
            text(dependency, "version").unwrap_or_default().into();
    }
    Ok(manifest.to_string())
}

/// What is made of properties agrees with anything: what they say may stand in another file.
fn agree(what: &'static str, said: Option<&str>, named: &str) -> Result<(), PomError> {
    match said {
        Some(said) if said == named || said.contains("${") => Ok(()),
        _ => Err(PomError::Disagrees(what)),
    }
}

fn text<'a>(element: &'a Element, name: &'a str) -> Option<&'a str> {
    element.children(name).next().map(Element::text).filter(|text| !text.is_empty())
}

fn nested<'a>(
    element: &'a Element,
    outer: &'a str,
    inner: &'a str,
) -> impl Iterator<Item = &'a Element> {
    element.children(outer).flat_map(move |outer| outer.children(inner))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_pages_show_is_read() {
        let pom = "<project xmlns='http://maven.apache.org/POM/4.0.0'><parent><groupId>org.acme</groupId><version>1.1</version></parent>
            <artifactId>demo</artifactId><name>Demo</name><description>A &lt;thing&gt;</description><url>https://acme.example</url>
            <licenses><license><name>MIT</name></license></licenses><scm><url>https://git.example/a/b</url></scm>
            <dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>[1,2)</version></dependency>
            <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency></dependencies></project>";
        let read: Value =
            serde_json::from_str(&read(pom.as_bytes(), "org.acme:demo", "1.1").unwrap()).unwrap();
        assert_eq!(read["description"], "A <thing>");
        assert_eq!(read["license"], "MIT");
        assert_eq!(read["homepage"], "https://acme.example");
        assert_eq!(read["dependencies"]["a:b"], "[1,2)");
        assert_eq!(read["devDependencies"]["junit:junit"], "");
    }

    #[test]
    fn a_pom_agrees_with_its_path() {
        let pom = |group: &str, artifact: &str, version: &str| {
            format!(
                "<project><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></project>"
            )
        };
        let of = |pom: String, version| read(pom.as_bytes(), "org.acme:demo", version).err();
        assert_eq!(of(pom("org.acme", "demo", "1"), "1"), None);
        assert_eq!(of(pom("org.acme", "demo", "${revision}"), "1"), None);
        assert_eq!(of(pom("org.acme", "demo", "2-20261123.180132-1"), "2-SNAPSHOT"), None);
        let disagrees = |what| Some(PomError::Disagrees(what));
        assert_eq!(of(pom("org", "demo", "1"), "1"), disagrees("group"));
        assert_eq!(of(pom("org.acme", "other", "1"), "1"), disagrees("artifact"));
        assert_eq!(of(pom("org.acme", "demo", "2"), "1"), disagrees("version"));
        assert_eq!(of("<project/>".to_owned(), "1"), disagrees("group"));
        assert_eq!(of("<html/>".to_owned(), "1"), Some(PomError::Other));
        let entities =
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><project>&b;</project>";
        assert_eq!(of(entities.to_owned(), "1"), Some(PomError::Xml(XmlError::DocumentType)));
    }

    proptest! {
        #[test]
        fn any_pom_is_read_or_not(inner in "(</?(parent|dependencies|dependency|groupId|artifactId|version|scope|licenses|license|name)>|org.acme|demo|1|\\$\\{a\\}){0,14}") {
            let pom = format!("<project><groupId>org.acme</groupId><artifactId>demo</artifactId><version>1</version>{inner}</project>");
            if let Ok(manifest) = read(pom.as_bytes(), "org.acme:demo", "1") {
                prop_assert!(serde_json::from_str::<Value>(&manifest).unwrap().is_object());
            }
        }
    }
}
