//! Under which licences a package may be used.

use model::{ecosystem::Ecosystem, views::LicenceView};
use serde_json::Value;

use super::{LONGEST_WORDS, Manifest, lines, plain, web_address};

/// The most licences that are shown.
const MOST: usize = 10;

impl Manifest {
    /// The licences, as they are written there.
    pub(super) fn licences(&self) -> Vec<LicenceView> {
        match self.1 {
            Ecosystem::Nuget => self.nuget().into_iter().collect(),
            Ecosystem::Maven => self.each("name"),
            // Old packages have an object, or a list of them under another name.
            _ => match self.text_or("license", "type") {
                Some(name) => named(Some(name), None).into_iter().collect(),
                None => self.each("type"),
            },
        }
    }

    /// A licence by its SPDX name, a file in the package, or in old packages an address. Beside one of
    /// the first two the address is only there for old clients.
    fn nuget(&self) -> Option<LicenceView> {
        if let Some(text) = self.text("licenseText") {
            let name = plain(self.text("license").unwrap_or("In the package"), LONGEST_WORDS);
            return Some(LicenceView { name, text: lines(text), address: None });
        }
        match self.text("licenseExpression") {
            Some(expression) => named(Some(expression), None),
            None => named(self.text("license"), self.text("licenseUrl")),
        }
    }

    fn each(&self, name: &str) -> Vec<LicenceView> {
        let all = self.0.get("licenses").and_then(Value::as_array).into_iter().flatten();
        let text = |licence: &Value, field| Some(licence.get(field)?.as_str()?.to_owned());
        all.filter_map(|licence| {
            named(text(licence, name).as_deref(), text(licence, "url").as_deref())
        })
        .take(MOST)
        .collect()
    }
}

/// A licence with a name, or else with an address, which then is its name.
fn named(name: Option<&str>, address: Option<&str>) -> Option<LicenceView> {
    let address = address.and_then(web_address);
    let name = plain(name.or(address.as_deref())?, LONGEST_WORDS);
    (!name.is_empty()).then_some(LicenceView { name, address, text: String::new() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::manifest, *};

    fn licence(name: &str, address: Option<&str>, text: &str) -> LicenceView {
        LicenceView {
            name: name.to_owned(),
            address: address.map(str::to_owned),
            text: text.to_owned(),
        }
    }

    #[test]
    fn each_ecosystem_writes_them_its_way() {
        let url = "https://l.example/";
        for (ecosystem, value, licences) in [
            (Ecosystem::Npm, json!({ "license": "MIT" }), vec![licence("MIT", None, "")]),
            (
                Ecosystem::Npm,
                json!({ "license": { "type": "ISC", "url": url } }),
                vec![licence("ISC", None, "")],
            ),
            (
                Ecosystem::Npm,
                json!({ "licenses": [{ "type": "ISC" }, { "type": "MIT", "url": url }] }),
                vec![licence("ISC", None, ""), licence("MIT", Some(url), "")],
            ),
            (
                Ecosystem::Nuget,
                json!({ "license": "MIT", "licenseExpression": "MIT", "licenseUrl": url }),
                vec![licence("MIT", None, "")],
            ),
            (
                Ecosystem::Nuget,
                json!({ "license": "L.txt", "hasLicenseFile": true, "licenseText": "As you\nlike.", "licenseUrl": url }),
                vec![licence("L.txt", None, "As you\nlike.")],
            ),
            (
                Ecosystem::Nuget,
                json!({ "license": url, "licenseUrl": url }),
                vec![licence(url, Some(url), "")],
            ),
            (
                Ecosystem::Nuget,
                json!({ "license": "javascript:alert(1)", "licenseUrl": "javascript:alert(1)" }),
                vec![licence("javascript:alert(1)", None, "")],
            ),
            (Ecosystem::Nuget, json!({}), vec![]),
            (
                Ecosystem::Maven,
                json!({ "licenses": [{ "name": "A", "url": "data:x" }, { "url": url }, { "name": null }] }),
                vec![licence("A", None, ""), licence(url, Some(url), "")],
            ),
        ] {
            assert_eq!(manifest(ecosystem, &value).licences(), licences, "{value}");
        }
    }
}
