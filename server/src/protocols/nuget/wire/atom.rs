//! Answers to clients older than NuGet 3: Atom (RFC 4287) as OData 2 has it.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::catalogue::Entry;
use crate::protocols::rfc3339::Rfc3339;

/// When a version counts as published that is not listed; clients know it by that.
const UNLISTED: &str = "1900-01-01T00:00:00";
const NAMESPACES: &str = "xmlns=\"http://www.w3.org/2005/Atom\" \
    xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\" \
    xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"";

/// What is said of a version, and of which type it is.
const PROPERTIES: [(&str, &str); 29] = [
    ("Id", "String"),
    ("Version", "String"),
    ("NormalizedVersion", "String"),
    ("Authors", "String"),
    ("Copyright", "String"),
    ("Created", "DateTime"),
    ("Dependencies", "String"),
    ("Description", "String"),
    ("DownloadCount", "Int64"),
    ("VersionDownloadCount", "Int64"),
    ("IconUrl", "String"),
    ("IsLatestVersion", "Boolean"),
    ("IsAbsoluteLatestVersion", "Boolean"),
    ("IsPrerelease", "Boolean"),
    ("Language", "String"),
    ("LastUpdated", "DateTime"),
    ("LicenseUrl", "String"),
    ("MinClientVersion", "String"),
    ("PackageHash", "String"),
    ("PackageHashAlgorithm", "String"),
    ("PackageSize", "Int64"),
    ("ProjectUrl", "String"),
    ("ReleaseNotes", "String"),
    ("Published", "DateTime"),
    ("RequireLicenseAcceptance", "Boolean"),
    ("Listed", "Boolean"),
    ("Summary", "String"),
    ("Tags", "String"),
    ("Title", "String"),
];

/// A version among those of its package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described<'a> {
    pub(crate) entry: &'a Entry,
    /// Whether it is the newest one that is released, and the newest one at all.
    pub(crate) is_latest: bool,
    pub(crate) is_absolute_latest: bool,
    /// How often all versions were downloaded.
    pub(crate) downloads: u64,
}

/// What there is. `base` is the feed's address with `/api/v2`.
pub(crate) fn service(base: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><service xml:base=\"{base}/\" xmlns=\"http://www.w3.org/2007/app\" \
         xmlns:atom=\"http://www.w3.org/2005/Atom\"><workspace><atom:title>Default</atom:title>\
         <collection href=\"Packages\"><atom:title>Packages</atom:title></collection></workspace></service>",
        base = text(base),
    )
}

/// Several versions, and where more are. Release notes are long: they are said of one version only.
/// `api` is the feed's address with `/api`.
pub(crate) fn feed(
    base: &str,
    api: &str,
    title: &str,
    entries: &[Described<'_>],
    next: Option<&str>,
) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xml:base=\"{base}/\" {NAMESPACES}>\
         <title type=\"text\">{title}</title><id>{base}/{title}</id><updated>1970-01-01T00:00:00Z</updated>",
        base = text(base),
    );
    for described in entries {
        xml.push_str(&element(base, api, *described, "", ""));
    }
    if let Some(next) = next {
        // Writing to a string cannot fail.
        let _ = write!(xml, "<link rel=\"next\" href=\"{}\"/>", text(next));
    }
    xml.push_str("</feed>");
    xml
}

/// One version, with its release notes.
pub(crate) fn entry(base: &str, api: &str, described: Described<'_>, notes: &str) -> String {
    let attributes = format!(" xml:base=\"{}/\" {NAMESPACES}", text(base));
    let element = element(base, api, described, notes, &attributes);
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{element}")
}

fn element(
    base: &str,
    api: &str,
    described: Described<'_>,
    notes: &str,
    attributes: &str,
) -> String {
    let Described { entry, is_latest, is_absolute_latest, downloads } = described;
    let manifest = &entry.manifest;
    let (id, version) = (&manifest.id, entry.version.normalised());
    let created = Rfc3339(entry.published).to_string();
    let created = created.strip_suffix('Z').unwrap_or(&created);
    let published = if entry.is_listed { created } else { UNLISTED };
    let address = format!("{}/Packages(Id='{id}',Version='{version}')", text(base));
    let mut xml = format!(
        "<entry{attributes}><id>{address}</id>\
         <category term=\"NuGetGallery.V2FeedPackage\" scheme=\"http://schemas.microsoft.com/ado/2007/08/dataservices/scheme\"/>\
         <title type=\"text\">{id}</title><summary type=\"text\">{summary}</summary><updated>{created}Z</updated>\
         <author><name>{authors}</name></author>\
         <content type=\"application/zip\" src=\"{base}/package/{id}/{version}\"/><m:properties>",
        summary = text(&manifest.summary),
        authors = text(&manifest.authors),
        base = text(base),
    );
    let or_nothing = |address: &Option<String>| address.clone().unwrap_or_default();
    let values: [String; PROPERTIES.len()] = [
        id.clone(),
        entry.version.to_string(),
        version.clone(),
        manifest.authors.clone(),
        manifest.copyright.clone(),
        created.to_owned(),
        dependencies(entry),
        manifest.description.clone(),
        downloads.to_string(),
        entry.downloads.to_string(),
        or_nothing(&entry.icon_url(api)),
        is_latest.to_string(),
        is_absolute_latest.to_string(),
        entry.version.is_prerelease().to_string(),
        manifest.language.clone(),
        created.to_owned(),
        or_nothing(&entry.licence_url(api)),
        manifest.min_client_version.clone(),
        entry.sha512.clone(),
        "SHA512".to_owned(),
        entry.size.to_string(),
        or_nothing(&manifest.homepage),
        notes.to_owned(),
        published.to_owned(),
        manifest.require_license_acceptance.to_string(),
        entry.is_listed.to_string(),
        manifest.summary.clone(),
        manifest.tags.join(" "),
        manifest.title.clone(),
    ];
    for ((name, kind), value) in PROPERTIES.iter().zip(values) {
        // Writing to a string cannot fail.
        let _ = write!(xml, "<d:{name} m:type=\"Edm.{kind}\">{}</d:{name}>", text(&value));
    }
    xml.push_str("</m:properties></entry>");
    xml
}

/// Dependencies in one line: `id:range:framework`, joined by `|`.
fn dependencies(entry: &Entry) -> String {
    let mut all = Vec::new();
    for group in &entry.manifest.dependency_groups {
        let framework = group.target_framework.as_deref().unwrap_or_default();
        if group.dependencies.is_empty() {
            all.push(format!("::{framework}"));
        }
        for dependency in &group.dependencies {
            all.push(format!("{}:{}:{framework}", dependency.id, dependency.range));
        }
    }
    all.join("|")
}

/// Text as it may stand in XML 1.0, also between quotes.
fn text(text: &str) -> String {
    let is_allowed = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let is_allowed = |c: &char| is_allowed(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    escape(text.chars().filter(is_allowed).collect::<String>()).into_owned()
}

/// The types of what there is, as far as clients look at them: which functions and properties there
/// are.
pub(crate) fn metadata() -> String {
    let property = |(name, kind): &(&str, &str)| {
        format!(
            "<Property Name=\"{name}\" Type=\"Edm.{kind}\" Nullable=\"{}\"/>",
            *kind == "String"
        )
    };
    let parameter =
        |name: &&str| format!("<Parameter Name=\"{name}\" Type=\"Edm.String\" Mode=\"In\"/>");
    let function = |(name, parameters): &(&str, &[&str])| {
        format!(
            "<FunctionImport Name=\"{name}\" ReturnType=\"Collection(NuGetGallery.V2FeedPackage)\" EntitySet=\"Packages\" \
             m:HttpMethod=\"GET\">{}</FunctionImport>",
            parameters.iter().map(parameter).collect::<String>()
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <edmx:Edmx Version=\"1.0\" xmlns:edmx=\"http://schemas.microsoft.com/ado/2007/06/edmx\">\
         <edmx:DataServices m:DataServiceVersion=\"2.0\" m:MaxDataServiceVersion=\"2.0\" \
         xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\">\
         <Schema Namespace=\"NuGetGallery\" xmlns=\"http://schemas.microsoft.com/ado/2006/04/edm\">\
         <EntityType Name=\"V2FeedPackage\" m:HasStream=\"true\"><Key><PropertyRef Name=\"Id\"/><PropertyRef Name=\"Version\"/></Key>\
         {}</EntityType><EntityContainer Name=\"V2FeedContext\" m:IsDefaultEntityContainer=\"true\">\
         <EntitySet Name=\"Packages\" EntityType=\"NuGetGallery.V2FeedPackage\"/>{}</EntityContainer></Schema>\
         </edmx:DataServices></edmx:Edmx>",
        PROPERTIES.iter().map(property).collect::<String>(),
        FUNCTIONS.iter().map(function).collect::<String>(),
    )
}

/// What can be asked, and with which parameters.
const FUNCTIONS: [(&str, &[&str]); 3] = [
    ("Search", &["searchTerm", "targetFramework", "includePrerelease"]),
    ("FindPackagesById", &["id"]),
    (
        "GetUpdates",
        &[
            "packageIds",
            "versions",
            "includePrerelease",
            "includeAllVersions",
            "targetFrameworks",
            "versionConstraints",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::{
        super::{
            catalogue::tests::entry as version,
            manifest::{DependencyEntry, GroupEntry},
        },
        *,
    };
    use crate::protocols::xml::Element;

    fn described(entry: &Entry) -> Described<'_> {
        Described { entry, is_latest: true, is_absolute_latest: false, downloads: 9 }
    }

    #[test]
    fn a_version_says_what_its_manifest_says() {
        let mut demo = version("1.0.0-RC.1+b");
        demo.manifest.description = "a <b> & \"c\" \u{1}\u{e9}".to_owned();
        demo.manifest.dependency_groups = vec![
            GroupEntry {
                target_framework: Some("net45".to_owned()),
                dependencies: vec![DependencyEntry {
                    id: "Acme.Core".to_owned(),
                    range: "[1.0.0, )".to_owned(),
                }],
            },
            GroupEntry { target_framework: Some("net6.0".to_owned()), dependencies: Vec::new() },
        ];
        demo.is_listed = false;
        demo.manifest.has_license_file = true;
        demo.manifest.icon = Some("image/png".to_owned());
        let (base, api) = ("https://h/F/main/api/v2", "https://h/F/main/api");
        let root = Element::parse(entry(base, api, described(&demo), "New & old").as_bytes());
        let root = root.unwrap();
        let one = |parent: &Element, name: &str| parent.children(name).next().unwrap().clone();
        assert_eq!((root.name(), one(&root, "title").text()), ("entry", "Demo.Pkg"));
        let content = one(&root, "content");
        assert_eq!(
            content.attribute("src"),
            Some("https://h/F/main/api/v2/package/Demo.Pkg/1.0.0-RC.1")
        );
        let properties = one(&root, "properties");
        for (name, value) in [
            ("Version", "1.0.0-RC.1+b"),
            ("NormalizedVersion", "1.0.0-RC.1"),
            ("Description", "a <b> & \"c\" \u{e9}"),
            ("Dependencies", "Acme.Core:[1.0.0, ):net45|::net6.0"),
            ("Published", "1900-01-01T00:00:00"),
            ("Created", "1970-01-01T00:00:00.000"),
            ("ReleaseNotes", "New & old"),
            ("IconUrl", "https://h/F/main/api/v3/flatcontainer/demo.pkg/1.0.0-rc.1/icon"),
            ("LicenseUrl", "https://h/F/main/api/v3/flatcontainer/demo.pkg/1.0.0-rc.1/license"),
            ("IsLatestVersion", "true"),
            ("IsAbsoluteLatestVersion", "false"),
            ("DownloadCount", "9"),
            ("VersionDownloadCount", "3"),
        ] {
            assert_eq!(one(&properties, name).text(), value, "{name}");
        }
        // What is said is what the types promise.
        for (name, _) in PROPERTIES {
            one(&properties, name);
        }
    }

    #[test]
    fn feeds_and_types_are_well_formed() {
        let demo = version("1.0.0");
        let xml = feed(
            "https://h/x",
            "https://h",
            "Packages",
            &[described(&demo), described(&demo)],
            Some("https://h/x?a=1&b=2"),
        );
        let root = Element::parse(xml.as_bytes()).unwrap();
        assert_eq!(root.children("entry").count(), 2);
        let next = root.children("link").next().unwrap();
        assert_eq!(next.attribute("href"), Some("https://h/x?a=1&b=2"));
        for xml in [service("https://h/x"), metadata()] {
            Element::parse(xml.as_bytes()).unwrap();
        }
        assert!(metadata().contains("FunctionImport Name=\"FindPackagesById\""));
    }
}
