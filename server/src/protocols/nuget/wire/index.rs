//! The service index: where a feed has what. It tells nothing about the feed, so that anybody may read
//! it: clients do before they push, and send no key with it.

use serde_json::{Value, json};

use super::path::{Hive, VulnerabilityPage};

/// Every type that clients look for, and where it is below the feed's `api/`.
const RESOURCES: [(&str, &str); 19] = [
    ("PackageBaseAddress/3.0.0", "v3/flatcontainer/"),
    ("RegistrationsBaseUrl", Hive::Plain.folder()),
    ("RegistrationsBaseUrl/3.0.0-beta", Hive::Plain.folder()),
    ("RegistrationsBaseUrl/3.0.0-rc", Hive::Plain.folder()),
    ("RegistrationsBaseUrl/3.4.0", Hive::SemVer1.folder()),
    ("RegistrationsBaseUrl/3.6.0", Hive::SemVer2.folder()),
    ("SearchQueryService", "v3/query"),
    ("SearchQueryService/3.0.0-beta", "v3/query"),
    ("SearchQueryService/3.0.0-rc", "v3/query"),
    ("SearchQueryService/3.5.0", "v3/query"),
    ("SearchAutocompleteService", "v3/autocomplete"),
    ("SearchAutocompleteService/3.0.0-beta", "v3/autocomplete"),
    ("SearchAutocompleteService/3.0.0-rc", "v3/autocomplete"),
    ("SearchAutocompleteService/3.5.0", "v3/autocomplete"),
    ("LegacyGallery/2.0.0", "v2"),
    ("PackagePublish/2.0.0", "v2/package"),
    ("SymbolPackagePublish/4.9.0", "v2/symbolpackage"),
    ("VulnerabilityInfo/6.7.0", "v3/vulnerabilities/index.json"),
    ("ReadmeUriTemplate/6.13.0", "v3/flatcontainer/{lower_id}/{lower_version}/readme"),
];

/// The service index of a feed. `api` is the feed's address with `/api`, `page` the address of the
/// feed's pages about NuGet packages.
pub(crate) fn service_index(api: &str, page: &str) -> Value {
    let resource = |(kind, place): (&str, &str)| {
        let is_hive = Hive::ALL.iter().any(|hive| hive.folder() == place);
        let id = if is_hive { format!("{api}/v3/{place}/") } else { format!("{api}/{place}") };
        json!({ "@id": id, "@type": kind })
    };
    let mut resources: Vec<Value> = RESOURCES.into_iter().map(resource).collect();
    // Clients from 4.3 on take this one if they are at least of the version it names.
    resources.push(json!({
        "@id": format!("{api}/v3/{}/", Hive::SemVer2.folder()),
        "@type": "RegistrationsBaseUrl/Versioned",
        "clientVersion": "4.3.0-alpha",
    }));
    resources.push(json!({
        "@id": format!("{page}/{{id}}/{{version}}"),
        "@type": "PackageDetailsUriTemplate/5.1.0",
    }));
    json!({ "version": "3.0.0", "resources": resources })
}

/// When the list of known vulnerabilities changed last: it never did.
const UNCHANGED: &str = "2026-01-01T00:00:00Z";

/// A document about known vulnerabilities
/// (<https://learn.microsoft.com/nuget/api/vulnerability-info>). The server knows of none: it is not told
/// of any. Clients that check what they restore against every source ask for it.
pub(crate) fn vulnerabilities(api: &str, page: VulnerabilityPage) -> Value {
    match page {
        VulnerabilityPage::Index => json!([{
            "@name": "base",
            "@id": format!("{api}/v3/vulnerabilities/base.json"),
            "@updated": UNCHANGED,
            "comment": "This feed keeps no list of known vulnerabilities.",
        }]),
        VulnerabilityPage::Base => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_is_where_it_is_said_to_be() {
        let index = service_index("https://h/F/main/api", "https://h/feeds/main/nuget");
        assert_eq!(index["version"], "3.0.0");
        let place = |kind: &str| {
            let mut all = index["resources"].as_array().unwrap().iter();
            let found = all.find(|resource| resource["@type"] == kind);
            found.unwrap_or_else(|| panic!("{kind}"))["@id"].as_str().unwrap()
        };
        for (kind, id) in [
            ("PackageBaseAddress/3.0.0", "https://h/F/main/api/v3/flatcontainer/"),
            ("RegistrationsBaseUrl", "https://h/F/main/api/v3/registration/"),
            ("RegistrationsBaseUrl/3.4.0", "https://h/F/main/api/v3/registration-gz/"),
            ("RegistrationsBaseUrl/3.6.0", "https://h/F/main/api/v3/registration-gz-semver2/"),
            ("RegistrationsBaseUrl/Versioned", "https://h/F/main/api/v3/registration-gz-semver2/"),
            ("SearchQueryService/3.0.0-beta", "https://h/F/main/api/v3/query"),
            ("SearchAutocompleteService", "https://h/F/main/api/v3/autocomplete"),
            ("PackagePublish/2.0.0", "https://h/F/main/api/v2/package"),
            ("VulnerabilityInfo/6.7.0", "https://h/F/main/api/v3/vulnerabilities/index.json"),
            ("SymbolPackagePublish/4.9.0", "https://h/F/main/api/v2/symbolpackage"),
            (
                "ReadmeUriTemplate/6.13.0",
                "https://h/F/main/api/v3/flatcontainer/{lower_id}/{lower_version}/readme",
            ),
            ("PackageDetailsUriTemplate/5.1.0", "https://h/feeds/main/nuget/{id}/{version}"),
        ] {
            assert_eq!(place(kind), id);
        }
    }
}
