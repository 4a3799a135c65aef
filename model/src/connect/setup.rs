//! Who is to be connected with what.

use serde::{Deserialize, Serialize};

use crate::{ecosystem::Ecosystem, pattern::Pattern, token_form::TokenForm};

/// Declares an enumeration whose values have a name in addresses and a label on pages.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$said:meta])* $value:ident: $word:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$said])* $value,)+
        }

        impl $name {
            /// Every one, in the order in which they are offered.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$value),+];

            /// Its name in an address.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// Its name on pages.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$value => $label),+ }
            }

            /// The one of that name.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.word() == word)
            }
        }
    };
}

choices! {
    /// A program that installs or publishes.
    Client {
        /// npm.
        Npm: "npm", "npm";
        /// pnpm.
        Pnpm: "pnpm", "pnpm";
        /// yarn 2 and later.
        Yarn: "yarn", "yarn";
        /// yarn 1.
        Yarn1: "yarn-1", "yarn 1";
        /// The .NET SDK.
        Dotnet: "dotnet", "dotnet";
        /// nuget.exe, on Windows or Mono.
        NugetExe: "nuget", "nuget.exe";
        /// Paket.
        Paket: "paket", "Paket";
        /// Visual Studio.
        VisualStudio: "visual-studio", "Visual Studio";
        /// Apache Maven.
        Maven: "maven", "Maven";
        /// Gradle.
        Gradle: "gradle", "Gradle";
        /// Bower.
        Bower: "bower", "Bower";
    }
}

impl Client {
    /// Its like.
    pub const fn family(self) -> Family {
        match self {
            Self::Npm | Self::Pnpm | Self::Yarn | Self::Yarn1 => Family::Npm,
            Self::Dotnet | Self::NugetExe | Self::Paket | Self::VisualStudio => Family::Nuget,
            Self::Maven | Self::Gradle => Family::Maven,
            Self::Bower => Family::Bower,
        }
    }

    /// The one that most people use for such packages, if there is one.
    pub fn of(ecosystem: Ecosystem) -> Option<Self> {
        Self::ALL.into_iter().find(|client| match client {
            Self::Dotnet => ecosystem == Ecosystem::Nuget,
            client => client.family().ecosystem() == ecosystem && ecosystem != Ecosystem::Nuget,
        })
    }
}

/// The clients that install the same packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// npm, pnpm and yarn.
    Npm,
    /// Those of .NET.
    Nuget,
    /// Maven and Gradle.
    Maven,
    /// Bower.
    Bower,
}

impl Family {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Npm, Self::Nuget, Self::Maven, Self::Bower];

    /// What they install.
    pub const fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Npm => Ecosystem::Npm,
            Self::Nuget => Ecosystem::Nuget,
            Self::Maven => Ecosystem::Maven,
            Self::Bower => Ecosystem::Bower,
        }
    }

    /// What packages are called as long as nothing else is known.
    pub const fn usual(self) -> &'static str {
        match self {
            Self::Npm => "@acme/*",
            Self::Nuget => "Acme.*",
            Self::Maven => "org.acme:*",
            Self::Bower => "acme-*",
        }
    }

    /// The pattern of the packages that are named like this one: of its scope, group or first word.
    pub fn like(self, name: &str) -> String {
        let end = match self {
            Self::Npm => '/',
            Self::Nuget => '.',
            Self::Maven => ':',
            Self::Bower => '-',
        };
        match name.split_once(end) {
            Some((start, _)) => format!("{start}{end}*"),
            None => name.to_owned(),
        }
    }
}

choices! {
    /// Where it runs.
    Place {
        /// On somebody's own machine.
        Machine: "machine", "My machine";
        /// In GitHub Actions.
        GithubActions: "github", "GitHub Actions";
        /// In GitLab CI.
        GitlabCi: "gitlab", "GitLab CI";
        /// In Azure Pipelines.
        AzurePipelines: "azure", "Azure DevOps";
        /// In `TeamCity`.
        TeamCity: "teamcity", "TeamCity";
        /// In Jenkins.
        Jenkins: "jenkins", "Jenkins";
        /// While an image is built.
        Container: "container", "Container";
    }
}

choices! {
    /// What it is to do.
    Task {
        /// To install.
        Install: "install", "Install";
        /// To publish.
        Publish: "publish", "Publish";
        /// Both.
        Both: "both", "Install and publish";
    }
}

impl Task {
    /// Whether it reads.
    pub const fn installs(self) -> bool {
        !matches!(self, Self::Publish)
    }

    /// Whether it writes.
    pub const fn publishes(self) -> bool {
        !matches!(self, Self::Install)
    }
}

/// Who is to be connected with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The feed's name.
    pub feed: String,
    /// Its address: `https://feeds.example/F/main`.
    pub address: String,
    /// Whether anyone may read it.
    pub is_public: bool,
    /// The client.
    pub client: Client,
    /// Where it runs.
    pub place: Place,
    /// What it is to do.
    pub task: Task,
    /// Which packages come from the feed, as a pattern: `@acme/*`.
    pub packages: String,
    /// A package to try it with.
    pub example: Option<Example>,
}

/// A package that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its id.
    pub name: String,
    /// A version of it.
    pub version: String,
}

impl Setup {
    /// The plain one: to install on one's own machine from a private feed.
    pub fn of(public_url: &str, feed: &str, client: Client) -> Self {
        Self {
            feed: feed.to_owned(),
            address: format!("{public_url}/F/{feed}"),
            is_public: false,
            client,
            place: Place::Machine,
            task: Task::Install,
            packages: client.family().usual().to_owned(),
            example: None,
        }
    }

    /// Whether anything of it takes a token.
    pub const fn needs_token(&self) -> bool {
        !self.is_public || self.task.publishes()
    }

    /// Whether the feed is reached without TLS.
    pub(super) fn is_plain_http(&self) -> bool {
        self.address.starts_with("http://")
    }

    /// The address without its scheme: `//feeds.example/F/main`.
    pub(super) fn place_of_feed(&self) -> &str {
        self.address.split_once(':').map_or(&self.address, |(_, place)| place)
    }

    /// The host, with its port.
    pub(super) fn host(&self) -> &str {
        let place = self.place_of_feed().trim_start_matches('/');
        place.split('/').next().unwrap_or(place)
    }

    /// A package that it is about.
    pub fn example_package(&self) -> (Ecosystem, String) {
        (self.client.family().ecosystem(), self.example_name())
    }

    /// The name of a package to try it with.
    pub(super) fn example_name(&self) -> String {
        match &self.example {
            Some(example) => example.name.clone(),
            None => self.packages.replace('*', "example"),
        }
    }

    /// Its version.
    pub(super) fn example_version(&self) -> &str {
        self.example.as_ref().map_or("1.0.0", |example| &example.version)
    }

    /// The form of a token that may do this and nothing else: in this feed, by its id or its name, for ninety days, and to
    /// publish only what comes from it.
    pub fn token_form(&self, feed_id: &str) -> TokenForm {
        let access = match self.task {
            Task::Install => "read",
            Task::Publish => "write",
            Task::Both => "both",
        };
        let described =
            format!("{} for {}: {}", self.client.label(), self.feed, self.place.label());
        TokenForm {
            description: described,
            access: access.to_owned(),
            feeds: "chosen".to_owned(),
            feed: vec![feed_id.to_owned()],
            packages: if self.task.publishes() { "named" } else { "any" }.to_owned(),
            pattern: if self.task.publishes() {
                vec![format!("{}|{}", self.client.family().ecosystem(), self.packages)]
            } else {
                Vec::new()
            },
            read_any_package: if self.task.publishes() { "true" } else { "" }.to_owned(),
            expires: "90d".to_owned(),
            ..TokenForm::default()
        }
    }
}

/// The pattern that was asked for, if it is one and means such packages.
///
/// # Errors
/// Says what is wrong with it.
pub fn packages(text: &str) -> Result<String, String> {
    let text = text.trim();
    text.parse::<Pattern>().map_err(|error| error.to_string())?;
    if text.contains('|') {
        return Err("Name the packages alone: their kind is that of the client.".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_like_their_siblings() {
        for (family, name, pattern) in [
            (Family::Npm, "@acme/core", "@acme/*"),
            (Family::Npm, "core", "core"),
            (Family::Nuget, "Acme.Core.Http", "Acme.*"),
            (Family::Nuget, "Core", "Core"),
            (Family::Maven, "org.acme:core", "org.acme:*"),
            (Family::Bower, "acme-core", "acme-*"),
        ] {
            assert_eq!(family.like(name), pattern);
        }
    }

    #[test]
    fn a_token_may_do_what_is_needed_and_no_more() {
        let mut setup = Setup::of("https://feeds.example", "main", Client::Maven);
        let form = setup.token_form("id");
        assert_eq!((form.access.as_str(), form.packages.as_str()), ("read", "any"));
        setup.task = Task::Publish;
        let form = setup.token_form("id");
        assert_eq!((form.access.as_str(), form.feed), ("write", vec!["id".to_owned()]));
        assert_eq!(form.pattern, ["maven|org.acme:*"]);
    }

    #[test]
    fn patterns_are_checked() {
        assert_eq!(packages(" @acme/* ").as_deref(), Ok("@acme/*"));
        assert!(packages("a b").is_err() && packages("npm|x").is_err() && packages("").is_err());
    }

    #[test]
    fn words_name_their_choice() {
        assert_eq!(Client::named("yarn-1"), Some(Client::Yarn1));
        assert_eq!(Place::named("nowhere"), None);
        assert_eq!(Client::of(Ecosystem::Nuget), Some(Client::Dotnet));
        assert_eq!(Client::of(Ecosystem::Cargo), None);
        for client in Client::ALL {
            let usual = Client::of(client.family().ecosystem()).unwrap();
            assert_eq!(usual.family(), client.family());
        }
    }
}
