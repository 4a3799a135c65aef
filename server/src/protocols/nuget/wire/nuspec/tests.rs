use proptest::prelude::*;
use quick_xml::escape::escape;

use super::*;
use crate::protocols::sentence::tests::assert_fit_for_a_header;

/// A `.nuspec` file with this metadata beside what every one has.
pub(crate) fn nuspec(id: &str, version: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata minClientVersion=\"2.12\">\
         <id>{id}</id><version>{version}</version><authors>Acme</authors><description>A test.</description>\
         {more}</metadata></package>"
    )
}

fn parsed(more: &str) -> Result<Nuspec, NuspecError> {
    Nuspec::parse(nuspec("Demo.Pkg", "1.2.3", more).as_bytes())
}

#[test]
fn what_a_nuspec_says() {
    let more = "<title>Demo</title><summary>S</summary><releaseNotes>New.</releaseNotes><copyright>C</copyright>\
        <owners>nobody</owners><tags>a b,c; d</tags><language>en-US</language>\
        <license type=\"expression\">MIT OR Apache-2.0</license><licenseUrl>https://licenses.example/MIT</licenseUrl>\
        <projectUrl>https://acme.example/demo</projectUrl><icon>images\\icon.png</icon><readme>docs/README.md</readme>\
        <repository type=\"git\" url=\"https://git.example/demo.git\" commit=\"abc\"/>\
        <requireLicenseAcceptance>true</requireLicenseAcceptance>\
        <packageTypes><packageType name=\"DotnetTool\"/></packageTypes>\
        <dependencies><group targetFramework=\"net6.0\"><dependency id=\"Acme.Core\" version=\"[1.0,2.0)\" exclude=\"Build\"/>\
        </group><group targetFramework=\".NETStandard2.0\"/></dependencies>";
    let nuspec = parsed(more).unwrap();
    assert_eq!((nuspec.id.as_str(), nuspec.version.to_string().as_str()), ("Demo.Pkg", "1.2.3"));
    assert_eq!((nuspec.title.as_str(), nuspec.authors.as_str()), ("Demo", "Acme"));
    assert_eq!((nuspec.summary.as_str(), nuspec.release_notes.as_str()), ("S", "New."));
    assert_eq!((nuspec.copyright.as_str(), nuspec.language.as_str()), ("C", "en-US"));
    assert_eq!(nuspec.tags, ["a", "b", "c", "d"]);
    assert_eq!(nuspec.licence, Some(Licence::Expression("MIT OR Apache-2.0".to_owned())));
    assert_eq!(nuspec.licence_url.as_deref(), Some("https://licenses.example/MIT"));
    assert_eq!(nuspec.project_url.as_deref(), Some("https://acme.example/demo"));
    assert_eq!(nuspec.icon.as_deref(), Some("images\\icon.png"));
    assert_eq!(nuspec.readme.as_deref(), Some("docs/README.md"));
    assert_eq!(nuspec.repository.as_ref().unwrap().url, "https://git.example/demo.git");
    assert!(nuspec.requires_acceptance && nuspec.is_type("dotnettool") && !nuspec.is_semver2());
    let groups: Vec<_> = nuspec
        .groups
        .iter()
        .map(|group| {
            let all = group.dependencies.iter().map(|d| format!("{} {}", d.id, d.range));
            (group.framework.as_deref(), all.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        groups,
        [
            (Some("net6.0"), vec!["Acme.Core [1.0.0, 2.0.0)".to_owned()]),
            (Some(".NETStandard2.0"), vec![]),
        ]
    );
}

#[test]
fn target_frameworks_as_packages_write_them() {
    for name in [
        ".NETFramework4.5",
        "net6.0-windows7.0",
        ".NETPortable4.5-Profile78",
        ".NETPortable,Version=v0.0,Profile=Profile259",
        "portable-net45+win8+wp8",
        "native",
    ] {
        let more = format!("<dependencies><group targetFramework=\"{name}\"/></dependencies>");
        assert_eq!(parsed(&more).unwrap().groups[0].framework.as_deref(), Some(name));
    }
}

#[test]
fn little_is_needed() {
    let old = b"<package><metadata><id>a</id><version>01.0</version>\
        <dependencies><dependency id='b'/><dependency id='c' version='1.0-rc.1'/></dependencies></metadata></package>";
    let nuspec = Nuspec::parse(old).unwrap();
    assert_eq!(nuspec.verbatim_version, "01.0");
    assert_eq!(nuspec.version.to_string(), "1.0.0");
    assert_eq!(nuspec.groups.len(), 1);
    assert_eq!(nuspec.groups[0].framework, None);
    assert_eq!(nuspec.groups[0].dependencies[0].range.to_string(), "(, )");
    assert!(nuspec.is_semver2(), "a dependency asks for what old clients cannot read");
}

#[test]
fn what_is_wrong_is_said() {
    let long = format!("<description>{}</description>", "x".repeat(4001));
    let long = Nuspec::parse(
        format!("<package><metadata><id>a</id><version>1</version>{long}</metadata></package>")
            .as_bytes(),
    );
    assert_eq!(long.unwrap_err(), NuspecError::TooLong("description", 4000));
    let all: Vec<_> =
        (0..DEPENDENCIES).map(|number| format!("<dependency id=\"a{number}\"/>")).collect();
    let all = all.concat();
    let many = format!("<dependencies>{all}</dependencies>");
    for (more, words) in [
        ("<id>Other</id>", "has id twice"),
        ("<version>2</version>", "has version twice"),
        ("<title>a</title><title>b</title>", "has title twice"),
        ("<projectUrl>javascript:alert(1)</projectUrl>", "projectUrl in the .nuspec file is not"),
        ("<iconUrl>file:///etc/passwd</iconUrl>", "iconUrl"),
        ("<licenseUrl>//x</licenseUrl>", "licenseUrl"),
        ("<license>MIT</license>", "license MIT"),
        ("<license type=\"expression\">MIT OR</license>", "license MIT"),
        ("<license type=\"file\"/>", "neither"),
        ("<minClientVersion>soon</minClientVersion>", "minClientVersion soon"),
        ("<dependencies><dependency id=\"a b\"/></dependencies>", "the id a?b"),
        ("<dependencies><group><dependency/></group></dependencies>", "which is none"),
        ("<dependencies><dependency id=\"a\" version=\"1.*\"/></dependencies>", "range 1.?"),
        (many.as_str(), "more than 2000 dependencies"),
        (
            "<dependencies><group targetFramework=\"net45|Evil:[1.0, ):net45\"/></dependencies>",
            "target framework net45?Evil:?1.0",
        ),
        ("<dependencies><group targetFramework=\"n\u{e9}t\"/></dependencies>", "framework n?t"),
        (
            "<dependencies><group targetFramework=\"net45\"/><group targetFramework=\" NET45\"/></dependencies>",
            "two groups of dependencies for NET45",
        ),
        ("<dependencies><group/><group/></dependencies>", "for any:"),
        (
            "<dependencies><dependency id=\"a\"/><group/></dependencies>",
            "both in groups and without",
        ),
        (
            "<dependencies><dependency id=\"Acme.Core\"/><dependency id=\"acme.core\" version=\"2\"/></dependencies>",
            "dependency acme.core twice",
        ),
        ("<title>&nbsp;</title>", "an entity that XML does not define"),
        ("</metadata>", "is not well-formed XML"),
    ] {
        let error = parsed(more).unwrap_err().to_string();
        assert!(error.contains(words), "{more}: {error}");
        assert_fit_for_a_header(&error);
    }
    for (document, words) in [
        ("<package/>", "no <package> with <metadata>"),
        ("<metadata/>", "no <package> with <metadata>"),
        ("<package><metadata/></package>", "has no id"),
        ("<package><metadata><id>a</id></metadata></package>", "has no version"),
        ("<package><metadata><id> </id></metadata></package>", "has no id"),
        ("<package><metadata><id>a/b</id></metadata></package>", "package id a/b"),
        (
            "<package><metadata><id>a</id><version>$version$</version></metadata></package>",
            "version ?version?",
        ),
    ] {
        let error = Nuspec::parse(document.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{document}: {error}");
        assert_fit_for_a_header(&error);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_it_was_written(title in "[!-~\u{e9}]{1,40}", tags in prop::collection::vec("[!-+\\--:<-~]{1,9}", 0..5), low in "[0-9]{1,3}(\\.[0-9]{1,3}){1,3}") {
        let range = format!("[{low}]");
        let more = format!(
            "<title>{}</title><tags>{}</tags><dependencies><dependency id=\"A\" version=\"{range}\"/></dependencies>",
            escape(&title),
            escape(tags.join(" ")),
        );
        let nuspec = parsed(&more).unwrap();
        prop_assert_eq!(nuspec.title, title);
        prop_assert_eq!(nuspec.tags, tags);
        prop_assert_eq!(&nuspec.groups[0].dependencies[0].range, &range.parse::<Range>().unwrap());
    }

    #[test]
    fn any_bytes_are_a_nuspec_or_not(before in prop::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>()) {
        let mut bytes = nuspec("Demo", "1.0.0", "").into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..(at + before.len() / 2).min(bytes.len()), before);
        if let Err(error) = Nuspec::parse(&bytes) {
            assert_fit_for_a_header(&error.to_string());
        }
    }

    #[test]
    fn any_metadata_is_read_or_refused_in_a_sentence(more in "(<(id|version|license|dependencies|dependency|group|icon|tags)( id='a'| version='1'| type='file')?/?>|</(dependencies|group|license)>|[ -~]{0,6}){0,8}") {
        if let Err(error) = parsed(&more) {
            assert_fit_for_a_header(&error.to_string());
        }
    }
}
