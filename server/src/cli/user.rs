//! `latchkey user`.

mod link;

use clap::{Args, Subcommand, ValueEnum};
use model::{
    id::IdentityId,
    names::{Email, Username},
    views::PersonState,
};
use registry::{
    Actor, Services,
    accounts::{ListedAccount, NewAccount, Stopped},
};
use serde::Serialize;

use self::link::LinkArgs;
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

const ROLE_EXAMPLES: &str = "\
Administrators see everybody, everybody's tokens without their values, and change the policy. The
last one who can sign in stays one.

Examples:
  latchkey user role bob admin
  latchkey user role bob user";

const SIGN_OUT_EXAMPLES: &str = "\
Its tokens keep working.

Example:
  latchkey user sign-out bob";

const WITHDRAW_EXAMPLES: &str = "\
The account is removed. That takes one whose password was never chosen, and without feeds and tokens
of its own.

Example:
  latchkey user withdraw bob";

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
    /// Make a new link to choose a first password; the one before is dead
    #[command(after_help = link::INVITE_EXAMPLES)]
    InviteLink(LinkArgs),
    /// Make a link to choose another password; the one before is dead
    #[command(after_help = link::RESET_EXAMPLES)]
    ResetLink(LinkArgs),
    /// Remove somebody who was invited and never came
    #[command(after_help = WITHDRAW_EXAMPLES)]
    Withdraw {
        /// The account: user name or e-mail address
        name: String,
    },
    /// Make somebody an administrator, or not any more
    #[command(after_help = ROLE_EXAMPLES)]
    Role {
        /// The account: user name or e-mail address
        name: String,
        /// What it becomes
        role: AccountRole,
    },
    /// End all of an account's sessions
    #[command(after_help = SIGN_OUT_EXAMPLES)]
    SignOut {
        /// The account: user name or e-mail address
        name: String,
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

/// What somebody is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccountRole {
    /// Administers it
    Admin,
    /// Uses it
    User,
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

impl UserCommand {
    /// The address that links shall begin with, if the command prints any and one was given.
    pub(super) fn public_url(&self) -> Option<&str> {
        match self {
            Self::Create(arguments) => arguments.public_url.as_deref(),
            Self::InviteLink(arguments) | Self::ResetLink(arguments) => arguments.public_url(),
            _ => None,
        }
    }

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
            Self::InviteLink(arguments) => {
                let link = services.accounts.invite_again(actor, arguments.name()).await;
                let link = link.map_err(|error| no_account(error, arguments.name()))?;
                link::print(&link, assumed)
            }
            Self::ResetLink(arguments) => {
                let link = services.accounts.reset_link(actor, arguments.name()).await;
                let link = link.map_err(|error| no_account(error, arguments.name()))?;
                link::print(&link, assumed)
            }
            Self::Withdraw { name } => {
                let withdrawn = services.accounts.withdraw_invitation(actor, &name).await;
                withdrawn.map_err(|error| no_account(error, &name))?;
                output::say(&format!("{name} is not invited any more."));
                Ok(())
            }
            Self::Role { name, role } => {
                let is_admin = role == AccountRole::Admin;
                let set = services.accounts.set_admin(actor, &name, is_admin).await;
                set.map_err(|error| no_account(error, &name))?;
                let now = if is_admin { "an administrator" } else { "no administrator" };
                output::say(&format!("{name} is {now}."));
                Ok(())
            }
            Self::SignOut { name } => {
                let ended = services.accounts.end_sessions(actor, &name).await;
                ended.map_err(|error| no_account(error, &name))?;
                output::say(&format!("{name} is signed out everywhere; its tokens keep working."));
                Ok(())
            }
            Self::Identities { name, unlink: Some(id), .. } => {
                identities::unlink(services, actor, &name, id).await
            }
            Self::Identities { name, unlink: None, json } => {
                identities::list(services, &name, json).await
            }
            Self::Disable { name } => {
                let stopped = set_disabled(services, actor, &name, true).await?;
                output::say(&format!(
                    "{name} is disabled: its sessions have ended and its tokens are refused."
                ));
                say_stopped(&stopped);
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
    link.map_or(Ok(()), |link| link::print(&link, assumed))
}

async fn set_disabled(
    services: &Services,
    actor: &Actor,
    name: &str,
    disabled: bool,
) -> Result<Stopped, Failure> {
    let set = services.accounts.set_disabled(actor, name, disabled).await;
    set.map_err(|error| no_account(error, name))
}

/// Says what depended on an account that is disabled now.
fn say_stopped(stopped: &Stopped) {
    let Stopped { tokens, sessions, feeds } = stopped;
    output::say(&format!("Tokens that worked: {tokens}. Sessions that ended: {sessions}."));
    if !feeds.is_empty() {
        output::say(&format!(
            "Feeds without an owner who can act now: {}. `latchkey feed member set FEED NAME owner` \
             gives each another.",
            feeds.join(", ")
        ));
    }
}

/// An account as programs read it.
#[derive(Serialize)]
struct AccountJson {
    id: String,
    username: String,
    email: String,
    admin: bool,
    /// `active`, `invited` or `disabled`.
    state: &'static str,
    disabled: bool,
    tokens: u64,
    feeds: u64,
    created_at: String,
    /// RFC 3339; `null` for never.
    last_seen_at: Option<String>,
}

impl From<ListedAccount> for AccountJson {
    fn from(account: ListedAccount) -> Self {
        let ListedAccount { id, person } = account;
        Self {
            id: id.to_string(),
            username: person.username,
            email: person.email,
            admin: person.is_admin,
            state: person.state.name(),
            disabled: person.state == PersonState::Disabled,
            tokens: person.tokens,
            feeds: person.feeds,
            created_at: person.created_at.to_string(),
            last_seen_at: person.last_seen_at.map(|at| at.to_string()),
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
    let now = services.now();
    let row = |account: ListedAccount| {
        let person = account.person;
        let role = person.role().to_lowercase();
        let seen = person.last_seen_at.map_or_else(|| "never".to_owned(), |at| at.ago(now));
        let (state, since) = (person.state.name().to_owned(), person.created_at.short_date());
        [person.username, person.email, role, state, seen, since]
    };
    let rows = accounts.into_iter().map(row).collect();
    output::data(&table(["name", "e-mail", "kind", "state", "last seen", "since"], rows))
}
