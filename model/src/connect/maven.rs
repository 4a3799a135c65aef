//! Maven and Gradle.

use super::{Recipe, Setup, Snippet, TOKEN, VARIABLE, Value};

/// The settings that a job takes the token from.
const JOB_SETTINGS: &str = ".mvn/settings.xml";

/// The lines of `pom.xml` for a dependency; an id of packages is `group:artifact`.
pub fn dependency(name: &str, version: &str) -> String {
    let (group, artifact) = name.split_once(':').unwrap_or((name, ""));
    format!(
        "<dependency>\n  <groupId>{group}</groupId>\n  <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n</dependency>"
    )
}

/// The lines of `pom.xml` for the repository, by the name that its credentials have in `settings.xml`.
pub fn repository(feed: &str, address: &str) -> String {
    format!("<repository>\n  <id>{feed}</id>\n  <url>{address}/maven</url>\n</repository>")
}

/// The lines of `pom.xml` that say where packages come from.
pub fn repositories(feed: &str, address: &str) -> String {
    let repository = indented(&repository(feed, address), "  ");
    format!("<repositories>\n{repository}\n</repositories>")
}

/// The lines of `pom.xml` that say where the project is deployed to.
pub fn distribution(feed: &str, address: &str) -> String {
    let repository = repository(feed, address);
    let snapshots = repository.replace("repository>", "snapshotRepository>");
    let (repository, snapshots) = (indented(&repository, "  "), indented(&snapshots, "  "));
    format!("<distributionManagement>\n{repository}\n{snapshots}\n</distributionManagement>")
}

/// The lines of `settings.xml`: the server has the repository's id.
pub fn server(feed: &str, password: &str) -> String {
    format!(
        "<server>\n  <id>{feed}</id>\n  <username>token</username>\n  <password>{password}</password>\n</server>"
    )
}

/// How Maven is told of a variable.
pub fn variable() -> String {
    format!("${{env.{VARIABLE}}}")
}

/// The whole of `settings.xml`.
fn settings(feed: &str, password: &str) -> String {
    let server = indented(&server(feed, password), "    ");
    format!("<settings>\n  <servers>\n{server}\n  </servers>\n</settings>")
}

fn indented(lines: &str, indent: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

pub(super) fn recipe(setup: &Setup, value: Value) -> Recipe {
    let Setup { feed, address, .. } = setup;
    let mut parts = Vec::new();
    if setup.task.installs() {
        parts.push(repositories(feed, address));
    }
    if setup.task.publishes() {
        parts.push(distribution(feed, address));
    }
    let mut files = vec![Snippet::committed("pom.xml", parts.join("\n"))];
    let job = if value == Value::Variable && setup.needs_token() {
        files.push(Snippet::committed(JOB_SETTINGS, settings(feed, &variable())));
        format!("mvn -B -s {JOB_SETTINGS}")
    } else {
        "mvn -B".to_owned()
    };
    let (name, version) = (setup.example_name(), setup.example_version());
    Recipe {
        files,
        secrets: vec![Snippet::secret("~/.m2/settings.xml", settings(feed, TOKEN))],
        advice: vec![
            "In your home folder, which is never committed. If the file is there, add the element server to it: its id is that of the repository.",
        ],
        check: Some(format!(
            "mvn dependency:get -Dartifact={name}:{version} -DremoteRepositories={feed}::default::{address}/maven"
        )),
        install: Snippet::committed("pom.xml, in dependencies", dependency(&name, version)),
        publish: "mvn deploy".to_owned(),
        job_install: vec![format!("{job} verify")],
        job_publish: vec![format!("{job} deploy")],
    }
}

pub(super) fn gradle(setup: &Setup, value: Value) -> Recipe {
    let Setup { address, packages, .. } = setup;
    let name = gradle_name(&setup.feed);
    let group = packages.split(':').next().unwrap_or(packages);
    let insecure = if setup.is_plain_http() { "\n  isAllowInsecureProtocol = true" } else { "" };
    let login =
        if setup.needs_token() { "\n  credentials(PasswordCredentials::class)" } else { "" };
    let maven = format!(
        "maven {{\n  name = \"{name}\"\n  url = uri(\"{address}/maven\"){insecure}{login}\n}}"
    );
    let mut parts = Vec::new();
    if setup.task.installs() {
        let group = group.replace('.', "\\\\.").replace('*', ".*");
        // The groups come from there alone.
        parts.push(format!(
            "repositories {{\n  mavenCentral()\n  exclusiveContent {{\n    forRepository {{\n{}\n    }}\n    filter {{ includeGroupByRegex(\"{group}\") }}\n  }}\n}}",
            indented(&maven, "      ")
        ));
    }
    if setup.task.publishes() {
        parts.push(format!(
            "publishing {{\n  repositories {{\n{}\n  }}\n}}",
            indented(&maven, "    ")
        ));
    }
    let secret = format!("{name}Username=token\n{name}Password={TOKEN}");
    let (example, version) = (setup.example_name(), setup.example_version());
    let job = match value {
        Value::Variable if setup.needs_token() => vec![
            format!("export ORG_GRADLE_PROJECT_{name}Username=token"),
            format!("export ORG_GRADLE_PROJECT_{name}Password=\"${VARIABLE}\""),
        ],
        Value::Variable | Value::Elsewhere => Vec::new(),
    };
    let publish = format!("./gradlew publishAllPublicationsTo{}Repository", capitalised(&name));
    let with = |line: String| {
        // Jobs may run each line in a shell of its own.
        let lines: Vec<String> = job.iter().cloned().chain([line]).collect();
        vec![lines.join(" && ")]
    };
    Recipe {
        files: vec![Snippet::committed("build.gradle.kts", parts.join("\n\n"))],
        secrets: vec![Snippet::secret("~/.gradle/gradle.properties", secret)],
        advice: vec![
            "In your home folder, which is never committed. Gradle finds them by the repository's name.",
        ],
        check: Some("./gradlew dependencies --refresh-dependencies".to_owned()),
        install: Snippet::committed(
            "build.gradle.kts, in dependencies",
            format!("implementation(\"{example}:{version}\")"),
        ),
        publish: publish.clone(),
        job_install: with("./gradlew build".to_owned()),
        job_publish: with(publish),
    }
}

/// The name by which Gradle calls a feed, and with which its properties begin: `latchkeyMainTools`.
fn gradle_name(feed: &str) -> String {
    let words = feed.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(capitalised);
    format!("latchkey{}", words.collect::<String>())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Client, Task},
        *,
    };

    #[test]
    fn the_lines_are_as_maven_reads_them() {
        let lines = dependency("org.acme:demo", "1.0");
        assert!(lines.contains("<groupId>org.acme</groupId>\n  <artifactId>demo</artifactId>"));
        let lines = repository("main", "https://feeds.example/F/main");
        assert!(lines.contains("<id>main</id>\n  <url>https://feeds.example/F/main/maven</url>"));
        let lines = settings("main", &variable());
        assert!(lines.contains("<password>${env.LATCHKEY_TOKEN}</password>"));
    }

    #[test]
    fn gradle_takes_the_group_from_the_feed_alone() {
        let mut setup = Setup::of("https://feeds.example", "my-feed", Client::Gradle);
        let text = &gradle(&setup, Value::Elsewhere).files[0].text;
        assert_eq!(
            text,
            r#"repositories {
  mavenCentral()
  exclusiveContent {
    forRepository {
      maven {
        name = "latchkeyMyFeed"
        url = uri("https://feeds.example/F/my-feed/maven")
        credentials(PasswordCredentials::class)
      }
    }
    filter { includeGroupByRegex("org\\.acme") }
  }
}"#
        );
        setup.task = Task::Publish;
        let recipe = gradle(&setup, Value::Variable);
        assert!(recipe.files[0].text.starts_with("publishing {\n  repositories {\n    maven {"));
        assert!(
            recipe.job_publish[0]
                .ends_with("./gradlew publishAllPublicationsToLatchkeyMyFeedRepository")
        );
    }
}
