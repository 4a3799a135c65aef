//! `latchkey feed member`.

use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use model::{role::Role, views::MemberView};
use registry::{Actor, Error, Services};
use serde::Serialize;

use super::no_feed;
use crate::cli::{failure::Failure, no_account, output, table::table};

const SET_EXAMPLES: &str = "\
A reader reads, a contributor also publishes, an owner also unlists, deletes and keeps the members.

Examples:
  latchkey feed member set main bob reader
  latchkey feed member set main bob@example.com owner";

const LIST_EXAMPLES: &str = "\
Examples:
  latchkey feed member list main
  latchkey feed member list main --json";

const REMOVE_EXAMPLES: &str = "\
Tokens of the account are refused in the feed from their next request on.

Example:
  latchkey feed member remove main bob";

/// What can be done with the members of a feed.
#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Give somebody a role in a feed, in place of the one they had
    #[command(after_help = SET_EXAMPLES)]
    Set {
        /// The feed's name
        feed: String,
        /// The account: user name or e-mail address
        user: String,
        /// The role
        #[arg(value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name))
            .try_map(|name| name.parse::<Role>()))]
        role: Role,
    },
    /// List the members of a feed
    #[command(after_help = LIST_EXAMPLES)]
    List {
        /// The feed's name
        feed: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take somebody's role in a feed away
    #[command(after_help = REMOVE_EXAMPLES)]
    Remove {
        /// The feed's name
        feed: String,
        /// The account: user name or e-mail address
        user: String,
    },
}

impl MemberCommand {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let feeds = &services.feeds;
        match self {
            Self::Set { feed, user, role } => {
                let set = feeds.set_member(actor, &feed, &user, role).await;
                set.map_err(|error| absent(error, &feed, &user))?;
                output::say(&format!("In {feed}, {user} is now {role}."));
                Ok(())
            }
            Self::List { feed, json } => list(services, &feed, json).await,
            Self::Remove { feed, user } => {
                let removed = feeds.remove_member_for(actor, &feed, &user).await;
                removed.map_err(|error| absent(error, &feed, &user))?;
                output::say(&format!("In {feed}, {user} has no role any more."));
                Ok(())
            }
        }
    }
}

/// A member as programs read it.
#[derive(Serialize)]
struct MemberJson {
    username: String,
    role: Role,
    disabled: bool,
    added_at: String,
}

impl From<MemberView> for MemberJson {
    fn from(member: MemberView) -> Self {
        Self {
            username: member.username,
            role: member.role,
            disabled: member.is_disabled,
            added_at: member.added_at.to_string(),
        }
    }
}

async fn list(services: &Services, feed: &str, json: bool) -> Result<(), Failure> {
    let members = services.feeds.members_of(feed).await;
    let members = members.map_err(|error| no_feed(error, feed))?;
    if json {
        return output::json(&members.into_iter().map(MemberJson::from).collect::<Vec<_>>());
    }
    let row = |member: MemberView| {
        let state = if member.is_disabled { "disabled" } else { "active" }.to_owned();
        [member.username, member.role.to_string(), state, member.added_at.short_date()]
    };
    let rows = members.into_iter().map(row).collect();
    output::data(&table(["name", "role", "state", "since"], rows))
}

fn absent(error: Error, feed: &str, user: &str) -> Failure {
    match error {
        error @ Error::NotFound("feed") => no_feed(error, feed),
        error => no_account(error, user),
    }
}
