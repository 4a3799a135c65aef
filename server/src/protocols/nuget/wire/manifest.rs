//! What is kept of a package's manifest, as JSON: once for the documents about many versions, and once
//! whole.

use serde::{Deserialize, Serialize};

use super::{
    nuspec::{DependencyGroup, Licence, Nuspec},
    package::{Icon, IconKind, UploadedPackage},
};

/// What stands in the stored manifest of a version that clients of every age can read, and of no other:
/// within a text the quotes would be escaped.
pub(crate) const FOR_ALL_CLIENTS: &str = "\"isSemVer2\":false";
/// The type of a package that says nothing of its type.
pub(crate) const USUAL_TYPE: &str = "Dependency";

/// What the documents about a package say of a version. Names are those of NuGet's own documents
/// where it has one; `license`, `homepage` and `repository` are what pages about any package look for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as they stand in JSON")]
pub(crate) struct Manifest {
    pub(crate) id: String,
    /// Normalised, with build metadata.
    pub(crate) version: String,
    /// As it was written.
    pub(crate) verbatim_version: String,
    /// Whether clients older than NuGet 4.3 cannot read it.
    pub(crate) is_sem_ver2: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    pub(crate) description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) summary: String,
    pub(crate) authors: String,
    pub(crate) tags: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) copyright: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) language: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) min_client_version: String,
    pub(crate) require_license_acceptance: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_expression: Option<String>,
    /// Whether the licence is a file in the package.
    pub(crate) has_license_file: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository: Option<RepositoryEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) icon_url: Option<String>,
    /// The kind of the icon in the package, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) icon: Option<String>,
    pub(crate) has_readme: bool,
    pub(crate) package_types: Vec<TypeEntry>,
    pub(crate) dependency_groups: Vec<GroupEntry>,
}

/// A manifest with what is long.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct WholeManifest {
    #[serde(flatten)]
    pub(crate) manifest: Manifest,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) release_notes: String,
    /// The text of a licence that is a file in the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) license_text: Option<String>,
    /// The `.nuspec` file as it was.
    pub(crate) nuspec: String,
}

/// Where a package is developed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RepositoryEntry {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    pub(crate) url: String,
}

/// What a package is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TypeEntry {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) version: String,
}

/// Dependencies for a target framework, or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_framework: Option<String>,
    #[serde(default)]
    pub(crate) dependencies: Vec<DependencyEntry>,
}

/// A package that is needed, and in which versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DependencyEntry {
    pub(crate) id: String,
    pub(crate) range: String,
}

impl UploadedPackage {
    /// The manifest for documents about many versions.
    pub(crate) fn manifest(&self) -> Manifest {
        manifest(&self.nuspec, self.icon.as_ref())
    }

    /// The manifest with what is long.
    pub(crate) fn whole_manifest(&self) -> WholeManifest {
        WholeManifest {
            manifest: self.manifest(),
            release_notes: self.nuspec.release_notes.clone(),
            license_text: self.licence_text.clone(),
            nuspec: self.nuspec_text.clone(),
        }
    }
}

fn manifest(nuspec: &Nuspec, icon: Option<&Icon>) -> Manifest {
    let expression = match &nuspec.licence {
        Some(Licence::Expression(expression)) => Some(expression.clone()),
        _ => None,
    };
    let file = match &nuspec.licence {
        Some(Licence::File(file)) => Some(file.clone()),
        _ => None,
    };
    let types = nuspec.types.iter();
    Manifest {
        id: nuspec.id.to_string(),
        version: nuspec.version.to_string(),
        verbatim_version: nuspec.verbatim_version.clone(),
        is_sem_ver2: nuspec.is_semver2(),
        title: nuspec.title.clone(),
        description: nuspec.description.clone(),
        summary: nuspec.summary.clone(),
        authors: nuspec.authors.clone(),
        tags: nuspec.tags.clone(),
        copyright: nuspec.copyright.clone(),
        language: nuspec.language.clone(),
        min_client_version: nuspec.min_client_version.clone(),
        require_license_acceptance: nuspec.requires_acceptance,
        has_license_file: file.is_some(),
        license: expression.clone().or(file).or_else(|| nuspec.licence_url.clone()),
        license_expression: expression,
        license_url: nuspec.licence_url.clone(),
        homepage: nuspec.project_url.clone(),
        repository: nuspec.repository.as_ref().map(|repository| RepositoryEntry {
            kind: repository.kind.clone(),
            url: repository.url.clone(),
        }),
        icon_url: nuspec.icon_url.clone(),
        icon: icon.map(|icon| icon.kind.media_type().to_owned()),
        has_readme: nuspec.readme.is_some(),
        package_types: types
            .map(|kind| TypeEntry { name: kind.name.clone(), version: kind.version.clone() })
            .collect(),
        dependency_groups: nuspec.groups.iter().map(group).collect(),
    }
}

fn group(group: &DependencyGroup) -> GroupEntry {
    let entry = |dependency: &super::nuspec::Dependency| DependencyEntry {
        id: dependency.id.to_string(),
        range: dependency.range.to_string(),
    };
    GroupEntry {
        target_framework: group.framework.clone(),
        dependencies: group.dependencies.iter().map(entry).collect(),
    }
}

/// What stands in the stored manifest of a version of this type: one of the two.
pub(crate) fn marks_of_type(name: &str) -> (String, String) {
    let named = format!("{{\"name\":{}", serde_json::Value::from(name));
    let is_usual = name.eq_ignore_ascii_case(USUAL_TYPE);
    let other = if is_usual { "\"packageTypes\":[]".to_owned() } else { named.clone() };
    (named, other)
}

impl Manifest {
    /// Reads a stored manifest.
    pub(crate) fn from_json(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    /// The media type of the icon in the package.
    pub(crate) fn icon_type(&self) -> Option<&'static str> {
        let kinds = [IconKind::Png, IconKind::Jpeg];
        kinds.map(IconKind::media_type).into_iter().find(|kind| self.icon.as_deref() == Some(*kind))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::{Value, json};

    use super::{super::package::tests::nupkg, *};

    fn read(more: &str, files: &[(&str, &[u8])]) -> UploadedPackage {
        UploadedPackage::read(Cursor::new(nupkg("Demo.Pkg", "1.02.0-RC.1+b7", more, files)))
            .unwrap()
    }

    #[test]
    fn what_is_kept() {
        let package = read(
            "<title>T</title><license type=\"expression\">MIT</license><projectUrl>https://acme.example</projectUrl>\
             <repository type=\"git\" url=\"https://git.example/d\"/><icon>i.png</icon><tags>a b</tags>\
             <releaseNotes>R</releaseNotes><dependencies><group targetFramework=\"net6.0\">\
             <dependency id=\"Acme.Core\" version=\"1.0\"/></group></dependencies>",
            &[("i.png", b"\x89PNG\r\n\x1a\n")],
        );
        let kept = serde_json::to_value(package.manifest()).unwrap();
        assert_eq!(
            kept,
            json!({
                "id": "Demo.Pkg", "version": "1.2.0-RC.1+b7", "verbatimVersion": "1.02.0-RC.1+b7", "isSemVer2": true,
                "title": "T", "description": "A test.", "authors": "Acme", "tags": ["a", "b"],
                "requireLicenseAcceptance": false, "license": "MIT", "licenseExpression": "MIT", "hasLicenseFile": false,
                "homepage": "https://acme.example/", "repository": {"type": "git", "url": "https://git.example/d"},
                "icon": "image/png", "hasReadme": false, "packageTypes": [],
                "dependencyGroups": [{"targetFramework": "net6.0", "dependencies": [{"id": "Acme.Core", "range": "[1.0.0, )"}]}],
            })
        );
        let whole = serde_json::to_value(package.whole_manifest()).unwrap();
        assert_eq!((&whole["releaseNotes"], &whole["title"]), (&json!("R"), &json!("T")));
        assert_eq!(whole["nuspec"].as_str(), Some(package.nuspec_text.as_str()));
        // What searches look for in the stored text.
        let stored = |more| serde_json::to_string(&read(more, &[]).manifest()).unwrap();
        assert!(!stored("").contains(FOR_ALL_CLIENTS));
        let tool = "<packageTypes><packageType name=\"DotnetTool\"/></packageTypes>";
        for (more, name, is_one) in [
            ("", "dependency", true),
            ("", "DotnetTool", false),
            (tool, "DotnetTool", true),
            (tool, "Dependency", false),
            (tool, "Dotnet", false),
            ("<title>{\"name\":\"DotnetTool\"</title>", "DotnetTool", false),
        ] {
            let (one, other) = marks_of_type(name);
            let has = |mark: String| stored(more).to_lowercase().contains(&mark.to_lowercase());
            assert_eq!(has(one) || has(other), is_one, "{more} {name}");
        }
        let again = Manifest::from_json(&kept.to_string()).unwrap();
        assert_eq!(again, package.manifest());
        assert_eq!(again.icon_type(), Some("image/png"));
    }

    #[test]
    fn licences() {
        let file = read("<license type=\"file\">L.txt</license>", &[("L.txt", b"text")]);
        let kept = serde_json::to_value(file.whole_manifest()).unwrap();
        assert_eq!((&kept["license"], &kept["licenseText"]), (&json!("L.txt"), &json!("text")));
        assert_eq!(
            (&kept["hasLicenseFile"], &kept["licenseExpression"]),
            (&json!(true), &Value::Null)
        );
        let url = read("<licenseUrl>https://l.example/</licenseUrl>", &[]);
        assert_eq!(url.manifest().license.as_deref(), Some("https://l.example/"));
    }
}
