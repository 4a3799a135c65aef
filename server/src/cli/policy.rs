//! `latchkey policy`.

use clap::{Args, Subcommand};
use model::{
    policy::Setting,
    views::{PolicyChange, SettingOrigin, SettingView},
};
use registry::{Actor, Services};
use serde::Serialize;

use super::{failure::Failure, output, table::table};

const SHOW_EXAMPLES: &str = "\
What `latchkey serve` is given by flag or variable wins over what is kept here, and commands do not
know of it.

Examples:
  latchkey policy show
  latchkey policy show --json";

const SET_EXAMPLES: &str = "\
A running server acts by it within a second.

Examples:
  Whoever has an address at the company may sign up through its identity provider:
    latchkey policy set allowed_domains example.com,example.org
    latchkey policy set sign_up domains
  New tokens live a year at most:
    latchkey policy set longest_token_life 365d
  Values are seen once, and the copies that are kept are destroyed:
    latchkey policy set reveal never --destroy-copies";

const UNSET_EXAMPLES: &str = "\
Example:
  latchkey policy unset shortest_password";

/// What can be done with the policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show every setting, and where it comes from
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a setting
    #[command(after_help = SET_EXAMPLES)]
    Set {
        #[command(flatten)]
        which: Which,
        /// Its value
        value: String,
    },
    /// Give a setting back the value that it has by itself
    #[command(after_help = UNSET_EXAMPLES)]
    Unset {
        #[command(flatten)]
        which: Which,
    },
}

/// Which setting is changed.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The setting's key, as `policy show` lists it
    #[arg(value_parser = setting)]
    key: Setting,
    /// Agree that copies of values which can be shown again are destroyed
    #[arg(long)]
    destroy_copies: bool,
}

fn setting(key: &str) -> Result<Setting, String> {
    Setting::from_key(key).ok_or_else(|| {
        let keys = Setting::ALL.map(Setting::key);
        format!("there is no such setting: {} exist", keys.join(", "))
    })
}

impl PolicyCommand {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        match self {
            Self::Show { json } => show(services, json).await,
            Self::Set { which, value } => change(services, actor, which, Some(value)).await,
            Self::Unset { which } => change(services, actor, which, None).await,
        }
    }
}

async fn change(
    services: &Services,
    actor: &Actor,
    which: Which,
    value: Option<String>,
) -> Result<(), Failure> {
    let Which { key, destroy_copies } = which;
    let changes = [(key, value)];
    match services.policies.change(actor, &changes, destroy_copies).await? {
        PolicyChange::Made(destroyed) => {
            let copies = match destroyed {
                0 => String::new(),
                1 => " One copy of a value was destroyed.".to_owned(),
                count => format!(" {count} copies of values were destroyed."),
            };
            let text = services.policy().text(key);
            let text = if text.is_empty() { "empty" } else { &text };
            output::say(&format!("{} is now {text}.{copies}", key.key()));
            Ok(())
        }
        PolicyChange::Destroys(count) => Err(Failure::Refused(format!(
            "this destroys {count} copies of values that can be shown now; the tokens keep working. \
             Say the same with --destroy-copies if you want it."
        ))),
        PolicyChange::Wrong(wrong) => {
            let wrong = wrong.into_iter().map(|(setting, why)| format!("{}: {why}", setting.key()));
            Err(Failure::Usage(wrong.collect::<Vec<_>>().join(" ")))
        }
    }
}

/// A setting as programs read it.
#[derive(Serialize)]
struct SettingJson {
    key: &'static str,
    value: String,
    /// `default`, `kept`, or `fixed` by the configuration.
    origin: &'static str,
    fixed_by: Option<String>,
}

impl From<SettingView> for SettingJson {
    fn from(view: SettingView) -> Self {
        let (origin, fixed_by) = match view.origin {
            SettingOrigin::Default => ("default", None),
            SettingOrigin::Kept => ("kept", None),
            SettingOrigin::Fixed(place) => ("fixed", Some(place)),
        };
        Self { key: view.setting.key(), value: view.text, origin, fixed_by }
    }
}

async fn show(services: &Services, json: bool) -> Result<(), Failure> {
    let settings = services.policies.list().await?;
    if json {
        return output::json(&settings.into_iter().map(SettingJson::from).collect::<Vec<_>>());
    }
    let row = |view: SettingView| {
        let origin = match view.origin {
            SettingOrigin::Default => "not set".to_owned(),
            SettingOrigin::Kept => "set here".to_owned(),
            SettingOrigin::Fixed(place) => place,
        };
        let key = view.setting.key().to_owned();
        [key, view.text, origin, view.setting.allowed().to_owned()]
    };
    let rows = settings.into_iter().map(row).collect();
    output::data(&table(["setting", "value", "from", "allowed"], rows))
}
