//! `latchkey user`.

use clap::{Args, Subcommand};
use model::{
    id::IdentityId,
    names::{Email, Username},
};
use registry::{
    Actor, Services,
    accounts::{ListedAccount, NewAccount},
};
use serde::Serialize;

use super::{failure::Failure, identities, no_account, output, password, table::table};

const CREATE_EXAMPLES: &str = "\
Without --password-stdin the command prints a link. Whoever opens it within 24 hours chooses the
password; it works once.

Examples:
  The first administrator of a new server:
    latchkey user create ana --email ana@example.com --admin --public-url https://packages.example.com
  An account for a script, its password from a file:
    latchkey user create build --email build@example.com --password-stdin < password.txt";

const LIST_EXAMPLES: &str = "\
Examples:
  latchkey user list
  latchkey user list --json";

const SET_PASSWORD_EXAMPLES: &str = "\
The account's sessions end; its tokens stay.

Example:
  latchkey user set-password ana --password-stdin < password.txt";

const DISABLE_EXAMPLES: &str = "\
Its sessions end at once, and its tokens are refused until the account is enabled again.

Example:
  latchkey user disable ana";

const ENABLE_EXAMPLES: &str = "\
Example:
  latchkey user enable ana";

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account
    #[command(after_help = CREATE_EXAMPLES)]
    Create(CreateUser),
    /// List all accounts
    #[command(after_help = LIST_EXAMPLES)]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set somebody's password
    #[command(after_help = SET_PASSWORD_EXAMPLES)]
    SetPassword {
        /// The account: user name or e-mail address
        name: String,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List the identities linked to an account, or unlink one
    #[command(after_help = identities::EXAMPLES)]
    Identities {
        /// The account: user name or e-mail address
        name: String,
        /// Unlink the identity with this id
        #[arg(long, value_name = "ID", conflicts_with = "json")]
        unlink: Option<IdentityId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Refuse an account and everything of it
    #[command(after_help = DISABLE_EXAMPLES)]
    Disable {
        /// The account: user name or e-mail address
        name: String,
    },
    /// Accept a disabled account again
    #[command(after_help = ENABLE_EXAMPLES)]
    Enable {
        /// The account: user name or e-mail address
        name: String,
    },
}

/// What an account is made with.
#[derive(Debug, Args)]
pub(crate) struct CreateUser {
    /// Its name: letters a to z, digits and hyphens
    name: Username,
    /// Its e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Email,
    /// Let it administer the server
    #[arg(long)]
    admin: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Address that the printed link begins with [default: the one in the settings]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl CreateUser {
    pub(super) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }
}

impl UserCommand {
    /// `assumed` says that nobody set the address that links begin with.
    pub(super) async fn run(
        self,
        services: &Services,
        actor: &Actor,
        assumed: bool,
    ) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => create(services, actor, arguments, assumed).await,
            Self::List { json } => list(services, json).await,
            Self::SetPassword { name, password_stdin: _ } => {
                let password = password::from_input()?;
                let set = services.accounts.set_password(actor, &name, &password).await;
                set.map_err(|error| no_account(error, &name))?;
                output::say(&format!(
                    "{name} has a new password, and all its sessions have ended."
                ));
                Ok(())
            }
            Self::Identities { name, unlink: Some(id), .. } => {
                identities::unlink(services, actor, &name, id).await
            }
            Self::Identities { name, unlink: None, json } => {
                identities::list(services, &name, json).await
            }
            Self::Disable { name } => {
                set_disabled(services, actor, &name, true).await?;
                output::say(&format!(
                    "{name} is disabled: its sessions have ended and its tokens are refused."
                ));
                Ok(())
            }
            Self::Enable { name } => {
                set_disabled(services, actor, &name, false).await?;
                output::say(&format!(
                    "{name} is enabled: its password and tokens are accepted again."
                ));
                Ok(())
            }
        }
    }
}

async fn create(
    services: &Services,
    actor: &Actor,
    arguments: CreateUser,
    assumed: bool,
) -> Result<(), Failure> {
    let CreateUser { name: username, email, admin, password_stdin, public_url: _ } = arguments;
    let password = password_stdin.then(password::from_input).transpose()?;
    let new = NewAccount { username: username.clone(), email, password };
    let (_, link) = services.accounts.create(actor, new, admin).await?;
    let kind = if admin { "administrator" } else { "account" };
    output::say(&format!("Made the {kind} {username}."));
    if let Some(link) = link {
        output::say("Whoever opens this link within 24 hours chooses the password; it works once:");
        output::data(&link)?;
        if assumed {
            output::say(
                "Where the server has another address, replace the beginning of the link, and give \
                 --public-url next time.",
            );
        }
    }
    Ok(())
}

async fn set_disabled(
    services: &Services,
    actor: &Actor,
    name: &str,
    disabled: bool,
) -> Result<(), Failure> {
    let set = services.accounts.set_disabled(actor, name, disabled).await;
    set.map_err(|error| no_account(error, name))
}

/// An account as programs read it.
#[derive(Serialize)]
struct AccountJson {
    id: String,
    username: String,
    email: String,
    admin: bool,
    disabled: bool,
    created_at: String,
}

impl From<ListedAccount> for AccountJson {
    fn from(account: ListedAccount) -> Self {
        Self {
            id: account.id.to_string(),
            username: account.username,
            email: account.email,
            admin: account.is_admin,
            disabled: account.disabled,
            created_at: account.created_at.to_string(),
        }
    }
}

async fn list(services: &Services, json: bool) -> Result<(), Failure> {
    let accounts = services.accounts.list().await?;
    if json {
        return output::json(&accounts.into_iter().map(AccountJson::from).collect::<Vec<_>>());
    }
    if accounts.is_empty() {
        output::say(
            "There is no account yet. Make one with `latchkey user create NAME --email ADDRESS`.",
        );
        return Ok(());
    }
    let row = |account: ListedAccount| {
        [
            account.username,
            account.email,
            if account.is_admin { "administrator" } else { "user" }.to_owned(),
            if account.disabled { "disabled" } else { "active" }.to_owned(),
            account.created_at.short_date(),
        ]
    };
    let rows = accounts.into_iter().map(row).collect();
    output::data(&table(["name", "e-mail", "kind", "state", "since"], rows))
}
