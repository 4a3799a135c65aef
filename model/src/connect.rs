//! What a client has to be told so that it works with a feed: files, commands and steps, for a
//! person's machine, for jobs, and for containers.
//!
//! This is the one place where such text is made: the Connect page, the pages of packages and that
//! of a new token take it from here, and the tests run it with the real clients. Where a token's
//! value belongs, the text has [`TOKEN`], which the page replaces by a mask when it shows the text
//! and by the value when it copies it; or the name of a variable, [`VARIABLE`].

pub mod bower;
mod jobs;
pub mod maven;
pub mod npm;
pub mod nuget;
mod query;
mod setup;
mod trouble;

pub use query::ConnectQuery;
pub use setup::{Client, Example, Family, Place, Setup, Task, packages};

use serde::{Deserialize, Serialize};

/// Stands where a token's value belongs. It is as good in XML, JSON, YAML and shells as a token is.
pub const TOKEN: &str = "YOUR-LATCHKEY-TOKEN";
/// The variable of the environment that holds a token's value.
pub const VARIABLE: &str = "LATCHKEY_TOKEN";

/// Where a text goes, and with that whether it may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goes {
    /// Into a file that holds no secret.
    Committed,
    /// Into a file that holds the token's value, outside the project.
    Secret,
    /// Into a terminal.
    Terminal,
    /// Into a field of some program.
    Field,
}

/// A text to be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Where it goes.
    pub goes: Goes,
    /// The name of the file or the field; `Terminal`.
    pub place: String,
    /// The text. It may hold [`TOKEN`].
    pub text: String,
}

impl Snippet {
    fn new(goes: Goes, place: &str, text: impl Into<String>) -> Self {
        Self { goes, place: place.to_owned(), text: text.into() }
    }

    fn committed(place: &str, text: impl Into<String>) -> Self {
        Self::new(Goes::Committed, place, text)
    }

    fn secret(place: &str, text: impl Into<String>) -> Self {
        Self::new(Goes::Secret, place, text)
    }

    fn field(place: &str, text: impl Into<String>) -> Self {
        Self::new(Goes::Field, place, text)
    }

    fn terminal(text: impl Into<String>) -> Self {
        Self::new(Goes::Terminal, "Terminal", text)
    }

    /// Whether a token's value belongs into it.
    pub fn holds_token(&self) -> bool {
        self.text.contains(TOKEN)
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done, as a heading.
    pub title: String,
    /// How, in sentences or in things to click one after the other.
    pub words: Vec<String>,
    /// What is copied for it.
    pub snippets: Vec<Snippet>,
}

impl Step {
    fn new(title: &str, words: &[&str], snippets: Vec<Snippet>) -> Self {
        let words = words.iter().map(|words| (*words).to_owned()).collect();
        Self { title: title.to_owned(), words, snippets }
    }
}

/// A refusal or failure, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What the client shows.
    pub seen: String,
    /// What to do.
    pub remedy: String,
}

/// All there is to tell for one [`Setup`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// In this order.
    pub steps: Vec<Step>,
    /// What may go wrong.
    pub troubles: Vec<Trouble>,
}

/// What a client has to be told, apart from where it runs.
struct Recipe {
    /// Files for the project, with the token from `value`.
    files: Vec<Snippet>,
    /// Files and commands that give the token to a person's machine.
    secrets: Vec<Snippet>,
    /// How the secrets are given, in sentences.
    advice: Vec<&'static str>,
    /// Asks whether it works, of somebody who may read; nothing if only a whole task shows it.
    check: Option<String>,
    /// Installs one package.
    install: Snippet,
    /// Publishes what is in the folder.
    publish: String,
    /// What a job does to install what the project needs.
    job_install: Vec<String>,
    /// What a job does besides to publish.
    job_publish: Vec<String>,
}

/// Where a file of the project takes the token from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// From elsewhere on the machine; the file says nothing of it.
    Elsewhere,
    /// From [`VARIABLE`].
    Variable,
}

impl Guide {
    /// The guide for a setup.
    pub fn of(setup: &Setup) -> Self {
        let steps = match (setup.client, setup.place) {
            (Client::VisualStudio, _) => nuget::visual_studio(setup),
            (_, Place::Machine) => on_machine(setup),
            _ => jobs::steps(setup),
        };
        Self { steps, troubles: trouble::of(setup) }
    }
}

fn recipe(setup: &Setup, value: Value) -> Recipe {
    match setup.client {
        Client::Npm | Client::Pnpm | Client::Yarn1 => npm::recipe(setup, value),
        Client::Yarn => npm::berry(setup, value),
        Client::Dotnet | Client::NugetExe | Client::VisualStudio => nuget::recipe(setup, value),
        Client::Paket => nuget::paket(setup, value),
        Client::Maven => maven::recipe(setup, value),
        Client::Gradle => maven::gradle(setup, value),
        Client::Bower => bower::recipe(setup),
    }
}

fn on_machine(setup: &Setup) -> Vec<Step> {
    let Recipe { files, secrets, advice, check, install, publish, .. } =
        recipe(setup, Value::Elsewhere);
    let mut steps = vec![Step::new(
        "Say where the packages are",
        &["In the project. It holds no secret: commit it."],
        files,
    )];
    if setup.needs_token() && !secrets.is_empty() {
        steps.push(Step::new("Give it the token", &advice, secrets));
    }
    if let Some(check) = check.filter(|_| setup.task.installs()) {
        steps.push(Step::new("Check that it works", &[], vec![Snippet::terminal(check)]));
    }
    if setup.task.installs() {
        steps.push(Step::new("Install a package", &[], vec![install]));
    }
    if setup.task.publishes() {
        steps.push(Step::new("Publish", &[], vec![Snippet::terminal(publish)]));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every setup of a feed.
    fn setups(public_url: &str, is_public: bool) -> Vec<Setup> {
        let mut setups = Vec::new();
        for client in Client::ALL {
            for place in Place::ALL {
                for task in Task::ALL {
                    setups.push(Setup {
                        is_public,
                        place,
                        task,
                        ..Setup::of(public_url, "main", client)
                    });
                }
            }
        }
        setups
    }

    #[test]
    fn no_file_for_the_project_holds_the_token() {
        for setup in setups("https://feeds.example", false) {
            for step in Guide::of(&setup).steps {
                for snippet in step.snippets {
                    let may = matches!(snippet.goes, Goes::Secret | Goes::Field);
                    assert!(may || !snippet.holds_token(), "{setup:?}: {snippet:?}");
                }
            }
        }
    }

    #[test]
    fn who_needs_a_token_is_told_where_it_goes() {
        for setup in setups("https://feeds.example", false) {
            let guide = Guide::of(&setup);
            let snippets = || guide.steps.iter().flat_map(|step| &step.snippets);
            assert!(snippets().any(Snippet::holds_token), "{setup:?}");
            let codes = guide.troubles.iter().map(|trouble| trouble.seen.as_str());
            let codes: String = codes.collect();
            assert!(codes.contains("401") && codes.contains("403"), "{setup:?}");
        }
        for setup in setups("https://feeds.example", true) {
            let is_asked = setup.task.publishes();
            let steps = Guide::of(&setup).steps;
            let holds = steps.iter().flat_map(|step| &step.snippets).any(Snippet::holds_token);
            assert_eq!(holds, is_asked, "{setup:?}");
        }
    }

    #[test]
    fn plain_http_is_allowed_where_a_client_has_to_be_asked() {
        for (client, words) in [
            (Client::Dotnet, "allowInsecureConnections=\"true\""),
            (Client::Yarn, "unsafeHttpWhitelist"),
            (Client::Gradle, "isAllowInsecureProtocol"),
        ] {
            let text = |url: &str| {
                let steps = Guide::of(&Setup::of(url, "main", client)).steps;
                let texts = steps.iter().flat_map(|step| &step.snippets);
                texts.map(|snippet| snippet.text.as_str()).collect::<String>()
            };
            assert!(text("http://feeds.lan:3000").contains(words), "{client:?}");
            assert!(!text("https://feeds.example").contains(words), "{client:?}");
        }
    }
}
