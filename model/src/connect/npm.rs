//! npm, pnpm and yarn.

use super::{Client, Recipe, Setup, Snippet, TOKEN, VARIABLE, Value};

/// The lines of `.npmrc` for the feed at `address`, or for one scope of packages from it. npm takes
/// credentials by the address without its scheme. They hold no secret.
pub fn npmrc(address: &str, scope: Option<&str>) -> String {
    let place = address.split_once(':').map_or(address, |(_, place)| place);
    format!("{}\n{place}/npm/:_authToken=${{{VARIABLE}}}", source(address, scope))
}

/// The one of them that says where packages, or those of a scope, come from. Public feeds need no more.
pub fn source(address: &str, scope: Option<&str>) -> String {
    let setting = scope.map_or_else(|| "registry".to_owned(), |scope| format!("{scope}:registry"));
    format!("{setting}={address}/npm/")
}

/// The lines of `.yarnrc.yml`, which yarn 2 and later read, for the feed at `address` or for one scope of
/// packages from it. Where it takes a token, that stands in the environment.
pub fn yarnrc(address: &str, scope: Option<&str>, takes_token: bool) -> String {
    let mut lines = vec![
        format!("npmRegistryServer: \"{address}/npm/\""),
        // Without it yarn publishes a scope's packages to the public registry.
        format!("npmPublishRegistry: \"{address}/npm/\""),
    ];
    if takes_token {
        lines.push("npmAlwaysAuth: true".to_owned());
        lines.push(format!("npmAuthToken: \"${{{VARIABLE}}}\""));
    }
    let Some(scope) = scope else { return lines.join("\n") };
    let lines: Vec<_> = lines.iter().map(|line| format!("    {line}")).collect();
    format!("npmScopes:\n  {}:\n{}", scope.trim_start_matches('@'), lines.join("\n"))
}

/// The command that waits for a token to be pasted and keeps it out of the history.
pub fn take_token() -> String {
    format!("read -rs {VARIABLE} && export {VARIABLE}")
}

/// The npm scope of a pattern: `@acme` of `@acme/*` or `npm|@acme/core`.
pub fn scope(pattern: &str) -> Option<&str> {
    let (scope, _) = pattern.trim_start_matches("npm|").split_once('/')?;
    (scope.starts_with('@') && !scope.contains('*')).then_some(scope)
}

pub(super) fn recipe(setup: &Setup, value: Value) -> Recipe {
    let (address, place) = (&setup.address, setup.place_of_feed());
    let scope = scope(&setup.packages);
    let is_yarn = setup.client == Client::Yarn1;
    // yarn 1 sends no credential for scoped packages otherwise.
    let always = if is_yarn { format!("\n{place}/npm/:always-auth=true") } else { String::new() };
    let project = match value {
        Value::Variable if setup.needs_token() => {
            format!("{}{always}", npmrc(address, scope))
        }
        Value::Variable | Value::Elsewhere => source(address, scope),
    };
    let secret = format!("{place}/npm/:_authToken={TOKEN}{always}");
    let name = setup.example_name();
    let (check, install, publish, job_install): (_, _, _, &[&str]) = match setup.client {
        Client::Pnpm => (
            Some(format!("pnpm view {name}")),
            format!("pnpm add {name}"),
            "pnpm publish --no-git-checks",
            &["corepack enable", "pnpm install --frozen-lockfile"],
        ),
        Client::Yarn1 => (
            None,
            format!("yarn add {name}"),
            "yarn publish --non-interactive --no-git-tag-version",
            &["yarn install --frozen-lockfile"],
        ),
        _ => (
            Some(format!("npm whoami --registry={address}/npm/")),
            format!("npm install {name}"),
            "npm publish",
            &["npm ci"],
        ),
    };
    Recipe {
        files: vec![Snippet::committed(".npmrc", project)],
        secrets: vec![Snippet::secret("~/.npmrc", secret)],
        advice: vec!["In your home folder, which is never committed. Add it to what is there."],
        check,
        install: Snippet::terminal(install),
        publish: publish.to_owned(),
        job_install: owned(job_install),
        job_publish: building(setup, scope, owned(job_install), publish),
    }
}

/// yarn 2 and later, which reads no `.npmrc`.
pub(super) fn berry(setup: &Setup, value: Value) -> Recipe {
    let (address, packages) = (&setup.address, &setup.packages);
    let scope = scope(packages);
    let takes_token = setup.needs_token() && value == Value::Variable;
    let mut lines = vec![yarnrc(address, scope, takes_token)];
    lines.push(format!("# yarn waits a day before it takes what was just published.\nnpmPreapprovedPackages: [\"{packages}\"]"));
    if setup.is_plain_http() {
        let host = setup.host();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        lines.push(format!("unsafeHttpWhitelist: [\"{name}\"]"));
    }
    let place = setup.place_of_feed();
    let secret = format!(
        "npmRegistries:\n  \"{place}/npm\":\n    npmAlwaysAuth: true\n    npmAuthToken: \"{TOKEN}\""
    );
    let job_install = owned(&["corepack enable", "yarn install --immutable"]);
    let of_scope = scope.map(|scope| format!(" --scope {}", scope.trim_start_matches('@')));
    let of_scope = of_scope.unwrap_or_default();
    Recipe {
        files: vec![Snippet::committed(".yarnrc.yml", lines.join("\n"))],
        secrets: vec![Snippet::secret("~/.yarnrc.yml", secret)],
        advice: vec!["In your home folder, which is never committed. Add it to what is there."],
        check: Some(format!("yarn npm whoami{of_scope}")),
        install: Snippet::terminal(format!("yarn add {}", setup.example_name())),
        publish: "yarn npm publish".to_owned(),
        job_publish: building(setup, scope, job_install.clone(), "yarn npm publish"),
        job_install,
    }
}

/// What a job does to publish: it installs first what building takes, unless it did so already, or
/// would have to ask the feed, which a token that only publishes may not.
fn building(
    setup: &Setup,
    scope: Option<&str>,
    install: Vec<String>,
    publish: &str,
) -> Vec<String> {
    let mut lines = if scope.is_some() && !setup.task.installs() { install } else { Vec::new() };
    lines.push(publish.to_owned());
    lines
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_as_npm_reads_them() {
        assert_eq!(
            npmrc("http://127.0.0.1:3000/F/main", Some("@acme")),
            "@acme:registry=http://127.0.0.1:3000/F/main/npm/\n//127.0.0.1:3000/F/main/npm/:_authToken=${LATCHKEY_TOKEN}"
        );
        assert_eq!(
            npmrc("https://feeds.example/F/main", None),
            "registry=https://feeds.example/F/main/npm/\n//feeds.example/F/main/npm/:_authToken=${LATCHKEY_TOKEN}"
        );
    }

    #[test]
    fn yarn_is_told_in_its_own_file() {
        assert_eq!(
            yarnrc("https://feeds.example/F/main", Some("@acme"), true),
            "npmScopes:\n  acme:\n    npmRegistryServer: \"https://feeds.example/F/main/npm/\"\n    npmPublishRegistry: \"https://feeds.example/F/main/npm/\"\n    npmAlwaysAuth: true\n    npmAuthToken: \"${LATCHKEY_TOKEN}\""
        );
        assert_eq!(
            yarnrc("https://feeds.example/F/open", None, false),
            "npmRegistryServer: \"https://feeds.example/F/open/npm/\"\nnpmPublishRegistry: \"https://feeds.example/F/open/npm/\""
        );
    }

    #[test]
    fn finds_the_scope_of_a_pattern() {
        assert_eq!(scope("@acme/*"), Some("@acme"));
        assert_eq!(scope("npm|@acme/core"), Some("@acme"));
        for none in ["Acme.*", "@*/core", "*", "maven|com.acme:*", "@acme"] {
            assert_eq!(scope(none), None, "{none}");
        }
    }
}
