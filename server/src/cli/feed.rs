//! `latchkey feed`.

use clap::{Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use model::{names::FeedName, role::Role, views::FeedView};
use registry::{Actor, Error, Services, feeds::NewFeed};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{account, failure::Failure, no_account, output, table::table};

const CREATE_EXAMPLES: &str = "\
Examples:
  A feed for its members alone:
    latchkey feed create main --owner ana
  A feed that anyone may read:
    latchkey feed create open-source --owner ana --public --description \"What we give away\"";

const LIST_EXAMPLES: &str = "\
Examples:
  latchkey feed list --user ana
  latchkey feed list --user ana --json";

const MEMBER_EXAMPLES: &str = "\
A reader reads, a contributor also publishes, an owner also unlists, deletes and keeps the members.

Examples:
  latchkey feed member set main bob reader
  latchkey feed member set main bob@example.com owner";

/// What can be done with feeds.
#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    /// Make a feed
    #[command(after_help = CREATE_EXAMPLES)]
    Create(CreateFeed),
    /// List the feeds that somebody can reach
    #[command(after_help = LIST_EXAMPLES)]
    List {
        /// The account: user name or e-mail address
        #[arg(long, value_name = "NAME")]
        user: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give people roles in a feed
    #[command(subcommand)]
    Member(MemberCommand),
}

/// What a feed is made with.
#[derive(Debug, Args)]
pub(crate) struct CreateFeed {
    /// Its name: letters a to z, digits and hyphens
    name: FeedName,
    /// The account that owns it: user name or e-mail address
    #[arg(long, value_name = "USER")]
    owner: String,
    /// Let anyone read it, without an account
    #[arg(long)]
    public: bool,
    /// What it is for, at most 200 characters
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
}

/// What can be done with the members of a feed.
#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Give somebody a role in a feed, in place of the one they had
    #[command(after_help = MEMBER_EXAMPLES)]
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
}

impl FeedCommand {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => create(services, actor, arguments).await,
            Self::List { user, json } => list(services, &user, json).await,
            Self::Member(MemberCommand::Set { feed, user, role }) => {
                let set = services.feeds.set_member(actor, &feed, &user, role).await;
                set.map_err(|error| match error {
                    Error::NotFound("feed") => Failure::Refused(format!(
                        "there is no feed “{feed}”. `latchkey feed list --user NAME` shows those \
                         that somebody can reach."
                    )),
                    error => no_account(error, &user),
                })?;
                output::say(&format!("In {feed}, {user} is now {role}."));
                Ok(())
            }
        }
    }
}

async fn create(services: &Services, actor: &Actor, arguments: CreateFeed) -> Result<(), Failure> {
    let CreateFeed { name, owner, public, description } = arguments;
    let owner_id = account(services, &owner).await?;
    let new = NewFeed { name: name.clone(), description, is_public: public };
    services.feeds.create_for(actor, owner_id, new).await?;
    let readers = if public { "anyone may read it" } else { "only its members may read it" };
    output::say(&format!("Made the feed {name}: {owner} owns it, {readers}."));
    Ok(())
}

/// A feed as programs read it.
#[derive(Serialize)]
struct FeedJson {
    id: String,
    name: String,
    description: String,
    public: bool,
    role: Option<Role>,
    /// Counts by kind of package.
    packages: Map<String, Value>,
    updated_at: String,
}

impl From<FeedView> for FeedJson {
    fn from(feed: FeedView) -> Self {
        let count =
            |(kind, count): (model::ecosystem::Ecosystem, u64)| (kind.to_string(), count.into());
        Self {
            id: feed.id.to_string(),
            name: feed.name,
            description: feed.description,
            public: feed.is_public,
            role: feed.role,
            packages: feed.kinds.into_iter().map(count).collect(),
            updated_at: feed.updated_at.to_string(),
        }
    }
}

async fn list(services: &Services, user: &str, json: bool) -> Result<(), Failure> {
    let feeds = services.feeds.list_for(account(services, user).await?).await?;
    if json {
        return output::json(&feeds.into_iter().map(FeedJson::from).collect::<Vec<_>>());
    }
    if feeds.is_empty() {
        output::say(&format!(
            "{user} can reach no feed yet. Make one with `latchkey feed create NAME --owner {user}`."
        ));
        return Ok(());
    }
    let row = |feed: FeedView| {
        let packages = feed.packages().to_string();
        let access = if feed.is_public { "public" } else { "private" }.to_owned();
        let role = feed.role.map_or("none", Role::name).to_owned();
        [feed.name, role, access, packages, feed.description]
    };
    let rows = feeds.into_iter().map(row).collect();
    output::data(&table(["name", "role", "access", "packages", "description"], rows))
}
