//! The .NET SDK, nuget.exe, Paket and Visual Studio.

use super::{Client, Recipe, Setup, Snippet, Step, TOKEN, VARIABLE, Value};

/// The public feed that most projects also use.
const PUBLIC: &str = "https://api.nuget.org/v3/index.json";

/// The name by which `nuget.config` calls a feed. It is also the name of an XML element, which must
/// not begin with a digit.
pub fn source_name(feed: &str) -> String {
    format!("feed-{feed}")
}

/// The address of a feed's service index.
pub fn index(address: &str) -> String {
    format!("{address}/api/v3/index.json")
}

/// `nuget.config` beside the solution. Only the sources in it are asked, and for `packages` only the
/// feed, so that nobody can put another package of such a name before it.
pub fn config(address: &str, feed: &str, packages: &str, password: Option<&str>) -> String {
    let name = source_name(feed);
    let insecure =
        if address.starts_with("http://") { " allowInsecureConnections=\"true\"" } else { "" };
    let index = index(address);
    let credentials = password.map_or_else(String::new, |password| {
        let lines = credentials(feed, password);
        format!("{lines}\n")
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<configuration>
  <packageSources>
    <clear />
    <add key=\"nuget.org\" value=\"{PUBLIC}\" protocolVersion=\"3\" />
    <add key=\"{name}\" value=\"{index}\" protocolVersion=\"3\"{insecure} />
  </packageSources>
  <packageSourceMapping>
    <packageSource key=\"nuget.org\">
      <package pattern=\"*\" />
    </packageSource>
    <packageSource key=\"{name}\">
      <package pattern=\"{packages}\" />
    </packageSource>
  </packageSourceMapping>
{credentials}</configuration>"
    )
}

/// The element with what is presented to the feed. NuGet puts variables of the environment into it.
fn credentials(feed: &str, password: &str) -> String {
    let name = source_name(feed);
    format!(
        "  <packageSourceCredentials>
    <{name}>
      <add key=\"Username\" value=\"token\" />
      <add key=\"ClearTextPassword\" value=\"{password}\" />
    </{name}>
  </packageSourceCredentials>"
    )
}

/// How NuGet is told of a variable.
pub fn variable() -> String {
    format!("%{VARIABLE}%")
}

/// What NuGet takes as a pattern of names: a star at the end alone.
fn mapped(packages: &str) -> String {
    let (start, star) = packages.split_once('*').map_or((packages, ""), |(start, _)| (start, "*"));
    format!("{start}{star}")
}

pub(super) fn recipe(setup: &Setup, value: Value) -> Recipe {
    let Setup { feed, address, packages, .. } = setup;
    let source = source_name(feed);
    let variable = variable();
    let password = (value == Value::Variable && setup.needs_token()).then_some(variable.as_str());
    let project = config(address, feed, &mapped(packages), password);
    let secret = format!("<configuration>\n{}\n</configuration>", credentials(feed, TOKEN));
    let (name, version) = (setup.example_name(), setup.example_version());
    let is_exe = setup.client == Client::NugetExe;
    let place = if is_exe { "~/.config/NuGet/NuGet.Config" } else { "~/.nuget/NuGet/NuGet.Config" };
    let (check, install, publish, job_install, job_publish) = if is_exe {
        let push = format!("nuget push \"*.nupkg\" -Source {source}");
        (
            format!("nuget list {name} -Source {source}"),
            format!(
                "nuget install {name} -Version {version} -Source {source} -OutputDirectory packages"
            ),
            format!("nuget pack\n{push}"),
            "nuget restore packages.config -PackagesDirectory packages",
            vec!["nuget pack".to_owned(), push],
        )
    } else {
        let pack = "dotnet pack --configuration Release --output out";
        let push = format!("dotnet nuget push \"out/*.nupkg\" --source {source}");
        (
            format!("dotnet package search {name} --source {source}"),
            format!("dotnet add package {name} --version {version}"),
            format!("{pack}\n{push}"),
            "dotnet restore",
            vec![pack.to_owned(), format!("{push} --api-key \"${VARIABLE}\"")],
        )
    };
    Recipe {
        files: vec![Snippet::committed("nuget.config", project)],
        secrets: vec![Snippet::secret(place, secret)],
        advice: vec![
            "In your own folder, which is never committed; on Windows it is %AppData%\\NuGet\\NuGet.Config. If the file is there, add the element packageSourceCredentials to it.",
        ],
        check: Some(check),
        install: Snippet::terminal(install),
        publish,
        job_install: vec![job_install.to_owned()],
        job_publish,
    }
}

pub(super) fn paket(setup: &Setup, value: Value) -> Recipe {
    let Setup { address, .. } = setup;
    let index = index(address);
    let login = match value {
        Value::Variable if setup.needs_token() => {
            format!(" username: \"token\" password: \"{}\"", variable())
        }
        Value::Variable | Value::Elsewhere => String::new(),
    };
    let (name, version) = (setup.example_name(), setup.example_version());
    let file = format!("source {PUBLIC}\nsource {index}{login}\n\nnuget {name}");
    let push = format!("dotnet paket push --url {address} {name}.{version}.nupkg");
    let pack = "dotnet paket pack .".to_owned();
    Recipe {
        files: vec![Snippet::committed("paket.dependencies", file)],
        secrets: vec![Snippet::secret(
            "Terminal",
            format!(
                "dotnet paket config add-credentials {index} --username token --password {TOKEN} --authtype basic\ndotnet paket config add-token {address} {TOKEN}"
            ),
        )],
        advice: vec![
            "Paket keeps both, encrypted, in your own folder. A space before the commands keeps them out of the history of most shells.",
        ],
        check: Some(format!("dotnet paket find-packages {name} --source {index}")),
        install: Snippet::terminal(format!("dotnet paket add {name} --version {version}")),
        publish: format!("{pack}\n{push}"),
        job_install: vec!["dotnet tool restore".to_owned(), "dotnet paket restore".to_owned()],
        job_publish: vec![pack, format!("{push} --api-key \"${VARIABLE}\"")],
    }
}

/// Visual Studio is clicked, not written.
pub(super) fn visual_studio(setup: &Setup) -> Vec<Step> {
    let Setup { feed, address, packages, .. } = setup;
    let mut steps = vec![Step::new(
        "Add the package source",
        &[
            "Open Tools, Options, NuGet Package Manager, Package Sources.",
            "Press the green plus sign.",
            "Put these two texts into the fields Name and Source.",
            "Press Update, then OK.",
        ],
        vec![Snippet::field("Name", source_name(feed)), Snippet::field("Source", index(address))],
    )];
    if setup.needs_token() {
        steps.push(Step::new(
            "Give it the token",
            &[
                "Right-click the solution, choose Manage NuGet Packages for Solution, and choose the new source at the top right.",
                "Visual Studio asks who you are. Type these two, and tick the box that remembers them.",
            ],
            vec![
                Snippet::field("User name", "token"),
                Snippet::field("Password", TOKEN),
            ],
        ));
    }
    if setup.task.installs() {
        steps.push(Step::new(
            "Pin the source for everybody",
            &["Beside the solution. It holds no secret: commit it, and whoever opens the solution has the same sources."],
            vec![Snippet::committed("nuget.config", config(address, feed, &mapped(packages), None))],
        ));
    }
    if setup.task.publishes() {
        let push = format!(
            "dotnet pack --configuration Release --output out\ndotnet nuget push \"out/*.nupkg\" --source {} --interactive",
            source_name(feed)
        );
        steps.push(Step::new(
            "Publish",
            &["Visual Studio has no command for it. Open View, Terminal. The source is that of nuget.config."],
            vec![Snippet::terminal(push)],
        ));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_as_nuget_reads_it() {
        let private =
            config("https://feeds.example/F/main", "main", "Acme.*", Some("%LATCHKEY_TOKEN%"));
        assert!(private.contains("<add key=\"feed-main\" value=\"https://feeds.example/F/main/api/v3/index.json\" protocolVersion=\"3\" />"));
        assert!(private.contains("<feed-main>\n      <add key=\"Username\" value=\"token\" />\n      <add key=\"ClearTextPassword\" value=\"%LATCHKEY_TOKEN%\" />"));
        assert!(private.contains("<package pattern=\"Acme.*\" />"));
        let public = config("http://127.0.0.1:3000/F/open", "open", "*", None);
        assert!(!public.contains("Credentials") && public.contains("allowInsecureConnections"));
    }

    #[test]
    fn patterns_end_with_their_star() {
        for (packages, pattern) in
            [("Acme.*", "Acme.*"), ("Acme.*.Core", "Acme.*"), ("Acme", "Acme")]
        {
            assert_eq!(mapped(packages), pattern);
        }
    }
}
