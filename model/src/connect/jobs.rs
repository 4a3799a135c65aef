//! Jobs and containers: where they keep the token, and the file that says what they do.

use super::{
    Client, Family, Goes, Place, Recipe, Setup, Snippet, Step, TOKEN, VARIABLE, Value, recipe,
};

/// The name of Azure's service connection, and of what else has to be called something.
const CONNECTION: &str = "latchkey";

/// The steps for a setup that is not a person's machine.
pub(super) fn steps(setup: &Setup) -> Vec<Step> {
    let connects = setup.place == Place::AzurePipelines && azure_task(setup).is_some();
    let value = if connects { Value::Elsewhere } else { Value::Variable };
    let Recipe { files, job_install, job_publish, .. } = recipe(setup, value);
    let mut lines = Vec::new();
    if setup.task.installs() {
        lines.extend(job_install);
    }
    if setup.task.publishes() {
        lines.extend(job_publish);
    }
    let mut steps = vec![Step::new(
        "Say where the packages are",
        &["In the project. It holds no secret: commit it."],
        files,
    )];
    if setup.needs_token() {
        steps.push(keep(setup, connects));
    }
    steps.push(job(setup, connects, &lines));
    steps
}

/// Where the token is kept.
fn keep(setup: &Setup, connects: bool) -> Step {
    let (name, value) = (Snippet::field("Name", VARIABLE), Snippet::field("Value", TOKEN));
    let (words, snippets): (&[&str], _) = match setup.place {
        Place::GithubActions => (
            &[
                "In the repository: Settings, Secrets and variables, Actions, New repository secret.",
            ],
            vec![name, Snippet::field("Secret", TOKEN)],
        ),
        Place::GitlabCi => (
            &[
                "In the project: Settings, CI/CD, Variables, Add variable.",
                "Choose Masked and hidden. Choose Protect variable if only protected branches and tags may use it.",
            ],
            vec![Snippet::field("Key", VARIABLE), value],
        ),
        Place::AzurePipelines if connects => return connection(setup),
        Place::AzurePipelines => (
            &["In the pipeline: Edit, Variables, New variable. Tick Keep this value secret."],
            vec![name, value],
        ),
        Place::TeamCity => (
            &[
                "In the build configuration: Parameters, Add new parameter. As value type choose Password, so that logs show stars.",
            ],
            vec![Snippet::field("Name", format!("env.{VARIABLE}")), value],
        ),
        Place::Jenkins => (
            &["Manage Jenkins, Credentials, Add credentials. As kind choose Secret text."],
            vec![Snippet::field("ID", credentials_id()), Snippet::field("Secret", TOKEN)],
        ),
        Place::Machine | Place::Container => (
            &[
                "The terminal waits for you to paste it, and keeps it out of the history. The image does not keep it either.",
            ],
            vec![
                Snippet::terminal(super::npm::take_token()),
                Snippet::field("What the terminal waits for", TOKEN),
            ],
        ),
    };
    Step::new("Keep the token as a secret", words, snippets)
}

/// Azure keeps the credential of a feed in a service connection.
fn connection(setup: &Setup) -> Step {
    let address = &setup.address;
    let name = Snippet::field("Service connection name", CONNECTION);
    let (words, mut snippets): (&[&str], _) = match setup.client.family() {
        Family::Npm => (
            &[
                "Project settings, Service connections, New service connection, npm. As authentication method choose Token.",
            ],
            vec![
                Snippet::field("Registry URL", format!("{address}/npm/")),
                Snippet::field("Personal access token", TOKEN),
            ],
        ),
        Family::Nuget => (
            &[
                "Project settings, Service connections, New service connection, NuGet. As authentication method choose Basic.",
            ],
            vec![
                Snippet::field("Feed URL", super::nuget::index(address)),
                Snippet::field("Username", "token"),
                Snippet::field("Password", TOKEN),
            ],
        ),
        Family::Maven | Family::Bower => (
            &[
                "Project settings, Service connections, New service connection, Maven. As authentication method choose Username and password.",
            ],
            vec![
                Snippet::field("Registry URL", format!("{address}/maven")),
                Snippet::field("Registry id", setup.feed.clone()),
                Snippet::field("Username", "token"),
                Snippet::field("Password", TOKEN),
            ],
        ),
    };
    snippets.push(name);
    Step::new("Keep the token in a service connection", words, snippets)
}

/// The task of Azure that presents a service connection, where there is one for the client.
fn azure_task(setup: &Setup) -> Option<String> {
    if !setup.needs_token() {
        return None;
    }
    Some(match setup.client {
        Client::Npm | Client::Pnpm | Client::Yarn1 => format!(
            "npmAuthenticate@0\n    inputs:\n      workingFile: .npmrc\n      customEndpoint: {CONNECTION}"
        ),
        Client::Dotnet | Client::NugetExe => {
            format!("NuGetAuthenticate@1\n    inputs:\n      nuGetServiceConnections: {CONNECTION}")
        }
        Client::Maven => {
            format!("MavenAuthenticate@0\n    inputs:\n      mavenServiceConnections: {CONNECTION}")
        }
        _ => return None,
    })
}

/// The job, as the file or the script that says what it does.
fn job(setup: &Setup, connects: bool, lines: &[String]) -> Step {
    let publishes = setup.task.publishes();
    let (title, name) = if publishes { ("Publish", "publish") } else { ("Install", "install") };
    let image = image(setup.client);
    let commit = "In the project. It holds no secret: commit it.";
    let (words, place, text) = match setup.place {
        Place::GithubActions => {
            (commit, format!(".github/workflows/{name}.yml"), github(setup, name, lines))
        }
        Place::GitlabCi => {
            let rule = if publishes { "  rules:\n    - if: $CI_COMMIT_TAG\n" } else { "" };
            let script = listed(lines, "    - ");
            let text = format!("{name}:\n  image: {image}\n{rule}  script:\n{script}");
            (commit, ".gitlab-ci.yml".to_owned(), text)
        }
        Place::AzurePipelines => {
            (commit, "azure-pipelines.yml".to_owned(), azure(setup, connects, lines))
        }
        Place::Jenkins => (commit, "Jenkinsfile".to_owned(), jenkins(setup, title, image, lines)),
        Place::TeamCity => {
            let words = "In the build configuration: Build Steps, Add build step, Command Line. As Run choose Custom script. It holds no secret.";
            let snippet = Snippet::new(Goes::Terminal, "Custom script", lines.join("\n"));
            let mut all = vec![words];
            if matches!(setup.client.family(), Family::Nuget) {
                all.push("Where a build feature fits better: Build Features, NuGet feed credentials, with the address of the source, the user name token and the password %env.LATCHKEY_TOKEN%.");
            }
            return Step::new(title, &all, vec![snippet]);
        }
        Place::Machine | Place::Container => {
            let (file, build) = container(setup, image, name, lines);
            return Step::new(
                title,
                &[
                    "While the image is built, the token is there for these commands alone: no layer of the image holds it.",
                ],
                vec![Snippet::committed("Dockerfile", file), Snippet::terminal(build)],
            );
        }
    };
    Step::new(title, &[words], vec![Snippet::committed(&place, text)])
}

/// An image that has the client.
const fn image(client: Client) -> &'static str {
    match client.family() {
        Family::Npm | Family::Bower => "node:22",
        Family::Nuget => match client {
            Client::NugetExe => "mono:6",
            _ => "mcr.microsoft.com/dotnet/sdk:9.0",
        },
        Family::Maven => match client {
            Client::Gradle => "gradle:8-jdk21",
            _ => "maven:3-eclipse-temurin-21",
        },
    }
}

fn listed(lines: &[String], before: &str) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("{before}{}", yaml(line))).collect();
    lines.join("\n")
}

/// A command as a scalar of YAML: in quotes where it would not be read as it stands.
fn yaml(line: &str) -> String {
    if line.contains(": ") || line.contains(" #") || line.starts_with(['"', '\'', '&', '*', '%']) {
        format!("'{}'", line.replace('\'', "''"))
    } else {
        line.to_owned()
    }
}

fn github(setup: &Setup, name: &str, lines: &[String]) -> String {
    let on = if setup.task.publishes() { "\n  push:\n    tags: [\"v*\"]" } else { " [push]" };
    let tool = match setup.client {
        Client::NugetExe => "nuget/setup-nuget@v2".to_owned(),
        Client::Dotnet | Client::Paket | Client::VisualStudio => {
            "actions/setup-dotnet@v4\n        with:\n          dotnet-version: 9.0.x".to_owned()
        }
        Client::Maven | Client::Gradle => {
            "actions/setup-java@v4\n        with:\n          distribution: temurin\n          java-version: 21"
                .to_owned()
        }
        _ => "actions/setup-node@v4\n        with:\n          node-version: 22".to_owned(),
    };
    let env = if setup.needs_token() {
        format!("    env:\n      {VARIABLE}: ${{{{ secrets.{VARIABLE} }}}}\n")
    } else {
        String::new()
    };
    let run = listed(lines, "      - run: ");
    format!(
        "name: {name}\non:{on}\njobs:\n  {name}:\n    runs-on: ubuntu-latest\n{env}    steps:\n      - uses: actions/checkout@v4\n      - uses: {tool}\n{run}"
    )
}

fn azure(setup: &Setup, connects: bool, lines: &[String]) -> String {
    let trigger = if setup.task.publishes() {
        "trigger:\n  tags:\n    include: [\"v*\"]"
    } else {
        "trigger: [main]"
    };
    let task = azure_task(setup).filter(|_| connects);
    let task = task.map_or_else(String::new, |task| format!("  - task: {task}\n"));
    // A secret variable reaches a script only where it is named.
    let env = if connects || !setup.needs_token() {
        String::new()
    } else {
        format!("\n    env:\n      {VARIABLE}: $({VARIABLE})")
    };
    let scripts: Vec<String> = azure_lines(setup, connects, lines)
        .iter()
        .map(|line| format!("  - script: {}{env}", yaml(line)))
        .collect();
    let scripts = scripts.join("\n");
    format!("{trigger}\npool:\n  vmImage: ubuntu-latest\nsteps:\n{task}{scripts}")
}

/// The commands; where a service connection presents the token, no variable holds it.
fn azure_lines(setup: &Setup, connects: bool, lines: &[String]) -> Vec<String> {
    let is_nuget = connects && setup.client.family() == Family::Nuget;
    let key = format!(" --api-key \"${VARIABLE}\"");
    lines
        .iter()
        .map(|line| if is_nuget { line.replace(&key, " --api-key az") } else { line.clone() })
        .collect()
}

/// Jenkins's name for the secret.
fn credentials_id() -> String {
    format!("{CONNECTION}-token")
}

fn jenkins(setup: &Setup, stage: &str, image: &str, lines: &[String]) -> String {
    let environment = if setup.needs_token() {
        format!("  environment {{\n    {VARIABLE} = credentials('{}')\n  }}\n", credentials_id())
    } else {
        String::new()
    };
    let shell: Vec<String> = lines
        .iter()
        .map(|line| format!("        sh '{}'", line.replace('\\', "\\\\").replace('\'', "\\'")))
        .collect();
    let shell = shell.join("\n");
    format!(
        "pipeline {{\n  agent {{ docker {{ image '{image}' }} }}\n{environment}  stages {{\n    stage('{stage}') {{\n      steps {{\n{shell}\n      }}\n    }}\n  }}\n}}"
    )
}

/// The file of an image, and the command that builds it.
fn container(setup: &Setup, image: &str, name: &str, lines: &[String]) -> (String, String) {
    let secret = VARIABLE.to_ascii_lowercase();
    let needs_token = setup.needs_token();
    let mount = if needs_token {
        format!("--mount=type=secret,id={secret},env={VARIABLE} ")
    } else {
        String::new()
    };
    let run: Vec<String> = lines.iter().map(|line| format!("RUN {mount}{line}")).collect();
    let run = run.join("\n");
    let file = format!("FROM {image}\nWORKDIR /src\nCOPY . .\n{run}");
    let given =
        if needs_token { format!("--secret id={secret},env={VARIABLE} ") } else { String::new() };
    (file, format!("docker build {given}--tag {name} ."))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Guide, Task},
        *,
    };

    fn text(client: Client, place: Place, task: Task) -> String {
        let setup = Setup { place, task, ..Setup::of("https://feeds.example", "main", client) };
        let steps = Guide::of(&setup).steps;
        steps.last().unwrap().snippets[0].text.clone()
    }

    #[test]
    fn a_workflow_publishes_tags_with_the_secret() {
        assert_eq!(
            text(Client::Npm, Place::GithubActions, Task::Publish),
            r#"name: publish
on:
  push:
    tags: ["v*"]
jobs:
  publish:
    runs-on: ubuntu-latest
    env:
      LATCHKEY_TOKEN: ${{ secrets.LATCHKEY_TOKEN }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: npm publish"#
        );
    }

    #[test]
    fn a_service_connection_presents_the_token_where_azure_has_a_task() {
        let pipeline = text(Client::Dotnet, Place::AzurePipelines, Task::Both);
        assert!(pipeline.contains("task: NuGetAuthenticate@1") && !pipeline.contains(VARIABLE));
        let pipeline = text(Client::Bower, Place::AzurePipelines, Task::Install);
        assert!(pipeline.contains("env:\n      LATCHKEY_TOKEN: $(LATCHKEY_TOKEN)"), "{pipeline}");
    }

    #[test]
    fn commands_are_quoted_for_where_they_stand() {
        assert_eq!(yaml("echo a: b's"), "'echo a: b''s'");
        let jenkins = text(Client::Dotnet, Place::Jenkins, Task::Publish);
        assert!(jenkins.contains("sh 'dotnet nuget push \"out/*.nupkg\" --source feed-main --api-key \"$LATCHKEY_TOKEN\"'"));
        let dockerfile = text(Client::Npm, Place::Container, Task::Install);
        assert!(
            dockerfile
                .ends_with("RUN --mount=type=secret,id=latchkey_token,env=LATCHKEY_TOKEN npm ci")
        );
    }
}
