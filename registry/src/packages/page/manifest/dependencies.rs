//! What a package depends on, by the sorts that its ecosystem knows. Whether the feed has it is not
//! known here.

use model::{
    ecosystem::Ecosystem,
    views::{Dependencies, Dependency, DependencyKind},
};
use serde_json::Value;

use super::{LONGEST_NAME, LONGEST_WORDS, Manifest, plain};

/// The most dependencies of a sort that are shown.
const MOST: usize = 200;
/// The most sorts.
const PARTS: usize = 40;
/// Maven's scopes, the ones that reach whoever depends on the package first.
const SCOPES: [&str; 6] = ["compile", "runtime", "provided", "system", "test", "import"];

impl Manifest {
    /// The sorts, one after the other.
    pub(crate) fn dependencies(&self) -> Vec<Dependencies> {
        match self.1 {
            Ecosystem::Nuget => self.by_framework(),
            Ecosystem::Maven => self.by_scope(),
            _ => self.by_field(),
        }
    }

    /// npm: a field for each sort.
    fn by_field(&self) -> Vec<Dependencies> {
        let sorts = [
            ("dependencies", DependencyKind::Needed),
            ("peerDependencies", DependencyKind::Peer),
            ("optionalDependencies", DependencyKind::Optional),
            ("devDependencies", DependencyKind::Development),
        ];
        let part = |(field, kind)| {
            // npm writes what is optional among what is needed too.
            let is_optional = |name: &str| {
                kind == DependencyKind::Needed
                    && self.object("optionalDependencies").any(|(optional, _)| optional == name)
            };
            let all = self
                .object(field)
                .filter(|(name, _)| !is_optional(name))
                .filter_map(|(name, range)| dependency(name, Some(range)))
                .collect();
            part(kind, all)
        };
        sorts.into_iter().map(part).filter(|part| !part.shown.is_empty()).collect()
    }

    /// NuGet: a group for each target framework. That one is empty is worth saying: projects of that
    /// framework need nothing.
    fn by_framework(&self) -> Vec<Dependencies> {
        let part = |group: &Value| {
            let all = group.get("dependencies")?.as_array()?.iter();
            let all =
                all.filter_map(|entry| dependency(entry.get("id")?.as_str()?, entry.get("range")));
            let framework = group.get("targetFramework").and_then(Value::as_str);
            let framework = plain(framework.unwrap_or_default(), LONGEST_WORDS);
            Some(part(DependencyKind::Framework(framework), all.collect()))
        };
        self.list("dependencyGroups").filter_map(part).take(PARTS).collect()
    }

    /// Maven: each names its scope.
    fn by_scope(&self) -> Vec<Dependencies> {
        let scope = |entry: &Value| {
            plain(entry.get("scope").and_then(Value::as_str).unwrap_or("compile"), LONGEST_WORDS)
        };
        let mut scopes: Vec<String> = self.list("dependencies").map(scope).collect();
        scopes.sort_by_key(|scope| {
            (SCOPES.iter().position(|known| known == scope).unwrap_or(SCOPES.len()), scope.clone())
        });
        scopes.dedup();
        let part = |name: String| {
            let all = self.list("dependencies").filter(|entry| scope(entry) == name);
            let all = all.filter_map(|entry| {
                let is_optional = entry.get("optional") == Some(&Value::Bool(true));
                let said = dependency(entry.get("name")?.as_str()?, entry.get("version"))?;
                Some(Dependency { is_optional, ..said })
            });
            let all = all.collect();
            part(DependencyKind::Scope(name), all)
        };
        let parts = scopes.into_iter().take(PARTS).map(part);
        parts.filter(|part| !part.shown.is_empty()).collect()
    }

    fn list(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.0.get(field).and_then(Value::as_array).into_iter().flatten()
    }
}

fn dependency(name: &str, range: Option<&Value>) -> Option<Dependency> {
    let name = plain(name, LONGEST_NAME);
    let range = plain(range.and_then(Value::as_str).unwrap_or_default(), LONGEST_WORDS);
    (!name.is_empty()).then_some(Dependency { name, range, is_optional: false, is_here: false })
}

/// One sort, by name; not more of it than a page can take.
fn part(kind: DependencyKind, mut all: Vec<Dependency>) -> Dependencies {
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    Dependencies { kind, shown: all, more: u64::try_from(more).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::manifest, *};

    /// The sorts with what each has: its name, range, and whether it is optional.
    fn said(ecosystem: Ecosystem, value: &Value) -> Vec<(DependencyKind, Vec<String>)> {
        let line = |said: &Dependency| {
            let mark = if said.is_optional { " optional" } else { "" };
            format!("{} {}{mark}", said.name, said.range)
        };
        let parts = manifest(ecosystem, value).dependencies().into_iter();
        parts.map(|part| (part.kind, part.shown.iter().map(line).collect())).collect()
    }

    fn part(kind: DependencyKind, lines: &[&str]) -> (DependencyKind, Vec<String>) {
        (kind, lines.iter().map(|&line| line.to_owned()).collect())
    }

    #[test]
    fn npm_has_fields() {
        let manifest = json!({
            "dependencies": { "b": "^1.0.0", "a": "2", "o": "1", "": "1" },
            "optionalDependencies": { "o": "1" },
            "peerDependencies": {},
            "devDependencies": { "t": { "odd": true } },
        });
        assert_eq!(
            said(Ecosystem::Npm, &manifest),
            [
                part(DependencyKind::Needed, &["a 2", "b ^1.0.0"]),
                part(DependencyKind::Optional, &["o 1"]),
                part(DependencyKind::Development, &["t "]),
            ]
        );
    }

    #[test]
    fn nuget_has_target_frameworks() {
        let manifest = json!({ "dependencyGroups": [
            { "dependencies": [{ "id": "Acme.Core", "range": "[1.0.0, )" }] },
            { "targetFramework": "net8.0", "dependencies": [] },
            { "targetFramework": "net6.0", "dependencies": [{ "id": "B", "range": "(, )" }, { "id": 7 }, { "id": "A" }] },
        ]});
        assert_eq!(
            said(Ecosystem::Nuget, &manifest),
            [
                part(DependencyKind::Framework(String::new()), &["Acme.Core [1.0.0, )"]),
                part(DependencyKind::Framework("net8.0".to_owned()), &[]),
                part(DependencyKind::Framework("net6.0".to_owned()), &["A ", "B (, )"]),
            ]
        );
    }

    #[test]
    fn maven_has_scopes() {
        let of = |name, scope, optional| json!({ "name": name, "version": "1", "scope": scope, "optional": optional });
        let manifest = json!({ "dependencies": [
            of("t:t", "test", false), of("a:b", "compile", true), of("x:x", "own", false),
            of("r:r", "runtime", false), of("a:a", "compile", false), { "name": "d:d" }, { "version": "1" }, 7,
        ]});
        let scope = |name: &str, lines| part(DependencyKind::Scope(name.to_owned()), lines);
        assert_eq!(
            said(Ecosystem::Maven, &manifest),
            [
                scope("compile", &["a:a 1", "a:b 1 optional", "d:d "]),
                scope("runtime", &["r:r 1"]),
                scope("test", &["t:t 1"]),
                scope("own", &["x:x 1"]),
            ]
        );
    }

    #[test]
    fn a_page_takes_not_all() {
        let many: Vec<Value> =
            (0..MOST + 5).map(|n| json!({ "id": format!("p{n}"), "range": "1" })).collect();
        let value = json!({ "dependencyGroups": [{ "dependencies": many }] });
        let parts = manifest(Ecosystem::Nuget, &value).dependencies();
        assert_eq!((parts[0].shown.len(), parts[0].more), (MOST, 5));
    }
}
