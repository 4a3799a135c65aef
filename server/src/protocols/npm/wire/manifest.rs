//! What is kept of a published manifest. Both forms are made once, at publish time, and spliced into
//! packuments as they are.

use serde_json::{Map, Value, json};

use super::publish::PublishDocument;

/// Fields with an underscore belong to the registry, and some clients fill them with paths of the
/// publishing machine. These are the ones that say something about the package.
const KEPT_UNDERSCORES: [&str; 3] = ["_hasShrinkwrap", "_nodeVersion", "_npmVersion"];

/// Fields that the packument writes anew from what the server knows.
const WRITTEN_ANEW: [&str; 2] = ["dist", "deprecated"];

/// The fields of the abbreviated form that are copied from the manifest: those of npm's
/// `package-metadata.md` and the later additions that npm's own registry serves. `dist` and
/// `deprecated` are added by the packument.
const ABBREVIATED: [&str; 19] = [
    "name",
    "version",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "acceptDependencies",
    "bin",
    "directories",
    "engines",
    "cpu",
    "os",
    "libc",
    "funding",
    "hasInstallScript",
    "_hasShrinkwrap",
];

/// The scripts npm runs when it installs a package.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

impl PublishDocument {
    /// The manifest as it is stored for the full packument: a JSON object without `dist`, `deprecated`
    /// and the README, which the packument adds.
    pub(crate) fn stored_manifest(&self) -> String {
        let mut stored: Map<String, Value> = self
            .manifest
            .iter()
            .filter(|(key, _)| !key.starts_with('_') || KEPT_UNDERSCORES.contains(&key.as_str()))
            .filter(|(key, _)| !WRITTEN_ANEW.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        stored.insert("_id".to_owned(), json!(format!("{}@{}", self.name, self.version)));
        Value::Object(stored).to_string()
    }

    /// The manifest as it is stored for the abbreviated packument, what an installation needs: a JSON
    /// object without `dist` and `deprecated`, which the packument adds.
    pub(crate) fn abbreviated_manifest(&self) -> String {
        let mut kept = Map::new();
        for field in ABBREVIATED {
            let value = match field {
                "hasInstallScript" => self.has_install_script().then_some(Value::Bool(true)),
                _ => self.manifest.get(field).cloned(),
            };
            // npm takes both spellings in package.json and serves the first.
            let field = if field == "bundledDependencies" { "bundleDependencies" } else { field };
            if let Some(value) = value {
                kept.entry(field).or_insert(value);
            }
        }
        Value::Object(kept).to_string()
    }

    fn has_install_script(&self) -> bool {
        let scripts = self.manifest.get("scripts");
        INSTALL_SCRIPTS
            .into_iter()
            .filter_map(|script| scripts?.get(script)?.as_str())
            .any(|command| !command.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::publish::tests::{document, published},
        *,
    };

    fn with(fields: Value) -> PublishDocument {
        let mut sent = document("@acme/demo", "1.0.0");
        let manifest = sent["versions"]["1.0.0"].as_object_mut().unwrap();
        let Value::Object(fields) = fields else { panic!("not an object") };
        manifest.extend(fields);
        published(&sent)
    }

    #[test]
    fn the_stored_form_keeps_the_manifest_and_drops_what_is_not_the_clients_to_say() {
        let stored = with(json!({
            "description": "d", "scripts": {"test": "x"}, "custom": [1.5, {"b": 1, "a": 2}], "readme": "# demo",
            "readmeFilename": "README.md", "deprecated": "no", "_resolved": "/home/someone/demo.tgz", "_from": "file:demo",
            "_npmUser": {"name": "someone else"}, "_nodeVersion": "22.0.0", "_id": "other@9.9.9", "_attachments": {},
        }))
        .stored_manifest();
        assert_eq!(
            stored,
            json!({
                "name": "@acme/demo", "version": "1.0.0", "description": "d", "scripts": {"test": "x"},
                "custom": [1.5, {"b": 1, "a": 2}], "readmeFilename": "README.md", "_nodeVersion": "22.0.0",
                "_id": "@acme/demo@1.0.0",
            })
            .to_string()
        );
    }

    #[test]
    fn the_abbreviated_form_is_what_an_installation_needs() {
        let document = with(json!({
            "description": "d", "main": "index.js", "dependencies": {"a": "^1"}, "devDependencies": {"b": "*"},
            "optionalDependencies": {"c": "1"}, "peerDependencies": {"d": "1"}, "peerDependenciesMeta": {"d": {"optional": true}},
            "bundledDependencies": ["a"], "bin": {"demo": "cli.js"}, "directories": {"lib": "lib"}, "engines": {"node": ">=20"},
            "cpu": ["x64"], "os": ["linux"], "libc": ["glibc"], "funding": "https://example.com", "_hasShrinkwrap": false,
            "scripts": {"postinstall": "node x"}, "hasInstallScript": false, "deprecated": "no",
        }));
        let abbreviated: Value = serde_json::from_str(&document.abbreviated_manifest()).unwrap();
        assert_eq!(
            abbreviated,
            json!({
                "name": "@acme/demo", "version": "1.0.0", "dependencies": {"a": "^1"}, "devDependencies": {"b": "*"},
                "optionalDependencies": {"c": "1"}, "peerDependencies": {"d": "1"}, "peerDependenciesMeta": {"d": {"optional": true}},
                "bundleDependencies": ["a"], "bin": {"demo": "cli.js"}, "directories": {"lib": "lib"}, "engines": {"node": ">=20"},
                "cpu": ["x64"], "os": ["linux"], "libc": ["glibc"], "funding": "https://example.com", "_hasShrinkwrap": false,
                "hasInstallScript": true,
            })
        );
    }

    #[test]
    fn only_real_install_scripts_count() {
        for (scripts, expected) in [
            (json!({"preinstall": "x"}), true),
            (json!({"install": "x"}), true),
            (json!({"postinstall": "x"}), true),
            (json!({"prepare": "x", "test": "y"}), false),
            (json!({"install": ""}), false),
            (json!({"install": true}), false),
            (json!("install"), false),
        ] {
            let abbreviated =
                with(json!({"scripts": scripts, "hasInstallScript": true})).abbreviated_manifest();
            assert_eq!(abbreviated.contains("hasInstallScript"), expected, "{scripts}");
        }
    }
}
