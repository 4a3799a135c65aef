//! The description of a version (<https://maven.apache.org/pom.html>), as far as pages and searches show
//! it. It is the publisher's word; what it names has to be what the path names.

use model::maven_version::MavenVersion;
use serde_json::{Value, json};

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

/// What a version says of itself, as pages read it.
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
    let licences: Vec<Value> = nested(&project, "licenses", "license")
        .map(|licence| json!({ "name": text(licence, "name"), "url": text(licence, "url") }))
        .collect();
    let developers: Vec<&str> = nested(&project, "developers", "developer")
        .filter_map(|developer| text(developer, "name").or_else(|| text(developer, "id")))
        .collect();
    let of = |part, name| project.children(part).next().and_then(|part| text(part, name));
    let known = Properties { project: &project, id, version };
    let managed: Vec<&Element> = project
        .children("dependencyManagement")
        .flat_map(|managed| nested(managed, "dependencies", "dependency"))
        .collect();
    let dependencies = nested(&project, "dependencies", "dependency");
    let dependencies: Vec<Value> =
        dependencies.filter_map(|needed| dependency(needed, &managed, &known)).collect();
    Ok(json!({
        "name": id,
        "version": version,
        "description": description,
        "licenses": licences,
        "authors": developers.join(", "),
        "homepage": text(&project, "url"),
        "repository": of("scm", "url"),
        "bugs": of("issueManagement", "url"),
        "packaging": text(&project, "packaging").unwrap_or("jar"),
        "dependencies": dependencies,
    })
    .to_string())
}

/// A dependency. What it leaves out may be said under `dependencyManagement`; what is said in a parent
/// is not known here.
fn dependency(needed: &Element, managed: &[&Element], known: &Properties<'_>) -> Option<Value> {
    let name = |element| {
        let [group, artifact] = ["groupId", "artifactId"].map(|part| text(element, part));
        Some(known.put_into(&format!("{}:{}", group?, artifact?)))
    };
    let named = name(needed)?;
    let managed = managed.iter().find(|element| name(element).as_ref() == Some(&named));
    let said = |part| {
        let text = text(needed, part).or_else(|| text(managed?, part));
        text.map(|text| known.put_into(text))
    };
    Some(json!({
        "name": named,
        "version": said("version").unwrap_or_default(),
        "scope": said("scope").unwrap_or_else(|| "compile".to_owned()),
        "optional": said("optional").is_some_and(|said| said == "true"),
    }))
}

/// The properties that a description sets itself, and those that every one has.
struct Properties<'a> {
    project: &'a Element,
    id: &'a str,
    version: &'a str,
}

impl Properties<'_> {
    /// Puts in what is known. The rest stays as it is written, which says at least that it is a property.
    fn put_into(&self, text: &str) -> String {
        let (mut put, mut rest) = (String::new(), text);
        while let Some((before, (name, after))) =
            rest.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            put.push_str(before);
            match self.value(name) {
                Some(value) => put.push_str(value),
                None => put.extend(["${", name, "}"]),
            }
            rest = after;
        }
        put + rest
    }

    fn value<'s>(&'s self, name: &'s str) -> Option<&'s str> {
        match name {
            "project.version" | "pom.version" => Some(self.version),
            "project.groupId" | "pom.groupId" => self.id.split_once(':').map(|(group, _)| group),
            _ => nested(self.project, "properties", name).next().map(Element::text),
        }
    }
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
            <licenses><license><name>MIT</name><url>https://mit.example</url></license></licenses><scm><url>https://git.example/a/b</url></scm>
            <developers><developer><id>ann</id><name>Ann</name></developer><developer><id>bob</id></developer></developers></project>";
        let read = read_json(pom, "1.1");
        assert_eq!(read["description"], "A <thing>");
        assert_eq!(read["licenses"], json!([{ "name": "MIT", "url": "https://mit.example" }]));
        assert_eq!(read["authors"], "Ann, bob");
        assert_eq!(read["homepage"], "https://acme.example");
        assert_eq!(read["repository"], "https://git.example/a/b");
    }

    #[test]
    fn dependencies_are_read_as_far_as_this_file_says_them() {
        let of = |coordinates: &str, more: &str| {
            let (group, artifact) = coordinates.split_once(':').unwrap();
            format!(
                "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>{more}</dependency>"
            )
        };
        let pom = format!(
            "<project><groupId>org.acme</groupId><artifactId>demo</artifactId><version>2.0</version>
            <properties><b.version>1.5</b.version></properties>
            <dependencyManagement><dependencies>{}</dependencies></dependencyManagement>
            <dependencies>{}{}{}{}{}{}</dependencies></project>",
            of("m:n", "<version>${b.version}</version><scope>runtime</scope>"),
            of("a:b", "<version>[1,2)</version>"),
            of("${project.groupId}:core", "<version>${project.version}</version><optional>true</optional>"),
            of("m:n", ""),
            of("junit:junit", "<scope>test</scope>"),
            of("p:q", "<version>${from.parent}-x${</version><scope>provided</scope>"),
            "<dependency><groupId>no.artifact</groupId></dependency>",
        );
        let needs = |name, version, scope, optional| json!({ "name": name, "version": version, "scope": scope, "optional": optional });
        assert_eq!(
            read_json(&pom, "2.0")["dependencies"],
            json!([
                needs("a:b", "[1,2)", "compile", false),
                needs("org.acme:core", "2.0", "compile", true),
                needs("m:n", "1.5", "runtime", false),
                needs("junit:junit", "", "test", false),
                needs("p:q", "${from.parent}-x${", "provided", false),
            ])
        );
    }

    fn read_json(pom: &str, version: &str) -> Value {
        serde_json::from_str(&read(pom.as_bytes(), "org.acme:demo", version).unwrap()).unwrap()
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
